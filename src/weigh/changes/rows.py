"""Rows of two states held against each other: added, gone or edited, cell by cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from weigh.changes.state import State
from weigh.changes.state_rows import CODES, Row

__all__ = ["Cell", "Kind", "RowChange", "row_changes"]


class Kind(StrEnum):
    """What became of something between two states."""

    ADDED = "added"
    GONE = "gone"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value before and after; None where there is none."""

    column: str
    before: str | None
    after: str | None

    @property
    def moved(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after

    def as_json(self) -> dict[str, Any]:
        """The two values under their column."""
        return {"column": self.column, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row that is new, gone or edited.

    `cells` are those that differ; of a row that is new or gone, all that are not empty.
    """

    table: str
    key: str
    name: str
    kind: Kind
    cells: tuple[Cell, ...]

    def cell(self, column: str) -> Cell | None:
        """The change of one cell, or None where it stayed as it was."""
        return next((cell for cell in self.cells if cell.column == column), None)

    def only(self, columns: Collection[str]) -> RowChange | None:
        """The change as far as it concerns some columns; None where an edit touches none of them."""
        cells = tuple(cell for cell in self.cells if cell.column in columns)
        if self.kind is Kind.EDITED and not cells:
            return None
        return RowChange(table=self.table, key=self.key, name=self.name, kind=self.kind, cells=cells)

    def as_json(self) -> dict[str, Any]:
        """The change as plain data."""
        return {
            "table": self.table,
            "key": self.key,
            "name": self.name,
            "change": self.kind.value,
            "cells": [cell.as_json() for cell in self.cells],
        }


def row_changes(before: State, after: State) -> dict[str, tuple[RowChange, ...]]:
    """The changes of every table that has any, each sorted by key; codes are matched by code, not by row."""
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
    kind = Kind.ADDED if old is None else Kind.GONE if new is None else Kind.EDITED
    if kind is Kind.EDITED and not moved:
        return None
    named = new or old
    return RowChange(table=table, key=key, name=named.name if named else key, kind=kind, cells=moved)


def _codes(old: Mapping[str, Row], new: Mapping[str, Row]) -> tuple[RowChange, ...]:
    """Rows of one code or range: those that stayed, then those that moved, then those that are new or gone.

    Their ids are numbers in the guideline's table, which shift when a row is put in.
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
