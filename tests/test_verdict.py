"""The verdict follows from votes, position and certainty by the published rules, and from nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from conftest import Project
from hypothesis import given
from hypothesis import strategies as st

from weigh.assessment.dossier import Dossier, StudyEvidence, gather
from weigh.assessment.verdict import RULES, judge
from weigh.evidence.model import CertaintyJudgement, Outcome, Place
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import AuthorView, Contrast, Direction, Domain, Fit, Position, Verdict

MakeDossier = Callable[..., Dossier]

DENIED, COVERED = Position.NOT_MEDICALLY_NECESSARY, Position.MEDICALLY_NECESSARY
FOR, AGAINST, UNCLEAR = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION

#: What a study of a fictional dossier finds: one direction, both, nothing comparative, or nothing relevant.
BOTH, WITHIN, OTHER = "benefit early, none later", "a change within one arm", "does not test it"
FINDINGS = [FOR, AGAINST, UNCLEAR, BOTH, WITHIN, OTHER]


@pytest.fixture(scope="session")
def dossier(mini: Review, evidence: dict[str, StudyEvidence], outcome: Callable[..., Outcome]) -> MakeDossier:
    """Make a dossier of studies with the findings that a test specifies."""
    empty = gather(mini, "humming-ear")

    def study(number: int, finding: Any) -> StudyEvidence:
        outcomes = {
            BOTH: (outcome(direction=FOR), outcome(direction=UNCLEAR)),
            WITHIN: (outcome(contrast=Contrast.WITHIN_ARM),),
            OTHER: (outcome(),),
        }.get(finding) or (outcome(direction=finding),)
        item = evidence["fernhollow-2017"]
        fit = Fit.NOT_TESTED if finding == OTHER else Fit.TESTS_INTERVENTION
        return dataclasses.replace(
            item, outcomes=outcomes, study=dataclasses.replace(item.study, study_id=f"study-{number}", fit=fit)
        )

    def make(
        findings: Sequence[Any], position: Position = DENIED, certainty: str | None = None, domain: str = "overall"
    ) -> Dossier:
        judged = CertaintyJudgement(
            place=Place("x"),
            conclusion_id=empty.conclusion.conclusion_id,
            domain=domain,
            judgement=certainty or "",
            reason="r",
            judged_by="committee",
            date=None,
        )
        return dataclasses.replace(
            empty,
            conclusion=dataclasses.replace(empty.conclusion, position=position),
            evidence=tuple(study(number, finding) for number, finding in enumerate(findings)),
            certainty=(judged,) if certainty else (),
        )

    return make


#: Findings of the cited studies, position and certainty; the expected rule and verdict.
CASES = [
    ([], DENIED, None, ("nothing-cited", Verdict.NO_EVIDENCE)),
    ([], COVERED, "high", ("nothing-cited", Verdict.NO_EVIDENCE)),
    ([OTHER, OTHER], DENIED, None, ("none-tests", Verdict.NOT_TESTED)),
    ([OTHER], COVERED, "high", ("none-tests", Verdict.NOT_TESTED)),
    ([WITHIN, OTHER], DENIED, "high", ("no-comparison", Verdict.UNCERTAIN)),
    ([WITHIN], COVERED, None, ("no-comparison", Verdict.UNCERTAIN)),
    ([FOR], DENIED, None, ("benefit", Verdict.CONTESTED)),
    ([FOR], DENIED, "high", ("benefit", Verdict.CONTESTED)),
    ([FOR] * 7 + [UNCLEAR] * 3, DENIED, None, ("benefit", Verdict.CONTESTED)),
    ([FOR] * 6 + [UNCLEAR] * 3, DENIED, None, ("both-ways", Verdict.MIXED)),
    ([FOR] * 9 + [AGAINST], DENIED, None, ("both-ways", Verdict.MIXED)),
    ([BOTH], DENIED, "high", ("both-ways", Verdict.MIXED)),
    ([BOTH, UNCLEAR], COVERED, None, ("both-ways", Verdict.MIXED)),
    ([UNCLEAR], DENIED, "high", ("no-benefit-certain", Verdict.BACKED)),
    ([AGAINST, UNCLEAR], DENIED, "moderate", ("no-benefit-certain", Verdict.BACKED)),
    ([UNCLEAR], DENIED, "low", ("no-benefit", Verdict.UNCERTAIN)),
    ([UNCLEAR], DENIED, "very low", ("no-benefit", Verdict.UNCERTAIN)),
    ([UNCLEAR, WITHIN, OTHER], DENIED, None, ("no-benefit", Verdict.UNCERTAIN)),
    ([FOR], COVERED, "moderate", ("benefit-certain", Verdict.BACKED)),
    ([FOR], COVERED, "low", ("benefit-uncertain", Verdict.UNCERTAIN)),
    ([FOR, WITHIN], COVERED, None, ("benefit-uncertain", Verdict.UNCERTAIN)),
    ([UNCLEAR], COVERED, "high", ("no-benefit-for-necessary", Verdict.CONTESTED)),
    ([AGAINST], COVERED, None, ("no-benefit-for-necessary", Verdict.CONTESTED)),
]


@pytest.mark.parametrize(("findings", "position", "certainty", "expected"), CASES)
def test_the_rules_decide(
    dossier: MakeDossier, findings: list[Any], position: Position, certainty: str | None, expected: tuple[str, Verdict]
) -> None:
    """Findings, position and certainty give the rule and verdict stated on the methods page."""
    judgement = judge(dossier(findings, position, certainty))

    assert expected == (judgement.rule, judgement.verdict)


def test_every_rule_is_tried_by_a_case() -> None:
    """Every rule of the table has a case, and every case has a rule of the table."""
    assert set(RULES) == {rule for *_, (rule, _) in CASES}


def test_every_verdict_can_be_reached() -> None:
    """Every verdict is given by some rule."""
    assert set(Verdict) == {verdict for verdict, _ in RULES.values()}


@given(
    findings=st.lists(st.sampled_from(FINDINGS), max_size=8),
    position=st.sampled_from(list(Position)),
    certainty=st.sampled_from([None, "very low", "low", "moderate", "high"]),
    order=st.randoms(use_true_random=False),
)
def test_the_order_of_studies_does_not_matter(
    dossier: MakeDossier, findings: list[Any], position: Position, certainty: str | None, order: Any
) -> None:
    """The order in which studies are cited does not affect the verdict."""
    shuffled = order.sample(findings, len(findings))
    first, second = (judge(dossier(cited, position, certainty)) for cited in (findings, shuffled))

    assert (first.rule, first.votes) == (second.rule, second.votes)


@given(findings=st.lists(st.sampled_from(FINDINGS), max_size=8), extra=st.sampled_from([WITHIN, OTHER]))
def test_what_does_not_vote_does_not_turn_a_verdict(dossier: MakeDossier, findings: list[Any], extra: str) -> None:
    """A study without a vote does not change a verdict based on votes."""
    before, after = judge(dossier(findings)), judge(dossier([*findings, extra]))

    assert before.votes == after.votes
    assert before.votes.k == 0 or before.verdict is after.verdict


@given(findings=st.lists(st.sampled_from([UNCLEAR, AGAINST, WITHIN, OTHER]), max_size=8))
def test_no_benefit_alone_never_contests_a_denial(dossier: MakeDossier, findings: list[Any]) -> None:
    """Where no study reports a between-arm benefit, a denial is neither contested nor mixed."""
    assert judge(dossier(findings)).verdict not in (Verdict.CONTESTED, Verdict.MIXED)


@pytest.mark.parametrize("certainty", [None, "very_low", "low"])
def test_nothing_is_backed_without_certainty(dossier: MakeDossier, certainty: str | None) -> None:
    """Neither a denial nor a coverage position is backed by evidence of low or unjudged certainty."""
    verdicts = [judge(dossier(findings, position, certainty)).verdict for findings, position, *_ in CASES]

    assert Verdict.BACKED not in verdicts


def test_only_the_overall_certainty_counts(dossier: MakeDossier) -> None:
    """A committee's judgement of one GRADE domain is not its overall judgement."""
    one = judge(dossier([UNCLEAR], DENIED, "serious", domain="imprecision"))
    overall = judge(dossier([UNCLEAR], DENIED, "high"))

    assert (False, Verdict.UNCERTAIN) == (one.confirmed, one.verdict)
    assert (True, Verdict.BACKED) == (overall.confirmed, overall.verdict)


