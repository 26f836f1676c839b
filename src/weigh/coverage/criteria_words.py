"""Sentences on a request: what its result means, why it came out so, and what its codes stand for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from weigh.coverage.criteria import State
from weigh.evidence.model import CodeRange, Conclusion
from weigh.evidence.vocabulary import CriterionKind, Position, Verdict
from weigh.wording import sentences as wording

__all__ = [
    "DOCUMENTED",
    "KIND",
    "MET",
    "NO_CRITERIA",
    "RESULT",
    "TOO_MANY",
    "Result",
    "beside",
    "code_sentence",
    "conditions",
    "conflict",
    "contradiction",
    "denied",
    "evidence_words",
    "met",
    "not_denied",
    "open_words",
    "state_words",
]


class Result(StrEnum):
    """How a request comes out when the guideline is read for it."""

    MEDICALLY_NECESSARY = "medically_necessary"
    NOT_MEDICALLY_NECESSARY = "not_medically_necessary"
    NOT_ENOUGH_INFORMATION = "not_enough_information"


RESULT = {
    Result.MEDICALLY_NECESSARY: "Medically necessary",
    Result.NOT_MEDICALLY_NECESSARY: "Not medically necessary",
    Result.NOT_ENOUGH_INFORMATION: "Not enough information",
}
NO_CRITERIA = "This review folder holds no criteria of medical necessity for the guideline, so no request can be read against them."
TOO_MANY = "There are too many ways to list them here; the checklist holds every fact."
_CODES_LEAVE_OPEN = "The codes leave open what the service is for, so that no yes can follow: say it, as condition."
KIND = {CriterionKind.ALL_OF: "all of", CriterionKind.ANY_OF: "one of", CriterionKind.FACT: "fact"}
DOCUMENTED = {
    State.TRUE: "documented: yes",
    State.FALSE: "documented: no",
    State.UNKNOWN: "not documented",
}
MET = {State.TRUE: "met", State.FALSE: "not met", State.UNKNOWN: "not known"}


def state_words(state: State, kind: CriterionKind) -> str:
    """What is known of a fact or of a group of criteria.

    >>> state_words(State.FALSE, CriterionKind.FACT), state_words(State.FALSE, CriterionKind.ALL_OF)
    ('documented: no', 'not met')
    """
    return (DOCUMENTED if kind is CriterionKind.FACT else MET)[state]


def conditions(conclusions: Collection[Conclusion]) -> str:
    """What some conclusions are about, as prose."""
    return wording.listed(conclusion.condition for conclusion in conclusions)


def met(conclusions: Collection[Conclusion]) -> str:
    """Why a request comes out as medically necessary."""
    return f"The documented facts meet the criteria{_for(conclusions)}."


def denied(conclusions: Collection[Conclusion], intervention: str) -> str:
    """Why a request comes out as not medically necessary."""
    where = conditions(conclusions)
    return f"The documented facts rule the criteria out, and the guideline denies {intervention} for {where}."


def not_denied(intervention: str) -> str:
    """Why a request whose criteria are ruled out is not denied all the same."""
    return (
        "The documented facts rule the criteria out, and this review folder holds no conclusion that denies "
        f"{intervention} for all that the request may be for."
    )


def open_words(missing: int, *, codes_tell: bool = True) -> str:
    """Why nothing can be said yet.

    Args:
        missing: facts that could change the result.
        codes_tell: whether a yes could follow once they are documented.
    """
    facts = wording.plural(missing, "fact that could change the result is", "facts that could change the result are")
    told = f"{facts} not documented; what is documented settles nothing."
    return told if codes_tell else f"{told} {_CODES_LEAVE_OPEN}"


def conflict(
    fulfilled: Collection[Conclusion],
    asked: Collection[Conclusion],
    *,
    denied_codes: Sequence[str],
    elsewhere: Sequence[str],
    named: bool,
) -> str:
    """Why what is documented cannot be read together: facts for one indication, codes or condition for another.

    Args:
        fulfilled: the conclusions whose criteria the facts meet.
        asked: those that the request names.
        denied_codes: its codes that the guideline's table denies for no named indication.
        elsewhere: its codes of a diagnosis that the guideline's table does not hold.
        named: whether the request says what the service is for.
    """
    if named:
        told = f"the request says that the service is for {conditions(asked)}: check what it is for."
    elif not (asked or denied_codes or elsewhere):
        told = (
            "the table of criteria names no conclusion for them that the guideline covers: see evidence/criteria.csv."
        )
    else:
        parts = [f"the codes stand for {conditions(asked)}"] if asked else []
        parts += [f"the code table denies {wording.listed(denied_codes)}"] if denied_codes else []
        parts += [f"the code table does not hold {wording.listed(elsewhere)}"] if elsewhere else []
        told = f"{wording.listed(parts)}: say what the service is for, as condition."
    if fulfilled:
        return f"The documented facts meet the criteria for {conditions(fulfilled)}, while {told}"
    return told[:1].upper() + told[1:]


def contradiction(code: str, covered: Collection[Conclusion]) -> str:
    """What must be looked at where a code of what is covered stands beside facts that rule the criteria out."""
    return (
        f"{code} stands for {conditions(covered)}, which the guideline covers when criteria are met: check that no fact "
        "documented with no contradicts the code."
    )


def _for(conclusions: Collection[Conclusion]) -> str:
    return f" for {conditions(conclusions)}" if conclusions else ""


def code_sentence(code: str, rows: Sequence[CodeRange], named: Sequence[Conclusion]) -> str:
    """Where a code of a request stands in the guideline's code table.

    Args:
        code: as the request gives it.
        rows: the rows that it stands in.
        named: the conclusions of those rows.
    """
    if not rows:
        return f"{code} stands nowhere in the code table, so it names no conclusion; only condition can."
    where = wording.listed(dict.fromkeys(f"{row.system} {row.label}" for row in rows))
    sides = wording.listed(dict.fromkeys(_SIDE[row.position] for row in rows if row.position is not None))
    told = f"{code} stands in the code table ({where}) among codes {sides or 'of which it says no position'}"
    if not named:
        return f"{told}, for no single indication."
    return f"{told}, for {conditions(named)}" + ("." if len(named) == 1 else ": it names no single conclusion.")


_SIDE = {
    Position.MEDICALLY_NECESSARY: "covered when criteria are met",
    Position.NOT_MEDICALLY_NECESSARY: "denied",
}


def beside(conclusion: Conclusion, verdict: Verdict) -> str:
    """What must be read with a position of the guideline that the cited evidence does not back."""
    stands = f"{wording.VERDICT[verdict].lower()}; {wording.VERDICT_MEANING[verdict]}"
    return f"Beside this position stands the cited evidence on {conclusion.condition}: {stands}."


def evidence_words(verdict: Verdict, certainty: str) -> str:
    """The verdict on the evidence beside a position of the guideline.

    Args:
        verdict: how the cited evidence bears on the conclusion.
        certainty: the certainty as the end of a sentence on it.
    """
    return f"{wording.VERDICT[verdict]}: {wording.VERDICT_MEANING[verdict]}. The certainty {certainty}."
