"""What the tables for machines have in common: a column that is a key of its row, the id of a conclusion, an effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from weigh.exports.columns import Column, Kind, plain

__all__ = ["EFFECT", "ID", "OF_CONCLUSION", "Row", "conclusion_id", "item"]

R = TypeVar("R")
Row = Mapping[str, Any]

#: The table whose key the column holds.
OF_CONCLUSION = {"conclusion_id": "conclusions"}
#: What a result says of the effect of an outcome: key, kind, meaning.
EFFECT = (
    ("measure", Kind.STRING, "Measure of the effect that the arm figures give; empty where they give none."),
    ("estimate", Kind.NUMBER, "That effect, a ratio as a ratio, to six significant figures."),
    ("ci_low", Kind.NUMBER, "Lower limit of its 95% interval."),
    ("ci_high", Kind.NUMBER, "Upper limit of its 95% interval."),
    ("origin", Kind.STRING, "From what it was worked out."),
    ("note", Kind.STRING, "Which rule was applied."),
)


def item(name: str, kind: Kind, meaning: str) -> Column[Row]:
    """A column that is a key of the row."""
    return Column(name=name, kind=kind, meaning=meaning, value=lambda row: plain(row[name]))


def conclusion_id(of: Callable[[R], str]) -> Column[R]:
    """The column that says which conclusion a row is about."""
    return Column(name="conclusion_id", meaning="The conclusion.", value=of)


ID: Column[Row] = item("conclusion_id", Kind.STRING, "The conclusion.")
