"""GRADE: each rule at and around its threshold, the resulting certainty, and the precedence of the committee."""

from __future__ import annotations

import dataclasses
import math
import shutil
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import OUTCOMES, ROOT, Project, RunWeigh
from hypothesis import given
from hypothesis import strategies as st

from weigh.assessment.appraisal import BiasJudgement, RiskOfBias
from weigh.assessment.bodies import CRITICAL, Body, Contribution, participants_of
from weigh.assessment.certainty import Assessment, assess, proposals
from weigh.assessment.dossier import Dossier, StudyEvidence, gather
from weigh.assessment.grade import LEVELS, RULES, STEP, Rating, rate
from weigh.assessment.proposals import propose
from weigh.assessment.verdict import judge
from weigh.assessment.votes import agreed_direction, study_vote
from weigh.audit.audit import audit
from weigh.evidence.instruments import GRADE, ROB2
from weigh.evidence.model import Appraisal, CertaintyJudgement, Outcome, Place
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import BiasDomain, Certainty, Contrast, Design, Direction, Domain, Extraction, Fit, Risk
from weigh.wording.summary_of_findings import findings_table

CERTAINTY = "evidence/certainty.csv"
FOR, AGAINST, UNCLEAR = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION
VERY_LOW, LOW, MODERATE, HIGH = LEVELS
TRIAL, REVIEW, OTHER = Design.RANDOMISED_TRIAL, Design.SYSTEMATIC_REVIEW, Design.NON_RANDOMISED_COMPARISON

#: A result without figures.
BARE: dict[str, Any] = {
    f"{arm}_{name}": None for arm in ("intervention", "comparator") for name in ("n", "mean", "sd", "events", "percent")
} | {"effect": None, "effect_measure": None, "ci_low": None, "ci_high": None, "p_value": None, "significant": True}

Part = Callable[..., Contribution]
MakeOutcome = Callable[..., Outcome]


@pytest.fixture(scope="session")
def part(evidence: dict[str, StudyEvidence], outcome: MakeOutcome) -> Part:
    """Make a study's contribution to a body: by default a large, direct, favourable trial at low risk of bias."""
    item = evidence["fernhollow-2017"]

    def make(
        *,
        n: int | None = 500,
        direction: Direction = FOR,
        risk: Risk | None = Risk.LOW,
        concerns: int = 0,
        results: Sequence[dict[str, Any]] = ({},),
        split: bool = False,
        **study: Any,
    ) -> Contribution:
        columns = tuple(
            BiasJudgement(domain=domain, risk=Risk.HIGH, reason="r", tool=ROB2)
            for domain in list(BiasDomain)[:concerns]
        )
        return Contribution(
            item=dataclasses.replace(item, study=dataclasses.replace(item.study, **({"design": TRIAL} | study))),
            direction=direction,
            split=split,
            outcomes=tuple(outcome(**(BARE | fields)) for fields in results),
            participants=n,
            bias=RiskOfBias(overall=risk, reason="r", tools=(ROB2,), judgements=columns),
        )

    return make


def body(parts: Sequence[Contribution], domain: Domain = Domain.PAIN) -> Body:
    return Body(
        domain=domain,
        contributions=tuple(parts),
        direction=agreed_direction([None if each.split else each.direction for each in parts]),
    )


def judged(parts: Sequence[Contribution], domain: str) -> str | None:
    return next((rating.judgement for rating in rate(body(parts)).ratings if rating.domain == domain), None)


def ratio(low: str, high: str) -> dict[str, Any]:
    """A risk ratio as reported by a source, at the centre of its interval."""
    middle = math.sqrt(float(low) * float(high))
    return {
        "effect_measure": "RR",
        "effect": Decimal(f"{middle:.12f}"),
        "ci_low": Decimal(low),
        "ci_high": Decimal(high),
    }


def sizes(low: str, high: str) -> dict[str, Any]:
    """A standardised difference as reported by a source."""
    middle = (Decimal(low) + Decimal(high)) / 2
    return {"effect_measure": "SMD", "effect": middle, "ci_low": Decimal(low), "ci_high": Decimal(high)}


def means(difference: str, n: int = 500) -> dict[str, Any]:
    """Two arms with equal spread."""
    figures: dict[str, Any] = {"n": n, "mean": Decimal(difference), "sd": Decimal(1)}
    return {f"{arm}_{name}": value for arm in ("intervention", "comparator") for name, value in figures.items()} | {
        "comparator_mean": Decimal(0)
    }


