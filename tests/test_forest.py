"""The forest plot: the null where it belongs, what runs off said, what has no interval hollow."""

from __future__ import annotations

import math
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from figure_checks import Sheet, numbers, sheet_of, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from weigh.figures import Drawing, ForestRow, forest
from weigh.figures.axis import Range, fit_axis
from weigh.figures.look import PAPER

#: BCG against tuberculosis: events and others, vaccinated and not (Colditz et al. 1994, as used in metafor).
BCG = {
    "Aronson 1948": (4, 119, 11, 128),
    "Ferguson & Simes 1949": (6, 300, 29, 274),
    "Rosenthal 1960": (3, 228, 11, 209),
    "Hart & Sutherland 1977": (62, 13536, 248, 12619),
    "TPT Madras 1980": (505, 87886, 499, 87892),
    "Comstock & Webster 1969": (5, 2493, 3, 2338),
}
WIDE = ForestRow(label="Quillfen 2003", estimate=3.0, low=0.01, high=5000.0, weight=0.1, text="3.00 (0.01 to 5000)")
RATIO: dict[str, Any] = {
    "name": "bcg",
    "ratio": True,
    "measure": "Risk ratio (95% interval)",
    "favours": ("favours BCG", "favours no vaccination"),
}
LINEAR = RATIO | {"ratio": False, "measure": "Mean difference"}


def bcg() -> list[ForestRow]:
    rows = []
    for label, (a, b, c, d) in BCG.items():
        ratio = a / (a + b) / (c / (c + d))
        half = 1.96 * math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
        low, high = ratio * math.exp(-half), ratio * math.exp(half)
        rows.append(
            ForestRow(
                label=label,
                sub="randomised trial",
                estimate=ratio,
                low=low,
                high=high,
                weight=1 / half**2,
                counts=f"{a} of {a + b} v {c} of {c + d}",
                text=f"{ratio:.2f} ({low:.2f} to {high:.2f})",
            )
        )
    return rows


def pooled() -> ForestRow:
    return ForestRow(label="Random effects", estimate=0.49, low=0.33, high=0.73, text="0.49 (0.33 to 0.73)")


def seen(rows: list[ForestRow], **kwargs: Any) -> tuple[Sheet, Drawing]:
    return sheet_of(lambda: forest(rows, **(RATIO | kwargs)))


def shapes(sheet: Sheet, corners: int) -> list[Any]:
    """Closed shapes by the number of their corners: 3 an arrowhead, 4 a square, a diamond or a bar."""
    return [patch for patch in sheet.patches if len(patch.get_path().vertices) == corners + 1]


def squares(sheet: Sheet) -> list[Any]:
    return [p for p in shapes(sheet, 4) if p.get_path().vertices[0][1] == p.get_path().vertices[1][1]]


def diamonds(sheet: Sheet) -> list[Any]:
    return [p for p in shapes(sheet, 4) if p not in squares(sheet)]


def hollow(patch: Any) -> bool:
    return tuple(patch.get_facecolor()[:3]) == tuple(int(PAPER[i : i + 2], 16) / 255 for i in (1, 3, 5))


# ---- the axis


@pytest.mark.parametrize(("kind", "null"), [(RATIO, "1"), (LINEAR, "0")], ids=["ratio", "difference"])
def test_the_line_of_no_effect_stands_at_the_null(kind: dict[str, Any], null: str) -> None:
    """The upright line is at 1 for ratios and at 0 for differences, where the axis says so."""
    sheet, _drawing = seen(bcg(), **kind)
    (line,) = (line for line in sheet.lines if line[0][0] == line[1][0] and line[1][1] - line[0][1] > 1)
    label = sheet.text(null)

    assert line[0][0] == pytest.approx((label.left + label.right) / 2, abs=0.01)


def test_a_half_is_as_far_as_a_double() -> None:
    """Ratios stand on their logarithms."""
    axis = fit_axis([Range(estimate=1, low=0.25, high=4)], [], ratio=True, left=2, width=3)

    assert axis.at(1) - axis.at(0.5) == pytest.approx(axis.at(2) - axis.at(1))


def test_both_sides_of_the_null_are_seen() -> None:
    """An axis of results on one side leaves room for the other."""
    axis = fit_axis([Range(estimate=3, low=2, high=4)], [], ratio=False, left=0, width=4)

    assert 0.5 < axis.at(0)


