"""Runs: incremental, one at a time, atomic, and robust against the death of a worker."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from conftest import MINI, OUTCOMES, STUDIES, Project, render
from test_render import built, hashes, notebook

from weigh.errors import BusyError, WeighError
from weigh.evidence.lock import exclusive, lock_path
from weigh.render.build import Build
from weigh.render.kernels.fork_server import can_fork
from weigh.render.kernels.pool import WorkerDied, local_workers, run_jobs
from weigh.render.plan import make_plan
from weigh.render.run import explain
from weigh.render.sources import REVIEW_NOTEBOOKS
from weigh.render.task import How, RunReport, Task

__all__ = ["built"]  # a fixture of this module too

WEIGH = str(Path(sys.executable).with_name("weigh"))
RunWeigh = Callable[..., CompletedProcess[str]]


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Path:
    """A finished build of the fictional review that a test may modify."""
    return Path(shutil.copytree(built, tmp_path / "build"))


def whole(out: Path) -> bool:
    """Return whether every file listed in run.json exists with the listed hash."""
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    jobs = [*run["conclusions"].values(), *run["whole_review"].values()]
    named = {name: digest for job in jobs for name, digest in job["outputs"].items()} | run["pages"]
    return named == hashes(out)


# ---- only what changed


def test_nothing_is_done_where_nothing_changed(build: Path, run_weigh: RunWeigh) -> None:
    """A second run renders nothing, says so, and changes no byte, not even of run.json."""
    before, marker = hashes(build), (build / "run.json").read_bytes()
    done = run_weigh("--review", MINI, "render", "--out", build)

    assert (0, "0 notebooks rendered, 0 failed, 9 up to date.") == (done.returncode, done.stdout.split(" Open")[0])
    assert (before, marker) == (hashes(build), (build / "run.json").read_bytes())


def test_a_run_with_nothing_to_do_parses_no_table(build: Path) -> None:
    """A run with nothing to do imports neither pandas nor the table reader."""
    code = (
        "import sys; from pathlib import Path; from weigh.render.run import render; from weigh.render.task import Task; "
        f"report = render(Task(Path({str(MINI)!r}), Path({str(build)!r}))); assert not report.rendered; "
        "print([name for name in ('pandas', 'frictionless', 'matplotlib', 'nbformat', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_leftovers_of_a_killed_run_are_removed_even_if_nothing_is_stale(build: Path) -> None:
    """The old build that a killed run failed to delete is deleted by the next run."""
    left = build.parent / ".build.new"
    shutil.copytree(build, left)
    report = render(MINI, out=build)

    assert ((), False) == (report.rendered, left.exists())


def test_a_modified_file_is_rendered_again(build: Path) -> None:
    """A page that was edited or deleted is rendered again, and no other."""
    before = hashes(build)
    (build / "site" / "humming-ear.html").write_text("changed", encoding="utf-8")
    report = render(MINI, out=build)

    assert (("humming-ear",), before) == (report.rendered, hashes(build))
    assert whole(build)


@pytest.mark.long
def test_an_edited_outcome_renders_only_its_conclusions(build: Path, project: Project) -> None:
    """An edited outcome renders only the conclusions that use it, and run.json lists them."""
    shutil.rmtree(build)
    render(project.folder, out=build)
    project.change(OUTCOMES, 2, "p_value", "0.013")
    report = render(project.folder, out=build)
    run = json.loads((build / "run.json").read_text(encoding="utf-8"))

    assert {"brisk-elbow", "stiff-joints"} == set(report.rendered) - set(REVIEW_NOTEBOOKS)
    assert list(report.rendered) == run["rendered"]
    assert "its evidence changed" == run["conclusions"]["brisk-elbow"]["why"]
    assert whole(build)


def reasons(folder: Path, build: Path, **how: bool) -> dict[str, str]:
    return dict(explain(Task(folder, build), How(**how)).reasons)


def test_an_unrelated_row_renders_nothing(build: Path, project: Project) -> None:
    """A glossary term appears on no report page, so adding one makes nothing stale."""
    project.add("evidence/glossary.csv", term_id="lumen", term="Lumen", meaning="A measure of light.")

    assert {} == reasons(project.folder, build)


@pytest.mark.long
def test_each_reason_is_given(build: Path, project: Project) -> None:
    """Changed evidence, a changed notebook, a missing file, a failure and force are distinct reasons."""
    project.change(STUDIES, 7, "limits", "One town only.")
    assert {"winter-gloom"} == set(reasons(project.folder, build))
    assert {"its evidence changed"} == set(reasons(project.folder, build).values())

    own = project.folder / "notebooks"
    shutil.copytree(Path(__file__).resolve().parent.parent / "notebooks", own)
    (own / "methods.ipynb").write_text((own / "methods.ipynb").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "its notebook changed" == reasons(project.folder, build)["methods"]

    (build / "results" / "humming-ear.json").unlink()
    assert "results/humming-ear.json is missing or was modified" == reasons(project.folder, build)["humming-ear"]
    assert {"it was forced"} == set(reasons(project.folder, build, force=True).values())
    assert {"it has not been rendered before"} == set(reasons(project.folder, build.parent / "none").values())
    run = json.loads((build / "run.json").read_text(encoding="utf-8"))
    run["conclusions"]["brisk-elbow"]["status"] = "failed"
    (build / "run.json").write_text(json.dumps(run), encoding="utf-8")
    assert "it failed last time" == reasons(project.folder, build)["brisk-elbow"]


def stamps(folder: Path) -> dict[str, str]:
    return {name: stamp.evidence for name, stamp in make_plan(Task(folder, folder / "build"), How()).stamps.items()}


def test_the_overview_is_stale_only_if_its_content_changes(project: Project) -> None:
    """A note that the overview does not show leaves it fresh; a direction that changes a vote makes it stale."""
    before = stamps(project.folder)
    project.change(STUDIES, 7, "limits", "One town only.")
    noted = stamps(project.folder)
    project.change(OUTCOMES, 13, "direction", "no_clear_direction")
    moved = stamps(project.folder)

    assert (before["overview"], before["evidence_map"]) == (noted["overview"], noted["evidence_map"])
    assert before["winter-gloom"] != noted["winter-gloom"]
    assert not {noted["overview"], noted["evidence_map"]} & {moved["overview"], moved["evidence_map"]}


@pytest.mark.parametrize(
    "line", ["from weigh import load_review", "from weigh.evidence.review import load_review", "import os, weigh"]
)
def test_a_notebook_that_reads_more_than_the_overview_depends_on_everything(project: Project, line: str) -> None:
    """A custom overview that reads more than the packaged one is stale when any evidence changes."""
    own = project.folder / "notebooks"
    shutil.copytree(Path(__file__).resolve().parent.parent / "notebooks", own)
    text = (own / "overview.ipynb").read_text(encoding="utf-8")
    known = "from weigh import overview, show\\n"
    (own / "overview.ipynb").write_text(text.replace(known, f"{line}\\n{known}"), encoding="utf-8")
    before = stamps(project.folder)
    project.change(STUDIES, 7, "limits", "One town only.")
    after = stamps(project.folder)

    assert known in text
    assert before["overview"] != after["overview"]
    assert before["evidence_map"] == after["evidence_map"]


def test_explain_writes_nothing(build: Path, run_weigh: RunWeigh) -> None:
    """--explain prints what would be rendered and why, and writes nothing."""
    (build / "results" / "humming-ear.json").unlink()
    before = hashes(build)
    done = run_weigh("--review", MINI, "render", "--explain", "--out", build)

    assert (
        "humming-ear: would be rendered, because results/humming-ear.json is missing or was modified\n" in done.stdout
    )
    assert "brisk-elbow: up to date\n" in done.stdout
    assert before == hashes(build)


def test_explain_names_the_files_that_changed(build: Path, project: Project, run_weigh: RunWeigh) -> None:
    """--explain first lists the files of the review that changed since the last run, then what is stale."""
    untouched = run_weigh("--review", project.folder, "render", "--explain", "--out", build)
    project.change(STUDIES, 7, "limits", "One town only.")
    done = run_weigh("--review", project.folder, "render", "--explain", "--out", build)

    assert "since the last run" not in untouched.stdout
    assert ["evidence/studies.csv: changed since the last run"] == [
        line for line in done.stdout.splitlines() if "since the last run" in line
    ]
    assert "winter-gloom: would be rendered, because its evidence changed" in done.stdout


@pytest.mark.long
def test_a_script_without_a_guard_starts_one_run(tmp_path: Path) -> None:
    """Workers do not import the main program, which without `if __name__ == "__main__"` would start the run again."""
    script, out = tmp_path / "render_all.py", tmp_path / "build"
    script.write_text(
        "from pathlib import Path\nfrom weigh.render.run import render\nfrom weigh.render.task import Task\n"
        f"print('started')\nreport = render(Task(Path({str(MINI)!r}), Path({str(out)!r}), ['humming-ear']))\n"
        "print(report.rendered, __file__, __spec__)\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)

    assert 1 == done.stdout.count("started")
    assert "'humming-ear'" in done.stdout
    assert f"{script} None" in done.stdout
    assert "" == done.stderr


# ---- one run at a time


def test_a_second_run_is_refused_with_the_name_of_the_holder(build: Path, run_weigh: RunWeigh) -> None:
    """While a run holds the folder, a second exits with 4 and names the holder; afterwards no lock file remains."""
    with exclusive(build):
        done = run_weigh("--review", MINI, "render", "--force", "--out", build)

    assert 4 == done.returncode
    assert f"{build}: busy, process {os.getpid()} of " in done.stderr
    assert not lock_path(build).exists()


def test_the_lock_of_a_dead_owner_is_void(tmp_path: Path) -> None:
    """A lock file left by a killed run locks nothing."""
    code = (
        "import os, signal; from pathlib import Path; from weigh.evidence.lock import exclusive\n"
        f"with exclusive(Path({str(tmp_path / 'build')!r})):\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)

    assert lock_path(tmp_path / "build").exists()
    with exclusive(tmp_path / "build"):
        pass
    assert not lock_path(tmp_path / "build").exists()


@pytest.mark.long
def test_twenty_at_once_are_one(tmp_path: Path) -> None:
    """Of twenty processes that request the lock at once, one gets it and nineteen are refused."""
    code = (
        "import sys, time; from pathlib import Path; from weigh.errors import BusyError; from weigh.evidence.lock import exclusive\n"
        "sys.stdin.readline()\n"
        f"try:\n  with exclusive(Path({str(tmp_path / 'build')!r})):\n    print('mine', flush=True); sys.stdin.readline()\n"
        "except BusyError:\n  print('busy', flush=True)"
    )
    start = partial(subprocess.Popen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    processes = [start([sys.executable, "-c", code]) for _ in range(20)]
    for process in processes:
        print("go", file=process.stdin, flush=True)
    said = [process.stdout.readline().strip() for process in processes]
    for process in processes:
        process.communicate("done\n")

    assert (1, 19) == (said.count("mine"), said.count("busy"))


# ---- atomic builds


def test_evidence_that_changes_during_a_run_stops_it(build: Path, project: Project) -> None:
    """If the evidence changes during a run, the run fails and the old build stays."""
    before, marker = hashes(build), (build / "run.json").read_bytes()
    (build / "site" / "humming-ear.html").unlink()

    def edit(_rendered: object) -> None:
        project.change(STUDIES, 7, "limits", "One town only.")

    with pytest.raises(WeighError, match=r"^evidence/studies\.csv: changed during the run; "):
        render(project.folder, ["humming-ear"], out=build, on_done=edit)

    assert {name: digest for name, digest in before.items() if name != "site/humming-ear.html"} == hashes(build)
    assert marker == (build / "run.json").read_bytes()


@pytest.mark.parametrize("stranger", ["thesis.docx", ".git"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, stranger: str) -> None:
    """A run never replaces a folder that contains other files."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / stranger).write_text("years of work", encoding="utf-8")

    with pytest.raises(WeighError, match=f"contains {stranger}, which weigh did not write"):
        Build(tmp_path / "home").open()
    assert "years of work" == (tmp_path / "home" / stranger).read_text(encoding="utf-8")


