"""The axis of a forest plot: its limits, its ticks, and the intervals that extend beyond it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from weigh.figures.lettering import SMALL, number, text_width

__all__ = ["Axis", "Range", "fit_axis"]

_FAR = 1e300  # beyond it, differences of floats overflow
_REACH = 3.0  # an interval that extends this many times farther from the null than the median is cut off
_GAP = 0.12  # inches between two labels
_LN10 = math.log(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """An estimate with its interval, on the scale of the reader; None for a missing value."""

    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A scale across a strip of the sheet; logarithmic for ratios, so that 0.5 and 2 are equally far from 1."""

    ratio: bool
    low: float
    high: float
    left: float
    width: float

    @property
    def right(self) -> float:
        """The right end of the strip."""
        return self.left + self.width

    @property
    def null(self) -> float:
        """The value of no effect: 1 for a ratio, else 0."""
        return 1.0 if self.ratio else 0.0

    def at(self, value: float) -> float:
        """The position of a value, limited to the ends of the axis."""
        place = min(max(_scaled(value, self.ratio), self.low), self.high)
        return self.left + self.width * ((place - self.low) / (self.high - self.low))

    def beyond(self, value: float) -> int:
        """−1 or 1 if a value lies beyond the left or the right end, else 0."""
        place = _scaled(value, self.ratio)
        return (place > self.high) - (place < self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Positions and labels of the ticks: as many as fit, always including the null."""
        for values, decimals in self._candidates():
            whole = [decimals is None or value == self.null for value in values]
            labels = [
                number(value) if short else _plain(value, decimals or 0)
                for value, short in zip(values, whole, strict=True)
            ]
            ticks = [(self.at(value), label) for value, label in zip(values, labels, strict=True)]
            if self.null in values and len(set(labels)) == len(labels) and _have_room(ticks):
                return ticks
        return [(self.at(self.null), number(self.null))]

    def _candidates(self) -> Iterator[tuple[list[float], int | None]]:
        if not self.ratio:
            yield from _even(self.low, self.high, 0.0)
            return
        if self.high - self.low < math.log(2):
            yield from _even(math.exp(self.low), math.exp(self.high), 1.0)
        first, last = math.ceil(max(self.low / _LN10, -300)) - 1, math.floor(min(self.high / _LN10, 300)) + 1
        for digits in ((1, 1.5, 2, 3, 4, 5, 7), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
            values = [float(f"{d}e{power}") for power in range(first, last + 1) for d in digits]
            yield [v for v in values if not self.beyond(v)], None
        for stride in (2, 3, 5, 10, 20, 50, 100):
            powers = [power for power in range(first, last + 1) if power % stride == 0]
            yield [v for power in powers if not self.beyond(v := float(f"1e{power}"))], None


def fit_axis(rows: Sequence[Range], pooled: Sequence[Range], *, ratio: bool, left: float, width: float) -> Axis:
    """An axis that shows typical intervals in full and cuts off those that would compress the others.

    `pooled` are pooled results and prediction intervals, which are allowed more room than studies before they are cut off.
    """
    spans = sorted(span for row in rows or pooled if (span := _span(row, ratio)) > 0)
    usual = _REACH * spans[len(spans) // 2] if spans else 0.0
    reach = max((span for span in spans if span <= usual), default=0.0)
    reach = max(reach, min(max((_span(row, ratio) for row in pooled), default=0.0), 3 * reach))
    points = [abs(place) for row in rows for place in _places([row.estimate], ratio)]
    reach = max((point for point in points if reach < point <= 1.5 * reach), default=reach)
    every = [p for row in (*rows, *pooled) for p in _places((row.estimate, row.low, row.high), ratio)]
    low = max(min([0.0, *every]), -reach)
    high = min(max([0.0, *every]), reach)
    if high - low < 1e-290:
        low, high = -1.0, 1.0
    low, high = min(low, -high / 4), max(high, -low / 4)  # both sides of the null are visible
    edge = 0.04 * (high - low)
    return Axis(ratio=ratio, low=low - edge, high=high + edge, left=left, width=width)


def _scaled(value: float, ratio: bool) -> float:
    if ratio:
        return math.log(value) if value > 0 else -math.inf
    return value


def _places(values: Iterable[float | None], ratio: bool) -> list[float]:
    places = [_scaled(value, ratio) for value in values if value is not None]
    return [min(max(place, -_FAR), _FAR) for place in places if math.isfinite(place)]


def _span(row: Range, ratio: bool) -> float:
    return max((abs(place) for place in _places((row.estimate, row.low, row.high), ratio)), default=0.0)


def _even(low: float, high: float, origin: float) -> Iterator[tuple[list[float], int | None]]:
    """Multiples of 1, 2 and 5, from the finest step that may fit to the coarsest."""
    power = math.floor(math.log10((high / 2 - low / 2) * 2))
    for step, raised in ((1, -1), (2, -1), (5, -1), (1, 0), (2, 0), (5, 0), (1, 1)):
        size = float(f"{step}e{power + raised}")
        if size == 0 or not math.isfinite(size):
            continue
        first, last = math.ceil((low - origin) / size), math.floor((high - origin) / size)
        values = [origin + index * size for index in range(first, last + 1)]
        usual = -5 < power < 6
        yield values, max(0, -(power + raised)) if usual else None


def _plain(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "−")


def _have_room(ticks: Sequence[tuple[float, str]]) -> bool:
    ends = [(x - text_width(label, SMALL) / 2, x + text_width(label, SMALL) / 2) for x, label in ticks]
    return len(ticks) <= 9 and all(b[0] - a[1] >= _GAP for a, b in itertools.pairwise(ends))
