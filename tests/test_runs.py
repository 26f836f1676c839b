"""Runs: only what changed, one at a time, whole or not at all, and no report lost with a worker."""

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
from weigh.render.build import Build
from weigh.render.kernels.fork_server import possible
from weigh.render.kernels.pool import WorkerDied, here, run_jobs
from weigh.render.lock import exclusive, lock_path
from weigh.render.plan import make_plan
from weigh.render.run import explain
from weigh.render.sources import REVIEW_NOTEBOOKS
from weigh.render.task import How, RunReport, Task

__all__ = ["built"]  # a fixture of this module too

WEIGH = str(Path(sys.executable).with_name("weigh"))
RunWeigh = Callable[..., CompletedProcess[str]]


@pytest.fixture
def build(built: Path, tmp_path: Path) -> Path:
    """A finished build of the fictional review that a test may change."""
    return Path(shutil.copytree(built, tmp_path / "build"))


def whole(out: Path) -> bool:
    """Whether every file that run.json names is there with the bytes that it names."""
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    jobs = [*run["conclusions"].values(), *run["whole_review"].values()]
    named = {name: digest for job in jobs for name, digest in job["outputs"].items()} | run["pages"]
    return named == hashes(out)


# ---- only what changed


def test_nothing_is_done_where_nothing_changed(build: Path, run_weigh: RunWeigh) -> None:
    """A second run renders nothing, says so, and leaves every byte, run.json's too."""
    before, marker = hashes(build), (build / "run.json").read_bytes()
    done = run_weigh("--review", MINI, "render", "--out", build)

    assert (0, "0 notebooks rendered, 0 failed, 9 up to date.") == (done.returncode, done.stdout.split(" Open")[0])
    assert (before, marker) == (hashes(build), (build / "run.json").read_bytes())


