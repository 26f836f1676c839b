"""Harvest plot, traffic light and evidence map: every study in its place, what is empty said, what does not fit refused."""

from __future__ import annotations

import dataclasses
import math
from itertools import combinations
from typing import Any

import pytest
from figure_checks import Sheet, sheet_of, texts
from matplotlib.patches import Circle, PathPatch

from weigh.evidence.vocabulary import Certainty, Direction, Risk, Verdict
from weigh.figures import HarvestBar, HarvestRow, MapCell, TrafficCell, TrafficRow, evidence_map, harvest, traffic_light
from weigh.figures.look import CERTAINTY_LOOK, DIRECTION_LOOK, RISK_LOOK

BAR = HarvestBar(
    study="Fernhollow 2017", column=Direction.FAVOURS_INTERVENTION, suitability=3, quality="L", direct=True
)
DOMAINS = ("Allocation", "Blinding", "Overall")
CELL = MapCell(row="elbow", column="pain", studies=3, participants=120, certainty="low", verdict=Verdict.BACKED)


def lights(*levels: str) -> TrafficRow:
    cells = tuple(TrafficCell(letter=RISK_LOOK[level].letter, level=level) for level in levels)
    return TrafficRow(label="Fernhollow 2017", sub="RoB 2", cells=cells)


def colour(part: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in part[:3])


def bars(sheet: Sheet) -> list[Any]:
    """The bars above the legend."""
    foot = max(line[0][1] for line in sheet.lines if line[1][0] - line[0][0] > 7)
    above = [patch for patch in sheet.patches if patch.get_path().vertices[:, 1].max() < foot]
    return [patch for patch in above if not isinstance(patch, PathPatch)]  # signs of directions stand in the head


def tall(patch: Any) -> float:
    ys = patch.get_path().vertices[:, 1]
    return float(ys.max() - ys.min())


# ---- harvest plot


def test_a_bar_stands_in_the_column_of_its_direction() -> None:
    """Left favours the comparator, right the intervention; each in its colour."""
    columns = (Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION, Direction.FAVOURS_INTERVENTION)
    row = HarvestRow(label="elbow", bars=tuple(dataclasses.replace(BAR, column=c) for c in columns))
    sheet, drawing = sheet_of(lambda: harvest([row], name="a", intervention="warm light"))
    found = sorted(bars(sheet), key=lambda patch: patch.get_path().vertices[:, 0].min())
    heads = [sheet.text(words) for words in ("Favours the comparator", "No clear direction", "Favours warm light")]

    assert [DIRECTION_LOOK[c].colour for c in columns] == [colour(patch.get_facecolor()) for patch in found]
    assert heads == sorted(heads, key=lambda box: box.left)
    assert drawing.caption.startswith(
        "Of 3 results on 1 topic, 1 favours the comparator, 1 shows no clear direction and 1 favours warm light"
    )


def test_a_more_suitable_design_is_a_taller_bar() -> None:
    """The height goes by the design, and the tallest stand first."""
    row = HarvestRow(label="elbow", bars=tuple(dataclasses.replace(BAR, suitability=s) for s in (1, 3, 2)))
    sheet, drawing = sheet_of(lambda: harvest([row], name="a", intervention="warm light"))
    heights = [tall(patch) for patch in bars(sheet)]

    assert heights == sorted(set(heights), reverse=True)
    assert 3 == len(heights)
    assert ["design 3 of 3", "design 2 of 3", "design 1 of 3"] == [
        part for part in drawing.alternative.split(", ") if part.startswith("design")
    ]


def test_a_study_of_something_else_is_hatched() -> None:
    """A bar that does not test the intervention is told apart without colour, in the picture and in the text."""
    row = HarvestRow(label="elbow", bars=(BAR, dataclasses.replace(BAR, direct=False)))
    sheet, drawing = sheet_of(lambda: harvest([row], name="a", intervention="warm light"))

    assert [False, True] == [bool(patch.get_hatch()) for patch in bars(sheet)]
    assert "tests the intervention itself; 1 Fernhollow 2017" in drawing.alternative
    assert "does not test it directly" in drawing.alternative
    assert "does not test it directly" in texts(drawing)


@pytest.mark.parametrize("count", [1, 5, 9, 40, 120])
def test_bars_stand_beside_each_other(count: int) -> None:
    """However many studies there are, no bar hides another, and each has its number and its letters."""
    row = HarvestRow(
        label="elbow", bars=tuple(dataclasses.replace(BAR, study=f"Study {i}", quality="ME") for i in range(count))
    )
    sheet, _drawing = sheet_of(lambda: harvest([row], name="a", intervention="warm light"))
    solid = [box for box in sheet.shapes if box.bottom - box.top > 0.3]

    assert count == len(solid) == [box.what for box in sheet.texts].count("ME")
    assert [] == [(one, other) for one, other in combinations(solid, 2) if one.meets(other)]
    assert [] == sheet.overlaps()


