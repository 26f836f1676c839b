"""Split HTML into tags and text in one pass, in linear time even if tags or comments are never closed.

The `html.parser` of Python 3.11.7 searches for the end of each unclosed comment from its own start, which takes quadratic
time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Comment", "Tag", "tokens"]

#: The start of a tag or comment; a `<` before anything else is text.
_BEGIN = re.compile(r"<(?=[A-Za-z/!?])")
#: A quote counts only after an equals sign, so that a stray one does not swallow the page.
_TAG = re.compile(
    r"""<(/?)([A-Za-z][^\s/>]*+)((?:=\s*+(?:"[^"]*+"|'[^']*+')|[^>])*+)>""",
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]*+))?+""")
#: Elements whose content is not HTML, up to their end tag.
RAW = frozenset({"script", "style", "textarea", "xmp", "iframe", "noembed"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; its attributes are parsed on demand."""

    name: str
    end: bool
    rest: str = ""
    content: str = ""  # of an element whose content is not HTML

    def attributes(self) -> dict[str, str]:
        """Return the attributes by name; of duplicates, the first counts."""
        if "=" not in self.rest and not self.rest.strip(" \t\r\n\f/"):
            return {}
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.rest):
            bare = value[1:-1] if value[:1] in {'"', "'"} else value
            found.setdefault(name.lower(), html.unescape(bare))
        return found


@dataclass(frozen=True, slots=True)
class Comment:
    """The text of a comment."""

    text: str


def tokens(text: str) -> Iterator[Tag | Comment | str]:
    """Yield tags, comments and the text between them, with entities decoded."""
    at = start = 0
    while found := _BEGIN.search(text, at):
        place = found.start()
        token, end = _token(text, place)
        if token is None and end == place:
            at = place + 1
            continue
        if end < 0:
            break
        if place > start:
            yield html.unescape(text[start:place])
        if token is not None:
            yield token
        at = start = end
    if start < len(text):
        yield html.unescape(text[start:])


def _token(text: str, place: int) -> tuple[Tag | Comment | None, int]:
    """Return what begins at a `<` and its end: `place` if it is only text, -1 if its end is missing."""
    if text.startswith("<!--", place):
        if text.startswith(("<!-->", "<!--->"), place):
            return None, text.index(">", place) + 1
        end = text.find("-->", place + 4)
        return (Comment(text[place + 4 : end]), end + 3) if end >= 0 else (None, -1)
    if text[place + 1] in "!?":
        end = text.find(">", place)
        cdata = text.startswith("<![CDATA[", place)
        return (Comment(text[place + 9 : end].removesuffix("]]")) if cdata else None), end + 1 or -1
    found = _TAG.match(text, place)
    if not found:
        # `</` before any other character is text; an unclosed tag extends to the end of the file.
        return None, -1 if text[place + 1 : place + 3].strip("/")[:1].isalpha() else place
    name = found[2].lower()
    if name not in RAW or found[1]:
        return Tag(name, bool(found[1]), found[3]), found.end()
    close = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE).search(text, found.end())
    end = close.start() if close else len(text)
    return Tag(name, False, found[3], text[found.end() : end]), end
