"""Colours, marks and sizes: one home for pages, tables and figures, so that they speak one language."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.evidence.vocabulary import Certainty, Direction, Verdict

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
    "THEME",
    "VERDICT_LOOK",
    "CertaintyLook",
    "DirectionLook",
    "RiskLook",
    "VerdictLook",
]

#: How a page looks; figures and tables are drawn in the first of each pair, the second is for a dark screen.
THEME = {
    "paper": ("#ffffff", "#14181d"),
    "ink": ("#1f2933", "#e6eaee"),
    "muted": ("#52606d", "#a9b4bf"),
    "rule": ("#cbd2d9", "#38424d"),
    "soft": ("#f4f6f8", "#1c2229"),
    "link": ("#0b5c94", "#7fc1f0"),
    "error": ("#a84300", "#f2a365"),
    "warning": ("#7b3f98", "#d3a4e8"),
}
INK, MUTED, RULE, PAPER = (THEME[name][0] for name in ("ink", "muted", "rule", "paper"))


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """A verdict's colour, on a dark screen too, and icon; the icon has a shape of its own, so that colour is never alone."""

    colour: str
    dark: str
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


#: Okabe and Ito's set, darkened to a contrast of 4.5 to 1 on white, lightened to that on a dark screen.
VERDICT_LOOK = {
    Verdict.BACKED: VerdictLook("#0b5c94", "#7fc1f0", "●"),
    Verdict.UNCERTAIN: VerdictLook("#52606d", "#a9b4bf", "○"),
    Verdict.MIXED: VerdictLook("#7b3f98", "#d3a4e8", "◐"),
    Verdict.CONTESTED: VerdictLook("#a84300", "#f2a365", "▲"),
    Verdict.NOT_TESTED: VerdictLook("#00695c", "#63c9b8", "▨"),
    Verdict.NO_EVIDENCE: VerdictLook("#3e4c59", "#b9c3cd", "⊟"),
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
#: One hue from dark to light: the surer, the darker.
CERTAINTY_LOOK = {
    "high": CertaintyLook("#0a3d66", PAPER, "#0a3d66", "H", "high certainty"),
    "moderate": CertaintyLook("#2b6ea3", PAPER, "#0a3d66", "M", "moderate certainty"),
    "low": CertaintyLook("#9fc5e3", INK, "#2b6ea3", "L", "low certainty"),
    "very_low": CertaintyLook("#e3eef7", INK, "#2b6ea3", "V", "very low certainty"),
    None: CertaintyLook(PAPER, INK, MUTED, "–", "certainty not rated"),
}
