"""Effect sizes: properties of the formulas, behaviour at zero, and agreement of reported figures with arm figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Contrast
from weigh.statistics.effects import (
    Effect,
    Measure,
    NotEstimable,
    hedges_g,
    log_odds_ratio,
    log_risk_ratio,
    mean_difference,
    risk_difference,
    standard_error_from_interval,
    standard_error_from_p,
)
from weigh.statistics.outcome_effects import computed_effect, disagreement, natural_measure, reported_effect

MakeOutcome = Callable[..., Outcome]
RATIOS = (log_risk_ratio, log_odds_ratio)
OF_COUNTS = (*RATIOS, risk_difference)
OF_MEANS = (mean_difference, hedges_g)

NO_FIGURES: dict[str, Any] = {
    f"{arm}_{name}": None for arm in ("intervention", "comparator") for name in ("n", "mean", "sd", "events", "percent")
} | dict.fromkeys(("effect_measure", "effect", "ci_low", "ci_high", "effect_favours", "p_value", "unit"))

WORDS = {"contrast", "effect_measure", "p_value", "unit"}

# Any magnitude of a float, including zero and subnormal numbers.
ANY = st.floats(allow_nan=False, allow_infinity=False)
PEOPLE = st.integers(min_value=2, max_value=10**6)


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, int, int, int]:
    n1, n2 = draw(PEOPLE), draw(PEOPLE)
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


@pytest.fixture(scope="session")
def with_figures(outcome: MakeOutcome) -> MakeOutcome:
    """An outcome with only the figures that a test specifies, given as they would be printed."""

    def make(**fields: Any) -> Outcome:
        numbers = {
            name: Decimal(value) if isinstance(value, str) and name not in WORDS else value
            for name, value in fields.items()
        }
        return outcome(**NO_FIGURES | numbers)

    return make


def had(result: Effect | NotEstimable) -> Effect:
    assert isinstance(result, Effect), result
    return result


def sound(effect: Effect) -> bool:
    figures = (effect.estimate, effect.variance, effect.se, effect.low, effect.high)
    return all(map(math.isfinite, figures)) and effect.variance > 0 and effect.low <= effect.estimate <= effect.high


# ---- zero cells


@pytest.mark.parametrize("compute", RATIOS)
def test_a_zero_cell_adds_a_half_to_all_four(compute: Callable[..., Effect | NotEstimable]) -> None:
    """With one zero cell, the result is that of the table with 0.5 added to each cell, and the note says so."""
    corrected = had(compute(0, 20, 5, 20))
    assert had(compute(0.5, 21, 5.5, 21)).estimate == pytest.approx(corrected.estimate)
    assert had(compute(0.5, 21, 5.5, 21)).variance == pytest.approx(corrected.variance)
    assert "0.5" in corrected.note


def test_a_table_without_zero_is_left_alone() -> None:
    """Without a zero cell there is no correction: the odds ratio is that of the four cells."""
    effect = had(log_odds_ratio(1, 10, 4, 12))
    assert math.log((1 / 9) / (4 / 8)) == pytest.approx(effect.estimate)
    assert 1 + 1 / 9 + 1 / 4 + 1 / 8 == pytest.approx(effect.variance)
    assert "" == effect.note


@pytest.mark.parametrize("compute", RATIOS)
@pytest.mark.parametrize(("events", "word"), [((0, 0), "no one"), ((20, 30), "everyone")])
def test_a_study_without_contrast_of_events_has_no_ratio(
    compute: Callable[..., Effect | NotEstimable], events: tuple[int, int], word: str
) -> None:
    """No event, or only events, in both arms carries no information on a ratio."""
    result = compute(events[0], 20, events[1], 30)
    assert isinstance(result, NotEstimable)
    assert word in result.reason


@pytest.mark.parametrize("events", [(0, 0), (20, 30), (0, 30), (20, 0)])
def test_a_risk_difference_without_variance_is_not_estimable(events: tuple[int, int]) -> None:
    """A variance of zero is not accepted as precision."""
    assert isinstance(risk_difference(events[0], 20, events[1], 30), NotEstimable)


def test_a_risk_difference_takes_no_correction() -> None:
    """One arm without events leaves the difference uncorrected."""
    effect = had(risk_difference(0, 20, 5, 20))
    assert -0.25 == effect.estimate
    assert 0.25 * 0.75 / 20 == pytest.approx(effect.variance)


# ---- impossible figures


@pytest.mark.parametrize("compute", OF_COUNTS)
@pytest.mark.parametrize(
    "table", [(1, 0, 1, 5), (1, 5, 1, -5), (6, 5, 1, 5), (-1, 5, 1, 5), (math.nan, 5, 1, 5), (1, 10**400, 1, 5)]
)
def test_an_impossible_table_gives_a_reason(compute: Callable[..., Effect | NotEstimable], table: Any) -> None:
    """Impossible counts give neither an exception nor a number."""
    result = compute(*table)
    assert isinstance(result, NotEstimable)
    assert result.reason


@pytest.mark.parametrize("compute", OF_MEANS)
@pytest.mark.parametrize(
    ("figures", "word"),
    [
        ((1, 0, 9, 2, 0, 9), "zero"),
        ((1, 1, 1, 2, 1, 9), "two"),
        ((1, 1, 9, 2, 1, 0), "two"),
        ((1, -1, 9, 2, 1, 9), "negative"),
        ((math.inf, 1, 9, 2, 1, 9), "large"),
        ((1e308, 1, 9, -1e308, 1, 9), "large"),
        ((1, 1e200, 9, 2, 1e200, 10**400), "large"),
    ],
)
def test_impossible_means_give_a_reason(
    compute: Callable[..., Effect | NotEstimable], figures: tuple[float, ...], word: str
) -> None:
    """Impossible means give neither an exception nor a number."""
    result = compute(*figures)
    assert isinstance(result, NotEstimable)
    assert word in result.reason


@example([2.2250738585072014e-308, 9007199254740992.0, 0.5, 1.0, 0.0, 0.0])
@given(st.lists(ANY, min_size=6, max_size=6))
def test_extreme_figures_give_a_number_or_a_reason(figures: list[float]) -> None:
    """No input gives NaN, infinity or an exception."""
    results = [compute(*figures) for compute in OF_MEANS] + [compute(*figures[:4]) for compute in OF_COUNTS]
    results.append(mean_difference(*figures, pooled_sd=True))
    for result in results:
        if isinstance(result, Effect):
            assert all(map(math.isfinite, (result.estimate, result.variance, *result.shown)))


@given(tables())
def test_every_possible_table_gives_a_number_or_a_reason(table: tuple[int, int, int, int]) -> None:
    """Among possible tables, only those without a contrast of events have no ratio."""
    events1, n1, events2, n2 = table
    for compute in RATIOS:
        result = compute(*table)
        none = (events1, events2) == (0, 0) or (events1, events2) == (n1, n2)
        assert none == isinstance(result, NotEstimable)
        assert none or sound(had(result))


# ---- properties of the formulas


@given(tables())
def test_swapping_the_arms_of_a_table_negates(table: tuple[int, int, int, int]) -> None:
    """Swapping the arms reverses the sign and keeps the size."""
    events1, n1, events2, n2 = table
    for compute in OF_COUNTS:
        one, other = compute(events1, n1, events2, n2), compute(events2, n2, events1, n1)
        if isinstance(one, Effect):
            assert -one.estimate == pytest.approx(had(other).estimate, abs=1e-12)
            assert one.variance == pytest.approx(had(other).variance)


MEANS = st.tuples(
    st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), PEOPLE, st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), PEOPLE
)


@given(MEANS)
def test_swapping_the_arms_of_means_negates(figures: tuple[float, ...]) -> None:
    """Swapping the arms reverses the sign and keeps the size."""
    for compute in OF_MEANS:
        one, other = had(compute(*figures)), had(compute(*figures[3:], *figures[:3]))
        assert -one.estimate == pytest.approx(other.estimate)
        assert one.variance == pytest.approx(other.variance)


@given(MEANS, st.floats(1e-3, 1e3))
def test_another_unit_scales_md_and_leaves_smd(figures: tuple[float, ...], scale: float) -> None:
    """Millimetres instead of centimetres multiply MD by ten and its variance by a hundred, and leave SMD unchanged."""
    m1, s1, n1, m2, s2, n2 = figures
    scaled = (m1 * scale, s1 * scale, n1, m2 * scale, s2 * scale, n2)
    md, g = had(mean_difference(*figures)), had(hedges_g(*figures))
    assert scale * md.estimate == pytest.approx(had(mean_difference(*scaled)).estimate, rel=1e-6, abs=1e-6)
    assert scale**2 * md.variance == pytest.approx(had(mean_difference(*scaled)).variance)
    assert g.estimate == pytest.approx(had(hedges_g(*scaled)).estimate, rel=1e-6, abs=1e-6)


def test_the_factor_of_hedges_is_exact() -> None:
    """J of 8 degrees of freedom, from gamma functions of whole and half numbers: Γ(4)/(2 Γ(3.5))."""
    exact = 6 / (2 * (15 / 8) * math.sqrt(math.pi))
    assert exact == pytest.approx(had(hedges_g(1, 1, 5, 0, 1, 5)).estimate, rel=1e-14)


def test_the_factor_of_hedges_has_no_step() -> None:
    """At the threshold between gamma functions and the series, the two agree."""
    below, above = had(hedges_g(1, 1, 50_000, 0, 1, 50_001)), had(hedges_g(1, 1, 50_001, 0, 1, 50_002))
    assert below.estimate == pytest.approx(above.estimate, rel=1e-9)


def test_a_ratio_is_shown_as_a_ratio() -> None:
    """Readers see RR 2 with its limits, not their logs; a difference is shown unchanged."""
    effect = had(log_risk_ratio(20, 100, 10, 100))
    half = 1.959963984540054 * math.sqrt(1 / 20 + 1 / 10 - 2 / 100)
    assert (2, 2 / math.exp(half), 2 * math.exp(half)) == pytest.approx(effect.shown)
    md = had(mean_difference(3, 1, 10, 1, 1, 10))
    assert (md.estimate, md.low, md.high) == md.shown
    assert Measure.RR.is_ratio
    assert not Measure.SMD.is_ratio
    assert {0.0} == {measure.null for measure in Measure}


# ---- standard errors from printed figures


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.sampled_from([0.9, 0.95, 0.99]), st.none() | st.integers(3, 200))
def test_a_standard_error_comes_back_from_its_interval(
    estimate: float, se: float, level: float, df: int | None
) -> None:
    """An interval built from a standard error returns it, for the normal distribution and for t."""
    from scipy.stats import norm, t

    quantile = norm.ppf((1 + level) / 2) if df is None else t.ppf((1 + level) / 2, df)
    low, high = estimate - quantile * se, estimate + quantile * se
    assert se == pytest.approx(standard_error_from_interval(low, high, level=level, df=df), rel=1e-6)


@given(st.floats(1e-3, 1e3), st.floats(1e-6, 0.999), st.none() | st.integers(3, 200), st.sampled_from([-1, 1]))
def test_a_standard_error_comes_back_from_its_p(effect: float, p: float, df: int | None, sign: int) -> None:
    """The effect divided by its standard error has the given p."""
    from scipy.stats import norm, t

    statistic = effect / standard_error_from_p(sign * effect, p, df=df)
    assert p == pytest.approx(2 * (norm.sf(statistic) if df is None else t.sf(statistic, df)), rel=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "how"),
    [(1, 1, {}), (2, 1, {}), (math.nan, 1, {}), (0, math.inf, {}), (0, 1, {"level": 1}), (0, 1, {"df": 0})],
)
def test_no_standard_error_from_no_interval(low: float, high: float, how: dict[str, float]) -> None:
    """An invalid interval is refused."""
    with pytest.raises(ValueError, match=r"no interval|not between 0 and 1|not positive"):
        standard_error_from_interval(low, high, **how)


@pytest.mark.parametrize(("effect", "p"), [(0, 0.5), (1, 0), (1, 1), (1, math.nan), (math.inf, 0.5), (1, 5e-324)])
def test_no_standard_error_from_an_idle_p(effect: float, p: float) -> None:
    """An effect of zero, and a p of 0, 1 or beyond, carry no information on precision."""
    with pytest.raises(ValueError, match="no standard error"):
        standard_error_from_p(effect, p)


# ---- from an outcome

COUNTS = {"intervention_events": 4, "intervention_n": 123, "comparator_events": 11, "comparator_n": 139}
MEAN_FIGURES = {
    "intervention_mean": "55",
    "intervention_sd": "47",
    "intervention_n": 155,
    "comparator_mean": "75",
    "comparator_sd": "64",
    "comparator_n": 156,
}


def test_an_effect_is_computed_from_the_arms(with_figures: MakeOutcome) -> None:
    """Each measure uses the figures of its arms, with the intervention first."""
    assert had(log_risk_ratio(4, 123, 11, 139)) == computed_effect(with_figures(**COUNTS), Measure.RR)
    assert had(log_odds_ratio(4, 123, 11, 139)) == computed_effect(with_figures(**COUNTS), Measure.OR)
    assert had(risk_difference(4, 123, 11, 139)) == computed_effect(with_figures(**COUNTS), Measure.RD)
    assert had(mean_difference(55, 47, 155, 75, 64, 156)) == computed_effect(with_figures(**MEAN_FIGURES), Measure.MD)
    assert had(hedges_g(55, 47, 155, 75, 64, 156)) == computed_effect(with_figures(**MEAN_FIGURES), Measure.SMD)


@pytest.mark.parametrize(
    ("missing", "measure", "reason"),
    [
        (("intervention_n", "comparator_n"), Measure.MD, "the number of people in each arm was not seen"),
        (("comparator_sd",), Measure.SMD, "the standard deviation in the comparator arm was not seen"),
        (
            ("intervention_mean", "comparator_sd"),
            Measure.MD,
            "the mean in the intervention arm and the standard deviation in the comparator arm were not seen",
        ),
    ],
)
def test_the_reason_names_what_was_not_seen(
    with_figures: MakeOutcome, missing: tuple[str, ...], measure: Measure, reason: str
) -> None:
    """The reason names the missing figure."""
    figures = {name: value for name, value in MEAN_FIGURES.items() if name not in missing}
    assert NotEstimable(reason=reason) == computed_effect(with_figures(**figures), measure)


def test_events_are_not_derived_from_percentages(with_figures: MakeOutcome) -> None:
    """Percentages and sizes without counts give a reason, not an effect."""
    result = computed_effect(
        with_figures(intervention_percent="10", intervention_n=50, comparator_percent="20", comparator_n=50), Measure.RR
    )
    assert isinstance(result, NotEstimable)
    assert "not derived" in result.reason


def test_a_change_within_one_arm_is_no_effect(with_figures: MakeOutcome) -> None:
    """A change from before to after is not a comparison of arms."""
    within = with_figures(**COUNTS, contrast=Contrast.WITHIN_ARM, effect_measure="RR", effect="1.2", p_value="0.01")
    assert isinstance(computed_effect(within, Measure.RR), NotEstimable)
    assert isinstance(reported_effect(within), NotEstimable)
    assert disagreement(within) is None


def test_a_reported_ratio_is_taken_as_its_log(with_figures: MakeOutcome) -> None:
    """For RR 1.5 with limits 0.84 and 2.7, the standard error is on the log scale."""
    effect = had(reported_effect(with_figures(effect_measure="RR", effect="1.5", ci_low="0.84", ci_high="2.7")))
    assert math.log(1.5) == pytest.approx(effect.estimate)
    assert (math.log(2.7) - math.log(0.84)) / 2 / 1.959963984540054 == pytest.approx(effect.se)
    assert "interval" == effect.origin


def test_an_exact_p_stands_in_for_an_interval(with_figures: MakeOutcome) -> None:
    """Without an interval, the exact p gives the standard error, and the effect records it."""
    effect = had(reported_effect(with_figures(effect_measure="MD", effect="-2", p_value="0.05")))
    assert 2 / 1.959963984540054 == pytest.approx(effect.se)
    assert (-2, "p-value") == (effect.estimate, effect.origin)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "reports no effect"),
        ({"effect_measure": "HR", "effect": "0.8", "ci_low": "0.5", "ci_high": "1.2"}, "HR"),
        ({"effect_measure": "MD", "effect": "2"}, "neither"),
        ({"effect_measure": "MD", "effect": "2", "ci_low": "1"}, "neither"),
        ({"effect_measure": "MD", "effect": "2", "p_value": "<0.001"}, "neither"),
        ({"effect_measure": "MD", "effect": "2", "p_value": ">0.05"}, "neither"),
        ({"effect_measure": "MD", "effect": "2", "p_value": "NS"}, "neither"),
        ({"effect_measure": "MD", "effect": "2", "p_value": "0.000"}, "neither"),
        ({"effect_measure": "RR", "effect": "1", "p_value": "0.90"}, "p value"),
        ({"effect_measure": "MD", "effect": "2", "ci_low": "2", "ci_high": "2"}, "interval"),
        ({"effect_measure": "MD", "effect": "2", "ci_low": "3", "ci_high": "4"}, "outside"),
        ({"effect_measure": "RR", "effect": "0.4", "ci_low": "0.0", "ci_high": "2"}, "logarithm"),
    ],
)
def test_a_reported_effect_without_precision_gives_a_reason(
    with_figures: MakeOutcome, fields: dict[str, str], word: str
) -> None:
    """A bounded p, a limit of zero for a ratio and similar figures give no standard error."""
    result = reported_effect(with_figures(**fields))
    assert isinstance(result, NotEstimable)
    assert word in result.reason


@pytest.mark.parametrize(
    ("effect", "low", "high", "unit"), [("5", "-1", "11", None), ("0.5", "-0.1", "1.0", "percent")]
)
def test_a_risk_difference_in_points_becomes_a_proportion(
    with_figures: MakeOutcome, effect: str, low: str, high: str, unit: str | None
) -> None:
    """Computed and reported risk differences are on the same scale."""
    found = had(reported_effect(with_figures(effect_measure="RD", effect=effect, ci_low=low, ci_high=high, unit=unit)))
    assert float(effect) / 100 == pytest.approx(found.estimate)
    assert "percentage points" in found.note


def test_the_measure_of_an_outcome(with_figures: MakeOutcome) -> None:
    """The reported measure comes first; a hazard ratio is skipped."""
    assert Measure.OR is natural_measure(with_figures(**COUNTS, effect_measure="OR", effect="1"))
    assert Measure.RR is natural_measure(with_figures(**COUNTS, effect_measure="HR", effect="1"))
    assert Measure.RR is natural_measure(with_figures(**COUNTS))
    assert Measure.MD is natural_measure(with_figures(intervention_mean="1", comparator_mean="2"))
    assert natural_measure(with_figures(intervention_mean="1")) is None


# ---- reported and computed effects


def means(one: str, two: str, **others: Any) -> dict[str, Any]:
    return {"intervention_mean": one, "comparator_mean": two, **others}


@pytest.mark.parametrize(
    "fields",
    [
        {"effect_measure": "MD", "effect": "9", **means("23", "14")},
        {"effect_measure": "MD", "effect": "-9", **means("23", "14")},  # comparator minus intervention
        {"effect_measure": "MD", "effect": "8", **means("23", "14")},  # 22.5 minus 14.5 is 8
        {"effect_measure": "RR", "effect": "0.41", **COUNTS},
        {"effect_measure": "RR", "effect": "2.43", **COUNTS},  # comparator over intervention
        {"effect_measure": "OR", "effect": "0.39", **COUNTS},
        {"effect_measure": "RD", "effect": "-0.05", **COUNTS},
        {"effect_measure": "RD", "effect": "4.7", **COUNTS},  # percentage points
        {"effect_measure": "RR", "effect": "0.5", "intervention_percent": "10", "comparator_percent": "20"},
        {"effect_measure": "SMD", "effect": "-0.36", **MEAN_FIGURES},
        {"effect_measure": "SMD", "effect": "-0.37", **MEAN_FIGURES},  # within the difference of d and g
        {"effect_measure": "HR", "effect": "7", **COUNTS},
        {"effect_measure": "RR", "effect": "7", **COUNTS | {"intervention_events": 0}},  # zero-cell corrections differ
        {"effect_measure": "OR", "effect": "7", "intervention_percent": "10", "comparator_percent": "20"},
        {"effect_measure": "RR", "effect": "7"},
        {"effect_measure": "SMD", "effect": "7", **means("23", "14")},
        {"effect_measure": "MD", "effect": "7", "intervention_mean": "3"},
        {**COUNTS},
    ],
)
def test_figures_that_agree_within_rounding_are_left_alone(with_figures: MakeOutcome, fields: dict[str, Any]) -> None:
    """Rounding, the opposite order of the arms and incomparable figures are not disagreements."""
    assert disagreement(with_figures(**fields)) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"effect_measure": "MD", "effect": "9", **means("23.0", "15.5")}, "MD 9, but the arm figures give 7.5"),
        ({"effect_measure": "MD", "effect": "7.4", **means("23", "14")}, "MD 7.4, but the arm figures give 9.00"),
        ({"effect_measure": "RR", "effect": "0.42", **COUNTS}, "RR 0.42, but the arm figures give 0.411"),
        ({"effect_measure": "OR", "effect": "0.50", **COUNTS}, "OR 0.50, but the arm figures give 0.391"),
        ({"effect_measure": "RD", "effect": "7", **COUNTS}, "RD 7, but the arm figures give −4.7"),
        ({"effect_measure": "SMD", "effect": "-0.42", **MEAN_FIGURES}, "SMD −0.42, but the arm figures give −0.355"),
        (
            {"effect_measure": "RR", "effect": "0.6", "intervention_percent": "10", "comparator_percent": "20"},
            "RR 0.6, but the arm figures give 0.50",
        ),
    ],
)
def test_figures_that_disagree_are_named(with_figures: MakeOutcome, fields: dict[str, Any], said: str) -> None:
    """The sentence gives both figures."""
    assert f"the source reports {said}" == disagreement(with_figures(**fields))


@given(one=st.decimals(-100, 100, places=1), two=st.decimals(-100, 100, places=1), reverse=st.booleans())
def test_a_difference_that_was_rounded_always_agrees(
    with_figures: MakeOutcome, one: Decimal, two: Decimal, reverse: bool
) -> None:
    """Whatever the means, their difference rounded to integers is not a disagreement, in either order."""
    difference = (two - one if reverse else one - two).quantize(Decimal(1))
    fields = with_figures(intervention_mean=one, comparator_mean=two, effect_measure="MD", effect=difference)
    assert disagreement(fields) is None
