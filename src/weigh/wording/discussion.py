"""Reasons why a committee member may want to discuss a conclusion."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.assessment.verdict import Judgement
from weigh.evidence.vocabulary import (
    AuthorView,
    Contrast,
    Direction,
    Extraction,
    Fit,
    Position,
    Stance,
    Verdict,
)
from weigh.wording.sentences import listed, lower_first, plural

__all__ = ["beyond_verdict", "reasons_to_discuss"]

_VERDICT_REASON = {
    Verdict.CONTESTED: "The cited evidence speaks against the conclusion.",
    Verdict.MIXED: "The cited evidence points both ways.",
    Verdict.NO_EVIDENCE: "Nothing is cited that the conclusion could rest on.",
    Verdict.NOT_TESTED: "None of the cited studies tests the intervention.",
}
_NOTHING_FOR_COVERAGE = "Nothing is cited in support of coverage."


def reasons_to_discuss(dossier: Dossier, judgement: Judgement, intervention: str) -> tuple[str, ...]:
    """The reasons to discuss a conclusion, the verdict first; empty if there are none."""
    against = dossier.conclusion.position is Position.NOT_MEDICALLY_NECESSARY
    reasons = [*_verdict_reasons(judgement, against)]
    if contrary := [item.name for item in dossier.evidence if _contrary(item)]:
        theirs = "is cited against {}, and its" if len(contrary) == 1 else "are cited against {}, and their"
        reasons.append(f"{listed(contrary)} {theirs.format(intervention)} authors report benefit.")
    for item, vote in zip(dossier.evidence, judgement.study_votes, strict=True):
        name = item.name
        if item.study.fit is Fit.NOT_TESTED:
            reasons.append(f"{name} is cited but does not test {intervention}: {lower_first(item.study.fit_reason)}")
        elif item.study.fit is Fit.INDIRECT:
            reasons.append(f"{name} bears on the question only indirectly: {lower_first(item.study.fit_reason)}")
        elif vote.direction is None and _improves_within(item):
            reasons.append(f"{name} reports improvement, without a comparison.")
        if len({citation.citation_key for citation in item.citations}) > 1:
            reasons.append(f"{name}: two cited reports are one study, which counts once.")
    reasons.extend(_not_seen_reasons(dossier))
    reasons.extend(_candidate_reasons(dossier, against, intervention))
    return tuple(dict.fromkeys(reasons))


def _contrary(item: StudyEvidence) -> bool:
    """Whether a study that bears on the intervention is cited against it although its authors report benefit."""
    used_against = any(citation.stance is Stance.AGAINST for citation in item.citations)
    return used_against and item.study.author_view is AuthorView.BENEFIT and item.study.fit is not Fit.NOT_TESTED


def _verdict_reasons(judgement: Judgement, against: bool) -> list[str]:
    if judgement.verdict is Verdict.NO_EVIDENCE and not against:
        return [_NOTHING_FOR_COVERAGE]
    reason = _VERDICT_REASON.get(judgement.verdict)
    return [reason] if reason else []


def beyond_verdict(reasons: Sequence[str]) -> str:
    """The first reason that the verdict does not already imply; if there is none, the reason that the verdict gives."""
    said = {_NOTHING_FOR_COVERAGE, *_VERDICT_REASON.values()}
    return next((reason for reason in reasons if reason not in said), next(iter(reasons), ""))


def _improves_within(item: StudyEvidence) -> bool:
    return any(
        outcome.contrast is Contrast.WITHIN_ARM and outcome.direction is Direction.FAVOURS_INTERVENTION
        for outcome in item.outcomes
    )


def _not_seen_reasons(dossier: Dossier) -> list[str]:
    missing = [item.name for item in dossier.evidence if item.study.extraction is Extraction.NOT_FOUND]
    unseen = [
        item.name
        for item in dossier.evidence
        if item.study.extraction is not Extraction.NOT_FOUND
        and item.study.fit is not Fit.NOT_TESTED
        and not any(outcome.extraction in (Extraction.VERIFIED, Extraction.PARTIAL) for outcome in item.outcomes)
    ]
    reasons = []
    if missing:
        reasons.append(f"The record of {listed(missing)} was not found.")
    if unseen:
        reasons.append(f"The results of {listed(unseen)} were not seen.")
    reasons.extend(
        f"It is unclear which listed reference “{citation.cited_as}” refers to." for citation in dossier.unresolved
    )
    return reasons


def _candidate_reasons(dossier: Dossier, against: bool, intervention: str) -> list[str]:
    other_side = Direction.FAVOURS_INTERVENTION if against else Direction.FAVOURS_COMPARATOR
    contrary = [c for c in dossier.candidates if c.direction is other_side]
    if not contrary:
        return []
    side = intervention if against else "the comparator"
    verb = "favours" if len(contrary) == 1 else "favour"
    return [f"{plural(len(contrary), 'known study', 'known studies')} that the guideline does not cite {verb} {side}."]