@pytest.mark.long
def test_an_interval_that_runs_off_has_an_arrowhead_and_is_said() -> None:
    """A tiny study with an enormous interval does not press the others together; picture and texts say that it goes on."""
    usual, _ = seen(bcg())
    sheet, drawing = seen([*bcg(), WIDE])
    arrows = len(shapes(sheet, 3)) - len(shapes(usual, 3))

    assert 2 == arrows
    assert "1 row extends beyond the axis" in drawing.caption
    assert "3.00 (0.01 to 5000); weight 0.1%; extends beyond the axis on the left and the right." in drawing.alternative
    assert any("Arrowhead" in text for text in texts(drawing))
    assert "beyond" not in seen(bcg())[1].caption


def test_the_other_studies_keep_their_room() -> None:
    """With a study that runs off, an interval of usual width still takes a good part of the axis."""
    rows = [row.range for row in (*bcg(), WIDE)]
    axis = fit_axis(rows, [], ratio=True, left=0, width=1)

    assert axis.at(rows[0].high or 0) - axis.at(rows[0].low or 0) > 0.25


def test_an_estimate_beyond_the_axis_has_no_square() -> None:
    """Where even the estimate lies beyond the axis, only the arrowhead stands at its end."""
    far = ForestRow(label="Quillfen 2003", estimate=1e9, low=1e8, high=1e10, text="far")
    sheet, drawing = seen([*bcg(), far])

    assert len(bcg()) == len(squares(sheet))
    assert "Quillfen 2003: far; extends beyond the axis on the right." in drawing.alternative


def test_two_studies_are_both_seen_whole() -> None:
    """Where there are but two, none is the usual one: neither loses its estimate beyond the axis."""
    rows = [
        ForestRow(label="A", estimate=1.05, low=0.96, high=1.15),
        ForestRow(label="B", estimate=1.5, low=0.84, high=2.7),
    ]
    sheet, drawing = seen(rows, ratio=True)

    assert 2 == len(squares(sheet))
    assert "beyond the axis" not in drawing.caption + drawing.alternative


def test_no_interval_of_usual_width_runs_off() -> None:
    """Among studies of unlike size, an axis that has room for all shows all."""
    sheet, drawing = seen(bcg())

    assert [] == shapes(sheet, 3)[2:]  # the two arrows of the sides
    assert "beyond" not in drawing.alternative


# ---- the marks


def test_squares_grow_with_the_weight() -> None:
    """More weight is a larger square; without weights all are equal."""
    areas = [p.get_extents().width for p in squares(seen(bcg())[0])]
    weights = [row.weight for row in bcg()]
    equal = [ForestRow(label=r.label, estimate=r.estimate, low=r.low, high=r.high) for r in bcg()]

    assert sorted(range(6), key=areas.__getitem__) == sorted(range(6), key=lambda i: weights[i] or 0)
    assert 1 == len({round(p.get_extents().width, 6) for p in squares(seen(equal)[0])})


def test_a_point_without_interval_is_hollow_and_said() -> None:
    """An estimate alone is a hollow square without a whisker, and its row says so."""
    row = ForestRow(label="Tallowick 1999", estimate=0.8, text="0.80")
    sheet, drawing = seen([*bcg(), row])

    assert [False] * 6 + [True] == [hollow(patch) for patch in squares(sheet)]
    assert "0.80, no interval" in texts(drawing)
    assert "Tallowick 1999: 0.80, no interval." in drawing.alternative
    assert len([line for line in sheet.lines if line[0][1] == line[1][1]]) == 1 + len(seen(bcg())[0].lines) - len(
        [line for line in seen(bcg())[0].lines if line[0][1] != line[1][1]]
    )


def test_a_pooled_result_is_a_diamond_as_wide_as_its_interval() -> None:
    """Squares are studies; a diamond is what they add up to, below them or among them."""
    sheet, drawing = seen([*bcg(), ForestRow(label="Subgroup", estimate=0.5, low=0.3, high=0.9, summary=True)])
    wide, _ = seen(bcg(), summary_rows=[pooled()])

    assert 1 == len(diamonds(sheet)) == len(diamonds(wide))
    assert diamonds(sheet)[0].get_extents().width > diamonds(wide)[0].get_extents().width
    assert "Subgroup: 0.50 (0.30 to 0.90)." in drawing.alternative


