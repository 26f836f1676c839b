"""Sentences on a request: its result, the reason for it, and the meaning of its codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from weigh.coverage.criteria import State
from weigh.evidence.model import CodeRange, Conclusion
from weigh.evidence.vocabulary import CriterionKind, Position, Verdict
from weigh.wording import sentences as wording

__all__ = [
    "CONCERNED",
    "DOCUMENTED",
    "KIND",
    "MET",
    "MISSING",
    "NO_CRITERIA",
    "PATH",
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
    """The result of applying the guideline's criteria to a request."""

    MEDICALLY_NECESSARY = "medically_necessary"
    NOT_MEDICALLY_NECESSARY = "not_medically_necessary"
    NOT_ENOUGH_INFORMATION = "not_enough_information"


RESULT = {
    Result.MEDICALLY_NECESSARY: "Medically necessary",
    Result.NOT_MEDICALLY_NECESSARY: "Not medically necessary",
    Result.NOT_ENOUGH_INFORMATION: "Not enough information",
}
NO_CRITERIA = "This review folder has no criteria for medical necessity, so a request cannot be evaluated."
TOO_MANY = "There are too many ways to list here; the checklist shows every fact."
_CODES_LEAVE_OPEN = (
    "The codes do not determine what the service is for, so “yes” is not possible: specify the condition."
)
PATH = "Path through the criteria"
MISSING = "Undocumented facts that could change the result"
CONCERNED = "Conclusions concerned"
KIND = {CriterionKind.ALL_OF: "all of", CriterionKind.ANY_OF: "one of", CriterionKind.FACT: "fact"}
DOCUMENTED = {
    State.TRUE: "documented: yes",
    State.FALSE: "documented: no",
    State.UNKNOWN: "not documented",
}
MET = {State.TRUE: "met", State.FALSE: "not met", State.UNKNOWN: "not known"}


def state_words(state: State, kind: CriterionKind) -> str:
    """The state of a fact or a group of criteria, in words.

    >>> state_words(State.FALSE, CriterionKind.FACT), state_words(State.FALSE, CriterionKind.ALL_OF)
    ('documented: no', 'not met')
    """
    return (DOCUMENTED if kind is CriterionKind.FACT else MET)[state]


def conditions(conclusions: Collection[Conclusion]) -> str:
    """The conditions of conclusions, listed as prose."""
    return wording.listed(conclusion.condition for conclusion in conclusions)


def met(conclusions: Collection[Conclusion]) -> str:
    """The reason why a request is medically necessary."""
    return f"The documented facts meet the criteria{_for(conclusions)}."


def denied(conclusions: Collection[Conclusion], intervention: str) -> str:
    """The reason why a request is not medically necessary."""
    where = conditions(conclusions)
    return f"The documented facts rule out the criteria, and the guideline denies {intervention} for {where}."


def not_denied(intervention: str) -> str:
    """The reason why a request is not denied although its criteria are ruled out."""
    return (
        "The documented facts rule out the criteria, but this review folder has no conclusion that denies "
        f"{intervention} for everything that the request may concern."
    )


def open_words(missing: int, *, yes_possible: bool = True) -> str:
    """The reason why the documented facts do not yet decide the request.

    Args:
        missing: the number of facts that could change the result.
        yes_possible: whether the result could be "yes" once they are documented.
    """
    facts = wording.plural(missing, "fact that could change the result is", "facts that could change the result are")
    reason = f"{facts} not documented; the documented facts do not decide it."
    return reason if yes_possible else f"{reason} {_CODES_LEAVE_OPEN}"


def conflict(
    fulfilled: Collection[Conclusion],
    asked: Collection[Conclusion],
    *,
    denied_codes: Sequence[str],
    elsewhere: Sequence[str],
    named: bool,
) -> str:
    """The contradiction within a request: facts for one indication, codes or condition for another.

    Args:
        fulfilled: the conclusions whose criteria the facts meet.
        asked: the conclusions that the request names.
        denied_codes: codes of the request that the code table denies without naming an indication.
        elsewhere: diagnosis codes of the request that are not in the code table.
        named: whether the request states what the service is for.
    """
    if named:
        reason = f"the request states that the service is for {conditions(asked)}: check the condition."
    elif not (asked or denied_codes or elsewhere):
        reason = "the criteria table names no covered conclusion for them: see evidence/criteria.csv."
    else:
        parts = [f"the codes denote {conditions(asked)}"] if asked else []
        parts += [f"the code table denies {wording.listed(denied_codes)}"] if denied_codes else []
        parts += [f"the code table does not contain {wording.listed(elsewhere)}"] if elsewhere else []
        reason = f"{wording.listed(parts)}: specify the condition."
    if fulfilled:
        return f"The documented facts meet the criteria for {conditions(fulfilled)}, but {reason}"
    return reason[:1].upper() + reason[1:]


def contradiction(code: str, covered: Collection[Conclusion]) -> str:
    """The note on a code of a covered condition where the facts rule out the criteria."""
    return (
        f"{code} denotes {conditions(covered)}, which the guideline covers when criteria are met: check that no fact "
        "documented as “no” contradicts the code."
    )


def _for(conclusions: Collection[Conclusion]) -> str:
    return f" for {conditions(conclusions)}" if conclusions else ""


def code_sentence(code: str, rows: Sequence[CodeRange], named: Sequence[Conclusion]) -> str:
    """The position of a request's code in the guideline's code table.

    Args:
        code: the code as given in the request.
        rows: the rows that contain it.
        named: the conclusions of those rows.
    """
    if not rows:
        return f"{code} is not in the code table, so it names no conclusion; only the condition can."
    where = wording.listed(dict.fromkeys(f"{row.system} {row.label}" for row in rows))
    sides = wording.listed(dict.fromkeys(_SIDE[row.position] for row in rows if row.position is not None))
    entry = f"{code} is in the code table ({where}) among codes {sides or 'without a stated position'}"
    if not named:
        return f"{entry}, for no single indication."
    return f"{entry}, for {conditions(named)}" + ("." if len(named) == 1 else ": it names no single conclusion.")


_SIDE = {
    Position.MEDICALLY_NECESSARY: "covered when criteria are met",
    Position.NOT_MEDICALLY_NECESSARY: "denied",
}


def beside(conclusion: Conclusion, verdict: Verdict) -> str:
    """The note on a position of the guideline that the cited evidence does not back."""
    meaning = f"{wording.VERDICT[verdict].lower()}; {wording.VERDICT_MEANING[verdict]}"
    return f"Compare this position with the cited evidence on {conclusion.condition}: {meaning}."


def evidence_words(verdict: Verdict, certainty: str) -> str:
    """The verdict on the evidence for a position of the guideline, with its certainty.

    Args:
        verdict: how the cited evidence bears on the conclusion.
        certainty: the predicate of a sentence that begins with "The certainty".
    """
    return f"{wording.VERDICT[verdict]}: {wording.VERDICT_MEANING[verdict]}. The certainty {certainty}."
