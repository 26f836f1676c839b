"""Updating a drafted folder from a revised text: people's edits are kept, and changes are reported."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from weigh.errors import WeighError
from weigh.evidence.review import load_review
from weigh.importer.drafting.folder import Imported, import_guideline

TEXT = """Subject: Moon Lamps
Guideline #: CG-FIC-77
Status: Reviewed
Publish Date: 01/03/2024
Last Review Date: 11/09/2023

Clinical Indications

Medically Necessary:

Moon lamps are considered medically necessary for winter gloom.

Not Medically Necessary:

Moon lamps are considered not medically necessary for all other indications.

Coding

When services are Not Medically Necessary:

ICD-10 Diagnosis
Q80.0\tRestless thumb
Q80.1\tBrisk elbow

Discussion

Moon lamps were effective for the treatment of winter gloom (Ardenwood, 2011). The results do not support moon lamps for the treatment of restless thumb (Birch, 2012; Cloud, 2013).

References

1. Ardenwood Q, Vell A. Moon lamps in winter gloom: a randomised trial. J Invent Med. 2011;4(1):11-19.
2. Birch T. Thumbs by moonlight. Acta Fabul. 2012;5(2):20-29.
3. Cloud M, Dell N. Lamps and thumbs. Clin Fict. 2013;6(3):30-39.

History

Status\tDate\tAction
Reviewed\t11/09/2023\tPanel review. Updated References.
New\t11/03/2022\tPanel review. First version.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lamps.txt").write_text(TEXT, encoding="utf-8")
    import_guideline(tmp_path / "lamps.txt", tmp_path / "review")
    return tmp_path / "review"


@pytest.fixture
def revise(folder: Path) -> Callable[..., Imported]:
    def revised(*pairs: tuple[str, str]) -> Imported:
        text = TEXT
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        path = folder.parent / "lamps.txt"
        path.write_text(text, encoding="utf-8")
        return import_guideline(path, folder, update=True)

    return revised


def cells(folder: Path, table: str, row: str, **entered: str) -> dict[str, str]:
    """Return a row by its first cell, after writing the given values into it."""
    path = folder / "evidence" / f"{table}.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        rows, columns = list(reader), reader.fieldnames or []
    found = next(r for r in rows if r[columns[0]] == row)
    if entered:
        found.update(entered)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return found


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def words(done: Imported) -> list[str]:
    return [change.words() for change in done.changes]


def test_the_same_text_changes_nothing(folder: Path, revise: Callable[..., Imported]) -> None:
    """Importing the same text again changes no byte and reports nothing."""
    before = contents(folder)
    done = revise()

    assert ((), ()) == (done.written, done.changes)
    assert before == contents(folder)


def test_edits_are_kept(folder: Path, revise: Callable[..., Imported]) -> None:
    """A cell that a person filled in is kept, whatever the new text changes, and the folder stays valid."""
    cells(
        folder,
        "studies",
        "birch-2012",
        finding="No clear difference.",
        design="randomised_trial",
        extraction="verified",
    )
    cells(folder, "citations", "c02", note="Seen by A. Analyst.")
    revise(("Publish Date: 01/03/2024", "Publish Date: 02/05/2025"), ("20-29", "20-31"))

    assert "No clear difference." == cells(folder, "studies", "birch-2012")["finding"]
    assert "verified" == cells(folder, "studies", "birch-2012")["extraction"]
    assert "Seen by A. Analyst." == cells(folder, "citations", "c02")["note"]
    assert "2025-02-05" == load_review(folder).guideline.publish_date.isoformat()  # type: ignore[union-attr]


def test_a_changed_printed_field_is_updated(folder: Path, revise: Callable[..., Imported]) -> None:
    """A changed field is updated in the list and in an unedited bibliography entry, and reported."""
    done = revise(("20-29", "20-31"))

    assert "20-31" == next(x.pages for x in load_review(folder).listings if x.number == 2)
    assert "20--31" in (folder / "references.bib").read_text(encoding="utf-8")
    assert "listings, birch2012: pages is now “20-31” (was “20-29”)." in words(done)
    assert "birch2012: entry is now" in "".join(words(done))


