"""Why a conclusion changed: the changed rows with a cell that decides its votes or its certainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weigh.assessment.certainty import COMMITTEE
from weigh.changes.rows import RowChange, RowChangeKind
from weigh.changes.state import ConclusionState, State, StudyState
from weigh.evidence.vocabulary import Fit
from weigh.statistics.outcome_effects import FIGURES

__all__ = ["DECIDING", "Reasons"]

_VOTE_OF_STUDY = frozenset({"fit", "citation_keys"})
_VOTE_OF_OUTCOME = frozenset({"study_id", "domain", "direction", "contrast", "extraction"})
_FIGURES = FIGURES | {"significant"}
_SIZES = frozenset({"n_enrolled", "n_analysed", "design"})
#: The cells that bear on each GRADE rating, by table; cells that decide votes bear on every rating.
_RATING: Mapping[str, Mapping[str, frozenset[str]]] = {
    "start": {"studies": frozenset({"design"})},
    "risk_of_bias": {"appraisals": frozenset({"tool", "domain", "judgement"})},
    "indirectness": {"studies": frozenset({"fit", "outside_definition"})},
    "imprecision": {"studies": _SIZES, "outcomes": _FIGURES},
    "publication_bias": {"studies": _SIZES, "outcomes": _FIGURES},
    "large_effect": {"outcomes": _FIGURES},
}
_CITED = frozenset({"conclusion_id", "citation_key", "stance"})
_PLACED = frozenset({"position", "parent_id"})
_JUDGED = frozenset({"judgement", "judged_by"})
#: Every cell that can change a verdict, a certainty or a vote, by table.
DECIDING: Mapping[str, frozenset[str]] = {
    "conclusions": _PLACED,
    "citations": _CITED,
    "studies": _VOTE_OF_STUDY | _SIZES | {"outside_definition"},
    "outcomes": _VOTE_OF_OUTCOME | _FIGURES,
    "appraisals": _RATING["risk_of_bias"]["appraisals"],
    "certainty": _JUDGED,
}


class Reasons:
    """The changed rows between two states, searched for the causes of a changed conclusion."""

    def __init__(self, before: State, after: State, changes: Mapping[str, tuple[RowChange, ...]]) -> None:
        self._before, self._after = before, after
        self._changes = changes

    def of(self, conclusion_id: str) -> tuple[RowChange, ...]:
        """Return the rows that changed a conclusion of both states, limited to the deciding cells.

        These are the rows that changed a study's vote or a rating; if there are none, every changed row of the dossier
        with a cell that can.
        """
        old, new = self._before.conclusions[conclusion_id], self._after.conclusions[conclusion_id]
        rated = (old.certainty, old.judged_by) != (new.certainty, new.judged_by)
        found = [*self._placed(conclusion_id, old, new), *self._votes(old, new, rated=rated)]
        if rated:
            found += [*self._judged(conclusion_id), *self._rated(old, new)]
        return _together(found or self._any(old, new))

    def _of(self, table: str, columns: frozenset[str]) -> Iterator[RowChange]:
        for change in self._changes.get(table, ()):
            if cut := change.only(columns):
                yield cut

    def _placed(self, conclusion_id: str, old: ConclusionState, new: ConclusionState) -> Iterator[RowChange]:
        """Yield a change of the conclusion's position, and narrower conclusions that joined or left it."""
        names = set(old.narrower) ^ set(new.narrower)
        for change in self._of("conclusions", _PLACED):
            own = change.only({"position"}) if change.key == conclusion_id else None
            if change.key in names:
                own = change
            if own:
                yield own

    def _votes(self, old: ConclusionState, new: ConclusionState, *, rated: bool) -> Iterator[RowChange]:
        """Yield what decides each changed study vote; if the certainty changed, also votes by outcome domain."""
        for study_id in sorted(old.studies.keys() | new.studies.keys()):
            was, now = old.studies.get(study_id), new.studies.get(study_id)
            if _vote(was, rated=rated) == _vote(now, rated=rated):
                continue
            yield from (c for c in self._of("studies", _VOTE_OF_STUDY) if c.key == study_id)
            if was is None or now is None:
                yield from self._cited(study_id, old, new)
            else:
                voting = was.outcomes.keys() | now.outcomes.keys()
                changed_votes = {name for name in voting if was.outcomes.get(name) != now.outcomes.get(name)}
                for change in self._of("outcomes", _VOTE_OF_OUTCOME):
                    if change.key in changed_votes or (change.key in voting and change.cell("domain")):
                        yield change
        # If no outcome domain decides, the certainty rests on changes within one arm.
        if rated and None in (old.deciding, new.deciding):
            yield from self._of_studies("outcomes", _VOTE_OF_OUTCOME - {"direction"}, {*old.studies, *new.studies})

    def _whole(self, study_id: str) -> bool:
        """Whether the study itself was added or removed, which already explains its other rows."""
        return any(c.key == study_id and c.kind is not RowChangeKind.EDITED for c in self._changes.get("studies", ()))

    def _cited(self, study_id: str, old: ConclusionState, new: ConclusionState) -> Iterator[RowChange]:
        """Yield citations that bring a study into a dossier or did so before."""
        keys = {
            key
            for state in (self._before, self._after)
            if (row := state.rows["studies"].get(study_id))
            for key in row.cells["citation_keys"].split("; ")
        }
        for change in self._of("citations", _CITED):
            rows = (state.rows["citations"].get(change.key) for state in (self._before, self._after))
            names = {row.cells.get("citation_key") for row in rows if row}
            if change.key in {*old.citations, *new.citations} and names & keys:
                yield change

    def _judged(self, conclusion_id: str) -> Iterator[RowChange]:
        """Yield the committee's own judgements of the conclusion."""
        for change in self._changes.get("certainty", ()):
            rows = [state.rows["certainty"].get(change.key) for state in (self._before, self._after)]
            cells = [row.cells for row in rows if row]
            own = any(found["conclusion_id"] == conclusion_id for found in cells)
            cut = change.only(_JUDGED)
            if cut and own and any(found["judged_by"] == COMMITTEE for found in cells):
                yield cut

    def _rated(self, old: ConclusionState, new: ConclusionState) -> Iterator[RowChange]:
        """Yield what bears on the changed ratings of the deciding outcome domains."""
        for domain in sorted({old.deciding, new.deciding} - {None}, key=str):
            was, now = old.bodies.get(str(domain)), new.bodies.get(str(domain))
            if was is None or now is None:
                continue
            studies = {*was.studies, *now.studies}
            for rating in sorted(was.ratings.keys() | now.ratings.keys()):
                if was.ratings.get(rating) != now.ratings.get(rating):
                    for table, columns in _RATING.get(rating, {}).items():
                        for change in self._of_studies(table, columns, studies):
                            if table != "outcomes" or self._on(change, str(domain)):
                                yield change

    def _of_studies(self, table: str, columns: frozenset[str], studies: set[str]) -> Iterator[RowChange]:
        """Yield changes in the rows of some studies, except rows added or removed with the study itself."""
        for change in self._of(table, columns):
            rows = (state.rows[table].get(change.key) for state in (self._before, self._after))
            own = {row.cells["study_id"] for row in rows if row} & studies
            if own and (table == "studies" or not any(self._whole(study_id) for study_id in own)):
                yield change

    def _on(self, change: RowChange, domain: str) -> bool:
        rows = (state.rows["outcomes"].get(change.key) for state in (self._before, self._after))
        return any(row.cells["domain"] == domain for row in rows if row)

    def _any(self, old: ConclusionState, new: ConclusionState) -> Iterator[RowChange]:
        studies = {*old.studies, *new.studies}
        for table in ("studies", "outcomes", "appraisals"):
            yield from self._of_studies(table, DECIDING[table], studies)


def _vote(study: StudyState | None, *, rated: bool) -> tuple[object, ...] | None:
    """Return the parts of a study's vote that bear on votes and verdict and, if that changed, on the certainty."""
    if study is None:
        return None
    by_domain = dict(study.by_domain) if rated else None
    return study.direction, study.benefit, study.fit == Fit.NOT_TESTED, dict(study.outcomes), by_domain


def _together(found: Iterator[RowChange] | list[RowChange]) -> tuple[RowChange, ...]:
    """Merge duplicate rows, keeping all their cells, in the order of the tables."""
    cut: dict[tuple[str, str], RowChange] = {}
    for change in found:
        key = (change.table, change.key)
        cells = dict.fromkeys((*(cut[key].cells if key in cut else ()), *change.cells))
        cut[key] = RowChange(table=change.table, key=change.key, name=change.name, kind=change.kind, cells=tuple(cells))
    order = list(DECIDING)
    return tuple(sorted(cut.values(), key=lambda change: (order.index(change.table), change.key)))
