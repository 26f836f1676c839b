"""Vote counting by direction of effect, regardless of effect size and p value.

Method: Cochrane Handbook chapter 12 (vote counting based on the direction of effect, never on statistical
significance); agreement of at least 70% of a study's outcomes after Thomson and Thomas 2013.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Contrast, Direction, Domain, Extraction, Fit
from weigh.text.glance import one_line

__all__ = [
    "AGREEMENT",
    "ENOUGH_STUDIES",
    "StudyVote",
    "Votes",
    "agreed_direction",
    "count_votes",
    "exact_interval",
    "sign_test",
    "study_vote",
    "study_votes",
    "voting_outcomes",
    "wilson_interval",
]

#: The proportion of outcomes that must agree for a study to have that direction.
AGREEMENT = 0.7
#: With five studies on one side the two-sided sign test gives p = 0.0625; at least six are needed to reach 0.05.
ENOUGH_STUDIES = 6
#: Above this number of trials the exact interval is computed by scipy, which smaller counts need not import.
_MANY_TRIALS = 100
#: Domains that do not measure benefit: process and laboratory outcomes, and harms, which are shown separately.
NOT_BENEFIT = frozenset({Domain.HARM, Domain.PROCESS, Domain.LABORATORY})
#: Only facts that were seen vote.
SEEN = frozenset({Extraction.VERIFIED, Extraction.PARTIAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyVote:
    """The vote of one study: a direction, or None with the reason for having none.

    `split` is true for a study whose outcomes disagree, which counts as having no clear direction; `benefit` is true if
    any of its outcomes favours the intervention. `by_domain` holds its direction in each outcome domain, None where its
    outcomes in that domain disagree.
    """

    study_id: str
    fit: Fit | None
    direction: Direction | None
    split: bool
    benefit: bool
    reason: str
    outcomes: tuple[Outcome, ...]
    by_domain: tuple[tuple[Domain, Direction | None], ...] = ()

    def __repr__(self) -> str:
        vote = self.direction.value if self.direction else f"no vote, {self.reason}"
        return one_line(self, f"{self.study_id or 'background'}: {vote}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """The numbers of studies by direction.

    `proportion` is the share of studies that favour the intervention among those that favour a side, with its Wilson
    (`ci_low`, `ci_high`) and its exact Clopper-Pearson (`exact_low`, `exact_high`) 95% interval; `sign_test_p` is the
    two-sided exact sign test against one half. All are None where no study favours a side. They show only whether there
    is evidence of an effect, not its size. `enough_studies` is whether the sign test can reach p = 0.05.
    """

    favours_intervention: int
    favours_comparator: int
    no_clear_direction: int
    k: int
    proportion: float | None
    ci_low: float | None
    ci_high: float | None
    exact_low: float | None
    exact_high: float | None
    sign_test_p: float | None
    enough_studies: bool


def voting_outcomes(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes eligible to vote: seen, between arms, with a direction, and in a domain of benefit."""
    return tuple(
        outcome
        for outcome in outcomes
        if outcome.contrast is Contrast.BETWEEN_ARMS
        and outcome.direction is not Direction.NOT_COMPARATIVE
        and outcome.extraction in SEEN
        and outcome.domain not in NOT_BENEFIT
    )


def agreed_direction(directions: Sequence[Direction | None]) -> Direction | None:
    """The direction shared by at least 70%, or None if they are split; None entries count but agree with nothing.

    >>> agreed_direction([Direction.FAVOURS_INTERVENTION] * 7 + [Direction.NO_CLEAR_DIRECTION] * 3).value
    'favours_intervention'
    >>> agreed_direction([Direction.FAVOURS_INTERVENTION, Direction.NO_CLEAR_DIRECTION]) is None
    True
    """
    direction, count = Counter(directions).most_common(1)[0]
    return direction if count >= AGREEMENT * len(directions) else None


def study_vote(item: StudyEvidence) -> StudyVote:
    """The vote of one study: agreement is sought among outcomes within each domain, then among the domains."""
    voting = voting_outcomes(item.outcomes) if item.study.fit is not Fit.NOT_TESTED else ()
    by_domain: dict[Domain, list[Direction]] = {}
    for outcome in voting:
        by_domain.setdefault(outcome.domain, []).append(outcome.direction)
    agreed = {domain: agreed_direction(found) for domain, found in by_domain.items()}
    direction = agreed_direction(list(agreed.values())) if agreed else None
    split = bool(voting) and direction is None
    return StudyVote(
        study_id=item.study.study_id,
        fit=item.study.fit,
        direction=Direction.NO_CLEAR_DIRECTION if split else direction,
        split=split,
        benefit=any(outcome.direction is Direction.FAVOURS_INTERVENTION for outcome in voting),
        reason="" if voting else _why_no_vote(item),
        outcomes=voting,
        by_domain=tuple(agreed.items()),
    )


