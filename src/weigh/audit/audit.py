"""The audit: runs all rules on a review and separates accepted findings from open ones."""

from __future__ import annotations

import datetime as dt
import hashlib
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from weigh.audit import characters, citations, claims, codes, currency, results, studies, weighing
from weigh.audit.rule import FAMILIES, Context, Defect, Rule, rule
from weigh.evidence.model import Acceptance, Finding
from weigh.evidence.review import Review
from weigh.text.glance import Glance, one_line
from weigh.text.latest import Latest
from weigh.text.lean import collector_paused

__all__ = ["ACCEPTANCE_RULES", "RULES", "Audit", "audit", "facts_of", "family_of", "whose_of"]

_SEVERITIES = ("error", "warning", "note")


@rule(
    "acceptance-settled",
    family="accepted",
    kind="data",
    severity="note",
    whose="our tables",
    means="An accepted finding no longer occurs.",
    settle="Remove the row from accepted.csv.",
)
def acceptance_settled(context: Context) -> Iterator[Defect]:
    """Report each acceptance whose finding no longer occurs."""
    present = {(finding.code, finding.subject) for finding in context.found}
    for row in context.review.accepted:
        unseen = context.today is None and row.code == currency.overdue.code
        if (row.code, row.subject) not in present and not unseen:
            yield _about(row, "code", f"{row.code} on {row.subject} was accepted on {row.when} and no longer occurs")


@rule(
    "acceptance-outdated",
    family="accepted",
    kind="data",
    severity="warning",
    whose="our tables",
    means="The facts of a finding have changed since it was accepted; it counts as not accepted.",
    settle="Review the finding, then accept it again or resolve it.",
)
def acceptance_outdated(context: Context) -> Iterator[Defect]:
    """Report each acceptance whose finding has changed since."""
    for row in context.review.accepted:
        facts = _facts_now(row, context)
        if facts and row.facts is not None and row.facts != facts:
            yield _about(
                row,
                "facts",
                f"{row.code} on {row.subject} has changed since {row.who} accepted it on {row.when}",
            )


def _about(row: Acceptance, column: str, message: str) -> Defect:
    return Defect(subject=f"{row.code}/{row.subject}", place=row.at(column), message=message)


RULES: tuple[Rule, ...] = (
    *citations.RULES,
    *studies.RULES,
    *codes.RULES,
    *currency.RULES,
    *claims.RULES,
    *results.RULES,
    *weighing.RULES,
    *characters.RULES,
)
#: Rules that examine the findings of the others.
ACCEPTANCE_RULES: tuple[Rule, ...] = (acceptance_settled, acceptance_outdated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(Glance):
    """The result of an audit: open findings, and accepted ones with their rows, each in reading order."""

    open: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Acceptance], ...]

    def __repr__(self) -> str:
        return one_line(self, f"{len(self.open)} findings open, {len(self.accepted)} accepted")

    def of(self, conclusion_id: str) -> tuple[Finding, ...]:
        """The open findings that concern one conclusion."""
        return tuple(finding for finding in self.open if conclusion_id in finding.conclusions)


def audit(review: Review, today: dt.date | None = None) -> Audit:
    """Run every rule on a review; without a date, the result is cached for the review object.

    Args:
        review: the review.
        today: the date for rules that depend on it; None skips them, as pages do.

    Returns:
        Open and accepted findings, ordered by family, severity, rule, file and row.
    """
    if today is not None:
        return _audit(review, today)
    return _latest.get(review) or _latest.put(_audit(review, None), review)


_latest = Latest[Audit](operator.is_)


def remember(review: Review, audited: Audit) -> None:
    """Make `audit` return this result for this review object."""
    _latest.put(audited, review)


def _audit(review: Review, today: dt.date | None) -> Audit:
    context = Context(review=review, today=today)
    with collector_paused():
        found = [finding for each in RULES for finding in each.findings(context)]
    context = Context(review=review, found=tuple(found), today=today)
    found += [finding for each in ACCEPTANCE_RULES for finding in each.findings(context)]
    rows = _valid_acceptances(context)
    ordered = sorted(found, key=_order)
    return Audit(
        open=tuple(f for f in ordered if (f.code, f.subject) not in rows),
        accepted=tuple((f, rows[f.code, f.subject]) for f in ordered if (f.code, f.subject) in rows),
    )


def facts_of(findings: Iterable[Finding]) -> str:
    """A short fingerprint of the messages of findings with one code and subject; empty where there are none."""
    messages = sorted(finding.message for finding in findings)
    return hashlib.sha256("\n".join(messages).encode("utf-8")).hexdigest()[:16] if messages else ""


def _facts_now(row: Acceptance, context: Context) -> str:
    """The current fingerprint of the finding that a row accepts; empty where it no longer occurs."""
    return facts_of(f for f in context.found if (f.code, f.subject) == (row.code, row.subject))


def _valid_acceptances(context: Context) -> dict[tuple[str, str], Acceptance]:
    """Acceptances by code and subject, without those whose finding has changed."""
    return {
        (row.code, row.subject): row
        for row in context.review.accepted
        if row.facts is None or row.facts == _facts_now(row, context)
    }


_FAMILY = {each.code: each.family for each in (*RULES, *ACCEPTANCE_RULES)}
_WHOSE = {each.code: each.whose for each in (*RULES, *ACCEPTANCE_RULES)}
_PLACE = {each.code: place for place, each in enumerate((*RULES, *ACCEPTANCE_RULES))}


def family_of(finding: Finding) -> str:
    """The family of a finding; defects found while reading the folder belong to the family "data"."""
    return _FAMILY.get(finding.code, "data")


def whose_of(finding: Finding) -> str:
    """What a finding is about: our tables, the text as read, or a question to the committee."""
    return _WHOSE.get(finding.code, "our tables")


def _order(finding: Finding) -> tuple[int, int, int, str, int, str]:
    """The sort key in reading order: family, severity, rule, file and row."""
    family, severity = FAMILIES.index(_FAMILY[finding.code]), _SEVERITIES.index(finding.severity)
    return family, severity, _PLACE[finding.code], finding.place.file, finding.place.row or 0, finding.message