def test_a_link_is_never_written_through(build: Path, tmp_path: Path) -> None:
    """A build folder that is a link is refused; a link inside a build is replaced, not followed."""
    (tmp_path / "link").symlink_to(build)
    with pytest.raises(WeighError, match="is a symbolic link"):
        Build(tmp_path / "link").open()

    outside = tmp_path / "outside.html"
    outside.write_text("not ours", encoding="utf-8")
    (build / "site" / "humming-ear.html").unlink()
    (build / "site" / "humming-ear.html").symlink_to(outside)
    render(MINI, ["humming-ear"], out=build)

    assert "not ours" == outside.read_text(encoding="utf-8")
    assert not (build / "site" / "humming-ear.html").is_symlink()


def test_a_build_is_restored_after_a_kill_between_two_renames(build: Path) -> None:
    """On a system that cannot exchange folders, a kill between the two renames loses nothing."""
    before = hashes(build)
    build.rename(build.parent / ".build.old")
    Build(build).open()

    assert before == hashes(build)


@pytest.mark.long
def test_a_run_killed_at_any_moment_leaves_the_old_build_or_the_new_one(project: Project, tmp_path: Path) -> None:
    """After SIGKILL at 50 random moments, the build is the old or the new one, never a mix, and nothing is left over."""
    build, good = tmp_path / "out" / "build", {}
    for value in ("0.013", "0.012"):
        project.change(OUTCOMES, 2, "p_value", value)
        render(project.folder, out=build)
        good[value] = hashes(build)
    mark, dice = f"WEIGH_TEST_MARK={tmp_path}", random.Random(5)
    command = [WEIGH, "--review", str(project.folder), "render", "--out", str(build)]
    scratch = Path(tempfile.mkdtemp())  # a short path, for sockets
    killed = 0
    for turn in range(50):
        project.change(OUTCOMES, 2, "p_value", ("0.013", "0.012")[turn % 2])
        run = subprocess.Popen(
            command,
            env={**os.environ, "WEIGH_TEST_MARK": str(tmp_path), "TMPDIR": str(scratch)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            run.wait(timeout=dice.uniform(0.1, 6))
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            killed += 1
        run.wait()
        assert whole(build)
        assert hashes(build) in good.values()
    project.change(OUTCOMES, 2, "p_value", "0.013")
    report: RunReport = render(project.folder, out=build)

    assert killed > 10
    assert ({}, good["0.013"]) == (report.failed, hashes(build))
    assert ["build"] == [path.name for path in build.parent.iterdir()]
    end = time.monotonic() + 20
    while (left := _marked(mark)) and time.monotonic() < end:
        time.sleep(0.2)
    assert [] == left
    assert [] == list(scratch.glob("weigh-*"))
    shutil.rmtree(scratch)


def _marked(mark: str) -> list[str]:
    """Return the commands of processes that have a given variable in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_text(errors="replace").split("\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.mark.long
def test_a_temporary_folder_too_deep_for_sockets_is_refused(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """Both a run and the doctor report a temporary folder whose path is too long for sockets."""
    (deep := tmp_path / ("deep" * 20)).mkdir()
    done = run_weigh("--review", MINI, "render", "--out", tmp_path / "build", TMPDIR=str(deep))
    seen = run_weigh("--review", MINI, "doctor", "--out", tmp_path / "build", TMPDIR=str(deep))

    assert (2, f"weigh: {deep}: path too long for sockets; set TMPDIR to a shorter one\n") == (
        done.returncode,
        done.stderr,
    )
    assert 2 == seen.returncode
    assert f"NO  {deep}: path too long for sockets; set TMPDIR to a shorter one" in seen.stdout


def test_a_refusal_waits_for_the_name_of_a_new_owner(tmp_path: Path) -> None:
    """A run that finds a lock just taken, with no name in it yet, still names the owner."""
    lock, name = lock_path(tmp_path / "build"), {"pid": 7, "user": "a", "host": "b", "started": "c"}
    with lock.open("w+", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        signs = threading.Timer(0.3, lambda: lock.write_text(json.dumps(name), encoding="utf-8"))
        signs.start()
        with (
            pytest.raises(BusyError, match="busy, process 7 of a on b has held it since c"),
            exclusive(tmp_path / "build"),
        ):
            pass
        signs.join()


@pytest.mark.long
@pytest.mark.parametrize("count", [2, 5, 20])
def test_many_runs_at_once_are_one(project: Project, tmp_path: Path, count: int) -> None:
    """Of several runs that start together, one works; the others exit with 4 and name it."""
    go = project.folder / "go"
    notebook(project, f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.05)")
    command = [WEIGH, "--review", str(project.folder), "render", "humming-ear", "--out", str(tmp_path / "build")]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(count)]
    end = time.monotonic() + 200
    while sum(run.poll() is None for run in runs) > 1:
        assert time.monotonic() < end
        time.sleep(0.05)
    go.touch()
    said = [run.communicate(timeout=100) for run in runs]
    codes = [run.returncode for run in runs]
    winner = runs[codes.index(0)]

    assert [0, *[4] * (count - 1)] == sorted(codes)
    assert all(f"busy, process {winner.pid} of " in err for (_out, err), code in zip(said, codes, strict=True) if code)


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_run_that_is_stopped_says_so(build: Path, number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C both end a run with exit 130, one sentence and an unchanged build."""
    before = hashes(build)
    command = [WEIGH, "--review", str(MINI), "render", "--force", "--out", str(build)]
    # A test runner in the background makes its children ignore Ctrl-C.
    command = ["env", f"--default-signal={number.name.removeprefix('SIG')}", *command]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while run.poll() is None and not (build.parent / ".build.new" / "notebooks").is_dir():
        time.sleep(0.05)
    run.send_signal(number)
    _out, err = run.communicate(timeout=60)

    assert (130, f"weigh: interrupted; {build} is unchanged\n") == (run.returncode, err)
    assert before == hashes(build)


@pytest.mark.long
@pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only")
@pytest.mark.parametrize("delay", [0.1, 0.3, 0.6], ids=str)
def test_ctrl_c_prints_no_more_than_a_sentence(build: Path, delay: float) -> None:
    """Ctrl-C, which reaches every process of a run, prints only one sentence, even during imports."""
    command = [WEIGH, "--review", str(MINI), "render", "--force", "--out", str(build)]
    command = ["env", "--default-signal=INT", *command]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while run.poll() is None and not any("weigh.render" in line for line in _commands(run.pid)):
        time.sleep(0.005)
    time.sleep(delay)
    os.killpg(run.pid, signal.SIGINT)
    _out, err = run.communicate(timeout=60)

    assert (130, f"weigh: interrupted; {build} is unchanged\n") == (run.returncode, err)


def _commands(pid: int) -> list[str]:
    """Return the command lines of a process's children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [Path(f"/proc/{child}/cmdline").read_text() for child in children]
    except OSError:
        return []


# ---- death of a worker


def work(name: str, *, folder: Path) -> str:
    """Kill this process for the name "always", and on the first attempt for "once"."""
    tried = folder / name
    if name == "always" or (name == "once" and not tried.exists()):
        tried.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return name.upper()


def test_the_job_of_a_dead_worker_is_retried_once(tmp_path: Path) -> None:
    """A job whose worker was killed is retried by another; a job that kills every worker fails alone."""
    names = ["a", "once", "b", "always", "c", "d"]
    done = dict(run_jobs(partial(work, folder=tmp_path), names, local_workers(2, forked_kernels=False)))

    assert isinstance(done.pop("always"), WorkerDied)
    assert {name: name.upper() for name in names if name != "always"} == done


def test_busy_has_its_own_exit_code() -> None:
    """A busy build folder has exit code 4, distinct from broken evidence."""
    assert 4 == BusyError.exit_code
