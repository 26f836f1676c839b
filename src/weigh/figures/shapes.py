"""The shapes of verdicts and directions, each defined once for SVG in a page and for matplotlib in a figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.path import Path

__all__ = [
    "BOX",
    "DASHED_SQUARE",
    "DIAMOND",
    "DISC",
    "DOT",
    "DOWN",
    "HALF_DISC",
    "HATCHED_SQUARE",
    "RING",
    "SIDEWAYS",
    "STROKE",
    "UP",
    "Arc",
    "Polygon",
    "Shape",
    "outline_path",
    "svg_data",
]

#: The side of the square in which each shape is drawn, and the width of its lines, in the same unit; y points down.
BOX, STROKE = 16.0, 1.6
_MIDDLE = BOX / 2


@dataclass(frozen=True, slots=True)
class Arc:
    """Part of a circle around the middle of the box, closed by its chord; angles in degrees, clockwise from the right."""

    radius: float
    start: float = 0.0
    end: float = 360.0


@dataclass(frozen=True, slots=True)
class Polygon:
    """Points joined by lines, the last to the first unless it is open."""

    points: tuple[tuple[float, float], ...]
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """A sign: its name, a character for plain text, its filled areas and its lines."""

    name: str
    sign: str
    filled: tuple[Arc | Polygon, ...] = ()
    drawn: tuple[Arc | Polygon, ...] = ()


def _line(*points: tuple[float, float]) -> Polygon:
    return Polygon(points, closed=False)


_SQUARE = Polygon(((2.2, 2.2), (13.8, 2.2), (13.8, 13.8), (2.2, 13.8)))
_HATCH = (_line((2.2, 8), (8, 2.2)), _line((2.2, 13.8), (13.8, 2.2)), _line((8, 13.8), (13.8, 8)))

DISC = Shape("filled circle", "●", filled=(Arc(6.8),))
RING = Shape("hollow circle", "○", drawn=(Arc(6.0),))
HALF_DISC = Shape("half-filled circle", "◐", filled=(Arc(6.0, 90, 270),), drawn=(Arc(6.0),))
DIAMOND = Shape("filled diamond", "◆", filled=(Polygon(((8, 0.2), (15.8, 8), (8, 15.8), (0.2, 8))),))
HATCHED_SQUARE = Shape("hatched square", "▨", drawn=(_SQUARE, *_HATCH))
DASHED_SQUARE = Shape("hollow square with a dash", "⊟", drawn=(_SQUARE, _line((5.2, 8), (10.8, 8))))
UP = Shape("triangle pointing up", "▲", filled=(Polygon(((8, 1.6), (15.2, 14.4), (0.8, 14.4))),))
DOWN = Shape("triangle pointing down", "▼", filled=(Polygon(((0.8, 1.6), (15.2, 1.6), (8, 14.4))),))
SIDEWAYS = Shape(
    "triangles pointing left and right",
    "◄►",
    filled=(Polygon(((7.2, 2.4), (7.2, 13.6), (0.2, 8))), Polygon(((8.8, 2.4), (15.8, 8), (8.8, 13.6)))),
)
DOT = Shape("dot", "·", filled=(Arc(2.4),))


def svg_data(outlines: Sequence[Arc | Polygon]) -> str:
    """The `d` attribute of an SVG path with these outlines.

    >>> svg_data([Polygon(((0, 0), (1.5, 0)), closed=False)])
    'M0 0L1.5 0'
    """
    return "".join(_arc_data(part) if isinstance(part, Arc) else _polygon_data(part) for part in outlines)


def _polygon_data(polygon: Polygon) -> str:
    points = "L".join(f"{x:g} {y:g}" for x, y in polygon.points)
    return f"M{points}{'Z' if polygon.closed else ''}"


def _arc_data(arc: Arc) -> str:
    r = f"{arc.radius:g}"
    if arc.end - arc.start >= 360:
        across = f"{2 * arc.radius:g}"
        return f"M{_MIDDLE - arc.radius:g} {_MIDDLE:g}a{r} {r} 0 1 1 {across} 0a{r} {r} 0 1 1 -{across} 0Z"
    (x, y), (to_x, to_y) = (_on_circle(arc.radius, angle) for angle in (arc.start, arc.end))
    return f"M{x:g} {y:g}A{r} {r} 0 {int(arc.end - arc.start > 180)} 1 {to_x:g} {to_y:g}Z"


def _on_circle(radius: float, angle: float) -> tuple[float, float]:
    turn = math.radians(angle)
    return round(_MIDDLE + radius * math.cos(turn), 3), round(_MIDDLE + radius * math.sin(turn), 3)


def outline_path(outlines: Sequence[Arc | Polygon], x: float, y: float, across: float) -> Path:
    """The outlines as one matplotlib path, with the box centred on a point of a sheet whose y axis points down."""
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    placed = Affine2D().translate(-_MIDDLE, -_MIDDLE).scale(across / BOX).translate(x, y)
    parts = [_arc_path(part) if isinstance(part, Arc) else _polygon_path(part) for part in outlines]
    return Path.make_compound_path(*parts).transformed(placed)


def _polygon_path(polygon: Polygon) -> Path:
    from matplotlib.path import Path

    points = [*polygon.points, polygon.points[0]] if polygon.closed else list(polygon.points)
    return Path(points, closed=polygon.closed)


def _arc_path(arc: Arc) -> Path:
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    whole = arc.end - arc.start >= 360
    path = Path.circle((0, 0), 1) if whole else Path.wedge(arc.start, arc.end)
    return path.transformed(Affine2D().scale(arc.radius).translate(_MIDDLE, _MIDDLE))
