"""One vote per study, by direction and never by significance; results not compared or not seen have none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.assessment.dossier import StudyEvidence
from weigh.assessment.votes import (
    StudyVote,
    agreed_direction,
    count_votes,
    exact_interval,
    sign_test,
    study_vote,
    voting_outcomes,
)
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Contrast, Direction, Domain, Extraction, Fit

MakeOutcome = Callable[..., Outcome]
Evidence = dict[str, StudyEvidence]

FOR, AGAINST, UNCLEAR = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION
SIDES = (FOR, AGAINST, UNCLEAR)


def with_outcomes(evidence: Evidence, outcomes: Sequence[Outcome], **study: Any) -> StudyEvidence:
    item = evidence["fernhollow-2017"]
    return dataclasses.replace(item, outcomes=tuple(outcomes), study=dataclasses.replace(item.study, **study))


def vote(direction: Direction | None, study_id: str = "any") -> StudyVote:
    return StudyVote(
        study_id=study_id,
        fit=Fit.TESTS_INTERVENTION,
        direction=direction,
        split=False,
        benefit=direction is FOR,
        reason="",
        outcomes=(),
    )


# ---- eligible outcomes


def test_a_comparison_of_benefit_that_was_seen_votes(outcome: MakeOutcome) -> None:
    """The outcome from which the other tests start is eligible."""
    assert 1 == len(voting_outcomes([outcome()]))


@pytest.mark.parametrize(
    "fields",
    [
        {"contrast": Contrast.WITHIN_ARM},
        {"direction": Direction.NOT_COMPARATIVE},
        {"extraction": Extraction.UNVERIFIED},
        {"extraction": Extraction.NOT_FOUND},
        {"domain": Domain.HARM},
        {"domain": Domain.PROCESS},
        {"domain": Domain.LABORATORY},
    ],
    ids=lambda fields: "-".join(fields.values()),
)
def test_what_compares_nothing_or_was_not_seen_does_not_vote(outcome: MakeOutcome, fields: dict[str, Any]) -> None:
    """A within-arm change, a result not seen and an outcome that is not a benefit have no vote."""
    assert () == voting_outcomes([outcome(**fields)])


@pytest.mark.parametrize("domain", sorted(set(Domain) - {Domain.HARM, Domain.PROCESS, Domain.LABORATORY}))
def test_every_domain_of_benefit_votes(outcome: MakeOutcome, domain: Domain) -> None:
    """No domain of benefit is excluded because of its name."""
    assert 1 == len(voting_outcomes([outcome(domain=domain)]))


@pytest.mark.parametrize(
    "fields", [{"significant": False, "p_value": "0.90"}, {"significant": True}, {"p_value": "NS"}]
)
def test_significance_does_not_decide_a_vote(outcome: MakeOutcome, evidence: Evidence, fields: dict[str, Any]) -> None:
    """The direction votes, regardless of the p value."""
    assert study_vote(with_outcomes(evidence, [outcome(**fields)])).direction is FOR


# ---- the vote of a study


@pytest.mark.parametrize(
    ("study_id", "direction", "reason"),
    [
        ("birchmere-2014", UNCLEAR, ""),
        ("fernhollow-2017", FOR, ""),
        ("cloudesley-2009", None, "does not test"),
        ("dovermoor-2013", None, "within one arm"),
        ("elmsworth-2008", None, "not found"),
    ],
)
def test_a_study_votes_or_says_why_not(
    evidence: Evidence, study_id: str, direction: Direction | None, reason: str
) -> None:
    """A study has a direction, or a reason for having none."""
    found = study_vote(evidence[study_id])

    assert direction == found.direction
    assert bool(reason) == bool(found.reason)
    assert reason in found.reason


def test_benefit_early_and_none_later_is_no_clear_direction(evidence: Evidence) -> None:
    """A study whose results disagree has no clear direction, and is recorded as split and as reporting benefit."""
    found = study_vote(evidence["ardenwood-2011"])

    assert (UNCLEAR, True, True) == (found.direction, found.split, found.benefit)


def test_a_study_of_something_else_never_votes(evidence: Evidence, outcome: MakeOutcome) -> None:
    """Whatever it found, a study that does not test the intervention has no vote."""
    found = study_vote(with_outcomes(evidence, [outcome()], fit=Fit.NOT_TESTED))

    assert (None, (), False) == (found.direction, found.outcomes, found.benefit)


@pytest.mark.parametrize("fit", [None, *sorted(set(Fit) - {Fit.NOT_TESTED})])
def test_every_other_fit_votes(evidence: Evidence, outcome: MakeOutcome, fit: Fit | None) -> None:
    """A study of the drug only, an add-on study or an indirect study votes, with its fit recorded."""
    found = study_vote(with_outcomes(evidence, [outcome()], fit=fit))

    assert (FOR, fit) == (found.direction, found.fit)


def test_domains_weigh_alike(evidence: Evidence, outcome: MakeOutcome) -> None:
    """Nine measures of pain do not outvote two other benefits."""
    pain = [outcome(domain=Domain.PAIN)] * 9
    others = [outcome(domain=domain, direction=UNCLEAR) for domain in (Domain.FUNCTION, Domain.MOTION)]

    assert (UNCLEAR, True) == (
        study_vote(with_outcomes(evidence, [*pain, *others])).direction,
        study_vote(with_outcomes(evidence, [*pain, *others])).split,
    )


@given(directions=st.lists(st.tuples(st.sampled_from(sorted(Domain)), st.sampled_from([FOR, UNCLEAR])), max_size=12))
def test_no_clear_direction_never_favours_the_comparator(
    evidence: Evidence, outcome: MakeOutcome, directions: list[tuple[Domain, Direction]]
) -> None:
    """However many results show no difference, they do not amount to harm."""
    outcomes = [outcome(domain=domain, direction=direction) for domain, direction in directions]

    assert study_vote(with_outcomes(evidence, outcomes)).direction is not AGAINST


@given(
    outcomes=st.lists(st.tuples(st.sampled_from(sorted(Domain)), st.sampled_from(sorted(Direction))), max_size=8),
    seed=st.randoms(use_true_random=False),
)
def test_the_order_of_outcomes_does_not_matter(
    evidence: Evidence, outcome: MakeOutcome, outcomes: list[tuple[Domain, Direction]], seed: Any
) -> None:
    """Reordering a table changes no vote."""
    rows = [outcome(domain=domain, direction=direction) for domain, direction in outcomes]
    shuffled = seed.sample(rows, len(rows))

    assert (
        study_vote(with_outcomes(evidence, rows)).direction == study_vote(with_outcomes(evidence, shuffled)).direction
    )


# ---- agreement


@given(directions=st.lists(st.sampled_from([*SIDES, None]), min_size=1, max_size=40))
def test_agreement_is_seventy_of_a_hundred(directions: list[Direction | None]) -> None:
    """A direction is agreed on exactly where at least 70% of the results share it."""
    agreed = [direction for direction in SIDES if 10 * directions.count(direction) >= 7 * len(directions)]

    assert (agreed[0] if agreed else None) == agreed_direction(directions)


@pytest.mark.parametrize("count", range(10, 400, 10))
def test_exactly_seventy_of_a_hundred_agree(count: int) -> None:
    """The limit itself is agreement, for any number of results."""
    directions = [FOR] * (7 * count // 10) + [UNCLEAR] * (3 * count // 10)

    assert FOR == agreed_direction(directions)
    assert agreed_direction([UNCLEAR, *directions[1:]]) is None


# ---- counting


@given(directions=st.lists(st.sampled_from([*SIDES, None]), max_size=30))
def test_counts_add_up(directions: list[Direction | None]) -> None:
    """Each study with a vote is counted once, and one without a vote is not counted."""
    votes = count_votes(vote(direction) for direction in directions)

    assert [directions.count(side) for side in SIDES] == [
        votes.favours_intervention,
        votes.favours_comparator,
        votes.no_clear_direction,
    ]
    assert len(directions) - directions.count(None) == votes.k


@given(favour=st.integers(0, 15), against=st.integers(0, 15), unclear=st.integers(0, 5))
def test_the_test_reads_the_same_from_either_side(favour: int, against: int, unclear: int) -> None:
    """Exchanging the sides mirrors the proportion and its interval and keeps p; studies without a side change neither."""
    votes = count_votes(map(vote, [FOR] * favour + [AGAINST] * against + [UNCLEAR] * unclear))
    mirror = count_votes(map(vote, [FOR] * against + [AGAINST] * favour))

    assert (favour + against > 0) == (votes.proportion is not None)
    assert votes.sign_test_p == mirror.sign_test_p
    if votes.proportion is not None and votes.ci_low is not None and votes.ci_high is not None:
        assert 0 <= votes.ci_low <= votes.proportion <= votes.ci_high <= 1
        assert pytest.approx(mirror.ci_high) == 1 - votes.ci_low
    assert (favour + against >= 6) == votes.enough_studies


@pytest.mark.parametrize(
    ("favour", "p_value", "enough"), [(1, 1.0, False), (5, 0.0625, False), (6, 0.03125, True), (10, 0.001953125, True)]
)
def test_the_sign_test_is_exact(favour: int, p_value: float, enough: bool) -> None:
    """Five of five cannot reach 0.05 and are too few to test; six of six can (two-sided binomial, by hand 2/2^n)."""
    votes = count_votes(vote(FOR) for _ in range(favour))

    assert pytest.approx(p_value, abs=1e-12) == votes.sign_test_p
    assert enough == votes.enough_studies


@pytest.mark.parametrize("trials", [1, 2, 3, 4, 7, 20, 63, 100, 101, pytest.param(1500, marks=pytest.mark.long)])
def test_exact_figures_are_those_of_scipy(trials: int) -> None:
    """The sign test and the Clopper-Pearson interval agree with those of scipy, for every count."""
    from scipy.special import bdtr, betaincinv

    for count in range(trials + 1):
        low = float(betaincinv(count, trials - count + 1, 0.025)) if count else 0.0
        high = float(betaincinv(count + 1, trials - count, 0.975)) if count < trials else 1.0
        p_value = min(1.0, 2 * float(bdtr(min(count, trials - count), trials, 0.5)))

        assert pytest.approx((low, high), rel=1e-12, abs=1e-14) == exact_interval(count, trials)
        assert pytest.approx(p_value, rel=1e-9) == sign_test(count, trials)


@pytest.mark.parametrize(
    ("favour", "decided", "p_value", "low", "high"),
    [
        # The p of the first two are printed in the abstract of the effect direction plot (health effects of housing
        # condition and of general health), the counts inferred from them; the limits were computed by Wilson's formula.
        (9, 9, 0.0039, 0.701, 1.000),
        (5, 6, 0.2188, 0.436, 0.970),
        (10, 12, 0.0386, 0.552, 0.953),
    ],
)
def test_share_and_test_agree_with_published_ones(
    favour: int, decided: int, p_value: float, low: float, high: float
) -> None:
    """The sign test agrees with a published plot, and the 95% interval is Wilson's, to the printed digits."""
    votes = count_votes(map(vote, [FOR] * favour + [AGAINST] * (decided - favour)))

    assert favour / decided == votes.proportion
    assert p_value == round(votes.sign_test_p or 0, 4)
    assert (low, high) == (round(votes.ci_low or 0, 3), round(votes.ci_high or 0, 3))


def test_nobody_on_a_side_is_no_share() -> None:
    """Where no study favours a side, there is no proportion, interval or p value, rather than one half."""
    votes = count_votes([vote(UNCLEAR), vote(None)])

    assert (None, None, None, None) == (votes.proportion, votes.ci_low, votes.ci_high, votes.sign_test_p)
    assert (1, False) == (votes.k, votes.enough_studies)
