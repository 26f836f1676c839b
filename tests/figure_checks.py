"""Figures caught as they are drawn, so that a test can measure their texts and shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from matplotlib.backends.backend_agg import RendererAgg

from weigh.figures import Drawing
from weigh.figures.drawing import Canvas

SVG = "{http://www.w3.org/2000/svg}"
_DPI = 720  # fine enough that hinting does not change a width
_TOUCH = 0.004  # inches that the boxes of two texts may share
_INK = 0.004  # inches by which a line may enter the box of a text


@dataclass(frozen=True)
class Box:
    """A text or a shape with its corners in inches from the upper left of the sheet."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > _TOUCH and down > _TOUCH

    def holds(self, other: Box) -> bool:
        return (
            self.left - _TOUCH <= other.left
            and other.right <= self.right + _TOUCH
            and self.top - _TOUCH <= other.top
            and other.bottom <= self.bottom + _TOUCH
        )


@dataclass(frozen=True)
class Sheet:
    """What stood on the sheet when it became an SVG."""

    width: float
    height: float
    texts: list[Box]
    sizes: list[float]
    shapes: list[Box]
    patches: list[Any]
    dots: int
    lines: list[list[tuple[float, float]]]

    def clipped(self) -> list[Box]:
        page = Box("page", 0, 0, self.width, self.height)
        return [box for box in (*self.texts, *self.shapes) if not page.holds(box)]

    def overlaps(self) -> list[tuple[Box, Box]]:
        """Texts that share room with a text, or with a shape that does not hold them."""
        found = []
        ordered = sorted([*((box, True) for box in self.texts), *((box, False) for box in self.shapes)], key=_top)
        for index, (one, is_text) in enumerate(ordered):
            for other, other_is_text in takewhile(
                lambda pair, end=one.bottom: pair[0].top < end, islice(ordered, index + 1, None)
            ):
                if not one.meets(other) or not (is_text or other_is_text):
                    continue
                if (is_text and other_is_text) or not (one.holds(other) if other_is_text else other.holds(one)):
                    found.append((one, other))
        return found

    def struck(self) -> list[Box]:
        """Texts that a line runs through."""
        bars = [
            Box(
                "line",
                min(x for x, _ in line),
                min(y for _, y in line),
                max(x for x, _ in line),
                max(y for _, y in line),
            )
            for line in self.lines
        ]
        return [
            text
            for text in self.texts
            if any(
                bar.left < text.right - _INK
                and bar.right > text.left + _INK
                and bar.top < text.bottom - _INK
                and bar.bottom > text.top + _INK
                for bar in bars
            )
        ]

    def text(self, what: str) -> Box:
        (found,) = (box for box in self.texts if box.what == what)
        return found


def _top(pair: tuple[Box, bool]) -> float:
    return pair[0].top


def _sheet(canvas: Canvas) -> Sheet:
    figure, axes = canvas.figure, canvas.axes
    width, height = (float(side) for side in figure.get_size_inches())
    margin = (width - canvas.width) / 2
    renderer = RendererAgg(10, 10, _DPI)
    texts = []
    usual, figure.dpi = figure.dpi, _DPI
    for text in axes.texts:
        box = text.get_window_extent(renderer)
        ends = (box.x0 / _DPI, height - box.y1 / _DPI, box.x1 / _DPI, height - box.y0 / _DPI)
        texts.append(Box(text.get_text(), *ends))
    figure.dpi = usual
    shapes = []
    for patch in axes.patches:
        box = patch.get_path().get_extents(patch.get_patch_transform())
        shapes.append(Box(type(patch).__name__, box.x0 + margin, box.y0, box.x1 + margin, box.y1))
    return Sheet(
        width=width,
        height=height,
        texts=texts,
        sizes=[text.get_fontsize() for text in axes.texts],
        shapes=shapes,
        patches=list(axes.patches),
        dots=sum(len(collection.get_offsets()) for collection in axes.collections),
        lines=[[(x + margin, y) for x, y in line.get_xydata()] for line in axes.lines],
    )


@contextmanager
def caught() -> Iterator[list[Sheet]]:
    """The sheets of the figures that are drawn meanwhile."""
    sheets: list[Sheet] = []
    original: Callable[[Canvas, str, str], str] = Canvas.svg

    def svg(self: Canvas, kind: str, name: str) -> str:
        sheets.append(_sheet(self))
        return original(self, kind, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Canvas, "svg", svg)
        yield sheets


def sheet_of(draw: Callable[[], Drawing | None]) -> tuple[Sheet, Drawing]:
    """A figure and what stood on its sheet."""
    with caught() as sheets:
        drawing = draw()
    assert drawing is not None
    (sheet,) = sheets
    return sheet, drawing


def texts(drawing: Drawing) -> list[str]:
    return ["".join(element.itertext()).strip() for element in ET.fromstring(drawing.svg).iter(f"{SVG}text")]


def numbers(text: str) -> set[str]:
    """The numbers in a text, as they stand."""
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours after WCAG 2."""

    def light(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)
