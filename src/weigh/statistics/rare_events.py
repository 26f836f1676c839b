"""Pooling of counts without a standard error for each study: Mantel-Haenszel and Peto, for rare events.

Methods: Cochrane Handbook chapter 10; Greenland and Robins 1985 (variance of the Mantel-Haenszel risk ratio); Yusuf
et al. 1985 (Peto's odds ratio). A table is (events, people) of the intervention arm, then of the comparator arm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from weigh.statistics.effects import Z95, Effect, NotEstimable, log_risk_ratio

__all__ = ["PooledCounts", "Table", "mantel_haenszel_risk_ratio", "peto_odds_ratio"]

Table = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledCounts:
    """A common ratio as its natural log, its standard error and 95% limits, Cochran's Q, and how many studies count."""

    estimate: float
    se: float
    low: float
    high: float
    q: float
    k: int


def mantel_haenszel_risk_ratio(tables: Sequence[Table]) -> PooledCounts | NotEstimable:
    """The log risk ratio by Mantel and Haenszel, without a correction of zero cells.

    A study without events contributes nothing. Q takes the risk ratio of each study, which has the 0.5 of
    `effects.log_risk_ratio` where a cell is zero.

    Raises:
        ValueError: A table that cannot be.
    """
    counted = [table for table in _checked(tables) if table[0] + table[2] > 0]
    above = math.fsum(a * (n2 / (n1 + n2)) for a, n1, _, n2 in counted)
    below = math.fsum(c * (n1 / (n1 + n2)) for _, n1, c, n2 in counted)
    if not (above > 0 and below > 0):
        return NotEstimable(reason="one arm had no events in any study, which leaves no ratio")
    spread = math.fsum(n1 / (n1 + n2) * (n2 / (n1 + n2)) * (a + c) - a * (c / (n1 + n2)) for a, n1, c, n2 in counted)
    if spread <= 0:
        return NotEstimable(reason="everybody had the event in every study, which says nothing of a ratio")
    estimate = math.log(above) - math.log(below)
    singles = [single for table in counted if isinstance(single := log_risk_ratio(*table), Effect)]
    q = math.fsum((single.estimate - estimate) ** 2 / single.variance for single in singles)
    return _pooled(estimate, math.sqrt(spread / above / below), q, len(counted))


def peto_odds_ratio(tables: Sequence[Table]) -> PooledCounts | NotEstimable:
    """The log odds ratio by Peto: observed less expected events, over their hypergeometric variance.

    A study in which nobody or everybody had the event contributes nothing.

    Raises:
        ValueError: A table that cannot be.
    """
    counted = [(a, n1, c, n2) for a, n1, c, n2 in _checked(tables) if 0 < a + c < n1 + n2]
    if not counted:
        return NotEstimable(reason="in no study did some have the event and others not")
    excess, variances = [], []
    for a, n1, c, n2 in counted:
        everybody, events = n1 + n2, a + c
        excess.append(a - events * (n1 / everybody))
        share = n1 / everybody * (n2 / everybody)
        variances.append(share * events * ((everybody - events) / (everybody - 1)))
    total = math.fsum(variances)
    estimate = math.fsum(excess) / total
    q = math.fsum(
        variance * (over / variance - estimate) ** 2 for over, variance in zip(excess, variances, strict=True)
    )
    return _pooled(estimate, 1 / math.sqrt(total), q, len(counted))


def _checked(tables: Sequence[Table]) -> Sequence[Table]:
    for a, n1, c, n2 in tables:
        if not (0 <= a <= n1 and 0 <= c <= n2 and n1 > 0 and n2 > 0):
            raise ValueError(f"{a} of {n1} against {c} of {n2} cannot be")
    return tables


def _pooled(estimate: float, se: float, q: float, k: int) -> PooledCounts:
    return PooledCounts(estimate=estimate, se=se, low=estimate - Z95 * se, high=estimate + Z95 * se, q=q, k=k)
