"""The drawing of a forest plot: its columns, its rows and its axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

from weigh.figures.axis import Axis, Range
from weigh.figures.drawing import MEASURE, Canvas, canvas
from weigh.figures.lettering import BODY, SMALL, headed, leading, shorten, text_width, wrap
from weigh.figures.look import INK, MUTED, PAPER, SQUARE

__all__ = ["Columns", "ForestRow", "Plot", "draw", "fit_columns"]

_CELL = SMALL + 0.5
_GUTTER = 0.16
_TALL, _LOW = 0.36, 0.26  # height in inches of a row with two lines of text, and with one
_SQUARE = (0.055, 0.17)  # side in inches for zero weight, and for the largest weight
_EQUAL = 0.1
_LABEL, _PLOT = 2.3, 2.6  # maximum width of labels in inches, and minimum width of the plot if they need more
_DIAMOND = 0.075
_ARROW = 0.075
_NO_INTERVAL = "Hollow: no complete interval was reported."
_RUNS_OFF = "Arrowhead: extends beyond the axis."


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One study, or one pooled result, on the scale of the reader.

    `counts` and `text` are printed unchanged; `weight` sizes the square, in any unit; a row with `summary` is drawn as a
    diamond. Without `low` and `high` there is a point but no interval.
    """

    label: str
    sub: str = ""
    estimate: float | None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    counts: str = ""
    text: str = ""
    summary: bool = False

    @property
    def range(self) -> Range:
        """The estimate and its limits."""
        return Range(estimate=self.estimate, low=self.low, high=self.high)

    @property
    def hollow(self) -> bool:
        """Whether there is an estimate without a complete interval."""
        return self.estimate is not None and (self.low is None or self.high is None)

    def runs_off(self, axis: Axis) -> list[int]:
        """The sides on which the row extends beyond the axis: −1 for left, 1 for right."""
        return sorted({axis.beyond(v) for v in (self.estimate, self.low, self.high) if v is not None} - {0})


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The widths of the text columns; the plot takes the rest."""

    label: float
    counts: float
    text: float

    @property
    def plot(self) -> float:
        """The left edge of the plot."""
        return self.label + (self.counts + _GUTTER if self.counts else 0.0)

    def sub_lines(self, row: ForestRow) -> list[str]:
        """The line below a label, on two lines if long, because it may be all that distinguishes two results of a study."""
        return wrap(row.sub, self.label - _GUTTER, SMALL, limit=2)

    @property
    def plot_width(self) -> float:
        """The width of the plot."""
        return MEASURE - self.text - _GUTTER - self.plot


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Everything that is drawn: cleaned rows, the axis and the text."""

    studies: tuple[ForestRow, ...]
    pooled: tuple[ForestRow, ...]
    axis: Axis
    columns: Columns
    measure: str
    sides: tuple[str, str]
    note: str

    @property
    def rows(self) -> tuple[ForestRow, ...]:
        """The studies, then the pooled results."""
        return (*self.studies, *self.pooled)

    @property
    def heaviest(self) -> float:
        """The largest weight of a study, or 0."""
        return max((row.weight or 0.0 for row in self.studies if not row.summary), default=0.0)

    def tall(self, rows: tuple[ForestRow, ...]) -> float:
        """The common height of some rows."""
        subs = max((len(self.columns.sub_lines(row)) for row in rows), default=0)
        two = subs or any(text_width(row.counts, _CELL) > self.columns.counts for row in rows)
        return _TALL + leading(SMALL) * max(subs - 1, 0) if two else _LOW

    @property
    def notes(self) -> list[str]:
        """The notes below the plot."""
        keys = [_NO_INTERVAL] if any(row.hollow for row in self.rows) else []
        keys += [_RUNS_OFF] if any(row.runs_off(self.axis) for row in self.rows) else []
        return [part for part in (self.note, " ".join(keys)) if part]


def fit_columns(rows: tuple[ForestRow, ...], measure: str) -> Columns:
    """Columns as wide as their texts, within limits that leave room for the plot."""
    label = max(max(text_width(row.label, BODY, True), text_width(row.sub, SMALL)) for row in rows)
    counts = max(text_width(row.counts, _CELL) for row in rows)
    text = max(text_width(row.text, _CELL, row.summary) for row in rows)
    word = max((text_width(word, SMALL, True) for word in measure.split()), default=0.0)
    counts = min(counts + 0.01, 1.75) if counts else 0.0
    text = min(max(text + 0.01, word, 0.9), 1.75)
    room = max(_LABEL, MEASURE - _PLOT - text - counts - 3 * _GUTTER)
    return Columns(label=min(max(label + 0.01, 1.0), room) + _GUTTER, counts=counts, text=text)


