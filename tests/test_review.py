"""A folder becomes one immutable Review, or every defect in it is reported with its place."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import (
    BIBLIOGRAPHY,
    CITATIONS,
    FAULTS,
    GUIDELINE,
    MINI,
    OUTCOMES,
    SENTENCE,
    STUDIES,
    Fault,
    Project,
)

from weigh.errors import EvidenceError, NotFoundError, ReviewNotFoundError
from weigh.evidence.inputs import find_review
from weigh.evidence.review import Review, load_review
from weigh.evidence.tables import DESCRIPTOR

# ---- a valid folder


def test_the_fictional_review_has_no_finding() -> None:
    """The folder that the other tests modify is valid."""
    assert () == Project(MINI).findings()


def test_everything_in_the_folder_is_in_the_review(mini: Review) -> None:
    """Every row of a table and every entry of the bibliography reaches the Review."""
    project = Project(MINI)
    folder = {path.stem: len(project.rows(f"evidence/{path.name}")) - 1 for path in (MINI / "evidence").glob("*.csv")}
    read = {name: len(getattr(mini, name)) for name in folder}

    assert folder == read
    assert 8 == len(mini.references)


def test_the_guideline_is_read_with_its_types(mini: Review) -> None:
    """The guideline's dates are dates, and its interval is a number."""
    assert ("CG-TEST-01", "2020-06-01", 12) == (
        mini.guideline.number,
        mini.guideline.publish_date.isoformat(),
        mini.guideline.review_interval_months,
    )


def test_a_review_says_what_it_holds(mini: Review) -> None:
    """In a notebook, a Review shows its guideline and the sizes of its tables."""
    assert "<Review CG-TEST-01 Warm Light: 4 conclusions, 6 studies, 13 outcomes>" == repr(mini)


def test_a_review_cannot_be_changed(mini: Review) -> None:
    """Evidence cannot be altered once it has been read."""
    study: Any = mini.studies["ardenwood-2011"]

    with pytest.raises(dataclasses.FrozenInstanceError):
        study.n_enrolled = 600


def test_several_keys_in_a_cell_are_several_reports(mini: Review) -> None:
    """A study with two reports is found by either of them."""
    assert ("birchmere2014", "birchmere2016") == mini.studies["birchmere-2014"].citation_keys
    assert mini.study_of_report["birchmere2014"] is mini.study_of_report["birchmere2016"]


def test_outcomes_are_grouped_by_study_in_the_order_of_the_table(mini: Review) -> None:
    """Every outcome belongs to its study, and grouping loses none."""
    grouped = [outcome for outcomes in mini.outcomes_by_study.values() for outcome in outcomes]

    assert list(mini.outcomes) == grouped
    assert {"ardenwood-2011"} == {outcome.study_id for outcome in mini.outcomes_by_study["ardenwood-2011"]}


def test_every_file_that_was_read_is_named_with_its_checksum(mini: Review) -> None:
    """`inputs` holds the SHA-256 of each file of the folder, so that a result can be traced to its evidence."""
    files = [path for path in MINI.rglob("*") if path.is_file()]
    expected = {
        path.relative_to(MINI).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.name != "README.md"
    }

    assert expected == dict(mini.inputs)


def test_reading_changes_no_file(project: Project) -> None:
    """Reading a folder does not change a byte of it."""

    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}

    before = contents()
    project.findings()

    assert before == contents()


@pytest.mark.parametrize("name", ["Révision n° 1, 50% #2", "review [old]"])
def test_a_folder_reads_the_same_wherever_it_lies(tmp_path: Path, mini: Review, name: str) -> None:
    """Spaces, accents and symbols in the path of a folder do not affect reading."""
    elsewhere = Path(shutil.copytree(MINI, tmp_path / name))

    assert mini == load_review(elsewhere)


# ---- the folder itself


def test_the_nearest_folder_upwards_is_found(project: Project) -> None:
    """The review folder is found from any folder below it."""
    deep = project.folder / "evidence" / "a" / "b"
    deep.mkdir(parents=True)

    assert project.folder.resolve() == find_review(deep)


def test_no_folder_upwards_says_where_it_looked(tmp_path: Path) -> None:
    """Where there is no review folder, the message names the folder where the search began."""
    with pytest.raises(ReviewNotFoundError, match="--review") as caught:
        find_review(tmp_path)

    assert os.fspath(tmp_path) in str(caught.value)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '"text"'])
def test_a_broken_descriptor_is_one_sentence(project: Project, content: str) -> None:
    """A datapackage.json that is not a data package is refused by name."""
    project.path(DESCRIPTOR).write_text(content, encoding="utf-8")

    with pytest.raises(ReviewNotFoundError, match=r"datapackage\.json: not a data package") as caught:
        project.findings()

    assert 1 == len(str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"resource": "studies"', '"resource": "studys"', id="foreign key to no table"),
        pytest.param('"enum": ["against", "for", "background"]', '"enum": ["for"]', id="fewer words than the rows use"),
        pytest.param("[0-9]{1,8}", "[0-9", id="pattern that is none"),
        pytest.param(
            '"devices.csv", "scheme": "file", "format": "csv"', '"devices.csv", "format": "json"', id="no CSV"
        ),
        pytest.param('"name": "blinding"', '"name": "blindness"', id="column that weigh reads gone"),
        pytest.param('"name": "outcomes"', '"name": "results"', id="table that weigh reads gone"),
        pytest.param('"primaryKey": ["device_id"]', '"primaryKey": ["device"]', id="key of no column"),
    ],
)
def test_a_schema_that_cannot_work_is_said_in_words(project: Project, old: str, new: str) -> None:
    """An error in datapackage.json gives a sentence, never a library's exception."""
    path = project.path(DESCRIPTOR)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")

    with pytest.raises((EvidenceError, ReviewNotFoundError)):
        project.review()