def test_nothing_to_do_reads_no_table(build: Path) -> None:
    """A run that has nothing to do loads neither pandas nor the reader of tables."""
    code = (
        "import sys; from pathlib import Path; from weigh.render.run import render; from weigh.render.task import Task; "
        f"report = render(Task(Path({str(MINI)!r}), Path({str(build)!r}))); assert not report.rendered; "
        "print([name for name in ('pandas', 'frictionless', 'matplotlib', 'nbformat', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_what_a_killed_run_left_goes_even_where_nothing_is_to_do(build: Path) -> None:
    """A run that was killed as it removed the build before its own leaves that for the next run, which removes it."""
    left = build.parent / ".build.new"
    shutil.copytree(build, left)
    report = render(MINI, out=build)

    assert ((), False) == (report.rendered, left.exists())


def test_a_file_that_was_changed_is_made_again(build: Path) -> None:
    """A page that somebody edited or removed is made again, and no other."""
    before = hashes(build)
    (build / "site" / "humming-ear.html").write_text("changed", encoding="utf-8")
    report = render(MINI, out=build)

    assert (("humming-ear",), before) == (report.rendered, hashes(build))
    assert whole(build)


@pytest.mark.long
def test_one_outcome_renders_its_conclusions_only(build: Path, project: Project) -> None:
    """An edited outcome renders the conclusions that use it, as run.json says, and no other conclusion."""
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
    """A term of the glossary stands on no page: nothing is stale."""
    project.add("evidence/glossary.csv", term_id="lumen", term="Lumen", meaning="A measure of light.")

    assert {} == reasons(project.folder, build)


def test_each_reason_is_said(build: Path, project: Project) -> None:
    """Evidence, notebook, a missing file, a failure and force are told apart; the method's page needs no evidence."""
    project.change(STUDIES, 7, "limits", "One town only.")
    assert {"winter-gloom"} == set(reasons(project.folder, build))
    assert {"its evidence changed"} == set(reasons(project.folder, build).values())

    own = project.folder / "notebooks"
    shutil.copytree(Path(__file__).resolve().parent.parent / "notebooks", own)
    (own / "methods.ipynb").write_text((own / "methods.ipynb").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "its notebook changed" == reasons(project.folder, build)["methods"]

    (build / "results" / "humming-ear.json").unlink()
    assert "results/humming-ear.json is missing or was changed" == reasons(project.folder, build)["humming-ear"]
    assert {"it was forced"} == set(reasons(project.folder, build, force=True).values())
    assert {"it was never rendered"} == set(reasons(project.folder, build.parent / "none").values())
    run = json.loads((build / "run.json").read_text(encoding="utf-8"))
    run["conclusions"]["brisk-elbow"]["status"] = "failed"
    (build / "run.json").write_text(json.dumps(run), encoding="utf-8")
    assert "it failed the last time" == reasons(project.folder, build)["brisk-elbow"]


def stamps(folder: Path) -> dict[str, str]:
    return {name: stamp.evidence for name, stamp in make_plan(Task(folder, folder / "build"), How()).stamps.items()}


def test_the_overview_is_made_again_when_it_would_show_something_else(project: Project) -> None:
    """A note that stands in no line of the overview leaves it as it is; a direction that moves a vote does not."""
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
    """A committee's own overview that shows a study's limits is stale when they change."""
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


def test_explain_touches_nothing(build: Path, run_weigh: RunWeigh) -> None:
    """What would be done is printed with its reason, and nothing is written."""
    (build / "results" / "humming-ear.json").unlink()
    before = hashes(build)
    done = run_weigh("--review", MINI, "render", "--explain", "--out", build)

    assert "humming-ear: to be rendered, because results/humming-ear.json is missing or was changed\n" in done.stdout
    assert "brisk-elbow: up to date\n" in done.stdout
    assert before == hashes(build)


def test_explain_names_the_files_that_changed(build: Path, project: Project, run_weigh: RunWeigh) -> None:
    """Which files of the review are others than at the last run is said before what that makes stale."""
    untouched = run_weigh("--review", project.folder, "render", "--explain", "--out", build)
    project.change(STUDIES, 7, "limits", "One town only.")
    done = run_weigh("--review", project.folder, "render", "--explain", "--out", build)

    assert "not what it was" not in untouched.stdout
    assert ["evidence/studies.csv: not what it was at the last run"] == [
        line for line in done.stdout.splitlines() if "not what it was" in line
    ]
    assert "winter-gloom: to be rendered, because its evidence changed" in done.stdout


def test_a_script_without_a_guard_starts_one_run(tmp_path: Path) -> None:
    """Workers do not import the program that renders: one without `if __name__ == "__main__"` would start over in each."""
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


def test_a_second_run_is_refused_and_told_who_holds_it(build: Path, run_weigh: RunWeigh) -> None:
    """While a run holds the folder another ends with 4 and names its process; afterwards nothing of the lock is left."""
    with exclusive(build):
        done = run_weigh("--review", MINI, "render", "--force", "--out", build)

    assert 4 == done.returncode
    assert f"{build}: busy, process {os.getpid()} of " in done.stderr
    assert not lock_path(build).exists()


def test_the_lock_of_a_dead_owner_holds_nobody(tmp_path: Path) -> None:
    """A file that a killed run left is no lock."""
    code = (
        "import os, signal; from pathlib import Path; from weigh.render.lock import exclusive\n"
        f"with exclusive(Path({str(tmp_path / 'build')!r})):\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)

    assert lock_path(tmp_path / "build").exists()
    with exclusive(tmp_path / "build"):
        pass
    assert not lock_path(tmp_path / "build").exists()


def test_twenty_at_once_are_one(tmp_path: Path) -> None:
    """Of twenty that want the lock at the same time one has it, and nineteen are told so."""
    code = (
        "import sys, time; from pathlib import Path; from weigh.errors import BusyError; from weigh.render.lock import exclusive\n"
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


# ---- whole or not at all


def test_evidence_that_changes_during_a_run_stops_it(build: Path, project: Project) -> None:
    """Reports of one run rest on one state of the evidence; else the old build stays."""
    before, marker = hashes(build), (build / "run.json").read_bytes()
    (build / "site" / "humming-ear.html").unlink()

    def edit(_rendered: object) -> None:
        project.change(STUDIES, 7, "limits", "One town only.")

    with pytest.raises(WeighError, match=r"^evidence/studies\.csv: changed while the run read it"):
        render(project.folder, ["humming-ear"], out=build, on_done=edit)

    assert {name: digest for name, digest in before.items() if name != "site/humming-ear.html"} == hashes(build)
    assert marker == (build / "run.json").read_bytes()


@pytest.mark.parametrize("stranger", ["thesis.docx", ".git"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, stranger: str) -> None:
    """A run never takes a folder in which somebody keeps something else."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / stranger).write_text("years of work", encoding="utf-8")

    with pytest.raises(WeighError, match=f"holds {stranger}, which no run of weigh made"):
        Build(tmp_path / "home").open()
    assert "years of work" == (tmp_path / "home" / stranger).read_text(encoding="utf-8")


def test_a_link_is_never_written_through(build: Path, tmp_path: Path) -> None:
    """A build folder that is a link is refused, and a link within a build is replaced, not followed."""
    (tmp_path / "link").symlink_to(build)
    with pytest.raises(WeighError, match="is a link"):
        Build(tmp_path / "link").open()

    outside = tmp_path / "outside.html"
    outside.write_text("not ours", encoding="utf-8")
    (build / "site" / "humming-ear.html").unlink()
    (build / "site" / "humming-ear.html").symlink_to(outside)
    render(MINI, ["humming-ear"], out=build)

    assert "not ours" == outside.read_text(encoding="utf-8")
    assert not (build / "site" / "humming-ear.html").is_symlink()


def test_a_build_killed_between_two_renames_comes_back(build: Path) -> None:
    """Where a system cannot exchange folders, a kill between the two renames loses nothing."""
    before = hashes(build)
    build.rename(build.parent / ".build.old")
    Build(build).open()

    assert before == hashes(build)


@pytest.mark.long
def test_a_run_killed_at_any_moment_leaves_the_old_build_or_the_new_one(project: Project, tmp_path: Path) -> None:
    """SIGKILL at 50 random moments: the build is the old one or the new one, never a mix; no process or file is left."""
    build, good = tmp_path / "out" / "build", {}
    for value in ("0.013", "0.012"):
        project.change(OUTCOMES, 2, "p_value", value)
        render(project.folder, out=build)
        good[value] = hashes(build)
    mark, dice = f"WEIGH_TEST_MARK={tmp_path}", random.Random(5)
    command = [WEIGH, "--review", str(project.folder), "render", "--out", str(build)]
    scratch = Path(tempfile.mkdtemp())  # short: sockets stand there
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
    """Processes that were started with a variable in their environment, by their command."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_text(errors="replace").split("\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_a_temporary_folder_too_deep_for_sockets_is_a_sentence(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """A socket's path has little room; the run says so before it begins, and the doctor before that."""
    (deep := tmp_path / ("deep" * 20)).mkdir()
    done = run_weigh("--review", MINI, "render", "--out", tmp_path / "build", TMPDIR=str(deep))
    seen = run_weigh("--review", MINI, "doctor", "--out", tmp_path / "build", TMPDIR=str(deep))

    assert (2, f"weigh: {deep}: too long a path for sockets; set TMPDIR to a shorter one\n") == (
        done.returncode,
        done.stderr,
    )
    assert 2 == seen.returncode
    assert f"NO  {deep}: too long a path for sockets; set TMPDIR to a shorter one" in seen.stdout


def test_who_comes_between_a_lock_and_its_name_waits_for_the_name(tmp_path: Path) -> None:
    """A run that finds a lock just taken, and nobody's name in it yet, names the owner all the same."""
    lock, name = lock_path(tmp_path / "build"), {"pid": 7, "user": "a", "host": "b", "started": "c"}
    with lock.open("w+", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        signs = threading.Timer(0.3, lambda: lock.write_text(json.dumps(name), encoding="utf-8"))
        signs.start()
        with (
            pytest.raises(BusyError, match="busy, process 7 of a on b holds it since c"),
            exclusive(tmp_path / "build"),
        ):
            pass
        signs.join()


@pytest.mark.long
@pytest.mark.parametrize("count", [2, 5, 20])
def test_many_runs_at_once_are_one(project: Project, tmp_path: Path, count: int) -> None:
    """Of several runs that start together one works; the others end with 4 and name it."""
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
    """A service manager and Ctrl-C end a run alike: exit 130, one sentence, the build as it was."""
    before = hashes(build)
    command = [WEIGH, "--review", str(MINI), "render", "--force", "--out", str(build)]
    # What starts the tests in the background has its children ignore Ctrl-C.
    command = ["env", f"--default-signal={number.name.removeprefix('SIG')}", *command]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while run.poll() is None and not (build.parent / ".build.new" / "notebooks").is_dir():
        time.sleep(0.05)
    run.send_signal(number)
    _out, err = run.communicate(timeout=60)

    assert (130, f"weigh: interrupted; {build} stands as it was\n") == (run.returncode, err)
    assert before == hashes(build)


@pytest.mark.skipif(not possible(), reason="kernels are forked on Linux only")
@pytest.mark.parametrize("delay", [0.1, 0.3, 0.6], ids=str)
def test_ctrl_c_prints_no_more_than_a_sentence(build: Path, delay: float) -> None:
    """Ctrl-C on a terminal reaches every process of a run; also while they import, all that is said is one sentence."""
    command = [WEIGH, "--review", str(MINI), "render", "--force", "--out", str(build)]
    command = ["env", "--default-signal=INT", *command]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while run.poll() is None and not any("weigh.render" in line for line in _commands(run.pid)):
        time.sleep(0.005)
    time.sleep(delay)
    os.killpg(run.pid, signal.SIGINT)
    _out, err = run.communicate(timeout=60)

    assert (130, f"weigh: interrupted; {build} stands as it was\n") == (run.returncode, err)


def _commands(pid: int) -> list[str]:
    """The command lines of the children of a process."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [Path(f"/proc/{child}/cmdline").read_text() for child in children]
    except OSError:
        return []


# ---- no report lost with a worker


def work(name: str, *, folder: Path) -> str:
    """Dies where told: each time, or the first time only."""
    tried = folder / name
    if name == "always" or (name == "once" and not tried.exists()):
        tried.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return name.upper()


def test_a_worker_that_dies_costs_one_more_try(tmp_path: Path) -> None:
    """A job whose worker is killed once is done by another; one that kills every worker fails alone."""
    names = ["a", "once", "b", "always", "c", "d"]
    done = dict(run_jobs(partial(work, folder=tmp_path), names, here(2, forked_kernels=False)))

    assert isinstance(done.pop("always"), WorkerDied)
    assert {name: name.upper() for name in names if name != "always"} == done


def test_busy_is_an_error_of_its_own() -> None:
    """Another run is no reason to look at the evidence: exit code 4."""
    assert 4 == BusyError.exit_code
