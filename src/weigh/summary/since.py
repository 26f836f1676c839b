"""What is new on a conclusion since the last review of the guideline, as far as the review folder records dates."""

from __future__ import annotations

from weigh.assessment.dossier import Dossier
from weigh.evidence.model import Guideline
from weigh.wording import sentences as wording

__all__ = ["since_last_review"]


def since_last_review(dossier: Dossier, guideline: Guideline) -> tuple[str, ...]:
    """Sentences on what is dated after the last review, or in the same year if only the year is known.

    Empty if the guideline prints no date of a last review. Retractions and corrections are findings of the audit and
    are not repeated here.

    Args:
        dossier: the evidence on the conclusion.
        guideline: the guideline, which gives the date of the last review.
    """
    reviewed = guideline.last_review_date
    if reviewed is None:
        return ()
    sentences = []
    for candidate in dossier.candidates:
        if candidate.year is not None and candidate.year >= reviewed.year:
            when = "in the year of the last review" if candidate.year == reviewed.year else f"in {candidate.year}"
            side = (
                wording.direction_words(candidate.direction, guideline.intervention)
                if candidate.direction
                else "direction not known"
            )
            sentences.append(f"{candidate.citation} was published {when} and is not cited ({side}).")
    for reference in dossier.references:
        year = reference.get("year") or ""
        if year.isdecimal() and int(year) > reviewed.year:
            sentences.append(f"“{reference.title}” is cited and was published in {year}.")
    for row in dossier.certainty:
        if row.judged_by == "committee" and row.date is not None and row.date > reviewed:
            words = f"{row.domain}: {row.judgement}".replace("_", " ").replace("/", ", ")
            sentences.append(f"On {row.date} the committee judged {words}. {row.reason}")
    return tuple(sentences)
