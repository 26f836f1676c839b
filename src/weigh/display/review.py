"""The parts of a whole review, as shown in a notebook: conclusions, audit and rules."""

from __future__ import annotations

from weigh.display.shown import Shown, fragment
from weigh.summary.audit import AuditSummary
from weigh.summary.overview import Overview
from weigh.wording.methods import Rules

__all__ = [
    "show_audit",
    "show_citations",
    "show_codes",
    "show_conclusions",
    "show_counts",
    "show_notices",
    "show_rules",
]


def show_conclusions(conclusions: Overview) -> Shown:
    """All conclusions in one table."""
    lines = [f"{s.conclusion_id}: {s.verdict.value}, {s.studies} studies, {s.badge.lower()}" for s in conclusions.lines]
    return Shown(fragment("overview", o=conclusions), "\n".join(lines))


def show_counts(conclusions: Overview) -> Shown:
    """The number of conclusions by verdict."""
    lines = [f"{verdict.value}: {count}" for verdict, count in conclusions.verdict_counts.items()]
    return Shown(fragment("counts", o=conclusions), "\n".join(lines))


def show_audit(page: AuditSummary) -> Shown:
    """All findings: general ones first, then by conclusion."""
    counts = [f"{conclusion.condition}: {len(found)}" for conclusion, found in page.by_conclusion]
    return Shown(fragment("audit", a=page), f"{len(page.audit.open)} findings\n" + "\n".join(counts))


def show_citations(page: AuditSummary) -> Shown:
    """Every citation, compared with the reference list and with the record."""
    lines = [f"{line.citation.cited_as}: {line.match} {line.difference}".strip() for line in page.citations]
    return Shown(fragment("citation_matrix", a=page), "\n".join(lines))


def show_codes(page: AuditSummary) -> Shown:
    """The code table with printed and official titles."""
    lines = [f"{line.code.label}: {line.code.printed_title or '-'} / {line.true_title or '-'}" for line in page.codes]
    return Shown(fragment("code_table", a=page), "\n".join(lines))


def show_notices(page: AuditSummary) -> Shown:
    """The conclusions that a retraction or correction of each reference would affect."""
    lines = [f"{line.reference.short}: {', '.join(line.conditions)}" for line in page.reach]
    return Shown(fragment("reach", a=page), "\n".join(lines))


def show_rules(rules: Rules) -> Shown:
    """The rules on one topic, each with its source and whether that source was read."""
    lines = [f"{rule.name}: {rule.text} [{rule.standing}]" for rule in rules.rules]
    return Shown(fragment("method_rules", topic=rules.topic, rules=rules.rules), "\n".join(lines))