def test_a_corrected_field_is_not_overwritten(folder: Path, revise: Callable[..., Imported]) -> None:
    """A person's correction is kept, and the new value of the text is reported."""
    bibliography = folder / "references.bib"
    ours = bibliography.read_text(encoding="utf-8").replace("20--29", "20--28")
    bibliography.write_text(ours, encoding="utf-8")
    done = revise(("20-29", "20-31"))

    assert ours == bibliography.read_text(encoding="utf-8")
    assert "the edited value" in next(w for w in words(done) if w.startswith("references.bib, birch2012"))


def test_ids_never_change(folder: Path, revise: Callable[..., Imported]) -> None:
    """An inserted reference, citation or code does not change the ids of the others."""
    before = {row.citation_id: row.cited_as for row in load_review(folder).citations}
    codes = {row.row_id: row.first for row in load_review(folder).codes}
    done = revise(
        ("2. Birch", "2. Aster B. New light. Acta Fabul. 2024;9(1):1-9.\n3. Birch"),
        ("3. Cloud", "4. Cloud"),
        ("(Birch, 2012;", "(Aster, 2024; Birch, 2012;"),
        ("Q80.1\t", "Q80.05\tSlow thumb\nQ80.1\t"),
    )
    review = load_review(folder)

    assert before.items() <= {row.citation_id: row.cited_as for row in review.citations}.items()
    assert {"Aster, 2024"} == {row.cited_as for row in review.citations} - set(before.values())
    assert codes.items() <= {row.row_id: row.first for row in review.codes}.items()
    assert {"birch2012": 3, "cloud2013": 4, "aster2024": 2, "ardenwood2011": 1} == {
        x.citation_key: x.number for x in review.listings
    }
    assert "aster2024" in review.references
    assert {
        "listings, aster2024: new in the text; row added.",
        "studies, aster-2024: new in the text; row added.",
    } <= set(words(done))


def test_dropped_rows_are_kept_and_reported(folder: Path, revise: Callable[..., Imported]) -> None:
    """Rows no longer in the text are kept until a person deletes them, and reported."""
    done = revise(
        ("3. Cloud M, Dell N. Lamps and thumbs. Clin Fict. 2013;6(3):30-39.\n", ""),
        ("; Cloud, 2013", ""),
        ("Q80.1\tBrisk elbow\n", ""),
    )

    assert "cloud-2013" in load_review(folder).studies
    assert {
        "studies, cloud-2013: no longer in the text; row kept until you delete it.",
        "listings, cloud2013: no longer in the text; row kept until you delete it.",
        "codes, nmn-2: no longer in the text; row kept until you delete it.",
        "references.bib, cloud2013: no longer in the text; row kept until you delete it.",
    } <= set(words(done))


def test_a_deleted_row_stays_deleted(folder: Path, revise: Callable[..., Imported]) -> None:
    """A row that a person deleted is not drafted again."""
    path = folder / "evidence" / "studies.csv"
    kept = [
        line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("birch-2012")
    ]
    path.write_text("".join(kept), encoding="utf-8")
    revise(("Publish Date: 01/03/2024", "Publish Date: 02/05/2025"))

    assert "birch-2012" not in load_review(folder).studies


def test_the_report_lists_the_differences(folder: Path, revise: Callable[..., Imported]) -> None:
    """IMPORT.md lists the differences, and a second update with the same text adds nothing."""
    done = revise(("20-29", "20-31"))
    report = (folder / "IMPORT.md").read_text(encoding="utf-8")
    before = contents(folder)
    again = revise(("20-29", "20-31"))

    assert "## Differences from the text imported before" in report
    assert all(change.words().replace("_", "\\_")[:20] in report.replace("_", "\\_") for change in done.changes)
    assert ((), ()) == (again.written, again.changes)
    assert before == contents(folder)


def test_a_folder_that_was_not_drafted(folder: Path, revise: Callable[..., Imported]) -> None:
    """An update without the record of the last import is refused with one sentence and a remedy."""
    shutil.copy(folder / "import.json", folder.parent / "kept.json")
    (folder / "import.json").unlink()
    before = contents(folder)
    with pytest.raises(WeighError, match=r"import\.json: missing, so this folder has no draft"):
        revise(("20-29", "20-31"))
    for broken in ("", "[]", '{"version": 1}', '{"version": 9}', "[" * 20_000):
        (folder / "import.json").write_text(broken, encoding="utf-8")
        with pytest.raises(
            WeighError,
            match=r"import\.json: (?:was not written by weigh import|was written by another version of weigh)",
        ):
            revise(("20-29", "20-31"))
    (folder / "import.json").unlink()
    assert before == contents(folder)
