"""`weigh doctor` finds what would stop a run, before the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from conftest import MINI, OUTCOMES, Project

RunWeigh = Callable[..., CompletedProcess[str]]


def test_a_working_machine_passes(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """On a working machine every check passes, and no file is left behind."""
    done = run_weigh("--review", MINI, "doctor", "--out", tmp_path / "build")

    assert (0, set()) == (done.returncode, {line[:3] for line in done.stdout.splitlines()} - {"yes"}), done.stdout
    assert [] == list(tmp_path.iterdir())


@pytest.mark.long
def test_broken_evidence_is_found(project: Project, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """A review folder that cannot be rendered fails one check."""
    project.change(OUTCOMES, 2, "study_id", "nobody-1900")
    done = run_weigh("--review", project.folder, "doctor", "--out", tmp_path / "build")

    assert 2 == done.returncode
    assert f"NO  {project.folder}: 1 defect, so it cannot be rendered: run weigh check for a list\n" in done.stdout


@pytest.mark.long
def test_another_version_of_a_package_is_found(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """A package outside its version bounds is named with the required version."""
    fake = tmp_path / "papermill-1.0.dist-info"
    fake.mkdir()
    (fake / "METADATA").write_text("Metadata-Version: 2.1\nName: papermill\nVersion: 1.0\n", encoding="utf-8")
    done = run_weigh("--review", MINI, "doctor", "--out", tmp_path / "build", PYTHONPATH=str(tmp_path))

    assert 2 == done.returncode
    assert "NO  papermill is 1.0; papermill<3,>=2.7 is required: reinstall from requirements.lock\n" in done.stdout


@pytest.mark.long
@pytest.mark.parametrize("what", ["file", "link", "stranger"])
def test_a_place_that_cannot_be_replaced_is_found(run_weigh: RunWeigh, tmp_path: Path, what: str) -> None:
    """A file, a link or a foreign folder in place of the build folder fails a check and is left unchanged."""
    out = tmp_path / "build"
    if what == "file":
        out.write_text("in the way", encoding="utf-8")
    elif what == "link":
        out.symlink_to(tmp_path)
    else:
        out.mkdir()
        (out / "thesis.docx").write_text("years of work", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    done = run_weigh("--review", MINI, "doctor", "--out", out)

    assert 2 == done.returncode
    assert "\nNO  " in done.stdout
    assert "Traceback" not in done.stderr
    assert before == sorted(tmp_path.iterdir())
