"""What a run has to do: the review as read, and which reports are stale and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weigh.inputs import inputs_of, sha256
from weigh.render.build import read_record
from weigh.render.sources import CONCLUSION, REVIEW_NOTEBOOKS, find_notebook
from weigh.render.stale import Stamp, code_stamp, reason
from weigh.render.task import How, Task

if TYPE_CHECKING:
    from weigh.checks.audit import Audit
    from weigh.review import Review

__all__ = ["Plan", "make_plan", "notebooks_of"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The review as read, the stamp of every report, and why those asked for are stale (empty: fresh)."""

    review: Review
    audited: Audit
    read: dict[str, str]
    record: dict[str, Any]
    notebooks: dict[str, str]
    stamps: dict[str, Stamp]
    reasons: dict[str, str]


def make_plan(task: Task, how: How) -> Plan:
    """Read and audit a review, and find out what of a build folder is stale.

    Raises:
        EvidenceError: the folder breaks its schema.
        NotFoundError: an id that the review does not have.
    """
    from weigh.checks.audit import audit
    from weigh.fingerprint import audit_fingerprint, fingerprint
    from weigh.review import load_review

    folder = task.review_folder.resolve()
    notebooks = notebooks_of(folder)
    read = inputs_of(folder)
    review = load_review(folder)
    wanted = [review.conclusion(name).conclusion_id for name in task.conclusion_ids] or list(review.conclusions)
    audited = audit(review)
    record = read_record(task.out)
    evidence = {name: fingerprint(review, name, audited) for name in review.conclusions}
    every = sha256("\n".join(f"{name} {found}" for name, found in evidence.items()).encode("utf-8"))
    evidence |= {"overview": every, "evidence_map": every, "methods": review.guideline.number}
    evidence["audit"] = audit_fingerprint(review, audited)
    code = code_stamp()
    stamps = {
        name: Stamp(found, notebooks[name if name in REVIEW_NOTEBOOKS else CONCLUSION], code)
        for name, found in evidence.items()
    }
    reasons = {
        name: "it was forced" if how.force else reason(task.out, record, name, stamps[name])
        for name in (*dict.fromkeys(wanted), *REVIEW_NOTEBOOKS)
    }
    return Plan(review, audited, read, record, notebooks, stamps, reasons)


def notebooks_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of each source notebook, by name."""
    return {name: sha256(find_notebook(name, folder).read_bytes()) for name in (CONCLUSION, *REVIEW_NOTEBOOKS)}