def test_a_word_that_only_the_schema_knows_is_said_in_words(project: Project) -> None:
    """A value added to datapackage.json but unknown to weigh is reported with its cell."""
    path = project.path(DESCRIPTOR)
    stances = '"enum": ["against", "for", "background"'
    path.write_text(path.read_text(encoding="utf-8").replace(stances, stances + ', "neither"'), encoding="utf-8")
    project.change(CITATIONS, 2, "stance", "neither")

    with pytest.raises(EvidenceError, match="neither"):
        project.review()


# ---- defects


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if not fault.issue], ids=lambda fault: fault.name)
def test_one_fault_is_one_finding_with_its_place(project: Project, fault: Fault) -> None:
    """One defect gives one finding that states its place, its nature and its correction, and no Review."""
    fault.damage(project)
    with pytest.raises(EvidenceError) as caught:
        project.review()

    assert 1 == len(caught.value.problems), caught.value
    match = SENTENCE.fullmatch(caught.value.problems[0])
    assert match, caught.value
    assert fault.place == match["place"]
    assert fault.word in caught.value.problems[0]


def test_faults_in_several_files_are_all_named(project: Project) -> None:
    """All defects are collected before the folder is refused, so that they can be corrected in one pass."""
    project.change(OUTCOMES, 2, "effect", "nine")
    project.change(STUDIES, 3, "design", "randomized_trial")
    project.replace(BIBLIOGRAPHY, "@misc{", "@online{")
    project.replace(GUIDELINE, "= 12", '= "12"')

    assert {
        f"{OUTCOMES}:2:effect",
        f"{STUDIES}:3:design",
        f"{BIBLIOGRAPHY}:92:entry",
        f"{GUIDELINE}:review_interval_months",
    } == {str(finding.place) for finding in project.findings()}


def test_a_report_of_two_studies_is_refused(project: Project) -> None:
    """A trial cannot be counted twice by being listed under two studies."""
    project.change(STUDIES, 2, "citation_keys", "ardenwood2011;birchmere2016")

    assert [(f"{STUDIES}:3:citation_keys", "report-in-two-studies")] == [
        (str(finding.place), finding.code) for finding in project.findings()
    ]


@pytest.mark.parametrize(
    ("file", "column"),
    [(STUDIES, "citation_keys"), (CITATIONS, "citation_key"), ("evidence/listings.csv", "citation_key")],
)
def test_a_key_that_the_bibliography_lacks_is_named(project: Project, file: str, column: str) -> None:
    """In every table, a key without an entry is reported with its cell."""
    project.change(file, 2, column, "nobody1900")

    assert [(f"{file}:2:{column}", "key-unknown", "nobody1900")] == [
        (str(finding.place), finding.code, finding.subject) for finding in project.findings()
    ]


def test_an_entry_that_nobody_cites_is_no_fault(project: Project) -> None:
    """The bibliography may contain more than the guideline cites."""
    path = project.path(BIBLIOGRAPHY)
    more = "\n@book{gladewater1999,\n  author = {Gladewater, M.},\n  title = {Lamps},\n  year = {1999},\n}\n"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")

    assert () == project.findings()


# ---- the guideline file


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        pytest.param("= 12", '= "12"', "review_interval_months", id="text for a number"),
        pytest.param("= 12", "= true", "review_interval_months", id="truth for a number"),
        pytest.param("= 2020-06-01", '= "2020-06-01"', "publish_date", id="text for a date"),
        pytest.param("= 2020-06-01", "= 2020-06-01T12:00:00", "publish_date", id="moment for a date"),
        pytest.param('number = "CG-TEST-01"', "number = 1", "number", id="number for a text"),
        pytest.param('intervention = "warm light"', 'intervention = ""', "intervention", id="empty text"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(project: Project, old: str, new: str, name: str) -> None:
    """A value of the wrong type in guideline.toml is refused with its key."""
    project.replace(GUIDELINE, old, new)

    assert [f"{GUIDELINE}:{name}"] == [str(finding.place) for finding in project.findings()]


@pytest.mark.parametrize("file", [GUIDELINE, BIBLIOGRAPHY])
def test_a_file_that_is_missing_is_named(project: Project, file: str) -> None:
    """A folder without its guideline or its bibliography is refused with the name of the file."""
    project.path(file).unlink()

    assert [file] == [str(finding.place) for finding in project.findings()]


# ---- looking up a conclusion


def test_an_unknown_conclusion_names_the_nearest(mini: Review) -> None:
    """A misspelt id is answered with the intended one."""
    with pytest.raises(NotFoundError, match=r"did you mean winter-gloom\?"):
        mini.conclusion("winter-glom")


def test_an_id_like_no_other_is_answered_with_where_to_look(mini: Review) -> None:
    """Where no id is similar, the message names the column that contains them all."""
    with pytest.raises(NotFoundError, match="see the column conclusion_id"):
        mini.conclusion("zzzzzz")
