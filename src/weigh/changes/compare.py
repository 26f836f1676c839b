"""Compare two states of a review: changed conclusions with their reasons, rows and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weigh.changes.findings import FindingChange, finding_changes
from weigh.changes.moves import Move, moves
from weigh.changes.rows import Cell, RowChange, RowChangeKind, row_changes
from weigh.changes.state import State

__all__ = ["Changes", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes between two states.

    `conclusions` is the number of conclusions in the later state, `moves` lists those that changed, were added or were
    removed. `rows` holds every changed row, by table, and `guideline` the changes in guideline.toml. `weigh` holds the
    versions that made the states; `number`, `intervention` and `organization` (from the latest row of the history) are
    those of the later state.
    """

    conclusions: int
    moves: tuple[Move, ...]
    rows: Mapping[str, tuple[RowChange, ...]]
    findings: tuple[FindingChange, ...]
    guideline: tuple[Cell, ...]
    weigh: Cell
    number: str
    intervention: str
    organization: str

    def __repr__(self) -> str:
        return f"<Changes {self.number}: {len(self.moved)} of {self.conclusions} conclusions changed>"

    @property
    def moved(self) -> tuple[Move, ...]:
        """The changed conclusions that are present in both states."""
        return tuple(move for move in self.moves if move.kind is RowChangeKind.EDITED)

    @property
    def nothing(self) -> bool:
        """Whether the two states are equal in everything that is compared."""
        return not (self.moves or self.rows or self.findings or self.guideline)

    def as_json(self) -> dict[str, Any]:
        """The changes as JSON data.

        `conclusions` as in `Move.as_json`, `rows` by table as in `RowChange.as_json`, `findings` as in
        `FindingChange.as_json`; `change` is "added", "gone" or "edited", or the fate of a finding.
        """
        return {
            "nothing": self.nothing,
            "number": self.number,
            "weigh": {"before": self.weigh.before, "after": self.weigh.after},
            "moved": len(self.moved),
            "of": self.conclusions,
            "conclusions": [move.as_json() for move in self.moves],
            "rows": {table: [change.as_json() for change in found] for table, found in self.rows.items()},
            "guideline": [cell.as_json() for cell in self.guideline],
            "findings": [change.as_json() for change in self.findings],
        }


def compare(before: State, after: State) -> Changes:
    """Return the changes from one state to another.

    Args:
        before: the earlier state.
        after: the later state.
    """
    rows = row_changes(before, after)
    columns = dict.fromkeys((*sorted(before.guideline), *sorted(after.guideline)))
    cells = (Cell(name, before.guideline.get(name), after.guideline.get(name)) for name in columns)
    return Changes(
        conclusions=len(after.conclusions),
        moves=moves(before, after, rows),
        rows=rows,
        findings=finding_changes(before, after),
        guideline=tuple(cell for cell in cells if cell.moved),
        weigh=Cell("weigh", before.weigh, after.weigh),
        number=after.guideline.get("number", ""),
        intervention=after.guideline.get("intervention", "the intervention"),
        organization=_last_organization(after),
    )


def _last_organization(state: State) -> str:
    """Return the organisation in the latest dated row of the guideline's history."""
    dated = sorted(
        (row.cells.get("date", ""), row.cells.get("organization", "")) for row in state.rows["history"].values()
    )
    return next((organization for date, organization in reversed(dated) if date and organization), "")