def draw(plot: Plot, name: str) -> str:
    """The plot as SVG."""
    axis, columns = plot.axis, plot.columns
    heads = wrap(headed(plot.measure), columns.text, SMALL, bold=True, limit=3)
    notes = [line for part in plot.notes for line in wrap(part, MEASURE, SMALL)]
    head = 0.12 + leading(SMALL) * max(len(heads), 1)
    gap = 0.08 if plot.studies and plot.pooled else 0.0
    talls = [plot.tall(plot.studies)] * len(plot.studies) + [plot.tall(plot.pooled)] * len(plot.pooled)
    tops = [head + sum(talls[:i]) + (gap if i >= len(plot.studies) else 0.0) for i in range(len(talls))]
    foot = tops[-1] + talls[-1] + 0.05
    with canvas(foot + 0.5 + (0.1 + leading(SMALL) * len(notes) if notes else 0.0)) as sheet:
        first = head - 0.12 - leading(SMALL) * (len(heads) - 1)
        sheet.text(0, head - 0.12, "Study", size=SMALL, bold=True)
        sheet.lines(MEASURE - columns.text, first, heads, bold=True)
        sheet.rule(head)
        for index, top in enumerate(tops):
            pooled = bool(gap) and index == len(plot.studies)
            if index:
                sheet.rule(top - (gap / 2 if pooled else 0.0), width=0.8 if pooled else 0.3)
        sheet.path([(axis.at(axis.null), head), (axis.at(axis.null), foot)], colour=MUTED, width=0.8)
        for row, top, tall in zip(plot.rows, tops, talls, strict=True):
            _draw_texts(sheet, plot, row, top + tall / 2)
            _draw_range(sheet, plot, row, top + tall / 2)
        _draw_axis(sheet, plot, foot)
        sheet.lines(0, foot + 0.55, notes, colour=MUTED)
        return sheet.svg("forest", name)


def _draw_texts(sheet: Canvas, plot: Plot, row: ForestRow, y: float) -> None:
    columns = plot.columns
    room = columns.label - _GUTTER
    subs = columns.sub_lines(row)
    lift = 0.075 + leading(SMALL) * (len(subs) - 1) / 2 if subs else 0.0
    sheet.text(0, y - lift, shorten(row.label, room, BODY, bold=True), bold=True)
    sheet.lines(0, y - lift + 0.16, subs, colour=MUTED)
    counts = wrap(row.counts, columns.counts, _CELL, limit=2)
    sheet.lines(columns.label, y - leading(_CELL) * (len(counts) - 1) / 2, counts, size=_CELL)
    text = shorten(row.text, columns.text, _CELL, bold=row.summary)
    sheet.text(MEASURE - columns.text, y, text, size=_CELL, bold=row.summary)


def _draw_range(sheet: Canvas, plot: Plot, row: ForestRow, y: float) -> None:
    """A square, diamond or bar with its whiskers, and an arrowhead if it extends beyond the axis."""
    axis = plot.axis
    ends = [axis.at(value) for value in (row.low, row.high) if value is not None]
    if row.estimate is None:
        if len(ends) == 2:
            sheet.box(ends[0], y - 0.02, ends[1], y + 0.02, fill=MUTED, edge=MUTED, width=0.6)
    elif row.summary and not row.hollow:
        x = axis.at(row.estimate)
        sheet.shape([(ends[0], y), (x, y - _DIAMOND), (ends[1], y), (x, y + _DIAMOND)])
    else:
        _draw_point(sheet, plot, row, y)
        ends.append(axis.at(row.estimate))
        if len(ends) > 1:
            sheet.path([(min(ends), y), (max(ends), y)], width=1.0)
    for side in row.runs_off(axis):
        tip = axis.right if side > 0 else axis.left
        back = tip - side * _ARROW
        sheet.shape([(tip, y), (back, y - _ARROW / 2), (back, y + _ARROW / 2)], width=0.6)


def _draw_point(sheet: Canvas, plot: Plot, row: ForestRow, y: float) -> None:
    """A square sized by weight, hollow without an interval; a diamond for a pooled result; nothing beyond the axis."""
    if row.estimate is None or plot.axis.beyond(row.estimate):
        return
    x = plot.axis.at(row.estimate)
    if row.summary:
        corners = [(x - _DIAMOND, y), (x, y - _DIAMOND), (x + _DIAMOND, y), (x, y + _DIAMOND)]
        sheet.shape(corners, fill=PAPER, width=1.0)
        return
    least, most = _SQUARE
    sized = row.weight is not None and plot.heaviest > 0
    side = least + (most - least) * math.sqrt((row.weight or 0.0) / plot.heaviest) if sized else _EQUAL
    look = {"fill": PAPER, "edge": INK} if row.hollow else {"fill": SQUARE, "edge": SQUARE}
    sheet.box(x - side / 2, y - side / 2, x + side / 2, y + side / 2, width=1.0, **look)


def _draw_axis(sheet: Canvas, plot: Plot, y: float) -> None:
    axis = plot.axis
    sheet.path([(axis.left, y), (axis.right, y)], colour=MUTED, width=0.8)
    for x, label in axis.ticks():
        sheet.path([(x, y), (x, y + 0.045)], colour=MUTED, width=0.8)
        sheet.text(x, y + 0.13, label, size=SMALL, across="center")
    null, y = axis.at(axis.null), y + 0.34
    for side, label in zip((-1, 1), plot.sides, strict=True):
        if not label:
            continue
        start, tip, text = (null + side * shift for shift in (0.08, 0.36, 0.43))
        sheet.path([(start, y), (tip, y)], colour=MUTED)
        sheet.shape([(tip, y), (tip - side * 0.07, y - 0.035), (tip - side * 0.07, y + 0.035)], fill=MUTED, edge=MUTED)
        room = text if side < 0 else MEASURE - text
        sheet.text(text, y, shorten(label, room, SMALL), size=SMALL, across="right" if side < 0 else "left")
