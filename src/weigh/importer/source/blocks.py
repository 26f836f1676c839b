"""Gather the visible content of an HTML page into lines: paragraphs, list items and table rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from weigh.errors import GuidelineTextError
from weigh.importer.found import Remark
from weigh.importer.source.lines import (
    BOLD_OFF,
    BOLD_ON,
    ITALIC_OFF,
    ITALIC_ON,
    SUPER_OFF,
    SUPER_ON,
    Line,
    cleaned,
    finished,
    in_cell,
    with_bullet,
)

__all__ = ["Blocks", "Listing", "Table", "label"]

_MARKS = str.maketrans("", "", BOLD_ON + BOLD_OFF + ITALIC_ON + ITALIC_OFF + SUPER_ON + SUPER_OFF)
_WIDE = re.compile(r"(?<=\S) {2,}")
_NUMERALS = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
)
_ROMAN = (*_NUMERALS, (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
#: The widest plausible cell; a larger span is an error of the page.
_MOST_CELLS = 50


@dataclass(slots=True)
class Listing:
    """An open list; `style` is `-`, `1`, `a`, `A`, `i` or `I`."""

    style: str
    next: int = 1
    step: int = 1
    item: int | None = None  # the index of its open item among the open elements


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph or item that may turn out to be part of a table row."""

    prefix: str
    marked: str
    level: int = 0
    item: bool = False
    pre: bool = False
    struck: bool = False


@dataclass(slots=True)
class Table:
    """An open table, with the row being read."""

    lists: int  # the number of lists open around it
    row: int | None = None  # the indexes of the open row and cell among the open elements
    cell: int | None = None
    cells: list[list[Piece]] = field(default_factory=list)
    below: dict[int, int] = field(default_factory=dict)  # columns spanned by a cell above, and for how many rows

    def begin_cell(self, wide: int, high: int) -> None:
        """Begin a cell, after those that span into the row from above."""
        self._reached()
        column = len(self.cells)
        for offset in range(max(1, min(wide, _MOST_CELLS))):
            if high > 1:
                self.below[column + offset] = min(high, 1000) - 1
        self.cells.append([])

    def widen(self, wide: int) -> None:
        """Give the ended cell the width of several columns."""
        self.cells.extend([] for _ in range(min(wide, _MOST_CELLS) - 1))

    def end_row(self) -> list[list[Piece]]:
        """Return the cells of the row, and clear it."""
        self._reached()
        cells, self.cells = self.cells, []
        return cells

    def _reached(self) -> None:
        while self.below.get(len(self.cells), 0) > 0:
            self.below[len(self.cells)] -= 1
            self.cells.append([])


def label(number: int, style: str) -> str:
    """Return the label of a list item."""
    if style == "-":
        return "- "
    if style in {"a", "A"} and number > 0:
        letters = ""
        while number > 0:
            number, rest = divmod(number - 1, 26)
            letters = chr(97 + rest) + letters
        return f"{letters if style == 'a' else letters.upper()}. "
    if style in {"i", "I"} and 0 < number < 4000:
        roman = ""
        for value, sign in _ROMAN:
            times, number = divmod(number, value)
            roman += sign * times
        return f"{roman if style == 'i' else roman.upper()}. "
    return f"{number}. "


@dataclass(slots=True)
class Blocks:
    """The numbered lines of a page in document order, each part of the text or set apart.

    `most` is the maximum number of lines; `name` is the file, for messages.
    """

    name: str
    most: int
    remarks: list[Remark]
    every: list[tuple[Line, bool, int]] = field(default_factory=list)  # line, whether set apart, number of its form
    waiting: list[tuple[str, int]] = field(default_factory=list)  # set apart, within an unfinished paragraph

    def write(self, piece: Piece, form: int) -> None:
        """Write a paragraph, item or heading; preformatted text has several lines."""
        for text, bold in finished(piece.marked):
            level = piece.level or (6 if bold and not piece.item and not piece.pre else 0)
            words = text if piece.pre else _WIDE.sub(" ", text.strip(" "))
            self._add(piece.prefix + words, level, False, form, piece.struck)
        self.settle()

    def write_row(self, cells: list[list[Piece]], form: int) -> None:
        """Write a table row; a single cell is only a box around paragraphs, which stay separate."""
        if len(cells) == 1:
            for piece in cells[0]:
                self.write(piece, form)
            return
        texts = [_cell(cell) for cell in cells]
        if any(texts):
            self._add("\t".join(texts), 0, False, form, any(piece.struck for cell in cells for piece in cell))
        self.settle()

    def set_apart(self, marked: str, form: int, *, later: bool) -> None:
        """Set apart words that are not part of the guideline; `later` means after the current paragraph."""
        self.waiting.append((marked, form))
        if not later:
            self.settle()

    def settle(self) -> None:
        """Write the words waiting for the end of a paragraph."""
        for marked, form in self.waiting:
            text = " ".join(marked.translate(_MARKS).split())
            if text:
                self._add(text, 0, True, form, False)
        self.waiting.clear()

    def _add(self, text: str, level: int, apart: bool, form: int, struck: bool) -> None:
        number = len(self.every) + 1
        if number > self.most:
            raise GuidelineTextError(f"{self.name}: exceeds the limit of {self.most:,} lines; import it in parts")
        words = cleaned(text, number, self.remarks, wrapped=False).rstrip()
        if not apart:
            words = with_bullet(words)
        if words.strip():
            self.every.append((Line(number, words, level), apart, form))
            if struck:
                self.remarks.append(Remark(number, "this line contains struck-out words, which are kept"))


def _cell(pieces: list[Piece]) -> str:
    """Join the paragraphs and items of a cell, with item numbers but without bullets."""
    words = (" ".join(" ".join(text for text, _ in finished(piece.marked)).split()) for piece in pieces)
    return in_cell(
        f"{piece.prefix.strip(' -')} {text}".strip() for piece, text in zip(pieces, words, strict=True) if text
    )
