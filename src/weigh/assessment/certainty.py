"""Certainty of the evidence for a conclusion, with reasons, outcome by outcome.

Every rating is computed from the tables and is a proposal until the committee confirms it: a row of certainty.csv with
`judged_by` committee replaces the proposal for its domain. A row with `judged_by` proposed only records the rules'
proposal when it was written; the audit reports where the current proposal differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weigh.assessment.bodies import bodies_of
from weigh.assessment.dossier import Dossier, StudyEvidence, joined
from weigh.assessment.grade import LEVELS, STEP, RatedBody, Rating, level_of, rate
from weigh.assessment.votes import NOT_BENEFIT, SEEN, StudyVote
from weigh.evidence.vocabulary import Certainty, Contrast, Fit

__all__ = ["COMMITTEE", "OVERALL", "PROPOSED", "Assessment", "assess", "proposals"]

#: The values of `judged_by`, and the domain of the overall judgement.
COMMITTEE, PROPOSED, OVERALL = "committee", "proposed", "overall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The certainty of the evidence for a conclusion.

    `level` is None where no result could be rated. `deciding` is the body that determines the level: the critical
    outcome with the lowest certainty.
    """

    level: Certainty | None
    reason: str
    judged_by: str
    bodies: tuple[RatedBody, ...]
    deciding: RatedBody | None
    ratings: tuple[Rating, ...]


def assess(dossier: Dossier, study_votes: Sequence[StudyVote]) -> Assessment:
    """The certainty of the evidence for a conclusion, with a rating of every body; committee judgements take precedence.

    Method: GRADE, by the rules of `weigh.assessment.grade`; the lowest critical outcome decides.

    Args:
        dossier: the evidence on the conclusion.
        study_votes: one vote per item of `dossier.evidence`, in that order.
    """
    committee = {row.domain: row for row in dossier.certainty if row.judged_by == COMMITTEE}
    overrides = {
        name: Rating(
            domain=name,
            judgement=row.judgement,
            change=STEP.get(row.judgement, 0),
            reason=row.reason,
            judged_by=COMMITTEE,
        )
        for name, row in committee.items()
        if name != OVERALL
    }
    rated = tuple(rate(body, overrides) for body in bodies_of(dossier, study_votes))
    deciding = _deciding(rated)
    level: Certainty | None
    if deciding is not None:
        level, ratings = deciding.level, deciding.ratings
        reason = f"Decided by {deciding.body.domain.value.replace('_', ' ')}, the {_which(deciding, rated)}."
    else:
        level, reason, ratings = _without_comparison(dossier, overrides)
    judged_by = PROPOSED
    if (row := committee.get(OVERALL)) and row.judgement in set(Certainty):
        level, reason, judged_by = Certainty(row.judgement), row.reason, COMMITTEE
    return Assessment(level=level, reason=reason, judged_by=judged_by, bodies=rated, deciding=deciding, ratings=ratings)


def _deciding(rated: Sequence[RatedBody]) -> RatedBody | None:
    """The critical outcome with the lowest certainty or, if none is critical, the lowest of the others."""
    candidates = [r for r in rated if r.body.critical] or list(rated)
    return min(candidates, key=lambda r: LEVELS.index(r.level), default=None)


def _which(deciding: RatedBody, rated: Sequence[RatedBody]) -> str:
    kind = "critical outcome" if deciding.body.critical else "outcome"
    among = [r for r in rated if r.body.critical == deciding.body.critical]
    return f"only {kind} with a comparison" if len(among) == 1 else f"{kind} with the lowest certainty"


def _without_comparison(
    dossier: Dossier, overrides: Mapping[str, Rating]
) -> tuple[Certainty | None, str, tuple[Rating, ...]]:
    """Very low if only within-arm changes were seen; no level if no result was seen."""
    within: list[StudyEvidence] = [
        item
        for item in dossier.evidence
        if item.study.fit is not Fit.NOT_TESTED
        and any(
            o.contrast is Contrast.WITHIN_ARM and o.extraction in SEEN and o.domain not in NOT_BENEFIT
            for o in item.outcomes
        )
    ]
    if not within:
        return None, "No result was seen that could be rated.", ()
    names = joined(item.name for item in within)
    reason = f"Only changes within one arm were seen ({names}), without a comparison."
    proposed = {
        "start": Rating(domain="start", judgement="low", change=0, reason="No randomised comparison was seen."),
        "risk_of_bias": Rating(domain="risk_of_bias", judgement="very_serious", change=-2, reason=reason),
    }
    ratings = tuple({**proposed, **overrides}.values())
    return level_of(ratings), reason, ratings


def proposals(assessment: Assessment) -> tuple[Rating, ...]:
    """The rows of an assessment for certainty.csv: the ratings of the deciding body and the overall level.

    Empty where no result could be rated. The committee's judgements are omitted, because they have their own rows.
    """
    if assessment.level is None:
        return ()
    ratings = [rating for rating in assessment.ratings if rating.judged_by == PROPOSED]
    if assessment.judged_by == PROPOSED:
        ratings.append(Rating(domain=OVERALL, judgement=assessment.level.value, change=0, reason=assessment.reason))
    return tuple(ratings)
