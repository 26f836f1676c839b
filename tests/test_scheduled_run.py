"""`weigh run`, the command for schedules, and the digest that it writes."""

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
    """A finished build of the fictional review that a test may modify."""
    return Path(shutil.copytree(built, tmp_path / "build"))


def digest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "digest.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.long
def test_a_first_run_has_nothing_to_compare_with(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """The digest of a first run says that it is the first, and does not claim that nothing changed."""
    done = run_weigh("--review", MINI, "run", "--out", tmp_path / "out", *DAY)

    assert 0 == done.returncode, done.stderr
    assert "First finished run of this build folder: nothing to compare with.\n" in done.stdout
    assert (None, False) == (digest(tmp_path / "out")["changes"], digest(tmp_path / "out")["nothing"])
    assert "nothing to compare with" in (tmp_path / "out" / "digest.md").read_text(encoding="utf-8")


def test_no_change_is_reported(build: Path, run_weigh: RunWeigh) -> None:
    """A run with nothing to do reports no change since the last run, and rewrites no report."""
    before, marker = hashes(build), (build / "run.json").read_bytes()
    done = run_weigh("--review", MINI, "run", "--out", build, *DAY)
    since = json.loads(marker)["finished"]

    assert (0, f"Since the run of {since}:\nNothing changed.\n") == (
        done.returncode,
        done.stdout.split("index.html\n")[1],
    )
    assert (True, since, []) == (digest(build)["nothing"], digest(build)["since"], digest(build)["rendered"])
    assert marker == (build / "run.json").read_bytes()
    assert before == {name: found for name, found in hashes(build).items() if not name.startswith("digest.")}


@pytest.mark.long
def test_changes_are_reported_with_their_cause(build: Path, project: Project, run_weigh: RunWeigh) -> None:
    """A reversed direction is reported with the conclusions it changes and its outcome; the next run reports no change."""
    row = 4
    project.change(OUTCOMES, row, "direction", "favours_comparator")
    done = run_weigh("--review", project.folder, "run", "--out", build, *DAY)
    found = digest(build)
    outcome = project.rows(OUTCOMES)[row - 1][0]

    assert 0 == done.returncode, done.stderr
    assert found["changes"]["moved"] >= 1
    assert outcome in json.dumps(found["changes"]["conclusions"])
    assert set(found["rendered"]) >= {move["conclusion_id"] for move in found["changes"]["conclusions"]}
    assert "conclusions changed." in (build / "digest.md").read_text(encoding="utf-8")
    assert not [name for name in hashes(build) if ".new" in name]

    run_weigh("--review", project.folder, "run", "--out", build, *DAY)
    assert digest(build)["nothing"]


@pytest.mark.long
def test_an_overdue_review_is_new_only_once(build: Path, run_weigh: RunWeigh) -> None:
    """A review that becomes overdue is marked as new only in the first digest that reports it."""
    first = run_weigh("--review", MINI, "run", "--out", build, "--today", "2021-06-01")
    found = digest(build)
    again = run_weigh("--review", MINI, "run", "--out", build, "--today", "2021-06-02")

    assert "The review was due on 2021-05-07" in first.stdout
    assert (["review-overdue"], False) == ([f["code"] for f in found["due_new"]], found["nothing"])
    assert "review was due" not in again.stdout
    assert (1, [], True) == (len(digest(build)["due"]), digest(build)["due_new"], digest(build)["nothing"])


def test_a_command_is_called_with_the_digest(build: Path, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """--notify is called with the path of the digest; if it fails, weigh prints a sentence and exits with 2."""
    code = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(pathlib.Path(sys.argv[2]).read_text())"
    hook = f"'{sys.executable}' -c '{code}' '{tmp_path / 'got it.md'}'"
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
    """A failed report gives exit 3, and the digest lists it with its error."""
    notebook(project, "1 / (conclusion_id != 'humming-ear')")
    done = run_weigh("--review", project.folder, "run", "--out", tmp_path / "out", *DAY)

    assert 3 == done.returncode
    assert ["humming-ear"] == list(digest(tmp_path / "out")["failed"])
    assert "## Failed reports" in (tmp_path / "out" / "digest.md").read_text(encoding="utf-8")


def test_strict_counts_findings_on_the_guideline(build: Path, run_weigh: RunWeigh) -> None:
    """With --strict, an unaccepted finding on the guideline gives exit 1 after the work is done."""
    done = run_weigh("--review", MINI, "run", "--out", build, *DAY, "--strict")

    assert 1 == done.returncode
    assert (build / "digest.json").is_file()


@pytest.mark.long
def test_broken_evidence_leaves_the_last_digest(build: Path, project: Project, run_weigh: RunWeigh) -> None:
    """Broken evidence gives exit 2 with the location of the defect, and the last digest is unchanged."""
    run_weigh("--review", MINI, "run", "--out", build, *DAY)
    before = (build / "digest.md").read_bytes()
    project.change(OUTCOMES, 2, "study_id", "nobody-1900")
    done = run_weigh("--review", project.folder, "run", "--out", build, *DAY)

    assert 2 == done.returncode
    assert "evidence/outcomes.csv:2:study_id" in done.stderr
    assert before == (build / "digest.md").read_bytes()


def test_a_busy_folder_is_left_alone(build: Path, run_weigh: RunWeigh) -> None:
    """A busy folder gives exit 4 and no digest that could pass for that of a finished run."""
    with exclusive(build):
        done = run_weigh("--review", MINI, "run", "--out", build, *DAY)

    assert 4 == done.returncode
    assert not (build / "digest.md").exists()
