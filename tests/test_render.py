"""Rendering: complete builds, reproducible bytes, changes on the right pages, and isolated failures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
import pytest
from conftest import MINI, Project, render

from weigh.errors import NotFoundError, RenderError, WeighError
from weigh.evidence.inputs import sha256
from weigh.evidence.review import Review
from weigh.render.build import Build
from weigh.render.notebooks import check_parameters, execute
from weigh.render.sources import REVIEW_NOTEBOOKS, find_notebook
from weigh.render.task import RunReport

RunWeigh = Callable[..., CompletedProcess[str]]


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a build except run.json."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()) for path in sorted(files)}


def notebook(project: Project, source: str) -> Path:
    """Give the review its own conclusion notebook, with one cell after the parameters."""
    cells = [
        nbformat.v4.new_code_cell(
            'conclusion_id: str = "x"  # an id', id="parameters", metadata={"tags": ["parameters"]}
        ),
        nbformat.v4.new_code_cell(source, id="work"),
    ]
    path = project.folder / "notebooks" / "conclusion.ipynb"
    path.parent.mkdir(exist_ok=True)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A build of the fictional review that tests may read and copy."""
    out = tmp_path_factory.mktemp("build")
    report = render(MINI, out=out)
    assert {} == report.failed
    yield out


@pytest.fixture
def first(mini: Review) -> str:
    """A conclusion of the fictional review that has studies."""
    return mini.citations[0].conclusion_id


def test_build_is_complete(built: Path, mini: Review) -> None:
    """Every conclusion has its notebook, result and page, and run.json lists them with their hashes."""
    run = json.loads((built / "run.json").read_text(encoding="utf-8"))
    outputs = {name: digest for c in run["conclusions"].values() for name, digest in c["outputs"].items()}
    expected = {f"{place}/{name}.{suffix}" for name in mini.conclusions for place, suffix in PLACES}

    assert expected == outputs.keys()
    assert {"rendered"} == {c["status"] for c in run["conclusions"].values()}
    whole = {name: digest for job in REVIEW_NOTEBOOKS for name, digest in run["whole_review"][job]["outputs"].items()}
    assert hashes(built) == outputs | whole | run["pages"]


PLACES = (("notebooks", "ipynb"), ("results", "json"), ("site", "html"))


def test_run_record_names_every_input(built: Path, mini: Review) -> None:
    """run.json holds the SHA-256 of every input file."""
    run = json.loads((built / "run.json").read_text(encoding="utf-8"))
    expected = {name: sha256((MINI / name).read_bytes()) for name in mini.inputs}

    assert expected == run["inputs"]


def test_result_equals_summary(built: Path, mini_summaries: dict[str, object]) -> None:
    """The result file equals the summary, key by key."""
    for name, summary in mini_summaries.items():
        result = json.loads((built / "results" / f"{name}.json").read_text(encoding="utf-8"))
        assert json.loads(json.dumps(summary.as_json())) == result  # type: ignore[attr-defined]


def test_notebook_holds_its_parameter_and_no_clock(built: Path, first: str) -> None:
    """An executed notebook names its conclusion and contains no time or path of the machine."""
    text = (built / "notebooks" / f"{first}.ipynb").read_text(encoding="utf-8")
    executed = nbformat.reads(text, as_version=4)

    assert {"conclusion_id": first} == executed.metadata["weigh"]["parameters"]
    assert f'# Parameters\nconclusion_id = "{first}"\n' in [cell.source for cell in executed.cells]
    for trace in ("start_time", "end_time", "duration", str(MINI), "/tmp"):
        assert trace not in text


