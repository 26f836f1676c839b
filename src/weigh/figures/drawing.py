"""What every figure shares: the drawing itself, its style, and a canvas in inches."""

from __future__ import annotations

import hashlib
import io
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from weigh.figures.lettering import BODY, NO_GLYPH, SMALL, leading
from weigh.figures.look import INK, PAPER, RULE
from weigh.figures.shapes import BOX, STROKE, Shape, outline_path

__all__ = [
    "MEASURE",
    "STYLE",
    "WIDTH",
    "Canvas",
    "Drawing",
    "Picture",
    "canvas",
    "embeddable",
    "pictures",
    "style",
    "svg_of",
]

# On a machine's first run matplotlib says that it builds its font cache: a line that no notebook should hold.
logging.getLogger("matplotlib").setLevel(logging.ERROR)

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "weigh",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": BODY,
    "text.color": INK,
    "axes.unicode_minus": False,
    "text.parse_math": False,  # a dollar sign in a table is a dollar sign
}
WIDTH = 7.6  # inches: the measure of a page
_MARGIN = 0.06  # so that no letter touches the edge of the sheet where the page around it is dark
MEASURE = WIDTH - 2 * _MARGIN
_POINTS = 72.0
_CAPITAL = 0.365  # half the height of a capital of DejaVu Sans, in ems: what centres a line on its height


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: SVG for a page, a caption that says what to see, and its text alternative."""

    svg: str
    caption: str
    alternative: str

    def __post_init__(self) -> None:
        if (album := _album.get()) is not None:
            album.pictures.append(Picture(self, album.sheet))


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing and its pixels, for a program that shows no SVG."""

    drawing: Drawing
    png: bytes


@dataclass(slots=True)
class _Album:
    """The pictures so far, and the pixels of the sheet that was drawn last: its words come after it."""

    dots: int
    sheet: bytes = b""
    pictures: list[Picture] = field(default_factory=list)


_album: ContextVar[_Album | None] = ContextVar("album", default=None)


@contextmanager
def pictures(dots: int = 200) -> Iterator[list[Picture]]:
    """Have every figure that is drawn meanwhile as pixels too, in the order in which they are drawn.

    Args:
        dots: how many an inch has.
    """
    album = _Album(dots)
    before = _album.set(album)
    try:
        yield album.pictures
    finally:
        _album.reset(before)