def events(one: int, two: int, n: int = 1000) -> dict[str, Any]:
    return {"intervention_n": n, "intervention_events": one, "comparator_n": n, "comparator_events": two}


#: The cases of each rule: the domain, the studies, the expected judgement.
CASES: list[tuple[str, list[dict[str, Any]], str | None]] = [
    # ---- start
    ("start", [{}], "high"),
    ("start", [{}, {"design": REVIEW}], "high"),
    ("start", [{"design": REVIEW}], "high"),
    ("start", [{}, {}, {"design": OTHER}], "low"),
    *[
        ("start", [{"design": design}], "low")
        for design in Design
        if design not in {Design.RANDOMISED_TRIAL, Design.SYSTEMATIC_REVIEW}
    ],
    # ---- risk of bias
    ("risk_of_bias", [{}], "not_serious"),
    ("risk_of_bias", [{}, {}, {"risk": Risk.HIGH, "concerns": 3}], "not_serious"),
    ("risk_of_bias", [{}, {"risk": Risk.SOME_CONCERNS}], "serious"),
    ("risk_of_bias", [{"risk": Risk.SOME_CONCERNS}], "serious"),
    ("risk_of_bias", [{"risk": None}], "serious"),
    ("risk_of_bias", [{"risk": Risk.NO_INFORMATION}], "serious"),
    ("risk_of_bias", [{"risk": Risk.HIGH, "concerns": 1}], "serious"),
    ("risk_of_bias", [{"risk": Risk.HIGH, "concerns": 2}], "very_serious"),
    ("risk_of_bias", [{"risk": Risk.HIGH, "concerns": 2}] * 2, "very_serious"),
    ("risk_of_bias", [{"risk": Risk.HIGH, "concerns": 2}, {"risk": Risk.HIGH, "concerns": 1}], "serious"),
    ("risk_of_bias", [{"risk": Risk.HIGH, "concerns": 2}, {"risk": Risk.SOME_CONCERNS}], "serious"),
    # ---- inconsistency
    ("inconsistency", [{"direction": UNCLEAR}], "not_serious"),
    ("inconsistency", [{"split": True}], "not_serious"),
    ("inconsistency", [{}] * 2, "not_serious"),
    ("inconsistency", [{}] * 7 + [{"direction": UNCLEAR}] * 3, "not_serious"),
    ("inconsistency", [{}] * 69 + [{"direction": AGAINST}] * 31, "serious"),
    ("inconsistency", [{}] * 2 + [{"direction": AGAINST}], "serious"),
    ("inconsistency", [{}, {"direction": UNCLEAR}], "serious"),
    ("inconsistency", [{}, {"split": True}], "serious"),
    ("inconsistency", [{"split": True}] * 2, "serious"),
    # ---- indirectness
    ("indirectness", [{}], "not_serious"),
    ("indirectness", [{"fit": Fit.INDIRECT}], "serious"),
    ("indirectness", [{"fit": Fit.INDIRECT}, {}], "not_serious"),
    ("indirectness", [{"fit": Fit.INDIRECT}] * 2 + [{}], "serious"),
    ("indirectness", [{"outside_definition": "A drum."}], "serious"),
    ("indirectness", [{"fit": Fit.ADD_ON}], "not_serious"),
    ("indirectness", [{"fit": Fit.TESTS_DRUG_ONLY}], "not_serious"),
    ("indirectness", [{"fit": Fit.TESTS_DRUG_ONLY, "direction": UNCLEAR}], "serious"),
    ("indirectness", [{"fit": Fit.TESTS_DRUG_ONLY, "direction": AGAINST}], "serious"),
    ("indirectness", [{"fit": Fit.TESTS_DRUG_ONLY, "direction": UNCLEAR}, {}], "not_serious"),
    ("indirectness", [{"fit": Fit.TESTS_DRUG_ONLY, "direction": UNCLEAR}, {"fit": Fit.INDIRECT}, {}], "serious"),
    (
        "indirectness",
        [{"fit": Fit.TESTS_DRUG_ONLY, "direction": UNCLEAR, "outside_definition": "A drum."}, {}],
        "not_serious",
    ),
    # ---- imprecision: the number of participants
    ("imprecision", [{"n": 401}], "not_serious"),
    ("imprecision", [{"n": 400}], "serious"),
    ("imprecision", [{"n": 200}, {"n": 201}], "not_serious"),
    ("imprecision", [{"n": 200}, {"n": 200}], "serious"),
    ("imprecision", [{"n": 401}, {"n": None}], "not_serious"),
    ("imprecision", [{"n": None}], "serious"),
    ("imprecision", [{"n": None, "results": [{"significant": None}]}], "serious"),
    ("imprecision", [{"n": 99}], "serious"),
    ("imprecision", [{"n": 99, "results": [{"significant": False}]}], "very_serious"),
    ("imprecision", [{"n": 99, "results": [{"significant": None}]}], "very_serious"),
    ("imprecision", [{"n": 99, "results": [{"significant": False}, {"significant": True}]}], "serious"),
    ("imprecision", [{"n": 100, "results": [{"significant": False}]}], "serious"),
    # ---- imprecision: the interval of the largest study
    ("imprecision", [{"results": [ratio("0.76", "1.24")]}], "not_serious"),
    ("imprecision", [{"results": [ratio("0.74", "1.24")]}], "serious"),
    ("imprecision", [{"results": [ratio("0.76", "1.26")]}], "serious"),
    ("imprecision", [{"results": [ratio("0.2", "0.99")]}], "not_serious"),
    ("imprecision", [{"results": [ratio("1.01", "9")]}], "not_serious"),
    ("imprecision", [{"results": [sizes("-0.49", "0.49")]}], "not_serious"),
    ("imprecision", [{"results": [sizes("-0.51", "0.49")]}], "serious"),
    ("imprecision", [{"results": [sizes("-0.49", "0.51")]}], "serious"),
    ("imprecision", [{"results": [sizes("0.01", "1.5")]}], "not_serious"),
    ("imprecision", [{"results": [means("0", 100)]}], "not_serious"),
    ("imprecision", [{"results": [means("0", 20)]}], "serious"),
    ("imprecision", [{"results": [means("0", 500), means("0", 20)]}], "serious"),
    ("imprecision", [{"n": 500}, {"n": 499, "results": [ratio("0.5", "2")]}], "not_serious"),
    ("imprecision", [{"n": 500, "results": [ratio("0.5", "2")]}, {"n": 499}], "serious"),
    ("imprecision", [{"n": 400, "results": [ratio("0.5", "2")]}], "very_serious"),
    ("imprecision", [{"n": None, "results": [ratio("0.5", "2")]}], "serious"),
    # ---- publication bias
    ("publication_bias", [{"n": 99}], "undetected"),
    ("publication_bias", [{"n": 99}] * 2, "suspected"),
    ("publication_bias", [{"n": 99}, {"n": 100}], "undetected"),
    ("publication_bias", [{"n": 99}, {"n": None}], "undetected"),
    ("publication_bias", [{"n": 99}, {"n": 99, "direction": UNCLEAR}], "undetected"),
    ("publication_bias", [{"n": 99}, {"n": 99, "split": True}], "undetected"),
    ("publication_bias", [{"n": 99, "direction": AGAINST}] * 2, "undetected"),
    # ---- large effect
    ("large_effect", [{"design": OTHER, "results": [events(402, 200)]}], "large"),
    ("large_effect", [{"design": OTHER, "results": [events(400, 200)]}], None),
    ("large_effect", [{"design": OTHER, "results": [events(200, 402)]}], "large"),
    ("large_effect", [{"design": OTHER, "results": [events(200, 400)]}], None),
    ("large_effect", [{"design": OTHER, "results": [events(500, 100)]}], "large"),
    ("large_effect", [{"design": OTHER, "results": [events(502, 100)]}], "very_large"),
    ("large_effect", [{"design": OTHER, "results": [events(100, 502)]}], "very_large"),
    ("large_effect", [{"design": OTHER, "results": [events(502, 100)]}, {"results": [events(402, 200)]}], "large"),
    ("large_effect", [{"design": OTHER, "results": [events(502, 100)]}, {"results": [events(400, 200)]}], None),
    ("large_effect", [{"design": OTHER, "results": [events(502, 100)]}, {"results": [{}]}], None),
    ("large_effect", [{"design": OTHER, "results": [events(502, 100), events(200, 200)]}], None),
    ("large_effect", [{"design": OTHER, "results": [{}]}], None),
    ("large_effect", [{"results": [events(502, 100)]}], None),
    ("large_effect", [{"design": OTHER, "n": 400, "results": [events(502, 100)]}], None),
    ("large_effect", [{"design": OTHER, "risk": None, "results": [events(502, 100)]}], None),
]


