"""All records of a review: frozen dataclasses, one class per table, one field per column."""

from __future__ import annotations

from weigh.evidence.committee_records import Acceptance, CertaintyJudgement, Signoff
from weigh.evidence.finding import Finding, Place
from weigh.evidence.guideline_records import (
    Citation,
    CodeRange,
    CodeTitle,
    Conclusion,
    Criterion,
    Device,
    Guideline,
    HistoryRow,
    Listing,
    Term,
)
from weigh.evidence.record import Record
from weigh.evidence.study_records import Appraisal, Candidate, Outcome, Reference, Study, study_name

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
    "Record",
    "Reference",
    "Signoff",
    "Study",
    "Term",
    "study_name",
]
