"""The text of a guideline as lines, none of which is lost: what belongs to the page and not to the text is set apart."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from weigh.errors import GuidelineTextError

__all__ = ["LONGEST_TEXT", "Line", "Reading", "read_text"]

#: Bytes. A guideline has some tens of thousands; a book has a few million.
LONGEST_TEXT = 20_000_000
#: Longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How lines end; a form feed ends a page too. No other sign of Unicode ends a line of a guideline.
_END = re.compile(r"\r\n|\n|\r|\f")
#: A page by its number alone: `Page 3 of 10`, `21/35`, `- 4 -`. A bare number is none, it may be the number of an entry.
_PAGE = re.compile(
    r"\s*(?:Page\s+\d{1,4}(?:\s+of\s+\d{1,4})?|\d{1,4}\s*/\s*\d{1,4}|[-–]\s*\d{1,4}\s*[-–])\s*", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
#: The head or the foot of a page has at most so many lines.
_EDGE = 2
#: What stands at the edge of so many pages, and of half of all, is no text.
_REPEATED = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, counted from 1, without its end."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The lines of a text, and those that are furniture of its pages: together all lines of the file, each once."""

    lines: tuple[Line, ...]
    furniture: tuple[Line, ...]


def read_text(content: bytes, name: str) -> Reading:
    """Read the text of a guideline.

    Args:
        content: the bytes of the file: UTF-8, or what its byte order mark says.
        name: the file, for messages.

    Raises:
        GuidelineTextError: the file is too long, not text, or not in the encoding that it claims.
    """
    if len(content) > LONGEST_TEXT:
        raise GuidelineTextError(
            f"{name}: {len(content):,} bytes are more than the {LONGEST_TEXT:,} that are read; import it in parts"
        )
    pages = list(_pages(_decoded(content, name)))
    repeated = _repeated(pages)
    lines: list[Line] = []
    furniture: list[Line] = []
    for page in pages:
        for place, line in enumerate(page):
            edge = len(pages) > 1 and (place < _EDGE or place >= len(page) - _EDGE)
            outside = edge and (_PAGE.fullmatch(line.text) or _masked(line) in repeated)
            (furniture if outside else lines).append(line)
    return Reading(lines=tuple(lines), furniture=tuple(furniture))


def _decoded(content: bytes, name: str) -> str:
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        place = len(mark) + error.start
        raise GuidelineTextError(f"{name}: byte {place} is not {encoding.upper()}; save the file as UTF-8") from error
    if "\0" in text:
        row = len(_END.findall(text, 0, text.index("\0"))) + 1
        raise GuidelineTextError(
            f"{name}: line {row} holds a NUL byte, so this is no text; save the file as plain UTF-8"
        )
    return text


def _pages(text: str) -> Iterator[list[Line]]:
    """The lines of each page; a line that is empty because the file ends there is none."""
    page: list[Line] = []
    number, start = 0, 0
    for number, end in enumerate(_END.finditer(text), 1):
        page.append(Line(number, text[start : end.start()]))
        start = end.end()
        if end.group() == "\f":
            yield page
            page = []
    if start < len(text):
        page.append(Line(number + 1, text[start:]))
    yield page


def _masked(line: Line) -> str:
    """A line whatever the numbers in it are, as those of pages."""
    return _DIGITS.sub("#", " ".join(line.text.split()))


def _repeated(pages: list[list[Line]]) -> frozenset[str]:
    """What stands at the edge of several pages, whatever the numbers in it."""
    edges = [{_masked(line) for line in (*page[:_EDGE], *page[-_EDGE:]) if line.text.strip()} for page in pages]
    counted = Counter(text for edge in edges for text in edge)
    return frozenset(
        text
        for text, times in counted.items()
        if times >= max(_REPEATED, len(pages) / 2) and re.search(r"[^\W\d_#]", text)
    )
