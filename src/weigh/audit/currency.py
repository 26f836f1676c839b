"""Rules on currency: notices on cited papers, the age of the review, and uncited studies."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.audit.rule import Context, Defect, Rule, rule
from weigh.evidence.model import Place
from weigh.evidence.review import GUIDELINE
from weigh.evidence.vocabulary import Direction, Position
from weigh.wording import sentences as wording
from weigh.wording.guideline_dates import due_date

__all__ = ["RULES"]


def _notices(context: Context, *natures: str) -> Iterator[Defect]:
    """Report notices of the given natures, with the conclusions and codes that each affects."""
    for key, notices in (context.review.notices.by_reference if context.review.notices else {}).items():
        reference = context.review.references[key]
        users = tuple(
            name for name, dossier in context.dossiers.items() if any(r.key == key for r in dossier.references)
        )
        codes = [code.label for name in users for code in context.dossiers[name].codes]
        for notice in notices:
            if any(word in notice.nature.casefold() for word in natures):
                hit = f"; it supports {wording.listed(users)}" if users else "; no conclusion rests on it"
                coded = f" and the codes {wording.listed(dict.fromkeys(codes))}" if codes else ""
                only = (
                    ", matched by title only" if notice.matched_by == "title" else f", matched by {notice.matched_by}"
                )
                message = (
                    f"{reference.short}: {notice.nature.lower()} of {notice.date or 'unknown date'}{only}{hit}{coded}"
                )
                yield Defect(subject=key, place=notice.place, message=message, conclusions=users)


@rule(
    "reference-retracted",
    family="currency",
    severity="error",
    whose="the evidence",
    means="A reference was retracted.",
    settle="Read the notice; exclude the study unless the notice says otherwise.",
)
def retracted(context: Context) -> Iterator[Defect]:
    """Report retractions, except those later reversed."""
    yield from _notices(context, "retraction", "withdrawal", "removal")


@rule(
    "reference-concern",
    family="currency",
    severity="warning",
    whose="the evidence",
    means="The journal has published an expression of concern about a reference.",
    settle="Read the notice before using the study.",
)
def concern(context: Context) -> Iterator[Defect]:
    """Report expressions of concern."""
    yield from _notices(context, "concern")


@rule(
    "reference-corrected",
    family="currency",
    severity="warning",
    whose="the evidence",
    means="A reference was corrected, or its retraction was reversed.",
    settle="Compare the figures in the tables with the correction.",
)
def corrected(context: Context) -> Iterator[Defect]:
    """Report corrections and reinstatements."""
    yield from _notices(context, "correction", "erratum", "corrigendum", "reinstatement")


@rule(
    "notices-not-checked",
    family="currency",
    severity="note",
    whose="our tables",
    means="There is no notice file, so references were not checked for retractions and corrections.",
    settle="Save the Retraction Watch CSV file as evidence/notices.csv.",
)
def notices_not_checked(context: Context) -> Iterator[Defect]:
    """Report that notices were not checked."""
    if context.review.notices is None:
        message = f"retractions and corrections of {len(context.review.references)} references were not checked, because there is no evidence/notices.csv"
        yield Defect(subject="notices", place=Place("evidence/notices.csv"), message=message)


@rule(
    "review-overdue",
    family="currency",
    severity="warning",
    whose="a question to the committee",
    means="More time has passed since the last review than its interval allows.",
    settle="Review the guideline, or correct the interval in guideline.toml.",
)
def overdue(context: Context) -> Iterator[Defect]:
    """Report an overdue review; only if a date is given, so that pages do not depend on the clock."""
    guideline = context.review.guideline
    due = due_date(guideline)
    if due is not None and context.today is not None and context.today > due:
        # No count of days: the message would change daily and outdate any acceptance of it.
        message = f"the review was due on {due}; the last was on {guideline.last_review_date}"
        yield Defect(subject=guideline.number, place=Place(GUIDELINE, None, "last_review_date"), message=message)


@rule(
    "candidate-not-cited",
    family="currency",
    severity="note",
    whose="a question to the committee",
    means="A known study on the question is not cited in the guideline.",
    settle="Consider it at the next review.",
)
def candidate_not_cited(context: Context) -> Iterator[Defect]:
    """Report uncited studies, with the direction of their results."""
    intervention = context.review.guideline.intervention
    for candidate in context.review.candidates:
        position = context.review.conclusions[candidate.conclusion_id].position
        contrary = (
            Direction.FAVOURS_INTERVENTION
            if position is Position.NOT_MEDICALLY_NECESSARY
            else Direction.FAVOURS_COMPARATOR
        )
        side = (
            wording.direction_words(candidate.direction, intervention)
            if candidate.direction
            else "its direction is not known"
        )
        against = ", which speaks against the conclusion" if candidate.direction is contrary else ""
        yield Defect(
            subject=candidate.candidate_id,
            place=candidate.at("candidate_id"),
            message=f"{candidate.citation} is not cited: {side}{against}",
            conclusions=(candidate.conclusion_id,),
        )


RULES: tuple[Rule, ...] = (
    retracted,
    concern,
    corrected,
    notices_not_checked,
    overdue,
    candidate_not_cited,
)
