"""The evidence of this repository is complete and supports the expected statements on its conclusions."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Project

from weigh.evidence.review import TABLES, Review
from weigh.evidence.tables import read_tables
from weigh.evidence.vocabulary import Contrast, Direction, Position, Verdict
from weigh.summary.conclusion import Point, Summary

Summaries = dict[str, Summary]

EVIDENCE = ROOT / "evidence"
PACKAGE = json.loads((EVIDENCE / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES: dict[str, Any] = {resource["name"]: resource for resource in PACKAGE["resources"]}

#: The conclusions that the review must cover.
REQUIRED = [
    "carpal-tunnel-syndrome",
    "central-pain",
    "epicondylitis",
    "foot-eczema",
    "hyperhidrosis",
    "inflammatory-musculoskeletal-disorders",
    "keratoconus",
    "local-anesthesia",
    "migraine",
    "neck-pain",
    "onychomycosis",
    "patellar-tendinopathy",
    "peyronies-disease",
    "plantar-fasciitis",
    "rotator-cuff-disease",
    "temporomandibular-disorders",
    "tendonitis",
    "trapeziometacarpal-arthritis",
    "trigger-finger-scarring",
]


def table(name: str) -> list[list[str]]:
    return Project(ROOT).rows(f"evidence/{name}.csv")


def columns_of(name: str) -> list[str]:
    return [field["name"] for field in RESOURCES[name]["schema"]["fields"]]


def point(points: tuple[Point, ...], name: str) -> Point:
    (found,) = (point for point in points if point.name == name)
    return found


# ---- the folder


def test_the_evidence_has_no_finding() -> None:
    """The folder in this repository passes its own check."""
    assert () == Project(ROOT).findings()


@pytest.mark.parametrize(
    ("what", "count"),
    [
        ("references", 41),
        ("citations", 35),
        ("outcomes", 98),
        ("studies", 37),
        ("history", 22),
        ("devices", 4),
        ("glossary", 6),
    ],
)
def test_nothing_of_the_guideline_is_lost(real: Review, what: str, count: int) -> None:
    """The folder has as many entries as the guideline and its studies require."""
    assert count == len(getattr(real, what))


def test_three_rows_of_the_history_are_from_before_the_merger(real: Review) -> None:
    """The history states what the guideline adopted from its predecessors."""
    assert 3 == sum("Pre-merger" == row.status for row in real.history)


def test_every_csv_is_in_the_data_dictionary() -> None:
    """The folder contains exactly the tables that the schema describes."""
    assert sorted(path.name for path in EVIDENCE.glob("*.csv")) == sorted(r["path"] for r in RESOURCES.values())


def test_every_table_is_read() -> None:
    """Each table of the data dictionary corresponds to a record class, and vice versa."""
    assert set(TABLES) == set(RESOURCES)


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_the_fields_of_the_record(name: str) -> None:
    """Header, data dictionary and record have the same columns in the same order."""
    fields = [field.name for field in dataclasses.fields(TABLES[name]) if field.name != "place"]

    assert fields == columns_of(name)
    assert fields == table(name)[0]


# JupyterLab leaves folders beside the files that it opens.
@pytest.mark.parametrize(
    "path",
    sorted(path for path in (*EVIDENCE.iterdir(), ROOT / "references.bib") if path.is_file()),
    ids=lambda path: path.name,
)
def test_files_are_utf_8_with_line_feeds(path: Path) -> None:
    """Every file of the folder is UTF-8 without a byte order mark and has LF line endings, including the last line."""
    content = path.read_bytes()

    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert content.decode("utf-8")


@pytest.mark.parametrize("name", RESOURCES)
def test_rows_are_sorted_by_their_key(name: str) -> None:
    """Rows are sorted, so that a change appears as one line in a diff."""
    schema = RESOURCES[name]["schema"]
    types: dict[str, Callable[[str], Any]] = {
        f["name"]: int if f["type"] == "integer" else str for f in schema["fields"]
    }
    header, *rows = table(name)
    keys = [tuple(types[column](row[header.index(column)]) for column in schema["primaryKey"]) for row in rows]

    assert sorted(set(keys)) == keys


def test_dates_are_iso() -> None:
    """Every date in the tables and the guideline file has the form YYYY-MM-DD."""
    written = [
        row[columns_of(name).index(field["name"])]
        for name, resource in RESOURCES.items()
        for field in resource["schema"]["fields"]
        if "date" == field["type"]
        for row in table(name)[1:]
    ]
    toml = re.findall(
        r"^\w+_date = (.*)$", (EVIDENCE / "guideline.toml").read_text(encoding="utf-8"), flags=re.MULTILINE
    )

    assert len(toml) == 2
    assert [] == [date for date in [*written, *toml] if date and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date)]


def test_every_text_survives_the_reading() -> None:
    """Each text cell is read byte for byte, including codes and printed years."""
    read = read_tables(ROOT)
    for name, resource in RESOURCES.items():
        strings = [field["name"] for field in resource["schema"]["fields"] if "string" == field["type"]]
        with (EVIDENCE / resource["path"]).open(encoding="utf-8", newline="") as stream:
            written = [{column: row[column] for column in strings} for row in csv.DictReader(stream)]

        assert written == [{column: row.values[column] or "" for column in strings} for row in read.rows[name]], name


def test_the_codes_stand_as_printed(real: Review) -> None:
    """Codes keep their letters, decimal points and zeros."""
    assert ["97033", "E1399", "L74.510 to L74.519", "L74.52", "R61", "no code"] == [
        code.label for code in real.codes[:6]
    ]


def test_no_descriptor_of_a_cpt_code_is_kept(real: Review) -> None:
    """CPT descriptors are protected: the code may appear here, its title may not."""
    assert [None] == [code.printed_title for code in real.codes if "CPT" == code.system]


# ---- references, citations, studies


def test_every_reference_is_listed_and_back(real: Review) -> None:
    """The bibliography contains each entry of the guideline's lists exactly once, and nothing else."""
    listed = [listing.citation_key for listing in real.listings]

    assert sorted(real.references) == sorted(listed)


