"""The verdict: how the cited evidence bears on a conclusion, by the rules in one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.assessment.certainty import COMMITTEE, Assessment, assess
from weigh.assessment.dossier import Dossier
from weigh.assessment.votes import AGREEMENT, StudyVote, Votes, count_votes, study_votes
from weigh.evidence.vocabulary import Certainty, Direction, Fit, Position, Verdict
from weigh.text.glance import one_line

__all__ = ["RULES", "Judgement", "judge"]

#: The rules in order of application, as printed on the methods page. "Benefit" and "no benefit" refer to a
#: not-medically-necessary conclusion; for a medically-necessary one, backed and contested are exchanged.
RULES: dict[str, tuple[Verdict, str]] = {
    "nothing-cited": (Verdict.NO_EVIDENCE, "No study is cited for the conclusion."),
    "none-tests": (Verdict.NOT_TESTED, "Studies are cited, but none tests the intervention."),
    "no-comparison": (
        Verdict.UNCERTAIN,
        "Studies are cited, but no between-arm result was seen; changes within one arm do not vote.",
    ),
    "benefit": (
        Verdict.CONTESTED,
        f"At least {AGREEMENT:.0%} of the studies with a vote favour the intervention and none favours the comparator.",
    ),
    "both-ways": (
        Verdict.MIXED,
        "A study with a vote reports benefit on some outcome or time point, and another result shows none.",
    ),
    "no-benefit-certain": (
        Verdict.BACKED,
        "No study with a vote reports benefit, and the certainty is moderate or high.",
    ),
    "no-benefit": (
        Verdict.UNCERTAIN,
        "No study with a vote reports benefit, and the certainty is low or very low.",
    ),
    "benefit-certain": (
        Verdict.BACKED,
        "Medically necessary: the studies favour the intervention (as for contested), and the certainty is moderate or high.",
    ),
    "benefit-uncertain": (
        Verdict.UNCERTAIN,
        "Medically necessary: the studies favour the intervention, and the certainty is low or very low.",
    ),
    "no-benefit-for-necessary": (
        Verdict.CONTESTED,
        "Medically necessary: no study with a vote reports benefit.",
    ),
}
_ENOUGH = frozenset({Certainty.MODERATE, Certainty.HIGH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with the rule applied, the certainty and the votes.

    `votes` counts every study that bears on the intervention; `direct_votes` only those that test the intervention
    itself (fit tests_intervention).
    """

    verdict: Verdict
    rule: str
    assessment: Assessment
    study_votes: tuple[StudyVote, ...]
    votes: Votes
    direct_votes: Votes

    def __repr__(self) -> str:
        level = self.certainty.value if self.certainty else "not rated"
        return one_line(self, f"{self.verdict.value} by the rule {self.rule}, certainty {level}")

    @property
    def certainty(self) -> Certainty | None:
        """The certainty of the evidence as a whole; None where no result could be rated."""
        return self.assessment.level

    @property
    def confirmed(self) -> bool:
        """Whether the committee has judged the certainty; otherwise it is a proposal."""
        return self.assessment.judged_by == COMMITTEE


def judge(dossier: Dossier) -> Judgement:
    """The verdict on a dossier by `RULES`, from the outcomes of the studies cited for or against, never from the guideline's text."""
    votes = study_votes(dossier)
    assessment = assess(dossier, votes)
    rule = _rule(dossier.conclusion.position, votes, assessment.level)
    return Judgement(
        verdict=RULES[rule][0],
        rule=rule,
        assessment=assessment,
        study_votes=votes,
        votes=count_votes(votes),
        direct_votes=count_votes(vote for vote in votes if vote.fit is Fit.TESTS_INTERVENTION),
    )


def _rule(position: Position, votes: Sequence[StudyVote], certainty: Certainty | None) -> str:
    cast = [vote for vote in votes if vote.direction is not None]
    necessary, certain = position is Position.MEDICALLY_NECESSARY, certainty in _ENOUGH
    if not votes:
        return "nothing-cited"
    if all(vote.fit is Fit.NOT_TESTED for vote in votes):
        return "none-tests"
    if not cast:
        return "no-comparison"
    favour = sum(vote.direction is Direction.FAVOURS_INTERVENTION for vote in cast)
    if favour >= AGREEMENT * len(cast) and not any(vote.direction is Direction.FAVOURS_COMPARATOR for vote in cast):
        return ("benefit-certain" if certain else "benefit-uncertain") if necessary else "benefit"
    if any(vote.benefit for vote in cast):
        return "both-ways"
    if necessary:
        return "no-benefit-for-necessary"
    return "no-benefit-certain" if certain else "no-benefit"