@pytest.mark.parametrize(("domain", "studies", "expected"), CASES)
def test_a_rule_at_and_beside_its_threshold(
    part: Part, domain: str, studies: list[dict[str, Any]], expected: str | None
) -> None:
    """Each rule changes exactly at its stated threshold."""
    assert expected == judged([part(**study) for study in studies], domain)


def test_every_rule_has_cases() -> None:
    """Every rule on the methods page has a case on either side of its threshold."""
    sides = {name: {expected for domain, _studies, expected in CASES if domain == name} for name in RULES}

    assert [] == [name for name, found in sides.items() if len(found) < 2]


def test_twice_the_risk_is_not_above_twice_the_risk(part: Part) -> None:
    """A ratio of exactly two does not raise the certainty, however it was computed."""
    assert judged([part(design=OTHER, results=[events(30, 60, 100)])], "large_effect") is None


def test_reviews_have_no_size(evidence: dict[str, StudyEvidence], outcome: MakeOutcome, mini: Review) -> None:
    """The participants of a review, who took part in trials of other treatments too, do not make a body precise."""
    result = (outcome(**BARE),)
    found = {}
    for design in (TRIAL, REVIEW):
        item = evidence["fernhollow-2017"]
        study = dataclasses.replace(item.study, design=design, n_analysed=5000)
        made = made_dossier(mini, [dataclasses.replace(item, study=study, outcomes=result)])
        ((rated),) = assessed(made).bodies
        found[design] = (rated.body.participants, *(r.judgement for r in rated.ratings if "imprecision" == r.domain))

    assert {TRIAL: (5000, "not_serious"), REVIEW: (None, "serious")} == found


