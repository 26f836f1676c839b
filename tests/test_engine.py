"""Engines and workers: forked kernels or fresh interpreters, local or cluster workers, identical bytes from all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
import papermill
import pytest
from conftest import MINI, ROOT, Project, render
from test_render import built, hashes, notebook

from weigh.errors import RenderError
from weigh.render import snapshot
from weigh.render.kernels.fork_server import ForkServer, _preloaders, can_fork, preloader
from weigh.render.kernels.kernel import fork_server
from weigh.render.notebooks import execute
from weigh.render.plan import make_plan
from weigh.render.sources import Engine, find_notebook
from weigh.render.task import How, Task

__all__ = ["built"]  # a fixture of this module too

RunWeigh = Callable[..., CompletedProcess[str]]
BIN = Path(sys.executable).parent
pytestmark = pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only")


def until(done: Callable[[], object], seconds: float = 30) -> bool:
    """Return whether a condition becomes true in time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Return whether a process is running; a zombie is not."""
    try:
        return "Z" != Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def printed(executed: nbformat.NotebookNode) -> str:
    return "".join(o.text for cell in executed.cells for o in cell.get("outputs", ()) if "text" in o)


# ---- the same bytes


@pytest.mark.long
def test_new_kernels_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """A report from a fresh interpreter is identical, byte for byte, to one from a forked kernel."""
    render(MINI, out=tmp_path / "fresh", engine=Engine.FRESH)

    assert hashes(built) == hashes(tmp_path / "fresh")


@pytest.mark.long
def test_one_worker_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """The number of workers does not change a byte."""
    render(MINI, out=tmp_path / "one", jobs=1)

    assert hashes(built) == hashes(tmp_path / "one")


@pytest.mark.long
def test_papermill_takes_the_engine(tmp_path: Path) -> None:
    """`papermill --engine weigh` produces the same outputs as `weigh render`."""
    source, out = ROOT / "notebooks" / "conclusion.ipynb", tmp_path / "out.ipynb"
    command = [BIN / "papermill", "--engine", "weigh", "--cwd", MINI, source, out, "-p", "conclusion_id", "humming-ear"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stderr
    ours = execute(find_notebook("conclusion", MINI), {"conclusion_id": "humming-ear"}, MINI, engine=Engine.WEIGH)
    assert [cell.get("outputs") for cell in ours.cells] == [
        cell.get("outputs") for cell in nbformat.read(out, as_version=4).cells
    ]


@pytest.mark.long
def test_papermill_with_the_engine_refuses_an_unknown_parameter(tmp_path: Path) -> None:
    """A misspelt parameter, of which papermill only warns, is an error of the engine and suggests the right name."""
    source, out = ROOT / "notebooks" / "conclusion.ipynb", tmp_path / "out.ipynb"
    command = [BIN / "papermill", "--engine", "weigh", "--cwd", MINI, source, out, "-p", "conclusion", "humming-ear"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 != done.returncode
    assert done.stderr.strip().endswith("no parameter 'conclusion'; did you mean conclusion_id?")


# ---- isolation and cleanup


def test_each_report_has_its_own_process(project: Project) -> None:
    """State that one report leaves in its interpreter is invisible to the next."""
    source = "import builtins, os\nprint(os.getpid(), getattr(builtins, 'left', None))\nbuiltins.left = 'something'"
    path = notebook(project, source)
    first, second = (printed(execute(path, {}, project.folder, engine=Engine.WEIGH)).split() for _ in range(2))

    assert "None" == first[1] == second[1]
    assert first[0] != second[0]
    assert str(os.getpid()) not in {first[0], second[0]}


@pytest.mark.parametrize("engine", list(Engine))
def test_child_processes_end_with_their_report(project: Project, engine: Engine) -> None:
    """A process that a cell leaves running is killed with the kernel's process group."""
    source = "import subprocess\nprint(subprocess.Popen(['sleep', '1000']).pid)"
    pid = int(printed(execute(notebook(project, source), {}, project.folder, engine=engine)))

    assert until(lambda: not alive(pid))


