"""RoB 2: from answers to its signalling questions to a judgement for each domain, and overall.

Source: the guidance of August 2019 (Sterne et al., BMJ 2019;366:l4898); domain 1 also from a published table of its
rules (Syst Rev 2021;10:171, table 2). The methods page states for each domain how its source was read. The wording of
the questions is licensed without derivatives and is not part of weigh: answers are identified by question number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from weigh.evidence.vocabulary import Risk

__all__ = ["ANSWERS", "DOMAINS", "answered_domains", "judge_domain", "overall"]

#: Yes, probably yes, probably no, no, no information, not applicable.
ANSWERS = ("Y", "PY", "PN", "N", "NI", "NA")
Answers = Mapping[str, str]

_WORSE = (Risk.LOW, Risk.SOME_CONCERNS, Risk.HIGH)


def _yes(answers: Answers, question: str) -> bool:
    return answers.get(question) in ("Y", "PY")


def _no(answers: Answers, question: str) -> bool:
    return answers.get(question) in ("N", "PN")


def _randomisation(answers: Answers) -> Risk:
    if _no(answers, "1.2") or (not _yes(answers, "1.2") and _yes(answers, "1.3")):
        return Risk.HIGH
    if _yes(answers, "1.2") and not _no(answers, "1.1") and not _yes(answers, "1.3"):
        return Risk.LOW
    return Risk.SOME_CONCERNS


def _deviations(answers: Answers) -> Risk:
    """The effect of assignment: the worse judgement on deviations (part 1) and on the analysis (part 2)."""
    if _no(answers, "2.1") and _no(answers, "2.2"):
        happened = Risk.LOW
    elif not _yes(answers, "2.3"):
        happened = Risk.LOW if _no(answers, "2.3") else Risk.SOME_CONCERNS
    elif _no(answers, "2.4") or _yes(answers, "2.5"):
        happened = Risk.SOME_CONCERNS
    else:
        happened = Risk.HIGH
    analysed = Risk.LOW if _yes(answers, "2.6") else Risk.SOME_CONCERNS if _no(answers, "2.7") else Risk.HIGH
    return max(happened, analysed, key=_WORSE.index)


def _missing_data(answers: Answers) -> Risk:
    if _yes(answers, "3.1") or _yes(answers, "3.2") or _no(answers, "3.3"):
        return Risk.LOW
    return Risk.SOME_CONCERNS if _no(answers, "3.4") else Risk.HIGH


def _measurement(answers: Answers) -> Risk:
    if _yes(answers, "4.1") or _yes(answers, "4.2"):
        return Risk.HIGH
    if _no(answers, "4.3") or _no(answers, "4.4"):
        return Risk.LOW if _no(answers, "4.2") else Risk.SOME_CONCERNS
    return Risk.SOME_CONCERNS if _no(answers, "4.5") else Risk.HIGH


def _selected_result(answers: Answers) -> Risk:
    if _yes(answers, "5.2") or _yes(answers, "5.3"):
        return Risk.HIGH
    both_no = _no(answers, "5.2") and _no(answers, "5.3")
    return Risk.LOW if both_no and _yes(answers, "5.1") else Risk.SOME_CONCERNS


_RULES: dict[str, Callable[[Answers], Risk]] = {
    "D1": _randomisation,
    "D2": _deviations,
    "D3": _missing_data,
    "D4": _measurement,
    "D5": _selected_result,
}
#: The five domains by number.
DOMAINS = MappingProxyType(
    {
        "D1": "randomisation process",
        "D2": "deviations from the intended interventions",
        "D3": "missing outcome data",
        "D4": "measurement of the outcome",
        "D5": "selection of the reported result",
    }
)


def answered_domains(answers: Answers) -> tuple[str, ...]:
    """The domains with at least one answered question.

    >>> answered_domains({"1.1": "Y", "3.1": "PY"})
    ('D1', 'D3')
    """
    return tuple(domain for domain in DOMAINS if any(question.startswith(f"{domain[1]}.") for question in answers))


def judge_domain(domain: str, answers: Answers) -> Risk:
    """The judgement for a domain, "D1" to "D5", from answers by question number; a missing answer counts as no information.

    Source: RoB 2 guidance of August 2019 (Sterne et al., BMJ 2019;366:l4898).

    >>> judge_domain("D1", {"1.1": "Y", "1.2": "NI", "1.3": "PN"}).value
    'some_concerns'
    >>> judge_domain("D4", {"4.1": "N", "4.2": "N", "4.3": "Y", "4.4": "Y", "4.5": "PY"}).value
    'high'
    """
    return _RULES[domain](answers)


def overall(domains: Sequence[Risk]) -> Risk:
    """The overall judgement: low if all five domains are low, high if any is high, otherwise some concerns.

    Several domains with some concerns may amount to high, which requires a human judgement with a written reason.
    """
    if Risk.HIGH in domains:
        return Risk.HIGH
    return Risk.LOW if len(domains) == len(DOMAINS) and set(domains) == {Risk.LOW} else Risk.SOME_CONCERNS
