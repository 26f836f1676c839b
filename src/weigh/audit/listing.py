"""Findings as text for the terminal: grouped, sorted and counted, with accepted ones hidden by default."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from weigh.audit.audit import Audit, family_of
from weigh.evidence.model import Finding
from weigh.evidence.review import Review
from weigh.wording.sentences import plural

__all__ = ["FAMILY_TITLES", "report_lines"]

FAMILY_TITLES = {
    "data": "The review folder",
    "citations": "Citations and reference lists (in the text as read)",
    "studies": "What the cited studies test and report",
    "conclusions": "Conclusions",
    "codes": "Codes (in the text as read)",
    "currency": "Whether the review is up to date",
    "wording": "Overclaims",
    "results": "Contradictory figures",
    "text": "Deceptive text",
    "accepted": "Accepted findings",
}


def report_lines(
    review: Review | None, problems: Sequence[Finding], audited: Audit | None, *, show_accepted: bool = False
) -> Iterator[str]:
    """The report of a check, line by line; the last line holds the counts."""
    findings = (*problems, *(audited.open if audited else ()))
    for family, group in groupby(findings, key=family_of):
        yield FAMILY_TITLES[family]
        for finding in group:
            yield f"  {finding.severity}: {finding}"
        yield ""
    accepted = audited.accepted if audited else ()
    if show_accepted:
        for finding, row in accepted:
            yield f"  accepted by {row.who} on {row.when} ({row.reason}): {finding}"
    if review is not None:
        yield (
            f"{review.guideline.number}: {len(review.conclusions)} conclusions, {len(review.studies)} studies, "
            f"{len(review.outcomes)} outcomes, {len(review.references)} references; schema and keys are valid."
        )
    counts = Counter(finding.severity for finding in findings)
    parts = [plural(counts[severity], severity) for severity in ("error", "warning", "note") if counts[severity]]
    found = f"{plural(len(findings), 'finding')}: {', '.join(parts)}." if findings else "No findings."
    yield found + (f" {plural(len(accepted), 'accepted finding')} hidden." if accepted and not show_accepted else "")