def test_a_study_has_one_number_wherever_it_stands() -> None:
    """The number below a bar is that of the key, the same in each topic."""
    rows = [HarvestRow(label="elbow", bars=(BAR,)), HarvestRow(label="heel", bars=(BAR,))]
    sheet, drawing = sheet_of(lambda: harvest(rows, name="a", intervention="warm light"))

    assert 3 == [box.what for box in sheet.texts].count("1")  # two bars, one line of the key
    assert 2 == drawing.alternative.count("1 Fernhollow 2017, design 3 of 3, quality L (low risk)")


def test_a_topic_without_studies_says_none() -> None:
    """An empty cell is an answer too."""
    rows = [HarvestRow(label="elbow", bars=(BAR,)), HarvestRow(label="heel", bars=())]
    _sheet, drawing = sheet_of(lambda: harvest(rows, name="a", intervention="warm light"))

    assert 5 == texts(drawing).count("none")
    assert "heel, 0 studies. Favours the comparator: none. No clear direction: none. Favours warm light: none." in (
        drawing.alternative
    )
    assert harvest(rows[1:], name="a", intervention="warm light") is None


@pytest.mark.parametrize("change", [{"suitability": 4}, {"column": Direction.NOT_COMPARATIVE}])
def test_a_bar_without_a_place_is_refused(change: dict[str, Any]) -> None:
    """No study is left out in silence."""
    with pytest.raises(ValueError, match="Fernhollow 2017"):
        harvest([HarvestRow(label="a", bars=(dataclasses.replace(BAR, **change),))], name="a", intervention="b")


# ---- traffic light


@pytest.mark.parametrize("level", RISK_LOOK)
def test_a_level_has_its_colour_outline_and_letter(level: str) -> None:
    """A level is seen by its fill, its outline and its letter, and read in the text."""
    sheet, drawing = sheet_of(lambda: traffic_light([lights(level, level, level)], DOMAINS, name="a"))
    look = RISK_LOOK[level]
    circles = [patch for patch in sheet.patches if isinstance(patch, Circle)]

    assert 4 == [box.what for box in sheet.texts].count(look.letter)  # three cells and the legend
    assert (4 if look.width else 0) == len(circles)
    assert {(look.fill, look.edge, look.width)} >= {
        (colour(c.get_facecolor()), colour(c.get_edgecolor()), c.get_linewidth()) for c in circles
    }
    assert f"Allocation: {look.words} ({look.letter})" in drawing.alternative
    assert look.words in texts(drawing)


def test_every_level_of_risk_has_a_look() -> None:
    """The levels of the vocabulary, and having none, can all be drawn."""
    assert {*Risk, "not_appraised"} == set(RISK_LOOK)
    assert {*Certainty, None} == set(CERTAINTY_LOOK)


def test_the_overall_judgement_is_set_apart() -> None:
    """The last column stands farther from its neighbour than the domains from each other."""
    sheet, drawing = sheet_of(lambda: traffic_light([lights("low", "low", "high")], DOMAINS, name="a"))
    first, second, last = ((box.left + box.right) / 2 for box in (sheet.text(head) for head in DOMAINS))

    assert last - second > second - first + 0.1
    assert "overall judgement of 1 study: 1 high risk." in drawing.caption


def test_one_judgement_more_than_domains_is_the_overall_one() -> None:
    """Domains may be given without their sum."""
    given = [lights("low", "low", "high")]

    assert traffic_light(given, DOMAINS[:2], name="a") == traffic_light(given, DOMAINS, name="a")


def test_long_domains_have_numbers_and_a_key() -> None:
    """Heads that do not fit their column are numbered and explained below."""
    long = ["Otorhinolaryngological misclassification of the interventions", "Blinding"] * 4
    rows = [lights(*["low"] * 9)]
    shown = texts(sheet_of(lambda: traffic_light(rows, long, name="a"))[1])

    assert {f"D{i}" for i in range(1, 9)} <= set(shown)
    assert {f"D1: {long[0]}", "D8: Blinding", "Overall"} <= set(shown)


def test_a_reason_is_in_the_text() -> None:
    """What a judgement rests on is read where the picture has no room for it."""
    row = TrafficRow(label="A", cells=(TrafficCell(letter="H", level="high", reason="Nobody was blinded."),))
    drawing = sheet_of(lambda: traffic_light([row], ["Blinding"], name="a"))[1]

    assert "A: Blinding: high risk (H), Nobody was blinded." in drawing.alternative


@pytest.mark.parametrize(
    "row", [lights("low"), TrafficRow(label="Fernhollow 2017", cells=(TrafficCell(letter="x", level="odd"),) * 3)]
)
def test_judgements_that_do_not_fit_are_refused(row: TrafficRow) -> None:
    """A row that has too few judgements or a level that nobody knows is no figure."""
    with pytest.raises(ValueError, match="Fernhollow 2017"):
        traffic_light([lights("low", "low", "low"), row], DOMAINS, name="a")


# ---- evidence map