@pytest.mark.parametrize(
    ("arms", "study", "expected"),
    [
        ([(40, 41), (30, 30)], (90, 95), 81),
        ([(None, 41)], (90, 95), 90),
        ([(None, None)], (None, 95), 95),
        ([(None, None)], (None, None), None),
        ([(None, None)], (0, 95), 0),
    ],
)
def test_people_are_those_with_a_result(
    trial: Callable[..., StudyEvidence],
    arms: list[tuple[int | None, int | None]],
    study: tuple[int | None, int | None],
    expected: int | None,
) -> None:
    """The arms of a result count, not those enrolled; of several results of a study, the largest counts once."""
    item = trial(*[Domain.PAIN] * len(arms))
    outcomes = tuple(
        dataclasses.replace(outcome, intervention_n=one, comparator_n=two)
        for outcome, (one, two) in zip(item.outcomes, arms, strict=True)
    )
    item = dataclasses.replace(item, study=dataclasses.replace(item.study, n_analysed=study[0], n_enrolled=study[1]))

    assert expected == participants_of(item, outcomes)


# ---- the resulting certainty


def rating(domain: str, judgement: str) -> Rating:
    return Rating(domain=domain, judgement=judgement, change=STEP.get(judgement, 0), reason="r", judged_by="committee")


@pytest.mark.parametrize(
    ("judgements", "expected"),
    [
        ({}, HIGH),
        ({"imprecision": "serious"}, MODERATE),
        ({"imprecision": "very_serious"}, LOW),
        ({"imprecision": "serious", "risk_of_bias": "serious"}, LOW),
        ({"imprecision": "very_serious", "risk_of_bias": "serious"}, VERY_LOW),
        ({"publication_bias": "strongly_suspected"}, LOW),
        ({"start": "low"}, LOW),
        ({"start": "low", "imprecision": "serious"}, VERY_LOW),
        ({"start": "low", "dose_response": "yes"}, MODERATE),
        ({"start": "low", "large_effect": "very_large"}, HIGH),
        (dict.fromkeys(("risk_of_bias", "inconsistency", "indirectness", "imprecision"), "very_serious"), VERY_LOW),
        ({"large_effect": "very_large", "dose_response": "yes", "plausible_confounding": "yes"}, HIGH),
        ({"imprecision": "very_serious", "large_effect": "very_large"}, HIGH),
    ],
)
def test_levels_add_up_within_four(part: Part, judgements: dict[str, str], expected: Certainty) -> None:
    """Each judgement lowers or raises by its levels, never below very low or above high."""
    overrides = {domain: rating(domain, judgement) for domain, judgement in judgements.items()}

    assert expected is rate(body([part()]), overrides).level


