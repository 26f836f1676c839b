"""A draft brought into a folder that people have worked in: what they entered stays, what the new text has otherwise is told.

Each cell is compared three ways: as the last import drafted it, as it stands now, and as the new text would draft it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from weigh.importer.drafting.conclusions import Row

__all__ = ["Change", "ChangeKind", "merged"]

_LONGEST = 80


class ChangeKind(StrEnum):
    """What a new text does to a row, and what was done about it."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between the text read before and the one read now."""

    kind: ChangeKind
    table: str
    row: str
    column: str = ""
    before: str = ""
    after: str = ""

    def words(self) -> str:
        """The difference in a sentence."""
        where = f"{self.table}, {self.row}"
        match self.kind:
            case ChangeKind.ADDED:
                return f"{where}: new in the text; the row was added."
            case ChangeKind.DROPPED:
                return f"{where}: no longer in the text; the row stays until a person takes it out."
            case ChangeKind.CHANGED:
                return f"{where}: {self.column} is now “{_short(self.after)}” (was “{_short(self.before)}”)."
            case ChangeKind.KEPT:
                return (
                    f"{where}: the text now has {self.column} “{_short(self.after)}”; "
                    f"“{_short(self.before)}” was entered by a person and stays."
                )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def merged(
    table: str, keys: Sequence[str], base: Sequence[Row], now: Sequence[Row], new: Sequence[Row]
) -> tuple[list[Row], list[Change]]:
    """Merge one table.

    Args:
        table: its name, for the changes.
        keys: the columns that tell its rows apart.
        base: the rows as the last import drafted them.
        now: the rows as they stand.
        new: the rows as the new text would be drafted.

    Returns:
        The rows to write: every row that stands, with the cells that nobody touched brought up to date, and the new
        ones; and what the new text has otherwise. A row that a person took out stays out.
    """
    drafted, wanted = _by_key(base, keys), _by_key(new, keys)
    standing = _by_key(now, keys)
    rows: list[Row] = []
    changes: list[Change] = []
    for key, row in standing.items():
        before, after = drafted.get(key), wanted.get(key)
        if after is None:
            rows.append(row)
            if before is not None:
                changes.append(Change(kind=ChangeKind.DROPPED, table=table, row=_named(key)))
            continue
        cells, found = _cells(table, _named(key), before or {}, row, after)
        rows.append(cells)
        changes += found
    for key, row in wanted.items():
        if key not in standing and key not in drafted:
            rows.append(row)
            changes.append(Change(kind=ChangeKind.ADDED, table=table, row=_named(key)))
    return rows, changes


def _by_key(rows: Sequence[Row], keys: Sequence[str]) -> Mapping[tuple[str, ...], Row]:
    return {tuple(row.get(key, "") for key in keys): row for row in rows}


def _named(key: tuple[str, ...]) -> str:
    return " ".join(part for part in key if part)


def _cells(table: str, name: str, before: Row, row: Row, after: Row) -> tuple[Row, list[Change]]:
    """The cells of a row that stands and is drafted anew."""
    cells, changes = dict(row), []
    for column, drafted, value in _changed(before, after):
        standing = row.get(column, "")
        if standing == value:
            continue
        if standing == drafted:
            cells[column] = value
            kind = ChangeKind.CHANGED
        else:
            kind = ChangeKind.KEPT
        changes.append(Change(kind=kind, table=table, row=name, column=column, before=standing, after=value))
    return cells, changes


def _changed(before: Row, after: Row) -> Iterator[tuple[str, str, str]]:
    """The cells that the new text drafts otherwise than the old one."""
    for column in dict.fromkeys([*before, *after]):
        drafted, value = before.get(column, ""), after.get(column, "")
        if drafted != value:
            yield column, drafted, value
