"""Pooled estimates: inverse-variance weights, a common effect or random effects, intervals and prediction intervals.

Methods: Cochrane Handbook chapter 10; Knapp and Hartung 2003 (interval), with the guard that Röver, Knapp and Friede
2015 recommend; Higgins and Thompson 2002 (Q, I², H²); Riley, Higgins and Deeks 2011 (prediction interval, theirs with
k - 2 degrees of freedom; here k - 1, as in metafor, so that it equals the interval of the mean where tau² is 0).
All figures are on the analysis scale: the natural log for ratios.
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

#: Probability beyond each limit of a 95% interval.
_TAIL = 0.025
#: Fewest studies with which a prediction interval says more than how little is known.
FEWEST_TO_PREDICT = 3


class Interval(StrEnum):
    """How the interval of the pooled effect is had."""

    WALD = "Wald"
    KNAPP_HARTUNG = "Knapp-Hartung"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A pooled effect with everything that a reader needs to judge it.

    `df` are the degrees of freedom of t, None where the normal distribution is used. `guard` says whether the
    Knapp-Hartung factor was kept at 1 or more. `tau2_low` and `tau2_high` are the 95% Q-profile limits; `q`, `q_df`
    and `q_p` are Cochran's test. `i2_q` (percent) follows from Q; `i2_tau2` (percent) from tau² and the typical
    variance, as Cochrane computes it since 2024, None for a common effect. `h2` is Q/(k - 1) for a common effect,
    else 1 + tau²/typical variance. The prediction limits are None for a common effect and below three studies; they
    take t with k - 1 degrees of freedom with Knapp-Hartung, the normal distribution with Wald. `weights` add up to 1.
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
        """Whether the interval excludes no difference."""
        return self.low > 0 or self.high < 0

    @property
    def method(self) -> str:
        """The method in short words."""
        return self.estimator.value if self.interval is Interval.WALD else f"{self.estimator} with {self.interval}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a cumulative analysis, with its 95% limits; the first is one study, which is not pooled."""

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
    """Pool two or more studies with inverse-variance weights.

    With `guard` the Knapp-Hartung factor is max(1, q), so that its standard error is never below Wald's; without it,
    effects that are all equal keep Wald's standard error, as a factor of 0 would leave no interval.

    Raises:
        ValueError: No study, one study, or figures that cannot be pooled (see `heterogeneity.checked`).
    """
    from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit  # scipy.stats takes a second longer to import

    effects, spreads = checked(estimates, variances)
    k = len(effects)
    if k == 0:
        raise ValueError("no study to pool")
    if k == 1:
        raise ValueError("one study is shown, not pooled")
    between = tau2(effects, spreads, estimator)
    at, common = weigh_at(effects, spreads, between), weigh_at(effects, spreads, 0.0)
    hartung = interval is Interval.KNAPP_HARTUNG
    factor = at.squares / (k - 1) if hartung else 1.0
    if factor == 0 or (guard and factor < 1):
        factor = 1.0
    se = math.sqrt(factor / at.total)
    df = k - 1 if hartung else None
    quantile = -float(stdtrit(df, _TAIL) if hartung else ndtri(_TAIL))
    statistic = at.mean / se
    reach = quantile * math.sqrt(between + se * se)
    predicts = estimator is not Estimator.COMMON and k >= FEWEST_TO_PREDICT
    typical = typical_variance(spreads)
    tau2_low, tau2_high = tau2_interval(effects, spreads)
    q = common.squares
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


def leave_one_out(
    estimates: Sequence[float],
    variances: Sequence[float],
    *,
    estimator: Estimator = Estimator.REML,
    interval: Interval = Interval.KNAPP_HARTUNG,
    guard: bool = True,
) -> tuple[Pooled, ...]:
    """The pooled effect without each study in turn, in the order given (Cochrane Handbook chapter 10).

    Raises:
        ValueError: Fewer than three studies, or figures that cannot be pooled.
    """
    k = len(estimates)
    if k < 3:
        raise ValueError("leaving a study out takes three or more")
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
    """The pooled effect as each study comes in, in the order given (Lau et al. 1992).

    Raises:
        ValueError: No study, or figures that cannot be pooled.
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
