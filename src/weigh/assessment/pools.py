"""Pooled analyses: outcomes that an analyst has marked as similar enough to pool, expressed in one measure.

Outcomes are pooled only if the table says so (column `pool`): similarity between studies is a human judgement.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.assessment.synthesis import Synthesis, synthesise
from weigh.assessment.votes import SEEN
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Contrast, Direction, Fit
from weigh.statistics.effects import Effect, Measure, NotEstimable
from weigh.statistics.outcome_effects import natural_measure, other_side, usable_effect
from weigh.text.glance import one_line

__all__ = ["Member", "Pool", "favoured_above", "pools_of"]

INTERVENTION, COMPARATOR = "intervention", "comparator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One outcome of a pooled analysis with its effect, or the reason why the effect cannot be estimated."""

    item: StudyEvidence
    outcome: Outcome
    effect: Effect | NotEstimable

    def __repr__(self) -> str:
        return one_line(self, f"{self.outcome.outcome_id} of {self.name}")

    @property
    def name(self) -> str:
        """The name of the study for readers."""
        return self.item.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A pooled analysis: its outcomes, each with its effect, and their synthesis.

    `favours` is the side favoured by values above the null, None where the table does not state it. `synthesis` is None
    where no effect could be pooled or shown; `reason` then gives the cause as a sentence.
    """

    name: str
    measure: Measure | None
    favours: str | None
    members: tuple[Member, ...]
    synthesis: Synthesis | None
    reason: str

    def __repr__(self) -> str:
        pooled = "pooled" if self.synthesis else f"not pooled, {self.reason}"
        return one_line(self, f"{self.name}: {len(self.members)} results, {pooled}")


def favoured_above(outcome: Outcome, effect: Effect) -> str | None:
    """The side favoured by values above the null: from `effect_favours`, else from the direction and the sign.

    None where the table gives neither.
    """
    if outcome.effect_favours:
        return outcome.effect_favours
    sides = {Direction.FAVOURS_INTERVENTION: INTERVENTION, Direction.FAVOURS_COMPARATOR: COMPARATOR}
    side = sides.get(outcome.direction)
    if side is None or effect.estimate == 0:
        return None
    return side if effect.estimate > 0 else other_side(side)


def pools_of(dossier: Dossier) -> tuple[Pool, ...]:
    """The pooled analyses of a dossier, sorted by name; only verified between-arm results of studies that bear on it."""
    named: dict[str, list[tuple[StudyEvidence, Outcome]]] = {}
    for item in dossier.evidence:
        for outcome in item.outcomes:
            if outcome.pool and _may_pool(item, outcome):
                named.setdefault(outcome.pool, []).append((item, outcome))
    return tuple(_pool(name, found) for name, found in sorted(named.items()))


def _may_pool(item: StudyEvidence, outcome: Outcome) -> bool:
    return (
        item.study.fit is not Fit.NOT_TESTED
        and outcome.contrast is Contrast.BETWEEN_ARMS
        and outcome.extraction in SEEN
    )


def _pool(name: str, found: Sequence[tuple[StudyEvidence, Outcome]]) -> Pool:
    measure = _common_measure([outcome for _item, outcome in found])
    if measure is None:
        reason = "The outcomes share no measure: some give events, others means, or figures were not seen."
        return Pool(name=name, measure=None, favours=None, members=(), synthesis=None, reason=reason)
    members = [Member(item=item, outcome=outcome, effect=usable_effect(outcome, measure)) for item, outcome in found]
    usable = [member for member in members if isinstance(member.effect, Effect)]
    sides = [favoured_above(m.outcome, m.effect) for m in usable if isinstance(m.effect, Effect)]
    known = {side for side in sides if side}
    if len(known) > 1 and measure is Measure.SMD:
        # Only a unit-free measure can be reversed so that higher values favour the same side.
        members = [_turned(m) for m in members]
        usable = [member for member in members if isinstance(member.effect, Effect)]
        known = {INTERVENTION}
    if len(known) > 1:
        reason = "Higher values favour the intervention in some studies and the comparator in others, so they are not pooled."
        return Pool(name=name, measure=measure, favours=None, members=tuple(members), synthesis=None, reason=reason)
    effects = [member.effect for member in usable if isinstance(member.effect, Effect)]
    try:
        synthesis = synthesise([member.name for member in usable], effects) if effects else None
    except ValueError:  # a mistyped exponent: floats cannot hold figures thirty orders of magnitude apart
        reason = "The figures are too large, too small or too far apart to pool; one may have a wrong exponent."
        return Pool(name=name, measure=measure, favours=None, members=tuple(members), synthesis=None, reason=reason)
    return Pool(
        name=name,
        measure=measure,
        favours=next(iter(known), None),
        members=tuple(members),
        synthesis=synthesis,
        reason="" if synthesis else "No effect could be computed.",
    )


def _common_measure(outcomes: Sequence[Outcome]) -> Measure | None:
    """The measure for all outcomes: their own if they share one, SMD if only units differ, else None."""
    measures = {measure for outcome in outcomes if (measure := natural_measure(outcome))}
    units = {outcome.unit for outcome in outcomes}
    if not measures:
        return None
    if measures <= {Measure.MD, Measure.SMD} and (Measure.SMD in measures or len(units) > 1):
        return Measure.SMD
    return measures.pop() if len(measures) == 1 else None


def _side(member: Member) -> str | None:
    return favoured_above(member.outcome, member.effect) if isinstance(member.effect, Effect) else None


def _turned(member: Member) -> Member:
    """A member reversed if necessary so that higher values favour the intervention; not estimable if its side is unknown."""
    effect, side = member.effect, _side(member)
    if isinstance(effect, NotEstimable) or side == INTERVENTION:
        return member
    if side == COMPARATOR:
        return dataclasses.replace(member, effect=effect.turned())
    unknown = NotEstimable(reason="the table does not state which side a higher value favours")
    return dataclasses.replace(member, effect=unknown)
