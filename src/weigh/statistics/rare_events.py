"""Pooling of rare events by counts, without per-study standard errors: Mantel-Haenszel and Peto.

Methods: Cochrane Handbook chapter 10; Greenland and Robins 1985 (variance of the Mantel-Haenszel risk ratio); Yusuf
et al. 1985 (Peto odds ratio). A table is (events, participants) in the intervention arm, then in the comparator arm.
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
    """A common ratio on the natural log scale, with its standard error and 95% limits, Cochran's Q, and the number of studies that contribute."""

    estimate: float
    se: float
    low: float
    high: float
    q: float
    k: int


def mantel_haenszel_risk_ratio(tables: Sequence[Table]) -> PooledCounts | NotEstimable:
    """The Mantel-Haenszel log risk ratio, without a zero-cell correction (Cochrane Handbook chapter 10).

    A study without events contributes nothing. Q uses the risk ratio of each study, with the zero-cell correction of
    `effects.log_risk_ratio`.

    Raises:
        ValueError: a table is impossible.
    """
    counted = [table for table in _checked(tables) if table[0] + table[2] > 0]
    above = math.fsum(a * (n2 / (n1 + n2)) for a, n1, _, n2 in counted)
    below = math.fsum(c * (n1 / (n1 + n2)) for _, n1, c, n2 in counted)
    if not (above > 0 and below > 0):
        return NotEstimable(reason="one arm had no events in any study, so a ratio cannot be estimated")
    spread = math.fsum(n1 / (n1 + n2) * (n2 / (n1 + n2)) * (a + c) - a * (c / (n1 + n2)) for a, n1, c, n2 in counted)
    if spread <= 0:
        return NotEstimable(reason="everyone had the event in every study, so a ratio cannot be estimated")
    estimate = math.log(above) - math.log(below)
    singles = [single for table in counted if isinstance(single := log_risk_ratio(*table), Effect)]
    q = math.fsum((single.estimate - estimate) ** 2 / single.variance for single in singles)
    return _pooled(estimate, math.sqrt(spread / above / below), q, len(counted))


def peto_odds_ratio(tables: Sequence[Table]) -> PooledCounts | NotEstimable:
    """The Peto log odds ratio: observed minus expected events, divided by their hypergeometric variance.

    A study in which no one or everyone had the event contributes nothing.

    Raises:
        ValueError: a table is impossible.
    """
    counted = [(a, n1, c, n2) for a, n1, c, n2 in _checked(tables) if 0 < a + c < n1 + n2]
    if not counted:
        return NotEstimable(reason="in every study, either no one or everyone had the event")
    excess, variances = [], []
    for a, n1, c, n2 in counted:
        people, events = n1 + n2, a + c
        excess.append(a - events * (n1 / people))
        share = n1 / people * (n2 / people)
        variances.append(share * events * ((people - events) / (people - 1)))
    total = math.fsum(variances)
    estimate = math.fsum(excess) / total
    q = math.fsum(
        variance * (over / variance - estimate) ** 2 for over, variance in zip(excess, variances, strict=True)
    )
    return _pooled(estimate, 1 / math.sqrt(total), q, len(counted))


def _checked(tables: Sequence[Table]) -> Sequence[Table]:
    for a, n1, c, n2 in tables:
        if not (0 <= a <= n1 and 0 <= c <= n2 and n1 > 0 and n2 > 0):
            raise ValueError(f"{a} of {n1} against {c} of {n2} is impossible")
    return tables


def _pooled(estimate: float, se: float, q: float, k: int) -> PooledCounts:
    return PooledCounts(estimate=estimate, se=se, low=estimate - Z95 * se, high=estimate + Z95 * se, q=q, k=k)