def test_a_judgement_takes_the_place_of_the_proposal(part: Part) -> None:
    """There is one rating per domain: the committee's, where there is one."""
    given_by_committee = rating("imprecision", "not_serious")
    found = rate(body([part(n=10)]), {"imprecision": given_by_committee}).ratings

    assert [given_by_committee] == [each for each in found if "imprecision" == each.domain]
    assert {"proposed"} == {each.judged_by for each in found if "imprecision" != each.domain}


def test_the_committee_may_deny_a_large_effect(part: Part) -> None:
    """Where the committee sees no large effect, none raises the certainty."""
    large = part(design=OTHER, results=[events(502, 100)])

    assert LOW is rate(body([large]), {"large_effect": rating("large_effect", "no")}).level


# ---- overall certainty for a conclusion


def made_dossier(mini: Review, items: Sequence[StudyEvidence], certainty: Sequence[CertaintyJudgement] = ()) -> Dossier:
    return dataclasses.replace(gather(mini, "humming-ear"), evidence=tuple(items), certainty=tuple(certainty))


def assessed(dossier: Dossier) -> Assessment:
    return assess(dossier, [study_vote(item) for item in dossier.evidence])


def decided(domain: str, judgement: str, by: str = "committee") -> CertaintyJudgement:
    return CertaintyJudgement(
        place=Place(CERTAINTY, 2),
        conclusion_id="humming-ear",
        domain=domain,
        judgement=judgement,
        reason=f"Why {domain}.",
        judged_by=by,
        date=None,
    )


@pytest.fixture(scope="session")
def trial(evidence: dict[str, StudyEvidence], outcome: MakeOutcome) -> Callable[..., StudyEvidence]:
    """Make a trial at low risk of bias with one result in each outcome domain that a test names."""
    item = evidence["fernhollow-2017"]
    low = Appraisal(
        place=Place("x"), study_id="s", tool=ROB2, domain="overall", judgement="low", reason="r", source="s"
    )

    def make(*domains: Domain, n: int = 500, direction: Direction = FOR, **fields: Any) -> StudyEvidence:
        results = tuple(outcome(**(BARE | {"domain": domain, "direction": direction} | fields)) for domain in domains)
        study = dataclasses.replace(item.study, n_analysed=n, n_enrolled=n)
        return dataclasses.replace(item, study=study, outcomes=results, appraisals=(low,))

    return make


def test_the_lowest_critical_outcome_decides(mini: Review, trial: Callable[..., StudyEvidence]) -> None:
    """The evidence is as certain as its least certain critical outcome; other outcomes do not lower it."""
    items = [trial(Domain.PAIN), trial(Domain.FUNCTION, n=300), trial(Domain.STRENGTH, n=20, significant=False)]
    found = assessed(made_dossier(mini, items))

    assert {Domain.PAIN: HIGH, Domain.FUNCTION: MODERATE, Domain.STRENGTH: LOW} == {
        rated.body.domain: rated.level for rated in found.bodies
    }
    assert found.deciding is not None
    assert (MODERATE, Domain.FUNCTION, "proposed") == (found.level, found.deciding.body.domain, found.judged_by)
    assert (True, found.deciding.ratings) == ("function" in found.reason, found.ratings)


def test_without_a_critical_outcome_the_lowest_decides(mini: Review, trial: Callable[..., StudyEvidence]) -> None:
    """Where no critical outcome was compared, the others decide."""
    found = assessed(made_dossier(mini, [trial(Domain.MOTION), trial(Domain.STRENGTH, n=20)]))

    assert (MODERATE, Domain.STRENGTH) == (found.level, found.deciding and found.deciding.body.domain)


