"""Records of the guideline: its conclusions, criteria, citations, reference lists and codes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from weigh.evidence.record import Record
from weigh.evidence.vocabulary import Basis, CriterionKind, Position, ReferenceList, Stance
from weigh.text.glance import Glance, one_line

__all__ = [
    "Citation",
    "CodeRange",
    "CodeTitle",
    "Conclusion",
    "Criterion",
    "Device",
    "Guideline",
    "HistoryRow",
    "Listing",
    "Term",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline(Glance):
    """evidence/guideline.toml: which guideline this folder reviews, and which copy of its text was read.

    Publisher and dates are None where the text does not print them.
    """

    number: str
    subject: str
    intervention: str
    status: str
    publisher: str | None = None
    publish_date: dt.date | None = None
    last_review_date: dt.date | None = None
    review_interval_months: int
    text_sha256: str
    text_note: str

    def __repr__(self) -> str:
        day = self.last_review_date
        reviewed = f"last reviewed {day}" if day else "last review date not printed"
        return one_line(self, f"{self.number} {self.subject}: {reviewed}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Conclusion(Record):
    """One medically-necessary or not-medically-necessary statement for one indication."""

    conclusion_id: str
    position: Position
    condition: str
    drug_class: str | None
    basis: Basis
    parent_id: str | None
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Criterion(Record):
    """One node of the tree of criteria for medical necessity."""

    criterion_id: str
    parent_id: str | None
    position: int
    kind: CriterionKind
    conclusion_id: str | None
    label: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Citation(Record):
    """A place in the guideline's text where a reference is cited."""

    citation_id: str
    conclusion_id: str
    cited_as: str
    listed_as: str | None
    list: ReferenceList | None
    number: int | None
    citation_key: str | None
    stance: Stance
    text_line: int
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Listing(Record):
    """One entry of the guideline's reference lists as printed, including misprints."""

    list: ReferenceList
    number: int
    citation_key: str
    authors: str
    title: str
    source: str | None
    year: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    accessed: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CodeRange(Record):
    """One row of the guideline's code table; `first` is None where a title is printed without a code."""

    row_id: str
    system: str
    printed_system: str
    first: str | None
    last: str | None
    printed_title: str | None
    position: Position | None
    conclusion_id: str | None

    @property
    def label(self) -> str:
        """The code or the range as one string."""
        if self.first is None:
            return "no code"
        return self.first if self.last in (None, self.first) else f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CodeTitle(Record):
    """A code, or a category above one, with its title in one release of the code book."""

    code: str
    title: str
    billable: bool
    release: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HistoryRow(Record):
    """One row of the guideline's history table, with the action paraphrased."""

    history_id: str
    status: str
    date: dt.date | None
    organization: str | None
    document: str | None
    action: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Device(Record):
    """A home-use device named in the guideline."""

    device_id: str
    name: str
    maker: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Term(Record):
    """A glossary term; `meaning` is None until it has been written."""

    term_id: str
    term: str
    meaning: str | None
