"""The state of a review at one time: everything that is compared to find changes, as plain data."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weigh import __version__
from weigh.assessment.dossier import Dossier, gather
from weigh.assessment.grade import RatedBody
from weigh.assessment.verdict import Judgement, judge
from weigh.assessment.votes import StudyVote
from weigh.audit.audit import Audit
from weigh.changes.state_rows import Row, guideline_cells, rows_of
from weigh.errors import WeighError
from weigh.evidence.model import Finding
from weigh.evidence.review import Review

__all__ = ["SPLIT", "STATE", "BodyState", "ConclusionState", "FindingState", "State", "StudyState", "state_of"]

#: The file of a finished run that holds its state, and the format version of that file.
STATE = "state.json"
_FORM = 1
#: Used instead of a direction if the results of a study differ.
SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyState:
    """The vote of one study on a conclusion, or why it has none, and its vote by outcome domain.

    `direction` and the values of `by_domain` are a direction or `SPLIT`; `direction` is None without a vote.
    `outcomes` holds the direction of each voting outcome, by id.
    """

    direction: str | None
    reason: str
    benefit: bool
    fit: str | None
    by_domain: Mapping[str, str]
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyState:
    """The body of evidence for one outcome domain: its certainty, GRADE ratings and studies."""

    certainty: str
    ratings: Mapping[str, str]
    studies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionState:
    """The verdict on one conclusion, with the ids of everything that bears on it.

    `votes` counts studies by direction; `studies` maps ids to those cited for or against, `background` lists the others;
    `deciding` is the outcome domain that determines the certainty.
    """

    condition: str
    position: str
    verdict: str
    rule: str
    certainty: str | None
    judged_by: str | None
    votes: Mapping[str, int]
    studies: Mapping[str, StudyState]
    background: tuple[str, ...]
    bodies: Mapping[str, BodyState]
    deciding: str | None
    ratings: Mapping[str, str]
    citations: tuple[str, ...]
    narrower: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingState:
    """One finding; `accepted` says who accepted it and why, and is None if it is open."""

    code: str
    subject: str
    kind: str
    severity: str
    message: str
    conclusions: tuple[str, ...]
    accepted: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything that is compared between reviews: the verdicts on conclusions, every row, and the audit's findings.

    It contains no time or path, so the same evidence gives the same state anywhere.
    """

    weigh: str
    guideline: Mapping[str, str]
    notices_checked: bool
    conclusions: Mapping[str, ConclusionState]
    rows: Mapping[str, Mapping[str, Row]]
    findings: tuple[FindingState, ...]

    def __repr__(self) -> str:
        return f"<State {self.guideline.get('number', '')}: {len(self.conclusions)} conclusions>"

    def as_json(self) -> dict[str, Any]:
        """The state as JSON data; the inverse of `from_json`."""
        return {"form": _FORM, **dataclasses.asdict(self)}

    def text(self) -> str:
        """The state as the text of a file: identical bytes for identical evidence."""
        return json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"

    @classmethod
    def from_json(cls, data: Any) -> State:
        """Return the state from the output of `as_json`.

        Raises:
            WeighError: the data is not a state, or one of another format version.
        """
        try:
            if data["form"] != _FORM:
                raise WeighError(f"the state has format {data['form']!r}, and this version of weigh reads {_FORM}")
            return cls(
                weigh=str(data["weigh"]),
                guideline=_texts(data["guideline"]),
                notices_checked=bool(data["notices_checked"]),
                conclusions={name: _conclusion_read(found) for name, found in data["conclusions"].items()},
                rows={
                    table: {key: Row(str(row["name"]), _texts(row["cells"])) for key, row in rows.items()}
                    for table, rows in data["rows"].items()
                },
                findings=tuple(
                    FindingState(**finding | {"conclusions": tuple(finding["conclusions"])})
                    for finding in data["findings"]
                ),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise WeighError(f"not a state of a review ({error!r})") from error


def state_of(review: Review, audited: Audit) -> State:
    """Return the state of a review.

    Args:
        review: the review.
        audited: its audit, made without a date, so that the state does not depend on the clock.
    """
    conclusions = {}
    for name in sorted(review.conclusions):
        dossier = gather(review, name)
        conclusions[name] = _conclusion(dossier, judge(dossier))
    return State(
        weigh=__version__,
        guideline=guideline_cells(review),
        notices_checked=review.notices is not None,
        conclusions=conclusions,
        rows=rows_of(review),
        findings=tuple(sorted(_findings(audited), key=lambda f: (f.code, f.subject, f.message, f.severity))),
    )


def _conclusion(dossier: Dossier, judgement: Judgement) -> ConclusionState:
    conclusion, assessment, votes = dossier.conclusion, judgement.assessment, judgement.votes
    return ConclusionState(
        condition=conclusion.condition,
        position=conclusion.position.value,
        verdict=judgement.verdict.value,
        rule=judgement.rule,
        certainty=assessment.level.value if assessment.level else None,
        judged_by=assessment.judged_by if assessment.level else None,
        votes={
            "favours_intervention": votes.favours_intervention,
            "favours_comparator": votes.favours_comparator,
            "no_clear_direction": votes.no_clear_direction,
        },
        studies={vote.study_id: _study(vote) for vote in judgement.study_votes},
        background=tuple(item.study.study_id for item in dossier.background),
        bodies={rated.body.domain.value: _body(rated) for rated in assessment.bodies},
        deciding=assessment.deciding.body.domain.value if assessment.deciding else None,
        ratings={rating.domain: rating.judgement for rating in assessment.ratings},
        citations=tuple(citation.citation_id for citation in dossier.citations),
        narrower=tuple(narrower.conclusion_id for narrower in dossier.narrower),
        codes=tuple(code.row_id for code in dossier.codes),
    )


def _study(vote: StudyVote) -> StudyState:
    direction = vote.direction.value if vote.direction else None
    return StudyState(
        direction=SPLIT if vote.split else direction,
        reason=vote.reason,
        benefit=vote.benefit,
        fit=vote.fit.value if vote.fit else None,
        by_domain={domain.value: side.value if side else SPLIT for domain, side in vote.by_domain},
        outcomes={outcome.outcome_id: outcome.direction.value for outcome in vote.outcomes},
    )


def _body(rated: RatedBody) -> BodyState:
    return BodyState(
        certainty=rated.level.value,
        ratings={rating.domain: rating.judgement for rating in rated.ratings},
        studies=tuple(part.item.study.study_id for part in rated.body.contributions),
    )


def _findings(audited: Audit) -> Iterator[FindingState]:
    for finding in audited.open:
        yield _finding(finding, None)
    for finding, row in audited.accepted:
        yield _finding(finding, f"{row.who} on {row.when}: {row.reason}")


def _finding(finding: Finding, accepted: str | None) -> FindingState:
    return FindingState(
        code=finding.code,
        subject=finding.subject,
        kind=finding.kind,
        severity=finding.severity,
        message=finding.message,
        conclusions=finding.conclusions,
        accepted=accepted,
    )


def _texts(data: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in data.items()}


def _conclusion_read(data: Any) -> ConclusionState:
    return ConclusionState(
        **data
        | {name: tuple(data[name]) for name in ("background", "citations", "narrower", "codes")}
        | {
            "votes": {name: int(count) for name, count in data["votes"].items()},
            "studies": {name: StudyState(**study) for name, study in data["studies"].items()},
            "bodies": {
                name: BodyState(**body | {"studies": tuple(body["studies"])}) for name, body in data["bodies"].items()
            },
        }
    )