def test_critical_outcomes_come_first(mini: Review, trial: Callable[..., StudyEvidence]) -> None:
    """Critical outcomes precede others, and bodies with more studies precede those with fewer."""
    items = [trial(*Domain), trial(Domain.PAIN, Domain.VISION)]
    order = [rated.body.domain for rated in assessed(made_dossier(mini, items)).bodies]
    critical = [domain for domain in order if domain in CRITICAL]

    assert (critical, {Domain.PAIN, Domain.VISION}) == (order[: len(CRITICAL)], set(order[:2]))
    assert set() == {Domain.HARM, Domain.PROCESS, Domain.LABORATORY} & set(order)


#: A judgement for each domain, or none.
COMBINATIONS = st.fixed_dictionaries({}, optional={domain: st.sampled_from(words) for domain, words in GRADE.items()})


@given(COMBINATIONS, st.sampled_from([20, 300, 500]))
def test_any_combination_of_judgements_gives_a_level(
    mini: Review, trial: Callable[..., StudyEvidence], judgements: dict[str, str], n: int
) -> None:
    """Whatever the committee judges, the certainty is one of four levels, and every domain that it judged is attributed to it."""
    rows = [decided(domain, judgement) for domain, judgement in judgements.items()]
    found = assessed(made_dossier(mini, [trial(Domain.PAIN, n=n)], rows))
    ratings = {each.domain: each for each in found.ratings}
    own = {domain: ratings[domain] for domain in judgements if "overall" != domain}

    assert found.level in LEVELS
    assert {domain: ("committee", judgements[domain], f"Why {domain}.") for domain in own} == {
        domain: (each.judged_by, each.judgement, each.reason) for domain, each in own.items()
    }
    assert len(ratings) == len(found.ratings)
    if "overall" in judgements:
        assert (judgements["overall"], "committee") == (found.level, found.judged_by)
    else:
        assert "proposed" == found.judged_by


@given(COMBINATIONS)
def test_kept_proposals_never_override(
    mini: Review, trial: Callable[..., StudyEvidence], judgements: dict[str, str]
) -> None:
    """A row that only records an earlier proposal changes nothing."""
    items = [trial(Domain.PAIN, n=300)]
    rows = [decided(domain, judgement, by="proposed") for domain, judgement in judgements.items()]

    assert assessed(made_dossier(mini, items)) == assessed(made_dossier(mini, items, rows))


def test_what_the_committee_judged_is_called_confirmed(mini: Review, trial: Callable[..., StudyEvidence]) -> None:
    """An overall judgement by the committee confirms the certainty; a judgement of one domain confirms only that rating."""
    items = [trial(Domain.PAIN)]
    found = {}
    for domain, judgement in (("overall", "low"), ("imprecision", "serious"), ("", "")):
        rows = [decided(domain, judgement)] if domain else []
        whole = judge(made_dossier(mini, items, rows))
        (row,) = findings_table(whole.assessment, "warm light")
        found[domain] = (whole.certainty, whole.confirmed, row.confirmed)

    assert {"overall": (LOW, True, False), "imprecision": (MODERATE, False, True), "": (HIGH, False, False)} == found


@pytest.mark.parametrize(
    ("fields", "fit", "expected"),
    [
        ({"contrast": Contrast.WITHIN_ARM}, Fit.TESTS_INTERVENTION, VERY_LOW),
        ({"contrast": Contrast.WITHIN_ARM}, Fit.NOT_TESTED, None),
        ({"contrast": Contrast.WITHIN_ARM, "extraction": Extraction.UNVERIFIED}, Fit.TESTS_INTERVENTION, None),
        ({"contrast": Contrast.WITHIN_ARM, "domain": Domain.HARM}, Fit.TESTS_INTERVENTION, None),
        ({"extraction": Extraction.NOT_FOUND}, Fit.TESTS_INTERVENTION, None),
        ({"domain": Domain.LABORATORY}, Fit.TESTS_INTERVENTION, None),
        ({}, Fit.NOT_TESTED, None),
    ],
)
def test_without_a_comparison_nothing_is_certain(
    mini: Review, trial: Callable[..., StudyEvidence], fields: dict[str, Any], fit: Fit, expected: Certainty | None
) -> None:
    """Within-arm changes are very low certainty evidence; results not seen or not relevant are not rated."""
    item = trial(Domain.PAIN)
    item = dataclasses.replace(
        item,
        study=dataclasses.replace(item.study, fit=fit),
        outcomes=tuple(dataclasses.replace(o, **fields) for o in item.outcomes),
    )
    found = assessed(made_dossier(mini, [item]))

    assert (expected, None, ()) == (found.level, found.deciding, found.bodies)
    assert "Fernhollow 2017" in found.reason if expected else () == found.ratings


