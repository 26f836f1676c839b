"""`weigh run`: what a schedule calls, and the digest that it leaves."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from conftest import MINI, OUTCOMES, Project
from test_render import built, hashes, notebook

from weigh.evidence.lock import exclusive

__all__ = ["built"]  # a fixture of this module too

RunWeigh = Callable[..., CompletedProcess[str]]
DAY = ("--today", "2021-01-01")  # no review of the fictional guideline is overdue then


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Path:
    """A finished build of the fictional review that a test may change."""
    return Path(shutil.copytree(built, tmp_path / "build"))


def digest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "digest.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.long
def test_a_first_run_has_nothing_to_compare_with(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """The digest of a first run says so, and is no claim that nothing moved."""
    done = run_weigh("--review", MINI, "run", "--out", tmp_path / "out", *DAY)

    assert 0 == done.returncode, done.stderr
    assert "The first finished run of this build folder: there is nothing to compare with.\n" in done.stdout
    assert (None, False) == (digest(tmp_path / "out")["changes"], digest(tmp_path / "out")["nothing"])
    assert "there is nothing to compare with" in (tmp_path / "out" / "digest.md").read_text(encoding="utf-8")


def test_nothing_moved_is_said(build: Path, run_weigh: RunWeigh) -> None:
    """A run that finds nothing to do says since when nothing moved, and touches no report."""
    before, marker = hashes(build), (build / "run.json").read_bytes()
    done = run_weigh("--review", MINI, "run", "--out", build, *DAY)
    since = json.loads(marker)["finished"]

    assert (0, f"Since the run of {since}:\nNothing moved.\n") == (
        done.returncode,
        done.stdout.split("index.html\n")[1],
    )
    assert (True, since, []) == (digest(build)["nothing"], digest(build)["since"], digest(build)["rendered"])
    assert marker == (build / "run.json").read_bytes()
    assert before == {name: found for name, found in hashes(build).items() if not name.startswith("digest.")}


@pytest.mark.long
def test_what_moved_is_told_with_its_reason(build: Path, project: Project, run_weigh: RunWeigh) -> None:
    """A direction turned round: the conclusions that moved, the outcome behind it; the next run says nothing moved."""
    row = 4
    project.change(OUTCOMES, row, "direction", "favours_comparator")
    done = run_weigh("--review", project.folder, "run", "--out", build, *DAY)
    told = digest(build)
    outcome = project.rows(OUTCOMES)[row - 1][0]

    assert 0 == done.returncode, done.stderr
    assert told["changes"]["moved"] >= 1
    assert outcome in json.dumps(told["changes"]["conclusions"])
    assert set(told["rendered"]) >= {move["conclusion_id"] for move in told["changes"]["conclusions"]}
    assert "moved" in (build / "digest.md").read_text(encoding="utf-8")
    assert not [name for name in hashes(build) if ".new" in name]

    run_weigh("--review", project.folder, "run", "--out", build, *DAY)
    assert digest(build)["nothing"]


def test_what_the_calendar_brings_is_new_once(build: Path, run_weigh: RunWeigh) -> None:
    """A review that falls overdue moves no verdict; the digest tells it as new on the first day only."""
    first = run_weigh("--review", MINI, "run", "--out", build, "--today", "2021-06-01")
    told = digest(build)
    again = run_weigh("--review", MINI, "run", "--out", build, "--today", "2021-06-02")

    assert "The review was due on 2021-05-07" in first.stdout
    assert (["review-overdue"], False) == ([f["code"] for f in told["due_new"]], told["nothing"])
    assert "review was due" not in again.stdout
    assert (1, [], True) == (len(digest(build)["due"]), digest(build)["due_new"], digest(build)["nothing"])


def test_a_command_is_called_with_the_digest(build: Path, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """--notify is called with the path of the digest; one that fails is a sentence and exit 2, and the build stands."""
    code = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(pathlib.Path(sys.argv[2]).read_text())"
    hook = f"{sys.executable} -c '{code}' '{tmp_path / 'got it.md'}'"
    done = run_weigh("--review", MINI, "run", "--out", build, *DAY, "--notify", hook)

    assert 0 == done.returncode, done.stderr
    assert (build / "digest.md").read_text() == (tmp_path / "got it.md").read_text()
    failed = run_weigh("--review", MINI, "run", "--out", build, *DAY, "--notify", "false")
    missing = run_weigh("--review", MINI, "run", "--out", build, *DAY, "--notify", "no-such-command")
    assert (2, f"weigh: --notify false: exited with 1; the digest is in {build / 'digest.md'}\n") == (
        failed.returncode,
        failed.stderr,
    )
    assert 2 == missing.returncode
    assert missing.stderr.startswith("weigh: --notify no-such-command: cannot be run (")


@pytest.mark.long
def test_a_report_that_fails_is_in_the_digest(project: Project, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """Exit 3, and the digest names the report with its sentence."""
    notebook(project, "1 / (conclusion_id != 'humming-ear')")
    done = run_weigh("--review", project.folder, "run", "--out", tmp_path / "out", *DAY)

    assert 3 == done.returncode
    assert ["humming-ear"] == list(digest(tmp_path / "out")["failed"])
    assert "## Reports that failed" in (tmp_path / "out" / "digest.md").read_text(encoding="utf-8")


def test_strict_looks_at_the_guideline(build: Path, run_weigh: RunWeigh) -> None:
    """With --strict a finding on the guideline that nobody accepted ends the run with 1, after the work is done."""
    done = run_weigh("--review", MINI, "run", "--out", build, *DAY, "--strict")

    assert 1 == done.returncode
    assert (build / "digest.json").is_file()


def test_broken_evidence_leaves_the_last_digest(build: Path, project: Project, run_weigh: RunWeigh) -> None:
    """Exit 2 with the place of the defect; what the last run told stands."""
    run_weigh("--review", MINI, "run", "--out", build, *DAY)
    told = (build / "digest.md").read_bytes()
    project.change(OUTCOMES, 2, "study_id", "nobody-1900")
    done = run_weigh("--review", project.folder, "run", "--out", build, *DAY)

    assert 2 == done.returncode
    assert "evidence/outcomes.csv:2:study_id" in done.stderr
    assert told == (build / "digest.md").read_bytes()


def test_a_busy_folder_is_left_alone(build: Path, run_weigh: RunWeigh) -> None:
    """Exit 4, and no digest that could be taken for that of a finished run."""
    with exclusive(build):
        done = run_weigh("--review", MINI, "run", "--out", build, *DAY)

    assert 4 == done.returncode
    assert not (build / "digest.md").exists()
