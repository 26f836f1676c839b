"""Sentences of a report that notebooks, pages, the terminal and documents share: captions, and texts of empty parts."""

from __future__ import annotations

from collections.abc import Iterable

from weigh.assessment.certainty import COMMITTEE
from weigh.assessment.dossier import Dossier
from weigh.assessment.verdict import Judgement
from weigh.evidence.vocabulary import Position
from weigh.wording.effect_words import CERTAINTY
from weigh.wording.sentences import BASIS, POSITION, listed

__all__ = [
    "ALL_SEEN",
    "CANDIDATES",
    "CERTAINTY_KEY",
    "DISCUSS",
    "FRAGILE",
    "LIMITS",
    "MARKS",
    "NOTICES_NOT_CHECKED",
    "NOT_SEARCHED",
    "NO_CANDIDATES",
    "NO_CHANGES",
    "NO_EFFECT_SIZES",
    "NO_FINDINGS",
    "NO_OUTCOMES",
    "NO_OUTCOME_TO_DRAW",
    "NO_REASONS",
    "NO_REFERENCES",
    "NO_RESULTS",
    "NO_SIDE",
    "NO_STUDY",
    "NO_SYNTHESIS",
    "VERDICT_KEY",
    "VOTE_KEY",
    "basis_words",
    "codes_words",
    "outcomes_caption",
    "overall_certainty",
    "partly_seen",
    "position_words",
]

NO_STUDY = "No study is cited for this conclusion."
DISCUSS = "Why a member may want to discuss this"
NO_REASONS = "No reason for discussion was identified"
NO_SIDE = "No cited study whose results were seen."
NO_RESULTS = "No cited study has a result between arms that was seen, so there is nothing to summarise."
NO_OUTCOMES = "No outcome was seen."
NO_OUTCOME_TO_DRAW = "No cited study has an outcome to draw."
NO_EFFECT_SIZES = "No cited comparison reports figures from which an effect size can be drawn."
ALL_SEEN = "The record or the abstract of every cited study was seen."
CANDIDATES = "Known studies that the guideline does not cite. They do not count towards the verdict."
NO_CANDIDATES = "No such study has been found so far. No systematic search was made."
NO_FINDINGS = "The audit reports no findings on this conclusion."
NOTICES_NOT_CHECKED = "The references were not checked for retractions and corrections: no notice file was given."
NOT_SEARCHED = "No search for newer studies was made."
NO_CHANGES = "No single-step change alters the verdict or the certainty."
NO_SYNTHESIS = "No study is cited, so there is no synthesis to report."
NO_REFERENCES = "The guideline cites no reference for this conclusion."

VERDICT_KEY = "A verdict states how the cited evidence bears on a conclusion, not whether the conclusion is right"
CERTAINTY_KEY = "Certainty is rated by GRADE for each outcome; “proposed” means that the committee has not confirmed it"
VOTE_KEY = (
    "Studies are counted by the side that their comparisons favour, whatever the p value: “not significant” does not "
    "mean that a treatment fails"
)
FRAGILE = "A verdict is fragile if omitting one study, or moving one judgement by one step, would change it."
#: The legend of the effect direction plot, after the signs of the directions.
MARKS = (
    "hollow: a change within one arm, which does not vote; ?: not verified; larger marks: 50 to 300 participants, more "
    "than 300."
)
LIMITS = (
    "A verdict counts directions. It does not convey the size of an effect, and it weights all studies equally. Only "
    "comparisons between arms vote, and only on benefits: harms and procedures are shown but do not vote. Certainty is "
    "proposed by rule; a judgement of the committee replaces the proposal. What was not seen is left empty: no gap was "
    "filled from memory."
)


def position_words(dossier: Dossier) -> str:
    """The position of the guideline on a conclusion, as the start of a line."""
    return f"{POSITION[dossier.conclusion.position]}."


def basis_words(dossier: Dossier) -> str:
    """Where the guideline states the conclusion, and the narrower conclusions that it includes."""
    narrower = listed(conclusion.condition for conclusion in dossier.narrower)
    included = f" It includes {narrower}." if narrower else ""
    return f"The conclusion is {BASIS[dossier.conclusion.basis]}.{included}"


def codes_words(dossier: Dossier) -> str:
    """The codes that the guideline covers or denies with a conclusion, as printed."""
    if not dossier.codes:
        return "The code table lists no diagnosis code for this conclusion."
    necessary = dossier.conclusion.position is Position.MEDICALLY_NECESSARY
    codes = "; ".join(
        f"{code.system} {code.label}" + (f" ({code.printed_title})" if code.printed_title else "")
        for code in dossier.codes
    )
    return f"{'Codes covered if the criteria are met' if necessary else 'Codes denied'}, as printed: {codes}."


def outcomes_caption(judgement: Judgement, shown: int, intervention: str) -> str:
    """The caption of the summary of findings.

    Args:
        judgement: the judgement on the conclusion.
        shown: the number of outcomes in the table.
        intervention: the intervention.
    """
    bodies = judgement.assessment.bodies
    part = f"; the first {shown} of {len(bodies)}" if len(bodies) > shown else ""
    judged = any(rating.judged_by == COMMITTEE for rated in bodies[:shown] for rating in rated.ratings)
    return (
        f"Comparisons by outcome{part}. “Better” and “worse” refer to {intervention}. Certainty is proposed by "
        f"rule{', except where the committee has judged it' if judged else ''}."
    )


def overall_certainty(judgement: Judgement) -> str:
    """The certainty of the evidence as a whole, who judged it, and why."""
    level = CERTAINTY[judgement.certainty] if judgement.certainty else "not rated"
    by = ", as judged by the committee" if judgement.confirmed else ""
    return f"Certainty of the evidence as a whole: {level}{by}. {judgement.assessment.reason}"


def partly_seen(names: Iterable[str]) -> str:
    """The studies that were seen only in part."""
    return f"Seen in part, or in a secondary source: {listed(names)}."
