"""What every page shares: its frame, its style, the way round the site, and the one script that there is."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from weigh.display.shown import compact, environment, style_sheet
from weigh.evidence.model import Guideline

__all__ = ["NAV", "Script", "page", "search_script", "style", "unstyled"]

#: The pages that every page leads to, by their address in the site.
NAV = (
    ("index.html", "Conclusions"),
    ("evidence_map.html", "Evidence map"),
    ("criteria.html", "Criteria"),
    ("audit.html", "Audit"),
    ("history.html", "History"),
    ("methods.html", "Methods"),
    ("terms.html", "Terms"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script within a page, and the hash by which the page's policy allows it and no other."""

    text: Markup
    allowed: str


@cache
def style() -> Markup:
    """The style of a page and of the fragments on it."""
    return style_sheet() + Markup(compact(environment().get_template("page.css").render()))


@cache
def search_script() -> Script:
    """The search and filter of the index, an addition to a page that is whole without it."""
    # One line: a browser hashes what it reads, and not every way to a browser keeps the ends of lines.
    text = re.sub(r"\s*\n\s*", " ", environment().get_template("search.js").render()).strip()
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return Script(text=Markup(text), allowed=f"sha256-{digest}")


def page(
    template: str,
    title: str,
    guideline: Guideline | dict[str, str],
    *,
    current: str = "",
    alone: bool = False,
    contents: Sequence[tuple[str, str]] = (),
    script: Script | None = None,
    **values: Any,
) -> str:
    """One page.

    Args:
        template: the name of its template.
        title: what a browser shows of it.
        guideline: what the whole site is about.
        current: its address in the site.
        alone: whether it leads to no other page.
        contents: anchors on it and the headings that they stand at.
        script: the one script that may run on it.
        **values: what the template takes.
    """
    root = "../" * current.count("/")
    made = environment().get_template(f"{template}.html.j2")
    html = made.render(
        title=title,
        guideline=guideline,
        style=style(),
        nav=() if alone else NAV,
        root=root,
        current=current,
        contents=contents,
        script=script,
        **values,
    )
    return (html if alone else _linked(html, root)) + "\n"


def _linked(html: str, root: str) -> str:
    """Fragments with their links: they name a page of the site, which only stands beside other pages, not a notebook."""
    return html.replace('<a data-page="', f'<a href="{root}')


def unstyled(html: str) -> Markup:
    """A fragment of a notebook without the style that it brings along, which its page has already."""
    return Markup(re.sub(r"^<style>.*?</style>\s*", "", html, count=1, flags=re.DOTALL))
