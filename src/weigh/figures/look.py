"""Tokens: the colours, shapes, type sizes and spaces that pages, tables, figures and exports share."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.evidence.vocabulary import Certainty, Direction, Verdict
from weigh.figures import shapes
from weigh.figures.shapes import Shape

__all__ = [
    "CERTAINTY_LOOK",
    "CERTAINTY_SIGN",
    "DIRECTION_LOOK",
    "FAINT",
    "FIGURE_TYPE",
    "INK",
    "MUTED",
    "PAPER",
    "PRINT_SPACE",
    "PRINT_TYPE",
    "RISK_LOOK",
    "RULE",
    "SANS",
    "SERIF",
    "SIZE_CLASSES",
    "SPACE",
    "SQUARE",
    "THEME",
    "TYPE",
    "VERDICT_LOOK",
    "CertaintyLook",
    "DirectionLook",
    "RiskLook",
    "VerdictLook",
]

#: Colours of a page on a light and on a dark screen. Figures are drawn on the light sheet; a dark screen inverts them.
THEME = {
    "paper": ("#ffffff", "#14181d"),
    "sheet": ("#ffffff", "#ffffff"),
    "ink": ("#1f2933", "#e6eaee"),
    "sheet-ink": ("#1f2933", "#1f2933"),
    "muted": ("#52606d", "#a9b4bf"),
    "rule": ("#cbd2d9", "#38424d"),
    "soft": ("#f4f6f8", "#1c2229"),
    "link": ("#0b5c94", "#7fc1f0"),
    "error": ("#a84300", "#f2a365"),
    "warning": ("#7b3f98", "#d3a4e8"),
}
INK, MUTED, RULE, PAPER = (THEME[name][0] for name in ("ink", "muted", "rule", "paper"))
#: Only in figures: dots of empty places, and squares light enough that a whisker within one is seen.
FAINT, SQUARE = "#b4bec8", "#8592a0"

SANS = (
    '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", '
    "sans-serif"
)
SERIF = (
    'Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", "Noto Serif", '
    'Georgia, "Liberation Serif", "DejaVu Serif", serif'
)
#: The type scale on a screen, in rem; the body text of a page is 18 pixels.
TYPE = {
    "fine": 0.75,
    "small": 0.83,
    "note": 0.91,
    "body": 1.0,
    "lead": 1.12,
    "part": 1.3,
    "word": 1.6,
    "title": 1.95,
}
#: The same scale in print, in points; only print has a cover.
PRINT_TYPE = {
    "fine": 7.5,
    "small": 8.0,
    "note": 9.0,
    "body": 10.0,
    "lead": 11.0,
    "part": 13.0,
    "word": 18.0,
    "title": 21.0,
    "cover": 38.0,
}
#: The body text and the small text of a figure, in points, in the proportion of the scale.
FIGURE_TYPE = {"body": 9.0, "small": 7.5}
#: Spaces on a screen, in rem, and in print, in millimetres.
SPACE = {"hair": 0.15, "xs": 0.3, "s": 0.5, "m": 0.8, "l": 1.2, "xl": 1.6, "xxl": 2.8}
PRINT_SPACE = {"hair": 0.5, "xs": 1.0, "s": 1.5, "m": 2.2, "l": 3.0, "xl": 5.0, "xxl": 7.0}


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """The colour of a verdict, also on a dark screen, and its shape, so that colour never stands alone."""

    colour: str
    dark: str
    shape: Shape

    @property
    def sign(self) -> str:
        """The shape as a character, where nothing can be drawn."""
        return self.shape.sign


@dataclass(frozen=True, slots=True)
class DirectionLook:
    """The colour of a direction, also on a dark screen, its shape, and the markers of matplotlib that draw it by size."""

    colour: str
    dark: str
    shape: Shape
    markers: tuple[str, ...]

    @property
    def sign(self) -> str:
        """The shape as a character, where nothing can be drawn."""
        return self.shape.sign


@dataclass(frozen=True, slots=True)
class RiskLook:
    """A level of risk of bias: fill, letter and its ink, outline and its dashes, and the level in words."""

    fill: str
    ink: str
    edge: str
    width: float
    dashes: str
    letter: str
    words: str


@dataclass(frozen=True, slots=True)
class CertaintyLook:
    """A level of certainty: fill, ink, outline, letter, and the level in words."""

    fill: str
    ink: str
    edge: str
    letter: str
    words: str


#: Contrast 4.5 to 1 on paper and on tinted boxes; no two are alike to a reader who confuses red and green, or blue and
#: yellow. No verdict shares a shape or a colour with a direction.
VERDICT_LOOK = {
    Verdict.BACKED: VerdictLook("#1f6b96", "#7abcf9", shapes.DISC),
    Verdict.UNCERTAIN: VerdictLook("#606b74", "#aab9c5", shapes.RING),
    Verdict.MIXED: VerdictLook("#7335a0", "#c196d0", shapes.HALF_DISC),
    Verdict.CONTESTED: VerdictLook("#a5223e", "#f68797", shapes.DIAMOND),
    Verdict.NOT_TESTED: VerdictLook("#006355", "#8cd5b0", shapes.HATCHED_SQUARE),
    Verdict.NO_EVIDENCE: VerdictLook("#313949", "#d3dae0", shapes.DASHED_SQUARE),
}
DIRECTION_LOOK = {
    Direction.FAVOURS_INTERVENTION: DirectionLook("#aa480b", "#f2a365", shapes.UP, ("^",)),
    Direction.FAVOURS_COMPARATOR: DirectionLook("#104c5d", "#5dd1ed", shapes.DOWN, ("v",)),
    Direction.NO_CLEAR_DIRECTION: DirectionLook("#736857", "#a8aaaa", shapes.SIDEWAYS, ("<", ">")),
    Direction.NOT_COMPARATIVE: DirectionLook("#736857", "#a8aaaa", shapes.DOT, (".",)),
}
#: Area of a mark in square points by the number of participants: below 50, 50 to 300, more (effect direction plot).
SIZE_CLASSES = ((50, 40.0), (301, 80.0), (None, 140.0))
#: Distinct in lightness even in greyscale print; each with its own letter and outline, so that colour never stands alone.
RISK_LOOK = {
    "low": RiskLook("#dcecf8", INK, "#0b5c94", 1.0, "-", "L", "low risk"),
    "some_concerns": RiskLook("#e9b752", INK, "#7a4b00", 1.4, "--", "S", "some concerns"),
    "high": RiskLook("#8f2d0b", PAPER, "#5c1a04", 2.0, "-", "H", "high risk"),
    "no_information": RiskLook(PAPER, INK, MUTED, 1.2, ":", "?", "no information"),
    "not_appraised": RiskLook(PAPER, MUTED, PAPER, 0.0, "-", "–", "not appraised"),
}
#: GRADE's own signs.
CERTAINTY_SIGN = {
    Certainty.HIGH: "⊕⊕⊕⊕",
    Certainty.MODERATE: "⊕⊕⊕◯",
    Certainty.LOW: "⊕⊕◯◯",
    Certainty.VERY_LOW: "⊕◯◯◯",
}
#: One hue from dark to light: the higher the certainty, the darker.
CERTAINTY_LOOK = {
    "high": CertaintyLook("#0a3d66", PAPER, "#0a3d66", "H", "high certainty"),
    "moderate": CertaintyLook("#2b6ea3", PAPER, "#0a3d66", "M", "moderate certainty"),
    "low": CertaintyLook("#9fc5e3", INK, "#2b6ea3", "L", "low certainty"),
    "very_low": CertaintyLook("#e3eef7", INK, "#2b6ea3", "V", "very low certainty"),
    None: CertaintyLook(PAPER, INK, MUTED, "–", "certainty not rated"),
}
