"""Findings as text for a person: grouped, sorted, counted, accepted ones folded."""

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
    "data": "The folder itself",
    "citations": "Citations and reference lists (in the text as read)",
    "studies": "What the cited studies test and say",
    "conclusions": "Conclusions",
    "codes": "Codes (in the text as read)",
    "currency": "Whether the review is up to date",
    "wording": "Sentences that claim too much",
    "results": "Figures that contradict each other",
    "text": "Text that is not what it looks like",
    "accepted": "Findings that somebody accepted",
}


def report_lines(
    review: Review | None, problems: Sequence[Finding], audited: Audit | None, *, show_accepted: bool = False
) -> Iterator[str]:
    """The report of a check, line by line; the last line counts."""
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
            f"{len(review.outcomes)} outcomes, {len(review.references)} references; schema and keys hold."
        )
    counts = Counter(finding.severity for finding in findings)
    parts = [plural(counts[severity], severity) for severity in ("error", "warning", "note") if counts[severity]]
    found = f"{plural(len(findings), 'finding')}: {', '.join(parts)}." if findings else "No findings."
    yield found + (f" {plural(len(accepted), 'accepted finding')} folded." if accepted and not show_accepted else "")
