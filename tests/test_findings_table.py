"""The summary of findings: few outcomes, those that matter first, figures with their class and never a number that is none."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from weigh.assessment.bodies import CRITICAL
from weigh.assessment.certainty import assess
from weigh.assessment.dossier import StudyEvidence, gather
from weigh.assessment.votes import study_vote
from weigh.audit.audit import Audit
from weigh.display.conclusion import show_cards, show_outcomes, show_result
from weigh.display.figures import show_effects
from weigh.evidence.model import CertaintyJudgement, Outcome, Place
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import ComparatorType, Contrast, Design, Direction, Domain
from weigh.summary.conclusion import Summary, summarise
from weigh.text.numbers import number
from weigh.wording import report_words
from weigh.wording.outcomes import figures_of, result_words
from weigh.wording.summary_of_findings import MOST_OUTCOMES, findings_table

FOR, UNCLEAR = Direction.FAVOURS_INTERVENTION, Direction.NO_CLEAR_DIRECTION
BARE: dict[str, Any] = {
    f"{arm}_{name}": None for arm in ("intervention", "comparator") for name in ("n", "mean", "sd", "events", "percent")
} | {"effect": None, "effect_measure": None, "ci_low": None, "ci_high": None, "p_value": None, "significant": None}
#: Something that a reader takes for a number and that is none.
NO_NUMBER = re.compile(r"\b(nan|inf|infinity)\b", re.IGNORECASE)

MakeOutcome = Callable[..., Outcome]
Show = Callable[[Sequence[dict[str, Any]]], Summary]


@pytest.fixture(scope="session")
def show(mini: Review, outcome: MakeOutcome) -> Show:
    """The summary of a conclusion whose one study has the results that a test names."""

    def summary(results: Sequence[dict[str, Any]]) -> Summary:
        made = (outcome(**(BARE | {"outcome_id": f"made-{n}"} | fields)) for n, fields in enumerate(results))
        review = dataclasses.replace(mini, outcomes=tuple(made), certainty=())
        return summarise("winter-gloom", review, Audit(open=(), accepted=()))

    return summary


def events(one: int, n1: int, two: int, n2: int) -> dict[str, Any]:
    return {"intervention_events": one, "intervention_n": n1, "comparator_events": two, "comparator_n": n2}


def means(one: Sequence[Any], two: Sequence[Any]) -> dict[str, Any]:
    """Mean, standard deviation and number of either arm."""
    arms = zip(("intervention", "comparator"), (one, two), strict=True)
    return {
        f"{arm}_{name}": Decimal(str(value)) if "n" != name else value
        for arm, figures in arms
        for name, value in zip(("mean", "sd", "n"), figures, strict=True)
    }


# ---- which outcomes

BENEFITS = [domain for domain in Domain if domain not in {Domain.HARM, Domain.PROCESS, Domain.LABORATORY}]


@settings(max_examples=20)
@given(st.lists(st.sampled_from(list(Domain)), unique=True, max_size=len(Domain)))
def test_at_most_seven_outcomes_critical_first(show: Show, domains: list[Domain]) -> None:
    """Of all kinds of outcome the seven first are shown, critical ones before others; harms stand elsewhere."""
    summary = show([{"domain": domain} for domain in domains])
    expected = {domain for domain in domains if domain in BENEFITS}
    shown = [row.domain for row in summary.outcomes]
    critical = sum(domain in CRITICAL for domain in expected)

    assert (min(len(expected), MOST_OUTCOMES), True) == (len(shown), set(shown) <= expected)
    assert [True] * min(critical, MOST_OUTCOMES) == [row.critical for row in summary.outcomes][:critical]
    assert [domain in CRITICAL for domain in shown] == [row.critical for row in summary.outcomes]


@pytest.mark.parametrize(("kinds", "expected"), [(7, None), (8, "the first 7 of 8"), (17, "the first 7 of 17")])
def test_the_rest_is_counted(show: Show, kinds: int, expected: str | None) -> None:
    """A table that leaves outcomes out says how many there are."""
    html = show_outcomes(show([{"domain": domain} for domain in BENEFITS[:kinds]])).html

    assert expected in html if expected else "the first" not in html


def test_without_a_comparison_there_is_no_row(show: Show) -> None:
    """Results that compare nothing make no table, and that is said."""
    summary = show([{"contrast": Contrast.WITHIN_ARM}])
    shown = show_outcomes(summary)

    assert () == summary.outcomes
    assert (report_words.NO_RESULTS, True) == (shown.text, "nothing to summarise" in shown.html)


def test_results_beyond_the_first_are_counted(show: Show) -> None:
    """Results with figures stand in full before others; what does not fit is counted by direction, and none is lost."""
    results = [{"direction": UNCLEAR}, {"direction": UNCLEAR}, {"direction": FOR}, {}, {}]
    summary = show([*results, {"direction": FOR} | events(29, 31, 15, 30)])
    ((_name, found),) = summary.outcomes[0].results

    assert found.startswith("better (Gloom Questionnaire, 4 weeks): 29 of 31 vs 15 of 30")
    assert found.endswith("; no clear difference on 2 further results; better on 3 further results")


# ---- people and figures


def test_people_stand_beside_each_outcome(mini: Review, evidence: dict[str, StudyEvidence]) -> None:
    """How many people and how many studies, and what of that was not seen."""
    item = evidence["fernhollow-2017"]
    result = dataclasses.replace(item.outcomes[0], **(BARE | {"domain": Domain.PAIN}))

    def people(*studies: dict[str, Any]) -> str:
        items = tuple(
            dataclasses.replace(item, study=dataclasses.replace(item.study, **study), outcomes=(result,))
            for study in studies
        )
        dossier = dataclasses.replace(gather(mini, "humming-ear"), evidence=items)
        (row,) = findings_table(assess(dossier, [study_vote(each) for each in items]), "warm light")
        return row.people

    unseen = {"design": Design.SYSTEMATIC_REVIEW}

    assert "90 patients; 1 study" == people({})
    assert "180 patients; 2 studies" == people({}, {})
    assert "90 patients; 2 studies; size unknown for 1 study" == people({}, unseen)
    assert "number not seen; 1 study" == people(unseen)
    assert "180 patients and eyes; 2 studies" == people({}, {"n_unit": "eyes"})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (events(29, 31, 12, 30), "29 of 31 vs 12 of 30, 53.5 more in 100"),
        (events(2, 40, 8, 40), "2 of 40 vs 8 of 40, 15.0 fewer in 100"),
        ({"intervention_events": 5, "comparator_events": 7}, "5 events vs 7 events, p not reported"),
        ({"intervention_percent": Decimal("40.5"), "comparator_percent": Decimal("38")}, "40.5% vs 38%"),
        (
            means((12, 4, 45), (16, "4.5", 45)) | {"unit": "points"},
            "12 points (SD 4, n = 45) vs 16 points (SD 4.5, n = 45), MD −4.00 points (95% CI",
        ),
        (
            means(("-1.50", 4, 45), ("-2.5", 4, 45)) | {"unit": "pain score"},
            "−1.50 (SD 4, n = 45) vs −2.5 (SD 4, n = 45), MD 1.00 (",
        ),
        (
            {"effect_measure": "MD", "effect": Decimal("-4.0"), "ci_low": Decimal("-5.8"), "ci_high": Decimal("-2.20")},
            "MD −4.0 (95% CI −5.8 to −2.20), p not reported",
        ),
        ({"p_value": "NS"}, "not significant (p not printed)"),
        ({"p_value": "<0.05"}, "p < 0.05"),
        ({"p_value": "0.012"}, "p = 0.012"),
        ({}, "figures not reported"),
    ],
)
def test_a_figure_stands_with_its_class(outcome: MakeOutcome, fields: dict[str, Any], expected: str) -> None:
    """A count stands with its group, a percentage with its sign, a mean with its unit; what the source prints stays as printed."""
    words = result_words(outcome(**(BARE | fields)))

    assert words.startswith(f"better (Gloom Questionnaire, 4 weeks): {expected}")


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        (Direction.FAVOURS_INTERVENTION, "better than another active treatment ("),
        (Direction.FAVOURS_COMPARATOR, "worse than another active treatment ("),
        (Direction.NO_CLEAR_DIRECTION, "no clear difference from another active treatment ("),
        (Direction.NOT_COMPARATIVE, "not compared ("),
    ],
)
def test_worse_than_another_treatment_is_not_worse(outcome: MakeOutcome, direction: Direction, words: str) -> None:
    """Against an active treatment the table says so: to do less than that one is no harm; against a sham nothing is added."""
    found = outcome(**(BARE | {"direction": direction}))

    assert result_words(found, ComparatorType.ACTIVE).startswith(words)
    assert result_words(found, ComparatorType.SHAM) == result_words(found)
    assert "another" not in result_words(found)


def test_the_table_of_a_study_against_a_treatment_says_so(summaries: dict[str, Summary]) -> None:
    """In the real review the trial that set iontophoresis against phonophoresis is read so."""
    found = [
        words
        for row in summaries["carpal-tunnel-syndrome"].outcomes
        for name, words in row.results
        if "Bakhtiary" in name
    ]

    assert 3 == len(found)
    assert all(words.startswith("worse than another active treatment (") for words in found)


def test_a_printed_effect_stands_before_one_worked_out(outcome: MakeOutcome) -> None:
    """Where the source prints an effect, that is the one in the table."""
    printed = events(29, 31, 12, 30) | {"effect_measure": "RR", "effect": Decimal("2.4")}

    assert "RR 2.4" in result_words(outcome(**(BARE | printed)))
    assert "more in 100" not in result_words(outcome(**(BARE | printed)))


# ---- the same numbers everywhere

sizes = st.integers(2, 400)
groups = sizes.flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
figures = st.tuples(st.decimals(-999, 999, places=2), st.decimals("0.1", 99, places=2), sizes)


def is_tie(value: float) -> bool:
    """Whether a hair more or less is written otherwise: then rounding once and rounding twice may differ."""
    return number(value * (1 - 1e-9)) != number(value * (1 + 1e-9))


def assert_same(summary: Summary) -> None:
    """The effect of the file stands in the table, in the file as shown, and nothing of either is no number."""
    html, written = show_outcomes(summary).html, show_result(summary).text
    effects = json.loads(written)["effects"]
    for effect in effects.values():
        estimate, low, high = effect["estimate"], effect["ci_low"], effect["ci_high"]
        assume(not any(map(is_tie, (estimate, low, high))))
        words = f"{effect['measure']} {number(estimate)} (95% CI {number(low)} to {number(high)})"

        assert (True, True) == (words in html, low <= estimate <= high)
    assert [] == NO_NUMBER.findall(re.sub(r"<[^>]*>", "", html))
    assert effects == summary.as_json()["effects"]


@settings(max_examples=25)  # each draws a page
@given(groups, groups)
def test_counts_give_the_same_ratio_in_table_and_file(show: Show, one: tuple[int, int], two: tuple[int, int]) -> None:
    """The ratio of risks that the table shows is the one of the file, and the difference follows from the counts."""
    summary = show([{"domain": Domain.PAIN} | events(*one, *two)])
    html = show_outcomes(summary).html
    difference = 100 * (one[0] / one[1] - two[0] / two[1])

    assert_same(summary)
    if "in 100" in html and not is_tie(difference):
        side = "more" if difference > 0 else "fewer"
        assert f"{f'{number(abs(difference))} {side}' if difference else 'as many'} in 100" in html


@settings(max_examples=25)
@given(figures, figures)
def test_means_give_the_same_difference_in_table_and_file(
    show: Show, one: tuple[Decimal, Decimal, int], two: tuple[Decimal, Decimal, int]
) -> None:
    """The difference of means that the table shows is the one of the file."""
    summary = show([{"domain": Domain.PAIN} | means(one, two)])

    assert ["MD"] == [effect["measure"] for effect in summary.as_json()["effects"].values()]
    assert_same(summary)


def test_a_number_between_two_is_written_one_way(show: Show) -> None:
    """Where a figure lies halfway between two that may be written, page and file choose the same."""
    summary = show([events(0, 7, 12, 40)])
    (effect,) = summary.as_json()["effects"].values()

    assert f"to {number(effect['ci_high'])}" in show_outcomes(summary).html
    assert f"RR {number(effect['estimate'])} " in show_outcomes(summary).html


EXTREMES = [
    events(0, 30, 5, 30),
    events(5, 30, 0, 30),
    events(0, 30, 0, 30),
    events(30, 30, 30, 30),
    events(30, 30, 0, 30),
    events(0, 0, 0, 0),
    events(1, 1, 0, 1),
    events(1, 10**9, 10**9 - 1, 10**9),
    means((0, 0, 30), (0, 0, 30)),
    means((0, 1, 30), (0, 1, 30)),
    means((0, 1, 1), (0, 1, 1)),
    means((0, 1, 0), (0, 1, 0)),
    means(("1e300", "1e-300", 30), ("-1e300", "1e-300", 30)),
    means(("1e300", "1e300", 30), ("-1e300", "1e300", 30)),
    means(("1e-300", "1e-300", 30), ("-1e-300", "1e-300", 30)),
    means(("9e999", "9e999", 30), ("9e999", "9e999", 30)),
    {"effect_measure": "RR", "effect": Decimal("1e300"), "ci_low": Decimal("1e-300"), "ci_high": Decimal("9e999")},
    {"effect_measure": "RR", "effect": Decimal(0), "ci_low": Decimal(0), "ci_high": Decimal(0)},
    {"effect_measure": "SMD", "effect": Decimal(0), "p_value": "0.00"},
    {"effect_measure": "HR", "effect": Decimal("0.5"), "ci_low": Decimal("0.2"), "ci_high": Decimal("0.9")},
]


@pytest.mark.parametrize("fields", EXTREMES)
def test_the_ends_of_arithmetic_show_no_number_that_is_none(show: Show, fields: dict[str, Any]) -> None:
    """Nobody with the event, everybody, nobody at all, the huge and the tiny: words or numbers, never “nan” or “inf”."""
    summary = show([{"domain": Domain.PAIN} | fields])
    shown = [part(summary).html for part in (show_outcomes, show_effects, show_cards)]

    assert [] == [html for html in shown if NO_NUMBER.search(re.sub(r"<[^>]*>", "", html))]
    assert json.loads(json.dumps(summary.as_json(), allow_nan=False))


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_for_a_reader_is_one(value: float) -> None:
    """A finite number is written with a true minus and never as minus nothing; what is none is refused."""
    if not math.isfinite(value):
        with pytest.raises(ValueError, match="not finite"):
            number(value)
        return
    text = number(value)

    assert (False, False) == ("-" in text.replace("e-", ""), text.startswith("−0.00") and not text.strip("−0."))


def test_nobody_in_either_arm_gives_the_counts_only(outcome: MakeOutcome) -> None:
    """Where no ratio can be had the counts still stand, and nothing is worked out of them."""
    nothing = outcome(**(BARE | events(0, 30, 0, 30)))

    assert ("", True) == (figures_of(nothing).calculated, "0 of 30 vs 0 of 30" in result_words(nothing))


# ---- certainty


def test_every_row_says_why_it_is_uncertain(summaries: dict[str, Summary], mini_summaries: dict[str, Summary]) -> None:
    """A certainty below high has a reason beside it, in both reviews, and every study of a row has a line."""
    for summary in (*summaries.values(), *mini_summaries.values()):
        for row, rated in zip(summary.outcomes, summary.judgement.assessment.bodies, strict=False):
            low_start = rated.ratings[0].judgement == "low"

            assert row.reasons or low_start or "high" == row.certainty, (summary.conclusion_id, row.domain)
            assert len(row.results) == len(rated.body.contributions)
            assert row.certainty is rated.level


def test_a_proposal_is_not_called_the_committees(mini: Review) -> None:
    """Where the committee judged only the whole, the certainty of each outcome is still called proposed."""
    whole = CertaintyJudgement(
        place=Place("x"),
        conclusion_id="winter-gloom",
        domain="overall",
        judgement="high",
        reason="r",
        judged_by="committee",
        date=None,
    )
    summary = summarise("winter-gloom", dataclasses.replace(mini, certainty=(whole,)), Audit(open=(), accepted=()))
    html = show_outcomes(summary).html
    proposed = {row.certainty.value for row in summary.outcomes if not row.confirmed}

    assert (True, False) == ("high" not in proposed, "Certainty is as the committee judged it" in html)
