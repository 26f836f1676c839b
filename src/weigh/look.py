"""Colours, marks and sizes: one home for pages, tables and figures, so that they speak one language."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.vocabulary import Certainty, Direction, Verdict

__all__ = [
    "CERTAINTY_LOOK",
    "CERTAINTY_SIGN",
    "DIRECTION_LOOK",
    "INK",
    "MUTED",
    "PAPER",
    "RISK_LOOK",
    "RULE",
    "SIZE_CLASSES",
    "VERDICT_LOOK",
    "CertaintyLook",
    "DirectionLook",
    "RiskLook",
    "VerdictLook",
]

INK = "#1f2933"
MUTED = "#52606d"
RULE = "#cbd2d9"
PAPER = "#ffffff"


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """A verdict's colour and icon; the icon has a shape of its own, so that colour is never alone."""

    colour: str
    icon: str


@dataclass(frozen=True, slots=True)
class DirectionLook:
    """A direction's colour, the mark in text and the matplotlib markers in figures."""

    colour: str
    mark: str
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RiskLook:
    """A level of risk of bias: fill, the letter and its ink, the outline and how it runs, and the level in words."""

    fill: str
    ink: str
    edge: str
    width: float
    dashes: str
    letter: str
    words: str


@dataclass(frozen=True, slots=True)
class CertaintyLook:
    """A certainty of evidence: fill, the ink on it, the outline, its letter and the certainty in words."""

    fill: str
    ink: str
    edge: str
    letter: str
    words: str


#: Okabe and Ito's set, darkened to a contrast of 4.5 to 1 on white.
VERDICT_LOOK = {
    Verdict.BACKED: VerdictLook("#0b5c94", "●"),
    Verdict.UNCERTAIN: VerdictLook("#52606d", "○"),
    Verdict.MIXED: VerdictLook("#7b3f98", "◐"),
    Verdict.CONTESTED: VerdictLook("#a84300", "▲"),
    Verdict.NOT_TESTED: VerdictLook("#00695c", "▨"),
    Verdict.NO_EVIDENCE: VerdictLook("#3e4c59", "⊟"),
}
DIRECTION_LOOK = {
    Direction.FAVOURS_INTERVENTION: DirectionLook("#a84300", "▲", ("^",)),
    Direction.FAVOURS_COMPARATOR: DirectionLook("#0b5c94", "▼", ("v",)),
    Direction.NO_CLEAR_DIRECTION: DirectionLook("#52606d", "◄►", ("<", ">")),
    Direction.NOT_COMPARATIVE: DirectionLook("#52606d", "·", (".",)),
}
#: Area of a mark in points squared by the number of participants, after the effect direction plot: below 50, to 300, more.
SIZE_CLASSES = ((50, 40.0), (301, 80.0), (None, 140.0))
#: Light, middle and dark also on grey paper; a letter and an outline of its own, so that colour is never alone.
RISK_LOOK = {
    "low": RiskLook("#d3e6f5", INK, "#0b5c94", 1.0, "-", "L", "low risk"),
    "some_concerns": RiskLook("#e3a72f", INK, "#7a4b00", 1.4, "--", "S", "some concerns"),
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
#: One hue from dark to light: the surer, the darker.
CERTAINTY_LOOK = {
    "high": CertaintyLook("#0a3d66", PAPER, "#0a3d66", "H", "high certainty"),
    "moderate": CertaintyLook("#2b6ea3", PAPER, "#0a3d66", "M", "moderate certainty"),
    "low": CertaintyLook("#9fc5e3", INK, "#2b6ea3", "L", "low certainty"),
    "very_low": CertaintyLook("#e3eef7", INK, "#2b6ea3", "V", "very low certainty"),
    None: CertaintyLook(PAPER, INK, MUTED, "–", "certainty not rated"),
}
