"""All conclusions of a review at a glance: the input of the index, the overview and the evidence map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from weigh.assessment.bodies import participants_of
from weigh.assessment.flip import Badge
from weigh.assessment.votes import Votes
from weigh.audit.audit import Audit, audit
from weigh.evidence.model import Guideline
from weigh.evidence.review import Review, load_review
from weigh.evidence.vocabulary import Certainty, Design, Direction, Fit, Position, Risk, Verdict
from weigh.summary.conclusion import StudyLine, Summary, summarise
from weigh.summary.fingerprint import hash_of
from weigh.text.glance import Glance, one_line
from weigh.wording import sentences as wording
from weigh.wording.discussion import beyond_verdict

__all__ = ["NEED_FOR_DISCUSSION", "MappedStudy", "Overview", "OverviewLine", "overview", "overview_of"]

#: Verdicts in order of need for discussion.
NEED_FOR_DISCUSSION = (
    Verdict.CONTESTED,
    Verdict.MIXED,
    Verdict.NO_EVIDENCE,
    Verdict.NOT_TESTED,
    Verdict.UNCERTAIN,
    Verdict.BACKED,
)
#: The number of reasons per conclusion in a list of all conclusions.
_BRIEF = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedStudy:
    """A study cited for a conclusion itself, not for a narrower one, so that each study is counted once on a map.

    `direction` is None if the study has no vote; `participants` is the number whose results were compared, if known.
    """

    name: str
    design: Design
    fit: Fit | None
    risk: Risk | None
    direction: Direction | None
    participants: int | None
    background: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewLine:
    """One conclusion in a list of all conclusions.

    `studies` includes those cited for a narrower conclusion; `words` are further search terms that the list does not
    show: drugs, studies and codes.
    """

    conclusion_id: str
    condition: str
    position: Position
    drug_class: str
    verdict: Verdict
    certainty: Certainty | None
    badge: str
    fragile: bool
    votes: Votes
    studies: int
    discuss: tuple[str, ...]
    words: str
    mapped: tuple[MappedStudy, ...]

    @property
    def discuss_in_brief(self) -> tuple[str, ...]:
        """The first reasons to discuss and the number of further reasons, for a list of conclusions."""
        rest = len(self.discuss) - _BRIEF
        more = (f"{wording.plural(rest, 'more reason')} on the page.",) if rest > 0 else ()
        return self.discuss[:_BRIEF] + more

    @property
    def why(self) -> str:
        """One reason to discuss the conclusion that the verdict does not already imply; empty if there are no reasons."""
        return beyond_verdict(self.discuss)

    def __repr__(self) -> str:
        studies = wording.plural(self.studies, "study", "studies")
        return one_line(self, f"{self.conclusion_id}: {self.verdict.value}, {studies}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview(Glance):
    """All conclusions of a review, those that need discussion first."""

    guideline: Guideline
    lines: tuple[OverviewLine, ...]

    def __repr__(self) -> str:
        return one_line(self, f"{self.guideline.number}: {len(self.lines)} conclusions")

    @property
    def verdict_counts(self) -> dict[Verdict, int]:
        """Conclusions by verdict, every verdict present, in the order of need for discussion."""
        return {verdict: sum(line.verdict is verdict for line in self.lines) for verdict in NEED_FOR_DISCUSSION}

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the overview: a report that uses nothing else is stale only if this hash has changed."""
        return hash_of({"overview": self})


def overview(review: Review | None = None, audited: Audit | None = None) -> Overview:
    """All conclusions, one line each, by default from the nearest review folder."""
    review = review or load_review()
    found = audited or audit(review)
    return overview_of(review.guideline, (summarise(name, review, found) for name in review.conclusions))


def overview_of(guideline: Guideline, summaries: Iterable[Summary]) -> Overview:
    """Conclusions, one line each, in order of need for discussion: by verdict, then fragile first, then by number of reasons."""
    order = {verdict: place for place, verdict in enumerate(NEED_FOR_DISCUSSION)}
    lines = map(_line, summaries)
    ranked = sorted(
        lines, key=lambda line: (order[line.verdict], not line.fragile, -len(line.discuss), line.conclusion_id)
    )
    return Overview(guideline=guideline, lines=tuple(ranked))


def _line(summary: Summary) -> OverviewLine:
    conclusion = summary.dossier.conclusion
    return OverviewLine(
        conclusion_id=conclusion.conclusion_id,
        condition=conclusion.condition,
        position=conclusion.position,
        drug_class=conclusion.drug_class or "not stated",
        verdict=summary.verdict,
        certainty=summary.judgement.certainty,
        badge=summary.badge,
        fragile=summary.flip.badge is Badge.FRAGILE,
        votes=summary.judgement.votes,
        studies=len(summary.studies),
        discuss=summary.discuss,
        words=_words(summary),
        mapped=tuple(_mapped(line) for line in summary.studies if _cited_here(summary, line)),
    )


def _words(summary: Summary) -> str:
    studies = [word for line in summary.studies for word in (line.name, line.item.study.drug)]
    codes = [code.label for code in summary.dossier.codes]
    found = (summary.conclusion_id, summary.dossier.conclusion.drug_class, *studies, *codes)
    return " ".join(dict.fromkeys(filter(None, found)))


def _cited_here(summary: Summary, line: StudyLine) -> bool:
    return any(citation.conclusion_id == summary.conclusion_id for citation in line.item.citations)


def _mapped(line: StudyLine) -> MappedStudy:
    return MappedStudy(
        name=line.name,
        design=line.item.study.design,
        fit=line.item.study.fit,
        risk=line.bias.overall,
        direction=line.vote.direction,
        participants=participants_of(line.item, line.vote.outcomes),
        background=line.background,
    )
