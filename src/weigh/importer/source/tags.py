"""HTML as a row of tags and words, in one pass: a file that is never closed takes no more time than one that is.

The `html.parser` of Python 3.11.7 looks for the end of a comment anew from each of its beginnings: twice as many unclosed
ones take it four times as long.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Comment", "Tag", "tokens"]

#: What may begin here. A `<` before anything else is a sign of the text.
_BEGIN = re.compile(r"<(?=[A-Za-z/!?])")
#: A quote counts only after an equals sign, so that a stray one does not swallow the page.
_TAG = re.compile(
    r"""<(/?)([A-Za-z][^\s/>]*+)((?:=\s*+(?:"[^"]*+"|'[^']*+')|[^>])*+)>""",
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]*+))?+""")
#: The contents of these are no HTML, up to their own end tag.
RAW = frozenset({"script", "style", "textarea", "xmp", "iframe", "noembed"})


@dataclass(frozen=True, slots=True)
class Tag:
    """The beginning or the end of an element; what stands in the tag is read when it is asked for."""

    name: str
    end: bool
    rest: str = ""
    content: str = ""  # of an element whose contents are no HTML

    def attributes(self) -> dict[str, str]:
        """The attributes by name; of two with one name the first counts."""
        if "=" not in self.rest and not self.rest.strip(" \t\r\n\f/"):
            return {}
        found: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(self.rest):
            bare = value[1:-1] if value[:1] in {'"', "'"} else value
            found.setdefault(name.lower(), html.unescape(bare))
        return found


@dataclass(frozen=True, slots=True)
class Comment:
    """What stands in a comment."""

    text: str


def tokens(text: str) -> Iterator[Tag | Comment | str]:
    """The tags, the comments and the words between them, with their entities read."""
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
    """What begins at a `<`, and where it ends: at `place` where it is nothing, at -1 where its end is missing."""
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
        # `</` before a sign is nothing; a tag is without its end up to the end of the file.
        return None, -1 if text[place + 1 : place + 3].strip("/")[:1].isalpha() else place
    name = found[2].lower()
    if name not in RAW or found[1]:
        return Tag(name, bool(found[1]), found[3]), found.end()
    close = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE).search(text, found.end())
    end = close.start() if close else len(text)
    return Tag(name, False, found[3], text[found.end() : end]), end
