"""Read HTML as lines: each heading, paragraph, list item or table row is one line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from weigh.errors import GuidelineTextError
from weigh.importer.found import Remark
from weigh.importer.source.blocks import Blocks, Listing, Table, label
from weigh.importer.source.elements import (
    BLOCKS,
    FORMATTING,
    HEADINGS,
    SKIPPED,
    VOID,
    has_article,
    is_bold,
    is_italic,
    is_outside,
    is_raised,
    item_counts,
)
from weigh.importer.source.flow import Flow, Open
from weigh.importer.source.lines import Line
from weigh.importer.source.tags import Comment, Tag, tokens

__all__ = ["read_markup"]

#: The most tags and texts read; a long guideline has tens of thousands.
_MOST_TOKENS = 2_000_000
#: The deepest nesting; tags of deeper elements are ignored.
_DEEPEST = 2_000
#: Elements whose end tag does not close enclosing elements.
_CELLS = frozenset({"td", "th"})
_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"})
#: Elements in a form that show that it wraps a whole page.
_PAGE_IN_FORM = frozenset({"h1", "h2", "table", "article", "main"})


def read_markup(text: str, name: str, most: int, remarks: list[Remark]) -> tuple[list[Line], list[Line]]:
    """Read an HTML page, however malformed, without fetching anything.

    Args:
        text: the page.
        name: the file, for messages.
        most: the maximum number of lines.
        remarks: the list to which remarks are added.

    Returns:
        The lines of the text, and those of menus, forms, comments and hidden elements, numbered together.

    Raises:
        GuidelineTextError: too many lines or tags.
    """
    counts = item_counts(text) if "reversed" in text else []
    page = _Page(Blocks(name, most, remarks), has_article(text), counts)
    for count, token in enumerate(tokens(text)):
        if count > _MOST_TOKENS:
            raise GuidelineTextError(f"{name}: exceeds the limit of {_MOST_TOKENS:,} tags; import it in parts")
        if isinstance(token, str):
            page.words(token)
        elif isinstance(token, Comment):
            page.out.set_apart(token.text, 0, later=page.begun)
        elif token.end:
            page.end(token.name)
        else:
            page.start(token)
    page.close()
    if page.code:
        remarks.append(Remark(0, f"scripts and styles omitted: {page.code}"))
    if page.hidden:
        remarks.append(Remark(0, f"hidden elements set apart: {page.hidden}"))
    every = [(line, apart or (form > 0 and form not in page.full_forms)) for line, apart, form in page.out.every]
    return [line for line, apart in every if not apart], [line for line, apart in every if apart]


@dataclass(slots=True)
class _Page(Flow):
    """A page being read, tag by tag."""

    def close(self) -> None:
        """End the page, and every open element with it."""
        while self.stack:
            self.pop()
        self.flush()
        self.out.settle()

    def start(self, tag: Tag) -> None:
        """Begin an element, which may end others."""
        name = tag.name
        if name in SKIPPED:
            self.code += bool(tag.content.strip())
            return
        if name == "br":
            self.line_break()
            return
        given = tag.attributes()
        if name in BLOCKS:
            self.begin_block(name)
        if len(self.stack) >= _DEEPEST:
            self.words(tag.content)
            return
        if name in VOID:
            if name == "img" and given.get("alt", "").strip():
                self.words(given["alt"])
            return
        outside, hidden = is_outside(name, given, in_article=self.article > 0, has_article=self.has_article)
        self.hidden += hidden and not self.outside
        entry = Open(
            name,
            bold=is_bold(name, given),
            italic=is_italic(name, given),
            raised=is_raised(name, given),
            struck=name in {"del", "s", "strike"},
            outside=outside,
            article=name in {"main", "article", "section"},
        )
        if outside and not self.outside and self.aside:
            self.out.set_apart("".join(self.aside), 0, later=self.begun)
            self.aside.clear()
        self.open_marks(entry)
        self.places[name].append(len(self.stack))
        self.stack.append(entry)
        if tag.content:
            self.words(tag.content)
        self.list_count += name == "ol"
        if name == "form":
            entry.kind = "form"
            self.form_count += 1
            self.forms.append(self.form_count)
        elif self.forms and name in _PAGE_IN_FORM:
            self.full_forms.update(self.forms)
        if not self.outside:
            self.begin(entry, given)

    def begin(self, entry: Open, given: dict[str, str]) -> None:
        """Apply the effect of an element, besides its formatting."""
        name, place = entry.name, len(self.stack) - 1
        table = self.tables[-1] if self.tables else None
        if name in HEADINGS or given.get("role") == "heading":
            entry.kind = "heading"
            level = HEADINGS.get(name) or _number(given.get("aria-level"), 2)
            self.heading, self.headed = min(max(level, 1), 6), False
        elif name in {"ul", "ol", "menu", "dir"}:
            entry.kind = "list"
            self.begin_list(name, given)
        elif name == "li":
            entry.kind = "item" if self.lists else "lone item"
            self.begin_item(place, given)
        elif name == "table":
            entry.kind = "table"
            self.begin_table()
        elif name == "tr" and table:
            entry.kind = "row"
            table.row = place
        elif name in _CELLS and table:
            entry.kind = "cell"
            entry.width = _number(given.get("colspan"), 1)
            table.begin_cell(entry.width, _number(given.get("rowspan"), 1))
            table.cell, table.lists = place, len(self.lists)
        elif name == "a" and "href" in given:
            entry.kind = "link"
            self.end_link()
            self.link = (len(self.parts), given["href"].strip())
        elif name == "q":
            entry.kind = "quote"
            self.words('"')

    def undo(self, entry: Open) -> None:
        """Undo the effect of an element, before its formatting ends."""
        if entry.name in BLOCKS:
            self.flush()
        table = self.tables[-1] if self.tables else None
        if entry.kind == "heading":
            self.heading = 0
        elif entry.kind in {"item", "lone item"}:
            self.lists[-1].item, self.prefix = None, ""
            if entry.kind == "lone item":
                self.lists.pop()
        elif entry.kind == "list":
            self.lists.pop()
        elif entry.kind == "form":
            self.forms.pop()
        elif entry.kind == "link":
            self.end_link()
        elif entry.kind == "quote":
            self.words('"')
        elif table and entry.kind == "cell":
            table.cell = None
            table.widen(entry.width)
        elif table and entry.kind == "row":
            table.row = None
            self.write_row(table)
        elif table and entry.kind == "table":
            self.write_row(table)
            self.tables.pop()

    def begin_block(self, name: str) -> None:
        """Begin a block, which ends the previous paragraph and an unclosed element of its kind."""
        self.flush()
        for open_name in ("p", "title"):
            if self.places[open_name]:
                self.pop_to(self.places[open_name][-1])
        if self.heading and (self.headed or name in HEADINGS):
            found = max((self.places[h][-1] for h in HEADINGS if self.places[h]), default=None)
            if found is not None:
                self.pop_to(found)
            self.heading = 0
        table = self.tables[-1] if self.tables else None
        if name == "li" and self.lists and self.lists[-1].item is not None:
            self.pop_to(self.lists[-1].item)
        elif table and name in _CELLS and table.cell is not None:
            self.pop_to(table.cell)
        elif table and name in {"tr", "tbody", "tfoot", "thead"} and table.row is not None:
            self.pop_to(table.row)

    def begin_list(self, name: str, given: dict[str, str]) -> None:
        """Begin a list, with its numbering."""
        style = given.get("type", "1") if name == "ol" else "-"
        backwards = "reversed" in given
        items = self.counts[self.list_count - 1] if backwards and name == "ol" else 1
        start = _number(given.get("start"), items)
        self.lists.append(Listing(style if style in {"-", "a", "A", "i", "I"} else "1", start, -1 if backwards else 1))

    def begin_item(self, place: int, given: dict[str, str]) -> None:
        """Begin an item, with its number before its first words."""
        if not self.lists:
            self.lists.append(Listing("-"))
        listing = self.lists[-1]
        listing.item = place
        listing.next = _number(given.get("value"), listing.next)
        around = self.tables[-1].lists if self.tables and self.tables[-1].cell is not None else 0
        if self.prefix.strip(" -"):
            self.begun = True  # the number of an item that contains only a list
            self.flush()
        self.prefix = "  " * max(0, len(self.lists) - around - 1) + label(listing.next, listing.style)
        listing.next += listing.step

    def begin_table(self) -> None:
        """Begin a table; one inside a cell splits the enclosing row."""
        if self.tables:
            self.write_row(self.tables[-1])
        self.tables.append(Table(len(self.lists)))

    def write_row(self, table: Table) -> None:
        """Write the cells so far as one line."""
        self.out.write_row(table.end_row(), self.forms[-1] if self.forms else 0)

    def end(self, name: str) -> None:
        """End an element and everything opened inside it, unless it is only formatting."""
        if name in {"br", "p"} and not self.places[name]:
            self.line_break()
            return
        if not self.places[name]:
            return
        place = self.places[name][-1]
        if name in FORMATTING and not self.stack[place].outside:
            self.places[name].pop()
            self.undo(self.stack[place])
            self.close_marks(self.stack[place])
            self.stack[place] = Open("")
            while self.stack and not self.stack[-1].name:
                self.stack.pop()
            return
        cell = self.tables[-1].cell if self.tables else None
        if cell is None or place >= cell or name in _TABLE_PARTS:
            self.pop_to(place)
        else:
            self.flush()

    def pop_to(self, place: int) -> None:
        """End the elements from an index on."""
        while len(self.stack) > place:
            self.pop()

    def pop(self) -> None:
        """End the innermost element."""
        entry = self.stack[-1]
        if entry.name:
            self.undo(entry)
            self.close_marks(entry)
            self.places[entry.name].pop()
        self.stack.pop()


def _number(given: str | None, otherwise: int) -> int:
    """Parse a whole number of at most nine digits, or return the default."""
    found = re.fullmatch(r"\s*([+-]?\d{1,9})\s*", given or "", re.ASCII)
    return int(found[1]) if found else otherwise