def test_nothing_cited_is_nothing_to_rate(mini: Review) -> None:
    """Without a study there is no level and no proposal."""
    found = assessed(made_dossier(mini, []))

    assert (None, (), ()) == (found.level, found.ratings, proposals(found))


# ---- the table of proposals


def rows_of(project: Project) -> list[list[str]]:
    header, *rows = project.rows(CERTAINTY)
    assert ["conclusion_id", "domain", "judgement", "reason", "judged_by", "date"] == header
    return rows


@pytest.fixture
def unjudged(project: Project) -> Project:
    """A copy of the fictional review without judgements."""
    project.write(CERTAINTY, project.rows(CERTAINTY)[:1])
    return project


def test_propose_writes_what_is_computed(unjudged: Project) -> None:
    """The table records each rating of each conclusion and the overall level, and the verdicts do not change."""
    review = unjudged.review()
    before = {name: judge(gather(review, name)) for name in review.conclusions}
    expected = sorted(
        [name, domain, judgement, reason, "proposed", ""]
        for name, whole in before.items()
        if whole.assessment.level is not None
        for domain, judgement, reason in [
            *((each.domain, each.judgement, each.reason) for each in whole.assessment.ratings),
            ("overall", whole.assessment.level.value, whole.assessment.reason),
        ]
    )
    said = propose(unjudged.folder)
    after = unjudged.review()

    assert expected == rows_of(unjudged)
    assert (True, True) == (said.startswith(f"{len(expected)} proposals on 3 of 4"), len(expected) > 20)
    assert {name: (w.verdict, w.assessment) for name, w in before.items()} == {
        name: (w.verdict, w.assessment) for name in after.conclusions for w in [judge(gather(after, name))]
    }


def test_propose_keeps_what_the_committee_judged(unjudged: Project) -> None:
    """Committee rows are kept unchanged, with their dates, and replace the proposals for their domains."""
    own = [
        ["brisk-elbow", "imprecision", "not_serious", "Enough, “we think”, and so.", "committee", "2024-05-01"],
        ["humming-ear", "overall", "low", "By itself.", "committee", ""],
        ["winter-gloom", "overall", "high", "Why not.", "committee", "2024-05-02"],
    ]
    unjudged.write(CERTAINTY, [*unjudged.rows(CERTAINTY), *own])
    propose(unjudged.folder)
    rows = rows_of(unjudged)

    assert own == [row for row in rows if "committee" == row[4]]
    assert len(rows) == len({(row[0], row[1]) for row in rows})
    assert () == unjudged.findings()


def test_to_propose_twice_is_to_propose_once(unjudged: Project, run_weigh: RunWeigh) -> None:
    """A second run writes the same bytes, and the command does the same as the function."""
    propose(unjudged.folder)
    once = unjudged.path(CERTAINTY).read_bytes()
    propose(unjudged.folder)
    twice = unjudged.path(CERTAINTY).read_bytes()
    unjudged.write(CERTAINTY, unjudged.rows(CERTAINTY)[:1])
    done = run_weigh("--review", unjudged.folder, "propose")

    assert (once, once) == (twice, unjudged.path(CERTAINTY).read_bytes())
    assert (0, "", True) == (done.returncode, done.stderr, "proposals on 3 of 4 conclusions" in done.stdout)


def test_a_changed_cell_outdates_a_proposal(unjudged: Project) -> None:
    """Fresh proposals give no finding; after a change in the evidence, each outdated one gives a finding."""
    propose(unjudged.folder)
    fresh = [finding.code for finding in audit(unjudged.review()).open]
    unjudged.change(CERTAINTY, 2, "reason", "As somebody would have it.")
    reworded = [finding for finding in audit(unjudged.review()).open if "certainty-outdated" == finding.code]
    propose(unjudged.folder)
    for row in (2, 4):
        unjudged.change(OUTCOMES, row, "direction", "no_clear_direction")
    changed = {finding.message for finding in audit(unjudged.review()).open if "certainty-outdated" == finding.code}

    assert "certainty-outdated" not in fresh
    assert [f"{CERTAINTY}:2:judgement"] == [f"{finding.place}" for finding in reworded]
    assert "brisk-elbow: inconsistency is stored as “serious”; the rules now propose “not_serious”" in changed


