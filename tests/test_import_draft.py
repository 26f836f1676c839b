"""A drafted folder: it agrees with the human-made review, marks what is unknown, and is written atomically."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from printed_guideline import printed_guideline

from weigh.audit.audit import audit
from weigh.errors import GuidelineTextError, WeighError
from weigh.evidence.review import Review, load_review, read_review
from weigh.importer.drafting.bibtex import bibtex
from weigh.importer.drafting.draft import csv_text, draft_of
from weigh.importer.drafting.folder import import_guideline
from weigh.importer.found import Use
from weigh.importer.guideline import read_guideline
from weigh.pages.site import index_page
from weigh.pages.studies import study_entries
from weigh.summary.conclusion import summarise
from weigh.summary.overview import overview

WEIGH = Path(sys.executable).with_name("weigh")
GUIDELINES = Path(__file__).parent / "data" / "guidelines"
TEXTS = sorted(path for path in GUIDELINES.iterdir() if path.suffix != ".json")
#: Keys of the real bibliography use the true first author; a draft knows only the printed one.
KEYS = {
    "osborne2006": "allison2006",
    "bakhtiary2013": "bakhtiari2013",
    "vranken2005": "franken2005",
    "fda2023regulation": "fda2023a",
    "fda2023classification": "fda2023b",
}
#: The ids that people shortened or reordered.
CONCLUSIONS = {
    "migraine": "migraine-headache",
    "trigger-finger-scarring": "persistent-scarring",
    "trapeziometacarpal-arthritis": "arthritis",
    "jaw-dislocation": "dislocation-of-jaw",
}


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "evidence" / f"{table}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def text(real: Review, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("text") / "guideline.txt"
    path.write_text(printed_guideline(real), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def drafted(text: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("draft") / "review"
    import_guideline(text, folder)
    return folder


def test_it_agrees_on_every_reference(drafted: Path) -> None:
    """All 41 list entries agree in every field; only keys of misprinted or ambiguous names differ."""
    ours = [
        {**row, "citation_key": KEYS.get(row["citation_key"], row["citation_key"])} for row in rows(ROOT, "listings")
    ]

    assert 41 == len(ours)
    assert ours == rows(drafted, "listings")


def test_it_agrees_on_every_citation(drafted: Path) -> None:
    """All 35 citations agree in their entry (none if two match), conclusion and stance."""
    wanted = ("citation_id", "cited_as", "listed_as", "list", "number", "stance")
    ours, theirs = rows(ROOT, "citations"), rows(drafted, "citations")

    assert 35 == len(ours)
    assert [[row[name] for name in wanted] for row in ours] == [[row[name] for name in wanted] for row in theirs]
    assert [KEYS.get(row["citation_key"], row["citation_key"]) for row in ours] == [r["citation_key"] for r in theirs]
    assert [CONCLUSIONS.get(r["conclusion_id"], r["conclusion_id"]) for r in ours] == [
        r["conclusion_id"] for r in theirs
    ]


def test_it_agrees_on_the_conclusions(drafted: Path) -> None:
    """The same 25 conclusions are drafted, with the same positions and basis."""
    wanted = ("position", "basis")
    ours = {CONCLUSIONS.get(r["conclusion_id"], r["conclusion_id"]): r for r in rows(ROOT, "conclusions")}
    theirs = {r["conclusion_id"]: r for r in rows(drafted, "conclusions")}

    assert 25 == len(ours)
    assert {name: [row[w] for w in wanted] for name, row in ours.items()} == {
        name: [row[w] for w in wanted] for name, row in theirs.items()
    }


def test_it_agrees_on_codes_and_history(drafted: Path) -> None:
    """The 13 code rows, without CPT descriptors, and the 22 history rows, 3 of them pre-merger, agree."""
    codes = ("row_id", "system", "printed_system", "first", "last", "printed_title", "position")
    history = ("status", "date", "organization", "document")

    assert [[r[n] for n in codes] for r in rows(ROOT, "codes")] == [
        [r[n] for n in codes] for r in rows(drafted, "codes")
    ]
    assert sorted([r[n] for n in history] for r in rows(ROOT, "history")) == sorted(
        [r[n] for n in history] for r in rows(drafted, "history")
    )
    assert 22 == len(rows(drafted, "history"))


def test_mismatches_are_reported(drafted: Path) -> None:
    """IMPORT.md lists three names, a year, an ambiguous citation, uncited entries and a title without a code."""
    report = (drafted / "IMPORT.md").read_text(encoding="utf-8")

    assert 3 == report.count("the text has Bakhtiary") + report.count("the text has Vranken") + report.count(
        "the text has Mehrsai"
    )
    assert "the text has 2014, the list has 2015" in report
    assert "ambiguous, 2 entries match and none was chosen" in report
    uncited = report.partition("## Entries not cited in the text")[2].partition("\n## ")[0]
    assert ["no. 4", "no. 21", "no. 28", "no. 33", "no. 1", "at least 1 of"] == re.findall(
        r"^- (no\. \d+|at least 1 of)", uncited, re.M
    )
    assert "“Generalized hyperhidrosis” has no code" in report
    assert not [row for row in rows(drafted, "citations") if row["conclusion_id"] == "temporomandibular-disorders"]


def test_the_audits_of_draft_and_review_agree(drafted: Path, real: Review) -> None:
    """Both audits report the same citations as near matches, ambiguous or not listed."""

    def doubtful(review: Review) -> set[tuple[str, str]]:
        return {
            (finding.code, finding.subject)
            for finding in audit(review).open
            if finding.code
            in ("citation-name-mismatch", "citation-year-mismatch", "citation-ambiguous", "citation-not-listed")
        }

    assert 5 == len(doubtful(real))
    assert doubtful(real) == doubtful(load_review(drafted))


def test_nothing_is_marked_verified(drafted: Path) -> None:
    """No drafted study has a result, a fit or an author view, and each is marked as not read."""
    review = load_review(drafted)

    assert {"unverified"} == {study.extraction.value for study in review.studies.values()}
    assert {None} == {study.fit for study in review.studies.values()}
    assert () == review.outcomes + review.appraisals + review.certainty
    assert {"not read"} == {reference.get("record") for reference in review.references.values()}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_draft_is_accepted(path: Path, tmp_path: Path) -> None:
    """A folder drafted from any text is valid by its schema."""
    import_guideline(path, tmp_path / "review")
    review, problems = read_review(tmp_path / "review")

    assert [] == [str(problem) for problem in problems if problem.severity == "error"]
    assert review is not None
    assert all(finding.kind == "guideline" or finding.severity != "error" for finding in audit(review).open)


@pytest.mark.long
def test_every_draft_renders(tmp_path: Path) -> None:
    """Every draft renders immediately, without a failed report."""
    for path in TEXTS:
        import_guideline(path, tmp_path / "reviews" / path.stem)
    done = subprocess.run(
        [WEIGH, "render", "--portfolio", tmp_path / "reviews", "--out", tmp_path / "builds"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, {"0 failed"}) == (done.returncode, set(re.findall(r"\d+ failed", done.stdout))), done.stderr
    assert len(TEXTS) == len(list((tmp_path / "builds").glob("*/site/index.html")))


@pytest.mark.parametrize("path", [path for path in TEXTS if path.suffix in (".txt", ".md")], ids=lambda path: path.stem)
def test_no_sentence_is_copied(path: Path, tmp_path: Path) -> None:
    """No sequence of eleven words of prose is copied into the draft, except references, citations and codes."""
    found = read_guideline(path.read_bytes(), path.name)
    import_guideline(path, tmp_path / "review")
    lines = re.split(r"\r\n|\n|\r|\f", path.read_text(encoding="utf-8"))
    prose = " ".join(
        line
        for line, use in zip(lines, found.uses, strict=False)
        if use in (Use.PROSE, Use.POSITION, Use.HISTORY, Use.TERM)
    )
    words = re.findall(r"\w+", prose.lower())
    runs = {" ".join(words[i : i + 11]) for i in range(len(words) - 10)}
    names = {file.name for file in (tmp_path / "review").rglob("*") if file.is_file()} - {
        "listings.csv",
        "references.bib",
    }
    kept = " ".join(
        file.read_text(encoding="utf-8")
        for file in (tmp_path / "review").rglob("*")
        if file.is_file() and file.name in names
    )
    drafted = re.findall(r"\w+", kept.lower())

    assert set() == runs & {" ".join(drafted[i : i + 11]) for i in range(len(drafted) - 10)}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.long
def test_the_same_text_gives_the_same_bytes(text: Path, drafted: Path, tmp_path: Path) -> None:
    """Importing again into another folder or with another hash seed gives the same bytes, and repeating changes nothing."""
    command = [WEIGH, "import", text, "--into", tmp_path / "again"]
    for seed in ("1", "2"):
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (0, "") == (done.returncode, done.stderr)
        assert contents(drafted) == contents(tmp_path / "again")
    assert "already up to date" in done.stdout


class TestPlaces:
    """An import never overwrites other files."""

    def test_an_edited_folder(self, text: Path, tmp_path: Path) -> None:
        import_guideline(text, tmp_path)
        (tmp_path / "references.bib").write_text("% ours\n", encoding="utf-8")
        before = contents(tmp_path)

        with pytest.raises(WeighError, match="already contains a review; update it with --update"):
            import_guideline(text, tmp_path)
        assert before == contents(tmp_path)

    def test_a_folder_with_other_files(self, text: Path, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(WeighError, match=r"contains letter\.txt; choose a new or empty folder"):
            import_guideline(text, tmp_path)
        assert {"letter.txt": b"mine"} == contents(tmp_path)

    def test_a_link_and_a_file(self, text: Path, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "real")
        (tmp_path / "file").write_text("mine", encoding="utf-8")
        with pytest.raises(WeighError, match="is a symbolic link"):
            import_guideline(text, tmp_path / "link")
        with pytest.raises(WeighError, match="is a file; pass a folder"):
            import_guideline(text, tmp_path / "file")
        assert {"file": b"mine"} == contents(tmp_path)

    def test_leftovers_of_an_interrupted_import(self, text: Path, drafted: Path, tmp_path: Path) -> None:
        """The leftovers do not count as a review, and the next import completes them."""
        (tmp_path / ".weigh-import-1").mkdir()
        (tmp_path / ".weigh-import-1" / "references.bib").write_text("half", encoding="utf-8")
        (tmp_path / "references.bib").write_text("of the stopped one", encoding="utf-8")
        import_guideline(text, tmp_path)

        assert contents(drafted) == contents(tmp_path)

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("missing.txt", None, "no such file; pass the text of a guideline"),
            ("latin.txt", "Thomeé".encode("latin-1"), "is not UTF-8; save the file as UTF-8"),
            ("nul.txt", b"a\0b", "contains a NUL byte"),
        ],
    )
    def test_a_text_that_cannot_be_read(self, name: str, content: bytes | None, message: str, tmp_path: Path) -> None:
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(GuidelineTextError, match=re.escape(message)):
            import_guideline(tmp_path / name, tmp_path / "review")
        assert not (tmp_path / "review").exists()

    def test_a_folder_for_a_text(self, tmp_path: Path) -> None:
        with pytest.raises(GuidelineTextError, match="is a folder; pass the file"):
            import_guideline(tmp_path, tmp_path / "review")


def test_the_command_reports_what_it_did(text: Path, tmp_path: Path) -> None:
    """The command prints counts and the name of the report; a refusal is one sentence and exit code 2."""
    command = [WEIGH, "import"]
    good = subprocess.run([*command, text, "--into", tmp_path / "r"], capture_output=True, text=True, check=False)
    bad = subprocess.run([*command, text, "--into", text], capture_output=True, text=True, check=False)

    assert (0, "") == (good.returncode, good.stderr)
    assert (
        "guideline.txt: 41 references, 35 citations, 6 statements, 13 rows of codes; 0 of 188 lines not understood."
        in good.stdout
    )
    assert (2, f"weigh: {text}: is a file; pass a folder with --into\n") == (bad.returncode, bad.stderr)


def test_an_unparsed_entry_keeps_every_word() -> None:
    """An unparsed entry is kept as printed in the bibliography and the list, and is marked."""
    found = read_guideline(b"References\n\n1. Zorn, wholly unlike an entry (100% odd_ones) & more.\n", "g.txt")
    draft = draft_of(found)

    assert "Zorn, wholly unlike an entry (100% odd_ones) & more." == draft.tables["listings"][0]["title"]
    assert r"note = {As printed, not parsed: Zorn, wholly unlike an entry (100\% odd\_ones) \& more.}" in bibtex(
        found.entries
    )
    assert ["the format of this entry was not recognised; its text is kept in a note"] == [
        r.what for r in found.remarks if r.line == 3
    ]


def test_an_empty_text_is_a_full_draft(tmp_path: Path) -> None:
    """An empty text gives a valid folder without content, and a report that says so."""
    (tmp_path / "g.txt").write_bytes(b"")
    import_guideline(tmp_path / "g.txt", tmp_path / "review")
    review = load_review(tmp_path / "review")

    assert ({}, {}, ()) == (review.conclusions, review.studies, review.citations)
    assert "| references | 0 |" in (tmp_path / "review" / "IMPORT.md").read_text(encoding="utf-8")


def test_tables_are_sorted_by_their_key() -> None:
    """Numbers sort numerically: the tenth entry follows the ninth."""
    listed = [{"list": "peer_reviewed", "number": str(number)} for number in (10, 9, 1)]

    assert ["1", "9", "10"] == [line.split(",")[1] for line in csv_text("listings", listed).splitlines()[1:]]


@pytest.mark.long
def test_the_site_of_a_draft_says_that_it_is_one(drafted: Path, real: Review) -> None:
    """The index of a draft says that no study has been read yet; that of the real review does not."""
    pages = {}
    for name, review in (("draft", load_review(drafted)), ("real", real)):
        summaries = [summarise(one, review) for one in review.conclusions]
        pages[name] = index_page(overview(review), study_entries(summaries), linked=review.conclusions)

    assert "None of its 34 studies has been read yet" in " ".join(pages["draft"].split())
    assert "is a draft" not in pages["real"]
