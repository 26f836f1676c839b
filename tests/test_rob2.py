"""RoB 2: the answers lead to exactly the judgements of the guidance."""

from __future__ import annotations

from itertools import product

import pytest
from conftest import Project
from hypothesis import given
from hypothesis import strategies as st

from weigh.assessment.rob2 import ANSWERS, DOMAINS, answered_domains, judge_domain, overall
from weigh.evidence.vocabulary import Risk

APPRAISALS = "evidence/appraisals.csv"
LOW, SOME, HIGH = Risk.LOW, Risk.SOME_CONCERNS, Risk.HIGH
SEVERITY = (LOW, SOME, HIGH)

#: The questions of each domain with the favourable answer.
GOOD = {
    "D1": {"1.1": "Y", "1.2": "Y", "1.3": "N"},
    "D2": {"2.1": "N", "2.2": "N", "2.3": "N", "2.4": "N", "2.5": "Y", "2.6": "Y", "2.7": "N"},
    "D3": {"3.1": "Y", "3.2": "Y", "3.3": "N", "3.4": "N"},
    "D4": {"4.1": "N", "4.2": "N", "4.3": "N", "4.4": "N", "4.5": "N"},
    "D5": {"5.1": "Y", "5.2": "N", "5.3": "N"},
}
BAD = {"Y": "N", "N": "Y"}

#: The answers in the order of the questions, "-" for an unanswered question, and the resulting judgement.
BRANCHES = [
    # ---- randomisation: random, concealed, a problem at baseline
    ("D1", "Y Y N", LOW),
    ("D1", "NI Y N", LOW),
    ("D1", "Y Y NI", LOW),
    ("D1", "NI Y NI", LOW),
    ("D1", "Y Y Y", SOME),
    ("D1", "N Y N", SOME),
    ("D1", "N Y Y", SOME),
    ("D1", "Y NI N", SOME),
    ("D1", "N NI NI", SOME),
    ("D1", "Y NI Y", HIGH),
    ("D1", "Y N N", HIGH),
    ("D1", "NI N NI", HIGH),
    ("D1", "Y N Y", HIGH),
    # ---- deviations, what happened (2.6 is yes: the analysis adds nothing)
    ("D2", "N N - - - Y -", LOW),
    ("D2", "Y N N - - Y -", LOW),
    ("D2", "N Y N - - Y -", LOW),
    ("D2", "NI N N - - Y -", LOW),
    ("D2", "Y Y NI - - Y -", SOME),
    ("D2", "N NI NI - - Y -", SOME),
    ("D2", "Y Y Y N - Y -", SOME),
    ("D2", "Y Y Y Y Y Y -", SOME),
    ("D2", "Y Y Y NI Y Y -", SOME),
    ("D2", "Y Y Y Y N Y -", HIGH),
    ("D2", "Y Y Y NI N Y -", HIGH),
    ("D2", "Y Y Y Y NI Y -", HIGH),
    # ---- deviations, how it was analysed (participants and carers blinded: deviations add nothing)
    ("D2", "N N - - - N N", SOME),
    ("D2", "N N - - - NI N", SOME),
    ("D2", "N N - - - N Y", HIGH),
    ("D2", "N N - - - N NI", HIGH),
    ("D2", "N N - - - NI Y", HIGH),
    # ---- deviations, the worse of the two
    ("D2", "Y Y Y N - N N", SOME),
    ("D2", "Y Y Y N - N Y", HIGH),
    ("D2", "Y Y Y Y N N N", HIGH),
    # ---- missing data
    ("D3", "Y - - -", LOW),
    ("D3", "N Y - -", LOW),
    ("D3", "NI Y - -", LOW),
    ("D3", "N N N -", LOW),
    ("D3", "N NI N -", LOW),
    ("D3", "N N Y N", SOME),
    ("D3", "N N NI N", SOME),
    ("D3", "N N Y Y", HIGH),
    ("D3", "N N Y NI", HIGH),
    # ---- measurement
    ("D4", "Y N N N N", HIGH),
    ("D4", "N Y N N N", HIGH),
    ("D4", "N N N - -", LOW),
    ("D4", "NI N N - -", LOW),
    ("D4", "N NI N - -", SOME),
    ("D4", "N N Y N -", LOW),
    ("D4", "N N NI N -", LOW),
    ("D4", "N NI Y N -", SOME),
    ("D4", "N N Y Y N", SOME),
    ("D4", "N NI NI NI N", SOME),
    ("D4", "N N Y Y Y", HIGH),
    ("D4", "N N Y Y NI", HIGH),
    ("D4", "N NI Y NI Y", HIGH),
    # ---- selection of the result
    ("D5", "Y N N", LOW),
    ("D5", "N N N", SOME),
    ("D5", "NI N N", SOME),
    ("D5", "Y NI N", SOME),
    ("D5", "Y N NI", SOME),
    ("D5", "Y NI NI", SOME),
    ("D5", "Y Y N", HIGH),
    ("D5", "Y N Y", HIGH),
    ("D5", "Y NI Y", HIGH),
    ("D5", "N Y Y", HIGH),
]