def mapped(
    *cells: MapCell, rows: tuple[str, ...] = ("elbow", "heel"), columns: tuple[str, ...] = ("pain", "motion")
) -> Any:
    return sheet_of(lambda: evidence_map(cells, rows, columns, name="a"))


def bubble(sheet: Sheet) -> Circle:
    """The one bubble of a map."""
    return next(patch for patch in sheet.patches if isinstance(patch, Circle) and patch.get_radius() > 0.05)


def test_what_is_empty_is_a_dot_and_is_said() -> None:
    """Empty combinations are drawn and counted, and rows without any study are named."""
    sheet, drawing = mapped(CELL)

    assert 3 == sheet.dots
    assert "no study for 3 of 4 combinations; no study at all for heel." in drawing.caption
    assert "heel: no study." in drawing.alternative
    assert "Without a study: 3 of 4 combinations. Rows without any study: heel. Columns without any study: motion." in (
        drawing.alternative
    )


def test_a_cell_without_a_study_is_empty() -> None:
    """A cell that counts no study is a dot, and keeps its verdict."""
    _sheet, drawing = mapped(
        dataclasses.replace(CELL, studies=0, participants=None, certainty=None, verdict=Verdict.NO_EVIDENCE)
    )

    assert "no study for 4 of 4 combinations; no study at all for elbow and heel." in drawing.caption
    assert "elbow: pain: no study, no evidence cited." in drawing.alternative


def test_a_row_without_a_study_takes_less_room() -> None:
    """What is empty is shown, and does not push the rest off the sheet."""
    heights = [
        float(drawing.svg.split('viewBox="0 0 ')[1].split()[1].rstrip('"'))
        for drawing in (
            mapped(CELL, rows=("elbow", "heel"))[1],
            mapped(CELL, dataclasses.replace(CELL, row="heel"), rows=("elbow", "heel"))[1],
        )
    ]

    assert heights[0] + 10 < heights[1]


def test_a_map_without_cells_is_all_dots() -> None:
    """That nothing is known is worth a map."""
    assert "no study for 4 of 4 combinations" in mapped()[1].caption


def test_a_full_map_has_no_gap() -> None:
    """A map without a gap does not speak of any."""
    drawing = mapped(CELL, rows=("elbow",), columns=("pain",))[1]

    assert "studies for every combination" in drawing.caption
    assert "no study" not in texts(drawing)


def test_more_participants_are_a_larger_bubble() -> None:
    """The bubble grows with the number of participants."""
    sizes = [bubble(mapped(dataclasses.replace(CELL, participants=n))[0]).get_radius() for n in (20, 200, 800, 5000)]

    assert sizes == sorted(set(sizes))
    assert math.isclose(sizes[1], bubble(mapped(CELL)[0]).get_radius())


@pytest.mark.parametrize("certainty", CERTAINTY_LOOK)
def test_certainty_has_its_colour_and_letter(certainty: str | None) -> None:
    """A certainty is seen by its fill and the letter below, and read in the text."""
    sheet, drawing = mapped(dataclasses.replace(CELL, certainty=certainty))
    look = CERTAINTY_LOOK[certainty]

    assert look.fill == colour(bubble(sheet).get_facecolor())
    assert look.letter in texts(drawing)
    assert f"elbow: pain: 3 studies, 120 participants, {look.words}, backed." in drawing.alternative


def test_unknown_participants_are_a_hollow_bubble() -> None:
    """Where nobody knows how many took part, the bubble is hollow and says so."""
    sheet, drawing = mapped(dataclasses.replace(CELL, participants=None))

    assert "#ffffff" == colour(bubble(sheet).get_facecolor())
    assert "n ?" in texts(drawing)
    assert "participants not known" in drawing.alternative


@pytest.mark.parametrize(
    "cells", [(CELL, CELL), (dataclasses.replace(CELL, row="knee"),), (dataclasses.replace(CELL, certainty="odd"),)]
)
def test_a_cell_without_a_place_is_refused(cells: tuple[MapCell, ...]) -> None:
    """Nothing is left out in silence, and nothing drawn over."""
    with pytest.raises(ValueError, match="pain"):
        mapped(*cells)


@pytest.mark.long
def test_a_map_of_25_by_14_fits_a_page() -> None:
    """The whole guideline is legible at the width of a page."""
    rows = tuple(f"Condition {i} of the many that a guideline names" for i in range(25))
    columns = tuple(f"Outcome domain {j} with a long name" for j in range(14))
    cells = [
        MapCell(
            row=r,
            column=c,
            studies=12,
            participants=None if j % 3 else 5000,
            certainty="moderate",
            verdict=Verdict.MIXED,
        )
        for r in rows
        for j, c in enumerate(columns)
    ]
    sheet = mapped(*cells, rows=rows, columns=columns)[0]

    assert 7.6 == pytest.approx(sheet.width)
    assert [] == sheet.clipped()
    assert [] == sheet.overlaps()
    assert [] == sheet.struck()
