"""The output of a notebook cell: an HTML fragment from a template, with a stable plain-text alternative."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from weigh import __version__
from weigh.audit.audit import whose_of
from weigh.display.icons import counted, css_name, icon
from weigh.display.tokens import screen_tokens
from weigh.evidence.vocabulary import Direction
from weigh.figures import look
from weigh.text.characters import hidden_characters, visible
from weigh.wording import guideline_dates as imprint
from weigh.wording import report_words
from weigh.wording import sentences as wording
from weigh.wording.disclaimers import CRITERIA_AID, EVIDENCE_AID
from weigh.wording.effect_words import CERTAINTY
from weigh.wording.outcomes import figures_of

__all__ = ["Shown", "compact", "environment", "fragment", "style_sheet", "styled"]


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A fragment for a notebook cell: HTML for readers, text for a terminal and for nbval.

    Neither contains a memory address, a date or a random id, so that all runs give the same cell. The HTML refers to
    pages of the site by `<a data-page="…">`, which pages of the site turn into links; next to a notebook there are no
    such pages.
    """

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


@cache
def environment() -> Environment:
    """The templates of weigh, which escape everything that comes from a table."""
    env = Environment(
        loader=PackageLoader("weigh.display", "templates"),
        autoescape=True,
        finalize=_seen,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    env.globals.update(
        wording=wording,
        imprint=imprint,
        look=look,
        sides=Direction,
        icon=icon,
        css_name=css_name,
        counted=counted,
        figures=figures_of,
        certainty=CERTAINTY,
        whose=whose_of,
        words=report_words,
        version=__version__,
        criteria_aid=CRITERIA_AID,
        evidence_aid=wording.lower_first(EVIDENCE_AID),
    )
    return env


def _seen(value: Any) -> Any:
    """A value to print, with invisible characters replaced by their code points."""
    if not isinstance(value, Markup):
        return visible(value) if isinstance(value, str) else value
    html = str(value)
    for code in hidden_characters(html):
        html = html.replace(chr(int(code.removeprefix("U+"), 16)), f"&lt;{code}&gt;")
    return Markup(html)


@cache
def style_sheet() -> Markup:
    """The style sheet of all fragments: the tokens of `look`, and the rules that use them."""
    return Markup(compact(screen_tokens() + environment().get_template("fragments.css").render()))


def compact(css: str) -> str:
    r"""A style sheet without comments and indentation, because every page and notebook carries it.

    >>> compact("/* Text. */\n.a,\n.b > c {\n  color: red;\n  top: 0;\n}\n")
    '.a,.b>c{color:red;top:0}\n'
    """
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}")
    css = re.sub(r"(?<=[{;])([a-z-]+): ", r"\1:", css)
    return re.sub(r"}(?!})|;(?=--)", r"\g<0>\n", css).lstrip()


def styled(html: str) -> str:
    """A self-contained fragment, with the style sheet of all fragments."""
    return f"<style>{style_sheet()}</style>\n{html}"


def fragment(template: str, **values: Any) -> str:
    """A rendered template."""
    return environment().get_template(f"{template}.html.j2").render(**values)
