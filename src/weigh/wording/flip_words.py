"""The flip test in words: what a single change would do to a verdict, and how robust the verdict is."""

from __future__ import annotations

from weigh.assessment.dossier import Dossier
from weigh.assessment.flip import Badge, Change, FlipKind, FlipTest
from weigh.assessment.verdict import Judgement
from weigh.evidence.vocabulary import Direction
from weigh.wording.effect_words import CERTAINTY
from weigh.wording.sentences import VERDICT, direction_words, either

__all__ = ["BADGE", "change_words", "flip_summary"]

BADGE = {
    Badge.ROBUST: "Robust",
    Badge.FRAGILE: "Fragile",
    Badge.NOTHING_TO_TEST: "Nothing to test",
}
_DOMAIN = {"start": "the design"}


def flip_summary(flip: FlipTest, dossier: Dossier, judgement: Judgement) -> str:
    """How robust the verdict is, in one sentence."""
    verdict = VERDICT[judgement.verdict].lower()
    if flip.badge is Badge.NOTHING_TO_TEST:
        return "No study is cited, so there is none to omit; any trial would be the first."
    if flip.badge is Badge.ROBUST:
        return f"The verdict remains “{verdict}” whichever single study is omitted and whichever single GRADE judgement moves by one step."
    moving = [change for change in flip.changes if change.verdict is not judgement.verdict]
    alone = [change for change in moving if change.kind is FlipKind.DROP_STUDY]
    if alone and len(dossier.evidence) == 1:
        return "The verdict rests on one study."
    judged = [_DOMAIN.get(c.subject, c.subject.replace("_", " ")) for c in moving if c.kind is FlipKind.JUDGEMENT]
    parts = [f"without {either(_name(change, dossier) for change in alone)}"] if alone else []
    if judged:
        parts.append(f"with a one-step change in the judgement of {either(dict.fromkeys(judged))}")
    return f"The verdict would no longer be “{verdict}” {', or '.join(parts)}."


def _name(change: Change, dossier: Dossier) -> str:
    return next(item.name for item in dossier.evidence if item.study.study_id == change.subject)


def change_words(change: Change, dossier: Dossier, judgement: Judgement, intervention: str) -> str:
    """One change and its result."""
    return f"{_if(change, dossier, intervention)}, {_then(change, judgement)}."


def _if(change: Change, dossier: Dossier, intervention: str) -> str:
    if change.kind is FlipKind.DROP_STUDY:
        return f"Without {_name(change, dossier)}"
    if change.kind is FlipKind.JUDGEMENT:
        domain = _DOMAIN.get(change.subject, change.subject.replace("_", " "))
        return f"If {domain} were judged “{change.detail.replace('_', ' ')}”"
    size = f"of {change.participants} people"
    direction = Direction(change.detail)
    found = (
        "that shows no clear direction"
        if direction is Direction.NO_CLEAR_DIRECTION
        else f"that {direction_words(direction, intervention)}"
    )
    return f"With one new, well-conducted randomised trial {size} {found} for {change.subject.replace('_', ' ')}"


def _then(change: Change, judgement: Judgement) -> str:
    parts = []
    if change.verdict is not judgement.verdict:
        parts.append(f"the verdict would be “{VERDICT[change.verdict].lower()}”")
    if change.certainty is not judgement.certainty:
        would = "" if parts else "would be "
        if change.certainty is None:
            parts.append("no evidence would be left to rate")
        else:
            parts.append(f"the certainty {would}{CERTAINTY[change.certainty]}")
    return " and ".join(parts)