def study_votes(dossier: Dossier) -> tuple[StudyVote, ...]:
    """One vote per study cited for or against, in the order of the dossier."""
    return tuple(study_vote(item) for item in dossier.evidence)


def _why_no_vote(item: StudyEvidence) -> str:
    if item.study.fit is Fit.NOT_TESTED:
        return "does not test the intervention"
    if item.study.extraction is Extraction.NOT_FOUND:
        return "its record was not found"
    if not item.outcomes:
        return "its results were not seen"
    if any(outcome.extraction not in SEEN for outcome in item.outcomes):
        return "its results were not verified"
    if any(outcome.contrast is Contrast.WITHIN_ARM for outcome in item.outcomes):
        return "reports changes within one arm, without a comparison"
    return "compares no arm with and without the intervention on a benefit"


def count_votes(votes: Iterable[StudyVote]) -> Votes:
    """Count studies by direction, with the exact sign test among those that favour a side (Cochrane Handbook chapter 12)."""
    counts = Counter(vote.direction for vote in votes if vote.direction is not None)
    favour = counts[Direction.FAVOURS_INTERVENTION]
    decided = favour + counts[Direction.FAVOURS_COMPARATOR]
    proportion = low = high = exact_low = exact_high = sign_test_p = None
    if decided:
        proportion, sign_test_p = favour / decided, sign_test(favour, decided)
        low, high = wilson_interval(favour, decided)
        exact_low, exact_high = exact_interval(favour, decided)
    return Votes(
        favours_intervention=favour,
        favours_comparator=counts[Direction.FAVOURS_COMPARATOR],
        no_clear_direction=counts[Direction.NO_CLEAR_DIRECTION],
        k=sum(counts.values()),
        proportion=proportion,
        ci_low=low,
        ci_high=high,
        exact_low=exact_low,
        exact_high=exact_high,
        sign_test_p=sign_test_p,
        enough_studies=decided >= ENOUGH_STUDIES,
    )


def sign_test(successes: int, trials: int) -> float:
    """The two-sided exact binomial p value of a count against one half.

    >>> sign_test(9, 9), sign_test(5, 6), sign_test(3, 6)
    (0.00390625, 0.21875, 1.0)
    """
    fewer = min(successes, trials - successes)
    ways = sum(math.comb(trials, count) for count in range(fewer + 1))
    return min(1.0, 2 * ways / (1 << trials))


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """The Wilson 95% score interval of a proportion (Wilson 1927).

    >>> [round(limit, 3) for limit in wilson_interval(5, 6)]
    [0.436, 0.97]
    """
    z = 1.959963984540054
    share, spread = successes / trials, z * z / trials
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low = 0.0 if successes == 0 else middle - half
    return low, 1.0 if successes == trials else middle + half


def exact_interval(successes: int, trials: int) -> tuple[float, float]:
    """The exact 95% interval of a proportion (Clopper and Pearson 1934), which is wider than Wilson's.

    >>> [round(limit, 3) for limit in exact_interval(5, 6)]
    [0.359, 0.996]
    """
    low = _share_that_gives(successes, trials) if successes else 0.0
    high = 1 - _share_that_gives(trials - successes, trials) if successes < trials else 1.0
    return low, high


def _share_that_gives(successes: int, trials: int) -> float:
    """The proportion at which this many successes or more have a probability of 2.5%."""
    if trials > _MANY_TRIALS:
        from scipy.special import betaincinv

        return float(betaincinv(successes, trials - successes + 1, 0.025))
    ways = [math.comb(trials, count) for count in range(successes, trials + 1)]
    low, high = 0.0, 1.0
    while low < (share := (low + high) / 2) < high:
        rest = 1 - share
        seen = math.fsum(way * share**count * rest ** (trials - count) for count, way in enumerate(ways, successes))
        low, high = (share, high) if seen < 0.025 else (low, share)
    return share
