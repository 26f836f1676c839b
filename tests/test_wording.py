"""Sentences say what the votes permit and no more, for every word that a table may hold."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.assessment.dossier import gather
from weigh.assessment.verdict import RULES, Judgement, judge
from weigh.assessment.votes import Votes, count_votes
from weigh.evidence.model import Outcome
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import (
    Basis,
    BiasDomain,
    Certainty,
    ComparatorType,
    Design,
    Direction,
    Domain,
    Extraction,
    Fit,
    Position,
    Risk,
    Verdict,
)
from weigh.summary.conclusion import Summary
from weigh.wording import sentences as wording
from weigh.wording.discussion import reasons_to_discuss

#: Words that promise more than votes by direction can hold.
TOO_MUCH = re.compile(
    r"\b(prov(e[sdn]?|en|ing)|proof|no effect|does not work|ineffective|useless|demonstrates?|certainly|safe)\b",
    flags=re.IGNORECASE,
)


def judgement_of(mini: Review, rule: str, votes: Votes, certainty: str | None = None) -> Judgement:
    """A judgement by a given rule on the studies of brisk elbow."""
    judgement = judge(gather(mini, "brisk-elbow"))
    level = Certainty(certainty) if certainty else None
    assessment = dataclasses.replace(judgement.assessment, level=level)
    return dataclasses.replace(
        judgement, rule=rule, verdict=RULES[rule][0], votes=votes, direct_votes=votes, assessment=assessment
    )


def votes(favour: int = 0, against: int = 0, unclear: int = 0) -> Votes:
    return dataclasses.replace(
        count_votes(()),
        favours_intervention=favour,
        favours_comparator=against,
        no_clear_direction=unclear,
        k=favour + against + unclear,
    )


# ---- every word of a table has words for a reader


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        (wording.POSITION, set(Position)),
        (wording.VERDICT, set(Verdict)),
        (wording.VERDICT_MEANING, set(Verdict)),
        (wording.BASIS, set(Basis)),
        (wording.DESIGN, set(Design)),
        (wording.COMPARATOR, set(ComparatorType)),
        (wording.FIT, {*Fit, None}),
        (wording.RISK, {*Risk, None}),
        (wording.BIAS_DOMAIN, set(BiasDomain)),
        (wording.EXTRACTION, set(Extraction)),
    ],
    ids=["position", "verdict", "meaning", "basis", "design", "comparator", "fit", "risk", "bias", "extraction"],
)
def test_every_term_has_words_of_its_own(words: Mapping[Any, str], terms: set[Any]) -> None:
    """No term of a closed list is without words, and no two terms read the same."""
    assert terms == words.keys()
    assert len(terms) == len(set(words.values()))
    assert [] == [text for text in words.values() if "_" in text or not text.strip()]


def test_every_direction_reads_differently() -> None:
    """The four directions have four wordings."""
    assert 4 == len({wording.direction_words(direction, "warm light") for direction in Direction})


def test_no_clear_direction_is_not_no_effect() -> None:
    """What shows no difference is not said to favour the comparator, nor to have no effect."""
    words = wording.direction_words(Direction.NO_CLEAR_DIRECTION, "warm light")

    assert "no clear direction" == words
    assert [] == [wrong for wrong in ("effect", "comparator", "warm light") if wrong in words]


@pytest.mark.parametrize("domain", Domain)
def test_a_domain_reads_as_prose(domain: Domain) -> None:
    """No underscore of a table reaches a reader."""
    assert re.fullmatch(r"[a-z]+( [a-z]+)*", wording.domain_words(domain))


# ---- small words


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 studies"), (1, "1 study"), (2, "2 studies"), (21, "21 studies")]
)
def test_one_is_singular(count: int, expected: str) -> None:
    """A count has the noun in the right number."""
    assert expected == wording.plural(count, "study", "studies")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [([], ""), (["pain"], "pain"), (["pain", "motion"], "pain and motion"), (["a", "b", "c"], "a, b and c")],
)
def test_parts_are_listed_as_prose(parts: list[str], expected: str) -> None:
    """A list reads as a sentence would have it."""
    assert expected == wording.listed(parts)


def test_the_question_names_intervention_and_condition(mini: Review) -> None:
    """A page asks what a committee member asks."""
    question = wording.question(mini.conclusions["brisk-elbow"], mini.guideline.intervention)

    assert "Does warm light help with brisk elbow?" == question


def test_a_study_is_named_with_the_years_of_its_reports(mini_summaries: dict[str, Summary]) -> None:
    """A study with two reports is one name with two years."""
    assert "Birchmere 2014, 2016" in [line.name for line in mini_summaries["brisk-elbow"].studies]


# ---- size


@pytest.mark.parametrize(
    ("fields", "present", "absent"),
    [
        ({"n_enrolled": 60, "n_analysed": 58}, ["60", "58 analysed"], []),
        ({"n_enrolled": 60, "n_analysed": 60}, ["60"], ["analysed"]),
        ({"n_enrolled": 60, "n_analysed": None}, ["60"], ["analysed", "None"]),
        ({"n_enrolled": None, "n_analysed": 58}, ["58", "analysed"], ["None"]),
        ({"n_enrolled": None, "n_analysed": None}, [], ["None", "patients"]),
        ({"n_enrolled": 0, "n_analysed": 0}, ["0 patients"], []),
        ({"n_unit": None}, ["60 participants"], ["None"]),
        ({"blinding": None}, ["randomised trial"], ["None", "blind"]),
        ({"design": Design.SYSTEMATIC_REVIEW}, ["in all its trials"], []),
    ],
)
def test_a_size_says_what_is_known(mini: Review, fields: dict[str, Any], present: list[str], absent: list[str]) -> None:
    """Design and numbers are named as far as they are reported, and nothing is made up for what is not."""
    words = wording.size_words(dataclasses.replace(mini.studies["ardenwood-2011"], **fields))

    assert [] == [part for part in present if part not in words]
    assert [] == [part for part in absent if part in words]


@pytest.mark.parametrize("blinding", ["double", "single", "observer", "none"])
def test_every_blinding_of_the_schema_has_words(mini: Review, blinding: str) -> None:
    """Each way of blinding that the table allows can be said."""
    words = wording.size_words(dataclasses.replace(mini.studies["ardenwood-2011"], blinding=blinding))

    assert "blind" in words


# ---- outcomes


def test_outcomes_are_grouped_by_time(outcome: Callable[..., Outcome]) -> None:
    """Two benefits at one time are named together, with the time once."""
    words = wording.outcome_words(
        [
            outcome(domain=Domain.PAIN, timepoint="2 days"),
            outcome(domain=Domain.FUNCTION, timepoint="2 days"),
            outcome(domain=Domain.PAIN, timepoint=None),
        ]
    )

    assert "pain and function (2 days); pain (time not stated)" == words


def test_outcomes_that_would_read_alike_are_told_apart(outcome: Callable[..., Outcome]) -> None:
    """Where a study shows both sides in one domain at one time, the measure is named instead of the domain."""
    mine = outcome(domain=Domain.PAIN, measure="Pain at rest", timepoint="2 days")
    other = outcome(domain=Domain.PAIN, measure="Pain at night", timepoint="2 days")

    assert "Pain at rest (2 days)" == wording.outcome_words([mine], [other])


# ---- the verdict in words


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("certainty", [None, "low", "high"])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_every_rule_has_a_sentence(mini: Review, rule: str, certainty: str | None, count: int) -> None:
    """Whatever rule decides, its sentence is whole, promises nothing that votes cannot hold, and hides no gap."""
    judgement = judgement_of(mini, rule, votes(unclear=count), certainty)
    sentence = wording.verdict_sentence(gather(mini, "brisk-elbow"), judgement, "warm light")

    assert re.fullmatch(r"[A-Z0-9].*\.", sentence)
    assert [] == re.findall(r"None|\{|\}|  |\.\.| \.|;\.", sentence)
    assert TOO_MUCH.search(sentence) is None


@pytest.mark.parametrize(
    "rule", ["benefit", "both-ways", "no-benefit", "benefit-uncertain", "no-benefit-for-necessary"]
)
def test_a_certainty_that_nobody_judged_is_said(mini: Review, rule: str) -> None:
    """A sentence that rests on votes says what the certainty is, or that it could not be rated."""
    dossier = gather(mini, "brisk-elbow")
    unjudged = wording.verdict_sentence(dossier, judgement_of(mini, rule, votes(unclear=2)), "warm light")
    judged = wording.verdict_sentence(dossier, judgement_of(mini, rule, votes(unclear=2), "very_low"), "warm light")

    assert "could not be rated" in unjudged
    assert "very low" in judged


def test_no_benefit_with_low_certainty_is_not_a_denial(mini: Review) -> None:
    """Without certainty, no benefit means neither shown to work nor shown not to work."""
    sentence = wording.verdict_sentence(
        gather(mini, "brisk-elbow"), judgement_of(mini, "no-benefit", votes(unclear=2), "low"), "warm light"
    )

    assert "not shown to work" in sentence
    assert "not shown not to work" in sentence


def test_real_sentences_promise_nothing_that_votes_cannot_hold(summaries: dict[str, Summary]) -> None:
    """No verdict and no vote of this repository's conclusions is worded as a proof."""
    sentences = [
        sentence for summary in summaries.values() for sentence in (summary.verdict_sentence, *summary.vote_sentences)
    ]

    assert [] == [sentence for sentence in sentences if TOO_MUCH.search(sentence)]


