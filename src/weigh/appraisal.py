"""Risk of bias: what the judgements on a study add up to, by the rule of each instrument."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.model import Appraisal

__all__ = ["appraisal_words", "pedro_score"]

PEDRO = "PEDro"
#: Item 1 (eligibility criteria) bears on whom the result applies to, not on bias, and is not scored.
_UNSCORED = "01_"


def pedro_score(appraisals: Sequence[Appraisal]) -> tuple[int, int]:
    """Items met and items judged of the PEDro scale, item 1 left out; a whole scale has ten.

    Source: PEDro scale, last amended 1999; the total is recomputed from the items, never copied.
    """
    scored = [a for a in appraisals if a.tool == PEDRO and not a.domain.startswith(_UNSCORED)]
    return sum(a.judgement == "yes" for a in scored), len(scored)


def appraisal_words(appraisals: Sequence[Appraisal]) -> str:
    """What is known of a study's risk of bias, or that nobody has appraised it."""
    met, judged = pedro_score(appraisals)
    if not judged:
        return "Not appraised."
    return f"PEDro score {met} of {judged}, from the items that the PEDro database prints; not judged by the committee."
