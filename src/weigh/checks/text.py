"""Cells of text that deserve a second look, found in one pass over a whole review."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from weigh.model import Place, Record
from weigh.review import TABLES, Review

__all__ = ["LONGEST", "odd_cells"]

LONGEST = 20_000
#: A cell without any of these is plain text, and most cells are: one search spares them every rule.
_ODD = re.compile(r"[^\x20-\x7e]|[<&]|javascript:|\A[=+@-]", re.IGNORECASE)


def odd_cells(review: Review) -> Iterator[tuple[Place, str]]:
    """Every text cell of the tables and every field of the bibliography that is not plain text of common length."""
    for table, cls in TABLES.items():
        columns = [f.name for f in dataclasses.fields(cls) if f.name != "place"]
        found = getattr(review, table)
        for record in found.values() if hasattr(found, "values") else found:
            yield from _odd(record, columns)
    for reference in review.references.values():
        names = " ".join(f"{family} {given}" for family, given in reference.authors)
        for column, text in (*reference.fields.items(), ("author", names)):
            if len(text) > LONGEST or _ODD.search(text):
                yield Place(reference.place.file, reference.place.row, column), text


def _odd(record: Record, columns: list[str]) -> Iterator[tuple[Place, str]]:
    for column in columns:
        value = getattr(record, column)
        text = " ".join(value) if isinstance(value, tuple) else value
        if isinstance(text, str) and (len(text) > LONGEST or _ODD.search(text)):
            yield record.at(column), str(text)
