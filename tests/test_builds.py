"""Which build folder a command takes where none is named, and whose reports it may hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import GUIDELINE, Project, RunWeigh
from test_render import built, hashes

from weigh.render.portfolio import tasks_of

__all__ = ["built"]  # a fixture of this module too

UP_TO_DATE = "0 notebooks rendered, 0 failed, 9 up to date. Open"
VOTE = ("sign", "brisk-elbow", "--who", "A. Member", "--role", "chair", "--vote", "agree")


@pytest.fixture
def finished(built: Path, project: Project) -> Project:
    """A review with its finished build in its own folder."""
    shutil.copytree(built, project.folder / "build")
    return project


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A working folder with a build of another review, which nothing may touch."""
    (tmp_path / "elsewhere" / "build").mkdir(parents=True)
    (tmp_path / "elsewhere" / "build" / "run.json").write_text('{"guideline": "CG-OTHER-9"}', encoding="utf-8")
    return tmp_path / "elsewhere"


@pytest.mark.parametrize("command", ["render", "run"])
def test_the_build_of_a_named_review_is_its_own(
    finished: Project, elsewhere: Path, run_weigh: RunWeigh, command: str
) -> None:
    """`weigh --review X render` takes X/build, wherever it is called, and not the build folder there."""
    other = hashes(elsewhere)
    done = run_weigh("--review", finished.folder, command, cwd=elsewhere)

    assert 0 == done.returncode, done.stderr
    assert f"{UP_TO_DATE} {finished.folder / 'build' / 'site' / 'index.html'}" == done.stdout.splitlines()[0]
    assert other == hashes(elsewhere)


def test_the_build_of_a_review_found_upwards_is_its_own(finished: Project, run_weigh: RunWeigh) -> None:
    """Within a review it is the review's build, from each of its folders; at the top its path is short."""
    top = run_weigh("render", cwd=finished.folder)
    below = run_weigh("render", cwd=finished.folder / "evidence")

    assert f"{UP_TO_DATE} build/site/index.html\n" == top.stdout, top.stderr
    assert f"{UP_TO_DATE} {finished.folder}/build/site/index.html\n" == below.stdout, below.stderr


def test_who_signs_signs_the_page_of_the_named_review(finished: Project, elsewhere: Path, run_weigh: RunWeigh) -> None:
    """`weigh --review X sign` reads the page in X/build."""
    done = run_weigh("--review", finished.folder, *VOTE, cwd=elsewhere)

    assert (0, "") == (done.returncode, done.stderr)


def test_the_name_of_the_default_build_is_that_of_the_review(
    finished: Project, elsewhere: Path, run_weigh: RunWeigh
) -> None:
    """`weigh --review X diff build` compares with X/build, though the working folder has a build too."""
    done = run_weigh("--review", finished.folder, "diff", "build", cwd=elsewhere)

    assert (0, "") == (done.returncode, done.stderr)


def test_each_review_of_a_portfolio_has_its_own_build(finished: Project, tmp_path: Path) -> None:
    """Without --out, a portfolio is rendered into the build folders that its reviews have anyway."""
    assert [finished.folder / "build"] == [task.out for task in tasks_of(tmp_path)]
    assert [tmp_path / "out" / "review"] == [task.out for task in tasks_of(tmp_path, tmp_path / "out")]


@pytest.mark.parametrize("command", [("render",), ("render", "--force"), ("render", "--explain"), ("run",), VOTE])
def test_a_build_of_another_guideline_is_refused(
    finished: Project, tmp_path: Path, run_weigh: RunWeigh, command: tuple[str, ...]
) -> None:
    """A build folder keeps its guideline: a command on another one ends with 2 and a sentence, and changes nothing."""
    build = finished.folder / "build"
    before, marker = hashes(build), (build / "run.json").read_bytes()
    finished.replace(GUIDELINE, 'number = "CG-TEST-01"', 'number = "CG-TEST-02"')
    done = run_weigh("--review", finished.folder, *command)

    assert (2, "") == (done.returncode, done.stdout)
    assert (
        f"weigh: {build}: holds the reports of guideline CG-TEST-01, not of CG-TEST-02; "
        "choose another folder with --out, or delete this one\n"
    ) == done.stderr
    assert (before, marker) == (hashes(build), (build / "run.json").read_bytes())
    assert [] == [path.name for path in finished.folder.iterdir() if path.name.startswith(".")]


def test_doctor_finds_a_build_of_another_guideline(finished: Project, run_weigh: RunWeigh) -> None:
    """What a run would refuse is known before the run."""
    finished.replace(GUIDELINE, 'number = "CG-TEST-01"', 'number = "CG-TEST-02"')
    done = run_weigh("--review", finished.folder, "doctor")

    assert 2 == done.returncode
    assert f"NO  {finished.folder / 'build'}: holds the reports of guideline CG-TEST-01" in done.stdout
