"""Read reference lists: their headings, and where each entry begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from weigh.evidence.vocabulary import ReferenceList
from weigh.importer.entry import EntryKind, parse_entry
from weigh.importer.found import ListedEntry, Remark
from weigh.importer.outline import bare
from weigh.importer.prose import Vocabulary, glued
from weigh.importer.source.lines import Line
from weigh.text.names import PARTICLES

__all__ = ["FoundLists", "find_entries"]

#: Words that give the kind of a list; the first match counts.
_LISTS = (
    (re.compile(r"\bweb\s?sites?\b|\binternet\b|\bonline resources?\b", re.IGNORECASE), ReferenceList.WEBSITE),
    (
        re.compile(
            r"\b(?:government|agenc(?:y|ies)|societ(?:y|ies)|authoritative|regulatory|professional|organi[sz]ations?"
            r"|technology assessments?|(?:practice|clinical) guidelines?|consensus)\b",
            re.IGNORECASE,
        ),
        ReferenceList.AUTHORITATIVE,
    ),
    (
        re.compile(
            r"\b(?:peer[ -]?review\w*|journals?|articles?|publications?|literature|studies|trials)\b", re.IGNORECASE
        ),
        ReferenceList.PEER_REVIEWED,
    ),
)
_LONGEST_HEADING = 120
_SHORT_HEADING = 60
_NO_HEADING = re.compile(r"\b(?:1[6-9]|20)\d\d\b|https?:|;|\.\s|\bavailable\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\s*(?:\[(?P<a>\d{1,4})\]|\((?P<b>\d{1,4})\)|(?P<c>\d{1,4})[.)]|(?P<d>\d{1,4})(?=\t|\s{2}))\s*(?=\S)"
)
_NUMBER_ALONE = re.compile(r"\s*\[?(\d{1,4})[.)\]]?\s*")
_WORD = re.compile(r"\w{3}")
_BULLET = re.compile(r"\s*[-•▪◦–]\s+(?=\S)")
_PARTICLES = re.compile(rf"(?:(?:{'|'.join(sorted(PARTICLES))})\s+){{0,3}}")
_ENDED = re.compile(r"[.>)\]\d]\s*\Z")
#: The most lines of an entry whose end is found by its form.
_LONGEST_ENTRY = 30


@dataclass(slots=True)
class FoundLists:
    """The entries of all lists, the use of their lines, and remarks to check; `words` is the text's vocabulary."""

    words: Vocabulary = field(default_factory=Vocabulary)
    entries: list[ListedEntry] = field(default_factory=list)
    headings: set[int] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)


def find_entries(lines: Sequence[Line], heading: str, found: FoundLists) -> None:
    """Find the entries of one section of references.

    Args:
        lines: the lines below the section's heading.
        heading: the heading, which may name the list.
        found: the results from earlier sections, to which this one adds.
    """
    which = list_named(heading) or ReferenceList.PEER_REVIEWED
    block: list[Line] = []
    place = 0
    while place < len(lines):
        length = 1
        named = _list_heading(lines, place)
        if named is None and (named := _wrapped_heading(lines, place)) is not None:
            length = 2
        if named is None:
            block.append(lines[place])
        else:
            _read_list(block, which, found)
            found.headings.update(line.number for line in lines[place : place + length])
            which, block = named, []
        place += length
    _read_list(block, which, found)


def list_named(heading: str) -> ReferenceList | None:
    """Return the list that a heading names.

    >>> list_named("Websites for Additional Information")
    <ReferenceList.WEBSITE: 'website'>
    """
    return next((which for words, which in _LISTS if words.search(heading)), None)


def _may_head(text: str, lines: Sequence[Line], place: int) -> bool:
    """Whether words may be a heading: short, not a sentence or entry, and after the end of an entry."""
    if not text or len(text) > _LONGEST_HEADING or text[0].islower() or text.endswith("."):
        return False
    if _NUMBER.match(text) or _BULLET.match(text) or _NO_HEADING.search(text):
        return False
    before = next((other.text for other in reversed(lines[max(0, place - 3) : place]) if other.text.strip()), "")
    return not before or _ENDED.search(before) is not None


def _list_heading(lines: Sequence[Line], place: int) -> ReferenceList | None:
    """Return the list that a line heads; None if it is not a heading."""
    line = lines[place]
    text = bare(line.text)
    named = list_named(text)
    if line.level and text and not _NO_HEADING.search(text):
        return named or ReferenceList.PEER_REVIEWED
    if not _may_head(text, lines, place) or _NUMBER.match(line.text) or _BULLET.match(line.text):
        return None
    after = next((other for other in lines[place + 1 : place + 4] if other.text.strip()), None)
    begins = after is not None and _start(after) is not None
    if line.text.rstrip(" *").endswith(":"):  # and not a title continued on the next line
        return (named or ReferenceList.PEER_REVIEWED) if named or begins else None
    alone = place == 0 or not lines[place - 1].text.strip()
    bullet = after is not None and _BULLET.match(after.text) is not None
    return named if begins or (alone and (bullet or text.istitle() or len(text) < _SHORT_HEADING)) else None