def test_no_kernel_is_left_of_a_finished_report(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a report, its fork server has no child or zombie, and no socket folder remains."""
    source = "import os\nprint(os.getppid())"
    with tempfile.TemporaryDirectory(prefix="own-") as own:
        monkeypatch.setattr(tempfile, "tempdir", own)
        parent = int(printed(execute(notebook(project, source), {}, project.folder, engine=Engine.WEIGH)))

        assert fork_server().process == parent
        assert "" == Path(f"/proc/{parent}/task/{parent}/children").read_text()
        assert [] == list(Path(own).iterdir())


@pytest.mark.long
def test_kernels_end_with_the_process_that_asked_for_them(project: Project) -> None:
    """A worker killed in the middle of a report leaves neither its fork server nor its kernel running."""
    note = project.folder / "pids"
    source = f"import os, time\nopen({str(note)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}} ')\ntime.sleep(1000)"
    path = notebook(project, source)
    code = (
        "from pathlib import Path; from weigh.render.notebooks import execute; from weigh.render.sources import Engine\n"
        f"execute(Path({str(path)!r}), {{}}, Path({str(project.folder)!r}), engine=Engine.WEIGH)"
    )
    worker = subprocess.Popen([sys.executable, "-c", code])
    assert until(lambda: note.is_file() and note.read_text().endswith(" "), 60)
    pids = [int(pid) for pid in note.read_text().split()]
    assert all(alive(pid) for pid in pids)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert until(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.long
def test_a_killed_preloader_is_restarted(tmp_path: Path) -> None:
    """A fork server comes from the running preloader, or from a new one if that was killed."""
    plan = make_plan(Task(MINI, tmp_path / "build"), How())
    snapshot.write(tmp_path / "review", plan.review, plan.audited, plan.summaries)
    first = preloader()
    assert first is preloader()
    os.kill(_preloaders[0][0].pid, signal.SIGKILL)
    assert until(lambda: not alive(_preloaders[0][0].pid))
    again = preloader()
    server = ForkServer.from_preloader(again)
    server.prime(tmp_path / "review")  # it answers
    server._socket.close()

    assert again is not first


def test_the_preloader_ends_with_its_program() -> None:
    """The preloader ends with the process that started it, even in the middle of its imports."""
    code = "from weigh.render.kernels import fork_server; fork_server.preloader(); print(fork_server._preloaders[0][0].pid)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not alive(int(done.stdout))


# ---- every wait is bounded


STUBBORN = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    time.sleep(1)"


@pytest.mark.long
@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize(
    "source",
    ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "while True:\n    pass", STUBBORN, "input()"],
    ids=["killed", "endless", "stubborn", "asks"],
)
def test_a_report_that_cannot_end_fails_with_one_sentence(project: Project, engine: Engine, source: str) -> None:
    """A kernel that dies, hangs, ignores interrupts or waits for input fails its report in good time."""
    start = time.monotonic()
    with pytest.raises(RenderError, match=r"^conclusion\.ipynb: [^\n]+; |StdinNotImplementedError"):
        execute(notebook(project, source), {}, project.folder, timeout=2, engine=engine)

    assert time.monotonic() - start < 30


def test_all_cells_together_have_a_limit(project: Project) -> None:
    """Cells that each stay within their limit are stopped when together they exceed the total limit."""
    path = notebook(project, "import time\ntime.sleep(1.5)")
    book = nbformat.read(path, as_version=4)
    book.cells += [nbformat.v4.new_code_cell("time.sleep(1.5)") for _ in range(20)]
    nbformat.write(book, path)
    with pytest.raises(Exception, match=r"[Tt]imed? ?out"):
        papermill.execute_notebook(
            path, None, engine_name="weigh", progress_bar=False, execution_timeout=5, total_timeout=3
        )


def test_a_killed_fork_server_is_reported(project: Project) -> None:
    """After the fork server was killed, a report says so and does not hang."""
    code = (
        "import os, signal; from pathlib import Path; from weigh.errors import RenderError\n"
        "from weigh.render.kernels.kernel import fork_server; from weigh.render.notebooks import execute\n"
        "from weigh.render.sources import Engine\n"
        "os.kill(fork_server().process, signal.SIGKILL)\n"
        f"try:\n    execute(Path({str(notebook(project, '1'))!r}), {{}}, Path({str(project.folder)!r}), engine=Engine.WEIGH)\n"
        "except RenderError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert "the fork server " in done.stdout, done.stderr


# ---- many folders, and a cluster


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    """A folder of three reviews and one other folder."""
    for name in ("first", "second", "third"):
        shutil.copytree(MINI, tmp_path / "portfolio" / name)
    (tmp_path / "portfolio" / "notes").mkdir()
    return tmp_path / "portfolio"


@pytest.mark.long
def test_a_portfolio_is_rendered_folder_by_folder(
    built: Path, portfolio: Path, run_weigh: RunWeigh, tmp_path: Path
) -> None:
    """Each folder gets its own build, identical to a separate run; a broken folder does not affect the others."""
    (portfolio / "second" / "references.bib").write_text("@article{open,\n", encoding="utf-8")
    done = run_weigh("render", "--portfolio", portfolio, "--out", tmp_path / "out")

    assert 2 == done.returncode
    assert "references.bib" in done.stderr
    assert ["first", "third"] == sorted(path.name for path in (tmp_path / "out").iterdir())
    assert hashes(built) == hashes(tmp_path / "out" / "first") == hashes(tmp_path / "out" / "third")
    assert "third: 9 notebooks rendered, 0 failed, 0 up to date." in done.stdout

    again = run_weigh("render", "--portfolio", portfolio, "--out", tmp_path / "out")
    assert "first: 0 notebooks rendered, 0 failed, 9 up to date." in again.stdout


def test_a_portfolio_without_reviews_is_refused(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """A portfolio without review folders is named in the error."""
    done = run_weigh("render", "--portfolio", tmp_path)

    assert (2, "") == (done.returncode, done.stdout)
    assert f"weigh: {tmp_path}: none of its folders contains evidence/datapackage.json; " in done.stderr


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A dask.distributed scheduler on loopback: its address and its two workers, all real processes."""
    pytest.importorskip("distributed")
    note = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    dask, here = str(BIN / "dask"), ["--no-dashboard", "--host", "127.0.0.1"]
    processes = [
        subprocess.Popen([dask, "scheduler", *here, "--port", "0", "--scheduler-file", str(note)], **quiet)  # type: ignore[call-overload]
    ]
    try:
        assert until(note.is_file, 60)
        processes += [
            subprocess.Popen(
                [dask, "worker", *here, "--no-nanny", "--nthreads", "1", "--scheduler-file", str(note)], **quiet
            )
            for _ in range(2)
        ]
        from distributed import Client

        with Client(scheduler_file=str(note), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.long
def test_a_cluster_gives_the_same_bytes(
    built: Path, tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]], run_weigh: RunWeigh
) -> None:
    """Two cluster workers render the same bytes as one machine."""
    done = run_weigh("--review", MINI, "render", "--cluster", scheduler[0], "--out", tmp_path / "out")

    assert (0, "9 notebooks rendered, 0 failed, 0 up to date.") == (done.returncode, done.stdout.split(" Open")[0])
    assert hashes(built) == hashes(tmp_path / "out")


@pytest.mark.long
def test_a_cluster_worker_that_dies_costs_no_report(
    built: Path, tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    """When a worker is killed after the first report, the other takes over its work."""
    address, workers = scheduler
    report = render(MINI, out=tmp_path / "out", cluster=address, on_done=lambda _rendered: workers[0].kill())

    assert {} == report.failed
    assert hashes(built) == hashes(tmp_path / "out")


@pytest.mark.long
def test_an_absent_cluster_is_one_sentence(tmp_path: Path, run_weigh: RunWeigh) -> None:
    """With no scheduler at the address, the run prints one sentence, exits with 2 and creates no build folder."""
    pytest.importorskip("distributed")
    done = run_weigh("--review", MINI, "render", "--cluster", "tcp://127.0.0.1:9", "--out", tmp_path / "out")

    assert 2 == done.returncode
    assert (
        "weigh: tcp://127.0.0.1:9: no scheduler answers at this address; start one, or omit --cluster\n" == done.stderr
    )
    assert not (tmp_path / "out").exists()
