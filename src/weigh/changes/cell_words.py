"""Words for a cell before and after: readable terms for coded values, other values unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weigh.changes.rows import Cell
from weigh.evidence.vocabulary import Certainty, ComparatorType, Design, Direction, Extraction, Fit, Position, Verdict
from weigh.wording import sentences as wording
from weigh.wording.effect_words import CERTAINTY

__all__ = ["pair_words", "value_words"]

_TERMS: Mapping[str, tuple[type, Mapping[Any, str]]] = {
    "certainty": (Certainty, CERTAINTY),
    "comparator_type": (ComparatorType, wording.COMPARATOR),
    "design": (Design, wording.DESIGN),
    "extraction": (Extraction, wording.EXTRACTION),
    "fit": (Fit, wording.FIT),
    "position": (Position, wording.POSITION),
    "verdict": (Verdict, wording.VERDICT),
}
#: Columns of coded values that read well once underscores are replaced by spaces.
_SLUGS = frozenset(
    {"author_view", "basis", "contrast", "decided_by", "domain", "effect_favours", "judgement", "judged_by", "kind"}
    | {"list", "stance"}
)
#: Longer texts are not quoted, because the reader would have to search for the difference.
_LONGEST = 60


def value_words(column: str, value: str, intervention: str) -> str:
    """Return one value in readable form.

    >>> value_words("direction", "favours_intervention", "massage"), value_words("effect", "0.04", "massage")
    ('favours massage', '0.04')
    """
    if column == "direction" and value in set(Direction):
        return wording.direction_words(Direction(value), intervention)
    if column in _TERMS:
        terms, words = _TERMS[column]
        if value in set(terms):  # type: ignore[call-overload]  # an enum is a collection of its members
            return words[terms(value)].lower()
    if column in _SLUGS:
        return value.replace("_", " ")
    shown = " ".join(value.split())
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def pair_words(cell: Cell, intervention: str) -> str:
    """Describe a change as "from … to …".

    >>> pair_words(Cell("direction", "no_clear_direction", "favours_comparator"), "massage")
    'from “no clear direction” to “favours the comparator”'
    >>> pair_words(Cell("n_analysed", None, "58"), "massage")
    'from nothing to “58”'
    """
    if cell.before and cell.after and max(len(cell.before), len(cell.after)) > _LONGEST:
        return "reworded"
    before, after = (
        f"“{value_words(cell.column, value, intervention)}”" if value else _nothing(cell)
        for value in (cell.before, cell.after)
    )
    return f"from {before} to {after}"


def _nothing(cell: Cell) -> str:
    return "not rated" if cell.column in ("certainty", "decided_by") else "nothing"
