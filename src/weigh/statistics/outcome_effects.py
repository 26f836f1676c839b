"""The effect of one outcome: computed from its arm figures or as reported by the source, and whether the two agree.

Methods: Cochrane Handbook chapter 6 (effect measures; standard errors from intervals and exact p values). The figures
in the tables are decimals; they are converted to floats here, where computation begins.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from decimal import Decimal

from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Contrast
from weigh.statistics.effects import (
    Effect,
    Measure,
    NotEstimable,
    checked_effect,
    hedges_g,
    log_odds_ratio,
    log_risk_ratio,
    mean_difference,
    risk_difference,
    standard_error_from_interval,
    standard_error_from_p,
)
from weigh.text.numbers import printed

__all__ = [
    "FIGURES",
    "computed_effect",
    "disagreement",
    "natural_measure",
    "other_side",
    "reported_effect",
    "usable_effect",
]

#: The columns of an outcome from which its effect is computed or read.
FIGURES = frozenset(
    {
        *(f"{arm}_{name}" for arm in ("intervention", "comparator") for name in ("n", "mean", "sd", "events")),
        *("effect_measure", "effect", "ci_low", "ci_high", "p_value", "unit"),
    }
)
#: The allowance for a reported SMD that is Cohen's d rather than Hedges' g.
_SMD_SLACK = 0.02
_MEASURES = {measure.value: measure for measure in Measure}


def _measure(outcome: Outcome) -> Measure | None:
    """The measure of the reported effect, or None where there is none or it is not supported (HR)."""
    return _MEASURES.get(outcome.effect_measure or "")


def computed_effect(outcome: Outcome, measure: Measure) -> Effect | NotEstimable:
    """The effect computed from the arm figures, or the reason naming the figures not seen.

    Events are never derived from percentages. Method: Cochrane Handbook chapter 6.
    """
    if outcome.contrast is not Contrast.BETWEEN_ARMS:
        return NotEstimable(reason="it is a change within one arm, not a comparison")
    if measure in {Measure.MD, Measure.SMD}:
        needed = {"mean": "the mean", "sd": "the standard deviation", "n": "the number of people"}
    else:
        needed = {"events": "the number of events", "n": "the number of people"}
    missing = [words for name, phrase in needed.items() if (words := _not_seen(outcome, name, phrase))]
    if missing:
        reason = f"{' and '.join(missing)} {'was' if len(missing) == 1 else 'were'} not seen"
        only_percent = "events" in needed and None not in (outcome.intervention_percent, outcome.comparator_percent)
        if only_percent and _not_seen(outcome, "events", ""):
            reason += "; percentages were, but counts are not derived from them"
        return NotEstimable(reason=reason)
    figures = [float(getattr(outcome, f"{arm}_{name}")) for arm in ("intervention", "comparator") for name in needed]
    if measure is Measure.MD:
        return mean_difference(*figures)
    if measure is Measure.SMD:
        return hedges_g(*figures)
    compute = {Measure.RR: log_risk_ratio, Measure.OR: log_odds_ratio, Measure.RD: risk_difference}[measure]
    return compute(*figures)


def _not_seen(outcome: Outcome, name: str, phrase: str) -> str:
    """A phrase naming the arms that lack a figure; empty where both have it."""
    absent = [arm for arm in ("intervention", "comparator") if getattr(outcome, f"{arm}_{name}") is None]
    where = "each arm" if len(absent) == 2 else f"the {absent[0]} arm" if absent else ""
    return f"{phrase} in {where}" if where else ""


def other_side(side: str) -> str:
    """The opposite of "intervention" or "comparator", the two values of `effect_favours`."""
    return "comparator" if side == "intervention" else "intervention"


def natural_measure(outcome: Outcome) -> Measure | None:
    """The measure of an outcome: as reported by the source, else RR for events and MD for means, else None."""
    reported = _measure(outcome)
    if reported is not None:
        return reported
    if None not in (outcome.intervention_events, outcome.comparator_events):
        return Measure.RR
    if None not in (outcome.intervention_mean, outcome.comparator_mean):
        return Measure.MD
    return None


def usable_effect(outcome: Outcome, measure: Measure) -> Effect | NotEstimable:
    """The effect computed from the arm figures if they suffice, else as reported by the source in the same measure."""
    computed = computed_effect(outcome, measure)
    if isinstance(computed, Effect) or _measure(outcome) is not measure:
        return computed
    reported = reported_effect(outcome)
    return reported if isinstance(reported, Effect) else computed


def reported_effect(outcome: Outcome) -> Effect | NotEstimable:
    """The effect as reported by the source, with the variance from its 95% interval, else from its exact p value.

    The sign is as printed: `effect_favours` states which side a value above the null favours. Hazard ratios are not
    supported. A risk difference in percentage points is converted to a proportion. A bounded p value ("<0.001", "NS")
    gives no standard error (Cochrane Handbook chapter 6).
    """
    if outcome.contrast is not Contrast.BETWEEN_ARMS:
        return NotEstimable(reason="it is a change within one arm, not a comparison")
    if outcome.effect is None or outcome.effect_measure is None:
        return NotEstimable(reason="the source reports no effect")
    measure = _measure(outcome)
    if measure is None:
        return NotEstimable(reason=f"an effect reported as {outcome.effect_measure} is not supported")
    limits = () if outcome.ci_low is None or outcome.ci_high is None else (outcome.ci_low, outcome.ci_high)
    exact = outcome.p_value.exact if outcome.p_value is not None else None
    if not limits and exact is None:
        return NotEstimable(reason="neither an interval nor an exact p value was seen")
    figures, note = _analysed(measure, [float(figure) for figure in (outcome.effect, *limits)], outcome.unit)
    if not figures:
        return NotEstimable(reason="a ratio or its limit is not above zero, so it has no logarithm")
    try:
        if limits:
            estimate, low, high = figures
            if not low <= estimate <= high:
                return NotEstimable(reason="the effect lies outside its interval")
            se = standard_error_from_interval(low, high)
        else:
            estimate = figures[0]
            se = standard_error_from_p(estimate, float(exact or "nan"))
    except ValueError:
        which = "interval" if limits else "p value"
        return NotEstimable(reason=f"the {which} as printed gives no standard error")
    return checked_effect(measure, estimate, se * se, origin="interval" if limits else "p-value", note=note)


def _analysed(measure: Measure, figures: list[float], unit: str | None) -> tuple[list[float], str]:
    """Reported figures on the analysis scale (empty where a ratio has no logarithm), and a note on any conversion."""
    if measure.is_ratio:
        return ([math.log(figure) for figure in figures] if min(figures) > 0 else []), ""
    in_percent = any(word in (unit or "").casefold() for word in ("%", "percent"))
    if measure is Measure.RD and (in_percent or max(map(abs, figures)) > 1):
        return [figure / 100 for figure in figures], "reported in percentage points"
    return figures, ""


def disagreement(outcome: Outcome) -> str | None:
    """How the reported point estimate differs from the computed one; None where they agree or cannot be compared.

    They agree if their rounding ranges overlap, with half a unit in the last printed digit allowed for the effect and
    for each arm figure. The source may subtract or divide in the opposite order, so a difference of opposite sign and
    the reciprocal of a ratio also agree. A reported SMD may be Cohen's d, for which 0.02 is allowed. A risk difference
    may be printed in percentage points.
    """
    measure = _measure(outcome)
    if outcome.effect is None or measure is None or outcome.contrast is not Contrast.BETWEEN_ARMS:
        return None
    computed = list(_possible(outcome, measure))
    if not computed:
        return None
    scale = 100 if measure is Measure.RD and abs(outcome.effect) > 1 else 1
    slack = _half_unit(outcome.effect) + (_SMD_SLACK if measure is Measure.SMD else 0)
    low, high = float(outcome.effect) - slack, float(outcome.effect) + slack
    readings = [(low, high), (-high, -low)]
    if measure.is_ratio:
        readings[1] = (1 / high, 1 / low) if low > 0 else (low, high)
    if measure is Measure.RD:
        readings += [(low / 100, high / 100) for low, high in readings]
    least, most = min(computed), max(computed)
    hair = 1e-9 * max(1.0, abs(least), abs(most))  # equal decimals may differ as floats
    if any(low <= most + hair and least <= high + hair for low, high in readings):
        return None
    digits = max(0, -_exponent(outcome.effect)) + 1
    figure = printed(Decimal(f"{computed[0] * scale:.{digits}f}"))
    return f"the source reports {measure} {printed(outcome.effect)}, but the arm figures give {figure}"


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _half_unit(number: Decimal) -> float:
    return float(Decimal(5).scaleb(_exponent(number) - 1))


def _rounded(number: Decimal) -> tuple[float, float, float]:
    """A printed figure, and the limits of the values that round to it."""
    value, half = float(number), _half_unit(number)
    return value, value - half, value + half


def _possible(outcome: Outcome, measure: Measure) -> Iterable[float]:
    """The effect from the arm figures on the printed scale, followed by the effects at the limits of their rounding."""
    one, two = outcome.intervention_mean, outcome.comparator_mean
    if measure is Measure.MD:
        if one is None or two is None:
            return ()
        return [first - second for first, second in itertools.product(_rounded(one), _rounded(two))]
    if measure is Measure.SMD:
        figures = (one, outcome.intervention_sd, two, outcome.comparator_sd)
        ranges = [_rounded(figure) for figure in figures if figure is not None]
        if len(ranges) < 4 or isinstance(computed_effect(outcome, measure), NotEstimable):
            return ()
        n1, n2 = outcome.intervention_n or 0, outcome.comparator_n or 0
        corners = (hedges_g(mean1, sd1, n1, mean2, sd2, n2) for mean1, sd1, mean2, sd2 in itertools.product(*ranges))
        return [corner.estimate for corner in corners if isinstance(corner, Effect)]
    return _possible_of_risks(outcome, measure)


def _possible_of_risks(outcome: Outcome, measure: Measure) -> Iterable[float]:
    counted = None not in (outcome.intervention_events, outcome.comparator_events)
    pairs = list(itertools.product(*_risks(outcome)))
    if measure is Measure.RD:
        return [one - two for one, two in pairs]
    if (measure is Measure.OR and not counted) or not all(0 < risk < 1 for pair in pairs for risk in pair):
        return ()  # sources correct zero cells in differing ways
    if measure is Measure.RR:
        return [one / two for one, two in pairs]
    return [one / (1 - one) / (two / (1 - two)) for one, two in pairs]


def _risks(outcome: Outcome) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The risk in each arm, from counts, else from percentages with their rounding limits; empty where not seen."""
    n1, n2 = outcome.intervention_n, outcome.comparator_n
    events1, events2 = outcome.intervention_events, outcome.comparator_events
    if events1 is not None and events2 is not None and n1 and n2:
        return (events1 / n1,), (events2 / n2,)
    one, two = outcome.intervention_percent, outcome.comparator_percent
    if one is None or two is None:
        return (), ()
    return tuple(end / 100 for end in _rounded(one)), tuple(end / 100 for end in _rounded(two))
