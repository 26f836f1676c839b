"""The summary of a conclusion: the only source of the numbers and sentences that readers see."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weigh.assessment.appraisal import RiskOfBias, risk_of_bias
from weigh.assessment.dossier import Dossier, StudyEvidence, gather
from weigh.assessment.flip import FlipTest, flip_test
from weigh.assessment.pools import Pool, pools_of
from weigh.assessment.verdict import Judgement, judge
from weigh.assessment.votes import StudyVote
from weigh.audit.audit import Audit, audit
from weigh.errors import NotFoundError
from weigh.evidence.model import Finding, Guideline, Reference
from weigh.evidence.review import Review, load_review
from weigh.evidence.tables import did_you_mean
from weigh.evidence.vocabulary import AuthorView, Direction, Extraction, Fit, Position, Verdict
from weigh.summary.fingerprint import fingerprint_of
from weigh.summary.results import result_of
from weigh.summary.since import since_last_review
from weigh.text.glance import Glance, one_line
from weigh.text.latest import Latest
from weigh.wording import sentences as wording
from weigh.wording.ama import ama_html, plain_text
from weigh.wording.discussion import reasons_to_discuss
from weigh.wording.flip_words import BADGE, change_words, flip_summary
from weigh.wording.summary_of_findings import FindingsRow, findings_table
from weigh.wording.swim import SwimItem, swim_statement

__all__ = ["Point", "StudyLine", "Summary", "remember", "summarise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One line of the case for or against a conclusion: a study, its result, its design and size, and its limits."""

    study_id: str
    name: str
    text: str
    weight: str
    caveat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyLine(Glance):
    """One study as shown to readers, joined from its rows in all tables."""

    name: str
    cited_as: str
    link: str | None
    size: str
    item: StudyEvidence
    vote: StudyVote
    vote_words: str
    background: bool
    bias: RiskOfBias

    def __repr__(self) -> str:
        return one_line(self, f"{self.name}: {self.size}; {self.vote_words}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLine:
    """One reference in AMA style with its number on the page."""

    number: int
    key: str
    html: str
    text: str
    link: str | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Glance):
    """Everything that pages, notebooks, the terminal and exports report on one conclusion."""

    guideline: Guideline
    question: str
    dossier: Dossier
    judgement: Judgement
    verdict_sentence: str
    vote_sentences: tuple[str, ...]
    discuss: tuple[str, ...]
    speaks_for: tuple[Point, ...]
    speaks_against: tuple[Point, ...]
    does_not_test: tuple[Point, ...]
    not_verified: tuple[Point, ...]
    studies: tuple[StudyLine, ...]
    references: tuple[ReferenceLine, ...]
    outcomes: tuple[FindingsRow, ...]
    pools: tuple[Pool, ...]
    flip: FlipTest
    flip_summary: str
    flip_changes: tuple[str, ...]
    swim: tuple[SwimItem, ...]
    findings: tuple[Finding, ...]
    since: tuple[str, ...]
    notices_checked: bool
    fingerprint: str

    def __repr__(self) -> str:
        studies = wording.plural(len(self.studies), "study", "studies")
        return one_line(self, f"{self.conclusion_id}: {self.verdict.value}, {studies}")

    @property
    def conclusion_id(self) -> str:
        """The id of the conclusion."""
        return self.dossier.conclusion.conclusion_id

    @property
    def verdict(self) -> Verdict:
        """How the cited evidence bears on the conclusion."""
        return self.judgement.verdict

    @property
    def badge(self) -> str:
        """How robust the verdict is, in a word or two."""
        return BADGE[self.flip.badge]

    @property
    def intervention(self) -> str:
        """The intervention of the guideline, as named in a sentence."""
        return self.guideline.intervention

    def study(self, study_id: str) -> StudyLine:
        """One cited study.

        Raises:
            NotFoundError: the conclusion does not cite this study; the message suggests the nearest id.
        """
        lines = {line.item.study.study_id: line for line in self.studies}
        if study_id not in lines:
            raise NotFoundError(f"{self.conclusion_id} cites no study {study_id!r}{did_you_mean(study_id, lines)}")
        return lines[study_id]

    def as_json(self) -> dict[str, Any]:
        """The machine-readable result (results/<id>.json)."""
        return {
            **result_of(self.dossier, self.judgement, self.pools, self.flip),
            "verdict_sentence": self.verdict_sentence,
            "discuss": list(self.discuss),
            "findings": [finding.code for finding in self.findings],
            "not_verified": [point.study_id for point in self.not_verified],
            "fingerprint": self.fingerprint,
        }


