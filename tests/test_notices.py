"""Every notice of retraction or correction on a reference is found, and an unchecked review is never called clean."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BIBLIOGRAPHY, ROOT, Project

from weigh.audit.audit import audit
from weigh.evidence.notices import NOTICES, Notices, read_notices
from weigh.evidence.review import load_review, read_review
from weigh.summary.audit import summarise_audit

CLEAN = ROOT / "tests" / "data" / "clean"


@pytest.fixture
def clean(tmp_path: Path) -> Project:
    """A copy of the fictional review without findings."""
    return Project(Path(shutil.copytree(CLEAN, tmp_path / "clean")))


def hit(project: Project) -> list[tuple[str, str]]:
    """The references that a notice matches, and by which identifier."""
    notices = load_review(project.folder).notices
    assert notices is not None
    return [(key, notice.matched_by) for key, found in notices.by_reference.items() for notice in found]


def many(header: list[str], rows: int, at: int, doi: str) -> Iterator[list[str]]:
    """A file of notices on nonexistent papers, in which one row has the DOI of a reference."""
    yield header
    for number in range(1, rows + 1):
        known = {
            "Record ID": f"{number}",
            "Title": f"An invented paper about the sound of bell number {number}",
            "RetractionDate": "5/2/2023 0:00",
            "RetractionNature": "Retraction",
            "OriginalPaperDOI": doi if number == at else f"10.9999/other.{number}",
            "OriginalPaperPubMedID": f"{10_000_000 + number}",
        }
        yield [known.get(column, "") for column in header]


def test_one_row_among_fifty_thousand_is_found_with_what_it_hits(clean: Project) -> None:
    """However long the file, the row is reported, with the conclusions and codes that the reference supports."""
    header = clean.rows(NOTICES)[0]
    clean.write(NOTICES, list(many(header, 50_000, 41_234, "10.9999/jis.2015.21")))
    review = load_review(clean.folder)
    (finding,) = audit(review).open

    assert ("reference-retracted", f"{NOTICES}:41235:OriginalPaperDOI", ("restless-thumb",)) == (
        finding.code,
        str(finding.place),
        finding.conclusions,
    )
    assert (
        "Harrowgate 2015: retraction of 2023-05-02, matched by DOI; "
        "it supports restless-thumb and the codes Q80.0 to Q80.9"
    ) == finding.message
    assert 50_000 == getattr(review.notices, "rows", None)


@pytest.mark.parametrize(
    "doi",
    [
        "10.9999/jis.2015.21",
        "10.9999/JIS.2015.21",
        "https://doi.org/10.9999/jis.2015.21",
        "http://dx.doi.org/10.9999/JIS.2015.21",
        " 10.9999/jis.2015.21 ",
    ],
)
def test_a_doi_is_found_however_it_is_written(clean: Project, doi: str) -> None:
    """Case, address prefix and surrounding spaces do not change a DOI."""
    clean.add(NOTICES, OriginalPaperDOI=doi, RetractionNature="Retraction")

    assert [("harrowgate2015", "DOI")] == hit(clean)


def test_a_doi_that_begins_like_another_is_another(clean: Project) -> None:
    """Part of a DOI is not a match."""
    clean.add(NOTICES, OriginalPaperDOI="10.9999/jis.2015.2", RetractionNature="Retraction")
    clean.add(NOTICES, OriginalPaperDOI="10.9999/jis.2015.210", RetractionNature="Retraction")

    assert [] == hit(clean)


def test_a_pmid_is_found_where_the_doi_is_not_known(clean: Project) -> None:
    """A notice without a DOI is matched by its PMID, and says so."""
    clean.add(NOTICES, OriginalPaperDOI="unavailable", OriginalPaperPubMedID="90000102", RetractionNature="Correction")

    assert [("muellbrandt2018", "PMID")] == hit(clean)


def test_a_title_alone_is_a_match_that_says_so(clean: Project) -> None:
    """Case, punctuation and accents do not change a title, and the finding states that only the title matched."""
    clean.add(NOTICES, Title="BELLS AND SILENCE, IN RESTLESS THUMB!", RetractionNature="Expression of concern")
    (finding,) = audit(load_review(clean.folder)).open

    assert ([("muellbrandt2018", "title")], True) == (hit(clean), "matched by title only" in finding.message)


def test_a_common_title_stands_for_no_paper(clean: Project) -> None:
    """A title as short as “Bells for the home” is shared by many papers and does not match."""
    clean.add(NOTICES, Title="Bells for the home", RetractionNature="Retraction")

    assert [] == hit(clean)


@pytest.mark.parametrize("pmid", ["0", "unavailable", "Unavailable", ""])
@pytest.mark.parametrize("doi", ["0", "unavailable", "Unavailable", ""])
def test_what_the_file_does_not_know_is_no_match(clean: Project, doi: str, pmid: str) -> None:
    """Neither “0” nor “unavailable” is an identifier, even where a reference has it."""
    clean.replace(BIBLIOGRAPHY, "pmid = {90000101}", "pmid = {0}")
    clean.add(NOTICES, OriginalPaperDOI=doi, OriginalPaperPubMedID=pmid, Title="Another", RetractionNature="Retraction")
    _, references = clean.folder, load_review(clean.folder).references.values()

    assert (Notices(3, {}), ()) == read_notices(clean.folder, references)


def test_several_notices_on_one_reference_are_all_said(clean: Project) -> None:
    """A concern and a later retraction are two findings, each with its row."""
    clean.add(NOTICES, OriginalPaperDOI="10.9999/jis.2015.21", RetractionNature="Expression of concern")
    clean.add(NOTICES, OriginalPaperDOI="10.9999/jis.2015.21", RetractionNature="Retraction")

    assert [("reference-retracted", 5), ("reference-concern", 4)] == [
        (finding.code, finding.place.row) for finding in audit(load_review(clean.folder)).open
    ]


def test_two_references_with_one_doi_are_both_hit(clean: Project) -> None:
    """Where two entries share one DOI by mistake, a retraction is reported for both."""
    clean.replace(BIBLIOGRAPHY, "10.9999/aia.2018.40", "10.9999/jis.2015.21")
    clean.add(NOTICES, OriginalPaperDOI="10.9999/jis.2015.21", RetractionNature="Retraction")

    assert ["harrowgate2015", "muellbrandt2018"] == sorted(key for key, _ in hit(clean))


def test_without_a_file_nobody_has_looked(clean: Project) -> None:
    """A missing file is “not checked” in the review, the audit and the page."""
    clean.path(NOTICES).unlink()
    review = load_review(clean.folder)

    assert (None, ["notices-not-checked"], False) == (
        review.notices,
        [finding.code for finding in audit(review).open],
        summarise_audit(review).notices_checked,
    )


def test_a_file_without_a_hit_was_looked_at(clean: Project) -> None:
    """A file without matches is “none”, with the number of rows read."""
    review = load_review(clean.folder)

    assert (Notices(2, {}), (), True) == (review.notices, audit(review).open, summarise_audit(review).notices_checked)


@pytest.mark.parametrize(
    "column", ["Title", "RetractionDate", "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature"]
)
def test_a_file_without_a_column_is_a_finding(clean: Project, column: str) -> None:
    """A file that cannot be matched is not a file without matches."""
    rows = clean.rows(NOTICES)
    rows[0][rows[0].index(column)] = "Other"
    clean.write(NOTICES, rows)
    review, (problem,) = read_review(clean.folder)

    assert (None, "notices-header", f"{NOTICES}:1", f"missing columns: {column}") == (
        review,
        problem.code,
        str(problem.place),
        problem.message,
    )


def test_an_empty_file_is_a_finding(clean: Project) -> None:
    """A download that was cut off at the start is not a file without matches."""
    clean.path(NOTICES).write_bytes(b"")

    assert ["notices-header"] == [problem.code for problem in read_review(clean.folder)[1]]


@pytest.mark.parametrize("column", ["OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature"])
def test_a_file_that_broke_off_is_a_finding(clean: Project, column: str) -> None:
    """A truncated last row, as left by an interrupted download, is reported."""
    rows = clean.rows(NOTICES)
    rows[2][rows[0].index("OriginalPaperDOI")] = "10.9999/jis.2015.21"
    rows[2] = rows[2][: rows[0].index(column)]
    clean.write(NOTICES, rows)
    review, problems = read_review(clean.folder)

    assert (None, ["notices-form"]) == (review, [problem.code for problem in problems])
