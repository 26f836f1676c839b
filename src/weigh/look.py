"""Colours, marks and sizes: one home for pages, tables and figures, so that they speak one language."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.vocabulary import Direction, Verdict

__all__ = [
    "DIRECTION_LOOK",
    "INK",
    "MUTED",
    "PAPER",
    "RULE",
    "SIZE_CLASSES",
    "VERDICT_LOOK",
    "DirectionLook",
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
