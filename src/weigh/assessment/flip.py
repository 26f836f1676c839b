"""The flip test: the smallest changes in the evidence that would change the verdict or the certainty."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from weigh.assessment.certainty import COMMITTEE, OVERALL
from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.assessment.grade import ENOUGH_PARTICIPANTS, SMALL, Rating
from weigh.assessment.verdict import Judgement, judge
from weigh.evidence.instruments import GRADE, ROB2
from weigh.evidence.model import Appraisal, CertaintyJudgement, Outcome, Place, Reference, Study
from weigh.evidence.vocabulary import (
    AuthorView,
    Certainty,
    ComparatorType,
    Contrast,
    Design,
    Direction,
    Domain,
    Extraction,
    Fit,
    Verdict,
)

__all__ = ["Badge", "Change", "FlipKind", "FlipTest", "flip_test"]

#: Sizes of a new trial to try: a small one, then one at or above each threshold of the imprecision rule.
_SIZES = (SMALL // 2, SMALL, ENOUGH_PARTICIPANTS + 1)
_NOWHERE = Place("a trial that does not exist")
#: A new trial reports the deciding outcome or, where there is none, this critical one.
_ANY_CRITICAL = Domain.GLOBAL_IMPROVEMENT


class Badge(StrEnum):
    """How robust a verdict is to a single change."""

    ROBUST = "robust"
    FRAGILE = "fragile"
    NOTHING_TO_TEST = "nothing_to_test"


class FlipKind(StrEnum):
    """The kind of change: a study omitted, a GRADE judgement moved by one step, or a new trial added."""

    DROP_STUDY = "drop_study"
    JUDGEMENT = "judgement"
    NEW_TRIAL = "new_trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change that alters the verdict or the certainty, with the verdict and certainty that result.

    `subject` is the omitted study, the GRADE domain judged differently, or the outcome domain of the new trial;
    `detail` is the new judgement or the direction of the trial, and `participants` the smallest size that suffices.
    """

    kind: FlipKind
    subject: str
    detail: str
    participants: int | None
    verdict: Verdict
    certainty: Certainty | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipTest:
    """The single changes that alter the verdict or the certainty, and the robustness of the verdict.

    Robust: neither omitting a study nor moving a GRADE judgement by one step changes the verdict. New trials do not
    affect the badge, because every verdict must be open to new evidence.
    """

    badge: Badge
    changes: tuple[Change, ...]

    @property
    def of_verdict(self) -> tuple[Change, ...]:
        """The omitted studies and moved judgements, which determine the badge."""
        return tuple(c for c in self.changes if c.kind is not FlipKind.NEW_TRIAL)


def flip_test(dossier: Dossier, judgement: Judgement) -> FlipTest:
    """Apply every single change to a dossier and record those that alter the verdict or the certainty.

    Args:
        dossier: the evidence on the conclusion.
        judgement: the current judgement on it.
    """
    found = tuple(
        change
        for change in chain(
            _dropped(dossier), _judged_otherwise(dossier, judgement), _with_new_trial(dossier, judgement)
        )
        if (change.verdict, change.certainty) != (judgement.verdict, judgement.certainty)
    )
    if not dossier.evidence:
        badge = Badge.NOTHING_TO_TEST
    elif any(c.verdict is not judgement.verdict for c in found if c.kind is not FlipKind.NEW_TRIAL):
        badge = Badge.FRAGILE
    else:
        badge = Badge.ROBUST
    return FlipTest(badge=badge, changes=found)


def _dropped(dossier: Dossier) -> Iterator[Change]:
    for item in dossier.evidence:
        rest = tuple(other for other in dossier.evidence if other is not item)
        yield _change(dataclasses.replace(dossier, evidence=rest), FlipKind.DROP_STUDY, item.study.study_id)


def _judged_otherwise(dossier: Dossier, judgement: Judgement) -> Iterator[Change]:
    """Each rating of the deciding body moved one step up and down; only the overall one if the committee has set it."""
    assessment = judgement.assessment
    ratings = assessment.ratings
    if judgement.confirmed and assessment.level is not None:
        ratings = (Rating(domain=OVERALL, judgement=assessment.level.value, change=0, reason=""),)
    for rating in ratings:
        words = GRADE[rating.domain]
        place = words.index(rating.judgement)
        for step in (place - 1, place + 1):
            if 0 <= step < len(words):
                row = CertaintyJudgement(
                    place=_NOWHERE,
                    conclusion_id=dossier.conclusion.conclusion_id,
                    domain=rating.domain,
                    judgement=words[step],
                    reason="",
                    judged_by=COMMITTEE,
                    date=None,
                )
                kept = tuple(r for r in dossier.certainty if r.domain not in (rating.domain, OVERALL))
                changed = dataclasses.replace(dossier, certainty=(*kept, row))
                yield _change(changed, FlipKind.JUDGEMENT, rating.domain, words[step])


def _with_new_trial(dossier: Dossier, judgement: Judgement) -> Iterator[Change]:
    """For each direction, the smallest new trial (direct, at low risk of bias) that changes the verdict."""
    deciding = judgement.assessment.deciding
    domain = deciding.body.domain if deciding else _ANY_CRITICAL
    for direction in (Direction.FAVOURS_INTERVENTION, Direction.NO_CLEAR_DIRECTION, Direction.FAVOURS_COMPARATOR):
        for size in _SIZES:
            grown = dataclasses.replace(dossier, evidence=(*dossier.evidence, _trial(domain, direction, size)))
            change = _change(grown, FlipKind.NEW_TRIAL, domain.value, direction.value, size)
            if change.verdict is not judgement.verdict:
                yield change
                break


def _change(
    dossier: Dossier, kind: FlipKind, subject: str, detail: str = "", participants: int | None = None
) -> Change:
    after = judge(dossier)
    return Change(
        kind=kind,
        subject=subject,
        detail=detail,
        participants=participants,
        verdict=after.verdict,
        certainty=after.certainty,
    )


def _trial(domain: Domain, direction: Direction, participants: int) -> StudyEvidence:
    """A hypothetical randomised trial of the intervention itself, at low risk of bias."""
    name = "a-new-trial"
    study = Study(
        place=_NOWHERE,
        study_id=name,
        citation_keys=(),
        comparator_type=ComparatorType.SHAM,
        design=Design.RANDOMISED_TRIAL,
        n_analysed=participants,
        fit=Fit.TESTS_INTERVENTION,
        fit_reason="",
        author_view=AuthorView.NOT_APPLICABLE,
        finding="",
        extraction=Extraction.VERIFIED,
        source="",
    )
    outcome = Outcome(
        place=_NOWHERE,
        outcome_id=name,
        study_id=name,
        domain=domain,
        measure="",
        direction=direction,
        contrast=Contrast.BETWEEN_ARMS,
        significant=direction is not Direction.NO_CLEAR_DIRECTION,
        source="",
        extraction=Extraction.VERIFIED,
    )
    appraisal = Appraisal(
        place=_NOWHERE, study_id=name, tool=ROB2, domain="overall", judgement="low", reason="", source=""
    )
    report = Reference(
        key=name, kind="article", authors=(), et_al=False, title="a new trial", fields={}, place=_NOWHERE
    )
    return StudyEvidence(study=study, outcomes=(outcome,), appraisals=(appraisal,), reports=(report,), citations=())
