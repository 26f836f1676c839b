"""Preselects unusual text cells in one pass over a review, so that the rules on text examine only those."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from weigh.evidence.model import Place, Record
from weigh.evidence.review import TABLES, Review

__all__ = ["LONGEST", "odd_cells"]

LONGEST = 20_000
_STARTS = tuple("=+@-")


def _is_odd(text: str) -> bool:
    """Whether a cell is anything but plain text of ordinary length; the checks are ordered for speed."""
    if len(text) > LONGEST or not text.isascii() or not text.isprintable() or text.startswith(_STARTS):
        return True
    return "<" in text or "&" in text or (":" in text and "javascript:" in text.lower())


def odd_cells(review: Review) -> Iterator[tuple[Place, str]]:
    """Every text cell of the tables and field of the bibliography that is not plain text of ordinary length."""
    for table, cls in TABLES.items():
        columns = [f.name for f in dataclasses.fields(cls) if f.name != "place"]
        found = getattr(review, table)
        for record in found.values() if hasattr(found, "values") else found:
            yield from _odd(record, columns)
    for reference in review.references.values():
        names = " ".join(f"{family} {given}" for family, given in reference.authors)
        for column, text in (*reference.fields.items(), ("author", names)):
            if _is_odd(text):
                yield Place(reference.place.file, reference.place.row, column), text


def _odd(record: Record, columns: list[str]) -> Iterator[tuple[Place, str]]:
    for column in columns:
        value = getattr(record, column)
        text = " ".join(value) if isinstance(value, tuple) else value
        if isinstance(text, str) and _is_odd(text):
            yield record.at(column), str(text)