_latest = Latest[Mapping[str, Summary]](operator.is_)


def remember(review: Review, audited: Audit, summaries: Mapping[str, Summary]) -> None:
    """Keep summaries, by conclusion, for `summarise` to return for the same review and audit."""
    _latest.put(summaries, review, audited)


def summarise(conclusion_id: str, review: Review | None = None, audited: Audit | None = None) -> Summary:
    """The summary of one conclusion, by default from the nearest review folder.

    Args:
        conclusion_id: the id of the conclusion.
        review: the review that contains it.
        audited: the audit of that review, if already available.

    Raises:
        NotFoundError: the conclusion does not exist.
        EvidenceError: the review folder does not conform to its schema.
    """
    review = review or load_review()
    audited = audited or audit(review)
    if known := (_latest.get(review, audited) or {}).get(conclusion_id):
        return known
    dossier = gather(review, conclusion_id)
    findings = audited.of(conclusion_id)
    judgement = judge(dossier)
    intervention = review.guideline.intervention
    lines = _study_lines(dossier, judgement, intervention)
    benefit, no_benefit = _points(lines, intervention)
    necessary = dossier.conclusion.position is Position.MEDICALLY_NECESSARY
    flip, pools = flip_test(dossier, judgement), pools_of(dossier)
    outcomes = findings_table(judgement.assessment, intervention)
    return Summary(
        guideline=review.guideline,
        question=wording.question(dossier.conclusion, intervention),
        dossier=dossier,
        judgement=judgement,
        verdict_sentence=wording.verdict_sentence(dossier, judgement, intervention),
        vote_sentences=wording.vote_sentences(judgement, intervention),
        discuss=(*_retractions(findings), *reasons_to_discuss(dossier, judgement, intervention)),
        speaks_for=benefit if necessary else no_benefit,
        speaks_against=no_benefit if necessary else benefit,
        does_not_test=tuple(_point(line, line.item.study.finding) for line in lines if _fails_to_test(line)),
        not_verified=tuple(
            _point(line, line.item.study.not_seen or line.vote.reason) for line in lines if _is_unseen(line)
        ),
        studies=lines,
        references=_reference_lines(dossier),
        outcomes=outcomes,
        pools=pools,
        flip=flip,
        flip_summary=flip_summary(flip, dossier, judgement),
        flip_changes=tuple(change_words(change, dossier, judgement, intervention) for change in flip.changes),
        swim=swim_statement(dossier, judgement, outcomes, pools),
        findings=findings,
        since=since_last_review(dossier, review.guideline),
        notices_checked=review.notices is not None,
        fingerprint=fingerprint_of(review, dossier, findings),
    )


def _study_lines(dossier: Dossier, judgement: Judgement, intervention: str) -> tuple[StudyLine, ...]:
    background = StudyVote(
        study_id="", fit=None, direction=None, split=False, benefit=False, reason="cited as background", outcomes=()
    )
    pairs = [
        *zip(dossier.evidence, judgement.study_votes, strict=True),
        *((item, background) for item in dossier.background),
    ]
    return tuple(
        StudyLine(
            name=item.name,
            cited_as="; ".join(dict.fromkeys(citation.cited_as for citation in item.citations)),
            link=item.reports[0].link,
            size=wording.size_words(item.study),
            item=item,
            vote=vote,
            vote_words=_vote_words(vote, intervention),
            background=vote is background,
            bias=risk_of_bias(item),
        )
        for item, vote in pairs
    )