def test_direct_votes_are_those_of_the_intervention_itself(mini: Review) -> None:
    """Studies of the drug only are counted among all votes and excluded from the direct ones."""
    judgement = judge(gather(mini, "brisk-elbow"))

    assert (2, 1) == (judgement.votes.k, judgement.direct_votes.k)


def test_every_cited_study_has_a_line_in_the_judgement(mini: Review) -> None:
    """The number of studies equals those with a vote plus those with a reason; none is dropped."""
    for conclusion_id in mini.conclusions:
        dossier = gather(mini, conclusion_id)
        votes = judge(dossier).study_votes

        assert [item.study.study_id for item in dossier.evidence] == [vote.study_id for vote in votes]
        assert [] == [vote for vote in votes if (vote.direction is None) != bool(vote.reason)]


def test_the_verdicts_of_the_fictional_review(mini: Review) -> None:
    """The review that the tests modify has the verdicts that its fictional studies imply."""
    assert {
        "brisk-elbow": "both-ways",
        "humming-ear": "nothing-cited",
        "stiff-joints": "both-ways",
        "winter-gloom": "benefit-uncertain",
    } == {conclusion_id: judge(gather(mini, conclusion_id)).rule for conclusion_id in mini.conclusions}


def test_the_guidelines_own_words_decide_nothing(mini: Review) -> None:
    """However confident the statement and the authors' conclusions, the verdict is based on the outcomes."""
    dossier = gather(mini, "brisk-elbow")
    loud = dataclasses.replace(
        dossier,
        conclusion=dataclasses.replace(dossier.conclusion, statement="It is proven beyond doubt that it never works."),
        evidence=tuple(
            dataclasses.replace(
                item, study=dataclasses.replace(item.study, author_view=AuthorView.NO_BENEFIT, finding="No effect.")
            )
            for item in dossier.evidence
        ),
    )

    quiet_judgement, loud_judgement = judge(dossier), judge(loud)

    assert (
        quiet_judgement.verdict,
        quiet_judgement.rule,
        quiet_judgement.votes,
        quiet_judgement.assessment.ratings,
    ) == (
        loud_judgement.verdict,
        loud_judgement.rule,
        loud_judgement.votes,
        loud_judgement.assessment.ratings,
    )


def test_one_cell_turns_a_verdict(project: Project) -> None:
    """Editing evidence in its table changes the verdict without a change in code."""
    file = "evidence/outcomes.csv"
    for row in (2, 4):
        project.change(file, row, "direction", "no_clear_direction")

    assert "no-benefit" == judge(gather(project.review(), "brisk-elbow")).rule


def test_a_domain_is_judged_by_name(dossier: MakeDossier, outcome: Callable[..., Outcome]) -> None:
    """A harm that favours the comparator does not back a denial: harms are considered separately."""
    (item,) = dossier([UNCLEAR]).evidence
    harm = outcome(domain=Domain.HARM, direction=AGAINST)
    only_harm = dataclasses.replace(
        dossier([UNCLEAR], DENIED, "high"), evidence=(dataclasses.replace(item, outcomes=(harm,)),)
    )

    assert "no-comparison" == judge(only_harm).rule


def test_the_rules_are_written_for_a_reader() -> None:
    """Each rule on the methods page is a sentence."""
    assert [] == [text for _, text in RULES.values() if not (text[0].isupper() and text.endswith("."))]
