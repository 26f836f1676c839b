"""Whether the review is up to date: notices on cited papers, its own age, and studies that it does not cite."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.audit.rule import Context, Rule, Trouble, rule
from weigh.evidence.model import Place
from weigh.evidence.review import GUIDELINE
from weigh.evidence.vocabulary import Direction, Position
from weigh.wording import sentences as wording
from weigh.wording.guideline_dates import due_date

__all__ = ["RULES"]


def _notices(context: Context, *natures: str) -> Iterator[Trouble]:
    """Notices of some kinds, with what each one hits: conclusions and codes."""
    for key, notices in (context.review.notices.by_reference if context.review.notices else {}).items():
        reference = context.review.references[key]
        users = tuple(
            name for name, dossier in context.dossiers.items() if any(r.key == key for r in dossier.references)
        )
        codes = [code.label for name in users for code in context.dossiers[name].codes]
        for notice in notices:
            if any(word in notice.nature.casefold() for word in natures):
                hit = f"; it stands behind {wording.listed(users)}" if users else "; no conclusion rests on it"
                coded = f" and the codes {wording.listed(dict.fromkeys(codes))}" if codes else ""
                only = (
                    ", matched by its title only"
                    if notice.matched_by == "title"
                    else f", matched by {notice.matched_by}"
                )
                message = (
                    f"{reference.short}: {notice.nature.lower()} of {notice.date or 'unknown date'}{only}{hit}{coded}"
                )
                yield Trouble(subject=key, place=notice.place, message=message, conclusions=users)


@rule(
    "reference-retracted",
    family="currency",
    severity="error",
    whose="the evidence",
    means="A reference was retracted.",
    settle="Read the notice; take the study out of the case unless the notice says otherwise.",
)
def retracted(context: Context) -> Iterator[Trouble]:
    """Retractions, those that were undone apart."""
    yield from _notices(context, "retraction", "withdrawal", "removal")


@rule(
    "reference-concern",
    family="currency",
    severity="warning",
    whose="the evidence",
    means="The journal has published an expression of concern on a reference.",
    settle="Read the notice before the study is used.",
)
def concern(context: Context) -> Iterator[Trouble]:
    """Expressions of concern."""
    yield from _notices(context, "concern")


@rule(
    "reference-corrected",
    family="currency",
    severity="warning",
    whose="the evidence",
    means="A reference was corrected, or a retraction of it was undone.",
    settle="Compare the figures in the tables with the correction.",
)
def corrected(context: Context) -> Iterator[Trouble]:
    """Corrections and reinstatements."""
    yield from _notices(context, "correction", "erratum", "corrigendum", "reinstatement")


@rule(
    "notices-not-checked",
    family="currency",
    severity="note",
    whose="our tables",
    means="No notice file was given, so nobody has looked whether a reference was retracted or corrected.",
    settle="Save the Retraction Watch CSV as evidence/notices.csv.",
)
def notices_not_checked(context: Context) -> Iterator[Trouble]:
    """Not checked is said."""
    if context.review.notices is None:
        message = f"retractions and corrections of {len(context.review.references)} references were not checked: there is no evidence/notices.csv"
        yield Trouble(subject="notices", place=Place("evidence/notices.csv"), message=message)


@rule(
    "review-overdue",
    family="currency",
    severity="warning",
    whose="a question to the committee",
    means="More time has passed since the last review than its interval allows.",
    settle="Review the guideline, or correct the interval in guideline.toml.",
)
def overdue(context: Context) -> Iterator[Trouble]:
    """Said only where the day is given, so that pages do not depend on the clock."""
    guideline = context.review.guideline
    due = due_date(guideline)
    if due is not None and context.today is not None and context.today > due:
        # No count of days: it would be another fact tomorrow, and an acceptance of it outdated.
        message = f"the review was due on {due}; the last one was on {guideline.last_review_date}"
        yield Trouble(subject=guideline.number, place=Place(GUIDELINE, None, "last_review_date"), message=message)


@rule(
    "candidate-not-cited",
    family="currency",
    severity="note",
    whose="a question to the committee",
    means="A study on the question is known, and the guideline does not cite it.",
    settle="Read it at the next review.",
)
def candidate_not_cited(context: Context) -> Iterator[Trouble]:
    """Known studies, with the side on which they fall."""
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
            else "its side is not known"
        )
        against = ", which speaks against the conclusion" if candidate.direction is contrary else ""
        yield Trouble(
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
