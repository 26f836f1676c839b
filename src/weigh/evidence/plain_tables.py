"""A fast path for tables with a simple schema, read without Frictionless, which takes a third of a second to load.

Anything beyond the simple cases here, and every cell that violates its schema, is left to Frictionless. Tests compare
the rows with those that Frictionless returns.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from weigh.evidence.cells import RawTable

__all__ = ["plain_rows"]

#: The supported properties of a resource, its schema and its fields by type; anything else is left to Frictionless.
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SCHEMA = {"fields", "missingValues", "primaryKey", "foreignKeys"}  # `weigh.evidence.tables` checks the last
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

#: Converts a non-empty cell to a value.
_Reader = Callable[[str], Any]


class _NotPlainError(Exception):
    """A schema or cell that must be left to Frictionless."""


def plain_rows(resource: Mapping[str, Any], raw: RawTable) -> tuple[dict[str, Any], ...] | None:
    """The rows of a table as values by column, or None where Frictionless must read it.

    Args:
        resource: the table as evidence/datapackage.json describes it.
        raw: its cells, each well formed for its type.

    Returns:
        The rows; None where the schema is not simple, or a row violates it.
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
    """The function that converts a cell of a field, or refuses it."""
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
        return lambda cell: cell  # its form was checked with the raw cells
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
    return dt.date.fromisoformat  # checked for full ISO form with the raw cells


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
