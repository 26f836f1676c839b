"""Columns shared by the machine-readable tables: a key of its row, the id of a conclusion, an effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from weigh.exports.columns import Column, Kind, plain

__all__ = ["EFFECT", "ID", "OF_CONCLUSION", "Row", "conclusion_id", "item"]

R = TypeVar("R")
Row = Mapping[str, Any]

#: The table whose key the column contains.
OF_CONCLUSION = {"conclusion_id": "conclusions"}
#: The effect of an outcome in a result: key, type, meaning.
EFFECT = (
    ("measure", Kind.STRING, "Measure of the effect calculated from the arm figures; empty if they do not suffice."),
    ("estimate", Kind.NUMBER, "That effect, to six significant figures; ratios as ratios."),
    ("ci_low", Kind.NUMBER, "Lower limit of its 95% interval."),
    ("ci_high", Kind.NUMBER, "Upper limit of its 95% interval."),
    ("origin", Kind.STRING, "The figures used."),
    ("note", Kind.STRING, "The correction applied, if any."),
)


def item(name: str, kind: Kind, meaning: str) -> Column[Row]:
    """A column with the value of a key of the row."""
    return Column(name=name, kind=kind, meaning=meaning, value=lambda row: plain(row[name]))


def conclusion_id(of: Callable[[R], str]) -> Column[R]:
    """The column with the id of the conclusion."""
    return Column(name="conclusion_id", meaning="The conclusion.", value=of)


ID: Column[Row] = item("conclusion_id", Kind.STRING, "The conclusion.")