# ---- the votes in words


@given(favour=st.integers(0, 12), against=st.integers(0, 12), unclear=st.integers(0, 12))
def test_the_counts_are_in_the_words(mini: Review, favour: int, against: int, unclear: int) -> None:
    """Each count of the votes stands in the sentence, in this order."""
    counted = votes(favour, against, unclear)
    sentence = wording.vote_sentences(judgement_of(mini, "both-ways", counted), "warm light")[0]

    if counted.k:
        assert [str(favour), str(against), str(unclear)] == re.findall(r"\d+", sentence)
        assert ("1 study favours" in sentence) == (favour == 1)
    else:
        assert [] == re.findall(r"\d+", sentence)


@pytest.mark.parametrize(("favour", "tested"), [(5, False), (6, True), (9, True)])
def test_a_test_of_too_few_studies_is_not_shown(mini: Review, favour: int, tested: bool) -> None:
    """With fewer than six studies on a side no test of them is printed, only why; with six it is, with its interval."""
    direction = Direction.FAVOURS_INTERVENTION
    (vote, *_) = judge(gather(mini, "winter-gloom")).study_votes
    counted = count_votes([dataclasses.replace(vote, direction=direction)] * favour)
    text = " ".join(wording.vote_sentences(judgement_of(mini, "benefit", counted), "warm light"))

    assert tested == ("sign test p = " in text)
    assert tested != ("5 of 5 give p = 0.0625" in text)
    assert (6 == favour) == ("p = 0.03125" in text)
    assert tested == ("95%" in text)
    assert tested != ("oo few studies to test" in text)


