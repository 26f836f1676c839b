"""Tables of an export: columns with their meaning, and rows from the summaries."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, TypeVar

from weigh.evidence.inputs import DESCRIPTOR
from weigh.evidence.model import Finding, Outcome, Record
from weigh.evidence.p_value import PValue
from weigh.evidence.review import TABLES, Review
from weigh.exports.packet import Packet
from weigh.summary.conclusion import StudyLine, Summary

__all__ = [
    "NAME",
    "NARROW",
    "PROSE",
    "WIDE",
    "Cited",
    "Column",
    "ConclusionEntry",
    "Kind",
    "Measured",
    "Schema",
    "Table",
    "Value",
    "conclusion_entries",
    "findings_of",
    "plain",
    "spaced",
    "yes",
]

#: Widths of columns in a sheet, in characters: a figure, a name, a sentence, a paragraph.
NARROW, NAME, WIDE, PROSE = 11, 24, 36, 60

Value = str | int | float | bool | Decimal | dt.date | None
R = TypeVar("R")


class Kind(enum.StrEnum):
    """The type of a column, in the terms of Frictionless."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """A column: its name, its meaning, and the function that gets its value from a row; `width` in characters."""

    name: str
    meaning: str
    value: Callable[[R], Value]
    kind: Kind = Kind.STRING
    width: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[R]):
    """A table of an export.

    `key` names the columns that identify a row; `foreign` maps a column to the table whose key it contains.
    """

    name: str
    meaning: str
    columns: tuple[Column[R], ...]
    rows: Sequence[R]
    key: tuple[str, ...] = ()
    foreign: Mapping[str, str] = field(default_factory=dict)

    def cells(self) -> Iterable[tuple[Value, ...]]:
        """The rows, one value per column."""
        return (tuple(column.value(row) for column in self.columns) for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class ConclusionEntry:
    """One conclusion: its summary, and the result from which an export takes every number."""

    summary: Summary

    @cached_property
    def result(self) -> dict[str, Any]:
        """The content of results/<id>.json."""
        return self.summary.as_json()

    @property
    def conclusion_id(self) -> str:
        """The id of the conclusion."""
        return self.summary.conclusion_id

    @property
    def condition(self) -> str:
        """The indication."""
        return self.summary.dossier.conclusion.condition

    @property
    def cited(self) -> tuple[Cited, ...]:
        """The studies cited for the conclusion."""
        return tuple(Cited(entry=self, line=line) for line in self.summary.studies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """One study cited for one conclusion."""

    entry: ConclusionEntry
    line: StudyLine

    @property
    def study_id(self) -> str:
        """The id of the study."""
        return self.line.item.study.study_id

    @property
    def measured(self) -> tuple[Measured, ...]:
        """The outcomes of the study."""
        return tuple(Measured(cited=self, outcome=outcome) for outcome in self.line.item.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One outcome of a study cited for one conclusion."""

    cited: Cited
    outcome: Outcome

    @property
    def votes(self) -> bool:
        """Whether the outcome votes on that conclusion."""
        return self.outcome in self.cited.line.vote.outcomes

    def effect(self, name: str) -> Value:
        """A figure of the effect calculated from the arms; None if they do not suffice, or if the outcome does not vote."""
        effects: dict[str, dict[str, Value]] = self.cited.entry.result["effects"]
        return effects.get(self.outcome.outcome_id, {}).get(name)


def conclusion_entries(packet: Packet) -> tuple[ConclusionEntry, ...]:
    """The conclusions of a packet with their results."""
    return tuple(ConclusionEntry(summary=summary) for summary in packet.summaries)


def findings_of(packet: Packet) -> tuple[Finding, ...]:
    """The open findings on the conclusions of a packet, with the general findings if the packet covers the whole review."""
    names = {summary.conclusion_id for summary in packet.summaries}
    whole = names == set(packet.review.conclusions)
    return tuple(
        finding
        for finding in packet.audited.open
        if names & set(finding.conclusions) or (whole and not finding.conclusions)
    )


def plain(value: Any) -> Value:
    """A value of a record as one cell: the value of an enumeration; a list separated by semicolons."""
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, PValue):
        return value.printed
    if value is None or isinstance(value, str | int | float | Decimal | dt.date):
        return value
    raise TypeError(f"a cell cannot contain {type(value).__name__}")


def yes(value: bool | None) -> Value:
    """Yes, no, or None if unknown."""
    return None if value is None else "yes" if value else "no"


def spaced(value: Any) -> Value:
    """An enumeration as words."""
    found = plain(value)
    return found.replace("_", " ") if isinstance(found, str) else found


class Schema:
    """The meanings and types of the columns in a review folder, from its schema."""

    def __init__(self, review: Review) -> None:
        package = json.loads((review.folder / DESCRIPTOR).read_bytes())
        self._fields = {
            resource["name"]: {each["name"]: each for each in resource["schema"]["fields"]}
            for resource in package["resources"]
        }

    def column(
        self,
        table: str,
        name: str,
        record: Callable[[R], Record],
        *,
        shown_as: str = "",
        width: int = 14,
        words: Callable[[Any], Value] = plain,
    ) -> Column[R]:
        """One column of a table as a column of an export.

        Args:
            table: the table of the review folder.
            name: its column.
            record: gets the record from a row of the export.
            shown_as: a different name for the column.
            width: the width in characters.
            words: converts the field to a value.
        """
        described = self._fields.get(table, {}).get(name, {})  # a folder may lack a table
        kind = str(described.get("type", ""))

        def value(row: R) -> Value:
            return words(getattr(record(row), name))

        return Column(
            name=shown_as or name,
            meaning=str(described.get("description", "")),
            value=value,
            kind=Kind(kind) if kind in set(Kind) else Kind.STRING,
            width=width,
        )

    def columns(self, table: str, record: Callable[[R], Record]) -> tuple[Column[R], ...]:
        """All columns of a table that weigh reads, in order."""
        names = [each.name for each in dataclasses.fields(TABLES[table]) if each.name != "place"]
        return tuple(self.column(table, name, record) for name in names)
