"""The plan of a run: the review as read, and which reports are stale and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weigh.evidence.inputs import inputs_of, sha256
from weigh.render.build import read_record, refuse_other_guideline
from weigh.render.sources import CONCLUSION, REVIEW_NOTEBOOKS, find_notebook
from weigh.render.stale import Stamp, code_stamp, reason
from weigh.render.task import How, Task

if TYPE_CHECKING:
    from weigh.audit.audit import Audit
    from weigh.evidence.review import Review
    from weigh.summary.conclusion import Summary
    from weigh.summary.overview import Overview

__all__ = ["Plan", "make_plan", "notebooks_of"]

#: An import in the file of a notebook, whether a cell is stored as one string or as a list of lines.
_IMPORT_OF_WEIGH = re.compile(r'(?:from|import) [^"\\]*\bweigh\b[^"\\]*')
_FROM_WEIGH = "from weigh import "
#: The names that a notebook may import if it depends only on the overview.
_OF_OVERVIEW = frozenset({"overview", "show"})
#: The names that a notebook may import if it depends only on the criteria and the requests checked against them.
_OF_CRITERIA = frozenset({"apply", "checklist", "show"})


@dataclass(frozen=True, slots=True)
class Plan:
    """The review as read, the stamp of every report, and why each requested report is stale (empty if fresh)."""

    review: Review
    audited: Audit
    summaries: Mapping[str, Summary]
    overview: Overview
    read: dict[str, str]
    record: dict[str, Any]
    notebooks: dict[str, str]
    stamps: dict[str, Stamp]
    reasons: dict[str, str]


def make_plan(task: Task, how: How) -> Plan:
    """Read and audit a review, and determine which reports of a build folder are stale.

    Raises:
        EvidenceError: the folder violates its schema.
        NotFoundError: an id that is not in the review.
        WeighError: the build folder holds the reports of another guideline.
    """
    from weigh.audit.audit import audit
    from weigh.evidence.review import load_review
    from weigh.summary.conclusion import summarise
    from weigh.summary.fingerprint import audit_fingerprint
    from weigh.summary.overview import overview_of

    folder = task.review_folder.resolve()
    notebooks = notebooks_of(folder)
    read = inputs_of(folder)
    review = load_review(folder)
    wanted = [review.conclusion(name).conclusion_id for name in task.conclusion_ids] or list(review.conclusions)
    audited = audit(review)
    record = read_record(task.out)
    refuse_other_guideline(task.out, record, review.guideline.number)
    summaries = {name: summarise(name, review, audited) for name in review.conclusions}
    evidence = {name: summary.fingerprint for name, summary in summaries.items()}
    every = sha256("\n".join(f"{name} {found}" for name, found in evidence.items()).encode("utf-8"))
    evidence |= _with_signatures(review, evidence)
    at_a_glance = overview_of(review.guideline, summaries.values())
    for name in ("overview", "evidence_map"):
        evidence[name] = at_a_glance.fingerprint if _rests_on(_OF_OVERVIEW, name, folder) else every
    evidence["criteria"] = (
        _criteria_fingerprint(review, summaries) if _rests_on(_OF_CRITERIA, "criteria", folder) else every
    )
    evidence |= {"methods": review.guideline.number, "audit": audit_fingerprint(review, audited)}
    code = code_stamp()
    stamps = {
        name: Stamp(found, notebooks[name if name in REVIEW_NOTEBOOKS else CONCLUSION], code)
        for name, found in evidence.items()
    }
    reasons = {
        name: "it was forced" if how.force else reason(task.out, record, name, stamps[name])
        for name in (*dict.fromkeys(wanted), *REVIEW_NOTEBOOKS)
    }
    return Plan(review, audited, summaries, at_a_glance, read, record, notebooks, stamps, reasons)


def _with_signatures(review: Review, evidence: Mapping[str, str]) -> dict[str, str]:
    """Return the stamps of signed conclusions, whose pages also show the signatures."""
    from weigh.pages.signing import signatures
    from weigh.summary.fingerprint import hash_of

    signed = {name: signatures(review, name) for name in {row.conclusion_id for row in review.signoffs}}
    return {name: hash_of({"evidence": evidence[name], "signed": found}) for name, found in signed.items()}


def _criteria_fingerprint(review: Review, summaries: Mapping[str, Summary]) -> str:
    """Hash everything that decides a request: criteria, codes, conclusions and their verdicts."""
    from weigh.summary.fingerprint import hash_of

    verdicts = {
        name: (s.verdict, s.judgement.certainty, s.judgement.confirmed, s.verdict_sentence)
        for name, s in summaries.items()
    }
    tables = (review.guideline, tuple(review.conclusions.values()), review.criteria, review.codes)
    return hash_of({"criteria": tables, "verdicts": verdicts})


def _rests_on(names: frozenset[str], name: str, folder: Path) -> bool:
    """Whether a notebook imports nothing but these names from weigh; one that imports more depends on all evidence."""
    source = find_notebook(name, folder).read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in _IMPORT_OF_WEIGH.findall(source)]
    imported = {found.strip() for line in lines for found in line.removeprefix(_FROM_WEIGH).split(",")}
    return all(line.startswith(_FROM_WEIGH) for line in lines) and imported <= names


def notebooks_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each source notebook, by name."""
    return {name: sha256(find_notebook(name, folder).read_bytes()) for name in (CONCLUSION, *REVIEW_NOTEBOOKS)}
