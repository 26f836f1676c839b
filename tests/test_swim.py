"""The SWiM statement has its nine items wherever there is something to put together, and names what is there."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest

from weigh.assessment.dossier import Dossier
from weigh.audit.audit import Audit
from weigh.display.conclusion import show_swim
from weigh.evidence.model import CertaintyJudgement, Outcome, Place
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Direction, Domain, Extraction, Fit
from weigh.summary.conclusion import Summary, summarise
from weigh.wording.effect_words import CERTAINTY

TOPICS = (
    "Grouping of studies",
    "Metric",
    "Method of synthesis",
    "Which results count",
    "Heterogeneity",
    "Certainty",
    "Presentation",
    "Results",
    "Limitations",
)
#: Works on method that a statement names beside the studies.
METHODS = {"Murad 2017"}
_NAME = re.compile(r"\b[A-Z][\w'’-]+ (?:19|20)\d\d")

BARE: dict[str, Any] = {
    f"{arm}_{name}": None for arm in ("intervention", "comparator") for name in ("n", "mean", "sd", "events", "percent")
} | {"effect": None, "effect_measure": None, "ci_low": None, "ci_high": None, "p_value": None}


@pytest.fixture(scope="session")
def every(summaries: dict[str, Summary], mini_summaries: dict[str, Summary]) -> list[Summary]:
    """The summaries of both reviews."""
    return [*summaries.values(), *mini_summaries.values()]


Swim = Callable[..., dict[int, str]]


@pytest.fixture(scope="session")
def swim(mini: Review, outcome: Callable[..., Outcome]) -> Swim:
    """The items by number, where the studies of brisk elbow have the results that a test names."""

    def items(*results: dict[str, Any], certainty: tuple[CertaintyJudgement, ...] = ()) -> dict[int, str]:
        made = tuple(outcome(**(BARE | {"outcome_id": f"made-{n}"} | each)) for n, each in enumerate(results))
        review = dataclasses.replace(mini, outcomes=made, certainty=certainty)
        summary = summarise("brisk-elbow", review, Audit(open=(), accepted=()))
        return {item.number: item.text for item in summary.swim}

    return items


def one(**fields: Any) -> dict[str, Any]:
    return {"study_id": "ardenwood-2011"} | fields


def other(**fields: Any) -> dict[str, Any]:
    return {"study_id": "birchmere-2014"} | fields


def events(a: int, c: int) -> dict[str, Any]:
    return {"intervention_events": a, "intervention_n": 50, "comparator_events": c, "comparator_n": 50}


def names(dossier: Dossier) -> set[str]:
    return {item.reports[0].short for item in dossier.evidence}


# ---- both reviews


def test_all_nine_items_or_none(every: list[Summary]) -> None:
    """Every conclusion with a cited study has the nine items, numbered, with words; one without has none."""
    shapes = {bool(s.dossier.evidence): [tuple((i.number, i.topic) for i in s.swim)] for s in every}
    for summary in every:
        expected = tuple(enumerate(TOPICS, 1)) if summary.dossier.evidence else ()

        assert expected == tuple((item.number, item.topic) for item in summary.swim), summary.conclusion_id
        assert [] == [item.number for item in summary.swim if not item.text.rstrip().endswith(".")]

    assert {True, False} == set(shapes)


def test_the_page_shows_the_items(every: list[Summary]) -> None:
    """Each item stands on the page under its number; without a study the page says that there was nothing to do."""
    for summary in every:
        shown = show_swim(summary)
        numbers = re.findall(r'<li value="(\d)">', shown.html)

        assert [f"{item.number}" for item in summary.swim] == numbers
        assert summary.swim or "no synthesis to report" in shown.text


def test_only_studies_of_the_dossier_are_named(every: list[Summary]) -> None:
    """A statement names studies that are cited for its conclusion, and works on method, and nobody else."""
    found = {}
    for summary in every:
        said = {name for item in summary.swim for name in _NAME.findall(item.text)}
        found[summary.conclusion_id] = said
        foreign = said - METHODS - names(summary.dossier)

        assert set() == foreign, summary.conclusion_id

    assert {"Nirschl 2003", "Sayegh 2015"} <= found["epicondylitis"]


def test_every_study_is_accounted_for(every: list[Summary]) -> None:
    """A study with a vote stands among the results, one without stands where it is said which results count, with its reason."""
    for summary in every:
        text = {item.number: item.text for item in summary.swim}
        for item, vote in zip(summary.dossier.evidence, summary.judgement.study_votes, strict=True):
            if vote.direction is None:
                assert f"{item.name} ({vote.reason})" in text[4]
            elif len(summary.judgement.assessment.bodies) <= 7:
                assert item.reports[0].short in text[8]


def test_what_limits_a_statement_is_named(every: list[Summary]) -> None:
    """Studies that do not test the intervention itself, and those that were not seen whole, are named among the limits."""
    for summary in every:
        text = {item.number: item.text for item in summary.swim}
        for item in summary.dossier.evidence:
            part = {False: set(), True: {item.name}}
            aside = part[item.study.fit in {Fit.INDIRECT, Fit.TESTS_DRUG_ONLY, Fit.ADD_ON}]
            unseen = part[item.study.extraction is not Extraction.VERIFIED]
            direct, _, seen = text[9].partition("Not fully verified:")

            assert [] == [name for name in aside if name not in direct]
            assert [] == [name for name in unseen if name not in seen]


def test_results_stand_with_their_certainty(every: list[Summary]) -> None:
    """Every outcome of the table is told with its certainty and in the words of the table; the whole has its own."""
    for summary in every:
        text = {item.number: item.text for item in summary.swim}
        for row in summary.outcomes:
            assert f"certainty {CERTAINTY[row.certainty]}): {row.what_happens}" in text[8]
            assert row.label in text[1]
        if summary.swim and summary.judgement.certainty:
            assert f": {CERTAINTY[summary.judgement.certainty]}, " in text[6]


# ---- made-up studies


def test_what_was_pooled_is_named(swim: Swim) -> None:
    """Pools that were worked out are named; those that were not say why."""
    pooled = swim(one(pool="ease", **events(20, 10)), other(pool="ease", **events(22, 12)))
    alone = swim(one(pool="ease", **events(20, 10)), other(**events(22, 12)))
    figures = {f"{arm}_{name}": 5 for arm in ("intervention", "comparator") for name in ("n", "mean", "sd")}
    unlike = swim(one(pool="ease", **events(20, 10)), other(pool="ease", **figures))
    none = swim(one(**events(20, 10)), other(**events(22, 12)))

    assert "Also pooled: ease." in pooled[3]
    assert "Not pooled: only one study." in alone[3]
    assert "Not pooled: The outcomes share no measure" in unlike[3]
    assert "No meta-analysis:" in none[3]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([one(), other()], "they agree on symptoms"),
        ([one(), other(direction=Direction.NO_CLEAR_DIRECTION)], "the studies disagree in direction on symptoms"),
        ([one()], "No outcome domain has more than one study"),
        ([one(), other(domain=Domain.PAIN)], "No outcome domain has more than one study"),
        (
            [one(), other(direction=Direction.FAVOURS_COMPARATOR), one(domain=Domain.PAIN), other(domain=Domain.PAIN)],
            "the studies disagree in direction on symptoms; they agree on pain",
        ),
    ],
)
def test_heterogeneity_is_told_by_direction(swim: Swim, results: list[dict[str, Any]], expected: str) -> None:
    """Whether studies agree is said outcome by outcome, and only where there are two."""
    assert expected in swim(*results)[5]


def test_sizes_are_counted(swim: Swim) -> None:
    """How many results have a size, of how many, is said; where none compares arms there is no metric."""
    assert "for 1 of 2 results" in swim(one(**events(20, 10)), other())[2]
    assert "no result compares arms" in swim()[2]


def test_unclear_is_not_told_as_none(swim: Swim) -> None:
    """Where a result has no clear direction the limits say that this is not “no effect”; elsewhere they need not."""
    unclear = swim(one(direction=Direction.NO_CLEAR_DIRECTION))

    assert ("does not mean that there is no effect" in unclear[9], True) == (True, "no effect" not in swim(one())[9])


def test_who_judged_the_certainty_is_said(swim: Swim) -> None:
    """A proposal is called one until the committee has judged."""
    row = CertaintyJudgement(
        place=Place("x"),
        conclusion_id="brisk-elbow",
        domain="overall",
        judgement="moderate",
        reason="We have seen more.",
        judged_by="committee",
        date=None,
    )

    assert "proposed by rule and not confirmed" in swim(one())[6]
    assert "moderate, judged by the committee. We have seen more." in swim(one(), certainty=(row,))[6]
