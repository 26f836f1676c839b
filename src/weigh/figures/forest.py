"""The forest plot: the result of each study with its interval, and the pooled result."""

from __future__ import annotations

import math
from collections.abc import Sequence

from weigh.figures.axis import Range, fit_axis
from weigh.figures.drawing import Drawing
from weigh.figures.forest_sheet import ForestRow, Plot, draw, fit_columns
from weigh.figures.lettering import clean, headed, number
from weigh.text.numbers import number as readable
from weigh.wording.sentences import plural

__all__ = ["ForestRow", "forest"]


def forest(
    rows: Sequence[ForestRow],
    *,
    name: str,
    ratio: bool,
    measure: str,
    favours: tuple[str, str],
    summary_rows: Sequence[ForestRow] = (),
    prediction: tuple[float, float] | None = None,
    note: str = "",
) -> Drawing | None:
    """The forest plot: one row per study, squares sized by weight, diamonds for pooled results.

    After Lewis and Clarke (2001), with the prediction interval of Higgins, Thompson and Spiegelhalter (2009) as a bar
    below the diamond. The axis cuts off the far end of an interval that would compress the others; an arrowhead marks
    the cut, and the caption and the text alternative report it.

    Args:
        rows: the studies, in drawing order.
        name: a name for the content, which makes the ids inside the SVG unique on a page.
        ratio: whether the measure is a ratio: a logarithmic axis with its null at 1, else a linear one with its null at 0.
        measure: the measure in words, such as "Risk ratio (95% interval)".
        favours: the labels under the left and the right side, such as "favours the comparator".
        summary_rows: pooled results, drawn as diamonds below the studies.
        prediction: the limits of a prediction interval.
        note: a sentence below the figure, such as the heterogeneity.

    Returns:
        The drawing, or None if there are no rows.
    """
    studies = tuple(_readable(row) for row in rows)
    pooled = tuple(_readable(row, summary=True) for row in summary_rows)
    if not studies and not pooled:
        return None
    if prediction is not None:
        pooled = (*pooled, _predicted(*prediction))
    columns = fit_columns((*studies, *pooled), clean(measure))
    axis = fit_axis(
        [row.range for row in studies if not row.summary],
        [row.range for row in (*studies, *pooled) if row.summary],
        ratio=ratio,
        left=columns.plot,
        width=columns.plot_width,
    )
    plot = Plot(
        studies=studies,
        pooled=pooled,
        axis=axis,
        columns=columns,
        measure=clean(measure),
        sides=(clean(favours[0]), clean(favours[1])),
        note=clean(note),
    )
    return Drawing(draw(plot, name), _caption(plot), _alternative(plot))


def _readable(row: ForestRow, *, summary: bool = False) -> ForestRow:
    """A row without NaN values, with a note if its interval is incomplete."""
    estimate, low, high = (_known(value) for value in (row.estimate, row.low, row.high))
    if estimate is None:
        low = high = None
    text = clean(row.text) or _range_words(Range(estimate=estimate, low=low, high=high))
    if estimate is not None and (low is None or high is None):
        lacks = "no interval" if low is None and high is None else "no lower limit" if low is None else "no upper limit"
        text = text if lacks in text else f"{text}, {lacks}"
    return ForestRow(
        label=clean(row.label),
        sub=clean(row.sub),
        estimate=estimate,
        low=low,
        high=high,
        weight=row.weight if row.weight is not None and 0 <= row.weight < math.inf else None,
        counts=clean(row.counts),
        text=text,
        summary=row.summary or summary,
    )


def _predicted(low: float, high: float) -> ForestRow:
    """The prediction interval as a row without an estimate."""
    span = Range(estimate=None, low=_known(low), high=_known(high))
    text = _range_words(span)
    return ForestRow(label="Prediction interval", estimate=None, low=span.low, high=span.high, text=text, summary=True)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _range_words(span: Range) -> str:
    ends = None if span.low is None or span.high is None else f"{_value(span.low)} to {_value(span.high)}"
    if span.estimate is None:
        return ends or "not estimable"
    return _value(span.estimate) + (f" ({ends})" if ends else "")


def _value(value: float) -> str:
    return readable(value) if value == 0 or 1e-4 <= abs(value) < 1e6 else number(value)


def _caption(plot: Plot) -> str:
    null = plot.axis.null
    known = [row.estimate for row in plot.rows if not row.summary and row.estimate is not None]
    left, right = plot.sides
    places = (
        (sum(value < null for value in known), f"on the side “{left}”" if left else "on the left"),
        (sum(value > null for value in known), f"on the side “{right}”" if right else "on the right"),
        (sum(value == null for value in known), "on the line of no effect"),
    )
    found = [(count, where) for count, where in places if count]
    says = []
    if len(known) == 1:
        says.append(f"the one estimate lies {found[0][1]}")
    elif known:
        lie = ", ".join(f"{count} {'lies' if count == 1 else 'lie'} {where}" for count, where in found)
        says.append(f"of {plural(len(known), 'estimate')}, {lie}")
    off = sum(bool(row.runs_off(plot.axis)) for row in plot.rows)
    if off:
        says.append(f"{plural(off, 'row extends', 'rows extend')} beyond the axis, as an arrowhead shows")
    return f"{headed(plot.measure)} by study{': ' if says else ''}{'; '.join(says)}."


def _alternative(plot: Plot) -> str:
    null = number(plot.axis.null)
    kind = "logarithmic" if plot.axis.ratio else "linear"
    left, right = (side or "no label" for side in plot.sides)
    sentences = [f"{headed(plot.measure)}, on a {kind} axis; below {null}: {left}; above {null}: {right}."]
    weights = [row.weight or 0.0 for row in plot.studies if not row.summary]
    total = sum(weight / plot.heaviest for weight in weights) if plot.heaviest else 0.0
    for row in plot.rows:
        parts = [row.counts, row.text]
        if row.weight is not None and total and not row.summary:
            parts.append(f"weight {100 * (row.weight / plot.heaviest) / total:.1f}%")
        off = [{-1: "left", 1: "right"}[side] for side in row.runs_off(plot.axis)]
        if off:
            parts.append(f"extends beyond the axis on the {' and the '.join(off)}")
        name = f"{row.label} ({row.sub})" if row.sub else row.label
        sentences.append(f"{name}: {'; '.join(part for part in parts if part)}.")
    return " ".join([*sentences, plot.note]).strip()
