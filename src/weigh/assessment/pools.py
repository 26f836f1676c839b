"""Pools: outcomes that an analyst has named as alike enough to be pooled, brought to one measure and one side.

Nothing is pooled unless the table says so (column `pool`): whether outcomes of different studies are alike is a
judgement of a person, not of a program.
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
    """One outcome of a pool with its effect, or the reason why it has none."""

    item: StudyEvidence
    outcome: Outcome
    effect: Effect | NotEstimable

    def __repr__(self) -> str:
        return one_line(self, f"{self.outcome.outcome_id} of {self.name}")

    @property
    def name(self) -> str:
        """The study, as a reader would name it."""
        return self.item.reports[0].short


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Outcomes under one name: what each shows, and what they show together.

    `favours` is the side that values above no difference favour, None where the table does not tell. `synthesis` is
    None where nothing could be put together, and `reason` then says why.
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
    """The side that values above no difference favour: as the table says, else by the direction and the sign.

    None where the table says neither.
    """
    if outcome.effect_favours:
        return outcome.effect_favours
    sides = {Direction.FAVOURS_INTERVENTION: INTERVENTION, Direction.FAVOURS_COMPARATOR: COMPARATOR}
    side = sides.get(outcome.direction)
    if side is None or effect.estimate == 0:
        return None
    return side if effect.estimate > 0 else other_side(side)


def pools_of(dossier: Dossier) -> tuple[Pool, ...]:
    """The pools of a dossier, by name; only comparisons between arms that were seen, of studies that test something."""
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
        reason = "The outcomes have no measure in common: some give events, others means, or figures were not seen."
        return Pool(name=name, measure=None, favours=None, members=(), synthesis=None, reason=reason)
    members = [Member(item=item, outcome=outcome, effect=usable_effect(outcome, measure)) for item, outcome in found]
    usable = [member for member in members if isinstance(member.effect, Effect)]
    sides = [favoured_above(m.outcome, m.effect) for m in usable if isinstance(m.effect, Effect)]
    known = {side for side in sides if side}
    if len(known) > 1 and measure is Measure.SMD:
        # On a scale without units one that runs the other way is turned round; other measures cannot be.
        members = [_turned(m) for m in members]
        usable = [member for member in members if isinstance(member.effect, Effect)]
        known = {INTERVENTION}
    if len(known) > 1:
        reason = "Higher values favour one side in some studies and the other side in others, so they are not pooled."
        return Pool(name=name, measure=measure, favours=None, members=tuple(members), synthesis=None, reason=reason)
    effects = [member.effect for member in usable if isinstance(member.effect, Effect)]
    try:
        synthesis = synthesise([member.name for member in usable], effects) if effects else None
    except ValueError:  # an exponent that slipped: no arithmetic holds figures thirty powers of ten apart
        reason = "The figures are too large, too small or too far apart to be pooled; one may have a wrong exponent."
        return Pool(name=name, measure=measure, favours=None, members=tuple(members), synthesis=None, reason=reason)
    return Pool(
        name=name,
        measure=measure,
        favours=next(iter(known), None),
        members=tuple(members),
        synthesis=synthesis,
        reason="" if synthesis else "No effect could be worked out.",
    )


def _common_measure(outcomes: Sequence[Outcome]) -> Measure | None:
    """The measure in which all outcomes can be put: their own where it is one, standardised where only units differ."""
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
    """A member so that higher values favour the intervention; without a known side it cannot stand beside the others."""
    effect, side = member.effect, _side(member)
    if isinstance(effect, NotEstimable) or side == INTERVENTION:
        return member
    if side == COMPARATOR:
        return dataclasses.replace(member, effect=effect.turned())
    unknown = NotEstimable(reason="the table does not say which side a higher value favours")
    return dataclasses.replace(member, effect=unknown)
