"""A guideline whose text prints no publisher or no dates: said in words everywhere, and never made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import MINI, Project, render
from docx import Document

from weigh.audit.audit import audit
from weigh.audit.currency import due_date
from weigh.changes.compare import compare
from weigh.changes.state import state_of
from weigh.changes.words import changes_text
from weigh.display.conclusion import show_header, show_since
from weigh.display.reprs import html_of
from weigh.display.review import show_audit
from weigh.evidence.review import GUIDELINE, Review, load_review
from weigh.exports.document import document
from weigh.exports.fhir import fhir_bundle
from weigh.exports.packet import packet_of
from weigh.exports.pdf import packet_html
from weigh.exports.tidy import tidy_files
from weigh.exports.workbook import READ_ME, workbook
from weigh.pages.site import history_page, index_page
from weigh.summary.audit import summarise_audit
from weigh.summary.conclusion import summarise
from weigh.summary.overview import overview
from weigh.wording import guideline_dates as imprint

OPTIONAL = ("publisher", "publish_date", "last_review_date")
LATER = dt.date(2999, 1, 1)


def leave_out(project: Project, *names: str) -> None:
    """Take some lines out of guideline.toml."""
    path = project.path(GUIDELINE)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if line.partition(" ")[0] not in names), encoding="utf-8")


@pytest.fixture(scope="module")
def bare(mini: Review) -> Review:
    """The fictional review of a text that prints neither its publisher nor a date."""
    return dataclasses.replace(mini, guideline=dataclasses.replace(mini.guideline, **dict.fromkeys(OPTIONAL)))


def shown_text(html: str) -> str:
    """What a reader sees of a fragment or page, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)).split())


# ---- reading


@pytest.mark.parametrize("name", OPTIONAL)
def test_what_the_text_does_not_print_may_be_left_out(project: Project, name: str) -> None:
    """A folder without one of the three lines is whole, and the fact is not known."""
    leave_out(project, name)

    assert () == project.findings()
    assert [name] == [each for each in OPTIONAL if getattr(project.review().guideline, each) is None]


@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize("value", ['""', "7", "2020-06-01T12:00:00"])
def test_what_is_there_must_still_be_right(project: Project, name: str, value: str) -> None:
    """A key that is there and empty, or of another kind, is a finding: nothing stands for "not printed" but its absence."""
    leave_out(project, name)
    path = project.path(GUIDELINE)
    path.write_text(f"{name} = {value}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")

    assert [f"{GUIDELINE}:{name}"] == [str(finding.place) for finding in project.findings()]


@pytest.mark.parametrize("name", ["number", "subject", "status", "text_sha256", "review_interval_months"])
def test_everything_else_must_be_there(project: Project, name: str) -> None:
    """The other lines are asked for as before."""
    leave_out(project, name)

    assert [f"{GUIDELINE}:{name}"] == [str(finding.place) for finding in project.findings()]


# ---- what follows from a date


def test_without_a_last_review_nothing_is_due(bare: Review) -> None:
    """No due date is made up, and no review is called overdue."""
    assert due_date(bare.guideline) is None
    assert [] == [f for f in audit(bare, today=LATER).open if f.code == "review-overdue"]
    assert f"not known, because the date of the last review is {imprint.NOT_PRINTED}" == imprint.due_words(
        bare.guideline
    )


@pytest.mark.parametrize("name", ["brisk-elbow", "humming-ear"])
def test_without_a_last_review_nothing_is_newer(bare: Review, name: str) -> None:
    """Nothing can be said to be newer than a day that nobody knows, and that is what the page says."""
    summary = summarise(name, bare)
    shown = show_since(summary)

    assert () == summary.since
    for text in (shown.text, shown_text(shown.html)):
        assert f"The date of the last review is {imprint.NOT_PRINTED}, so it is not known what is newer." in text


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (OPTIONAL, "The guideline was published on 2020-06-01 and last reviewed on 2020-05-07. The guideline is reviewed about every 12 months, so the next review is due by 2021-05-07."),
        (("publish_date",), "The guideline was published on 2020-06-01; the date of its last review is not printed in the text as read. The guideline is reviewed about every 12 months, but the date of the next review cannot be given."),
        (("last_review_date",), "The guideline’s date of publication is not printed in the text as read; it was last reviewed on 2020-05-07. The guideline is reviewed about every 12 months, so the next review is due by 2021-05-07."),
        ((), "The guideline’s date of publication is not printed in the text as read; the date of its last review is not printed in the text as read. The guideline is reviewed about every 12 months, but the date of the next review cannot be given."),
    ],
)  # fmt: skip
def test_the_dates_in_prose(mini: Review, known: tuple[str, ...], words: str) -> None:
    """Whatever is printed of the two dates, the sentences are whole."""
    unknown = dict.fromkeys(set(OPTIONAL) - set(known))

    assert words == imprint.sentences(dataclasses.replace(mini.guideline, **unknown))


# ---- pages and notebooks


