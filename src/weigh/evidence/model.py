"""The words of a review as frozen records: one class a table, one field a column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from decimal import Decimal

from weigh.evidence.finding import Finding, Place
from weigh.evidence.vocabulary import (
    AuthorView,
    Basis,
    ComparatorType,
    Contrast,
    CriterionKind,
    Design,
    Direction,
    Domain,
    Extraction,
    Fit,
    Position,
    ReferenceList,
    SignoffVote,
    Stance,
)
from weigh.text.glance import Glance, one_line

__all__ = [
    "Acceptance",
    "Appraisal",
    "Candidate",
    "CertaintyJudgement",
    "Citation",
    "CodeRange",
    "CodeTitle",
    "Conclusion",
    "Criterion",
    "Device",
    "Finding",
    "Guideline",
    "HistoryRow",
    "Listing",
    "Outcome",
    "Place",
    "Reference",
    "Signoff",
    "Study",
    "Term",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Glance):
    """A row of a table that remembers where it stands."""

    place: Place = field(compare=False)

    def __repr__(self) -> str:
        return one_line(self, f"{getattr(self, fields(self)[1].name)}, {self.place}")

    def at(self, column: str) -> Place:
        """The place of one cell of this row."""
        return Place(self.place.file, self.place.row, column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline(Glance):
    """evidence/guideline.toml: which guideline this folder reviews, and which text was read.

    Not every text prints who published it and when; what it does not print is None.
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
        reviewed = self.last_review_date or "on a day that its text does not print"
        return one_line(self, f"{self.number} {self.subject}: last reviewed {reviewed}")


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
class Listing(Record):
    """One entry of the guideline's reference lists as it is printed, misprints included."""

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
class Citation(Record):
    """A place in the guideline's text that names a reference."""

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
class Study(Record):
    """One piece of research; `citation_keys` names its reports, the main one first."""

    study_id: str
    citation_keys: tuple[str, ...]
    condition: str | None = None
    population: str | None = None
    drug: str | None = None
    intervention: str | None = None
    comparator: str | None = None
    comparator_type: ComparatorType
    design: Design
    design_detail: str | None = None
    blinding: str | None = None
    n_enrolled: int | None = None
    n_analysed: int | None = None
    n_unit: str | None = None
    follow_up: str | None = None
    protocol: str | None = None
    fit: Fit | None = None
    fit_reason: str
    registration: str | None = None
    adverse_events: str | None = None
    author_conclusion: str | None = None
    author_view: AuthorView
    finding: str
    limits: str | None = None
    not_seen: str | None = None
    analysis_unit: str | None = None
    included_in: tuple[str, ...] | None = None
    outside_definition: str | None = None
    extraction: Extraction
    source: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Outcome(Record):
    """One result: measure, time point, contrast.

    Arm figures stand as printed; `effect` is the one that the source reports, never one computed here.
    """

    outcome_id: str
    study_id: str
    domain: Domain
    measure: str
    timepoint: str | None = None
    timepoint_days: int | None = None
    unit: str | None = None
    intervention_n: int | None = None
    intervention_mean: Decimal | None = None
    intervention_sd: Decimal | None = None
    intervention_events: int | None = None
    intervention_percent: Decimal | None = None
    comparator_n: int | None = None
    comparator_mean: Decimal | None = None
    comparator_sd: Decimal | None = None
    comparator_events: int | None = None
    comparator_percent: Decimal | None = None
    scale_min: Decimal | None = None
    scale_max: Decimal | None = None
    effect_measure: str | None = None
    effect: Decimal | None = None
    ci_low: Decimal | None = None
    ci_high: Decimal | None = None
    effect_favours: str | None = None
    p_value: str | None = None
    direction: Direction
    contrast: Contrast
    significant: bool | None = None
    pool: str | None = None
    note: str | None = None
    source: str
    extraction: Extraction


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Appraisal(Record):
    """A risk-of-bias judgement on a study, with its reason."""

    study_id: str
    tool: str
    domain: str
    judgement: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CertaintyJudgement(Record):
    """One GRADE judgement on the body of evidence of a conclusion."""

    conclusion_id: str
    domain: str
    judgement: str
    reason: str
    judged_by: str
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CodeRange(Record):
    """One row of the guideline's code table; `first` is empty where a title stands without a code."""

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
        """The code or the range, as one string."""
        if self.first is None:
            return "no code"
        return self.first if self.last in (None, self.first) else f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CodeTitle(Record):
    """A code or a category above one, as the code book of a release has it."""

    code: str
    title: str
    billable: bool
    release: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Candidate(Record):
    """A study that is known and that the guideline does not cite."""

    candidate_id: str
    conclusion_id: str
    citation: str
    year: int | None
    doi: str | None
    pmid: str | None
    condition: str | None
    drug: str | None
    comparator: str | None
    design: Design
    n_enrolled: int | None
    direction: Direction | None
    finding: str | None
    extraction: Extraction
    source: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HistoryRow(Record):
    """One row of the guideline's history table, the action in own words."""

    history_id: str
    status: str
    date: dt.date | None
    organization: str | None
    document: str | None
    action: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Device(Record):
    """A home device that the guideline names."""

    device_id: str
    name: str
    maker: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Term(Record):
    """A glossary term in own words; without a meaning where nobody has written it yet."""

    term_id: str
    term: str
    meaning: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Acceptance(Record):
    """A finding that somebody has looked at."""

    code: str
    subject: str
    reason: str
    who: str
    when: dt.date
    facts: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signoff(Record):
    """What one member of the committee voted on a conclusion, having read exactly the page of that hash."""

    signoff_id: str
    conclusion_id: str
    who: str
    role: str
    vote: SignoffVote
    dissent: str | None
    date: dt.date
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Glance):
    """One entry of references.bib.

    `authors` are (family, given) pairs, ("corporate name", "") for a body; `et_al` says that the record names more.
    """

    key: str
    kind: str
    authors: tuple[tuple[str, str], ...]
    et_al: bool
    title: str
    fields: dict[str, str]
    place: Place = field(compare=False)

    def __repr__(self) -> str:
        return one_line(self, f"{self.key}: {self.short}, {self.title}")

    def get(self, name: str) -> str | None:
        """One field of the entry, LaTeX decoded, or None."""
        return self.fields.get(name)

    @property
    def doi(self) -> str | None:
        """The bare DOI."""
        return self.fields.get("doi")

    @property
    def pmid(self) -> str | None:
        """The PMID."""
        return self.fields.get("pmid")

    @property
    def year(self) -> str | None:
        """The year; a web page may have none."""
        return self.fields.get("year")

    @property
    def link(self) -> str | None:
        """Where a reader finds the work: DOI, else PMID, else URL."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        url = self.fields.get("url", "")
        return url if url.startswith(("https://", "http://")) else None

    @property
    def short(self) -> str:
        """First author and year, as a reader would name it."""
        family = self.authors[0][0] if self.authors else self.title
        return f"{family} {self.year}" if self.year else family
