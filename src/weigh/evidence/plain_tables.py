"""Rows of a table whose schema and cells are plain, read without Frictionless, which takes a third of a second to load.

The schema stays Frictionless's, and so does every judgement on it: what is not plain here, and every cell that a schema
does not allow, is left to Frictionless. What is plain comes out as Frictionless gives it, which the tests hold against it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from weigh.evidence.cells import RawTable

__all__ = ["plain_rows"]

#: What is plain of a resource, its schema, and a field of that by its type; anything else is Frictionless's to read.
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SCHEMA = {"fields", "missingValues", "primaryKey", "foreignKeys"}  # the last is looked at by `weigh.evidence.tables`
_FIELD = {"name", "type", "title", "description", "constraints", "trueValues", "falseValues"}
_CONSTRAINTS = {
    "string": {"required", "pattern", "enum"},
    "integer": {"required", "minimum", "maximum"},
    "number": {"required", "minimum", "maximum"},
    "boolean": {"required"},
    "date": {"required"},
}
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")

#: Makes a value of a cell that is not empty.
_Reader = Callable[[str], Any]


class _NotPlainError(Exception):
    """A schema, or a cell, for Frictionless to judge."""


def plain_rows(resource: Mapping[str, Any], raw: RawTable) -> tuple[dict[str, Any], ...] | None:
    """The rows of a table as values by column.

    Args:
        resource: the table as evidence/datapackage.json describes it.
        raw: its cells, none of which is of a wrong form.

    Returns:
        None where the schema is not plain, or a row is not what it allows.
    """
    try:
        key = _key_of(resource)
        readers = [_reader(field) for field in resource["schema"]["fields"]]
        rows = tuple(
            {name: read(cell) for name, read, cell in zip(raw.header, readers, cells, strict=True)}
            for cells in raw.rows
        )
    except _NotPlainError:
        return None
    keys = [tuple(row[column] for column in key) for row in rows]
    return rows if not key or len(set(keys)) == len(keys) else None


def _key_of(resource: Mapping[str, Any]) -> tuple[str, ...]:
    schema = resource["schema"]
    names = [field["name"] for field in schema["fields"]]
    key = schema.get("primaryKey", [])
    plain = (
        isinstance(resource["name"], str)
        and _NAME.fullmatch(resource["name"])
        and set(schema) <= _SCHEMA
        and schema.get("missingValues") == [""]
        and isinstance(key, list)
        and all(isinstance(name, str) and _NAME.fullmatch(name) for name in names)
        and len(set(names)) == len(names)
    )
    if not plain:
        raise _NotPlainError
    return tuple(key)


def _reader(field: Mapping[str, Any]) -> _Reader:
    """What reads a cell of a field, or refuses it."""
    kind, constraints = field.get("type"), field.get("constraints", {})
    if not set(field) <= _FIELD or not isinstance(constraints, dict) or kind not in _CONSTRAINTS:
        raise _NotPlainError
    if not set(constraints) <= _CONSTRAINTS[kind] or constraints.get("required", False) not in (True, False):
        raise _NotPlainError
    value = {"string": _text, "integer": _whole, "number": _number, "boolean": _boolean, "date": _date}[kind](field)
    required = bool(constraints.get("required"))

    def read(cell: str) -> Any:
        if cell:
            return value(cell)
        if required:
            raise _NotPlainError
        return None

    return read


def _text(field: Mapping[str, Any]) -> _Reader:
    constraints = field.get("constraints", {})
    pattern, words = constraints.get("pattern", ""), constraints.get("enum")
    if not isinstance(pattern, str) or "(?" in pattern:
        raise _NotPlainError
    if words is None:
        return lambda cell: cell  # its form was looked at with the other raw cells
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise _NotPlainError
    known = {word for word in words if word}
    return lambda cell: cell if cell in known else _refuse()


def _whole(field: Mapping[str, Any]) -> _Reader:
    lowest, highest = _bounds(field)
    return lambda cell: _within(lowest, int(cell), highest) if _WHOLE.fullmatch(cell) else _refuse()


def _number(field: Mapping[str, Any]) -> _Reader:
    lowest, highest = _bounds(field)
    return lambda cell: _within(lowest, Decimal(cell), highest) if _NUMBER.fullmatch(cell) else _refuse()


def _boolean(field: Mapping[str, Any]) -> _Reader:
    if field.get("trueValues") != ["true"] or field.get("falseValues") != ["false"]:
        raise _NotPlainError
    return lambda cell: cell == "true" or (_refuse() if cell != "false" else False)


def _date(field: Mapping[str, Any]) -> _Reader:
    return dt.date.fromisoformat  # that it is one, and written in full, was looked at with the other raw cells


def _bounds(field: Mapping[str, Any]) -> tuple[int | None, int | None]:
    found = [field.get("constraints", {}).get(name) for name in ("minimum", "maximum")]
    if not all(bound is None or type(bound) is int for bound in found):
        raise _NotPlainError
    return found[0], found[1]


def _within(lowest: int | None, value: Any, highest: int | None) -> Any:
    if (lowest is not None and value < lowest) or (highest is not None and value > highest):
        raise _NotPlainError
    return value


def _refuse() -> Any:
    raise _NotPlainError
