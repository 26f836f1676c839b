"""Direct the words of an HTML page into paragraphs, cells or text set apart."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from weigh.importer.source.blocks import Blocks, Listing, Piece, Table
from weigh.importer.source.lines import BOLD_OFF, BOLD_ON, ITALIC_OFF, ITALIC_ON, SUPER_OFF, SUPER_ON, with_address

__all__ = ["Flow", "Open"]

_BLANK = re.compile(r"[ \t\r\n\f]+")
_OWN = re.compile("[\ufdd0-\ufdd5]")


@dataclass(slots=True)
class Open:
    """An open element, and what its end must undo."""

    name: str
    bold: bool = False
    italic: bool = False
    raised: bool = False
    struck: bool = False
    outside: bool = False
    article: bool = False
    kind: str = ""  # its role, besides its formatting
    width: int = 1


@dataclass(slots=True)
class Flow:
    """The open elements at a position of the page, and the words of the current paragraph."""

    out: Blocks
    has_article: bool
    counts: list[int]  # of the items of numbered lists, if one counts backwards
    stack: list[Open] = field(default_factory=list)
    places: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    parts: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    begun: bool = False  # the paragraph has words
    has_struck: bool = False  # and some of them are struck out
    prefix: str = ""
    lists: list[Listing] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    forms: list[int] = field(default_factory=list)
    full_forms: set[int] = field(default_factory=set)
    link: tuple[int, str] | None = None
    after_raised: str = ""
    heading: int = 0
    headed: bool = False  # the heading has its words
    bold: int = 0
    italic: int = 0
    raised: int = 0
    struck: int = 0
    outside: int = 0
    article: int = 0
    form_count: int = 0
    list_count: int = 0
    code: int = 0
    hidden: int = 0

    def words(self, text: str) -> None:
        """Add words between tags."""
        text = _OWN.sub("\ufffd", text)
        if not self.places["pre"]:
            text = _BLANK.sub(" ", text)
        if self.outside:
            self.aside.append(text)
            return
        if not self.begun:
            if not text.strip():
                return
            self.begun = True
            self.parts.append(BOLD_ON * (self.bold > 0) + ITALIC_ON * (self.italic > 0) + SUPER_ON * (self.raised > 0))
        self.parts.append(text)
        self.has_struck = self.has_struck or (self.struck > 0 and bool(text.strip()))

    def mark(self, sign: str) -> None:
        """Add a mark; at the start of a paragraph, it is set with the first word."""
        if self.begun and not self.outside:
            self.parts.append(sign)

    def flush(self) -> None:
        """End a paragraph of the text or of the words set apart."""
        form = self.forms[-1] if self.forms else 0
        if self.aside:
            self.out.set_apart("".join(self.aside), form, later=self.begun)
            self.aside.clear()
        if self.outside or not self.begun:
            return
        self.end_link()
        if self.raised:
            self.parts.append(SUPER_OFF)
        self.parts.append(self.after_raised)
        self.after_raised = ""
        inside = self.tables[-1] if self.tables and self.tables[-1].cell is not None else None
        depth = len(self.lists) - (inside.lists if inside else 0)
        item = depth > 0 and self.lists[-1].item is not None
        prefix = self.prefix or "  " * depth * item
        marked = "".join(self.parts)
        pre = bool(self.places["pre"])
        piece = Piece(prefix, marked.strip("\n") if pre else marked, self.heading, item, pre, self.has_struck)
        if inside and inside.cells:
            inside.cells[-1].append(piece)
        else:
            self.out.write(piece, form)
        self.headed = self.heading > 0
        self.parts.clear()
        self.prefix, self.begun, self.has_struck = "", False, False

    def line_break(self) -> None:
        """Begin a new line; in a heading or in words set apart, add a space."""
        if self.outside or self.heading:
            self.words(" ")
        else:
            self.flush()

    def open_marks(self, entry: Open) -> None:
        """Begin the formatting of an element."""
        if entry.bold and not self.bold:
            self.mark(BOLD_ON)
        if entry.italic and not self.italic:
            self.mark(ITALIC_ON)
        if entry.raised and not self.raised:
            self.mark(SUPER_ON)
        self.bold += entry.bold
        self.italic += entry.italic
        self.raised += entry.raised
        self.struck += entry.struck
        self.outside += entry.outside
        self.article += entry.article

    def close_marks(self, entry: Open) -> None:
        """End the formatting of an element."""
        self.bold -= entry.bold
        self.italic -= entry.italic
        self.raised -= entry.raised
        self.struck -= entry.struck
        self.article -= entry.article
        if entry.bold and not self.bold:
            self.mark(BOLD_OFF)
        if entry.italic and not self.italic:
            self.mark(ITALIC_OFF)
        if entry.raised and not self.raised:
            self.mark(SUPER_OFF)
            self.parts.append(self.after_raised)
            self.after_raised = ""
        if entry.outside:
            self.outside -= 1
            if not self.outside and self.aside:
                self.out.set_apart("".join(self.aside), self.forms[-1] if self.forms else 0, later=self.begun)
                self.aside.clear()

    def end_link(self) -> None:
        """End the words of a link; its address follows, after a superscript rather than within it."""
        if self.link is None:
            return
        start, address = self.link
        self.link = None
        words = "".join(self.parts[start:])
        if not self.begun or not words.strip():
            return
        if self.raised:
            self.after_raised += with_address(words, address)
        else:
            self.parts.append(with_address(words, address))
