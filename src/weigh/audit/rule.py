"""What a rule is: one function from a review to findings, with what it means and how to settle it."""

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

__all__ = ["Check", "Context", "Rule", "Trouble", "on_outcome", "rule"]

#: Families in the order in which a person reads them.
FAMILIES = ("citations", "studies", "conclusions", "codes", "currency", "wording", "results", "text", "accepted")


@dataclass(frozen=True, kw_only=True)
class Context:
    """A review with what several rules need of it, made once."""

    review: Review
    found: tuple[Finding, ...] = ()  # what the other rules found, for those that look at it
    today: dt.date | None = None  # None: nothing that depends on the day is said

    @cached_property
    def dossiers(self) -> dict[str, Dossier]:
        """The dossier of every conclusion."""
        return {name: gather(self.review, name) for name in self.review.conclusions}

    @cached_property
    def assessments(self) -> dict[str, Assessment]:
        """The certainty of the evidence on every conclusion; votes are not counted for it, which would load SciPy."""
        return {name: assess(dossier, study_votes(dossier)) for name, dossier in self.dossiers.items()}

    def without_committee(self, name: str) -> Assessment:
        """The certainty of the evidence on a conclusion as the rules alone propose it."""
        dossier = dataclasses.replace(self.dossiers[name], certainty=())
        return assess(dossier, study_votes(dossier))

    @cached_property
    def matches(self) -> tuple[Match, ...]:
        """Every citation with the entries of the lists that it may mean."""
        return match_citations(self.review.citations, self.review.listings)

    @cached_property
    def odd_cells(self) -> tuple[tuple[Place, str], ...]:
        """Cells that are not plain text of common length."""
        return tuple(odd_cells(self.review))

    @cached_property
    def conclusions_by_study(self) -> dict[str, tuple[str, ...]]:
        """The conclusions for which a study is cited, the wider ones too."""
        users: dict[str, list[str]] = {}
        for name, dossier in self.dossiers.items():
            for item in (*dossier.evidence, *dossier.background):
                users.setdefault(item.study.study_id, []).append(name)
        return {study: tuple(names) for study, names in users.items()}

    @cached_property
    def cited(self) -> tuple[tuple[str, StudyEvidence], ...]:
        """Each study cited for or against, with the conclusion for which it is cited itself (not by way of a narrower one)."""
        return tuple(
            (name, item)
            for name, dossier in self.dossiers.items()
            for item in dossier.evidence
            if any(citation.conclusion_id == name for citation in item.citations)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a rule found at one place, before the rule's code and severity are put to it."""

    subject: str
    place: Place
    message: str
    fix: str = ""
    conclusions: tuple[str, ...] = field(default=())


def on_outcome(context: Context, outcome: Outcome, column: str, message: str) -> Trouble:
    """Trouble with one cell of an outcome, for every conclusion that its study is cited for."""
    return Trouble(
        subject=outcome.outcome_id,
        place=outcome.at(column),
        message=f"{outcome.outcome_id}: {message}",
        conclusions=context.conclusions_by_study.get(outcome.study_id, ()),
    )


Check = Callable[[Context], Iterator[Trouble]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the audit.

    `kind` is "guideline" (a question to the committee) or "data" (our own folder); `severity` is error, warning or
    note; `whose` says in a few words what the finding is about: our tables, the text as read, or the evidence.
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
        for trouble in self.check(context):
            yield Finding(
                code=self.code,
                kind=self.kind,
                severity=self.severity,
                subject=trouble.subject,
                place=trouble.place,
                message=trouble.message,
                fix=trouble.fix or self.settle,
                conclusions=trouble.conclusions,
            )


def rule(
    code: str, *, family: str, severity: str, whose: str, means: str, settle: str, kind: str = "guideline"
) -> Callable[[Check], Rule]:
    """Make a Rule of a function."""

    def wrap(check: Check) -> Rule:
        return Rule(
            code=code, family=family, kind=kind, severity=severity, whose=whose, means=means, settle=settle, check=check
        )

    return wrap