def _vote_words(vote: StudyVote, intervention: str) -> str:
    if vote.direction is None:
        return f"no vote: {vote.reason}"
    if vote.split:
        return "no clear direction: its results disagree"
    return wording.direction_words(vote.direction, intervention)


def _points(lines: tuple[StudyLine, ...], intervention: str) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Points for benefit and points against it; a study with both kinds of result appears in both."""
    benefit: list[Point] = []
    no_benefit: list[Point] = []
    for line in lines:
        if line.background or _fails_to_test(line):
            continue
        favour = [o for o in line.vote.outcomes if o.direction is Direction.FAVOURS_INTERVENTION]
        comparator = [o for o in line.vote.outcomes if o.direction is Direction.FAVOURS_COMPARATOR]
        unclear = [o for o in line.vote.outcomes if o.direction is Direction.NO_CLEAR_DIRECTION]
        other = [*comparator, *unclear]
        if favour:
            text = (
                f"Favours {intervention} on {wording.outcome_words(favour, other)}."
                if other
                else line.item.study.finding
            )
            benefit.append(_point(line, text))
        if other:
            parts = [f"Favours the comparator on {wording.outcome_words(comparator, favour)}."] if comparator else []
            parts += [f"No clear difference on {wording.outcome_words(unclear, favour)}."] if unclear else []
            no_benefit.append(_point(line, " ".join(parts) if favour else line.item.study.finding))
        if not favour and _claims_benefit(line):
            benefit.append(
                _point(line, "Its authors report benefit." if other else line.item.study.finding, claim=True)
            )
    return tuple(benefit), tuple(no_benefit)


def _claims_benefit(line: StudyLine) -> bool:
    """Whether the authors report benefit; without a vote for benefit, the point is marked accordingly."""
    return line.item.study.author_view is AuthorView.BENEFIT


def _point(line: StudyLine, text: str, *, claim: bool = False) -> Point:
    study = line.item.study
    caveats = [] if study.fit in (Fit.TESTS_INTERVENTION, None) else [f"{wording.FIT[study.fit].capitalize()}."]
    if claim:
        caveats.insert(0, "No comparison between arms favours it.")
    if study.extraction is not Extraction.VERIFIED:
        caveats.append(f"{wording.EXTRACTION[study.extraction].capitalize()}.")
    if study.limits:
        caveats.append(study.limits)
    return Point(study_id=study.study_id, name=line.name, text=text, weight=line.size, caveat=" ".join(caveats))


def _fails_to_test(line: StudyLine) -> bool:
    return not line.background and line.item.study.fit is Fit.NOT_TESTED


def _is_unseen(line: StudyLine) -> bool:
    study = line.item.study
    return study.extraction in (Extraction.UNVERIFIED, Extraction.NOT_FOUND) or (
        study.fit is not Fit.NOT_TESTED
        and not line.background
        and not any(o.extraction in (Extraction.VERIFIED, Extraction.PARTIAL) for o in line.item.outcomes)
    )


def _retractions(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """Retractions, which precede all other reasons to discuss a conclusion."""
    return tuple(f"{finding.message}." for finding in findings if finding.code == "reference-retracted")


def _reference_lines(dossier: Dossier) -> tuple[ReferenceLine, ...]:
    return tuple(
        ReferenceLine(
            number=number,
            key=reference.key,
            html=html,
            text=plain_text(html),
            link=reference.link,
            note=_record_note(reference),
        )
        for number, (reference, html) in enumerate(
            zip(dossier.references, ama_html(dossier.references), strict=True), 1
        )
    )


def _record_note(reference: Reference) -> str:
    """The parts of a reference that were not checked against its record."""
    as_listed = reference.get("aslisted")
    parts = [f"As listed by the guideline, not checked: {as_listed}."] if as_listed else []
    if note := reference.get("note"):
        parts.append(note)
    return " ".join(parts)
