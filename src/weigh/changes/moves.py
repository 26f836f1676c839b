"""Conclusions whose verdict, certainty, votes or position changed, each with the cells that caused the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weigh.changes.reasons import Reasons
from weigh.changes.rows import Cell, RowChange, RowChangeKind
from weigh.changes.state import ConclusionState, State, StudyState

__all__ = ["COMPARED", "Move", "VoteMove", "moves"]

#: The attributes of a conclusion that are compared as single values.
COMPARED = ("position", "verdict", "certainty", "judged_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteMove:
    """One study whose vote, or the vote of one of its outcomes, changed; None if it is not cited for or against."""

    study_id: str
    name: str
    before: StudyState | None
    after: StudyState | None

    def as_json(self) -> dict[str, Any]:
        """The change as JSON data: a direction, "split", or "no_vote" for a study without a vote."""
        before, after = (
            study and {"vote": study.direction or "no_vote", "fit": study.fit, "outcomes": dict(study.outcomes)}
            for study in (self.before, self.after)
        )
        return {"study_id": self.study_id, "name": self.name, "before": before, "after": after}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One conclusion that changed, was added or was removed.

    `position` and `verdict` are the current ones, or the last ones of a removed conclusion. `values` are the changed
    attributes among `COMPARED`; `votes_before` and `votes_after` the counts; `studies` those whose vote changed;
    `ratings` the changed GRADE judgements behind the certainty; `why` the rows that caused the change, limited to the
    deciding cells. If `why` is empty, no row explains the change.
    """

    conclusion_id: str
    condition: str
    position: str
    verdict: str
    kind: RowChangeKind
    values: tuple[Cell, ...]
    votes_before: Mapping[str, int] | None
    votes_after: Mapping[str, int] | None
    studies: tuple[VoteMove, ...]
    ratings: tuple[Cell, ...]
    why: tuple[RowChange, ...]

    def value(self, name: str) -> Cell | None:
        """Return the change of the verdict or another attribute in `COMPARED`; None if it is unchanged."""
        return next((cell for cell in self.values if cell.column == name), None)

    @property
    def votes_moved(self) -> bool:
        """Whether the vote counts changed."""
        return self.votes_before != self.votes_after

    def as_json(self) -> dict[str, Any]:
        """The change as JSON data."""
        return {
            "conclusion_id": self.conclusion_id,
            "condition": self.condition,
            "change": self.kind.value,
            "moved": {cell.column: {"before": cell.before, "after": cell.after} for cell in self.values},
            "votes": {
                "before": dict(self.votes_before) if self.votes_before is not None else None,
                "after": dict(self.votes_after) if self.votes_after is not None else None,
            },
            "studies": [move.as_json() for move in self.studies],
            "ratings": [cell.as_json() for cell in self.ratings],
            "why": [change.as_json() for change in self.why],
            "explained": self.kind is not RowChangeKind.EDITED or bool(self.why),
        }


def moves(before: State, after: State, changes: Mapping[str, tuple[RowChange, ...]]) -> tuple[Move, ...]:
    """Return every conclusion that changed, was added or was removed, by id.

    Args:
        before: the earlier state.
        after: the later state.
        changes: the changed rows, by table.
    """
    reasons = Reasons(before, after, changes)
    names = sorted(before.conclusions.keys() | after.conclusions.keys())
    found = (
        _move(name, before, after, reasons)
        for name in names
        if _moved(before.conclusions.get(name), after.conclusions.get(name))
    )
    return tuple(found)


def _moved(old: ConclusionState | None, new: ConclusionState | None) -> bool:
    if old is None or new is None or _values(old, new):
        return True
    return _votes(old) != _votes(new)


def _votes(conclusion: ConclusionState) -> dict[str, object]:
    """Return the vote of each study that has one, with the votes of its outcomes."""
    return {name: _vote(study) for name, study in conclusion.studies.items() if study.direction}


def _values(old: ConclusionState | None, new: ConclusionState | None) -> tuple[Cell, ...]:
    cells = (Cell(name, getattr(old, name) if old else None, getattr(new, name) if new else None) for name in COMPARED)
    return tuple(cell for cell in cells if cell.moved)


def _studies_with_changed_votes(old: ConclusionState, new: ConclusionState) -> list[str]:
    """Return the studies whose vote changed, including added and removed studies without a vote."""
    return [
        name
        for name in sorted(old.studies.keys() | new.studies.keys())
        if _vote(old.studies.get(name)) != _vote(new.studies.get(name))
    ]


def _vote(study: StudyState | None) -> tuple[str | None, dict[str, str]] | None:
    return (study.direction, dict(study.outcomes)) if study else None


def _move(name: str, before: State, after: State, reasons: Reasons) -> Move:
    old, new = before.conclusions.get(name), after.conclusions.get(name)
    current = new or old
    if current is None:
        raise KeyError(name)
    kind = RowChangeKind.ADDED if old is None else RowChangeKind.GONE if new is None else RowChangeKind.EDITED
    both = old is not None and new is not None
    return Move(
        conclusion_id=name,
        condition=current.condition,
        position=current.position,
        verdict=current.verdict,
        kind=kind,
        values=_values(old, new),
        votes_before=old.votes if old else None,
        votes_after=new.votes if new else None,
        studies=tuple(_vote_moves(old, new, before, after)) if old and new else (),
        ratings=_ratings(old, new) if old and new else (),
        why=reasons.of(name) if both else (),
    )


def _vote_moves(old: ConclusionState, new: ConclusionState, before: State, after: State) -> Iterator[VoteMove]:
    for name in _studies_with_changed_votes(old, new):
        row = after.rows["studies"].get(name) or before.rows["studies"][name]
        yield VoteMove(study_id=name, name=row.name, before=old.studies.get(name), after=new.studies.get(name))


def _ratings(old: ConclusionState, new: ConclusionState) -> tuple[Cell, ...]:
    """Return the changed ratings and deciding outcome domain, if the certainty changed."""
    if (old.certainty, old.judged_by) == (new.certainty, new.judged_by):
        return ()
    cells = [Cell("decided_by", old.deciding, new.deciding)]
    if old.certainty is not None and new.certainty is not None:
        names = dict.fromkeys((*sorted(old.ratings), *sorted(new.ratings)))
        cells += [Cell(name, old.ratings.get(name), new.ratings.get(name)) for name in names]
    return tuple(cell for cell in cells if cell.moved)
