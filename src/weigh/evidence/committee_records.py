"""Records of the committee: judgements of certainty, accepted findings and votes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from weigh.evidence.record import Record
from weigh.evidence.vocabulary import SignoffVote

__all__ = ["Acceptance", "CertaintyJudgement", "Signoff"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CertaintyJudgement(Record):
    """One GRADE judgement on the body of evidence of a conclusion."""

    conclusion_id: str
    domain: str
    judgement: str
    reason: str
    judged_by: str
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Acceptance(Record):
    """A finding that somebody has looked at."""

    code: str
    subject: str
    reason: str
    who: str
    when: dt.date
    facts: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signoff(Record):
    """What one member of the committee voted on a conclusion, having read exactly the page of that hash."""

    signoff_id: str
    conclusion_id: str
    who: str
    role: str
    vote: SignoffVote
    dissent: str | None
    date: dt.date
    sha256: str
