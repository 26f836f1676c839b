"""Records of the research: references, studies, their outcomes and appraisals, and studies not cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from weigh.evidence.finding import Place
from weigh.evidence.p_value import PValue
from weigh.evidence.record import Record
from weigh.evidence.vocabulary import AuthorView, ComparatorType, Contrast, Design, Direction, Domain, Extraction, Fit
from weigh.text.glance import Glance, one_line

__all__ = ["Appraisal", "Candidate", "Outcome", "Reference", "Study", "study_name"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(Glance):
    """One entry of references.bib.

    `authors` holds (family, given) pairs, or ("corporate name", "") for an organization; `et_al` is true where the
    entry ends in "and others".
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
        """One field of the entry with LaTeX decoded, or None."""
        return self.fields.get(name)

    @property
    def doi(self) -> str | None:
        """The DOI, without an address."""
        return self.fields.get("doi")

    @property
    def pmid(self) -> str | None:
        """The PMID."""
        return self.fields.get("pmid")

    @property
    def year(self) -> str | None:
        """The year as printed; a web page may have none."""
        return self.fields.get("year")

    @property
    def link(self) -> str | None:
        """The address of the work: from its DOI, else its PMID, else its URL."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        url = self.fields.get("url", "")
        return url if url.startswith(("https://", "http://")) else None

    @property
    def short(self) -> str:
        """First author and year, the short name used for readers."""
        family = self.authors[0][0] if self.authors else self.title
        return f"{family} {self.year}" if self.year else family


def study_name(reports: Sequence[Reference]) -> str:
    """The name of a study for readers: first author and year of its main report, with the years of its further reports.

    >>> def report(year):
    ...     return Reference(key="", kind="article", authors=(("Birch", "A."),), et_al=False, title="",
    ...                      fields={"year": year}, place=Place("x"))
    >>> study_name([report("2017"), report("2019")])
    'Birch 2017, 2019'
    """
    main, *others = reports
    return ", ".join([main.short, *(report.year or report.short for report in others)])


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

    Arm figures are as printed; `effect` is the effect reported by the source, never one computed by weigh. Means, SDs
    and effects are in the unit of the outcome, percentages run from 0 to 100, intervals are at 95%.
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
    p_value: PValue | None = None
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
class Candidate(Record):
    """A known study that the guideline does not cite."""

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
