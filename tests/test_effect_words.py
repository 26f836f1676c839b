"""What is said of an effect is what its certainty permits: unclear is never "none", not significant never "worse"."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator

import pytest
from conftest import OUTCOMES, STUDIES, Project
from hypothesis import given
from hypothesis import strategies as st

from weigh.assessment.dossier import StudyEvidence, gather
from weigh.assessment.verdict import judge
from weigh.assessment.votes import count_votes, study_vote
from weigh.audit.audit import audit
from weigh.audit.claims import overclaims
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Certainty, Direction, Domain
from weigh.summary.conclusion import Summary
from weigh.wording.effect_words import CERTAINTY, CERTAINTY_MEANING, benefit_words, effect_sentence
from weigh.wording.outcomes import result_words
from weigh.wording.sentences import direction_words

FOR, AGAINST, UNCLEAR = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION
HIGH, MODERATE, LOW, VERY_LOW = Certainty
UNSURE = (LOW, VERY_LOW, None)
VERY_UNCERTAIN = "The evidence is very uncertain about the effect of massage on pain."

SENTENCES = {
    (FOR, HIGH): "Massage reduces pain.",
    (FOR, MODERATE): "Massage probably reduces pain.",
    (FOR, LOW): "Massage may reduce pain.",
    (AGAINST, HIGH): "Massage does less than the comparator to reduce pain.",
    (AGAINST, MODERATE): "Massage probably does less than the comparator to reduce pain.",
    (AGAINST, LOW): "Massage may do less than the comparator to reduce pain.",
    (UNCLEAR, HIGH): "Massage makes no clear difference to pain.",
    (UNCLEAR, MODERATE): "Massage probably makes no clear difference to pain.",
    (UNCLEAR, LOW): "It is unclear whether massage reduces pain: no clear difference was seen.",
    (None, HIGH): "Whether massage reduces pain is unclear: the results point in different directions.",
    (None, MODERATE): "Whether massage reduces pain is unclear: the results point in different directions.",
    (None, LOW): "Whether massage reduces pain is unclear: the results point in different directions.",
    **{(direction, VERY_LOW): VERY_UNCERTAIN for direction in (FOR, AGAINST, UNCLEAR, None)},
}

#: Says that there is nothing, where only nothing clear was seen.
_NOTHING = re.compile(
    r"\b(no|without) (effect|difference|benefit|improvement)|not (work|help|effective)|ineffective", re.IGNORECASE
)

directions = st.sampled_from([FOR, AGAINST, UNCLEAR, None])
domains, certainties = st.sampled_from(list(Domain)), st.sampled_from(list(Certainty))


# ---- one sentence


@pytest.mark.parametrize(("seen", "expected"), SENTENCES.items())
def test_a_direction_and_a_certainty_have_their_sentence(
    seen: tuple[Direction | None, Certainty], expected: str
) -> None:
    """Each direction is said as firmly as its certainty permits, and not more firmly."""
    assert expected == effect_sentence("massage", Domain.PAIN, *seen)


@given(directions, domains, certainties)
def test_every_sentence_stays_within_its_certainty(
    direction: Direction | None, domain: Domain, certainty: Certainty
) -> None:
    """The check for overclaims finds nothing in a sentence of ours, at the certainty for which it was made."""
    sentence = effect_sentence("warm light", domain, direction, certainty)

    assert ((), True) == (overclaims(sentence, certainty), sentence.endswith("."))


@given(domains, certainties)
def test_unclear_never_becomes_no_effect(domain: Domain, certainty: Certainty) -> None:
    """However certain the evidence, “no clear direction” is told as what was seen."""
    sentence = effect_sentence("warm light", domain, UNCLEAR, certainty)

    assert _NOTHING.search(sentence) is None
    assert "clear" in sentence or VERY_LOW is certainty


@given(directions, domains)
def test_very_low_certainty_names_no_direction(direction: Direction | None, domain: Domain) -> None:
    """Where the evidence is very uncertain, the sentence is the same whatever it found."""
    assert 1 == len({effect_sentence("warm light", domain, each, VERY_LOW) for each in (direction, FOR)})


@given(domains)
def test_less_certain_is_said_less_firmly(domain: Domain) -> None:
    """Four levels, four sentences: none is used for two."""
    assert len(Certainty) == len({effect_sentence("warm light", domain, FOR, certainty) for certainty in Certainty})


def test_every_domain_has_words_of_benefit() -> None:
    """Benefit is a verb and a thing, for every kind of outcome."""
    assert [] == [domain for domain in Domain if "_" in "".join(benefit_words(domain))]


def test_every_level_has_a_word_and_a_meaning() -> None:
    """All four levels are said and explained; the words are those of GRADE."""
    assert {HIGH: "high", MODERATE: "moderate", LOW: "low", VERY_LOW: "very low"} == CERTAINTY
    assert (set(Certainty), 4) == (set(CERTAINTY_MEANING), len(set(CERTAINTY_MEANING.values())))


# ---- both reviews


def sentences(summary: Summary) -> Iterator[tuple[str, Certainty | None]]:
    """All that is said of a conclusion in our words, with the certainty of what it is said of."""
    whole = summary.judgement.certainty
    for text in (summary.verdict_sentence, summary.flip_summary, *summary.flip_changes, *summary.vote_sentences):
        yield text, whole
    for item in summary.swim:
        yield item.text, whole
    for row in summary.outcomes:
        for text in (row.what_happens, row.people, *row.reasons, *(found for _name, found in row.results)):
            yield text, row.certainty


@pytest.mark.parametrize("which", ["summaries", "mini_summaries"])
def test_no_sentence_of_a_review_claims_too_much(which: str, request: pytest.FixtureRequest) -> None:
    """Verdicts, outcomes, votes, flip tests and SWiM statements of both reviews stay within their certainty."""
    found: dict[str, Summary] = request.getfixturevalue(which)
    said = [(name, text, certainty) for name, summary in found.items() for text, certainty in sentences(summary)]
    claims = [(name, text, words) for name, text, certainty in said if (words := overclaims(text, certainty))]

    assert (True, []) == (len(said) > 40, claims)


# ---- the check for overclaims

PLANTED = [
    "Massage has no effect on pain.",
    "It makes no difference.",
    "There was NO DIFFERENCE between the arms.",
    "It has no effects on anything.",
    "Massage is of no use.",
    "Massage is ineffective.",
    "Massage is not effective for pain.",
    "Massage does not work.",
    "It did not relieve pain.",
    "It fails to help.",
    "The trial proves it.",
    "The pain stayed. There is no benefit.",
    "No clear direction was seen; there is no effect.",
]
CAREFUL = [
    "No clear difference was seen.",
    "It is unclear whether massage helps.",
    "Massage may have no effect.",
    "It probably makes no difference.",
    "It is not shown to work, and not shown not to work.",
    "“No clear direction” does not say that there is no effect.",
    "Massage may reduce pain.",
]


@pytest.mark.parametrize("certainty", UNSURE)
@pytest.mark.parametrize("text", PLANTED)
def test_a_flat_claim_beside_low_certainty_is_found(text: str, certainty: Certainty | None) -> None:
    """“No effect” and its kin are found beside low, very low and unrated certainty, once."""
    assert 1 == len(overclaims(text, certainty))


@pytest.mark.parametrize("certainty", [MODERATE, HIGH])
@pytest.mark.parametrize("text", PLANTED)
def test_a_flat_claim_beside_enough_certainty_is_none(text: str, certainty: Certainty) -> None:
    """Evidence that is certain enough may be put flatly."""
    assert () == overclaims(text, certainty)


@pytest.mark.parametrize("certainty", UNSURE)
@pytest.mark.parametrize("text", CAREFUL)
def test_a_careful_sentence_is_no_claim(text: str, certainty: Certainty | None) -> None:
    """What is said with a hedge is not found."""
    assert () == overclaims(text, certainty)


@pytest.mark.parametrize(
    "text",
    [
        "The studies do not support the use of massage.",
        "Massage is without effect.",
        "Massage shows no clinically relevant effect.",
    ],
)
def test_other_ways_to_say_nothing_are_found(text: str) -> None:
    """“Do not support” is the very phrase that a guideline uses beside very uncertain evidence."""
    assert () != overclaims(text, VERY_LOW)


def test_clearly_is_no_hedge() -> None:
    """A word that makes a claim stronger does not excuse it."""
    assert () != overclaims("There is clearly no effect.", VERY_LOW)


def test_a_planted_claim_is_a_finding_at_its_cell(project: Project) -> None:
    """The audit names the cell of our tables that says more than the evidence permits, and only that one."""

    def claims() -> set[str]:
        return {f"{f.place}" for f in audit(project.review()).open if "claim-exceeds-certainty" == f.code}

    before = claims()
    project.change(STUDIES, 3, "finding", "There was no difference between the lamps.")

    assert {f"{STUDIES}:3:finding"} == claims() - before


# ---- not significant


@given(
    p_value=st.sampled_from(["NS", "0.80", "0.06", ">0.05", None]),
    significant=st.sampled_from([False, None]),
    n=st.integers(1, 6),
)
def test_not_significant_is_no_vote_for_the_comparator(
    evidence: dict[str, StudyEvidence],
    outcome: Callable[..., Outcome],
    p_value: str | None,
    significant: bool | None,
    n: int,
) -> None:
    """Results without a clear direction never count for the comparator, whatever their p."""
    item = evidence["fernhollow-2017"]
    results = [outcome(direction=UNCLEAR, p_value=p_value, significant=significant)] * n
    votes = count_votes([study_vote(dataclasses.replace(item, outcomes=tuple(results)))])

    assert (0, 0, 1) == (votes.favours_comparator, votes.favours_intervention, votes.no_clear_direction)


def test_a_planted_ns_favours_nobody(project: Project) -> None:
    """“NS” in the table stays unclear on the page: no vote for the comparator, and no sentence of no effect."""
    for row in (2, 4):
        project.change(OUTCOMES, row, "direction", "no_clear_direction")
        project.change(OUTCOMES, row, "p_value", "NS")
        project.change(OUTCOMES, row, "significant", "false")
    dossier = gather(project.review(), "brisk-elbow")
    votes = judge(dossier).votes
    said = [
        result_words(outcome) for item in dossier.evidence for outcome in item.outcomes if "NS" == str(outcome.p_value)
    ]

    assert (0, 2) == (votes.favours_comparator, votes.no_clear_direction)
    assert ([], True) == ([words for words in said if _NOTHING.search(words)], len(said) > 3)
    assert {"no clear difference"} == {words.split(" (")[0] for words in said}


def test_a_direction_has_its_words() -> None:
    """Unclear is “no clear direction”, and is not told as a side."""
    assert [
        "favours massage",
        "favours the comparator",
        "no clear direction",
        "not comparative",
    ] == [direction_words(direction, "massage") for direction in Direction]
