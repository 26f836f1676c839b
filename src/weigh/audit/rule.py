"""The rule of an audit: a function that finds defects in a review, with their meaning and resolution."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from weigh.assessment.certainty import Assessment, assess
from weigh.assessment.dossier import Dossier, StudyEvidence, gather
from weigh.assessment.votes import study_votes
from weigh.audit.matching import Match, match_citations
from weigh.audit.odd_cells import odd_cells
from weigh.evidence.model import Finding, Outcome, Place
from weigh.evidence.review import Review

__all__ = ["Check", "Context", "Defect", "Rule", "on_outcome", "rule"]

#: The families, in reading order.
FAMILIES = ("citations", "studies", "conclusions", "codes", "currency", "wording", "results", "text", "accepted")


@dataclass(frozen=True, kw_only=True)
class Context:
    """A review, with intermediate results shared by several rules."""

    review: Review
    found: tuple[Finding, ...] = ()  # the findings of the other rules, for rules that examine them
    today: dt.date | None = None  # None: rules that depend on the date report nothing

    @cached_property
    def dossiers(self) -> dict[str, Dossier]:
        """The dossier of every conclusion."""
        return {name: gather(self.review, name) for name in self.review.conclusions}

    @cached_property
    def assessments(self) -> dict[str, Assessment]:
        """The certainty of the evidence for every conclusion, without counting votes, which would load SciPy."""
        return {name: assess(dossier, study_votes(dossier)) for name, dossier in self.dossiers.items()}

    def without_committee(self, name: str) -> Assessment:
        """The certainty of the evidence for a conclusion as the rules propose it, without the committee's judgements."""
        dossier = dataclasses.replace(self.dossiers[name], certainty=())
        return assess(dossier, study_votes(dossier))

    @cached_property
    def matches(self) -> tuple[Match, ...]:
        """Every citation with the entries of the lists to which it may refer."""
        return match_citations(self.review.citations, self.review.listings)

    @cached_property
    def odd_cells(self) -> tuple[tuple[Place, str], ...]:
        """Cells that are not plain text of ordinary length."""
        return tuple(odd_cells(self.review))

    @cached_property
    def conclusions_by_study(self) -> dict[str, tuple[str, ...]]:
        """The conclusions for which each study is cited, including wider ones."""
        users: dict[str, list[str]] = {}
        for name, dossier in self.dossiers.items():
            for item in (*dossier.evidence, *dossier.background):
                users.setdefault(item.study.study_id, []).append(name)
        return {study: tuple(names) for study, names in users.items()}

    @cached_property
    def cited(self) -> tuple[tuple[str, StudyEvidence], ...]:
        """Each study cited for or against, with the conclusion for which it is cited directly, not via a narrower one."""
        return tuple(
            (name, item)
            for name, dossier in self.dossiers.items()
            for item in dossier.evidence
            if any(citation.conclusion_id == name for citation in item.citations)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A defect found by a rule at one place, before the rule's code and severity are added."""

    subject: str
    place: Place
    message: str
    fix: str = ""
    conclusions: tuple[str, ...] = field(default=())


def on_outcome(context: Context, outcome: Outcome, column: str, message: str) -> Defect:
    """A defect in one cell of an outcome, for every conclusion for which its study is cited."""
    return Defect(
        subject=outcome.outcome_id,
        place=outcome.at(column),
        message=f"{outcome.outcome_id}: {message}",
        conclusions=context.conclusions_by_study.get(outcome.study_id, ()),
    )


Check = Callable[[Context], Iterator[Defect]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the audit.

    `kind` is "guideline" (a question for the committee) or "data" (the review folder itself); `severity` is "error",
    "warning" or "note"; `whose` names the subject in a few words: our tables, the text as read, or the evidence.
    """

    code: str
    family: str
    kind: str
    severity: str
    whose: str
    means: str
    settle: str
    check: Check

    def findings(self, context: Context) -> Iterator[Finding]:
        """All findings of this rule."""
        for defect in self.check(context):
            yield Finding(
                code=self.code,
                kind=self.kind,
                severity=self.severity,
                subject=defect.subject,
                place=defect.place,
                message=defect.message,
                fix=defect.fix or self.settle,
                conclusions=defect.conclusions,
            )


def rule(
    code: str, *, family: str, severity: str, whose: str, means: str, settle: str, kind: str = "guideline"
) -> Callable[[Check], Rule]:
    """Decorate a function from a context to defects, making it a `Rule`.

    Args:
        code: the stable code of its findings.
        family: one of `FAMILIES`.
        severity: "error", "warning" or "note".
        means: what the finding means, in a sentence.
        settle: how to resolve it, in a sentence.
        whose: what the finding is about.
        kind: "guideline" or "data".
    """

    def wrap(check: Check) -> Rule:
        return Rule(
            code=code, family=family, kind=kind, severity=severity, whose=whose, means=means, settle=settle, check=check
        )

    return wrap
