"""The prose of a notebook as HTML: Markdown with raw HTML shown as text, and headings with ids."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import mistune
from markupsafe import Markup

__all__ = ["contents", "prose"]


_SECOND = re.compile(r'<h2 id="([^"]*)">(.*?)<a class="here"')


class _Renderer(mistune.HTMLRenderer):
    """Headings get an id from their words; images become their alternative text, because pages load nothing."""

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        slug = re.sub(r"[^a-z0-9]+", "-", Markup(text).striptags().lower()).strip("-")
        if level == 1:
            return f'<h1 id="{slug}">{text}</h1>\n'
        here = f'<a class="here" href="#{slug}" aria-label="Link to this part">#</a>'
        return f'<h{level} id="{slug}">{text}{here}</h{level}>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text


@cache
def _markdown() -> mistune.Markdown:
    return mistune.create_markdown(renderer=_Renderer(escape=True), plugins=["table"])


def prose(source: str) -> Markup:
    """The HTML of a Markdown cell; tags and script addresses in the source do not become markup.

    Args:
        source: the text of the cell.
    """
    return Markup(_markdown()(source))


def contents(source: str) -> list[tuple[str, str]]:
    """The ids and texts of the second-level headings in a Markdown cell."""
    return [(slug, Markup(words).striptags()) for slug, words in _SECOND.findall(prose(source))]
