"""The CSV tables of a review folder, read through their Frictionless schema into typed rows with places."""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weigh import lean  # noqa: F401  (before frictionless, which imports jsonschema)
from weigh.errors import ReviewNotFoundError
from weigh.model import Finding, Place

__all__ = ["DESCRIPTOR", "EVIDENCE", "Row", "Tables", "data_finding", "did_you_mean", "read_tables"]

EVIDENCE = "evidence"
DESCRIPTOR = f"{EVIDENCE}/datapackage.json"

#: What a person is told to do, by the kind of error that Frictionless reports.
_FIXES = {
    "type-error": "write the value in the form that evidence/datapackage.json gives for this column",
    "constraint-error": "see the column in evidence/datapackage.json",
    "primary-key": "give each row its own key",
    "foreign-key": "name an existing id, or add the row that is missing",
    "unique-error": "give each row its own value",
    "extra-cell": "quote cells that hold a comma, or take the extra cell out",
    "missing-cell": "write every cell of the row, empty ones too",
    "blank-row": "take the empty line out",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells by column, parsed by the schema, and the place of the row."""

    values: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a folder by name, and what is wrong with them."""

    rows: Mapping[str, tuple[Row, ...]]
    columns: Mapping[str, tuple[str, ...]]
    problems: tuple[Finding, ...]


def data_finding(
    code: str, place: Place, message: str, fix: str, *, subject: str = "", severity: str = "error"
) -> Finding:
    """A finding on our own folder; `severity` "error" blocks the run, "warning" does not."""
    return Finding(code, "data", severity, subject or str(place), place, message, fix)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def read_tables(folder: Path) -> Tables:
    """Read every table that evidence/datapackage.json names.

    Args:
        folder: the review folder (it holds `evidence/`).

    Returns:
        All rows that could be read, and one finding for every cell or row that breaks the schema.

    Raises:
        ReviewNotFoundError: the folder has no evidence/datapackage.json, or that file is not a data package.
    """
    from frictionless import FrictionlessException, Package, system

    descriptor = folder / DESCRIPTOR
    if not descriptor.is_file():
        raise ReviewNotFoundError(f"{descriptor}: no such file; name a review folder that holds {DESCRIPTOR}")
    try:
        with system.use_context(trusted=False):
            package = Package(str(descriptor))
    except FrictionlessException as error:
        raise ReviewNotFoundError(f"{descriptor}: not a data package ({error.error.note}); mend the file") from error
    rows: dict[str, tuple[Row, ...]] = {}
    columns: dict[str, tuple[str, ...]] = {}
    problems: list[Finding] = []
    for resource in package.resources:
        file = f"{EVIDENCE}/{resource.path}"
        blocking = _bytes_problem(folder / EVIDENCE / str(resource.path), file)
        if blocking:
            problems.append(blocking)
    if problems:
        return Tables(rows, columns, tuple(problems))
    keys = {
        resource.name: {str(row.get(field)) for row in _plain_rows(resource) for field in resource.schema.primary_key}
        for resource in package.resources
        if len(resource.schema.primary_key) == 1
    }
    for resource in package.resources:
        table, found = _read_table(resource, f"{EVIDENCE}/{resource.path}", keys)
        rows[resource.name] = table
        columns[resource.name] = tuple(resource.schema.field_names)
        problems.extend(found)
    return Tables(rows, columns, tuple(problems))


def _bytes_problem(path: Path, file: str) -> Finding | None:
    """What keeps a file from being read at all: missing, not UTF-8, NUL bytes, a byte order mark."""
    place = Place(file)
    if not path.is_file():
        return data_finding(
            "table-missing", place, "the table is missing", "add the file, with its header row at least"
        )
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data_finding(
            "table-encoding", place, "the file starts with a byte order mark", "save it as UTF-8 without a mark"
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
                "table-encoding", Place(file, row), f"the row holds {name}", "save the file with plain LF line ends"
            )
    return None


def _plain_rows(resource: Any) -> list[dict[str, Any]]:
    """The rows of a table without a look at keys, to know which ids exist."""
    from frictionless import Resource

    plain: Any = Resource(path=resource.path, basepath=resource.basepath, format="csv", dialect=resource.dialect)
    with plain:
        cells = plain.read_cells()
    header, *body = cells or [[]]
    return [dict(zip(header, row, strict=False)) for row in body]


def _read_table(resource: Any, file: str, keys: Mapping[str, set[str]]) -> tuple[tuple[Row, ...], list[Finding]]:
    rows: list[Row] = []
    problems: list[Finding] = []
    with resource:
        for error in resource.header.errors:
            problems.append(
                data_finding(
                    "table-header",
                    Place(file, 1),
                    _sentence(error.note),
                    "write the header as in evidence/datapackage.json",
                )
            )
        if problems:
            return (), problems
        for row in resource.row_stream:
            for error in row.errors:
                problems.append(_row_finding(resource, file, row, error, keys))
            if not row.errors:
                rows.append(Row(dict(row), Place(file, row.row_number)))
    return tuple(rows), problems


def _row_finding(resource: Any, file: str, row: Any, error: Any, keys: Mapping[str, set[str]]) -> Finding:
    """One error of Frictionless as a finding with file, row and column."""
    kind = error.type
    column: str | None = getattr(error, "field_name", None) or None
    key = resource.schema.primary_key
    subject = "/".join(str(row.get(field)) for field in key) if key else file
    message, code = _sentence(error.note), "table-row"
    if kind == "type-error":
        expected = resource.schema.get_field(column).type
        message, code = f"“{_short(error.cell)}” is not of type {expected}", "cell-type"
    elif kind == "constraint-error":
        message, code = _constraint_message(resource, str(column), error), "cell-not-allowed"
    elif kind == "primary-key":
        column, code = ", ".join(key), "key-duplicate"
        message = f"the key {subject} stands in an earlier row too"
    elif kind == "foreign-key":
        column, code = ", ".join(error.field_names), "key-unknown"
        target = error.reference_name or resource.name
        value = str(error.field_cells[0])
        message = f"{target}.csv holds no {value}{did_you_mean(value, keys.get(target, ()))}"
    elif kind in ("extra-cell", "missing-cell", "blank-row"):
        code = "table-shape"
    return data_finding(
        code, Place(file, row.row_number, column), message, _FIXES.get(kind, "mend the row"), subject=subject
    )


def _constraint_message(resource: Any, column: str, error: Any) -> str:
    match = re.match(r'constraint "(\w+)" is', error.note)
    name = match.group(1) if match else ""
    constraint = resource.schema.get_field(column).constraints.get(name)
    cell = _short(error.cell)
    if name == "required":
        return "the cell is empty and must not be"
    if name == "enum":
        return f"“{cell}” is not one of {', '.join(constraint)}{did_you_mean(str(error.cell), constraint)}"
    if name in ("minimum", "maximum"):
        return f"“{cell}” is {'below' if name == 'minimum' else 'above'} {constraint}"
    return f"“{cell}” does not have the form {constraint}"


def _short(cell: Any) -> str:
    text = str(cell)
    return text if len(text) <= 60 else text[:57] + "..."


def _sentence(note: str) -> str:
    return note.strip().rstrip(".")
