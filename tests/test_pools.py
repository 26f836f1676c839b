"""Pooled analyses: outcomes marked as similar are expressed in one measure and direction, pooled where possible, and explained."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from conftest import BIBLIOGRAPHY, CITATIONS, OUTCOMES, STUDIES, Project
from pinned import BCG_RR, BCG_TABLES, NORMAND

from weigh.assessment.dossier import StudyEvidence
from weigh.assessment.pools import COMPARATOR, INTERVENTION, Pool, favoured_above, pools_of
from weigh.audit.audit import Audit, audit
from weigh.display.figures import show_effects
from weigh.evidence.model import Outcome
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Contrast, Direction, Extraction, Fit
from weigh.statistics.effects import Effect
from weigh.summary.conclusion import Summary, summarise

CONCLUSION = "humming-ear"  # nothing is cited for it except by a test
FOR, AGAINST, UNCLEAR = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION
ARMS = (INTERVENTION, COMPARATOR)
NO_NUMBER = re.compile(r"\b(nan|inf|infinity)\b", re.IGNORECASE)
DEPENDS = "Whether the interval excludes no difference depends on the method"
BARE: dict[str, Any] = {f"{arm}_{name}": None for arm in ARMS for name in ("n", "mean", "sd", "events", "percent")} | {
    "effect": None,
    "effect_measure": None,
    "ci_low": None,
    "ci_high": None,
    "p_value": None,
    "unit": None,
    "direction": UNCLEAR,
}

Fields = dict[str, Any]
Show = Callable[..., Summary]


def events(a: int, n1: int, c: int, n2: int, **fields: Any) -> Fields:
    """Events and participants in each arm."""
    figures = {"intervention_events": a, "intervention_n": n1, "comparator_events": c, "comparator_n": n2}
    return {"pool": "one"} | figures | fields


def means(one: Sequence[Any], two: Sequence[Any], **fields: Any) -> Fields:
    """Participants, mean and standard deviation in each arm."""
    figures = {
        f"{arm}_{name}": value if "n" == name else Decimal(f"{value}")
        for arm, row in zip(ARMS, (one, two), strict=True)
        for name, value in zip(("n", "mean", "sd"), row, strict=True)
    }
    return {"pool": "one", "unit": "mm"} | figures | fields


def printed(measure: str, effect: str, low: str | None = None, high: str | None = None, **fields: Any) -> Fields:
    """An effect as reported by its source."""
    limits = {"ci_low": low and Decimal(low), "ci_high": high and Decimal(high)}
    return {"pool": "one", "effect_measure": measure, "effect": Decimal(effect)} | limits | fields


@pytest.fixture(scope="session")
def show(mini: Review, evidence: dict[str, StudyEvidence], outcome: Callable[..., Outcome]) -> Show:
    """The summary of a conclusion for which one fictional study is cited for each result that a test specifies."""
    model = evidence["fernhollow-2017"]

    def summary(*results: Fields, **study: Any) -> Summary:
        names = [f"trial{number}" for number in range(len(results))]
        studies = {
            name: dataclasses.replace(model.study, study_id=name, citation_keys=(name,), **study) for name in names
        }
        references = {
            name: dataclasses.replace(model.reports[0], key=name, authors=((f"Author{number}", "A."),))
            for number, name in enumerate(names)
        }
        citations = [
            dataclasses.replace(model.citations[0], citation_id=name, conclusion_id=CONCLUSION, citation_key=name)
            for name in names
        ]
        outcomes = [
            outcome(**(BARE | {"outcome_id": f"{name}-01", "study_id": name} | fields))
            for name, fields in zip(names, results, strict=True)
        ]
        review = dataclasses.replace(
            mini,
            studies={**mini.studies, **studies},
            references={**mini.references, **references},
            citations=(*mini.citations, *citations),
            outcomes=(*mini.outcomes, *outcomes),
        )
        return summarise(CONCLUSION, review, Audit(open=(), accepted=()))

    return summary


def only(summary: Summary) -> Pool:
    (pool,) = summary.pools
    return pool


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html)


def said(summary: Summary) -> list[str]:
    """The sentences in the file on the only pooled analysis."""
    (pool,) = summary.as_json()["pooled"]
    found: list[str] = pool["statement"]
    return found


PAIR = (events(20, 50, 10, 50), events(22, 60, 14, 60))

# ---- what is pooled


def test_nothing_is_pooled_that_nobody_named(show: Show) -> None:
    """Two identical results are not pooled unless the table says so."""
    summary = show(*({**fields, "pool": None} for fields in PAIR))

    assert ((), None) == (summary.pools, summary.as_json()["pooled"])


def test_pools_go_by_name(show: Show) -> None:
    """Results with the same name are pooled together, in the order of names."""
    summary = show(*PAIR, *({**fields, "pool": "a"} for fields in PAIR), PAIR[0] | {"pool": None})

    assert [("a", ["trial2", "trial3"]), ("one", ["trial0", "trial1"])] == [
        (pool.name, [member.outcome.study_id for member in pool.members]) for pool in summary.pools
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"contrast": Contrast.WITHIN_ARM, "direction": FOR},
        {"extraction": Extraction.UNVERIFIED},
        {"extraction": Extraction.NOT_FOUND},
    ],
)
def test_what_was_not_compared_or_not_seen_is_never_pooled(show: Show, fields: Fields) -> None:
    """A within-arm change, or a result that was not seen, is never pooled, even if the table says so."""
    pool = only(show(*PAIR, PAIR[0] | fields))

    assert ["trial0", "trial1"] == [member.outcome.study_id for member in pool.members]


def test_a_study_that_does_not_test_it_is_never_pooled(show: Show) -> None:
    """Results of studies that do not test the intervention are not pooled."""
    assert () == show(*PAIR, fit=Fit.NOT_TESTED).pools


@pytest.mark.parametrize("fit", [fit for fit in Fit if fit is not Fit.NOT_TESTED])
def test_a_study_that_bears_on_it_may_be_pooled(show: Show, fit: Fit) -> None:
    """Results of any other fit may be pooled, as the table says."""
    assert 2 == len(only(show(*PAIR, fit=fit)).members)


# ---- the measure

A, B = means((30, 1, 2), (30, 2, 2)), means((30, 3, 2), (30, 2, 2))


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (PAIR, "RR"),
        ((A, B), "MD"),
        ((A, B | {"unit": "points"}), "SMD"),
        ((A, B | {"unit": None}), "SMD"),
        ((A, printed("SMD", "0.5", "0.1", "0.9")), "SMD"),
        ((printed("OR", "2", "1.5", "3"), printed("OR", "3", "2", "4")), "OR"),
        ((printed("RD", "0.1", "0.05", "0.15"), printed("RD", "0.2", "0.1", "0.3")), "RD"),
        ((PAIR[0], A), None),
        ((PAIR[0], printed("OR", "2", "1.5", "3")), None),
        ((PAIR[0], {"pool": "one"}), "RR"),
        (({"pool": "one"}, {"pool": "one"}), None),
        ((printed("HR", "2", "1.5", "3"), printed("HR", "2", "1.5", "3")), None),
    ],
)
def test_one_measure_for_all(show: Show, results: Sequence[Fields], expected: str | None) -> None:
    """Events give a ratio, means in one unit a difference, means in several units a standardised difference; others share no measure."""
    pool = only(show(*results))

    assert expected == (pool.measure and pool.measure.value)
    assert (expected is None) == (pool.synthesis is None)
    assert {expected} - {None} == {m.effect.measure.value for m in pool.members if isinstance(m.effect, Effect)}
    assert "share no measure" in pool.reason or expected


def test_figures_of_the_arms_come_before_a_printed_effect(show: Show) -> None:
    """The effect is computed where the figures suffice; otherwise the printed one is used."""
    both = events(20, 50, 10, 50) | printed("RR", "7", "5", "9")
    pool = only(show(both, printed("RR", "2", "1.5", "2.6667")))
    origins = [member.effect.origin for member in pool.members if isinstance(member.effect, Effect)]

    assert ["arm figures", "interval"] == origins


# ---- the direction


@pytest.mark.parametrize(
    ("fields", "estimate", "expected"),
    [
        ({"effect_favours": INTERVENTION}, -1.0, INTERVENTION),
        ({"effect_favours": COMPARATOR}, 1.0, COMPARATOR),
        ({"effect_favours": COMPARATOR, "direction": FOR}, 1.0, COMPARATOR),
        ({"direction": FOR}, 1.0, INTERVENTION),
        ({"direction": FOR}, -1.0, COMPARATOR),
        ({"direction": AGAINST}, 1.0, COMPARATOR),
        ({"direction": AGAINST}, -1.0, INTERVENTION),
        ({"direction": FOR}, 0.0, None),
        ({"direction": UNCLEAR}, 1.0, None),
    ],
)
def test_which_side_is_above(
    outcome: Callable[..., Outcome], fields: Fields, estimate: float, expected: str | None
) -> None:
    """The table states which side higher values favour; else direction and sign imply it, and nothing else does."""
    effect = dataclasses.replace(BCG_RR[0], estimate=estimate)

    assert expected == favoured_above(outcome(**(BARE | fields)), effect)


def test_sides_that_differ_are_not_pooled(show: Show) -> None:
    """Two ratios of opposite events are shown, not pooled, and page and file give the reason."""
    summary = show(PAIR[0] | {"effect_favours": INTERVENTION}, PAIR[1] | {"effect_favours": COMPARATOR})
    pool = only(summary)

    assert (None, None, 2) == (pool.synthesis, pool.favours, len(pool.members))
    assert [pool.reason] == said(summary)
    assert "not pooled" in pool.reason
    assert pool.reason in show_effects(summary).html


def test_a_scale_that_runs_the_other_way_is_turned(show: Show) -> None:
    """For a unit-free measure, scales in opposite directions agree after one is reversed."""
    less_pain = means((30, 1, 2), (30, 3, 2), effect_favours=COMPARATOR)
    more_comfort = means((30, 3, 2), (30, 1, 2), unit="points", effect_favours=INTERVENTION)
    pool = only(show(less_pain, more_comfort))
    one, two = (member.effect for member in pool.members)

    assert isinstance(one, Effect)
    assert isinstance(two, Effect)
    assert (INTERVENTION, True) == (pool.favours, one.estimate == two.estimate > 0)
    assert pool.synthesis is not None
    assert pool.synthesis.main is not None
    assert one.estimate == pytest.approx(pool.synthesis.main.estimate)


def test_a_scale_that_runs_the_same_way_is_not_turned(show: Show) -> None:
    """Where all scales run one way, their sign is kept, and the analysis states which side higher values favour."""
    pool = only(show(*(means((30, 1, 2), (30, 3, 2), unit=u, effect_favours=COMPARATOR) for u in ("mm", "points"))))

    assert (COMPARATOR, [True, True]) == (
        pool.favours,
        [m.effect.estimate < 0 for m in pool.members if isinstance(m.effect, Effect)],
    )


def test_a_scale_of_unknown_side_is_not_pooled_with_turned_ones(show: Show) -> None:
    """A scale whose direction is unknown cannot be pooled with scales in both directions."""
    pool = only(
        show(
            means((30, 1, 2), (30, 3, 2), effect_favours=COMPARATOR),
            means((30, 3, 2), (30, 1, 2), unit="points", effect_favours=INTERVENTION),
            means((30, 1, 2), (30, 3, 2), unit="grades"),
        )
    )

    assert pool.synthesis is None or pool.synthesis.main is None or 2 == pool.synthesis.main.k


# ---- how many


def test_one_study_is_shown_not_pooled(show: Show) -> None:
    """A single result has no pooled estimate, and says so."""
    summary = show(PAIR[0])
    (found,) = summary.as_json()["pooled"]

    assert (None, [], False, ["One study: shown, not pooled."]) == (
        found["main"],
        found["others"],
        found["depends_on_method"],
        found["statement"],
    )
    assert ("RR", True) == (found["measure"], "One study: shown, not pooled." in show_effects(summary).html)


def test_two_studies_are_said_to_be_few(show: Show) -> None:
    """Two results are pooled, page and file first state that two are few, and no prediction interval is given."""
    summary = show(*PAIR)
    (found,) = summary.as_json()["pooled"]

    assert said(summary)[0].startswith("Two studies: both are shown")
    assert (2, None, None) == (found["main"]["k"], found["main"]["prediction_low"], found["main"]["prediction_high"])
    assert said(summary)[0] in show_effects(summary).html


#: Results that stress the arithmetic, and the words expected.
TRIALS: dict[str, tuple[list[Fields], str]] = {
    "identical": ([events(5, 50, 10, 50)] * 3, "from 3 studies"),
    "zero cell": ([events(0, 50, 10, 50), *PAIR], "from 3 studies"),
    "double zero": (
        [events(0, 50, 0, 50), *PAIR],
        "no one had the event in either arm, so a ratio cannot be estimated",
    ),
    "everybody twice": ([events(50, 50, 50, 50), *PAIR], "everyone had the event in both arms"),
    "one that is left": ([events(0, 50, 0, 50), PAIR[0]], "One study: shown, not pooled."),
    "one": ([PAIR[0]], "One study: shown, not pooled."),
    "two": (list(PAIR), "two are too few"),
    "no spread": ([means((30, 1, 0), (30, 2, 0)), A, B], "so the variance is unknown"),
    "lone people": ([means((1, 1, 1), (1, 2, 1)), A, B], "fewer than two participants"),
    "huge trial": ([events(10**8, 10**9, 10**8 + 1, 10**9), *PAIR], "from 3 studies"),
    "huge numbers": ([means((30, "1e9", "1e8"), (30, "2e9", "1e8"))] * 3, "from 3 studies"),
    "tiny numbers": ([means((30, "1e-9", "1e-9"), (30, "2e-9", "1e-9"))] * 3, "from 3 studies"),
    "beyond numbers": ([means((30, "9e999", 1), (30, 1, 1)), A, B], "too large or too small for computation"),
    "far apart": ([printed("OR", "1e9", "1e8", "1e10"), printed("OR", "1e-9", "1e-10", "1e-8")], "two are too few"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", TRIALS)
def test_the_ends_of_arithmetic_are_told_in_words(show: Show, name: str) -> None:
    """Whatever the figures, the page contains no “nan”, the file only plain numbers, and the rule applied is stated."""
    results, expected = TRIALS[name]
    summary = show(*results)
    html = show_effects(summary).html
    written = json.dumps(summary.as_json(), allow_nan=False)

    assert expected in html
    assert [] == NO_NUMBER.findall(plain(html))
    assert written


def test_identical_effects_keep_an_interval(show: Show) -> None:
    """Studies that agree to the digit still leave uncertainty: the interval does not shrink to a point."""
    (found,) = show(*[events(5, 50, 10, 50)] * 3).as_json()["pooled"]

    assert (-0.693147, True) == (found["main"]["estimate"], found["main"]["low"] < -1 < 0 < found["main"]["high"])


def test_a_zero_cell_is_noted(show: Show) -> None:
    """The zero-cell correction is stated beside the effect concerned."""
    (found,) = show(events(0, 50, 10, 50), *PAIR).as_json()["pooled"]
    notes = {name: effect["note"] for name, effect in found["outcomes"].items() if effect["note"]}

    assert {"trial0-01": "0.5 was added to each cell of the table, because one of them is zero"} == notes


def test_a_study_left_out_is_named(show: Show) -> None:
    """A result without an effect stays in the file with its reason, and its study is named on the page."""
    summary = show(events(0, 50, 0, 50), *PAIR)
    (found,) = summary.as_json()["pooled"]

    assert (2, ["trial0-01"]) == (
        found["main"]["k"],
        [name for name, effect in found["outcomes"].items() if "not_estimable" in effect],
    )
    assert "Author0 2017 is not pooled" in show_effects(summary).html


@pytest.mark.parametrize("size", ["1e30", "1e-30", "1e120"])
def test_figures_beyond_what_can_be_pooled_end_no_page(show: Show, size: str) -> None:
    """A figure that cannot be pooled, such as one with a mistyped exponent, is omitted with a reason."""
    summary = show(means((30, size, size), (30, 0, size)), A, B)

    assert [] == NO_NUMBER.findall(plain(show_effects(summary).html))


@pytest.mark.parametrize("results", [(events(0, 50, 0, 50),) * 2, (PAIR[0], {"pool": "one"}), (PAIR[0], A)])
def test_a_pool_that_came_to_nothing_says_why_on_the_page(show: Show, results: Sequence[Fields]) -> None:
    """A pooled analysis that cannot be computed has its reason beside the figures too."""
    summary = show(*results)

    assert only(summary).reason in show_effects(summary).html


# ---- published numbers, by way of the tables


def write(project: Project, results: Sequence[Fields]) -> Summary:
    """Write a study, a reference, a citation and a result for each row into the tables, and read them."""
    path = project.path(BIBLIOGRAPHY)
    text, tables = (
        path.read_text(encoding="utf-8"),
        {file: project.rows(file) for file in (STUDIES, OUTCOMES, CITATIONS)},
    )

    def add(file: str, **cells: Any) -> None:
        header = tables[file][0]
        tables[file].append([f"{cells.get(column, '')}" for column in header])

    for number, fields in enumerate(results):
        name, year = f"invented-{number}", 2000 + number
        text += f"\n@misc{{invented{number},\n  author = {{Invented, {chr(65 + number)}.}},\n  title = {{Trial {number}}},\n  year = {{{year}}},\n  record = {{seen}},\n}}\n"
        common = {"study_id": name, "extraction": "verified", "source": "invented"}
        kind = {"comparator_type": "placebo", "design": "randomised_trial", "fit": "tests_intervention"}
        view = {"fit_reason": "It does.", "author_view": "uncertain", "finding": "Figures were printed."}
        add(STUDIES, **common, **kind, **view, citation_keys=f"invented{number}")
        result = {"outcome_id": f"{name}-01", "domain": "pain", "measure": "Pain", "contrast": "between_arms"}
        add(OUTCOMES, **(common | result | {"direction": "no_clear_direction"} | fields))
        cited = {"cited_as": f"Invented, {year}", "citation_key": f"invented{number}", "stance": "against"}
        add(CITATIONS, **cited, citation_id=f"p{number}", conclusion_id=CONCLUSION, text_line=9)
    path.write_text(text, encoding="utf-8")
    for file, rows in tables.items():
        project.write(file, rows)
    assert () == project.findings()
    return summarise(CONCLUSION, project.review())


def test_normand_depends_on_the_method(project: Project) -> None:
    """For nine trials of hospital stay, significance depends on the method, which file, page and caption all state."""
    summary = write(project, [means((n1, m1, s1), (n2, m2, s2), pool="stay") for n1, m1, s1, n2, m2, s2 in NORMAND])
    (found,) = summary.as_json()["pooled"]
    shown = show_effects(summary)
    answers = {f"{way['estimator']} {way['interval']}": way["low"] > 0 or way["high"] < 0 for way in found["others"]}

    assert ("stay", "MD", 9, True) == (found["pool"], found["measure"], found["main"]["k"], found["depends_on_method"])
    assert {"common effect Wald": True, "DL Wald": True, "REML Wald": False, "REML Knapp-Hartung": False}.items() <= (
        answers.items()
    )
    (sentence,) = [sentence for sentence in found["statement"] if sentence.startswith(DEPENDS)]
    assert "it does with common effect and DL but not with REML" in sentence
    assert (True, True) == (sentence in shown.html, sentence in shown.text)


def test_bcg_gives_its_published_estimate(project: Project) -> None:
    """For thirteen vaccine trials, the published estimate and interval appear in the file and on the page."""
    summary = write(project, [events(*table, pool="bcg") for table in BCG_TABLES])
    (found,) = summary.as_json()["pooled"]
    main, shown = found["main"], show_effects(summary)

    assert ("REML", "Knapp-Hartung", "log", 13, False) == (
        main["estimator"],
        main["interval"],
        found["main"]["scale"],
        main["k"],
        found["depends_on_method"],
    )
    assert ("-0.7145", "-1.1084", "-0.3206") == tuple(f"{main[name]:.4f}" for name in ("estimate", "low", "high"))
    assert "0.3132" == f"{main['tau2']:.4f}"
    assert "0.49 (0.33 to 0.73)" in shown.html
    assert "Pooled RR 0.49, 95% interval 0.33 to 0.73, from 13 studies." in shown.html
    assert DEPENDS not in shown.html


def test_a_file_holds_the_effects_that_were_pooled(project: Project) -> None:
    """Each result is in the file as a ratio, with its own interval."""
    summary = write(project, [events(*table, pool="bcg") for table in BCG_TABLES[:3]])
    (found,) = summary.as_json()["pooled"]

    assert [f"invented-{number}-01" for number in range(3)] == list(found["outcomes"])
    assert [round(effect.shown[0], 4) for effect in BCG_RR[:3]] == [
        round(effect["estimate"], 4) for effect in found["outcomes"].values()
    ]


# ---- the audit


def new_codes(project: Project, mini: Review) -> list[str]:
    """The findings in a changed copy that are not in the original review."""
    before = {(finding.code, finding.place, finding.message) for finding in audit(mini).open}
    found = audit(project.review()).open
    return [f"{f.code} {f.place}" for f in found if (f.code, f.place, f.message) not in before]


def plant(*cells: tuple[int, Fields]) -> Callable[[Project], None]:
    def damage(project: Project) -> None:
        for row, values in cells:
            for column, value in values.items():
                project.change(OUTCOMES, row, column, f"{value}")

    return damage


FIGURES = {"intervention_n": 56, "intervention_events": 20, "comparator_n": 56, "comparator_events": 21}
#: A change of the results of the fictional review, and the only finding expected.
PLANTED: dict[str, tuple[Callable[[Project], None], str]] = {
    "one study twice in a pool": (
        plant((2, {"pool": "ease"}), (3, {"pool": "ease"})),
        f"pool-counts-study-twice {OUTCOMES}:3:pool",
    ),
    "a printed effect that its figures do not give": (
        plant((2, {"effect": "-8.0"})),
        f"effect-differs-from-figures {OUTCOMES}:2:effect",
    ),
    "unclear in words, clear in figures": (
        plant((6, FIGURES | {"intervention_events": 3})),
        f"direction-against-figures {OUTCOMES}:6:direction",
    ),
    "in a pool without figures": (plant((6, {"pool": "ease"})), f"pool-without-measure {OUTCOMES}:6:pool"),
    "in a pool without an event": (
        plant((6, FIGURES | {"pool": "ease", "intervention_events": 0, "comparator_events": 0})),
        f"pool-without-measure {OUTCOMES}:6:pool",
    ),
}
SOUND = {
    "two studies in a pool": plant((2, {"pool": "ease"}), (6, FIGURES | {"pool": "ease"})),
    "one study in two pools": plant((2, {"pool": "ease"}), (3, {"pool": "later"})),
    "figures that are as unclear as their direction": plant((6, FIGURES)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_the_one_finding(project: Project, mini: Review, name: str) -> None:
    """Each rule on results and pooling finds its defect at its cell, once, and nothing else."""
    damage, expected = PLANTED[name]
    damage(project)

    assert [expected] == new_codes(project, mini)


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_no_finding(project: Project, mini: Review, name: str) -> None:
    """Apparent defects that are valid are not reported."""
    SOUND[name](project)

    assert [] == new_codes(project, mini)


def test_an_effect_without_precision_is_found(project: Project, mini: Review) -> None:
    """A printed effect with neither an interval nor an exact p value cannot be pooled, and the audit says so."""
    plant((6, {"pool": "ease", "effect": "-2", "effect_measure": "MD"}))(project)

    assert [f"pool-without-measure {OUTCOMES}:6:pool"] == new_codes(project, mini)


def test_the_real_pools_are_sound(real: Review, summaries: dict[str, Summary]) -> None:
    """No pooled analysis of the real review counts a study twice or lacks figures, and all are shown."""
    found = {finding.code for finding in audit(real).open}
    named = {outcome.pool for outcome in real.outcomes if outcome.pool}

    assert set() == found & {"pool-counts-study-twice", "pool-without-measure"}
    assert named == {pool.name for summary in summaries.values() for pool in summary.pools}
    assert [] == [pool for summary in summaries.values() for pool in pools_of(summary.dossier) if not pool.members]


def test_a_printed_interval_is_shown_as_printed(real: Review) -> None:
    """Printed limits of an effect are never replaced by computed ones, which differ in rounding."""
    text = show_effects(summarise("epicondylitis", real)).text

    assert "1.5 (0.84 to 2.7)" in text
    assert "2.69" not in text
