"""Inverse-variance pooling with common or random effects, confidence intervals and prediction intervals.

Methods: Cochrane Handbook chapter 10; Knapp and Hartung 2003 (confidence interval), with the guard recommended by
Röver, Knapp and Friede 2015; Higgins and Thompson 2002 (Q, I², H²); Riley, Higgins and Deeks 2011 (prediction interval,
with k - 2 degrees of freedom there and k - 1 here, as in metafor, so that it equals the confidence interval where tau²
is 0). All figures are on the analysis scale: the natural log for ratios.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from weigh.statistics.heterogeneity import (
    Estimator,
    checked,
    i2_interval,
    tau2,
    tau2_interval,
    typical_variance,
    weigh_at,
)

__all__ = [
    "Estimator",
    "Interval",
    "Pooled",
    "Step",
    "cumulative",
    "i2_interval",
    "leave_one_out",
    "pool",
    "tau2_interval",
]

#: The tail probability beyond each limit of a 95% interval.
_TAIL = 0.025
#: The minimum number of studies for an informative prediction interval.
FEWEST_TO_PREDICT = 3


class Interval(StrEnum):
    """The method for the confidence interval of the pooled effect."""

    WALD = "Wald"
    KNAPP_HARTUNG = "Knapp-Hartung"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A pooled effect with the figures needed to appraise it, on the analysis scale.

    `df` is the degrees of freedom of t, None where the normal distribution is used. `guard` is whether the
    Knapp-Hartung factor was bounded below by 1. `tau2_low` and `tau2_high` are the 95% Q-profile limits; `q`, `q_df`
    and `q_p` are Cochran's test. `i2_q` (percent) is derived from Q, `i2_tau2` (percent) from tau² and the typical
    variance, as Cochrane has done since 2024 (None for a common effect). `h2` is Q/(k - 1) for a common effect,
    otherwise 1 + tau²/typical variance. The prediction limits are None for a common effect and for fewer than three
    studies; they use t with k - 1 degrees of freedom for Knapp-Hartung, the normal distribution for Wald. `weights` has
    one entry per study and sums to 1.
    """

    estimator: Estimator
    interval: Interval
    guard: bool
    k: int
    estimate: float
    se: float
    low: float
    high: float
    statistic: float
    df: int | None
    p_value: float
    tau2: float
    tau2_low: float
    tau2_high: float
    q: float
    q_df: int
    q_p: float
    i2_q: float
    i2_tau2: float | None
    h2: float
    prediction_low: float | None
    prediction_high: float | None
    weights: tuple[float, ...]

    @property
    def significant(self) -> bool:
        """Whether the confidence interval excludes the null value."""
        return self.low > 0 or self.high < 0

    @property
    def method(self) -> str:
        """The name of the method, such as "REML with Knapp-Hartung"."""
        return self.estimator.value if self.interval is Interval.WALD else f"{self.estimator} with {self.interval}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a cumulative analysis, with its 95% limits; `pooled` is None for the first, a single study."""

    k: int
    estimate: float
    low: float
    high: float
    pooled: Pooled | None