def answers(domain: str, said: str) -> dict[str, str]:
    return {question: answer for question, answer in zip(GOOD[domain], said.split(), strict=True) if "-" != answer}


def drawn(domain: str) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(GOOD[domain], st.sampled_from(ANSWERS)))


# ---- domains


@pytest.mark.parametrize(("domain", "said", "expected"), BRANCHES)
def test_the_answers_lead_to_a_judgement(domain: str, said: str, expected: Risk) -> None:
    """Every branch of the five algorithms ends at the judgement of the guidance."""
    assert expected is judge_domain(domain, answers(domain, said))


@pytest.mark.parametrize(("domain", "said", "expected"), BRANCHES)
def test_probably_counts_as_yes_or_no(domain: str, said: str, expected: Risk) -> None:
    """“Probably yes” and “probably no” are treated like “yes” and “no”."""
    probably = {question: {"Y": "PY", "N": "PN"}.get(a, a) for question, a in answers(domain, said).items()}

    assert expected is judge_domain(domain, probably)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_table_reaches_every_judgement(domain: str) -> None:
    """The table above has a low, a some-concerns and a high case of each domain."""
    assert {LOW, SOME, HIGH} == {expected for where, _said, expected in BRANCHES if where == domain}


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_missing_answer_is_no_information(domain: str) -> None:
    """An unanswered question counts as no information, whatever the other answers."""
    silent = {"NI": "NI", "NA": "NA"}
    differ = []
    for said in product(("Y", "N", "NI", "NA"), repeat=len(GOOD[domain])):
        full = dict(zip(GOOD[domain], said, strict=True))
        missing = {question: answer for question, answer in full.items() if answer not in silent}
        if judge_domain(domain, full) is not judge_domain(domain, missing):
            differ.append(full)

    assert [] == differ


@pytest.mark.parametrize("domain", DOMAINS)
def test_all_good_answers_are_low_and_all_bad_ones_high(domain: str) -> None:
    """All favourable answers give low risk, all unfavourable ones high risk."""
    bad = {question: BAD[answer] for question, answer in GOOD[domain].items()}

    assert (LOW, HIGH) == (judge_domain(domain, GOOD[domain]), judge_domain(domain, bad))


@pytest.mark.parametrize("domain", DOMAINS)
def test_nothing_known_is_never_low(domain: str) -> None:
    """No information never counts in favour of a trial."""
    assert LOW is not judge_domain(domain, {})


@given(data=st.data(), domain=st.sampled_from(list(DOMAINS)))
def test_a_worse_answer_never_improves_a_judgement(data: st.DataObject, domain: str) -> None:
    """From a favourable answer to none, and from none to an unfavourable one, a judgement never improves."""
    rest = data.draw(drawn(domain))
    question = data.draw(st.sampled_from(list(GOOD[domain])))
    good = GOOD[domain][question]
    places = [
        SEVERITY.index(judge_domain(domain, rest | {question: answer}))
        for answer in (good, f"P{good}", "NI", f"P{BAD[good]}", BAD[good])
    ]

    assert sorted(places) == places


@given(domain=st.sampled_from(list(DOMAINS)), other=st.sampled_from(list(DOMAINS)), data=st.data())
def test_a_domain_hears_only_its_own_questions(domain: str, other: str, data: st.DataObject) -> None:
    """Answers in one domain do not affect another."""
    own, foreign = data.draw(drawn(domain)), data.draw(drawn(other)) if other != domain else {}

    assert judge_domain(domain, own) is judge_domain(domain, own | foreign)


