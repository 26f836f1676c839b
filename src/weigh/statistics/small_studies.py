"""Small-study effects: Egger's regression test for funnel-plot asymmetry.

Methods: Egger et al. 1997; Sterne et al. 2011 and Cochrane Handbook chapter 13 (no test below ten studies).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from weigh.statistics.heterogeneity import checked

__all__ = ["FEWEST_STUDIES", "Egger", "egger"]

#: With fewer studies the test cannot distinguish chance from asymmetry (Sterne et al. 2011; Cochrane Handbook chapter 13).
FEWEST_STUDIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Egger:
    """The test of asymmetry, and `limit`, the effect predicted for a standard error of 0, with its 95% limits."""

    statistic: float
    df: int
    p_value: float
    limit: float
    limit_low: float
    limit_high: float


def egger(estimates: Sequence[float], variances: Sequence[float]) -> Egger:
    """Regress effects on their standard errors, with weights 1/variance and multiplicative dispersion (Egger et al. 1997).

    The statistic is the t of the slope, with k - 2 degrees of freedom; figures are on the analysis scale.

    Raises:
        ValueError: there are fewer than ten studies, all standard errors are equal, or all effects lie exactly on a line.
    """
    from scipy.special import stdtr, stdtrit  # scipy.stats takes a second longer to import

    effects, spreads = checked(estimates, variances)
    k = len(effects)
    if k < FEWEST_STUDIES:
        raise ValueError(
            f"{k} studies: a test of asymmetry requires ten (Sterne et al. 2011; Cochrane Handbook chapter 13)"
        )
    errors, weights = [math.sqrt(spread) for spread in spreads], [1 / spread for spread in spreads]
    total = math.fsum(weights)
    mean_error = math.fsum(w * error for w, error in zip(weights, errors, strict=True)) / total
    mean_effect = math.fsum(w * effect for w, effect in zip(weights, effects, strict=True)) / total
    off = [
        (w, error - mean_error, effect - mean_effect) for w, error, effect in zip(weights, errors, effects, strict=True)
    ]
    breadth = math.fsum(w * x * x for w, x, _ in off)
    # In weighted units each study contributes w·error² = 1 to k; a remainder of rounding is not a spread of the errors.
    if breadth <= 1e-12 * k:
        raise ValueError("all standard errors are equal, so a line cannot be fitted")
    slope = math.fsum(w * x * y for w, x, y in off) / breadth
    df = k - 2
    left = math.fsum(w * (y - slope * x) ** 2 for w, x, y in off)
    if left <= 1e-24 * math.fsum(w * y * y for w, _, y in off):
        raise ValueError("the effects lie exactly on a line, so there is no residual variance to test against")
    dispersion = left / df
    limit = mean_effect - slope * mean_error
    half = -float(stdtrit(df, 0.025)) * math.sqrt(dispersion * (1 / total + mean_error * mean_error / breadth))
    statistic = slope / math.sqrt(dispersion / breadth)
    return Egger(
        statistic=statistic,
        df=df,
        p_value=2 * float(stdtr(df, -abs(statistic))),
        limit=limit,
        limit_low=limit - half,
        limit_high=limit + half,
    )
