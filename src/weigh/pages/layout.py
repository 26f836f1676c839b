"""What all pages share: the frame, the style, the navigation, and the only script."""

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

#: The pages to which every page links, by address.
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
    """A script in a page, and the hash by which the content security policy allows it and no other."""

    text: Markup
    allowed: str


@cache
def style() -> Markup:
    """The style sheet of a page and its fragments."""
    return style_sheet() + Markup(compact(environment().get_template("page.css").render()))


@cache
def search_script() -> Script:
    """The search and filter of the index, which works without it."""
    # One line, because browsers hash what they receive, and line endings may change on the way.
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
        title: its title in a browser.
        guideline: the guideline of the site.
        current: its address in the site.
        alone: whether to omit links to other pages.
        contents: ids and headings for its table of contents.
        script: the only script that may run on it.
        **values: further values for the template.
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
    """Fragments with links to pages of the site, which exist only next to other pages, not next to a notebook."""
    return html.replace('<a data-page="', f'<a href="{root}')


def unstyled(html: str) -> Markup:
    """A fragment of a notebook without its style sheet, which the page already has."""
    return Markup(re.sub(r"^<style>.*?</style>\s*", "", html, count=1, flags=re.DOTALL))