@contextmanager
def style() -> Iterator[None]:
    """Matplotlib's own defaults under the style of the figures, whatever a reader's configuration says."""
    import matplotlib as mpl
    from matplotlib.style import context

    with context("default"), mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=NO_GLYPH)
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A sheet in inches from its upper left corner within the margins; text is centred on its height."""

    figure: Any
    axes: Any
    width: float
    height: float

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = BODY,
        bold: bool = False,
        colour: str = INK,
        across: Literal["left", "center", "right"] = "left",
        turned: bool = False,
    ) -> None:
        """One line whose capitals are centred on the height `y`; turned, it reads upwards, centred on `x`."""
        shift = _CAPITAL * size / _POINTS
        self.axes.text(
            x + (shift if turned else 0),
            y + (0 if turned else shift),
            words,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=colour,
            ha=across,
            va="baseline",
            rotation=90 if turned else 0,
            rotation_mode="anchor",
        )

    def lines(self, x: float, y: float, lines: Sequence[str], *, size: float = SMALL, **kwargs: Any) -> None:
        """Lines of text below each other, the first on the height `y`."""
        for index, line in enumerate(lines):
            self.text(x, y + index * leading(size), line, size=size, **kwargs)

    def rule(self, y: float, *, left: float = 0.0, right: float | None = None, width: float = 0.6) -> None:
        """A hairline across."""
        self.path([(left, y), (self.width if right is None else right, y)], colour=RULE, width=width)

    def path(self, points: Sequence[tuple[float, float]], *, colour: str = INK, width: float = 0.9) -> None:
        """A line through points."""
        from matplotlib.lines import Line2D

        xs, ys = zip(*points, strict=True)
        self.axes.add_artist(Line2D(xs, ys, color=colour, linewidth=width, clip_on=False))

    def shape(
        self,
        points: Sequence[tuple[float, float]],
        *,
        fill: str = INK,
        edge: str = INK,
        width: float = 0.9,
        hatch: str | None = None,
    ) -> None:
        """A closed shape."""
        from matplotlib.patches import Polygon

        look = {"facecolor": fill, "edgecolor": edge, "linewidth": width, "hatch": hatch, "clip_on": False}
        self.axes.add_artist(Polygon(points, closed=True, **look))

    def box(self, left: float, top: float, right: float, bottom: float, **look: Any) -> None:
        """A rectangle."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], **look)

    def circle(
        self,
        x: float,
        y: float,
        across: float,
        *,
        fill: str = PAPER,
        edge: str = INK,
        width: float = 0.9,
        dashes: str = "-",
    ) -> None:
        """A circle by its diameter."""
        from matplotlib.patches import Circle

        look = {"facecolor": fill, "edgecolor": edge, "linewidth": width, "linestyle": dashes, "clip_on": False}
        self.axes.add_artist(Circle((x, y), across / 2, **look))

    def sign(self, shape: Shape, x: float, y: float, across: float, *, colour: str) -> None:
        """The shape of a verdict or a direction, centred on a place, in a box of a given width."""
        from matplotlib.patches import PathPatch

        width = STROKE / BOX * across * _POINTS
        if shape.filled:
            path = outline_path(shape.filled, x, y, across)
            self.axes.add_artist(PathPatch(path, facecolor=colour, edgecolor="none", clip_on=False))
        if shape.drawn:
            path = outline_path(shape.drawn, x, y, across)
            self.axes.add_artist(PathPatch(path, facecolor="none", edgecolor=colour, linewidth=width, clip_on=False))

    def dots(self, places: Sequence[tuple[float, float]], across: float, colour: str) -> None:
        """Many dots of one kind, which take less of a file than as many circles."""
        if places:
            xs, ys = zip(*places, strict=True)
            self.axes.scatter(xs, ys, s=(across * _POINTS) ** 2, c=colour, linewidths=0, clip_on=False)

    def svg(self, kind: str, name: str) -> str:
        """The sheet as SVG, its ids led by the kind of figure and the name of what it shows."""
        slug = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
        if slug != name:  # two names may have one slug
            slug += "-" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        return embeddable(svg_of(self.figure), f"{kind}-{slug}")


@contextmanager
def canvas(height: float, width: float = MEASURE) -> Iterator[Canvas]:
    """An empty sheet in the style of the figures; draw on it and take its SVG before it closes."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(width + 2 * _MARGIN, height))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(-_MARGIN, width + _MARGIN), ylim=(height, 0))
        axes.axis("off")
        yield Canvas(figure=figure, axes=axes, width=width, height=height)


def svg_of(figure: Any) -> str:
    """A matplotlib figure as SVG that names neither a date nor a tool."""
    if (album := _album.get()) is not None:
        album.sheet = _pixels(figure, album.dots)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return stream.getvalue()


def _pixels(figure: Any, dots: int) -> bytes:
    """A matplotlib figure as PNG that names no tool."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dots, metadata={"Software": None})
    return stream.getvalue()


def embeddable(svg: str, prefix: str) -> str:
    """An SVG that can stand in a page beside others: no prolog, no comments, ids of its own, width by the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<[^>]*>", lambda tag: _with_prefix(tag[0], prefix), svg)  # within tags: a label may hold id="x"
    return re.sub(
        r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1), count=1
    )


def _with_prefix(tag: str, prefix: str) -> str:
    tag = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', tag)
    tag = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", tag)
    return re.sub(r'xlink:href="#([^"]+)"', rf'xlink:href="#{prefix}-\1"', tag)
