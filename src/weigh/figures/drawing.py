"""What all figures share: the drawing, its style, and a canvas in inches."""

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

# On its first run on a machine, matplotlib reports that it builds its font cache; notebooks must not contain that line.
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
_MARGIN = 0.06  # so that no letter touches the edge of the sheet on a dark page
MEASURE = WIDTH - 2 * _MARGIN
_POINTS = 72.0
_CAPITAL = 0.365  # half the height of a capital in DejaVu Sans, in ems: the shift that centres a line vertically


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure: SVG for a page, a caption that states what it shows, and its text alternative."""

    svg: str
    caption: str
    alternative: str

    def __post_init__(self) -> None:
        if (album := _album.get()) is not None:
            album.pictures.append(Picture(self, album.sheet))


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with its PNG, for programs that cannot show SVG."""

    drawing: Drawing
    png: bytes


@dataclass(slots=True)
class _Album:
    """The pictures so far, and the PNG of the latest sheet, which is drawn before its caption exists."""

    dots: int
    sheet: bytes = b""
    pictures: list[Picture] = field(default_factory=list)


_album: ContextVar[_Album | None] = ContextVar("album", default=None)


@contextmanager
def pictures(dots: int = 200) -> Iterator[list[Picture]]:
    """Collect every figure that is drawn in this context as PNG too, in drawing order.

    Args:
        dots: the resolution in dots per inch.
    """
    album = _Album(dots)
    before = _album.set(album)
    try:
        yield album.pictures
    finally:
        _album.reset(before)


@contextmanager
def style() -> Iterator[None]:
    """The style of the figures on matplotlib's defaults, independent of the user's configuration."""
    import matplotlib as mpl
    from matplotlib.style import context

    with context("default"), mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=NO_GLYPH)
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """A sheet in inches, measured from its upper left corner within the margins; text is centred vertically on its position."""

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
        """One line whose capitals are centred vertically on `y`; if turned, it reads upwards and is centred on `x`."""
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
        """Lines of text below one another, the first at `y`."""
        for index, line in enumerate(lines):
            self.text(x, y + index * leading(size), line, size=size, **kwargs)

    def rule(self, y: float, *, left: float = 0.0, right: float | None = None, width: float = 0.6) -> None:
        """A horizontal hairline."""
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
        """A circle, given its diameter."""
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
        """Many equal dots, in a more compact form than as circles."""
        if places:
            xs, ys = zip(*places, strict=True)
            self.axes.scatter(xs, ys, s=(across * _POINTS) ** 2, c=colour, linewidths=0, clip_on=False)

    def svg(self, kind: str, name: str) -> str:
        """The sheet as SVG, its ids prefixed with the kind of figure and the name of its content."""
        slug = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
        if slug != name:  # two names may have one slug
            slug += "-" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        return embeddable(svg_of(self.figure), f"{kind}-{slug}")


@contextmanager
def canvas(height: float, width: float = MEASURE) -> Iterator[Canvas]:
    """An empty sheet in the style of the figures; draw on it and get its SVG before it closes."""
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
    """A matplotlib figure as SVG without a date or the name of a tool."""
    if (album := _album.get()) is not None:
        album.sheet = _pixels(figure, album.dots)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return stream.getvalue()


def _pixels(figure: Any, dots: int) -> bytes:
    """A matplotlib figure as PNG without the name of a tool."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dots, metadata={"Software": None})
    return stream.getvalue()


def embeddable(svg: str, prefix: str) -> str:
    """An SVG to embed in a page with others: without prolog and comments, with unique ids, its width set by the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(
        r"<[^>]*>", lambda tag: _with_prefix(tag[0], prefix), svg
    )  # only within tags: a label may contain id="x"
    return re.sub(
        r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1), count=1
    )


def _with_prefix(tag: str, prefix: str) -> str:
    tag = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', tag)
    tag = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", tag)
    return re.sub(r'xlink:href="#([^"]+)"', rf'xlink:href="#{prefix}-\1"', tag)
