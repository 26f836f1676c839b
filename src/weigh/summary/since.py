"""What has come to light on a conclusion since the guideline was last reviewed, as far as the review folder holds dates."""

from __future__ import annotations

from weigh.assessment.dossier import Dossier
from weigh.evidence.model import Guideline
from weigh.wording import sentences as wording

__all__ = ["since_last_review"]


def since_last_review(dossier: Dossier, guideline: Guideline) -> tuple[str, ...]:
    """Sentences on what is dated after the last review, or in its year where only the year is known.

    Empty where no date of a last review is printed: nothing can be said to be newer. Retractions and corrections are findings of the audit, and not repeated here.

    Args:
        dossier: all that bears on the conclusion.
        guideline: whose last review counts.
    """
    reviewed = guideline.last_review_date
    if reviewed is None:
        return ()
    sentences = []
    for candidate in dossier.candidates:
        if candidate.year is not None and candidate.year >= reviewed.year:
            when = "in the year of that review" if candidate.year == reviewed.year else f"in {candidate.year}"
            side = (
                wording.direction_words(candidate.direction, guideline.intervention)
                if candidate.direction
                else "direction not known"
            )
            sentences.append(f"{candidate.citation} appeared {when} and is not cited ({side}).")
    for reference in dossier.references:
        year = reference.get("year") or ""
        if year.isdecimal() and int(year) > reviewed.year:
            sentences.append(f"“{reference.title}” is cited and appeared in {year}.")
    for row in dossier.certainty:
        if row.judged_by == "committee" and row.date is not None and row.date > reviewed:
            words = f"{row.domain}: {row.judgement}".replace("_", " ").replace("/", ", ")
            sentences.append(f"On {row.date} the committee judged {words}. {row.reason}")
    return tuple(sentences)
