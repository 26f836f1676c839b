"""Read a guideline's text part by part, and account for every line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from weigh.evidence.inputs import sha256
from weigh.importer.citing import find_mentions
from weigh.importer.coding import read_codes
from weigh.importer.found import (
    FoundGuideline,
    PrintedCode,
    PrintedHistory,
    PrintedTerm,
    Remark,
    Section,
    SectionKind,
    Statement,
    Use,
)
from weigh.importer.indications import read_statements
from weigh.importer.keys import with_keys
from weigh.importer.outline import find_sections, is_contents_row, read_header
from weigh.importer.prose import Passage, Vocabulary, passages
from weigh.importer.record import read_devices, read_history, read_index, read_terms
from weigh.importer.references import FoundLists, find_entries
from weigh.importer.source.lines import Line, Reading
from weigh.importer.source.reading import read_source

__all__ = ["lines_of", "read_guideline"]


@dataclass(slots=True)
class _Parts:
    """What was found so far, and the use of each line, by number."""

    words: Vocabulary
    uses: dict[int, Use]
    remarks: list[Remark]
    lists: FoundLists
    statements: list[Statement] = field(default_factory=list)
    prose: list[Passage] = field(default_factory=list)
    codes: list[PrintedCode] = field(default_factory=list)
    history: list[PrintedHistory] = field(default_factory=list)
    terms: list[PrintedTerm] = field(default_factory=list)
    index: list[str] = field(default_factory=list)

    def settle(self, lines: Sequence[Line]) -> None:
        """Separate empty lines and rows of a table of contents from lines that were not understood."""
        for line in lines:
            if not line.text.strip():
                self.uses[line.number] = Use.BLANK
            elif self.uses[line.number] is Use.NOT_UNDERSTOOD and is_contents_row(line):
                self.uses[line.number] = Use.FURNITURE

    def use(self, numbers: Iterable[int], use: Use) -> None:
        for number in numbers:
            self.uses[number] = use


def read_guideline(content: bytes, name: str) -> FoundGuideline:
    """Read a guideline's text.

    Args:
        content: the bytes of the file: text, Markdown, HTML or PDF.
        name: the name of the file, for messages and for its extension.

    Returns:
        Everything found. Nothing is invented: values that are not printed are empty, lines that were not understood are
        counted as such, and anything a person must check is a remark with its line.

    Raises:
        GuidelineTextError: the file cannot be read as text.
    """
    return _found_in(read_source(content, name), content, name)


def _found_in(reading: Reading, content: bytes, name: str) -> FoundGuideline:
    """Interpret the lines of a text; content and name only identify it."""
    lines = reading.lines
    words = Vocabulary.of(lines)
    total = len(lines) + len(reading.furniture)
    parts = _Parts(words, {line.number: Use.NOT_UNDERSTOOD for line in lines}, list(reading.remarks), FoundLists(words))
    parts.use((line.number for line in reading.furniture), Use.FURNITURE)
    sections = find_sections(lines)
    by_number = {line.number: place for place, line in enumerate(lines)}
    head: Sequence[Line] = ()
    for section in sections:
        body = lines[by_number[section.first] : by_number[section.last] + 1]
        if section.kind is SectionKind.HEADER:
            head = body
        else:
            parts.use([section.first], Use.HEADING)
            _read_section(section, body[1:], parts)
    header, used, remarks = read_header(head)
    parts.use(used, Use.HEADER)
    entries = with_keys(parts.lists.entries)
    style, mentions = find_mentions(
        parts.prose, entries, [statement.condition for statement in parts.statements if statement.condition]
    )
    parts.settle(lines)
    return FoundGuideline(
        name=name,
        sha256=sha256(content),
        header=header,
        sections=sections,
        statements=tuple(parts.statements),
        entries=entries,
        style=style,
        mentions=mentions,
        codes=tuple(parts.codes),
        history=tuple(parts.history),
        terms=tuple(parts.terms),
        devices=read_devices(parts.prose),
        index=tuple(parts.index),
        remarks=tuple(sorted([*parts.remarks, *remarks], key=lambda remark: remark.line)),
        uses=tuple(parts.uses[number] for number in range(1, total + 1)),
    )


def lines_of(content: bytes, name: str) -> list[tuple[int, Use, str]]:
    """Return every line of a guideline's text as read, with its number and use.

    In PDF and HTML, a line is a line or block of the text, counted from the start.
    """
    reading = read_source(content, name)
    uses = _found_in(reading, content, name).uses
    every = sorted((*reading.lines, *reading.furniture), key=lambda line: line.number)
    return [(line.number, use, line.text) for line, use in zip(every, uses, strict=True)]


def _read_section(section: Section, body: Sequence[Line], parts: _Parts) -> None:
    """Read one section; lines that yield nothing remain marked as not understood."""
    match section.kind:
        case SectionKind.CODING:
            tables = read_codes(body)
            parts.codes += tables.codes
            parts.use(tables.used, Use.CODE)
            parts.use(tables.headings, Use.HEADING)
            parts.remarks += tables.remarks
        case SectionKind.POSITION:
            found = read_statements(body)
            parts.statements += found.statements
            parts.use(found.used, Use.POSITION)
            parts.use(found.headings, Use.HEADING)
            parts.remarks += found.remarks
            _read_prose(body, parts, keep=found.used | found.headings)
        case SectionKind.REFERENCES:
            find_entries(body, section.title, parts.lists)
            parts.use(parts.lists.used, Use.REFERENCE)
            parts.use(parts.lists.headings, Use.HEADING)
            parts.remarks += parts.lists.remarks
            parts.lists.remarks = []
        case SectionKind.HISTORY:
            rows, used, remarks = read_history(body)
            parts.history += rows
            parts.use(used, Use.HISTORY)
            parts.remarks += remarks
        case SectionKind.INDEX:
            words, used = read_index(body)
            parts.index += words
            parts.use(used, Use.INDEX)
        case SectionKind.DEFINITIONS:
            joined, _ = passages(body, parts.words)
            terms = read_terms(joined)
            parts.terms += terms
            _read_prose(body, parts, keep=set())
            starts = {term.line for term in terms}
            parts.use(
                (number for passage in joined if passage.numbers[0] in starts for number in passage.numbers), Use.TERM
            )
        case SectionKind.DESCRIPTION | SectionKind.DISCUSSION:
            _read_prose(body, parts, keep=set())
        case SectionKind.HEADER | SectionKind.OTHER:
            pass


def _read_prose(body: Sequence[Line], parts: _Parts, keep: set[int]) -> None:
    """Join the lines of a section into passages for the citation search; lines in `keep` already have a use."""
    joined, headings = passages(body, parts.words)
    parts.prose += joined
    parts.use((number for passage in joined for number in passage.numbers if number not in keep), Use.PROSE)
    parts.use(headings - keep, Use.HEADING)