PLACES: dict[str, Callable[[Review], str]] = {
    "header": lambda review: show_header(summarise("brisk-elbow", review)).html,
    "since": lambda review: show_since(summarise("brisk-elbow", review)).html,
    "audit": lambda review: show_audit(summarise_audit(review)).html,
    "repr": html_of,
    "history": history_page,
    "index": lambda review: index_page(overview(review), (), ()),
    "packet": lambda review: packet_html(packet_of(review)),
}


@pytest.mark.parametrize("place", PLACES)
def test_pages_say_what_is_not_printed(bare: Review, mini: Review, place: str) -> None:
    """Wherever a date or the publisher would stand, the words stand that it is not printed; and only there."""
    text, whole = shown_text(PLACES[place](bare)), shown_text(PLACES[place](mini))

    assert imprint.NOT_PRINTED in text
    assert imprint.NOT_PRINTED not in whole
    assert text.count("None") == whole.count("None")
    assert [] == [day for day in ("2020-06-01", "2020-05-07", "1980-01-01") if day in text and place != "history"]


def test_a_guideline_without_dates_still_says_what_it_is(bare: Review) -> None:
    """In a notebook the short form of a guideline names no day that nobody printed."""
    assert "<Guideline CG-TEST-01 Warm Light: last review date not printed>" == repr(bare.guideline)


def test_a_folder_without_dates_renders_whole(project: Project, tmp_path: Path) -> None:
    """From the folder to the site: all reports are made, and no page holds a date of the guideline's own."""
    leave_out(project, *OPTIONAL)
    report = render(project.folder, out=tmp_path / "build")
    pages = {
        path.name: shown_text(path.read_text(encoding="utf-8")) for path in (tmp_path / "build/site").glob("*.html")
    }

    assert {} == report.failed
    for name in ("index.html", "history.html", "brisk-elbow.html"):
        assert imprint.NOT_PRINTED in pages[name], name
    assert [] == [name for name, text in pages.items() if "reviewed None" in text or "published None" in text]


# ---- exports


@pytest.mark.long
def test_the_document_says_what_is_not_printed(bare: Review) -> None:
    """The Word packet names each missing fact; its own date, which the format asks for, is the fixed first day."""
    made = document(packet_of(bare))
    read = Document(io.BytesIO(made))
    text = [paragraph.text for paragraph in read.paragraphs]

    assert [f"{name}: {imprint.NOT_PRINTED}" for name in ("Publisher", "Published", "Last reviewed")] == [
        line for line in text if line.startswith(("Publisher:", "Published:", "Last reviewed:"))
    ]
    assert f"Next review due by: {imprint.due_words(bare.guideline)}" in text
    assert imprint.NO_DAY == read.core_properties.created.date()
    assert made == document(packet_of(bare))


def test_the_workbook_says_what_is_not_printed(bare: Review) -> None:
    """The first sheet says that the text prints no last review; its own date is the fixed first day."""
    made = workbook(packet_of(bare))
    read = openpyxl.load_workbook(io.BytesIO(made))
    facts = {row[0]: row[1] for row in read[READ_ME].iter_rows(values_only=True)}

    assert imprint.NOT_PRINTED == facts["Last reviewed"]
    assert (imprint.NO_DAY, imprint.NO_DAY) == (read.properties.created.date(), read.properties.modified.date())
    assert made == workbook(packet_of(bare))


def test_the_bundle_leaves_out_and_notes_what_is_not_printed(bare: Review) -> None:
    """FHIR has no date that nobody printed; notes say so, and the bundle is still one that FHIR takes."""
    citation = json.loads(fhir_bundle(packet_of(bare)))["entry"][0]["resource"]

    assert set() == {"date", "lastReviewDate", "publisher"} & citation.keys()
    assert list(imprint.missing(bare.guideline)) == [note["text"] for note in citation["note"]][-3:]
    assert 3 == len(imprint.missing(bare.guideline))


def test_the_tables_for_machines_hold_no_date_of_the_guideline(bare: Review, mini: Review) -> None:
    """What is exported as CSV does not hang on these facts, but for what is newer than the last review."""
    made, whole = tidy_files(packet_of(bare)), tidy_files(packet_of(mini))

    assert made.keys() == whole.keys()
    assert [] == [name for name, content in made.items() if b"1980-01-01" in content]


# ---- what changed


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_fact_that_came_to_be_printed_is_a_change(project: Project, mini: Review, name: str) -> None:
    """Between a text that prints no such fact and one that does, the difference is told."""
    leave_out(project, name)
    without = load_review(project.folder)
    told = changes_text(compare(*(state_of(review, audit(review)) for review in (without, mini))))

    assert name.replace("_", " ") in told
    assert str(getattr(mini.guideline, name)) in told
    assert "“None”" not in told


def test_the_fictional_review_prints_all(mini: Review) -> None:
    """The tests above compare with a folder that has every fact."""
    assert MINI == mini.folder
    assert () == imprint.missing(mini.guideline)