@given(st.sets(st.sampled_from([question for questions in GOOD.values() for question in questions])))
def test_a_domain_is_answered_where_one_question_is(questions: set[str]) -> None:
    """The domains that can be judged are those with answered questions, in order."""
    expected = tuple(domain for domain in GOOD if questions & set(GOOD[domain]))

    assert expected == answered_domains(dict.fromkeys(sorted(questions), "NI"))


# ---- overall

OVERALL = [
    ([LOW] * 5, LOW),
    ([LOW] * 4 + [SOME], SOME),
    ([SOME] * 5, SOME),
    ([LOW] * 4 + [HIGH], HIGH),
    ([SOME] * 4 + [HIGH], HIGH),
    ([HIGH], HIGH),
    ([LOW] * 4, SOME),
    ([LOW], SOME),
    ([], SOME),
]


@pytest.mark.parametrize(("domains", "expected"), OVERALL)
def test_the_domains_lead_to_an_overall_judgement(domains: list[Risk], expected: Risk) -> None:
    """All five low is low, one high is high, everything else is some concerns, including unjudged domains."""
    assert expected is overall(domains)


@given(domains=st.lists(st.sampled_from(SEVERITY), min_size=5, max_size=5), place=st.integers(0, 4))
def test_a_worse_domain_never_improves_the_whole(domains: list[Risk], place: int) -> None:
    """Worsening one domain never improves the overall judgement."""
    worse = [HIGH if number == place else risk for number, risk in enumerate(domains)]

    assert SEVERITY.index(overall(worse)) >= SEVERITY.index(overall(domains))


# ---- the table

STUDIES = ("ardenwood-2011", "birchmere-2014", "cloudesley-2009", "dovermoor-2013", "fernhollow-2017")
#: Question or domain, the entry, and the invalid cell.
REFUSED = [
    ("1.1", "X", "judgement"),
    ("1.1", "yes", "judgement"),
    ("1.1", "low", "judgement"),
    ("1.1", "y", "judgement"),
    ("1.1", "no_information", "judgement"),
    ("D1", "Y", "judgement"),
    ("D1", "no_information", "judgement"),
    ("overall", "critical", "judgement"),
    ("6.1", "Y", "domain"),
    ("1.8", "Y", "domain"),
    ("1.1a", "Y", "domain"),
    ("D6", "low", "domain"),
]
#: Numbers that look like those of questions but belong to no domain.
NOT_ASKED = ("1.4", "1.7", "3.5", "4.6", "5.4")


def answer(project: Project, question: str, judgement: str, study: str = "birchmere-2014") -> int:
    """Write an answer into the table and return its line."""
    project.add(
        APPRAISALS, study_id=study, tool="RoB2", domain=question, judgement=judgement, reason="r", source="invented"
    )
    return len(project.rows(APPRAISALS))


def test_an_unknown_answer_is_refused(project: Project) -> None:
    """An answer, judgement or question that RoB 2 does not have gives one finding at its cell."""
    expected = []
    for number, (question, judgement, column) in enumerate(REFUSED):
        line = answer(project, question, judgement, STUDIES[number % len(STUDIES)])
        expected.append(f"cell-not-allowed {APPRAISALS}:{line}:{column}")

    assert expected == [f"{finding.code} {finding.place}" for finding in project.findings()]


def test_every_answer_to_every_question_is_accepted(project: Project) -> None:
    """All questions of all domains accept each answer of the guidance."""
    for number, question in enumerate(question for domain in GOOD.values() for question in domain):
        for place, study in enumerate(STUDIES):
            answer(project, question, ANSWERS[(number + place) % len(ANSWERS)], study)

    assert () == project.findings()


def test_a_question_that_does_not_exist_is_refused(project: Project) -> None:
    """A mistyped number is reported and does not become a judgement for an unanswered domain."""
    lines = [answer(project, question, "Y") for question in NOT_ASKED]

    assert [f"{APPRAISALS}:{line}:domain" for line in lines] == [f"{found.place}" for found in project.findings()]