@pytest.mark.long
def test_same_bytes_elsewhere(built: Path, project: Project, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """A different folder, time zone, locale and number of workers give the same bytes."""
    out = tmp_path / "elsewhere"
    done = run_weigh(
        "--review",
        project.folder,
        "render",
        "--out",
        out,
        "--jobs",
        "1",
        TZ="Pacific/Kiritimati",
        LC_ALL="C",
        HOME="/nonexistent",
    )

    assert 0 == done.returncode, done.stderr
    assert hashes(built) == hashes(out)


@pytest.mark.long
def test_one_cell_changes_its_page_only(built: Path, project: Project, mini: Review, tmp_path: Path) -> None:
    """A changed p value changes only the pages of its study and of the conclusions that use it."""
    row = next(o for o in mini.outcomes if o.p_value is not None and any(o.study_id == s for s in _cited(mini)))
    project.change("evidence/outcomes.csv", row.place.row or 0, "p_value", "0.0417")
    out = tmp_path / "changed"
    render(project.folder, out=out)
    before, after = hashes(built), hashes(out)
    users = {c.conclusion_id for c in mini.citations if c.citation_key in mini.studies[row.study_id].citation_keys}
    users |= {c.parent_id for c in mini.conclusions.values() if c.conclusion_id in users and c.parent_id}
    page = (out / "site" / f"{sorted(users)[0]}.html").read_text(encoding="utf-8")

    assert "0.0417" in page
    assert "0.0417" not in (built / "site" / f"{sorted(users)[0]}.html").read_text(encoding="utf-8")
    assert {*(f"site/{name}.html" for name in users), f"site/studies/{row.study_id}.html"} == {
        f for f in before if f.startswith("site/") and before[f] != after[f]
    }


def _cited(review: Review) -> set[str]:
    return {study.study_id for c in review.citations if (study := review.study_of_report.get(c.citation_key or ""))}


def test_broken_evidence_leaves_the_build(built: Path, project: Project, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """A broken row stops the run with exit 2 and one sentence, and the last build is unchanged."""
    out = Path(shutil.copytree(built, tmp_path / "build"))
    before, marker = hashes(out), (out / "run.json").read_bytes()
    project.change("evidence/outcomes.csv", 2, "study_id", "nobody-1900")
    done = run_weigh("--review", project.folder, "render", "--out", out)

    assert 2 == done.returncode
    assert "evidence/outcomes.csv:2:study_id" in done.stderr
    assert "Traceback" not in done.stderr
    assert (before, marker) == (hashes(out), (out / "run.json").read_bytes())


def test_unknown_conclusion_stops_before_work(run_weigh: RunWeigh, tmp_path: Path, first: str) -> None:
    """An unknown id gives exit 2 and the closest known one, and no build folder is created."""
    out = tmp_path / "build"
    done = run_weigh("--review", MINI, "render", first + "x", "--out", out)

    assert 2 == done.returncode
    assert f"did you mean {first}?" in done.stderr
    assert not out.exists()


def test_unknown_parameter_is_refused(mini: Review) -> None:
    """A parameter that the notebook does not declare is an error with the closest known name, not a warning."""
    with pytest.raises(RenderError, match="did you mean conclusion_id"):
        check_parameters(find_notebook("conclusion", MINI), {"conclusion": "x"})


def test_notebook_without_a_source_is_named(mini: Review) -> None:
    """A missing notebook is named in the error."""
    with pytest.raises(NotFoundError, match=r"notebooks/nothing\.ipynb"):
        find_notebook("nothing", MINI)


@pytest.mark.long
def test_failure_stops_one_conclusion_only(project: Project, mini: Review, first: str, tmp_path: Path) -> None:
    """A failed conclusion keeps its last good files, the others are rendered, and run.json records the failure."""
    out = tmp_path / "build"
    notebook(project, "print(conclusion_id)")
    render(project.folder, out=out)
    good = hashes(out)
    notebook(project, f'print("second", 1 / (conclusion_id != "{first}"))')
    report: RunReport = render(project.folder, out=out)
    now = hashes(out)
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))

    assert [first] == list(report.failed)
    assert "failed with ZeroDivisionError: division by zero" in report.failed[first]
    assert {name for name in good if f"/{first}." in name} == {
        name for name in good if good[name] == now[name] and first in name
    }
    assert all(
        good[f"notebooks/{name}.ipynb"] != now[f"notebooks/{name}.ipynb"] for name in mini.conclusions if name != first
    )
    assert "failed" == run["conclusions"][first]["status"]


@pytest.mark.long
def test_failed_report_exits_with_3(project: Project, run_weigh: RunWeigh, first: str, tmp_path: Path) -> None:
    """The command exits with 3 and prints one sentence per failed report."""
    notebook(project, "import nothing_of_this_name")
    done = run_weigh("--review", project.folder, "render", first, "--out", tmp_path / "build")

    assert 3 == done.returncode
    assert f"weigh: {first} failed: conclusion.ipynb: the cell work failed with ModuleNotFoundError" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    "source",
    ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "while True:\n    pass"],
    ids=["killed", "hangs"],
)
def test_dead_or_endless_kernel_is_a_failure(project: Project, first: str, source: str) -> None:
    """A killed kernel or an endless cell fails its report with one sentence."""
    with pytest.raises(RenderError, match=r"^conclusion\.ipynb: "):
        execute(notebook(project, source), {"conclusion_id": first}, project.folder, timeout=3)


def test_removed_conclusion_leaves_the_build(built: Path, tmp_path: Path, first: str) -> None:
    """Files of a conclusion or study that is no longer in the review are absent from the next build."""
    build = Build(Path(shutil.copytree(built, tmp_path / "build")))
    kept = {path.stem for path in (build.folder / "site").glob("*.html")} - {first} | {"overview", "audit"}
    studies = sorted(path.stem for path in (build.folder / "site" / "studies").glob("*.html"))
    build.open()
    removed = build.prune(kept, studies[1:])
    build.commit({})

    assert (
        f"notebooks/{first}.ipynb",
        f"results/{first}.json",
        f"site/{first}.html",
        f"site/studies/{studies[0]}.html",
    ) == removed
    assert [] == [name for name in hashes(build.folder) if f"/{first}." in name]


def test_build_folder_that_cannot_be_created(tmp_path: Path) -> None:
    """A file in place of the build folder is reported in one sentence."""
    (tmp_path / "build").write_text("in the way")

    with pytest.raises(WeighError, match="cannot be written"):
        Build(tmp_path / "build").open()


@pytest.mark.parametrize("text", ["", "{"])
def test_damaged_notebook_is_reported(project: Project, text: str) -> None:
    """A file that is not a notebook is reported in one sentence with its name."""
    path = notebook(project, "1")
    path.write_text(text)

    with pytest.raises(RenderError, match=r"^conclusion\.ipynb: "):
        check_parameters(path, {})
