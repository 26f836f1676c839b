"""Compare the rows of two states, cell by cell: added, removed or edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from weigh.changes.state import State
from weigh.changes.state_rows import CODES, Row

__all__ = ["Cell", "RowChange", "RowChangeKind", "row_changes"]


class RowChangeKind(StrEnum):
    """How a row or a conclusion changed between two states."""

    ADDED = "added"
    GONE = "gone"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value before and after; None if absent."""

    column: str
    before: str | None
    after: str | None

    @property
    def moved(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after

    def as_json(self) -> dict[str, Any]:
        """The two values with their column."""
        return {"column": self.column, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row that was added, removed or edited.

    `cells` are the changed cells; for an added or removed row, all its non-empty cells.
    """

    table: str
    key: str
    name: str
    kind: RowChangeKind
    cells: tuple[Cell, ...]

    def cell(self, column: str) -> Cell | None:
        """Return the change of one cell, or None if it is unchanged."""
        return next((cell for cell in self.cells if cell.column == column), None)

    def only(self, columns: Collection[str]) -> RowChange | None:
        """Return the change limited to some columns; None if an edit touches none of them."""
        cells = tuple(cell for cell in self.cells if cell.column in columns)
        if self.kind is RowChangeKind.EDITED and not cells:
            return None
        return RowChange(table=self.table, key=self.key, name=self.name, kind=self.kind, cells=cells)

    def as_json(self) -> dict[str, Any]:
        """The change as JSON data."""
        return {
            "table": self.table,
            "key": self.key,
            "name": self.name,
            "change": self.kind.value,
            "cells": [cell.as_json() for cell in self.cells],
        }


def row_changes(before: State, after: State) -> dict[str, tuple[RowChange, ...]]:
    """Return the changes of every changed table, sorted by key; codes are matched by code, not by row id."""
    found = {}
    for table in dict.fromkeys((*sorted(before.rows), *sorted(after.rows))):
        old, new = before.rows.get(table, {}), after.rows.get(table, {})
        changes = _codes(old, new) if table == CODES else _by_key(table, old, new)
        if changes:
            found[table] = changes
    return found


def _by_key(table: str, old: Mapping[str, Row], new: Mapping[str, Row]) -> tuple[RowChange, ...]:
    changes = (_change(table, key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()))
    return tuple(change for change in changes if change)


def _change(table: str, key: str, old: Row | None, new: Row | None, leave: Collection[str] = ()) -> RowChange | None:
    was, now = (old.cells if old else {}), (new.cells if new else {})
    columns = dict.fromkeys((*now, *was))
    cells = [Cell(column, was.get(column), now.get(column)) for column in columns if column not in leave]
    moved = tuple(cell for cell in cells if cell.moved)
    kind = RowChangeKind.ADDED if old is None else RowChangeKind.GONE if new is None else RowChangeKind.EDITED
    if kind is RowChangeKind.EDITED and not moved:
        return None
    named = new or old
    return RowChange(table=table, key=key, name=named.name if named else key, kind=kind, cells=moved)


def _codes(old: Mapping[str, Row], new: Mapping[str, Row]) -> tuple[RowChange, ...]:
    """Match the rows of each code or range: first unmoved rows, then moved ones; the rest are added or removed.

    Their ids are row numbers in the guideline's table, which shift when a row is inserted.
    """
    was, now = _by_name(old), _by_name(new)
    changes = []
    for name in sorted(was.keys() | now.keys()):
        left, right = list(was[name]), list(now[name])
        for pair in [(a, b) for a in left for b in right if _placed(a) == _placed(b)]:
            if pair[0] in left and pair[1] in right:
                left.remove(pair[0])
                right.remove(pair[1])
                changes.append(_change(CODES, name, *pair, leave=("row_id",)))
        matched = min(len(left), len(right))
        changes += [
            _change(CODES, name, a, b, leave=("row_id",)) for a, b in zip(left[:matched], right[:matched], strict=True)
        ]
        changes += [_change(CODES, name, row, None, leave=("row_id",)) for row in left[matched:]]
        changes += [_change(CODES, name, None, row, leave=("row_id",)) for row in right[matched:]]
    return tuple(change for change in changes if change)


def _by_name(rows: Mapping[str, Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in _sorted(rows.values()):
        found[row.name].append(row)
    return found


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (*_placed(row), row.cells.get("row_id", "")))


def _placed(row: Row) -> tuple[str, str]:
    return row.cells.get("position", ""), row.cells.get("conclusion_id", "")