def test_the_committee_against_the_rules_is_noted(unjudged: Project) -> None:
    """A finding is reported where the committee's judgement differs from the proposal, and not where it agrees."""
    propose(unjudged.folder)
    found = []
    for row, cells in enumerate(rows_of(unjudged), 2):
        if cells[:2] == ["brisk-elbow", "imprecision"]:
            unjudged.change(CERTAINTY, row, "judged_by", "committee")
            for judgement in (cells[2], "not_serious"):
                unjudged.change(CERTAINTY, row, "judgement", judgement)
                codes = [f"{f.code} {f.place}" for f in audit(unjudged.review()).open]
                found.append([code for code in codes if code.startswith("certainty-differs")])
            expected = [[], [f"certainty-differs-from-rules {CERTAINTY}:{row}:judgement"]]

    assert expected == found


@pytest.mark.parametrize(
    "refused",
    [
        [("mood", "serious", "r", "domain"), ("imprecision", "serious", "", "reason")],
        [
            ("imprecision", "grave", "r", "judgement"),
            ("start", "moderate", "r", "judgement"),
            ("overall", "very low", "r", "judgement"),
            ("publication_bias", "serious", "r", "judgement"),
        ],
    ],
)
def test_a_judgement_that_grade_does_not_have_is_refused(
    unjudged: Project, refused: list[tuple[str, str, str, str]]
) -> None:
    """An invalid domain or judgement, or a missing reason, gives one finding at its cell."""
    for domain, judgement, reason, _column in refused:
        unjudged.add(
            CERTAINTY,
            conclusion_id="brisk-elbow",
            domain=domain,
            judgement=judgement,
            reason=reason,
            judged_by="committee",
        )
    expected = [f"cell-not-allowed {CERTAINTY}:{row}:{column}" for row, (*_cells, column) in enumerate(refused, 2)]

    assert expected == [f"{finding.code} {finding.place}" for finding in unjudged.findings()]


def test_a_domain_of_the_folders_own_schema_is_refused(unjudged: Project) -> None:
    """A domain that the folder's schema permits but weigh does not know gives a finding, as for every other vocabulary."""
    unjudged.replace("evidence/datapackage.json", '"plausible_confounding",', '"plausible_confounding", "mood",')
    unjudged.add(
        CERTAINTY, conclusion_id="brisk-elbow", domain="mood", judgement="serious", reason="r", judged_by="committee"
    )

    assert ["cell-not-allowed"] == [finding.code for finding in unjudged.findings()]


def test_proposals_on_changes_within_one_arm_keep_the_key(unjudged: Project) -> None:
    """Where only within-arm changes were seen, the committee's row for a domain is still the only one."""
    file = "evidence/citations.csv"
    unjudged.write(file, [row for row in unjudged.rows(file) if "brisk-elbow" != row[1]])
    own = {"conclusion_id": "stiff-joints", "domain": "risk_of_bias", "judgement": "serious", "reason": "r"}
    unjudged.add(CERTAINTY, **own, judged_by="committee")
    propose(unjudged.folder)

    assert () == unjudged.findings()


# ---- the real review


def test_the_real_proposals_are_up_to_date(real: Review, tmp_path: Path) -> None:
    """The proposals in the repository equal the current ones, to the byte."""
    copy = Project(tmp_path)
    shutil.copytree(ROOT / "evidence", copy.path("evidence"))
    shutil.copy(ROOT / "references.bib", copy.folder)
    propose(copy.folder)

    assert (ROOT / CERTAINTY).read_bytes() == copy.path(CERTAINTY).read_bytes()
    assert [] == [finding.message for finding in audit(real).open if "certainty-outdated" == finding.code]


def test_every_rating_of_the_real_review_has_a_reason(real: Review) -> None:
    """Every change in level has a reason."""
    for name in real.conclusions:
        found = judge(gather(real, name)).assessment
        ratings = [each for rated in found.bodies for each in rated.ratings]

        assert [] == [each.domain for each in (*ratings, *found.ratings) if not each.reason.strip()], name
        assert found.reason.strip(), name
