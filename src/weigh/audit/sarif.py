"""Findings as SARIF 2.1.0, which code hosts display at the row concerned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from weigh import __version__
from weigh.audit.audit import ACCEPTANCE_RULES, RULES
from weigh.evidence.model import Acceptance, Finding

__all__ = ["sarif"]

_LEVELS = {"error": "error", "warning": "warning", "note": "note"}


def sarif(findings: Iterable[Finding], accepted: Iterable[tuple[Finding, Acceptance]] = ()) -> dict[str, Any]:
    """A SARIF 2.1.0 log of one run, as JSON data: open findings, and accepted ones as suppressed results."""
    results = [_result(finding) for finding in findings]
    for finding, row in accepted:
        why = {"kind": "external", "status": "accepted", "justification": f"{row.reason} ({row.who}, {row.when})"}
        results.append(_result(finding) | {"suppressions": [why]})
    used = {result["ruleId"] for result in results}
    described = [_rule(rule) for rule in (*RULES, *ACCEPTANCE_RULES)]
    known = {rule["id"] for rule in described}
    driver = {
        "name": "weigh",
        "version": __version__,
        "rules": described + [{"id": code} for code in sorted(used - known)],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(rule: Any) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.means},
        "help": {"text": rule.settle},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"family": rule.family, "kind": rule.kind},
    }


def _result(finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": finding.place.file}}
    if finding.place.row is not None:
        place["region"] = {"startLine": finding.place.row}
    column = f" (column {finding.place.column})" if finding.place.column else ""
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}{column}; {finding.fix}"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"weigh/v1": f"{finding.code}/{finding.subject}"},
        "properties": {"kind": finding.kind, "subject": finding.subject, "conclusions": list(finding.conclusions)},
    }
