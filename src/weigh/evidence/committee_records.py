"""Records of the committee: judgements of certainty, accepted findings and votes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from weigh.evidence.record import Record
from weigh.evidence.vocabulary import SignoffVote

__all__ = ["Acceptance", "CertaintyJudgement", "Signoff"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CertaintyJudgement(Record):
    """One GRADE judgement on the body of evidence for a conclusion."""

    conclusion_id: str
    domain: str
    judgement: str
    reason: str
    judged_by: str
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Acceptance(Record):
    """A finding that a reviewer has accepted, with the reason."""

    code: str
    subject: str
    reason: str
    who: str
    when: dt.date
    facts: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signoff(Record):
    """One committee member's vote on a conclusion, bound by SHA-256 to the page text that the member read."""

    signoff_id: str
    conclusion_id: str
    who: str
    role: str
    vote: SignoffVote
    dissent: str | None
    date: dt.date
    sha256: str
