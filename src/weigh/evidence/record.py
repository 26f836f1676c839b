"""The base class of all records: a row of a table with the place from which it was read."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from weigh.evidence.finding import Place
from weigh.text.glance import Glance, one_line

__all__ = ["Record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Glance):
    """A row of a table, with its place in the file."""

    place: Place = field(compare=False)

    def __repr__(self) -> str:
        return one_line(self, f"{getattr(self, fields(self)[1].name)}, {self.place}")

    def at(self, column: str) -> Place:
        """The place of one cell of this row."""
        return Place(self.place.file, self.place.row, column)
