"""What a page of HTML prints, gathered into lines: paragraphs, items of lists and rows of tables."""

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
#: Wider or longer cells are a mistake of the page.
_MOST_CELLS = 50


@dataclass(slots=True)
class Listing:
    """A list that is open. `style` is `-`, or one of `1`, `a`, `A`, `i` and `I`."""

    style: str
    next: int = 1
    step: int = 1
    item: int | None = None  # the place of its open item among the open elements


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph or an item before it is known whether it stands alone or in a row of cells."""

    prefix: str
    marked: str
    level: int = 0
    item: bool = False
    pre: bool = False
    struck: bool = False


@dataclass(slots=True)
class Table:
    """A table that is open, with the row that is being read."""

    lists: int  # so many lists are open around it
    row: int | None = None  # the places of the open row and cell among the open elements
    cell: int | None = None
    cells: list[list[Piece]] = field(default_factory=list)
    below: dict[int, int] = field(default_factory=dict)  # columns that a cell above reaches into, and how far

    def begin_cell(self, wide: int, high: int) -> None:
        """A new cell, after those that reach into the row from above."""
        self._reached()
        column = len(self.cells)
        for offset in range(max(1, min(wide, _MOST_CELLS))):
            if high > 1:
                self.below[column + offset] = min(high, 1000) - 1
        self.cells.append([])

    def widen(self, wide: int) -> None:
        """The cell that ends has the width of several."""
        self.cells.extend([] for _ in range(min(wide, _MOST_CELLS) - 1))

    def end_row(self) -> list[list[Piece]]:
        """The cells of the row, which is empty then."""
        self._reached()
        cells, self.cells = self.cells, []
        return cells

    def _reached(self) -> None:
        while self.below.get(len(self.cells), 0) > 0:
            self.below[len(self.cells)] -= 1
            self.cells.append([])


def label(number: int, style: str) -> str:
    """What stands before an item of a list."""
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
    """The lines of a page in the order of the document, each of the text or set apart, with a number.

    `most` is the number of lines that are read; `name` is the file, for messages.
    """

    name: str
    most: int
    remarks: list[Remark]
    every: list[tuple[Line, bool, int]] = field(default_factory=list)  # line, set apart, number of its form
    waiting: list[tuple[str, int]] = field(default_factory=list)  # set apart, within a paragraph that goes on

    def write(self, piece: Piece, form: int) -> None:
        """A paragraph, an item or a heading; what is preformatted has several lines."""
        for text, bold in finished(piece.marked):
            level = piece.level or (6 if bold and not piece.item and not piece.pre else 0)
            words = text if piece.pre else _WIDE.sub(" ", text.strip(" "))
            self._add(piece.prefix + words, level, False, form, piece.struck)
        self.settle()

    def write_row(self, cells: list[list[Piece]], form: int) -> None:
        """A row of a table; a row of one cell is a box around paragraphs, which stay apart."""
        if len(cells) == 1:
            for piece in cells[0]:
                self.write(piece, form)
            return
        texts = [_cell(cell) for cell in cells]
        if any(texts):
            self._add("\t".join(texts), 0, False, form, any(piece.struck for cell in cells for piece in cell))
        self.settle()

    def set_apart(self, marked: str, form: int, *, later: bool) -> None:
        """Words that are no text of the guideline; `later`: after the paragraph in which they stand."""
        self.waiting.append((marked, form))
        if not later:
            self.settle()

    def settle(self) -> None:
        """Write what waits for the end of a paragraph."""
        for marked, form in self.waiting:
            text = " ".join(marked.translate(_MARKS).split())
            if text:
                self._add(text, 0, True, form, False)
        self.waiting.clear()

    def _add(self, text: str, level: int, apart: bool, form: int, struck: bool) -> None:
        number = len(self.every) + 1
        if number > self.most:
            raise GuidelineTextError(
                f"{self.name}: more than the {self.most:,} lines that are read; import it in parts"
            )
        said = cleaned(text, number, self.remarks, wrapped=False).rstrip()
        if not apart:
            said = with_bullet(said)
        if said.strip():
            self.every.append((Line(number, said, level), apart, form))
            if struck:
                self.remarks.append(Remark(number, "words of this line are struck out on the page; they are kept"))


def _cell(pieces: list[Piece]) -> str:
    """The paragraphs and items of a cell in one; numbers of items stay, bullets do not."""
    words = (" ".join(" ".join(text for text, _ in finished(piece.marked)).split()) for piece in pieces)
    return in_cell(
        f"{piece.prefix.strip(' -')} {said}".strip() for piece, said in zip(pieces, words, strict=True) if said
    )
