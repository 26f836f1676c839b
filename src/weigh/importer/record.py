"""Read the smaller sections of a guideline: history, definitions, index and devices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from weigh.importer.dates import DAY, parse_day
from weigh.importer.found import PrintedDevice, PrintedHistory, PrintedTerm, Remark
from weigh.importer.prose import Passage
from weigh.importer.source.lines import Line

__all__ = ["BEFORE_MERGER", "read_devices", "read_history", "read_index", "read_terms"]

BEFORE_MERGER = "Pre-merger"
_LONGEST = 4000
#: The name of a committee with its acronym: “Bell Review Panel (BRP) review”.
_COMMITTEE = re.compile(r"(?P<name>[A-Z][\w&,.' -]{4,100}? \((?P<acronym>[A-Z]{2,10})\))")
_DAY = re.compile(DAY, re.IGNORECASE)
#: A row starts with its status or its date; a later date is part of the action.
_ROW = re.compile(
    rf"\s*(?:[-•▪◦]\s+)?(?P<status>[A-Z][\w /-]{{0,30}}?)?[\s:|,–-]*(?P<day>{DAY})[\s:|,–-]*(?P<action>.*)\Z", re.DOTALL
)
_COLUMNS = re.compile(
    r"\s*(?:(?:status|date|effective date|action|summary of changes|description|revision|change|reason)s?[\s/|]*){2,4}\Z",
    re.IGNORECASE,
)
#: A status after the date: in a separate cell, or followed by a full stop.
_STATUS = re.compile(
    r"(New|Revised|Reviewed|Archived|Retired|Updated|Created|Effective|Approved|Original)\s*(?:\t|\s{2,}|[.:;|–-]\s|\Z)",
    re.IGNORECASE,
)
_PREMERGER = re.compile(r"\bpre-?merger\b", re.IGNORECASE)
_DOCUMENT = re.compile(r"(?:(?:Policy|Document|No\.?|#)\s*)?#?\s*((?:Memo\s+)?[A-Z]{0,6}[.-]?\d[\w.-]*)")
_OLD_ROW = re.compile(rf"(?P<name>[A-Z].{{2,80}}?)\s+(?P<rest>None|{DAY}.*)\Z")
_TERM = re.compile(r"\s*(?:[-•▪◦]\s+)?\**(?P<term>[^\W\d_][^:\t.]{0,79}?)\**\s*(?::\**\s+|\t|\s+[–—-]\s+)(?=\S)")
_DEVICE = re.compile(
    r"(?<![\w-])(?P<name>[A-Z][\w-]*[®™]?(?:\s+(?!device|system|unit)[A-Z0-9][\w-]*[®™]?){0,5})(?:\s+(?:devices?|systems?|units?|machines?))?\s*"
    r"\((?P<maker>[A-Z][^()]{2,80}?),\s+(?P<town>[A-Z][A-Za-z .'-]{1,40}),\s+(?P<state>[A-Z]{2}|[A-Z][a-z]{3,20})\.?\)"
)


def read_history(lines: Sequence[Line]) -> tuple[tuple[PrintedHistory, ...], frozenset[int], tuple[Remark, ...]]:
    """Return the rows of a history, the numbers of their lines, and remarks for a person to check.

    A line without a date continues the row above it; an empty line ends the table.
    """
    rows: list[PrintedHistory] = []
    used: set[int] = set()
    remarks: list[Remark] = []
    before_merger, continues = False, False
    for line in lines:
        text = line.text.strip()
        if not text:
            continues = False
        elif _PREMERGER.search(text) and len(text) < 160:
            before_merger, continues = True, False
            used.add(line.number)
        elif _COLUMNS.match(text.replace("\t", " ")):
            used.add(line.number)
        elif before_merger and (row := _old_row(line)) is not None:
            rows.append(row)
            used.add(line.number)
            continues = False
        elif not before_merger and (found := _ROW.match(line.text)) is not None:
            row = _row(line, found)
            if row.date is None:
                remarks.append(Remark(line.number, f"“{found['day']}” is not a valid date"))
            rows.append(row)
            used.add(line.number)
            continues = True
        elif continues and not before_merger:
            used.add(line.number)
            last = rows[-1]
            if len(last.action) < _LONGEST:
                rows[-1] = replace(last, action=f"{last.action} {text}".strip())
    return tuple(_with_committee(rows)), frozenset(used), tuple(remarks)


def _with_committee(rows: Sequence[PrintedHistory]) -> Iterator[PrintedHistory]:
    """Add the acting committee to each row: one row gives its name with the acronym, the others only the acronym."""
    names = {m["acronym"]: m["name"] for row in rows if (m := _COMMITTEE.match(row.action)) is not None}
    for row in rows:
        first = row.action.partition(" ")[0]
        named = _COMMITTEE.match(row.action)
        acted = named["name"] if named is not None else names.get(first, "")
        yield replace(row, organization=acted) if acted and not row.organization else row


def _row(line: Line, found: re.Match[str]) -> PrintedHistory:
    status, action = (found["status"] or "").strip(" :|"), " ".join(found["action"].split())
    if not status and (printed := _STATUS.match(found["action"].strip())) is not None:
        status, action = printed[1], " ".join(found["action"].strip()[printed.end() :].split())
    return PrintedHistory(
        status=status, date=parse_day(found["day"]), organization="", document="", line=line.number, action=action
    )


def _old_row(line: Line) -> PrintedHistory | None:
    """Return a row about a pre-merger document: its organisation, date, number and title."""
    name, tab, rest = line.text.strip().partition("\t")
    if not tab:
        match = _OLD_ROW.match(name)
        if match is None:
            return None
        name, rest = match["name"], match["rest"]
    day = _DAY.search(rest)
    after = rest[day.end() :].strip() if day else ""
    document = _DOCUMENT.match(after)
    return PrintedHistory(
        status=BEFORE_MERGER,
        date=parse_day(day.group()) if day else None,
        organization=name.strip(),
        document=document[1].strip() if document else "",
        line=line.number,
        action="" if day is None else after,
    )


def read_terms(passages: Iterable[Passage]) -> tuple[PrintedTerm, ...]:
    """Return the terms defined as “Term: meaning”; the meaning itself is not copied."""
    found = []
    for passage in passages:
        if (term := _TERM.match(passage.text)) is not None and len(term["term"].split()) <= 10:
            found.append(PrintedTerm(term["term"].strip(), passage.numbers[0]))
    return tuple(found)


def read_index(lines: Sequence[Line]) -> tuple[tuple[str, ...], frozenset[int]]:
    """Return the words of an index and the numbers of their lines: short lines that are not sentences."""
    words: list[str] = []
    used: set[int] = set()
    for line in lines:
        text = line.text.strip().lstrip("-•▪◦ ").strip()
        if text and len(text) <= 80 and not re.search(r"[.!?]\Z", text) and len(text.split()) <= 10:
            words.append(text)
            used.add(line.number)
    return tuple(words), frozenset(used)


def read_devices(passages: Iterable[Passage]) -> tuple[PrintedDevice, ...]:
    """Return devices named with manufacturer and place: “the Name® device (Maker, Town, State)”."""
    found: dict[str, PrintedDevice] = {}
    for passage in passages:
        for match in _DEVICE.finditer(passage.text):
            name = re.sub(r"[®™]", "", match["name"])
            found.setdefault(
                name.casefold(),
                PrintedDevice(
                    name=name,
                    maker=match["maker"],
                    location=f"{match['town']}, {match['state']}",
                    line=passage.line_at(match.start()),
                ),
            )
    return tuple(found.values())