# ---- why a member may want to discuss a conclusion


@pytest.mark.parametrize(
    ("conclusion_id", "about", "words"),
    [
        ("brisk-elbow", "Cloudesley 2009", "does not test warm light"),
        ("brisk-elbow", "Ardenwood 2011", "cited against"),
        ("brisk-elbow", "Birchmere 2014, 2016", "counts once"),
        ("brisk-elbow", "known stud", "does not cite"),
        ("stiff-joints", "Dovermoor 2013", "without a comparison"),
        ("winter-gloom", "Elmsworth 2008", "not found"),
        ("winter-gloom", "Fernhollow and colleagues", "unclear which listed reference"),
    ],
)
def test_what_calls_for_discussion_is_named(
    mini_summaries: dict[str, Summary], conclusion_id: str, about: str, words: str
) -> None:
    """A study that is used for more than it shows is named with what is the matter."""
    assert [reason for reason in mini_summaries[conclusion_id].discuss if about in reason and words in reason]


def test_no_reason_is_given_twice(summaries: dict[str, Summary]) -> None:
    """A list of reasons repeats none of them."""
    assert [] == [s.conclusion_id for s in summaries.values() if len(s.discuss) != len(set(s.discuss))]


def test_a_study_without_defect_calls_for_nothing(mini: Review) -> None:
    """A reason is given only where there is one."""
    dossier = gather(mini, "winter-gloom")
    sound = dataclasses.replace(
        dossier, evidence=(dossier.evidence[1],), unresolved=(), citations=dossier.evidence[1].citations
    )

    assert () == reasons_to_discuss(sound, judge(sound), "warm light")


def test_studies_cited_against_their_authors_share_a_sentence(summaries: dict[str, Summary]) -> None:
    """Four studies that are cited against what their authors report are one reason to discuss, with four names."""
    found = [r for r in summaries["inflammatory-musculoskeletal-disorders"].discuss if "is cited against" in r]
    shared = [r for r in summaries["inflammatory-musculoskeletal-disorders"].discuss if "are cited against" in r]

    assert ([], 1) == (found, len(shared))
    assert shared[0].endswith("and Neeter 2003 are cited against iontophoresis, and their authors report benefit.")
    assert ["Nirschl 2003 is cited against iontophoresis, and its authors report benefit."] == [
        r for r in summaries["epicondylitis"].discuss if "cited against" in r
    ]


@pytest.mark.parametrize(("count", "begins"), [(1, "It does not compare "), (2, "None of them compares ")])
def test_studies_that_test_something_else_are_said_to(mini: Review, count: int, begins: str) -> None:
    """Where no study sets the intervention against none, the page says what was set against what."""
    judgement = dataclasses.replace(judgement_of(mini, "no-benefit", votes(unclear=count), "low"), direct_votes=votes())

    assert f"{begins}warm light itself with no warm light: " in " ".join(
        wording.vote_sentences(judgement, "warm light")
    )


def test_all_is_said_of_all(summaries: dict[str, Summary]) -> None:
    """Three of three reads as all."""
    assert "Of the 3 cited studies with a comparison, all favour iontophoresis" in (
        summaries["local-anesthesia"].verdict_sentence
    )