def _wrapped_heading(lines: Sequence[Line], place: int) -> ReferenceList | None:
    """Return the list named by a two-line heading that is followed by the first entry."""
    if place + 2 >= len(lines) or not lines[place + 1].text.strip():
        return None
    text = f"{lines[place].text.strip()} {lines[place + 1].text.strip()}"
    after = _start(lines[place + 2])
    return list_named(text) if after is not None and after.number == 1 and _may_head(text, lines, place) else None


def _read_list(lines: Sequence[Line], which: ReferenceList, found: FoundLists) -> None:
    texts = [line for line in lines if line.text.strip()]
    if not texts:
        return
    starts = [_start(line) is not None for line in texts]
    groups = list(_numbered(texts, found) if starts[0] or sum(starts) > 1 else _unnumbered(lines, found.words))
    highest = max((entry.number for entry in found.entries if entry.list is which), default=0)
    taken = {entry.number for entry in found.entries if entry.list is which}
    for number, group in groups:
        entry = parse_entry(joined(group, found.words))
        first, last = group[0].number, group[-1].number
        if len(entry.text) < 8 or (
            entry.kind is EntryKind.UNREAD and not (" " in entry.text and _WORD.search(entry.text))
        ):
            found.remarks.append(Remark(first, f"“{entry.text}” is not a reference list entry"))
            continue
        own = number if number is not None and number not in taken else highest + 1
        if number is not None and own != number:
            found.remarks.append(
                Remark(first, f"the number {number} appears twice in this list; this entry is numbered {own}")
            )
        taken.add(own)
        highest = max(highest, own)
        found.used.update(line.number for line in group)
        found.entries.append(
            ListedEntry(list=which, number=own, printed_number=number, first=first, last=last, entry=entry)
        )
        if entry.kind is EntryKind.UNREAD:
            found.remarks.append(
                Remark(first, "the format of this entry was not recognised; its text is kept in a note")
            )


def joined(lines: Sequence[Line], words: Vocabulary) -> str:
    """Join the lines of an entry."""
    parts: list[str] = []
    for line in lines:
        text = line.text.strip()
        if parts:
            parts[-1], joint = glued(parts[-1], text, words)
            parts.append(joint)
        parts.append(text)
    return "".join(parts)


def _numbered(lines: Sequence[Line], found: FoundLists) -> Iterator[tuple[int | None, list[Line]]]:
    """Yield the entries of a numbered list; a number out of sequence is part of the text."""
    group: list[Line] = []
    number: int | None = None
    for line in lines:
        start = _start(line)
        next_number = start.number if start else None
        ended = not group or bool(_ENDED.search(group[-1].text))
        follows = number is None or next_number == number + 1
        if start and (follows or (ended and start.has_name)):
            if group:
                yield number, group
            if number is not None and not follows:
                what = f"the number {next_number} follows {number}"
                found.remarks.append(Remark(line.number, what))
            group, number = [line], next_number
        else:
            group.append(line)
    if group:
        yield number, group


class _Start(NamedTuple):
    """The number with which a line begins an entry, and whether a name may follow it."""

    number: int
    has_name: bool


def _start(line: Line) -> _Start | None:
    if (alone := _NUMBER_ALONE.fullmatch(line.text)) is not None:  # the entry begins on the next line
        return _Start(int(alone[1]), has_name=False)
    found = _NUMBER.match(line.text)
    if found is None:
        return None
    has_name = _looks_like_an_entry(line.text[found.end() :])
    apart = found.group()[-1:].isspace() and line.text[found.end()].isalpha()  # unlike the end of “12(Suppl 4):e12”
    return _Start(int(found[found.lastgroup or 0]), has_name) if has_name or apart else None


def _looks_like_an_entry(text: str) -> bool:
    first = _PARTICLES.sub("", text.lstrip('*“"‘'), count=1)
    return bool(first) and first[0].isupper()


def _unnumbered(lines: Sequence[Line], words: Vocabulary) -> Iterator[tuple[int | None, list[Line]]]:
    """Yield the entries of an unnumbered list: by bullets, empty lines, hanging indents or format."""
    texts = [line for line in lines if line.text.strip()]
    if any(_BULLET.match(line.text) for line in texts):
        yield from _grouped(texts, [bool(_BULLET.match(line.text)) for line in texts])
        return
    indents = [len(line.text) - len(line.text.lstrip()) for line in texts]
    if min(indents) < max(indents):
        yield from _grouped(texts, [indent == min(indents) for indent in indents])
        return
    blocks = list(_blocks(lines))
    if len(blocks) > 1:
        for block in blocks:
            yield from _by_form(block, words)
        return
    yield from _by_form(texts, words)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if line.text.strip():
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _by_form(lines: Sequence[Line], words: Vocabulary) -> Iterator[tuple[int | None, list[Line]]]:
    """Split entries where the text so far is complete and the next line begins with a name."""
    group: list[Line] = []
    for line in lines:
        if (
            0 < len(group) <= _LONGEST_ENTRY
            and _looks_like_an_entry(line.text.strip())
            and parse_entry(joined(group, words)).kind is not EntryKind.UNREAD
        ):
            yield None, group
            group = []
        group.append(line)
    if group:
        yield None, group


def _grouped(lines: Sequence[Line], starts: Sequence[bool]) -> Iterator[tuple[int | None, list[Line]]]:
    group: list[Line] = []
    for line, start in zip(lines, starts, strict=True):
        if start and group:
            yield None, group
            group = []
        group.append(line)
    if group:
        yield None, group
