"""Bodies of evidence: the results of a dossier's studies on one outcome domain, the unit that GRADE rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.assessment.appraisal import RiskOfBias, risk_of_bias
from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.assessment.votes import StudyVote, agreed_direction
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Design, Direction, Domain

__all__ = ["CRITICAL", "Body", "Contribution", "bodies_of", "participants_of"]

#: Critical outcome domains, in display order; in GRADE they determine the overall certainty. The list is weigh's
#: proposal, with which a committee may disagree.
CRITICAL = (
    Domain.MORTALITY,
    Domain.EVENTS,
    Domain.PAIN,
    Domain.SYMPTOMS,
    Domain.FUNCTION,
    Domain.DISABILITY,
    Domain.QUALITY_OF_LIFE,
    Domain.GLOBAL_IMPROVEMENT,
    Domain.VISION,
    Domain.DISEASE_ACTIVITY,
    Domain.PROCEDURE_SUCCESS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one study contributes to a body: its vote, outcomes, participants (None where not seen) and risk of bias."""

    item: StudyEvidence
    direction: Direction
    split: bool
    outcomes: tuple[Outcome, ...]
    participants: int | None
    bias: RiskOfBias


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The evidence of a dossier on one outcome domain.

    `direction` is the direction on which at least 70% of the studies agree, or None where they disagree.
    """

    domain: Domain
    contributions: tuple[Contribution, ...]
    direction: Direction | None

    @property
    def critical(self) -> bool:
        """Whether the outcome domain is critical."""
        return self.domain in CRITICAL

    @property
    def participants(self) -> int | None:
        """The total number of units analysed, over the studies where it is known; None where it is unknown for all."""
        known = [c.participants for c in self.contributions if c.participants is not None]
        return sum(known) if known else None

    @property
    def unknown_sizes(self) -> int:
        """The number of studies whose size was not seen."""
        return sum(c.participants is None for c in self.contributions)

    @property
    def units(self) -> str:
        """The units counted: participants, or eyes, joints and the like where a study counts those."""
        units = dict.fromkeys(c.item.study.n_unit for c in self.contributions if c.item.study.n_unit)
        return " and ".join(units) or "participants"

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All outcomes of the body, study by study."""
        return tuple(outcome for c in self.contributions for outcome in c.outcomes)


def participants_of(item: StudyEvidence, outcomes: Sequence[Outcome]) -> int | None:
    """The number of units in the results of a study: in the two arms where seen, else analysed, else enrolled.

    None for a systematic review, whose total includes trials of other treatments.
    """
    study = item.study
    if study.design is Design.SYSTEMATIC_REVIEW:
        return None
    arms = [
        o.intervention_n + o.comparator_n
        for o in outcomes
        if o.intervention_n is not None and o.comparator_n is not None
    ]
    if arms:
        return max(arms)
    return study.n_enrolled if study.n_analysed is None else study.n_analysed


def bodies_of(dossier: Dossier, study_votes: Sequence[StudyVote]) -> tuple[Body, ...]:
    """The bodies of evidence of a dossier: critical outcomes first, otherwise in descending order of studies.

    Args:
        dossier: the evidence on a conclusion.
        study_votes: one vote per item of `dossier.evidence`, in that order.
    """
    found: dict[Domain, list[Contribution]] = {}
    for item, vote in zip(dossier.evidence, study_votes, strict=True):
        for domain, direction in vote.by_domain:
            outcomes = tuple(o for o in vote.outcomes if o.domain is domain)
            found.setdefault(domain, []).append(
                Contribution(
                    item=item,
                    direction=direction or Direction.NO_CLEAR_DIRECTION,
                    split=direction is None,
                    outcomes=outcomes,
                    participants=participants_of(item, outcomes),
                    bias=risk_of_bias(item),
                )
            )
    bodies = [
        Body(
            domain=domain,
            contributions=tuple(parts),
            direction=agreed_direction([None if part.split else part.direction for part in parts]),
        )
        for domain, parts in found.items()
    ]
    return tuple(sorted(bodies, key=_rank))


def _rank(body: Body) -> tuple[bool, int, int]:
    place = CRITICAL.index(body.domain) if body.critical else list(Domain).index(body.domain)
    return not body.critical, -len(body.contributions), place
