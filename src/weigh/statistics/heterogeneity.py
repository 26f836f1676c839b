"""Heterogeneity between studies: estimators of tau², its confidence interval, and the components of I².

Methods: DerSimonian and Laird 1986 (DL); Hedges and Olkin 1985 (HE); Paule and Mandel 1982 (PM); Viechtbauer 2005
(ML, REML); Viechtbauer 2007 (Q-profile interval); Higgins and Thompson 2002 (typical variance). Estimates and
variances are on the analysis scale; tau² is in its squared unit. Effects may lie up to 1e50 from zero, and variances
between 1e-50 and 1e50: within these limits no sum overflows.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Estimator", "Weighted", "checked", "i2_interval", "tau2", "tau2_interval", "typical_variance", "weigh_at"]

#: The limit on figures that can be pooled; see the module docstring.
_LARGEST = 1e50
#: Above this ratio of variances PyMARE subtracts nearly equal sums, which leaves too few digits.
_WIDEST = 1e6
#: Grid points in the search for the maximum likelihood where PyMARE gives no starting value.
_GRID = 400
_TOO_FEW = "heterogeneity cannot be estimated from fewer than two studies"


class Estimator(StrEnum):
    """The estimator of tau²; a common-effect model has none."""

    COMMON = "common effect"
    DL = "DL"
    REML = "REML"
    PM = "PM"
    ML = "ML"
    HE = "HE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """The weighted mean of the studies at a given tau².

    `weights` are 1/(v + tau²) and `total` their sum; `residuals` are effects minus the mean, `squares` the weighted sum
    of their squares.
    """

    mean: float
    weights: tuple[float, ...]
    total: float
    residuals: tuple[float, ...]
    squares: float


def checked(estimates: Sequence[float], variances: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Estimates and variances as floats, checked against the limits of this module.

    Raises:
        ValueError: the sequences differ in length, or a figure exceeds the limits.
    """
    effects, spreads = tuple(map(float, estimates)), tuple(map(float, variances))
    if len(effects) != len(spreads):
        raise ValueError(f"{len(effects)} estimates, but {len(spreads)} variances")
    if not all(abs(effect) <= _LARGEST for effect in effects):
        raise ValueError(f"an estimate is not a number within {_LARGEST:g} of zero")
    if not all(1 / _LARGEST <= spread <= _LARGEST for spread in spreads):
        raise ValueError(f"a variance is not a number between {1 / _LARGEST:g} and {_LARGEST:g}")
    return effects, spreads


def weigh_at(effects: Sequence[float], variances: Sequence[float], between: float) -> Weighted:
    """The weighted mean at the tau² `between`."""
    weights = tuple(1 / (variance + between) for variance in variances)
    total = math.fsum(weights)
    # Relative to the most precise study, whose large weight would otherwise magnify a rounding error in its residual.
    anchor = effects[weights.index(max(weights))]
    away = [effect - anchor for effect in effects]
    shift = math.fsum(weight * distance for weight, distance in zip(weights, away, strict=True)) / total
    residuals = tuple(distance - shift for distance in away)
    squares = math.fsum(weight * residual * residual for weight, residual in zip(weights, residuals, strict=True))
    return Weighted(mean=anchor + shift, weights=weights, total=total, residuals=residuals, squares=squares)


def typical_variance(variances: Sequence[float]) -> float:
    """The typical sampling variance (Higgins and Thompson 2002), to which I² and H² relate tau²."""
    return (len(variances) - 1) / _contrast([1 / variance for variance in variances])


def _contrast(weights: Sequence[float]) -> float:
    """Σw − Σw²/Σw, computed as Σw(Σw − w)/Σw so that one dominant study does not cancel all digits."""
    total = math.fsum(weights)
    largest = weights.index(max(weights))
    without = math.fsum(weight for place, weight in enumerate(weights) if place != largest)
    return math.fsum(
        weight * ((without if place == largest else total - weight) / total) for place, weight in enumerate(weights)
    )


# ---- estimators


def tau2(estimates: Sequence[float], variances: Sequence[float], estimator: Estimator) -> float:
    """The between-study variance tau² by the given estimator; 0 for a common effect.

    DL, HE, ML and REML come from PyMARE, PM from the root of the generalised Q. ML and REML are then refined to the
    root of their score, because PyMARE stops at the sixth digit and other programs print more.

    Raises:
        ValueError: there are fewer than two studies, or figures that cannot be pooled (see `checked`).
    """
    effects, spreads = checked(estimates, variances)
    if len(effects) < 2:
        raise ValueError(_TOO_FEW)
    if estimator is Estimator.COMMON:
        return 0.0
    if estimator is Estimator.PM:
        return _q_root(effects, spreads, len(effects) - 1)
    value = _by_pymare(effects, spreads, estimator)
    if estimator in {Estimator.ML, Estimator.REML}:
        start = value if value is not None else _best_of_grid(effects, spreads, estimator)
        return _highest(effects, spreads, estimator, start)
    return value if value is not None else _by_moments(effects, spreads, estimator)


