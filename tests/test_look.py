"""What verdicts and directions look like: one definition of each shape and colour, legible to every reader."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, needs_chromium
from figure_checks import contrast
from matplotlib.markers import MarkerStyle
from PIL import Image

from weigh.display.icons import counted, css_name, icon
from weigh.display.shown import compact, style_sheet
from weigh.display.tokens import print_tokens, screen_tokens
from weigh.evidence.vocabulary import Direction, Verdict
from weigh.exports.pdf import packet_html
from weigh.figures.look import (
    DIRECTION_LOOK,
    FIGURE_TYPE,
    PRINT_SPACE,
    PRINT_TYPE,
    SPACE,
    THEME,
    TYPE,
    VERDICT_LOOK,
    DirectionLook,
    VerdictLook,
)
from weigh.figures.shapes import BOX, DIAMOND, HALF_DISC, Arc, Polygon, Shape, outline_path, svg_data

TEMPLATES = ROOT / "src" / "weigh" / "display" / "templates"
STYLES = sorted(TEMPLATES.glob("*.css"))
LOOKS: dict[Verdict | Direction, VerdictLook | DirectionLook] = {**VERDICT_LOOK, **DIRECTION_LOOK}
SCHEMES = ["light", "dark"]
#: How colours reach the eye: to all, and to those who lack the cones for red, green or blue (Machado et al. 2009).
EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def colour(look: VerdictLook | DirectionLook, scheme: str) -> str:
    return look.dark if scheme == "dark" else look.colour


def oklab(found: str, eye: str) -> tuple[float, ...]:
    """A colour as that eye has it, in a space in which like distances look alike (Ottosson 2020)."""
    parts = [int(found[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    seen = [min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0), 1) for row in EYES[eye]]
    cones = ((0.4122, 0.5363, 0.0514), (0.2119, 0.6807, 0.1074), (0.0883, 0.2817, 0.6300))
    roots = [sum(a * b for a, b in zip(row, seen, strict=True)) ** (1 / 3) for row in cones]
    axes = ((0.2105, 0.7936, -0.0041), (1.9780, -2.4286, 0.4506), (0.0259, 0.7828, -0.8087))
    return tuple(sum(a * b for a, b in zip(row, roots, strict=True)) for row in axes)


def nearest(pairs: Iterable[tuple[VerdictLook | DirectionLook, VerdictLook | DirectionLook]], scheme: str) -> float:
    """The least distance of two colours to any eye, in hundredths of the way from black to white."""
    return min(
        100 * math.dist(oklab(colour(one, scheme), eye), oklab(colour(other, scheme), eye))
        for one, other in pairs
        for eye in EYES
    )


# ---- colours and shapes


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "soft"])
@pytest.mark.parametrize("key", LOOKS)
def test_every_sign_has_contrast(key: Verdict | Direction, ground: str, scheme: str) -> None:
    """A verdict or a direction has a contrast of 4.5 to 1 on the page and on a tinted box, by day and by night."""
    assert contrast(colour(LOOKS[key], scheme), THEME[ground][SCHEMES.index(scheme)]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_differ_to_every_eye(scheme: str) -> None:
    """Two verdicts, or two directions that vote, differ in colour also to a reader who is colour-blind."""
    voting = [look for direction, look in DIRECTION_LOOK.items() if direction is not Direction.NOT_COMPARATIVE]

    assert nearest(combinations(VERDICT_LOOK.values(), 2), scheme) >= 5.5
    assert nearest(combinations(voting, 2), scheme) >= 8
    assert nearest(product(VERDICT_LOOK.values(), voting), scheme) >= 4


def test_no_two_signs_share_a_shape() -> None:
    """Each verdict and each direction has a shape, a name and a character of its own: colour never stands alone."""
    shapes = [look.shape for look in LOOKS.values()]

    assert len(LOOKS) == len({svg_data(shape.filled) + svg_data(shape.drawn) for shape in shapes})
    assert len(LOOKS) == len({shape.name for shape in shapes})
    assert len(LOOKS) == len({shape.sign for shape in shapes})


def test_contested_is_no_direction() -> None:
    """Contested is a diamond, and neither its shape nor its colour is that of "favours the intervention"."""
    contested, favours = VERDICT_LOOK[Verdict.CONTESTED], DIRECTION_LOOK[Direction.FAVOURS_INTERVENTION]

    assert DIAMOND == contested.shape
    assert contested.shape != favours.shape
    assert {contested.colour, contested.dark}.isdisjoint({favours.colour, favours.dark})


@pytest.mark.parametrize("look", LOOKS.values(), ids=lambda look: look.shape.name)
def test_a_shape_keeps_to_its_box(look: VerdictLook | DirectionLook) -> None:
    """No part of a sign is cut off by the edge of its drawing."""
    parts = [*look.shape.filled, *look.shape.drawn]
    extent = outline_path(parts, 0, 0, BOX).get_extents()

    assert max(abs(side) for side in (extent.x0, extent.x1, extent.y0, extent.y1)) <= BOX / 2


@pytest.mark.parametrize("direction", DIRECTION_LOOK)
def test_the_marks_of_a_plot_are_those_of_the_page(direction: Direction) -> None:
    """A triangle points the same way in the effect direction plot as in a table."""
    look = DIRECTION_LOOK[direction]
    drawn = [_points_to(part) for part in look.shape.filled]

    assert [_marker_points_to(marker) for marker in look.markers] == drawn


def _points_to(part: Arc | Polygon) -> tuple[int, int]:
    return (0, 0) if isinstance(part, Arc) else _away([(x, -y) for x, y in part.points])


def _marker_points_to(marker: str) -> tuple[int, int]:
    style = MarkerStyle(marker)
    points = style.get_path().transformed(style.get_transform()).vertices
    return (0, 0) if len(points) > 4 else _away([tuple(point) for point in points[:3]])


def _away(points: list[tuple[float, ...]]) -> tuple[int, int]:
    """Where a triangle points: from the middle of its corners towards the middle of its box, and on."""
    found = []
    for axis in (0, 1):
        values = [point[axis] for point in points]
        off = (max(values) + min(values)) / 2 - sum(values) / 3
        found.append(0 if abs(off) < 1e-6 else int(math.copysign(1, off)))
    return found[0], found[1]


# ---- signs in pages


@pytest.mark.parametrize("key", LOOKS)
def test_a_sign_needs_nothing_from_elsewhere(key: Verdict | Direction) -> None:
    """A sign is one SVG without script, link or id; without words it is hidden from a screen reader."""
    drawn = str(icon(key))

    assert 1 == drawn.count("<svg") == drawn.count("</svg>")
    assert [] == re.findall(r"<script|href|url\(|\bid=|\bon\w+=|<style|style=", drawn)
    assert 'aria-hidden="true"' in drawn
    assert f'class="icon {css_name(key)}"' in drawn


def test_words_of_a_sign_are_text() -> None:
    """Words for a sign, which may come from a guideline, are escaped."""
    assert 'aria-label="favours &lt;b&gt; &#34;x&#34;"' in icon(Direction.FAVOURS_INTERVENTION, 'favours <b> "x"')


def test_counted_signs_say_their_direction(mini_votes: Any) -> None:
    """Counts of directions are read aloud with what each sign means."""
    labels = re.findall(r'(\d+)\s<svg[^>]*aria-label="([^"]*)"', counted(mini_votes, "warm light"))

    assert [("0", "favours warm light"), ("0", "favours the comparator"), ("2", "no clear direction")] == labels


@pytest.fixture(scope="module")
def mini_votes(mini: Any) -> Any:
    from weigh.summary.conclusion import summarise

    return summarise("stiff-joints", mini).judgement.votes


@needs_chromium
def test_half_a_circle_is_half_a_circle(browser: Any) -> None:
    """In Chromium the sign of "mixed" is dark on its left half and empty on its right, at the size of text."""
    page = browser.new_page(device_scale_factor=8)
    page.set_content(f'<body style="font-size:16px;margin:0">{icon(Verdict.MIXED)}')
    shot = page.locator("svg").screenshot()
    page.close()
    grey = Image.open(io.BytesIO(shot)).convert("L")
    middle = grey.height // 2
    row = [grey.getpixel((x * grey.width // 16, middle)) for x in (4, 6, 10, 12)]

    assert HALF_DISC == VERDICT_LOOK[Verdict.MIXED].shape
    assert max(row[:2]) < 128 < min(row[2:])


# ---- tokens


def declared(css: str) -> list[dict[str, str]]:
    """The custom properties of each rule that sets some."""
    rules = [dict(re.findall(r"--([a-z-]+):\s*([^;}]+)", rule)) for rule in re.findall(r"{([^{}]*)}", css)]
    return [rule for rule in rules if rule]


def test_the_style_sheet_holds_the_tokens_of_look() -> None:
    """Each colour, size and space of `look` is a custom property of the same value, and there is no other."""
    light, by_lab, by_system = declared(screen_tokens())
    colours = {name: pair[0] for name, pair in THEME.items()} | {css_name(k): look.colour for k, look in LOOKS.items()}
    dark = {name: pair[1] for name, pair in THEME.items()} | {css_name(k): look.dark for k, look in LOOKS.items()}
    sizes = {f"text-{step}": f"{size:g}rem" for step, size in TYPE.items()}
    sizes |= {f"space-{step}": f"{size:g}rem" for step, size in SPACE.items()}
    other = {"sans", "serif", "hairline", "figure-filter", "figure-blend"}

    assert colours | sizes == {name: value for name, value in light.items() if name not in other}
    assert other <= set(light)
    assert dark == {name: value for name, value in (light | by_system).items() if name in dark}
    assert by_lab == by_system
    for name, value in (light | by_system).items():
        assert compact(f".a {{\n  --{name}: {value};\n}}")[3:-2] in style_sheet()


def test_print_has_the_same_names() -> None:
    """On paper each token of a screen has a size of its own, and the colours of a light screen."""
    (paper,) = declared(print_tokens())
    light = declared(screen_tokens())[0]

    assert set(light) | {"text-cover"} == set(paper)
    assert {f"{size:g}pt" for size in PRINT_TYPE.values()} == {paper[f"text-{step}"] for step in PRINT_TYPE}
    assert {f"{size:g}mm" for size in PRINT_SPACE.values()} == {paper[f"space-{step}"] for step in PRINT_SPACE}
    assert [] == [key for key, look in LOOKS.items() if paper[css_name(key)] != look.colour]


def test_steps_of_a_scale_grow() -> None:
    """The steps of each scale go from small to large, and figures keep the proportion of small text to body text."""
    for scale in (TYPE, PRINT_TYPE, SPACE, PRINT_SPACE):
        assert sorted(scale.values()) == list(scale.values())
    assert FIGURE_TYPE["small"] / FIGURE_TYPE["body"] == pytest.approx(TYPE["small"], abs=0.01)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_uses_the_tokens(path: Path) -> None:
    """A style sheet names no colour, no size of type, and no space that a step of the scale could be."""
    text = path.read_text(encoding="utf-8")
    rules = re.findall(r"([^{};]+){([^{}]*)}", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    found = []
    for selector, body in rules:
        for name, value in re.findall(r"([a-z-]+):\s*([^;]+);", body):
            if re.search(r"#[0-9a-f]{3}|\brgb|\bhsl", value):
                found.append((selector.strip(), name, value))
            if name in ("font-size", "font") and "html" != selector.strip():
                found += (
                    [] if re.fullmatch(r"inherit|var\(--text-[a-z]+\)", value) else [(selector.strip(), name, value)]
                )
            if re.match(r"(margin|padding|gap)\b", name):
                found += [(selector.strip(), name, value)] if _could_be_a_step(value) else []

    assert len(rules) > 50
    assert [] == found


def _could_be_a_step(value: str) -> bool:
    limits = {
        "rem": max(SPACE.values()),
        "em": max(SPACE.values()),
        "mm": max(PRINT_SPACE.values()),
        "px": 50,
        "pt": 50,
    }
    lengths = re.findall(r"-?([\d.]+)(rem|em|mm|px|pt)\b", value)
    return any(float(size) <= limits[unit] for size, unit in lengths)


def test_every_token_that_a_style_uses_is_set() -> None:
    """A style sheet names no custom property that `look` does not have."""
    used = {name for path in STYLES for name in re.findall(r"var\(--([a-z-]+)\)", path.read_text(encoding="utf-8"))}
    (paper,) = declared(print_tokens())

    assert set() == used - set(paper)


def test_colours_are_named_in_one_module() -> None:
    """No other module of weigh, and no template, holds the number of a colour."""
    holders = {
        path.name
        for path in (ROOT / "src" / "weigh").rglob("*")
        if path.suffix in (".py", ".j2", ".css", ".js")
        and re.search(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))
    }

    assert {"look.py"} == holders


# ---- formatting


@pytest.mark.parametrize("path", sorted(TEMPLATES.iterdir()), ids=lambda path: path.name)
def test_a_template_is_formatted_to_be_read(path: Path) -> None:
    """No line of a template or style sheet is longer than 120 characters or ends in a space; each file ends its last."""
    text = path.read_text(encoding="utf-8")

    assert [] == [line for line in text.splitlines() if len(line) > 120 or line != line.rstrip() or "\t" in line]
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_has_a_declaration_a_line(path: Path) -> None:
    """Selectors, declarations and brackets have lines of their own, indented by two spaces for each bracket."""
    depth = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.strip()
        depth -= words == "}"
        assert line == "  " * depth * bool(words) + words
        assert re.fullmatch(r"|}|/\*.*\*/|[^{};]+(,| \{)|@[^;]*\{|[a-z-]+: [^;{}]+;", words), line
        depth += words.endswith("{")

    assert 0 == depth


def test_the_packet_shows_signs(mini: Any) -> None:
    """The packet on paper draws its signs too, and holds none as a character."""
    from weigh.exports.packet import packet_of

    html = packet_html(packet_of(mini))

    assert 'class="icon v-mixed"' in html
    assert [] == [look.sign for look in LOOKS.values() if look.sign != "·" and look.sign in html]


def test_a_shape_is_drawn_alike_in_page_and_figure() -> None:
    """The outline that a figure draws is the one of the page, moved and scaled."""
    half = Shape("half", "x", filled=(Arc(6.0, 90, 270),))
    extent = outline_path(half.filled, 10, 20, BOX / 2).get_extents()

    assert "M8 14A6 6 0 0 1 8 2Z" == svg_data(half.filled)
    assert (7, 17, 10, 23) == pytest.approx((extent.x0, extent.y0, extent.x1, extent.y1), abs=0.01)
