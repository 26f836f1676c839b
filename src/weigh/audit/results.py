"""Rules on results: figures that contradict each other or are impossible."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from weigh.audit.rule import Context, Defect, Rule, on_outcome, rule
from weigh.evidence.vocabulary import Contrast, Direction
from weigh.statistics.outcome_effects import other_side
from weigh.text.numbers import printed

__all__ = ["RULES", "largest_sd", "percent_possible"]

_OURS = "our tables, or the source"
_NULL = {"RR": Decimal(1), "OR": Decimal(1), "HR": Decimal(1), "MD": Decimal(0), "SMD": Decimal(0), "RD": Decimal(0)}
_ALPHA = Decimal("0.05")
_ARMS = ("intervention", "comparator")


@rule(
    "interval-against-p",
    family="results",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="The 95% interval and the p value disagree on whether the result is significant.",
    settle="Compare with the source; correct the wrong figure, or state in the note that the source prints it so.",
)
def interval_against_p(context: Context) -> Iterator[Defect]:
    """Report intervals that include the null value with p below 0.05, or exclude it with p above 0.05."""
    for outcome in context.review.outcomes:
        null = _NULL.get(outcome.effect_measure or "")
        if null is None or outcome.ci_low is None or outcome.ci_high is None or outcome.p_value is None:
            continue
        inside = outcome.ci_low <= null <= outcome.ci_high
        if outcome.p_value.is_below(_ALPHA) if inside else outcome.p_value.is_at_least(_ALPHA):
            where = "includes" if inside else "excludes"
            yield on_outcome(
                context,
                outcome,
                "p_value",
                f"the interval {printed(outcome.ci_low)} to {printed(outcome.ci_high)} {where} {null}, but p is printed as {outcome.p_value}",
            )


@rule(
    "direction-against-effect",
    family="results",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="The direction is not the side that the reported effect favours.",
    settle="Compare with the source; correct the direction, the sign, or effect_favours.",
)
def direction_against_effect(context: Context) -> Iterator[Defect]:
    """Report effects whose sign contradicts the direction."""
    for outcome in context.review.outcomes:
        null = _NULL.get(outcome.effect_measure or "")
        if null is None or outcome.effect is None or outcome.effect == null or outcome.effect_favours is None:
            continue
        above = outcome.effect > null
        side = outcome.effect_favours if above else other_side(outcome.effect_favours)
        named = {Direction.FAVOURS_INTERVENTION: "intervention", Direction.FAVOURS_COMPARATOR: "comparator"}.get(
            outcome.direction
        )
        if named is not None and named != side:
            yield on_outcome(
                context,
                outcome,
                "direction",
                f"an effect of {outcome.effect_measure} {printed(outcome.effect)} favours the {side}, but the direction is {outcome.direction.value}",
            )


def largest_sd(mean: float, low: float, high: float, n: int | None) -> float:
    """The largest possible standard deviation for a mean on a bounded scale, in the unit of the scale.

    With n known, it is the sample standard deviation (denominator n - 1); otherwise the population one.

    >>> largest_sd(5, 0, 10, None)
    5.0
    """
    largest = math.sqrt(max(0.0, (mean - low) * (high - mean)))
    return largest * math.sqrt(n / (n - 1)) if n is not None and n > 1 else largest if n is None else 0.0


@rule(
    "sd-impossible",
    family="results",
    kind="data",
    severity="error",
    whose=_OURS,
    means="The mean or the standard deviation is impossible on the scale of the outcome.",
    settle="Compare with the source; the figure may be a standard error, or the scale may differ.",
)
def sd_impossible(context: Context) -> Iterator[Defect]:
    """Report means outside the scale, and standard deviations that the scale does not permit."""
    for outcome in context.review.outcomes:
        low, high = outcome.scale_min, outcome.scale_max
        for arm in _ARMS:
            mean, sd, n = (getattr(outcome, f"{arm}_{name}") for name in ("mean", "sd", "n"))
            if mean is None or low is None or high is None:
                continue
            if not low <= mean <= high:
                yield on_outcome(
                    context,
                    outcome,
                    f"{arm}_mean",
                    f"a mean of {printed(mean)} lies outside the scale from {printed(low)} to {printed(high)}",
                )
            elif (
                sd is not None
                and n is None
                and float(sd) > largest_sd(float(mean), float(low), float(high), None) * math.sqrt(2)
            ):
                # Without n the factor n / (n - 1) is unknown; two is its largest value.
                yield on_outcome(
                    context,
                    outcome,
                    f"{arm}_sd",
                    f"an SD of {sd} around {printed(mean)} is impossible on a scale from {printed(low)} to {printed(high)}",
                )
            elif (
                sd is not None
                and n is not None
                and float(sd) > largest_sd(float(mean), float(low), float(high), n) + 10.0 ** _exponent(sd) / 2
            ):
                yield on_outcome(
                    context,
                    outcome,
                    f"{arm}_sd",
                    f"an SD of {sd} around {printed(mean)} is impossible on a scale from {printed(low)} to {printed(high)} with n = {n}",
                )


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def percent_possible(percent: Decimal, n: int, events: int | None = None) -> bool:
    """Whether a printed percentage is possible for n units (and `events`, if known) at its number of decimals.

    Method: the GRIM test (Brown and Heathers 2017), for proportions.

    >>> percent_possible(Decimal("85.8"), 120, 103), percent_possible(Decimal("85.8"), 12)
    (True, False)
    """
    digits = max(0, -_exponent(percent))
    half = Decimal(1).scaleb(-digits) / 2
    counts = [events] if events is not None else {math.floor(percent * n / 100), math.ceil(percent * n / 100)}
    return any(abs(Decimal(100 * count) / n - percent) <= half for count in counts)


@rule(
    "percent-not-from-n",
    family="results",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="The percentage is impossible given the number of units in its arm, or its events.",
    settle="Compare with the source; n may differ from the number entered.",
)
def percent_not_from_n(context: Context) -> Iterator[Defect]:
    """Report percentages that fail the GRIM test."""
    for outcome in context.review.outcomes:
        for arm in _ARMS:
            percent, n, events = (getattr(outcome, f"{arm}_{name}") for name in ("percent", "n", "events"))
            if percent is not None and n and not percent_possible(percent, n, events):
                of = f"{events} of {n}" if events is not None else f"{n} units"
                yield on_outcome(context, outcome, f"{arm}_percent", f"{percent}% is impossible for {of}")


@rule(
    "arms-do-not-add-up",
    family="results",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="The arms of an outcome contain more units than the study enrolled.",
    settle="Compare with the source; one of the numbers may count a different unit.",
)
def arms_do_not_add_up(context: Context) -> Iterator[Defect]:
    """Report arms that add up to more than the study enrolled; crossover trials count each unit in both arms."""
    for outcome in context.review.outcomes:
        study = context.review.studies[outcome.study_id]
        enrolled, one, other = study.n_enrolled, outcome.intervention_n, outcome.comparator_n
        if enrolled is None or outcome.contrast is not Contrast.BETWEEN_ARMS:
            continue
        total = max(one or 0, other or 0) if _crossover(study.design_detail) else (one or 0) + (other or 0)
        if total > enrolled:
            yield on_outcome(
                context, outcome, "intervention_n", f"the arms contain {total}, but the study enrolled {enrolled}"
            )


def _crossover(detail: str | None) -> bool:
    return "crossover" in (detail or "").replace("-", "").casefold()


RULES: tuple[Rule, ...] = (
    sd_impossible,
    interval_against_p,
    direction_against_effect,
    percent_not_from_n,
    arms_do_not_add_up,
)