def test_every_list_is_numbered_without_a_gap(real: Review) -> None:
    """Each of the guideline's lists is numbered from 1 without gaps."""
    for name in {listing.list for listing in real.listings}:
        numbers = [listing.number for listing in real.listings if listing.list is name]
        assert list(range(1, len(numbers) + 1)) == numbers


def test_a_citation_and_its_listing_agree(real: Review) -> None:
    """The list and number of a citation identify the entry with its key."""
    keys = {(listing.list, listing.number): listing.citation_key for listing in real.listings}
    wrong = [c.citation_id for c in real.citations if c.list and c.number and keys[c.list, c.number] != c.citation_key]

    assert [] == wrong


def test_every_cited_paper_is_a_report_of_a_study(real: Review) -> None:
    """Every cited paper belongs to an extracted study."""
    papers = {listing.citation_key for listing in real.listings if listing.list == "peer_reviewed"}
    cited = {citation.citation_key for citation in real.citations if citation.citation_key in papers}

    assert set() == cited - real.study_of_report.keys()


def test_every_outcome_names_its_source(real: Review) -> None:
    """Each result states its source: a DOI, a PMID or the key of a paper, and the part read."""
    assert [] == [o.outcome_id for o in real.outcomes if not re.match(r"(doi:10\.|pmid:|PMID|ref:|PEDro)", o.source)]


def test_outcome_ids_begin_with_their_study(real: Review) -> None:
    """The id of an outcome contains the id of its study."""
    assert [] == [o.outcome_id for o in real.outcomes if not re.fullmatch(rf"{o.study_id}-\d\d", o.outcome_id)]


def test_what_was_not_found_has_no_figures(real: Review) -> None:
    """A study whose record was not found has no numbers and no verified outcome."""
    lost = [study for study in real.studies.values() if "not_found" == study.extraction]

    assert lost
    assert [] == [
        s.study_id
        for s in lost
        if s.n_enrolled is not None or s.n_analysed is not None or s.study_id in real.outcomes_by_study
    ]


# ---- conclusions


@pytest.mark.parametrize("conclusion_id", REQUIRED)
def test_every_required_conclusion_is_there(summaries: Summaries, conclusion_id: str) -> None:
    """Each indication that the guideline decides has a conclusion with a verdict in words."""
    summary = summaries[conclusion_id]

    assert summary.verdict in Verdict
    assert summary.verdict_sentence


def test_only_two_indications_are_covered(real: Review) -> None:
    """The guideline declares two uses medically necessary, and all others not."""
    covered = {c.conclusion_id for c in real.conclusions.values() if c.position is Position.MEDICALLY_NECESSARY}

    assert {"hyperhidrosis", "local-anesthesia"} == covered