def test_a_prediction_interval_is_a_bar_below_the_diamond() -> None:
    """The prediction interval is a thin bar under the diamond, wider than it, and has its numbers in words."""
    sheet, drawing = seen(bcg(), summary_rows=[pooled()], prediction=(0.15, 1.55))
    bar = next(p for p in squares(sheet) if p.get_extents().height < 5 and p.get_extents().width > 20)
    (diamond,) = diamonds(sheet)

    assert bar.get_path().vertices[:, 1].min() > diamond.get_path().vertices[:, 1].max()
    assert bar.get_path().vertices[:, 0].min() < diamond.get_path().vertices[:, 0].min()
    assert "0.15 to 1.55" in texts(drawing)
    assert "Prediction interval: 0.15 to 1.55." in drawing.alternative


def test_the_sides_are_named_below_the_axis() -> None:
    """Each side says whom it favours, once."""
    shown = texts(seen(bcg())[1])

    assert {"favours BCG", "favours no vaccination"} <= set(shown)
    assert {"lower with light", "higher with light"} <= set(
        texts(seen(bcg(), favours=("lower with light", "higher with light"))[1])
    )


# ---- the texts


def test_the_text_has_every_number_of_every_row() -> None:
    """Counts, results, weights and the prediction interval are in the text alternative."""
    _sheet, drawing = seen(bcg(), summary_rows=[pooled()], prediction=(0.15, 1.55), note="I² = 92.2%.")
    said = numbers(drawing.alternative)

    for row in bcg():
        assert f"{row.label} (randomised trial): {row.counts}; {row.text}; weight " in drawing.alternative
    assert {"0.49", "0.33", "0.73", "0.15", "1.55", "92.2"} <= said
    shares = [float(share) for share in re.findall(r"weight ([\d.]+)%", drawing.alternative)]
    assert 100 == pytest.approx(sum(shares), abs=0.5)


def test_the_caption_counts_the_sides() -> None:
    """The caption says where the estimates lie."""
    caption = seen(bcg())[1].caption

    assert caption.startswith("Risk ratio (95% interval) by study: ")
    assert "of 6 estimates, 4 lie on the side “favours BCG”, 2 lie on the side “favours no vaccination”." in caption


def test_a_row_without_estimate_is_said() -> None:
    """A study whose effect cannot be estimated keeps its row, and says so."""
    _sheet, drawing = seen([*bcg(), ForestRow(label="Tallowick 1999", estimate=math.nan, counts="0 of 9 v 0 of 8")])

    assert "not estimable" in texts(drawing)
    assert "Tallowick 1999: 0 of 9 v 0 of 8; not estimable." in drawing.alternative


# ---- any numbers at all


finite = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.none() | finite
forest_rows = st.lists(
    st.builds(
        ForestRow,
        label=st.sampled_from(["Aronson 1948", "B", "A name that is rather long for its column, 1977"]),
        estimate=st.none() | finite,
        low=maybe,
        high=maybe,
        weight=maybe,
        summary=st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.long
@settings(max_examples=60)
@given(forest_rows, st.booleans(), st.none() | st.tuples(finite, finite))
def test_extreme_numbers_are_drawn_within_the_sheet(
    rows: list[ForestRow], ratio: bool, prediction: tuple[float, float] | None
) -> None:
    """Whatever finite numbers come, nothing that is no number is printed, and nothing leaves the sheet."""
    sheet, drawing = seen(rows, ratio=ratio, prediction=prediction, measure="Effect")
    svg = ET.fromstring(drawing.svg)
    coordinates = " ".join(element.get("d", "") for element in svg.iter())

    assert [] == re.findall(r"(?i)\b(?:nan|inf|infinity|none)\b", " ".join([coordinates, *texts(drawing)]))
    assert [] == re.findall(r"(?i)\bnan\b|\binf\b|∞", drawing.alternative + drawing.caption)
    assert [] == sheet.clipped()
    assert [] == sheet.overlaps()
    assert [] == sheet.struck()


@pytest.mark.long
@given(st.lists(st.builds(Range, estimate=finite, low=maybe, high=maybe), max_size=8), st.booleans(), st.floats(0.8, 4))
def test_ticks_stand_on_the_axis_with_room_between_them(rows: list[Range], ratio: bool, width: float) -> None:
    """Ticks go up from left to right, have labels that differ, and the null is among them."""
    axis = fit_axis(rows, [], ratio=ratio, left=1.0, width=width)
    ticks = axis.ticks()
    places = [place for place, _label in ticks]

    assert places == sorted(places)
    assert all(axis.left <= place <= axis.right for place in places)
    assert len(ticks) == len({label for _place, label in ticks})
    assert ("1" if ratio else "0") in {re.sub(r"\.0+$", "", label) for _place, label in ticks}
