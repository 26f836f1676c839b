"""Impossible numbers and dangling keys are reported, and unusual but possible data are accepted."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from conftest import CONCLUSIONS, Project

from weigh.evidence.integrity import (
    check_direction,
    check_keys,
    check_outcome,
    check_parents,
    check_reports,
    check_study,
)
from weigh.evidence.model import Outcome
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Contrast, Direction

MakeOutcome = Callable[..., Outcome]

#: Every figure of an outcome that a rule checks, empty.
NO_FIGURES: dict[str, Any] = dict.fromkeys(
    ["intervention_n", "intervention_events", "comparator_n", "comparator_events", "effect", "ci_low", "ci_high"]
)


def numbers(**fields: str) -> dict[str, Any]:
    return NO_FIGURES | {name: Decimal(value) for name, value in fields.items()}


# ---- studies


@pytest.mark.parametrize(("enrolled", "analysed"), [(60, 60), (60, 0), (None, 61), (60, None), (0, 0)])
def test_as_many_analysed_as_enrolled_is_fine(mini: Review, enrolled: int | None, analysed: int | None) -> None:
    """No losses, complete loss and unreported numbers are all valid."""
    study = dataclasses.replace(mini.studies["ardenwood-2011"], n_enrolled=enrolled, n_analysed=analysed)

    assert [] == list(check_study(study))


@pytest.mark.parametrize(("enrolled", "analysed"), [(60, 61), (0, 1)])
def test_more_analysed_than_enrolled_is_a_fault(mini: Review, enrolled: int, analysed: int) -> None:
    """The number analysed cannot exceed the number enrolled."""
    study = dataclasses.replace(mini.studies["ardenwood-2011"], n_enrolled=enrolled, n_analysed=analysed)
    (finding,) = check_study(study)

    assert ("analysed-exceeds-enrolled", "n_analysed", "ardenwood-2011") == (
        finding.code,
        finding.place.column,
        finding.subject,
    )


# ---- outcomes


@pytest.mark.parametrize("arm", ["intervention", "comparator"])
def test_more_events_than_people_is_a_fault(outcome: MakeOutcome, arm: str) -> None:
    """In either arm, more events than participants are reported with their column."""
    (finding,) = check_outcome(outcome(**NO_FIGURES | {f"{arm}_n": 45, f"{arm}_events": 46}))

    assert ("events-exceed-n", f"{arm}_events") == (finding.code, finding.place.column)


@pytest.mark.parametrize(("n", "events"), [(45, 45), (45, 0), (None, 46), (45, None), (0, 0)])
def test_events_in_all_people_are_fine(outcome: MakeOutcome, n: int | None, events: int | None) -> None:
    """Events in all participants, in none, or without a known number of participants are valid."""
    assert [] == list(check_outcome(outcome(**NO_FIGURES | {"intervention_n": n, "intervention_events": events})))


@pytest.mark.parametrize(
    ("fields", "code", "column"),
    [
        (numbers(ci_low="2.5", ci_high="2.4"), "interval-reversed", "ci_low"),
        (numbers(ci_low="4", ci_high="-4", effect="0"), "interval-reversed", "ci_low"),
        (numbers(ci_low="1", ci_high="2", effect="2.01"), "effect-outside-interval", "effect"),
        (numbers(ci_low="1", ci_high="2", effect="0.99"), "effect-outside-interval", "effect"),
        (numbers(ci_low="1", effect="0.5"), "effect-outside-interval", "effect"),
        (numbers(ci_high="2", effect="3"), "effect-outside-interval", "effect"),
    ],
)
def test_an_interval_that_cannot_be_is_a_fault(
    outcome: MakeOutcome, fields: dict[str, Any], code: str, column: str
) -> None:
    """An interval has ordered limits and includes its effect; one defect gives one finding."""
    assert [(code, column)] == [(finding.code, finding.place.column) for finding in check_outcome(outcome(**fields))]


@pytest.mark.parametrize(
    "fields",
    [
        numbers(),
        numbers(ci_low="-4.4", ci_high="-4.4", effect="-4.4"),
        numbers(ci_low="1", ci_high="2", effect="2"),
        numbers(ci_low="-6", ci_high="4", effect="-1"),
        numbers(ci_low="1"),
        numbers(effect="7"),
    ],
)
def test_an_interval_around_its_effect_is_fine(outcome: MakeOutcome, fields: dict[str, Any]) -> None:
    """An effect on a limit, an interval across zero and unreported figures are valid."""
    assert [] == list(check_outcome(outcome(**fields)))


@pytest.mark.parametrize("contrast", Contrast)
@pytest.mark.parametrize("direction", Direction)
def test_only_a_comparison_can_favour_the_comparator(
    outcome: MakeOutcome, contrast: Contrast, direction: Direction
) -> None:
    """A within-arm change that favours a comparator is a defect; all other pairs are valid."""
    impossible = contrast is Contrast.WITHIN_ARM and direction is Direction.FAVOURS_COMPARATOR
    found = list(check_direction(outcome(contrast=contrast, direction=direction)))

    assert impossible == bool(found)


# ---- keys


def test_an_unknown_key_is_named_once_for_each_row(mini: Review) -> None:
    """Each row with an unknown key has its own finding, with the nearest key."""
    known = {key for key in mini.references if key != "birchmere2016"}
    studies = tuple(mini.studies.values())
    (finding,) = check_keys(studies, "citation_keys", known, "references.bib")

    assert ("birchmere2016", "citation_keys", 3) == (finding.subject, finding.place.column, finding.place.row)
    assert "did you mean birchmere2014?" in finding.message


def test_an_empty_key_is_no_unknown_one(mini: Review) -> None:
    """A citation that does not identify an entry has no key that could be wrong."""
    unresolved = tuple(citation for citation in mini.citations if citation.citation_key is None)

    assert 1 == len(unresolved)
    assert [] == list(check_keys(unresolved, "citation_key", set(), "references.bib"))


def test_the_parents_of_the_fictional_review_end(mini: Review) -> None:
    """A chain of parents with an end is not a cycle."""
    assert [] == list(check_parents(dict(mini.conclusions)))


def test_a_circle_of_three_parents_ends_the_check(mini: Review) -> None:
    """However long the cycle, the check terminates and names a member of it."""
    parents = {"brisk-elbow": "stiff-joints", "stiff-joints": "winter-gloom", "winter-gloom": "brisk-elbow"}
    conclusions = {
        key: dataclasses.replace(conclusion, parent_id=parents.get(key)) for key, conclusion in mini.conclusions.items()
    }
    found = list(check_parents(conclusions))

    assert {"parent-circle"} == {finding.code for finding in found}
    assert set() == {finding.subject for finding in found} - parents.keys()


def test_a_conclusion_below_a_circle_is_not_in_it(mini: Review) -> None:
    """A conclusion whose parent is its own ancestor is not itself reported."""
    parents = {"brisk-elbow": "stiff-joints", "stiff-joints": "stiff-joints"}
    conclusions = {
        key: dataclasses.replace(conclusion, parent_id=parents.get(key)) for key, conclusion in mini.conclusions.items()
    }

    assert ["stiff-joints"] == [finding.subject for finding in check_parents(conclusions)]


def test_a_report_in_two_studies_names_both(mini: Review) -> None:
    """The finding on a report assigned to two studies names both."""
    twin = dataclasses.replace(mini.studies["ardenwood-2011"], study_id="twin-2011")
    (finding,) = check_reports((*mini.studies.values(), twin))

    assert "ardenwood2011" == finding.subject
    assert [] == [name for name in ("twin-2011", "ardenwood-2011") if name not in finding.message]


def test_a_circle_of_criteria_is_named(project: Project) -> None:
    """A criterion that is its own ancestor is reported, as a conclusion is."""
    rows = project.rows("evidence/criteria.csv")
    root = next(number for number, cells in enumerate(rows[1:], 2) if not cells[1])
    child = next(cells[0] for cells in rows[1:] if cells[1] == rows[root - 1][0])
    project.change("evidence/criteria.csv", root, "parent_id", child)

    assert "parent-circle" in {finding.code for finding in project.findings()}


def test_a_report_named_twice_is_named(project: Project) -> None:
    """A report listed twice in one study is a defect, although it is one study."""
    key = project.rows("evidence/studies.csv")[1][1]
    project.change("evidence/studies.csv", 2, "citation_keys", f"{key};{key}")

    assert ["evidence/studies.csv:2:citation_keys"] == [str(finding.place) for finding in project.findings()]


def test_an_interval_below_a_month_is_named(project: Project) -> None:
    """An invalid review interval is refused."""
    text = project.path("evidence/guideline.toml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("review_interval_months"))
    project.replace("evidence/guideline.toml", line, "review_interval_months = -12")

    assert ["evidence/guideline.toml:review_interval_months"] == [str(finding.place) for finding in project.findings()]


def test_signs_that_cannot_be_seen_in_the_bibliography_are_named(project: Project) -> None:
    """A byte order mark, a NUL byte and a year in Roman numerals are each one finding in references.bib."""
    text = project.path("references.bib").read_text(encoding="utf-8")
    for damaged in ("\ufeff" + text, text.replace("title = {", "title = {\0", 1), text.replace("{2011}", "{MMXI}", 1)):
        project.path("references.bib").write_text(damaged, encoding="utf-8")
        assert ["references.bib"] == [finding.place.file for finding in project.findings()]


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "a/../b", ".hidden", "a" * 65, "a\\b", "a b"])
def test_an_id_that_is_no_file_name_is_refused_whatever_the_schema_permits(project: Project, name: str) -> None:
    """A folder whose own schema permits any id cannot make a run write outside the build folder."""
    schema = project.path("evidence/datapackage.json")
    free = re.sub(r'"pattern": "[^"]+"', '"pattern": "(?s:.*)"', schema.read_text(encoding="utf-8"))
    schema.write_text(free, encoding="utf-8")
    rows = project.rows(CONCLUSIONS)
    project.write(CONCLUSIONS, [*rows, [name, *rows[1][1:]]])
    places = [f"{finding.place}" for finding in project.findings() if "cell-not-allowed" == finding.code]

    assert [f"evidence/conclusions.csv:{len(rows) + 1}:conclusion_id"] == places
