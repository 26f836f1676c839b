"""What every figure promises: the same bytes, text that neither overlaps nor is cut, and a text that says it all."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from figure_checks import SVG, contrast, numbers, sheet_of, texts
from hypothesis import given
from hypothesis import strategies as st

from weigh.evidence.vocabulary import Direction
from weigh.figures import (
    Drawing,
    ForestRow,
    HarvestBar,
    HarvestRow,
    MapCell,
    TrafficCell,
    TrafficRow,
    evidence_map,
    forest,
    harvest,
    traffic_light,
)
from weigh.figures.lettering import SMALL, clean, flow, number, shorten, text_width, wrap
from weigh.figures.look import CERTAINTY_LOOK, RISK_LOOK, VERDICT_LOOK

Label = Callable[[int], str]
LONG = "Fernhollow, Ardenwood, Birchmere and the Northern Lamp Group"
assert 60 == len(LONG)
NAMES: dict[str, Label] = {
    "plain": lambda i: f"Fernhollow {1960 + i}",
    "long": lambda i: f"{LONG} {i}",
    "one word": lambda i: f"{'Donaudampfschiff' * 4}{i}",
    "hostile": lambda i: (
        f"<script>alert({i})</script>",
        f"$x_{i}$ & \\frac",
        f'id="a{i}" url(#b) <!-- c -->',
        f"דוד כהן {2000 + i}",
        f"a\u202eb\x00\n{i}",
        f"中文研究 {i}",
    )[i % 6],
}
LEVELS = list(RISK_LOOK)
SIDES = (Direction.FAVOURS_INTERVENTION, Direction.NO_CLEAR_DIRECTION, Direction.FAVOURS_COMPARATOR)
CERTAINTIES = list(CERTAINTY_LOOK)
VERDICTS = list(VERDICT_LOOK)


def make_forest(count: int, label: Label) -> Drawing | None:
    rows = [
        ForestRow(
            label=label(i),
            sub=f"{label(i)}, 40 people",
            estimate=0.4 + i / 40,
            low=None if i % 7 == 3 else 0.2 + i / 60,
            high=None if i % 7 == 3 else 0.9 + i / 20 if i % 9 else 900.0,
            weight=1.0 + i % 5,
            counts=f"{300 + i} of 13598 v {17 * i} of 12867",
            text=f"{0.4 + i / 40:.2f}" if i % 7 == 3 else f"{0.4 + i / 40:.2f} ({0.2 + i / 60:.2f} to 1.00)",
        )
        for i in range(count)
    ]
    pooled = [ForestRow(label=label(7), sub=label(8), estimate=0.6, low=0.4, high=0.8, text="0.60 (0.40 to 0.80)")]
    return forest(
        rows,
        name=label(0),
        ratio=True,
        measure="Risk ratio (95% interval)",
        favours=(label(1), label(2)),
        summary_rows=pooled if rows else (),
        prediction=(0.1, 1.8) if rows else None,
        note=f"Heterogeneity: {label(3)}",
    )


def make_harvest(count: int, label: Label) -> Drawing | None:
    bars = tuple(
        HarvestBar(
            study=label(i),
            column=SIDES[0 if i % 4 else i % 3],
            suitability=1 + i % 3,
            quality=("L", "S", "H", "–", "ME")[i % 5],
            direct=i % 3 > 0,
        )
        for i in range(count)
    )
    rows = [HarvestRow(label=label(100), bars=bars), HarvestRow(label=label(101), bars=bars[: count // 2])]
    return harvest(rows, name=label(0), intervention=label(1))


def make_traffic(count: int, label: Label) -> Drawing | None:
    cells = [tuple(_light(i + j) for j in range(6)) for i in range(count)]
    rows = [TrafficRow(label=label(i), sub=label(i + 1), cells=row) for i, row in enumerate(cells)]
    return traffic_light(rows, [*(label(j) for j in range(5)), "Overall"], name=label(0))


def _light(i: int) -> TrafficCell:
    level = LEVELS[i % 5]
    return TrafficCell(letter=RISK_LOOK[level].letter, level=level)


def make_map(count: int, label: Label) -> Drawing | None:
    rows, columns = [f"{label(i)} {i}" for i in range(count)], [f"{label(j)} no {j}" for j in range(min(count, 8))]
    cells = [
        MapCell(
            row=row,
            column=column,
            studies=(1, 12, 345)[(i + j) % 3],
            participants=None if (i + j) % 5 == 0 else 7 ** ((i + j) % 6),
            certainty=CERTAINTIES[(i * j) % 5],
            verdict=VERDICTS[(i + j) % 6],
        )
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
        if (i * 3 + j) % 4 == 0
    ]
    return evidence_map(cells, rows, columns, name=label(0))


FIGURES = {"forest": make_forest, "harvest": make_harvest, "traffic": make_traffic, "map": make_map}
each_figure = pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
each_name = pytest.mark.parametrize("label", NAMES.values(), ids=NAMES)


def drawn(make: Callable[[int, Label], Drawing | None], count: int, label: Label = NAMES["plain"]) -> Drawing:
    drawing = make(count, label)
    assert drawing is not None
    return drawing


# ---- always the same


@each_figure
def test_two_drawings_are_the_same_bytes(make: Callable[[int, Label], Drawing | None]) -> None:
    """Drawn twice, a figure does not differ in one byte."""
    assert drawn(make, 5) == drawn(make, 5)


@pytest.mark.long
def test_another_process_draws_the_same_bytes(tmp_path: Path) -> None:
    """A figure depends on no hash seed, locale, folder or matplotlib configuration."""
    (tmp_path / "matplotlibrc").write_text(
        "font.size: 20\nsvg.fonttype: path\npath.sketch: 1, 100, 2\nsavefig.bbox: tight\nlines.linestyle: --\n"
        "hatch.linewidth: 4\naxes.formatter.use_locale: True\nfigure.facecolor: red\n"
    )
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r});"
        "from test_figures_more import FIGURES, NAMES;"
        "sys.stdout.buffer.write(''.join(f(5, NAMES['plain']).svg for f in FIGURES.values()).encode())"
    )
    elsewhere = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "HOME": str(tmp_path)}
    elsewhere |= {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], env=elsewhere, cwd=tmp_path, capture_output=True, check=True)

    assert "".join(drawn(make, 5).svg for make in FIGURES.values()) == done.stdout.decode("utf-8")


@each_figure
def test_nothing_to_draw_is_no_figure(make: Callable[[int, Label], Drawing | None]) -> None:
    """Without rows there is no empty figure."""
    assert make(0, NAMES["plain"]) is None


# ---- fit to stand in a page


@pytest.mark.long
@each_figure
@each_name
def test_a_figure_is_well_formed_and_keeps_to_itself(
    make: Callable[[int, Label], Drawing | None], label: Label
) -> None:
    """A figure is XML, loads nothing, has ids of its own, and what it points to is there."""
    svg = drawn(make, 6, label).svg
    tags = "".join(re.findall(r"<[^>]*>", svg))
    ids = re.findall(r'\bid="([^"]*)"', tags)
    targets = {one or other for one, other in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', tags)}

    assert f"{SVG}svg" == ET.fromstring(svg).tag
    assert [] == re.findall(r'href="[^#"]|url\([^#]|<script|<image|\bon\w+=|metadata|<!--|[Mm]atplotlib', tags)
    assert len(ids) == len(set(ids))
    assert set() == targets - set(ids)
    assert [] == re.findall(r"\b(?:nan|inf)\b", tags)
    assert [] == [size for size in ("width", "height") if size in ET.fromstring(svg).attrib]


@each_figure
def test_two_figures_share_no_id(make: Callable[[int, Label], Drawing | None]) -> None:
    """Figures of two things stand in one page, though their names differ only in signs that an id cannot hold."""
    one, other = (set(re.findall(r'\bid="([^"]*)"', drawn(make, 1, lambda _i, n=n: n).svg)) for n in ("a b", "a<b"))

    assert one
    assert set() == one & other


# ---- legible


@pytest.mark.long
@each_figure
@pytest.mark.parametrize(
    ("count", "name"), [*((count, name) for count in (1, 5) for name in NAMES), (60, "plain"), (60, "long")]
)
def test_no_text_overlaps_or_is_cut(make: Callable[[int, Label], Drawing | None], count: int, name: str) -> None:
    """Every text has room of its own on the sheet, however many rows there are and however long their names."""
    sheet, _drawing = sheet_of(lambda: make(count, NAMES[name]))

    assert [] == sheet.clipped()
    assert [] == sheet.overlaps()
    assert [] == sheet.struck()
    assert 7.5 <= min(sheet.sizes)


@each_figure
def test_few_rows_are_a_small_sheet(make: Callable[[int, Label], Drawing | None]) -> None:
    """One study does not take a page, and no figure is wider than one."""
    sheet, _drawing = sheet_of(lambda: make(1, NAMES["plain"]))

    assert sheet.height < 3.2
    assert 7.6 == pytest.approx(sheet.width)


@each_figure
def test_a_long_name_is_shortened_and_said_in_full(make: Callable[[int, Label], Drawing | None]) -> None:
    """What does not fit ends with an ellipsis in the picture; the text has all of it."""
    drawing = drawn(make, 5, NAMES["one word"])

    assert any("…" in text for text in texts(drawing))
    assert NAMES["one word"](3) in drawing.alternative
    assert "…" not in drawing.alternative


@each_figure
def test_hostile_names_stay_text(make: Callable[[int, Label], Drawing | None]) -> None:
    """A name is text, whatever signs it holds: no markup, no formula, no turn of the writing direction."""
    drawing = drawn(make, 6, NAMES["hostile"])
    shown = " ".join(texts(drawing))

    for part in ("<script>", "$x_1$", "דוד כהן", 'id="a2"'):
        assert part in shown
        assert part in drawing.alternative
    assert [] == re.findall("[\u202a-\u202e\x00]", drawing.svg + drawing.alternative + drawing.caption)
    assert 'id="a2" url(#b)' in drawing.alternative


# ---- the text alternative


@each_figure
@pytest.mark.parametrize("count", [1, 5, pytest.param(60, marks=pytest.mark.long)])
def test_the_text_names_every_number_and_study(make: Callable[[int, Label], Drawing | None], count: int) -> None:
    """Whoever cannot see a figure reads every name in it, and every number of its rows."""
    sheet, drawing = sheet_of(lambda: make(count, NAMES["plain"]))
    foot = max(
        y for (x, y), (right, _y) in sheet.lines if right - x > 1
    )  # the last rule, or the axis: below is the key
    shown = [box.what for box in sheet.texts if box.top < foot and "…" not in box.what]

    assert count <= len(shown)
    assert [] == [what for what in shown if numbers(what) - numbers(drawing.alternative)]
    assert [] == [i for i in range(count) if NAMES["plain"](i) not in drawing.alternative]


@each_figure
def test_the_caption_is_one_sentence(make: Callable[[int, Label], Drawing | None]) -> None:
    """The caption says what to see, and ends."""
    assert re.fullmatch(r"[A-Z].*[^.]\.", drawn(make, 5).caption)


# ---- colours


@pytest.mark.parametrize("look", [*RISK_LOOK.values(), *CERTAINTY_LOOK.values()], ids=lambda look: look.words)
def test_a_letter_is_read_on_its_colour(look: object) -> None:
    """Letters have a contrast of 4.5 to 1 on what they stand on."""
    assert contrast(look.fill, look.ink) >= 4.5  # type: ignore[attr-defined]


@pytest.mark.parametrize("looks", [RISK_LOOK, CERTAINTY_LOOK], ids=["risk", "certainty"])
def test_colour_is_never_alone(looks: dict[object, object]) -> None:
    """Each level has a letter and words of its own."""
    for part in ("letter", "words"):
        assert len(looks) == len({getattr(look, part) for look in looks.values()})


def test_levels_differ_on_grey_paper() -> None:
    """Fills of the levels that are coloured go from light to dark in steps that grey paper shows."""
    risks = [RISK_LOOK[level].fill for level in ("low", "some_concerns", "high")]
    certainties = [CERTAINTY_LOOK[level].fill for level in ("very_low", "low", "moderate", "high")]

    for one, other in [*pairwise(risks), *pairwise(certainties)]:
        assert contrast("#000000", one) > contrast("#000000", other)
        assert contrast(one, other) > 1.45
    outlines = {(look.width, look.dashes) for look in RISK_LOOK.values()}
    assert len(RISK_LOOK) == len(outlines)


# ---- lettering


@given(st.text(max_size=80), st.floats(0.15, 4), st.booleans())
def test_a_shortened_text_fits(text: str, width: float, bold: bool) -> None:
    """A shortened text is no wider than its room, and a text that fits is left alone."""
    short = shorten(text, width, SMALL, bold=bold)

    assert text_width(short, SMALL, bold) <= width
    assert short == clean(text) or (short.endswith("…") and clean(text).startswith(short[:-1]))
    assert short == clean(text) or text_width(clean(text), SMALL, bold) > width


@given(st.text(max_size=120), st.floats(0.3, 3), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_unsaid(text: str, width: float, limit: int) -> None:
    """Lines are no wider than their room and no more than allowed; what is left out leaves an ellipsis."""
    lines = wrap(text, width, SMALL, limit=limit)

    assert len(lines) <= limit
    assert all(text_width(line, SMALL) <= width for line in lines)
    assert any(line.endswith("…") for line in lines) or " ".join(lines) == clean(text)


@given(st.text(max_size=60))
def test_cleaned_text_is_xml(text: str) -> None:
    """Cleaned text is one line that XML may hold."""
    assert clean(text) == clean(clean(text))
    assert clean(text) == (ET.fromstring(f"<a>{_escaped(clean(text))}</a>").text or "")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(st.lists(st.floats(0.1, 3), max_size=12), st.floats(3, 8))
def test_what_flows_stays_in_its_lines(widths: list[float], available: float) -> None:
    """Entries of a legend neither overlap nor leave the sheet, and keep their order."""
    places = flow(widths, available)

    assert all(left + width <= available for (left, _line), width in zip(places, widths, strict=True))
    for ((left, line), width), ((other, below), _) in pairwise(zip(places, widths, strict=True)):
        assert below > line or other >= left + width
    assert places == sorted(places, key=lambda place: (place[1], place[0]))


@given(st.floats(-1e308, 1e308))
def test_a_number_is_near_what_it_stands_for(value: float) -> None:
    """A number that is printed is within half a percent of its value, and is short."""
    digits = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")
    text = number(value)
    read = float(text.translate(digits).replace("×10", "e"))

    assert read == pytest.approx(value, rel=0.0051, abs=0)
    assert len(text) <= 12