def test_jaw_disorders_are_denied_without_evidence(summaries: Summaries) -> None:
    """The guideline cites nothing for its position on temporomandibular disorders."""
    summary = summaries["temporomandibular-disorders"]

    assert (Verdict.NO_EVIDENCE, ()) == (summary.verdict, summary.studies)


def test_epicondylitis_is_mixed_by_time(real: Review, summaries: Summaries) -> None:
    """In the epicondylitis trial, every result at 2 days favours iontophoresis, and none at 1 month does."""
    voting = [
        o for line in summaries["epicondylitis"].studies for o in line.vote.outcomes if "nirschl-2003" == o.study_id
    ]
    early = [o.direction for o in voting if o.timepoint_days == 2]
    late = [o.direction for o in voting if o.timepoint_days == 30]

    assert Verdict.MIXED is summaries["epicondylitis"].verdict
    assert [Direction.FAVOURS_INTERVENTION] * 4 == early
    assert [Direction.NO_CLEAR_DIRECTION] * 2 == late
    assert "2 days" in point(summaries["epicondylitis"].speaks_against, "Nirschl 2003").text
    assert "1 month" in point(summaries["epicondylitis"].speaks_for, "Nirschl 2003").text


def test_an_injection_does_not_test_iontophoresis(summaries: Summaries) -> None:
    """Bennett 2007 injected the drug: it is shown as not testing iontophoresis, with a reason to discuss, and has no vote."""
    summary = summaries["peyronies-disease"]

    assert "Bennett 2007" in [p.name for p in summary.does_not_test]
    assert "Bennett 2007" not in [p.name for p in (*summary.speaks_for, *summary.speaks_against)]
    assert [reason for reason in summary.discuss if "Bennett 2007" in reason and "does not test" in reason]
    assert summary.as_json()["study_votes"]["bennett-2007"]["direction"] is None


@pytest.mark.parametrize(
    ("conclusion_id", "name"), [("tendonitis", "Neeter 2003"), ("trigger-finger-scarring", "Dardas 2014")]
)
def test_reported_benefit_is_shown_against_a_denial(summaries: Summaries, conclusion_id: str, name: str) -> None:
    """Authors who report benefit appear among the opposing points, with the caveat that there was no comparison."""
    for summary in (summaries[conclusion_id], summaries["inflammatory-musculoskeletal-disorders"]):
        assert "no comparison between arms favours it" in point(summary.speaks_against, name).caveat.casefold()


def test_a_trial_with_two_reports_counts_once(summaries: Summaries) -> None:
    """Lombardo 2017 and 2019 are one trial: two citations, one study, one vote."""
    summary = summaries["keratoconus"]
    cited = [c.citation_key for c in summary.dossier.citations if (c.citation_key or "").startswith("lombardo")]

    assert ["lombardo2017", "lombardo2019"] == cited
    assert ["lombardo-2017"] == [s for s in summary.as_json()["studies"] if s.startswith("lombardo")]
    assert 2 == summary.judgement.votes.k
    assert [reason for reason in summary.discuss if "Lombardo" in reason and "counts once" in reason]


def test_no_change_within_one_arm_votes(summaries: Summaries) -> None:
    """In no conclusion of this repository does a result no comparison between arms favours it count."""
    voting = [o for summary in summaries.values() for line in summary.studies for o in line.vote.outcomes]

    assert voting
    assert {Contrast.BETWEEN_ARMS} == {outcome.contrast for outcome in voting}


def test_nothing_is_backed_before_its_certainty_is_judged(real: Review, summaries: Summaries) -> None:
    """Until the committee has judged the certainty of a conclusion, the review does not call it backed."""
    judged = {judgement.conclusion_id for judgement in real.certainty if "overall" == judgement.domain}

    assert [] == [key for key, summary in summaries.items() if summary.verdict is Verdict.BACKED and key not in judged]


def test_a_citation_that_fits_two_entries_is_not_settled_by_us(summaries: Summaries) -> None:
    """“FDA, 2023” matches two entries of the list: none is chosen, and the page says so."""
    unresolved = [citation.cited_as for citation in summaries["local-anesthesia"].dossier.unresolved]

    assert ["FDA, 2023"] == unresolved
