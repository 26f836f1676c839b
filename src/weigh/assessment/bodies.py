"""Bodies of evidence: what the studies of a dossier say on one kind of outcome, the unit that GRADE rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.assessment.appraisal import RiskOfBias, risk_of_bias
from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.assessment.votes import StudyVote, agreed_direction
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Design, Direction, Domain

__all__ = ["CRITICAL", "Body", "Contribution", "bodies_of", "participants_of"]

#: Kinds of outcome that matter most to a patient, in the order in which they are shown; GRADE rates a whole body of
#: evidence by its critical outcomes. The list is weigh's proposal: a committee may see it otherwise.
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
    """What one study adds to a body: its vote there, its outcomes, its participants (None where not seen), its bias."""

    item: StudyEvidence
    direction: Direction
    split: bool
    outcomes: tuple[Outcome, ...]
    participants: int | None
    bias: RiskOfBias


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The evidence of a dossier on one kind of outcome.

    `direction` is the side on which at least 70% of the studies agree, None where they disagree.
    """

    domain: Domain
    contributions: tuple[Contribution, ...]
    direction: Direction | None

    @property
    def critical(self) -> bool:
        """Whether the outcome is one that decides."""
        return self.domain in CRITICAL

    @property
    def participants(self) -> int | None:
        """Units with a result in all studies of which that is known; None where it is known of none."""
        known = [c.participants for c in self.contributions if c.participants is not None]
        return sum(known) if known else None

    @property
    def unknown_sizes(self) -> int:
        """Studies whose number of participants was not seen."""
        return sum(c.participants is None for c in self.contributions)

    @property
    def units(self) -> str:
        """What is counted: people, or eyes, joints and the like where a study counts those."""
        units = dict.fromkeys(c.item.study.n_unit for c in self.contributions if c.item.study.n_unit)
        return " and ".join(units) or "participants"

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All outcomes of the body, study by study."""
        return tuple(outcome for c in self.contributions for outcome in c.outcomes)


def participants_of(item: StudyEvidence, outcomes: Sequence[Outcome]) -> int | None:
    """Units behind the results of a study: those of the two arms where they were seen, else those analysed or enrolled.

    None for a review: its total counts trials of other treatments too.
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
    """The bodies of evidence of a dossier, critical outcomes first, then those with more studies.

    Args:
        dossier: what bears on a conclusion.
        study_votes: one vote for each item of `dossier.evidence`, in that order.
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
