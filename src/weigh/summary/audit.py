"""The summary of an audit: every finding, citation, code and reference, as shown on the audit page."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.assessment.dossier import gather
from weigh.audit.audit import Audit, audit
from weigh.audit.codes import printed_and_true
from weigh.audit.matching import MatchKind, match_citations
from weigh.evidence.model import Citation, CodeRange, Conclusion, Finding, Guideline, Reference
from weigh.evidence.review import Review, load_review
from weigh.text.glance import Glance, one_line

__all__ = ["AuditSummary", "CitationLine", "CodeLine", "ReachLine", "summarise_audit"]

_MATCH_WORDS = {
    MatchKind.EXACT: "matches one entry",
    MatchKind.NAME: "the name differs slightly",
    MatchKind.YEAR: "the year differs slightly",
    MatchKind.AMBIGUOUS: "matches several entries",
    MatchKind.NOT_LISTED: "not listed",
}


@dataclass(frozen=True, slots=True)
class CitationLine:
    """One citation, compared with the reference list and with the record."""

    citation: Citation
    condition: str
    listed: tuple[str, ...]
    record: str
    match: str
    difference: str


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One row of the code table: the printed and the official title; `agrees` is None if they could not be compared."""

    code: CodeRange
    condition: str
    true_title: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class ReachLine:
    """One reference: the conclusions and codes that a notice on it would affect, and its notices."""

    reference: Reference
    conditions: tuple[str, ...]
    codes: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSummary(Glance):
    """Everything on the audit page."""

    guideline: Guideline
    audit: Audit
    by_conclusion: tuple[tuple[Conclusion, tuple[Finding, ...]], ...]
    general: tuple[Finding, ...]
    citations: tuple[CitationLine, ...]
    codes: tuple[CodeLine, ...]
    release: str
    reach: tuple[ReachLine, ...]
    notices_checked: bool

    def __repr__(self) -> str:
        return one_line(self, f"{self.guideline.number}: {len(self.audit.open)} findings")


def summarise_audit(review: Review | None = None) -> AuditSummary:
    """The summary of the audit of a review, by default the nearest one; it does not depend on the current date."""
    review = review or load_review()
    audited = audit(review)
    conclusions = review.conclusions.values()
    return AuditSummary(
        guideline=review.guideline,
        audit=audited,
        by_conclusion=tuple((c, found) for c in conclusions if (found := audited.of(c.conclusion_id))),
        general=tuple(finding for finding in audited.open if not finding.conclusions),
        citations=_citation_lines(review),
        codes=_code_lines(review),
        release=review.code_titles[0].release if review.code_titles else "",
        reach=_reach_lines(review),
        notices_checked=review.notices is not None,
    )


def _citation_lines(review: Review) -> tuple[CitationLine, ...]:
    return tuple(
        CitationLine(
            citation=match.citation,
            condition=review.conclusions[match.citation.conclusion_id].condition,
            listed=tuple(
                f"{x.list.value.replace('_', '-')} {x.number}: {x.authors}{f', {x.year}' if x.year else ''}"
                for x in match.listings
            ),
            record=reference.short
            if (reference := review.references.get(match.citation.citation_key or ""))
            else "unresolved",
            match=_MATCH_WORDS[match.kind],
            difference=match.difference,
        )
        for match in match_citations(review.citations, review.listings)
    )


def _code_lines(review: Review) -> tuple[CodeLine, ...]:
    lines = []
    for code, true, agrees in printed_and_true(review.codes, review.code_titles):
        conclusion = review.conclusions.get(code.conclusion_id or "")
        lines.append(CodeLine(code, conclusion.condition if conclusion else "all", true, agrees))
    return tuple(lines)


def _reach_lines(review: Review) -> tuple[ReachLine, ...]:
    """References on which conclusions rest: those with notices first, then by the number of conclusions."""
    users: dict[str, dict[str, None]] = {}
    codes: dict[str, dict[str, None]] = {}
    for name in review.conclusions:
        dossier = gather(review, name)
        for reference in dossier.references:
            users.setdefault(reference.key, {})[dossier.conclusion.condition] = None
            codes.setdefault(reference.key, {}).update(dict.fromkeys(code.label for code in dossier.codes))
    notices = review.notices.by_reference if review.notices else {}
    lines = [
        ReachLine(
            reference,
            tuple(users[reference.key]),
            tuple(codes[reference.key]),
            tuple(
                f"{n.nature} of {n.date or 'unknown date'}, matched by {n.matched_by}"
                for n in notices.get(reference.key, ())
            ),
        )
        for reference in review.references.values()
        if reference.key in users
    ]
    return tuple(sorted(lines, key=lambda line: (not line.notices, -len(line.conditions), line.reference.key)))
