"""The notebooks: documents that call the package, stored as they ran, guarded by nbval."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from conftest import ROOT, Project

from weigh.evidence.model import Place
from weigh.summary.parts import PARTS

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TAGS = {"parameters", "claim", "figure", "notebook-only"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def cells(request: pytest.FixtureRequest) -> list[nbformat.NotebookNode]:
    return list(nbformat.read(request.param, as_version=4).cells)


def code(cells: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    return [cell for cell in cells if cell.cell_type == "code"]


def test_prose_leads(cells: list[nbformat.NotebookNode]) -> None:
    """A notebook opens with a question, and prose stands before nearly every call."""
    assert cells[0].source.startswith("# ")
    assert cells[0].source.splitlines()[0].endswith("?")
    assert len(code(cells)) <= len(cells) - len(code(cells))


def test_cells_are_thin(cells: list[nbformat.NotebookNode]) -> None:
    """No cell holds more than three lines, a definition, a loop or a magic."""
    for cell in code(cells):
        assert len([line for line in cell.source.splitlines() if line]) <= 3, cell.id
        assert not re.search(r"^\s*(def |class |for |while |try:|with |%|!)", cell.source, re.MULTILINE), cell.id


def test_stored_as_run(cells: list[nbformat.NotebookNode]) -> None:
    """The notebook is stored after one run from top to bottom, with outputs and without error or warning."""
    assert list(range(1, len(code(cells)) + 1)) == [cell.execution_count for cell in code(cells)]
    kinds = {output.output_type for cell in code(cells) for output in cell.outputs}
    assert {"execute_result"} == kinds


def test_ids_and_tags(cells: list[nbformat.NotebookNode]) -> None:
    """Cell ids are words that somebody wrote, and tags come from the closed list."""
    assert all(re.fullmatch(r"[a-z][a-z-]+", cell.id) for cell in cells)
    assert {tag for cell in cells for tag in cell.metadata.get("tags", ())} <= TAGS


def test_no_typed_results(cells: list[nbformat.NotebookNode]) -> None:
    """Prose holds no number that the evidence could make stale."""
    for cell in cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", re.sub(r"`[^`]*`", "", cell.source)), cell.id


def test_parameters_are_annotated() -> None:
    """Papermill reads the parameter of the conclusion notebook with its type and its help."""
    parameter = papermill.inspect_notebook(str(ROOT / "notebooks" / "conclusion.ipynb"))["conclusion_id"]

    assert ("str", '"epicondylitis"') == (parameter["inferred_type_name"], parameter["default"])
    assert "evidence/conclusions.csv" in parameter["help"]


def nbval(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "notebooks/conclusion.ipynb"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


@pytest.mark.long
def test_nbval_sees_an_edited_outcome(tmp_path: Path) -> None:
    """Nbval passes on the stored notebook and fails once an outcome that it shows is edited."""
    for name in ("evidence", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "references.bib", tmp_path)
    untouched = nbval(tmp_path)
    project = Project(tmp_path)
    rows = project.rows("evidence/outcomes.csv")
    place = next(Place("outcomes", row) for row, cells in enumerate(rows, 1) if cells[0] == "nirschl-2003-02")
    project.change("evidence/outcomes.csv", place.row or 0, "direction", "favours_intervention")
    edited = nbval(tmp_path)

    assert 0 == untouched.returncode, untouched.stdout
    assert 1 == edited.returncode
    assert "failed" in edited.stdout


def test_the_notebook_of_a_conclusion_follows_the_table_of_contents() -> None:
    """Each part has a cell of its name below a heading of its words, in the order of the one table of contents."""
    cells = nbformat.read(ROOT / "notebooks" / "conclusion.ipynb", as_version=4).cells
    headings = [
        (cell["id"].removesuffix("-prose"), heading[1])
        for cell in cells
        if cell["cell_type"] == "markdown" and (heading := re.match(r"## (.+)", cell["source"]))
    ]
    calls = [cell["id"] for cell in cells if cell["source"] == f'show(summary, "{cell["id"]}")']

    assert [(part.name, part.heading) for part in PARTS] == [each for each in headings if each[0] != "provenance"]
    assert [part.name for part in PARTS] == [name for name in calls if name not in {"header", "provenance", "result"}]