def _by_pymare(effects: Sequence[float], variances: Sequence[float], estimator: Estimator) -> float | None:
    """PyMARE's estimate, or None where its arithmetic fails."""
    if max(variances) / min(variances) > _WIDEST:
        return None
    with warnings.catch_warnings():
        # Importing PyMARE leaves one of its files open, which Python reports as a warning.
        warnings.simplefilter("ignore", ResourceWarning)
        import numpy as np
        from pymare.estimators import DerSimonianLaird, Hedges, VarianceBasedLikelihoodEstimator

    if estimator is Estimator.DL:
        method = DerSimonianLaird()
    elif estimator is Estimator.HE:
        method = Hedges()
    else:
        method = VarianceBasedLikelihoodEstimator(method=estimator.value)
    try:
        with warnings.catch_warnings():
            # A division by zero raises a warning, and the result is then discarded.
            warnings.simplefilter("error")
            method.fit(np.array(effects), np.array(variances), np.ones((len(effects), 1)))
    except (ArithmeticError, ValueError, Warning):
        return None
    value = float(np.ravel(method.params_["tau2"])[0])
    return value if math.isfinite(value) and value >= 0 else None


def _by_moments(effects: Sequence[float], variances: Sequence[float], estimator: Estimator) -> float:
    """DL or HE in closed form, for variances too far apart for PyMARE."""
    df = len(effects) - 1
    if estimator is Estimator.DL:
        common = weigh_at(effects, variances, 0.0)
        return max(0.0, (common.squares - df) / _contrast(common.weights))
    unweighted = weigh_at(effects, [1.0] * len(effects), 0.0)
    return max(0.0, unweighted.squares / df - math.fsum(variances) / len(variances))


def _score(effects: Sequence[float], variances: Sequence[float], estimator: Estimator) -> Callable[[float], float]:
    """Twice the derivative of the (restricted) log-likelihood with respect to tau² (Viechtbauer 2005)."""

    def score(between: float) -> float:
        at = weigh_at(effects, variances, between)
        gain = math.fsum(
            weight * weight * residual * residual for weight, residual in zip(at.weights, at.residuals, strict=True)
        )
        return gain - (_contrast(at.weights) if estimator is Estimator.REML else at.total)

    return score


def _best_of_grid(effects: Sequence[float], variances: Sequence[float], estimator: Estimator) -> float:
    def likelihood(between: float) -> float:
        at = weigh_at(effects, variances, between)
        value = -math.fsum(math.log(variance + between) for variance in variances) - at.squares
        return value - math.log(at.total) if estimator is Estimator.REML else value

    bottom = min(variances) / 1e3
    top = max(bottom * 10, (max(effects) - min(effects)) ** 2)  # tau² cannot exceed the squared range
    step = math.log(top / bottom) / (_GRID - 1)
    return max([0.0, *(bottom * math.exp(step * place) for place in range(_GRID))], key=likelihood)


def _highest(effects: Sequence[float], variances: Sequence[float], estimator: Estimator, start: float) -> float:
    """The root of the score near a starting value; 0 where the likelihood decreases from zero."""
    score = _score(effects, variances, estimator)
    if start == 0 and score(0.0) <= 0:
        return 0.0
    low = high = start if start > 0 else min(variances) / 1e6
    factor = 1.0001
    while score(high) > 0:
        high *= factor
        factor *= factor
    factor = 1.0001
    while low > 0 and score(low) < 0:
        low /= factor
        factor *= factor
        if low < start * 1e-9:
            low = 0.0
    if low == 0 and score(0.0) <= 0:
        return 0.0
    return _root(score, low, high)


# ---- the generalised Q


def _q_root(effects: Sequence[float], variances: Sequence[float], target: float) -> float:
    """The tau² at which the generalised Q equals the target; 0 where it starts below the target."""
    if weigh_at(effects, variances, 0.0).squares <= target:
        return 0.0
    # Q(t) is at most the unweighted sum of squares divided by t, which bounds the root; doubled to allow for rounding.
    top = 2 * weigh_at(effects, [1.0] * len(effects), 0.0).squares / target
    return _root(lambda between: weigh_at(effects, variances, between).squares - target, 0.0, top)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    if low == high:
        return low
    # The default tolerance is absolute, which does not suit a tau² in an arbitrary unit.
    return float(brentq(function, low, high, xtol=1e-300, rtol=1e-14, maxiter=2000))


def tau2_interval(estimates: Sequence[float], variances: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """The Q-profile confidence interval of tau² (Viechtbauer 2007), which does not depend on the estimator.

    Both limits are 0 where the effects vary less than expected by chance.

    Raises:
        ValueError: there are fewer than two studies, the level is not between 0 and 1, or figures cannot be pooled.
    """
    from scipy.special import chdtri

    effects, spreads = checked(estimates, variances)
    if len(effects) < 2:
        raise ValueError(_TOO_FEW)
    if not 0 < level < 1:
        raise ValueError(f"a level of {level} is not between 0 and 1")
    tail, df = (1 - level) / 2, len(effects) - 1
    low, high = (_q_root(effects, spreads, float(chdtri(df, above))) for above in (tail, 1 - tail))
    return low, high


def i2_interval(estimates: Sequence[float], variances: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """The confidence interval of I² in percent, derived from the Q-profile interval of tau².

    Raises:
        ValueError: as `tau2_interval`.
    """
    low, high = tau2_interval(estimates, variances, level)
    typical = typical_variance(variances)
    return 100 * low / (low + typical), 100 * high / (high + typical)
