"""Effect sizes with their standard errors: from arm figures, a reported interval, or an exact p value.

Methods: Cochrane Handbook chapter 6 (effect measures; standard errors from intervals and p values) and chapter 10
(zero cells); Hedges 1981 (exact small-sample factor of the standardised mean difference). Ratios are analysed on the
natural log scale, so that the null value is 0 for every measure. The intervention arm always comes first.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

__all__ = [
    "Effect",
    "Measure",
    "NotEstimable",
    "checked_effect",
    "hedges_g",
    "log_odds_ratio",
    "log_risk_ratio",
    "mean_difference",
    "risk_difference",
    "standard_error_from_interval",
    "standard_error_from_p",
]

#: The normal quantile of a two-sided 95% interval.
Z95 = 1.959963984540054
#: The largest exponent whose exponential is finite, with a margin.
_LARGEST_LOG = 709.0
#: Degrees of freedom above which the exact factor J equals its series to machine precision.
_MANY = 1e5
_ZERO_CELL = "0.5 was added to each cell of the table, because one of them is zero"
_SIZE = "the figures are too large or too small for computation"


class Measure(StrEnum):
    """The measure that compares the two arms."""

    RR = "RR"
    OR = "OR"
    RD = "RD"
    MD = "MD"
    SMD = "SMD"

    @property
    def is_ratio(self) -> bool:
        """Whether the measure is a ratio, analysed on the natural log scale."""
        return self in {Measure.RR, Measure.OR}

    @property
    def null(self) -> float:
        """The null value on the analysis scale: 0 for every measure."""
        return 0.0

    def shown(self, value: float) -> float:
        """A value of the analysis scale converted for readers: ratios are exponentiated, capped to stay finite."""
        return math.exp(min(value, _LARGEST_LOG)) if self.is_ratio else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect and its sampling variance on the analysis scale: natural log for RR and OR, otherwise unchanged.

    RD is a difference of proportions (0.05 is five percentage points); MD is in the unit of the outcome; SMD is in
    standard deviations. `origin` is "arm figures", "interval" or "p-value"; `note` names any correction applied.
    """

    measure: Measure
    estimate: float
    variance: float
    origin: str
    note: str

    @property
    def se(self) -> float:
        """The standard error on the analysis scale."""
        return math.sqrt(self.variance)

    @property
    def low(self) -> float:
        """The lower 95% confidence limit (normal distribution) on the analysis scale."""
        return self.estimate - Z95 * self.se

    @property
    def high(self) -> float:
        """The upper 95% confidence limit (normal distribution) on the analysis scale."""
        return self.estimate + Z95 * self.se

    def turned(self) -> Effect:
        """The effect with its sign reversed, as for swapped arms or a reversed scale."""
        return dataclasses.replace(self, estimate=-self.estimate)

    @property
    def shown(self) -> tuple[float, float, float]:
        """Estimate, lower and upper limit on the scale for readers; see `Measure.shown`."""
        return self.measure.shown(self.estimate), self.measure.shown(self.low), self.measure.shown(self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEstimable:
    """The reason why an effect cannot be estimated, as a clause without a final period."""

    reason: str


# ---- from arm figures


def log_risk_ratio(events1: float, n1: float, events2: float, n2: float) -> Effect | NotEstimable:
    """The log risk ratio; if a cell is zero, 0.5 is added to every cell (Cochrane Handbook chapter 10).

    Not estimable if no participant or every participant in both arms had the event: such a study carries no information
    on a ratio.

    >>> round(log_risk_ratio(4, 123, 11, 139).estimate, 4)
    -0.8893
    """
    cells = _corrected_table(events1, n1, events2, n2)
    if isinstance(cells, NotEstimable):
        return cells
    a, b, c, d, note = cells
    risk1, risk2 = a / (a + b), c / (c + d)
    if not (risk1 and risk2):  # the risk of a tiny count in a huge arm underflows to zero
        return NotEstimable(reason=_SIZE)
    # 1/a - 1/n as b/(a n): the same, without the difference of two numbers that may be nearly equal.
    variance = b / a / (a + b) + d / c / (c + d)
    return checked_effect(Measure.RR, math.log(risk1) - math.log(risk2), variance, note=note)


def log_odds_ratio(events1: float, n1: float, events2: float, n2: float) -> Effect | NotEstimable:
    """The log odds ratio, with the zero-cell correction of `log_risk_ratio` (Cochrane Handbook chapters 6 and 10)."""
    cells = _corrected_table(events1, n1, events2, n2)
    if isinstance(cells, NotEstimable):
        return cells
    a, b, c, d, note = cells
    estimate = math.log(a) - math.log(b) - math.log(c) + math.log(d)
    return checked_effect(Measure.OR, estimate, 1 / a + 1 / b + 1 / c + 1 / d, note=note)


def risk_difference(events1: float, n1: float, events2: float, n2: float) -> Effect | NotEstimable:
    """The difference of two proportions, without a zero-cell correction (Cochrane Handbook chapter 6).

    Not estimable if, in each arm, either no participant or every participant had the event: the variance formula would
    give zero.
    """
    cells = _table(events1, n1, events2, n2)
    if isinstance(cells, NotEstimable):
        return cells
    a, b, c, d = cells
    size1, size2 = a + b, c + d
    variance = a / size1 * (b / size1) / size1 + c / size2 * (d / size2) / size2
    if (a == 0 or b == 0) and (c == 0 or d == 0):
        return NotEstimable(reason="in each arm either no one or everyone had the event, so the variance is unknown")
    return checked_effect(Measure.RD, a / size1 - c / size2, variance)


def mean_difference(  # noqa: PLR0917 - the order of a results table: mean, SD and size of each arm
    mean1: float, sd1: float, n1: float, mean2: float, sd2: float, n2: float, *, pooled_sd: bool = False
) -> Effect | NotEstimable:
    """The difference of two means, in the unit of the outcome (Cochrane Handbook chapter 6).

    With `pooled_sd`, the pooled standard deviation is used for both arms, as in Normand 1999.
    """
    arms = _means(mean1, sd1, n1, mean2, sd2, n2)
    if isinstance(arms, NotEstimable):
        return arms
    mean1, sd1, n1, mean2, sd2, n2 = arms
    if pooled_sd:
        sd1 = sd2 = _pooled_sd(sd1, n1, sd2, n2)
    return checked_effect(Measure.MD, mean1 - mean2, sd1 * sd1 / n1 + sd2 * sd2 / n2)


def hedges_g(  # noqa: PLR0917 - as `mean_difference`
    mean1: float, sd1: float, n1: float, mean2: float, sd2: float, n2: float
) -> Effect | NotEstimable:
    """The standardised mean difference in standard deviations: Hedges' g with the exact factor J (Hedges 1981)."""
    arms = _means(mean1, sd1, n1, mean2, sd2, n2)
    if isinstance(arms, NotEstimable):
        return arms
    mean1, sd1, n1, mean2, sd2, n2 = arms
    spread = _pooled_sd(sd1, n1, sd2, n2)
    if spread == 0:
        return NotEstimable(reason=_SIZE)
    g = _exact_j(n1 + n2 - 2) * ((mean1 - mean2) / spread)
    return checked_effect(Measure.SMD, g, 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2)))


