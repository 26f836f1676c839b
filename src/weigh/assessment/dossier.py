"""The dossier: everything in a review that bears on one conclusion, joined but not judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from weigh.evidence.model import (
    Appraisal,
    Candidate,
    CertaintyJudgement,
    Citation,
    CodeRange,
    Conclusion,
    Outcome,
    Reference,
    Study,
    study_name,
)
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Stance
from weigh.text.glance import Glance, one_line

__all__ = ["Dossier", "StudyEvidence", "gather", "joined"]


def joined(names: Iterable[str]) -> str:
    """Names of studies in a list, separated by semicolons if a name contains a comma.

    >>> joined(["Birch 2014", "Ash 2016"]), joined(["Birch 2017, 2019", "Ash 2016"])
    ('Birch 2014, Ash 2016', 'Birch 2017, 2019; Ash 2016')
    """
    items = list(names)
    return ("; " if any("," in name for name in items) else ", ").join(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEvidence(Glance):
    """One study with its reports, outcomes and appraisals, and the citations that bring it into a dossier."""

    study: Study
    outcomes: tuple[Outcome, ...]
    appraisals: tuple[Appraisal, ...]
    reports: tuple[Reference, ...]
    citations: tuple[Citation, ...]

    def __repr__(self) -> str:
        return one_line(self, f"{self.study.study_id}: {len(self.outcomes)} outcomes, {len(self.reports)} reports")

    @property
    def name(self) -> str:
        """The name of the study for readers."""
        return study_name(self.reports)

    @property
    def is_background(self) -> bool:
        """Whether the study is cited only as background, neither for nor against the intervention."""
        return all(citation.stance is Stance.BACKGROUND for citation in self.citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier(Glance):
    """All evidence that bears on one conclusion.

    The dossier of a wider conclusion includes the citations of the narrower conclusions below it.
    """

    conclusion: Conclusion
    narrower: tuple[Conclusion, ...]
    citations: tuple[Citation, ...]
    evidence: tuple[StudyEvidence, ...]
    background: tuple[StudyEvidence, ...]
    unresolved: tuple[Citation, ...]
    references: tuple[Reference, ...]
    codes: tuple[CodeRange, ...]
    certainty: tuple[CertaintyJudgement, ...]
    candidates: tuple[Candidate, ...]

    def __repr__(self) -> str:
        counts = f"{len(self.evidence)} studies, {len(self.background)} more as background"
        return one_line(self, f"{self.conclusion.conclusion_id}: {counts}")


def gather(review: Review, conclusion_id: str) -> Dossier:
    """The dossier of a conclusion.

    Raises:
        NotFoundError: the review has no such conclusion.
    """
    conclusion = review.conclusion(conclusion_id)
    narrower = _narrower(review, conclusion_id)
    covered = {conclusion_id, *(c.conclusion_id for c in narrower)}
    citations = tuple(c for c in review.citations if c.conclusion_id in covered)
    joined = tuple(_evidence(review, citations))
    keys = dict.fromkeys(key for item in joined for key in _cited_reports(item))
    keys |= dict.fromkeys(c.citation_key for c in citations if c.citation_key)
    return Dossier(
        conclusion=conclusion,
        narrower=narrower,
        citations=citations,
        evidence=tuple(item for item in joined if not item.is_background),
        background=tuple(item for item in joined if item.is_background),
        unresolved=tuple(c for c in citations if c.citation_key is None),
        references=tuple(review.references[key] for key in keys),
        codes=tuple(code for code in review.codes if code.conclusion_id in covered),
        certainty=tuple(c for c in review.certainty if c.conclusion_id == conclusion_id),
        candidates=tuple(c for c in review.candidates if c.conclusion_id in covered),
    )


def _narrower(review: Review, conclusion_id: str) -> tuple[Conclusion, ...]:
    direct = [c for c in review.conclusions.values() if c.parent_id == conclusion_id]
    return tuple(c for child in direct for c in (child, *_narrower(review, child.conclusion_id)))


def _evidence(review: Review, citations: tuple[Citation, ...]) -> list[StudyEvidence]:
    """One entry a study, however many of its reports are cited, in the order in which the text cites them."""
    by_study: dict[str, list[Citation]] = {}
    for citation in citations:
        study = review.study_of_report.get(citation.citation_key or "")
        if study is not None:
            by_study.setdefault(study.study_id, []).append(citation)
    return [
        StudyEvidence(
            study=review.studies[study_id],
            outcomes=review.outcomes_by_study.get(study_id, ()),
            appraisals=tuple(a for a in review.appraisals if a.study_id == study_id),
            reports=tuple(review.references[key] for key in review.studies[study_id].citation_keys),
            citations=tuple(cited),
        )
        for study_id, cited in by_study.items()
    ]


def _cited_reports(item: StudyEvidence) -> list[str]:
    return [citation.citation_key for citation in item.citations if citation.citation_key]
