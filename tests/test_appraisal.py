"""Risk of bias: each instrument is judged by its own rules, named, and given with reasons; a missing appraisal stays missing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest
from conftest import Project
from hypothesis import given
from hypothesis import strategies as st

from weigh.assessment.appraisal import RiskOfBias, pedro_score, risk_of_bias, robins_i_overall
from weigh.assessment.dossier import StudyEvidence, gather
from weigh.audit.audit import audit
from weigh.evidence.instruments import DESIGN, PEDRO, ROB2, ROBINS_I
from weigh.evidence.model import Appraisal, Place
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import BiasDomain, Design, Risk

APPRAISALS = "evidence/appraisals.csv"
LOW, SOME, HIGH, UNKNOWN = Risk.LOW, Risk.SOME_CONCERNS, Risk.HIGH, Risk.NO_INFORMATION
ALLOCATION, BLINDING, MISSING = BiasDomain.ALLOCATION, BiasDomain.BLINDING, BiasDomain.MISSING_DATA
RESULT, UNITS = BiasDomain.SELECTED_RESULT, BiasDomain.UNIT_OF_ANALYSIS
ROBINS_WORDS = ("low", "moderate", "serious", "critical", "no_information")

#: The eleven items of the PEDro scale, by number.
ITEMS = {
    "01": "01_eligibility_criteria",
    "02": "02_random_allocation",
    "03": "03_concealed_allocation",
    "04": "04_baseline_comparability",
    "05": "05_blind_subjects",
    "06": "06_blind_therapists",
    "07": "07_blind_assessors",
    "08": "08_adequate_follow_up",
    "09": "09_intention_to_treat",
    "10": "10_between_group_comparisons",
    "11": "11_point_estimates_and_variability",
}

Bias = Callable[[Sequence[Appraisal]], RiskOfBias]


@pytest.fixture(scope="session")
def bias(evidence: dict[str, StudyEvidence]) -> Bias:
    """The risk of bias of a study with the appraisals that a test specifies."""

    def of(rows: Sequence[Appraisal]) -> RiskOfBias:
        return risk_of_bias(dataclasses.replace(evidence["ardenwood-2011"], appraisals=tuple(rows)))

    return of


def row(tool: str, domain: str, judgement: str, reason: str = "") -> Appraisal:
    return Appraisal(
        place=Place(APPRAISALS, 2),
        study_id="ardenwood-2011",
        tool=tool,
        domain=domain,
        judgement=judgement,
        reason=reason or f"{tool} {domain}.",
        source="invented",
    )


def pedro(**met: bool) -> list[Appraisal]:
    """Items by number, as in n02=True."""
    return [row(PEDRO, ITEMS[number[1:]], "yes" if yes else "no") for number, yes in met.items()]


def all_of_pedro(met: bool) -> list[Appraisal]:
    return pedro(**{f"n{number}": met for number in ITEMS})


# ---- PEDro


@given(st.dictionaries(st.sampled_from(list(ITEMS)), st.booleans()), st.integers(0, 10))
def test_the_pedro_total_is_counted_from_ten_items(met: dict[str, bool], published: int) -> None:
    """Items 2 to 11 count; eligibility and the published total do not."""
    rows = [*pedro(**{f"n{number}": yes for number, yes in met.items()}), row(PEDRO, "total", str(published))]
    scored = [yes for number, yes in met.items() if "01" != number]

    assert (sum(scored), len(scored)) == pedro_score(rows)


def test_a_whole_scale_has_ten_points() -> None:
    """Eleven items met give ten points out of ten."""
    assert (10, 10) == pedro_score(all_of_pedro(True))


def test_other_instruments_have_no_pedro_points() -> None:
    """Rows of another instrument are not items of the scale."""
    assert (0, 0) == pedro_score([row(ROB2, "1.1", "Y"), row(DESIGN, "02_blinding", "low")])


def new_findings(project: Project, *codes: str) -> list[str]:
    found = [f for f in audit(project.review()).open if f.code in codes]
    return [f"{f.code} {f.place}" for f in found]


def publish(project: Project, total: int, study: str = "ardenwood-2011") -> None:
    project.add(APPRAISALS, study_id=study, tool=PEDRO, domain="total", judgement=f"{total}", reason="r", source="s")


def test_a_published_total_that_is_right_is_no_finding(project: Project) -> None:
    """Eight of the ten items of the fictional trial are met, as in the published total."""
    publish(project, 8)

    assert [] == new_findings(project, "pedro-total-differs")


@pytest.mark.parametrize("total", [7, 9])
def test_a_published_total_that_differs_is_found(project: Project, total: int) -> None:
    """A total that includes the eligibility item, or omits one, is reported at its cell."""
    publish(project, total)
    place = f"{APPRAISALS}:{len(project.rows(APPRAISALS))}:judgement"

    assert [f"pedro-total-differs {place}"] == new_findings(project, "pedro-total-differs")


def test_a_total_without_items_cannot_differ(project: Project) -> None:
    """Where only the total was seen, there is nothing to count."""
    publish(project, 7, "birchmere-2014")

    assert [] == new_findings(project, "pedro-total-differs")


@pytest.mark.parametrize(
    ("met", "column", "expected"),
    [
        ({"n02": True, "n03": True}, ALLOCATION, LOW),
        ({"n02": True, "n03": False}, ALLOCATION, SOME),
        ({"n02": False, "n03": True}, ALLOCATION, SOME),
        ({"n02": False, "n03": False}, ALLOCATION, HIGH),
        ({"n05": True, "n07": True}, BLINDING, LOW),
        ({"n05": False, "n07": True}, BLINDING, SOME),
        ({"n05": False, "n07": False}, BLINDING, HIGH),
        ({"n08": True, "n09": True}, MISSING, LOW),
        ({"n08": True, "n09": False}, MISSING, SOME),
        ({"n08": False, "n09": False}, MISSING, HIGH),
    ],
)
def test_two_items_make_a_column(bias: Bias, met: dict[str, bool], column: BiasDomain, expected: Risk) -> None:
    """Both items met is low, one is some concerns, none is high; the reason names both."""
    found = bias(pedro(**met)).of(column)

    assert found is not None
    assert (expected, PEDRO, len(met)) == (
        found.risk,
        found.tool,
        found.reason.count(" yes") + found.reason.count(" no"),
    )


def test_half_a_pair_of_items_makes_no_column(bias: Bias) -> None:
    """Where one of two items was not judged, their column stays empty."""
    assert () == bias(pedro(n02=True, n05=False, n09=True)).judgements


def test_the_score_is_said_in_the_reason(bias: Bias) -> None:
    """Readers see the points and the maximum."""
    assert "PEDro score 10 of 10" in bias(all_of_pedro(True)).reason


# ---- choice of instrument

ROWS = {
    ROB2: [row(ROB2, "D1", "low")],
    ROBINS_I: [row(ROBINS_I, "D1", "low")],
    PEDRO: [row(PEDRO, ITEMS["02"], "yes"), row(PEDRO, ITEMS["03"], "yes")],
    DESIGN: [row(DESIGN, "01_allocation", "low")],
}


@given(st.sets(st.sampled_from(list(ROWS)), min_size=1), st.randoms(use_true_random=False))
def test_the_instrument_made_for_the_purpose_wins(bias: Bias, tools: set[str], order: st.random.Random) -> None:
    """RoB 2 precedes ROBINS-I, which precedes PEDro and design, whatever the order of rows."""
    rows = [given for tool in sorted(tools) for given in ROWS[tool]]
    order.shuffle(rows)
    expected = next(
        (won for won in ((ROB2,), (ROBINS_I,)) if set(won) <= tools),
        tuple(tool for tool in (PEDRO, DESIGN) if tool in tools),
    )

    assert expected == bias(rows).tools


def test_not_appraised_says_so(bias: Bias) -> None:
    """Without a row there is no judgement and no instrument, and the reason says so."""
    assert RiskOfBias(overall=None, reason="It has not been appraised.", tools=(), judgements=()) == bias([])


@pytest.mark.parametrize("only", [row(DESIGN, "06_funding", "high"), row(PEDRO, "total", "7")])
def test_what_is_no_domain_of_bias_is_no_appraisal(bias: Bias, only: Appraisal) -> None:
    """Funding, or a total without its items, judges no column, so the study is still not appraised."""
    assert bias([only]).overall is None


# ---- RoB 2


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(ROB2, f"D{n}", "low") for n in range(1, 6)], LOW),
        ([row(ROB2, f"D{n}", "low") for n in range(1, 5)], SOME),
        ([*(row(ROB2, f"D{n}", "low") for n in range(1, 5)), row(ROB2, "D5", "some_concerns")], SOME),
        ([row(ROB2, "D1", "low"), row(ROB2, "D5", "high")], HIGH),
        ([*(row(ROB2, f"D{n}", "some_concerns") for n in range(1, 6)), row(ROB2, "overall", "high", "Many.")], HIGH),
        ([row(ROB2, "1.1", "Y"), row(ROB2, "1.2", "N"), row(ROB2, "1.3", "N")], HIGH),
        ([row(ROB2, "1.2", "N"), row(ROB2, "D1", "some_concerns")], SOME),
        ([row(ROB2, "overall", "low", "Seen whole.")], LOW),
    ],
)
def test_rob2_adds_up(bias: Bias, rows: list[Appraisal], expected: Risk) -> None:
    """Answers yield judgements; a recorded domain judgement precedes its answers, and a recorded overall one precedes all."""
    assert expected is bias(rows).overall


def test_the_reason_of_a_person_stands(bias: Bias) -> None:
    """Where an overall judgement is recorded, its reason is shown."""
    assert (
        "Several concerns." == bias([row(ROB2, "D1", "low"), row(ROB2, "overall", "high", "Several concerns.")]).reason
    )


@pytest.mark.parametrize(
    ("domain", "column"), [("D1", ALLOCATION), ("D2", BLINDING), ("D3", MISSING), ("D4", BLINDING), ("D5", RESULT)]
)
def test_each_domain_of_rob2_has_its_column(bias: Bias, domain: str, column: BiasDomain) -> None:
    """A domain judgement appears in the column for the same question."""
    assert [(column, HIGH)] == [(found.domain, found.risk) for found in bias([row(ROB2, domain, "high")]).judgements]


@given(st.lists(st.sampled_from(["low", "some_concerns", "high"]), min_size=2, max_size=2))
def test_the_worst_in_a_column_counts(bias: Bias, pair: list[str]) -> None:
    """Deviations and measurement share a column: the worse sets its colour, and both reasons are given."""
    found = bias([row(ROB2, "D2", pair[0], "First."), row(ROB2, "D4", pair[1], "Second.")]).of(BLINDING)
    worst = max(pair, key=["low", "some_concerns", "high"].index)

    assert found is not None
    assert (worst, "First. Second.") == (found.risk.value, found.reason)


def test_no_information_is_worse_than_low(bias: Bias) -> None:
    """No information never ranks better than known low risk."""
    found = bias([row(ROBINS_I, "D1", "low"), row(ROBINS_I, "D2", "no_information")]).of(ALLOCATION)

    assert found is not None
    assert UNKNOWN is found.risk


def test_answers_that_contradict_a_judgement_are_found(project: Project) -> None:
    """A domain judgement that contradicts its answers gives one finding, at the judgement."""
    for domain, judgement in (("1.1", "Y"), ("1.2", "N"), ("1.3", "N"), ("D1", "low")):
        project.add(
            APPRAISALS, study_id="birchmere-2014", tool=ROB2, domain=domain, judgement=judgement, reason="r", source="s"
        )
    place = f"{APPRAISALS}:{len(project.rows(APPRAISALS))}:judgement"

    assert [f"appraisal-against-answers {place}"] == new_findings(project, "appraisal-against-answers")


# ---- ROBINS-I


@pytest.mark.parametrize(
    ("domains", "expected"),
    [
        (["low"] * 7, "low"),
        (["low"] * 6 + ["moderate"], "moderate"),
        (["moderate", "serious", "low"], "serious"),
        (["serious", "critical"], "critical"),
        (["low", "no_information"], "no_information"),
        (["moderate", "no_information"], "moderate"),
        (["no_information"], "no_information"),
        ([], "no_information"),
    ],
)
def test_robins_i_is_the_worst_of_its_domains(domains: list[str], expected: str) -> None:
    """The worst domain decides; no information prevents an overall low risk."""
    assert expected == robins_i_overall(domains)


@given(st.lists(st.sampled_from(ROBINS_WORDS), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_the_domains_does_not_matter(domains: list[str], order: st.random.Random) -> None:
    """The order of the judgements does not change the overall judgement."""
    assert robins_i_overall(domains) == robins_i_overall(order.sample(domains, len(domains)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [("low", LOW), ("moderate", SOME), ("serious", HIGH), ("critical", HIGH), ("no_information", UNKNOWN)],
)
def test_the_words_of_robins_i_are_brought_to_ours(bias: Bias, word: str, expected: Risk) -> None:
    """The five judgements map to the four of the traffic-light plot, per domain and overall."""
    found = bias([row(ROBINS_I, "D5", word)])

    assert (expected, [expected]) == (found.overall, [judgement.risk for judgement in found.judgements])


def test_an_overall_judgement_of_robins_i_stands(bias: Bias) -> None:
    """Where a reviewer raised the overall judgement with a reason, the worst domain no longer decides."""
    found = bias([row(ROBINS_I, "D1", "moderate"), row(ROBINS_I, "overall", "serious", "Several.")])

    assert (HIGH, "Several.") == (found.overall, found.reason)


@pytest.mark.parametrize(
    ("domain", "column"),
    [
        ("D1", ALLOCATION),
        ("D2", ALLOCATION),
        ("D3", ALLOCATION),
        ("D4", BLINDING),
        ("D5", MISSING),
        ("D6", BLINDING),
        ("D7", RESULT),
    ],
)
def test_each_domain_of_robins_i_has_its_column(bias: Bias, domain: str, column: BiasDomain) -> None:
    """All seven domains are mapped to a column."""
    assert [column] == [found.domain for found in bias([row(ROBINS_I, domain, "serious")]).judgements]


# ---- judgements from part of a report

DESIGN_DOMAINS = {
    "01_allocation": ALLOCATION,
    "02_blinding": BLINDING,
    "03_missing_data": MISSING,
    "04_unit_of_analysis": UNITS,
    "05_selection_of_result": RESULT,
    "06_funding": None,
}


@pytest.mark.parametrize(("domain", "column"), DESIGN_DOMAINS.items())
def test_each_thing_read_of_a_report_has_its_column(bias: Bias, domain: str, column: BiasDomain | None) -> None:
    """A design judgement appears in its column, with its reason; funding appears in none."""
    found = bias([row(DESIGN, domain, "high", "As read.")]).judgements

    assert ([(column, "As read.")] if column else []) == [(judged.domain, judged.reason) for judged in found]


@given(st.dictionaries(st.sampled_from(list(DESIGN_DOMAINS)), st.sampled_from(list(Risk)), min_size=1), st.booleans())
def test_a_part_of_a_report_is_never_at_low_risk(bias: Bias, judged: dict[str, Risk], with_pedro: bool) -> None:
    """Design and PEDro give some concerns at best; one high column makes the overall judgement high."""
    rows = [row(DESIGN, domain, risk.value) for domain, risk in judged.items()]
    found = bias([*rows, *(all_of_pedro(True) if with_pedro else [])])
    high = any(risk is HIGH for domain, risk in judged.items() if DESIGN_DOMAINS[domain])

    nothing = not with_pedro and not any(DESIGN_DOMAINS[domain] for domain in judged)
    assert (None if nothing else HIGH if high else SOME) is found.overall


def test_funding_is_shown_and_judges_nothing(bias: Bias) -> None:
    """Funding is a remark beside the columns and changes none of them."""
    found = bias([row(DESIGN, "01_allocation", "low"), row(DESIGN, "06_funding", "high", "Paid by the maker.")])

    assert (SOME, "Paid by the maker.", [ALLOCATION]) == (
        found.overall,
        found.remark,
        [judgement.domain for judgement in found.judgements],
    )


def test_two_instruments_may_share_a_column(bias: Bias) -> None:
    """Where PEDro and design judge the same column, the worse counts, and both are named with their reasons."""
    found = bias([*pedro(n02=True, n03=True), row(DESIGN, "01_allocation", "high", "By the day of birth.")]).of(
        ALLOCATION
    )

    assert found is not None
    assert (HIGH, "PEDro and design", True) == (found.risk, found.tool, "By the day of birth." in found.reason)
    assert found.reason.startswith("PEDro: random allocation yes")


def test_high_columns_are_counted_as_concerns(bias: Bias) -> None:
    """The columns at high risk are the ones that GRADE counts."""
    found = bias([row(DESIGN, "02_blinding", "high"), row(DESIGN, "04_unit_of_analysis", "high"), *ROWS[DESIGN]])

    assert (BLINDING, UNITS) == tuple(judgement.domain for judgement in found.concerns)


# ---- the table


#: A complete row, except for the study, and the invalid cell: first what the table schema refuses.
REFUSED_BY_SCHEMA = [
    (("RoB3", "D1", "low", "r"), "tool"),
    (("", "D1", "low", "r"), "tool"),
    (("design", "01_allocation", "", "r"), "judgement"),
    (("design", "", "low", "r"), "domain"),
    (("design", "02_blinding", "low", ""), "reason"),
]
REFUSED_BY_INSTRUMENT = [
    (("PEDro", "12_more", "yes", "r"), "domain"),
    (("PEDro", "00_less", "yes", "r"), "domain"),
    (("PEDro", "02 random", "yes", "r"), "domain"),
    (("PEDro", "02_random_allocation", "perhaps", "r"), "judgement"),
    (("PEDro", "03_concealed_allocation", "Yes", "r"), "judgement"),
    (("PEDro", "total", "11", "r"), "judgement"),
    (("ROBINS-I", "D8", "low", "r"), "domain"),
    (("ROBINS-I", "D7", "high", "r"), "judgement"),
    (("design", "07_mood", "low", "r"), "domain"),
    (("design", "D1", "low", "r"), "domain"),
    (("design", "01_allocation", "lowish", "r"), "judgement"),
]


@pytest.mark.parametrize("refused", [REFUSED_BY_SCHEMA, REFUSED_BY_INSTRUMENT])
def test_a_cell_that_no_instrument_has_is_one_finding(
    project: Project, refused: list[tuple[tuple[str, str, str, str], str]]
) -> None:
    """An unlisted tool, domain or judgement, or a judgement without a reason, is reported at its cell."""
    expected = []
    for (tool, domain, judgement, reason), column in refused:
        project.add(
            APPRAISALS,
            study_id="birchmere-2014",
            tool=tool,
            domain=domain,
            judgement=judgement,
            reason=reason,
            source="s",
        )
        expected.append(f"cell-not-allowed {APPRAISALS}:{len(project.rows(APPRAISALS))}:{column}")

    assert expected == [f"{finding.code} {finding.place}" for finding in project.findings()]


# ---- the real review


def all_evidence(review: Review) -> dict[str, StudyEvidence]:
    dossiers = (gather(review, name) for name in review.conclusions)
    return {item.study.study_id: item for d in dossiers for item in (*d.evidence, *d.background)}


def test_every_judgement_of_the_real_review_has_a_reason(real: Review) -> None:
    """Every risk-of-bias judgement has a reason, overall and in each column."""
    found = {name: risk_of_bias(item) for name, item in all_evidence(real).items() if item.appraisals}
    silent = [name for name, risk in found.items() if not risk.reason.strip()]
    silent += [f"{name} {j.domain}" for name, risk in found.items() for j in risk.judgements if not j.reason.strip()]

    assert (True, []) == (bool(found), silent)
    assert [] == [name for name, risk in found.items() if risk.overall is None or not risk.judgements]


def test_a_study_of_unknown_design_is_not_appraised(real: Review) -> None:
    """The bias of a study is not judged where not even its design was seen."""
    unseen = {name for name, study in real.studies.items() if study.design is Design.NOT_KNOWN}

    assert (True, set()) == (bool(unseen), unseen & {appraisal.study_id for appraisal in real.appraisals})


def test_the_real_totals_are_right(real: Review) -> None:
    """The published PEDro totals equal those of the items, and no answer contradicts its judgement."""
    codes = {finding.code for finding in audit(real).open}

    assert set() == codes & {"pedro-total-differs", "appraisal-against-answers"}
