"""Strict reading of a CSV file into raw cells: reports unreadable files, malformed rows and cells of the wrong type.

Frictionless is more lenient (it accepts NaN as a number and 1_000 as a count, and an unclosed quotation mark swallows
the rest of the file), and leniency here would put a wrong number on a page.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weigh.evidence.model import Finding, Place

__all__ = ["RawTable", "data_finding", "read_cells", "shorten"]

_LEXICAL = {
    "integer": (re.compile(r"-?[0-9]+\Z"), "a whole number"),
    "number": (re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\Z"), "a number with a decimal point"),
    "boolean": (re.compile(r"(true|false)\Z"), "true or false"),
}
_AS_SCHEMA = "write the value as evidence/datapackage.json specifies for this column"


@dataclass(frozen=True, slots=True)
class RawTable:
    """The cells of a file: its header, its rows (the first row of data is row 2), and the defects found."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    problems: tuple[Finding, ...]

    def column(self, name: str) -> set[str]:
        """The distinct values of one column."""
        index = self.header.index(name)
        return {row[index] for row in self.rows}


def data_finding(
    code: str, place: Place, message: str, fix: str, *, subject: str = "", severity: str = "error"
) -> Finding:
    """A finding of kind "data"; severity "error" blocks the run, "warning" does not."""
    return Finding(code, "data", severity, subject or str(place), place, message, fix)


def read_cells(path: Path, file: str, fields: Sequence[Mapping[str, Any]]) -> RawTable:
    """Read a CSV file strictly.

    Args:
        path: the file.
        file: the name of the file in messages.
        fields: the fields of its schema, as in evidence/datapackage.json.

    Returns:
        The cells, with a finding for each defect; rows with a defect are omitted.
    """
    header = tuple(str(field["name"]) for field in fields)
    text = _text(path, file)
    if isinstance(text, Finding):
        return RawTable(header, (), (text,))
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return RawTable(header, (), (_unclosed_quote(text, file),))
    printed = tuple(records[0]) if records else ()
    if printed != header:
        return RawTable(header, (), (_header_finding(file, printed, header),))
    checks = tuple(_check(field) for field in fields)
    rows, problems = [], []
    for number, record in enumerate(records[1:], 2):
        found = list(_record_findings(file, number, record, header, checks))
        problems.extend(found)
        if not found:
            rows.append(tuple(record))
    return RawTable(header, tuple(rows), tuple(problems))


def _text(path: Path, file: str) -> str | Finding:
    place = Place(file)
    if not path.is_file():
        return data_finding("table-missing", place, "the table is missing", "add the file with at least its header row")
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data_finding(
            "table-encoding", place, "the file starts with a byte order mark", "save it as UTF-8 without one"
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        return data_finding(
            "table-encoding", Place(file, row), f"byte {error.start} is not UTF-8", "save the file as UTF-8"
        )
    for character, name in (("\0", "a NUL byte"), ("\r", "a carriage return")):
        if character in text:
            row = text.count("\n", 0, text.index(character)) + 1
            return data_finding(
                "table-encoding", Place(file, row), f"the row contains {name}", "save the file with LF line endings"
            )
    return text


def _unclosed_quote(text: str, file: str) -> Finding:
    """The row in which an unclosed quotation mark opens, or in which one closes too early."""
    reader, number = csv.reader(io.StringIO(text, newline=""), strict=True), 0
    try:
        for number, _ in enumerate(reader, 1):  # noqa: B007  (the last whole row is what is asked for)
            pass
    except csv.Error:
        pass
    message = "unclosed quotation mark, or an unescaped one inside a cell"
    return data_finding(
        "table-shape", Place(file, number + 1), message, "close it, and double any that belong to the text"
    )


def _header_finding(file: str, printed: tuple[str, ...], header: tuple[str, ...]) -> Finding:
    missing = [name for name in header if name not in printed]
    unknown = [name for name in printed if name not in header]
    if missing or unknown:
        parts = [f"missing columns: {', '.join(missing)}"] if missing else []
        parts += [f"columns not in the schema: {', '.join(name or '(no name)' for name in unknown)}"] if unknown else []
        message = " and ".join(parts)
    else:
        message = "the columns are duplicated or not in the order of the schema"
    column = next(iter(missing or unknown), "")
    return data_finding(
        "table-header", Place(file, 1, column or None), message, "write the header as in evidence/datapackage.json"
    )


def _record_findings(
    file: str, number: int, record: Sequence[str], header: Sequence[str], checks: Sequence[Any]
) -> Iterator[Finding]:
    if not any(record):
        yield data_finding("table-shape", Place(file, number), "the row is empty", "remove the empty line")
    elif len(record) < len(header):
        place = Place(file, number, header[len(record)])
        yield data_finding(
            "table-shape",
            place,
            f"the row ends after {len(record)} of {len(header)} cells",
            "write every cell of the row, including empty ones",
        )
    elif len(record) > len(header):
        message = f"the row has {len(record)} cells, the header {len(header)}"
        yield data_finding(
            "table-shape",
            Place(file, number, header[-1]),
            message,
            "quote cells that contain a comma, or remove the extra cell",
        )
    else:
        for name, cell, check in zip(header, record, checks, strict=True):
            if check is not None and cell and (wrong := check(cell)):
                yield data_finding(
                    "cell-type" if wrong[0] else "cell-not-allowed",
                    Place(file, number, name),
                    f"“{shorten(cell)}” {wrong[1]}",
                    _AS_SCHEMA,
                    subject=record[0],
                )


def _check(field: Mapping[str, Any]) -> Any:
    """The check of a field's cells: a function that returns None, or (wrong type?, what is wrong) for a bad cell."""
    kind, pattern = field.get("type", "string"), field.get("constraints", {}).get("pattern")
    if kind in _LEXICAL:
        form, what = _LEXICAL[kind]
        return lambda cell: None if form.match(cell) else (True, f"is not {what}")
    if kind == "date":
        return lambda cell: None if _is_date(cell) else (True, "is not a date in the form YYYY-MM-DD")
    if pattern is not None:
        compiled = re.compile(pattern)
        return lambda cell: None if compiled.fullmatch(cell) else (False, f"does not match {pattern}")
    return None


def _is_date(cell: str) -> bool:
    try:
        return dt.date.fromisoformat(cell).isoformat() == cell
    except ValueError:
        return False


def shorten(cell: str) -> str:
    """A cell as quoted in a message: on one line, at most 60 characters."""
    shown = cell.replace("\n", "↵")
    return shown if len(shown) <= 60 else shown[:57] + "..."