def _exact_j(df: float) -> float:
    if df > _MANY:
        # Subtracting two large lgammas would cancel all digits; the error of the series is below 1e-15 here.
        return 1 - 3 / (4 * df - 1)
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2) - math.log(df / 2) / 2)


def _pooled_sd(sd1: float, n1: float, sd2: float, n2: float) -> float:
    # hypot avoids squaring, so it neither overflows nor underflows.
    df = n1 + n2 - 2
    return math.hypot(sd1 * math.sqrt((n1 - 1) / df), sd2 * math.sqrt((n2 - 1) / df))


def checked_effect(
    measure: Measure, estimate: float, variance: float, *, origin: str = "arm figures", note: str = ""
) -> Effect | NotEstimable:
    """An effect, or not estimable if its figures are not finite or its variance is not positive."""
    if not (math.isfinite(estimate) and math.isfinite(variance) and variance > 0):
        return NotEstimable(reason=_SIZE)
    return Effect(measure=measure, estimate=estimate, variance=variance, origin=origin, note=note)


def _finite(*figures: float) -> tuple[float, ...] | None:
    try:
        numbers = tuple(float(figure) for figure in figures)
    except OverflowError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _table(events1: float, n1: float, events2: float, n2: float) -> tuple[float, float, float, float] | NotEstimable:
    """Events and non-events of the two arms."""
    numbers = _finite(events1, n1, events2, n2)
    if numbers is None:
        return NotEstimable(reason=_SIZE)
    a, size1, c, size2 = numbers
    if size1 <= 0 or size2 <= 0:
        return NotEstimable(reason="an arm has no participants")
    if not (0 <= a <= size1 and 0 <= c <= size2):
        return NotEstimable(reason="the number of events is negative or exceeds the size of the arm")
    return a, size1 - a, c, size2 - c


