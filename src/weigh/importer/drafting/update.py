"""Merge a new draft into an edited folder: people's edits are kept, and differences of the new text are reported.

The merge is three-way: each cell as drafted by the last import, as it is now, and as the new text would draft it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from weigh.importer.drafting.conclusions import Row

__all__ = ["Change", "ChangeKind", "merged"]

_LONGEST = 80


class ChangeKind(StrEnum):
    """How a revised text affects a row, and how it was handled."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between the previous text and the new one."""

    kind: ChangeKind
    table: str
    row: str
    column: str = ""
    before: str = ""
    after: str = ""

    def words(self) -> str:
        """Describe the difference in one sentence."""
        where = f"{self.table}, {self.row}"
        match self.kind:
            case ChangeKind.ADDED:
                return f"{where}: new in the text; row added."
            case ChangeKind.DROPPED:
                return f"{where}: no longer in the text; row kept until you delete it."
            case ChangeKind.CHANGED:
                return f"{where}: {self.column} is now “{_short(self.after)}” (was “{_short(self.before)}”)."
            case ChangeKind.KEPT:
                return (
                    f"{where}: the text now has {self.column} “{_short(self.after)}”; "
                    f"the edited value “{_short(self.before)}” was kept."
                )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def merged(
    table: str, keys: Sequence[str], base: Sequence[Row], now: Sequence[Row], new: Sequence[Row]
) -> tuple[list[Row], list[Change]]:
    """Merge one table.

    Args:
        table: its name, for the changes.
        keys: its key columns.
        base: the rows as the last import drafted them.
        now: the current rows.
        new: the rows drafted from the new text.

    Returns:
        The rows to write (current rows with unedited cells updated, then new rows) and the differences of the new text.
        A row that a person deleted is not restored.
    """
    drafted, wanted = _by_key(base, keys), _by_key(new, keys)
    current = _by_key(now, keys)
    rows: list[Row] = []
    changes: list[Change] = []
    for key, row in current.items():
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
        if key not in current and key not in drafted:
            rows.append(row)
            changes.append(Change(kind=ChangeKind.ADDED, table=table, row=_named(key)))
    return rows, changes


def _by_key(rows: Sequence[Row], keys: Sequence[str]) -> Mapping[tuple[str, ...], Row]:
    return {tuple(row.get(key, "") for key in keys): row for row in rows}


def _named(key: tuple[str, ...]) -> str:
    return " ".join(part for part in key if part)


def _cells(table: str, name: str, before: Row, row: Row, after: Row) -> tuple[Row, list[Change]]:
    """Merge the cells of a row that exists and is drafted again."""
    cells, changes = dict(row), []
    for column, drafted, value in _changed(before, after):
        current = row.get(column, "")
        if current == value:
            continue
        if current == drafted:
            cells[column] = value
            kind = ChangeKind.CHANGED
        else:
            kind = ChangeKind.KEPT
        changes.append(Change(kind=kind, table=table, row=name, column=column, before=current, after=value))
    return cells, changes


def _changed(before: Row, after: Row) -> Iterator[tuple[str, str, str]]:
    """Yield the cells that differ between the old and the new draft."""
    for column in dict.fromkeys([*before, *after]):
        drafted, value = before.get(column, ""), after.get(column, "")
        if drafted != value:
            yield column, drafted, value