def pool(
    estimates: Sequence[float],
    variances: Sequence[float],
    *,
    estimator: Estimator = Estimator.REML,
    interval: Interval = Interval.KNAPP_HARTUNG,
    guard: bool = True,
) -> Pooled:
    """Pool two or more studies with inverse-variance weights; estimates and variances are on the analysis scale.

    With `guard`, the Knapp-Hartung factor is bounded below by 1, so that the standard error is never below Wald's.

    Raises:
        ValueError: there are fewer than two studies, or figures that cannot be pooled (see `heterogeneity.checked`).
    """
    from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit  # scipy.stats takes a second longer to import

    effects, spreads = checked(estimates, variances)
    k = len(effects)
    if k < 2:
        raise ValueError("one study is shown, not pooled" if k else "no study to pool")
    between = tau2(effects, spreads, estimator)
    at = weigh_at(effects, spreads, between)
    hartung = interval is Interval.KNAPP_HARTUNG
    se = math.sqrt(_variance_factor(at.squares, k, interval, guard=guard) / at.total)
    df = k - 1 if hartung else None
    quantile = -float(stdtrit(df, _TAIL) if hartung else ndtri(_TAIL))
    statistic = at.mean / se
    reach = quantile * math.sqrt(between + se * se)
    predicts = estimator is not Estimator.COMMON and k >= FEWEST_TO_PREDICT
    typical = typical_variance(spreads)
    tau2_low, tau2_high = tau2_interval(effects, spreads)
    q = weigh_at(effects, spreads, 0.0).squares
    return Pooled(
        estimator=estimator,
        interval=interval,
        guard=guard and hartung,
        k=k,
        estimate=at.mean,
        se=se,
        low=at.mean - quantile * se,
        high=at.mean + quantile * se,
        statistic=statistic,
        df=df,
        p_value=2 * float(stdtr(df, -abs(statistic)) if hartung else ndtr(-abs(statistic))),
        tau2=between,
        tau2_low=tau2_low,
        tau2_high=tau2_high,
        q=q,
        q_df=k - 1,
        q_p=float(chdtrc(k - 1, q)),
        i2_q=100 * ((q - (k - 1)) / q) if q > k - 1 else 0.0,
        i2_tau2=None if estimator is Estimator.COMMON else 100 * between / (between + typical),
        h2=q / (k - 1) if estimator is Estimator.COMMON else 1 + between / typical,
        prediction_low=at.mean - reach if predicts else None,
        prediction_high=at.mean + reach if predicts else None,
        weights=tuple(weight / at.total for weight in at.weights),
    )


def _variance_factor(squares: float, k: int, interval: Interval, *, guard: bool) -> float:
    """The factor by which Knapp and Hartung multiply Wald's variance; 1 for Wald.

    Without the guard, effects that are all equal keep Wald's variance, because a factor of 0 would leave no interval.
    """
    factor = squares / (k - 1) if interval is Interval.KNAPP_HARTUNG else 1.0
    return 1.0 if factor == 0 or (guard and factor < 1) else factor


def leave_one_out(
    estimates: Sequence[float],
    variances: Sequence[float],
    *,
    estimator: Estimator = Estimator.REML,
    interval: Interval = Interval.KNAPP_HARTUNG,
    guard: bool = True,
) -> tuple[Pooled, ...]:
    """The pooled effect with each study omitted in turn, in the order given (Cochrane Handbook chapter 10).

    Raises:
        ValueError: there are fewer than three studies, or figures that cannot be pooled.
    """
    k = len(estimates)
    if k < 3:
        raise ValueError("leave-one-out analysis requires at least three studies")
    return tuple(
        pool(
            [*estimates[:place], *estimates[place + 1 :]],
            [*variances[:place], *variances[place + 1 :]],
            estimator=estimator,
            interval=interval,
            guard=guard,
        )
        for place in range(k)
    )


def cumulative(
    estimates: Sequence[float],
    variances: Sequence[float],
    *,
    estimator: Estimator = Estimator.REML,
    interval: Interval = Interval.KNAPP_HARTUNG,
    guard: bool = True,
) -> tuple[Step, ...]:
    """The pooled effect as each study is added, in the order given (Lau et al. 1992).

    Raises:
        ValueError: there is no study, or figures that cannot be pooled.
    """
    from scipy.special import ndtri

    effects, spreads = checked(estimates, variances)
    if not effects:
        raise ValueError("no study to pool")
    half = -float(ndtri(_TAIL)) * math.sqrt(spreads[0])
    first = Step(k=1, estimate=effects[0], low=effects[0] - half, high=effects[0] + half, pooled=None)
    rest = (
        pool(effects[:k], spreads[:k], estimator=estimator, interval=interval, guard=guard)
        for k in range(2, len(effects) + 1)
    )
    return (first, *(Step(k=at.k, estimate=at.estimate, low=at.low, high=at.high, pooled=at) for at in rest))