def _corrected_table(
    events1: float, n1: float, events2: float, n2: float
) -> tuple[float, float, float, float, str] | NotEstimable:
    """The four cells for a ratio, corrected by 0.5 if one is zero, and a note on the correction."""
    cells = _table(events1, n1, events2, n2)
    if isinstance(cells, NotEstimable):
        return cells
    a, b, c, d = cells
    if a == 0 and c == 0:
        return NotEstimable(reason="no one had the event in either arm, so a ratio cannot be estimated")
    if b == 0 and d == 0:
        return NotEstimable(reason="everyone had the event in both arms, so a ratio cannot be estimated")
    if min(cells) > 0:
        return a, b, c, d, ""
    return a + 0.5, b + 0.5, c + 0.5, d + 0.5, _ZERO_CELL


def _means(*figures: float) -> tuple[float, ...] | NotEstimable:
    """Mean, standard deviation and size of the two arms."""
    numbers = _finite(*figures)
    if numbers is None:
        return NotEstimable(reason=_SIZE)
    _, sd1, n1, _, sd2, n2 = numbers
    if n1 < 2 or n2 < 2:
        return NotEstimable(reason="an arm has fewer than two participants, so it has no standard deviation")
    if sd1 < 0 or sd2 < 0:
        return NotEstimable(reason="a standard deviation is negative")
    if sd1 == 0 and sd2 == 0:
        return NotEstimable(reason="both standard deviations are zero, so the variance is unknown")
    return numbers


# ---- from an interval or a p value


def standard_error_from_interval(low: float, high: float, *, level: float = 0.95, df: float | None = None) -> float:
    """The standard error implied by a symmetric interval (Cochrane Handbook chapter 6), in the unit of the limits.

    The limits of a ratio must be logs. With `df`, the interval is assumed to use Student's t, as for small samples.

    Raises:
        ValueError: the limits are not two finite numbers in ascending order, or the level is not between 0 and 1.

    >>> round(standard_error_from_interval(0.5, 1.1), 3)
    0.153
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"no interval from {low} to {high}")
    if not 0 < level < 1:
        raise ValueError(f"a level of {level} is not between 0 and 1")
    return _positive((high / 2 - low / 2) / _quantile((1 - level) / 2, df))


def standard_error_from_p(effect: float, p: float, *, df: float | None = None) -> float:
    """The standard error implied by an exact two-sided p value (Cochrane Handbook chapter 6), in the unit of the effect.

    A ratio must be given as its log. With `df`, the test is assumed to be Student's t, otherwise a normal test.

    Raises:
        ValueError: p is not between 0 and 1, or the effect is 0, where p carries no information on precision.
    """
    if not 0 < p < 1:
        raise ValueError(f"no standard error from p = {p}")
    if effect == 0 or not math.isfinite(effect):
        raise ValueError(f"no standard error from an effect of {effect}")
    return _positive(abs(effect) / _quantile(p / 2, df))


def _quantile(tail: float, df: float | None) -> float:
    """The upper quantile with tail probability `tail`."""
    if df is None:
        return -NormalDist().inv_cdf(tail) if tail else math.inf
    if not df > 0:
        raise ValueError(f"{df} degrees of freedom are not positive")
    from scipy.special import stdtrit  # scipy.stats takes a second longer to import

    return -float(stdtrit(df, tail))


def _positive(se: float) -> float:
    if not (math.isfinite(se) and se > 0):
        raise ValueError("no standard error: the figures are too large, too small or too close to each other")
    return se
