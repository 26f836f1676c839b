"""Read the code tables of the coding section: codes, ranges and titles, as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from weigh.evidence.vocabulary import Position
from weigh.importer.found import PrintedCode, Remark
from weigh.importer.positions import position_in
from weigh.importer.source.lines import Line

__all__ = ["CODE_SYSTEMS", "FoundCodes", "read_codes"]

_CPT = r"\d{4}[0-9TUFM]"
_HCPCS = r"[A-V]\d{4}"
_ICD = r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_PCS = r"[0-9A-HJ-NP-Z]{7}"
_REVENUE = r"\d{4}"
#: Code systems by the words of a heading, with the pattern of their codes; the first match counts.
CODE_SYSTEMS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("ICD-10-PCS", re.compile(r"ICD-?10.{0,4}(?:PCS|Procedure)", re.IGNORECASE), _PCS),
    ("ICD-10-CM", re.compile(r"ICD-?10|Diagnos[ie]s", re.IGNORECASE), _ICD),
    ("HCPCS", re.compile(r"\bHC?PC?[SC]+\b", re.IGNORECASE), _HCPCS),
    ("CPT", re.compile(r"\bCPT\b", re.IGNORECASE), _CPT),
    ("Revenue", re.compile(r"\bRevenue\b", re.IGNORECASE), _REVENUE),
)
_FORMS = {system: form for system, _, form in CODE_SYSTEMS}
_JOINT = re.compile(r"\s*(?:[-–—]|\bto\b|\bthrough\b)\s*", re.IGNORECASE)
_ANY_CODE = rf"(?:{_ICD}|{_HCPCS}|{_CPT})"
_BROKEN_RANGE = re.compile(rf"\s*{_ANY_CODE}\s*[-–—]\s*")
_BEGINS_WITH_CODE = re.compile(rf"\s*{_ANY_CODE}(?![\w.])")
_MARK = re.compile(r"^[\s*•▪◦-]*")
_LONGEST_HEADING = 120
_COLUMNS = re.compile(
    r"\s*(?:(?:CPT|HCPCS|ICD-10(?:-CM)?|Diagnosis|Procedure|Revenue)\S*\s+)*Codes?\(?s?\)?\s+(?:Descriptions?|Titles?|Definitions?)\s*\Z",
    re.IGNORECASE,
)
_TITLES = re.compile(r"(?:Descriptions?|Titles?|Definitions?|Descriptors?)\Z", re.IGNORECASE)


@dataclass(slots=True)
class FoundCodes:
    """The rows of all code tables, the use of each line, and remarks for a person to check."""

    codes: list[PrintedCode] = field(default_factory=list)
    headings: set[int] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    """The table currently being read."""

    position: Position | None = None
    system: str = ""
    printed: str = ""
    rows: int = 0


def read_codes(lines: Sequence[Line]) -> FoundCodes:
    """Read the code tables below the heading of a coding section.

    A row is a code or a range, then its title; a title without a code keeps its own row. A number is a code only if it is
    in a table of that system and has the right form: prose is never searched for codes.
    """
    found, table = FoundCodes(), _Table()
    for line in _whole_lines(lines, found):
        if not line.text.strip():
            continue
        if (position := _heading_position(line)) is not None:
            table = _Table(position)
            found.headings.add(line.number)
        elif (system := _heading_system(line)) is not None:
            continues = table.system == system[0] and not table.rows and table.printed  # a heading over two lines
            table = _Table(table.position, system[0], f"{table.printed} {system[1]}" if continues else system[1])
            found.headings.add(line.number)
        elif _COLUMNS.match(line.text.replace("\t", " ")) or _heads_columns(line):
            table = _Table(table.position, *(_system_in(line.text.partition("\t")[0]) or (table.system, table.printed)))
            found.headings.add(line.number)
        else:
            _read_row(line, table, found)
    return found


def _whole_lines(lines: Sequence[Line], found: FoundCodes) -> Iterator[Line]:
    """Yield the lines, rejoining ranges broken at the hyphen and headings broken over two lines."""
    waiting: Line | None = None
    for line in lines:
        if waiting is not None:
            if _belong_together(waiting.text, line.text):
                joint = "" if waiting.text.rstrip().endswith(("-", "–", "—")) else " "
                text = f"{waiting.text.rstrip()}{joint}{line.text.lstrip()}"
                waiting = Line(waiting.number, text, waiting.level)
                (found.used if _BEGINS_WITH_CODE.match(text) else found.headings).add(line.number)
                continue
            yield waiting
        waiting = line
    if waiting is not None:
        yield waiting


def _belong_together(one: str, other: str) -> bool:
    if _BROKEN_RANGE.fullmatch(one):
        return _BEGINS_WITH_CODE.match(other) is not None
    rest = other.strip()
    wrapped = rest.endswith(":") and rest[:1].islower() and len(one) + len(rest) <= _LONGEST_HEADING
    return wrapped and "\t" not in one and position_in(one) is not None and not one.rstrip().endswith((":", "."))


def _heading_position(line: Line) -> Position | None:
    """Return the position declared by a line such as “When services are Not Medically Necessary:”."""
    text = line.text.strip().rstrip("*")
    if len(text) > _LONGEST_HEADING or "\t" in text or not (text.endswith(":") or line.level):
        return None
    return position_in(text)


def _heading_system(line: Line) -> tuple[str, str] | None:
    """Return the system and printed words of a line that heads a table, which contains no code."""
    text = line.text.strip().rstrip(":").strip("* ")
    if len(text) > 60 or "\t" in line.text or text.endswith(".") or any(_code(text.split()[0], s) for s in _FORMS):
        return None
    return _system_in(text) if len(text.split()) <= 6 else None


def _system_in(text: str) -> tuple[str, str] | None:
    """Return the system that words name, with the words."""
    printed = re.sub(r"\s*\bcodes?\b\s*|[*:]", " ", text, flags=re.IGNORECASE).strip()
    return next(((system, printed) for system, words, _ in CODE_SYSTEMS if words.search(text)), None)


def _heads_columns(line: Line) -> bool:
    """Whether a line is a row of column headings: a system, then a word for titles."""
    first, tab, second = line.text.strip().partition("\t")
    return bool(tab) and _system_in(first) is not None and _TITLES.match(second.strip("* ")) is not None


def _code(word: str, system: str) -> bool:
    return re.fullmatch(_FORMS[system], word.strip(",;")) is not None


def _read_row(line: Line, table: _Table, found: FoundCodes) -> None:
    text = _MARK.sub("", line.text, count=1) if "\t" not in line.text[:2] else line.text
    head, tab, title = text.partition("\t")
    ranges = list(_ranges(head.strip() if tab else text.strip(), table.system))
    if not ranges:
        _read_title(line, table, found, alone=bool(tab) and not head.strip())
        return
    rest = ranges[-1][3]
    title = (title if tab else rest).strip(" \t:–-")
    if tab and rest.strip(" ,;"):
        found.remarks.append(Remark(line.number, f"“{rest.strip()[:40]}”, next to a code, was omitted"))
    for system, first, last, _ in ranges:
        found.codes.append(
            PrintedCode(
                system=system,
                printed_system=table.printed or system,
                first=first,
                last=last,
                title=" ".join(title.replace("\t", " ").split()),
                position=table.position,
                line=line.number,
            )
        )
    table.rows += 1
    table.system = table.system or ranges[0][0]
    table.printed = table.printed or ranges[0][0]
    found.used.add(line.number)


def _ranges(text: str, system: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield the codes and ranges at the start of a text, as (system, first, last, following text)."""
    place = 0
    while True:
        match = None
        for name in (system,) if system else ("CPT", "HCPCS", "ICD-10-CM"):
            form = _FORMS[name]
            match = re.compile(rf"({form})(?:{_JOINT.pattern}({form}))?(?![\w.])", re.IGNORECASE).match(text, place)
            if match is not None:
                break
        if match is None or match[1] != match[1].upper():
            return
        yield name, match[1], match[2] or "", text[match.end() :]
        more = re.compile(r"\s*[,;]\s*(?:and\s+)?").match(text, match.end())
        if more is None:
            return
        place = more.end()


def _read_title(line: Line, table: _Table, found: FoundCodes, *, alone: bool) -> None:
    """Read a line without a code: a title without a code, the continuation of the title above, or prose."""
    text = " ".join(line.text.split())
    if alone and table.system:
        found.codes.append(
            PrintedCode(
                system=table.system,
                printed_system=table.printed,
                first="",
                last="",
                title=text,
                position=table.position,
                line=line.number,
            )
        )
        found.used.add(line.number)
        if table.rows:
            what = f"the title “{text[:60]}” has no code; the titles of this table may be shifted by one row"
            found.remarks.append(Remark(line.number, what))
    elif (
        table.rows
        and line.number - (last := found.codes[-1]).line <= 3
        and text[0].islower()
        and len(text) < _LONGEST_HEADING
    ):
        longer = f"{last.title} {text}"
        found.codes[-1] = PrintedCode(
            system=last.system,
            printed_system=last.printed_system,
            first=last.first,
            last=last.last,
            title=longer,
            position=last.position,
            line=last.line,
        )
        found.used.add(line.number)
