"""Fingerprints: a hash of the exact input of each report, so that only changed reports are rendered again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from weigh.assessment.dossier import Dossier, gather
from weigh.audit.audit import Audit
from weigh.evidence.model import Finding
from weigh.evidence.p_value import PValue
from weigh.evidence.review import Review

__all__ = ["audit_fingerprint", "fingerprint", "fingerprint_of", "hash_of"]


def fingerprint(review: Review, conclusion_id: str, audited: Audit) -> str:
    """The fingerprint of one conclusion of a review."""
    return fingerprint_of(review, gather(review, conclusion_id), audited.of(conclusion_id))


def fingerprint_of(review: Review, dossier: Dossier, findings: Sequence[Finding]) -> str:
    """SHA-256 of the input of a summary: guideline, dossier and findings in canonical form.

    The version of weigh is not included: a build records it separately and renders a report again if the code has
    changed, so a new version alone does not change stored results.
    """
    return hash_of(
        {
            "guideline": review.guideline,
            "dossier": dossier,
            "findings": [finding.message for finding in findings],
            "notices": review.notices is not None,
        }
    )


def audit_fingerprint(review: Review, audited: Audit) -> str:
    """SHA-256 of the input of the audit page: findings, citations, reference lists, codes and references."""
    return hash_of(
        {
            "guideline": review.guideline,
            "conclusions": tuple(review.conclusions.values()),
            "findings": (*audited.open, *(finding for finding, _row in audited.accepted)),
            "accepted": review.accepted,
            "citations": (review.citations, review.listings),
            "codes": (review.codes, review.code_titles),
            "references": tuple(review.references.values()),
            "notices": review.notices is not None,
        }
    )


def hash_of(made_from: Mapping[str, Any]) -> str:
    """SHA-256 of records in canonical form, without their positions in files."""
    canonical = json.dumps(_canonical(made_from), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def _canonical(value: Any) -> Any:
    """Records as plain data without their positions, so that moving a row does not change the hash."""
    if isinstance(value, PValue):
        return value.printed
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _canonical(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name != "place"}
    if isinstance(value, tuple | list):
        return [_canonical(part) for part in value]
    if isinstance(value, dict):
        return {key: _canonical(part) for key, part in value.items()}
    return value if value is None or isinstance(value, str | int | bool) else str(value)
