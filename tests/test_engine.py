"""Engines and workers: kernels forked or new, jobs here or on a cluster, and the same bytes from all of them."""

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
from weigh.render.kernels.fork_server import Nursery, _stocks, possible, stock
from weigh.render.kernels.kernel import nursery
from weigh.render.notebooks import execute
from weigh.render.plan import make_plan
from weigh.render.sources import Engine, find_notebook
from weigh.render.task import How, Task

__all__ = ["built"]  # a fixture of this module too

RunWeigh = Callable[..., CompletedProcess[str]]
BIN = Path(sys.executable).parent
pytestmark = pytest.mark.skipif(not possible(), reason="kernels are forked on Linux only")


def until(done: Callable[[], object], seconds: float = 30) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet reaped does not."""
    try:
        return "Z" != Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def printed(executed: nbformat.NotebookNode) -> str:
    return "".join(o.text for cell in executed.cells for o in cell.get("outputs", ()) if "text" in o)


# ---- the same bytes


@pytest.mark.long
def test_new_kernels_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """A report from a new interpreter and one from a forked kernel differ in no byte."""
    render(MINI, out=tmp_path / "fresh", engine=Engine.FRESH)

    assert hashes(built) == hashes(tmp_path / "fresh")


@pytest.mark.long
def test_one_worker_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """How many work at a time shows nowhere."""
    render(MINI, out=tmp_path / "one", jobs=1)

    assert hashes(built) == hashes(tmp_path / "one")


def test_papermill_takes_the_engine(tmp_path: Path) -> None:
    """`papermill --engine weigh` renders a report with the outputs that `weigh render` gives."""
    source, out = ROOT / "notebooks" / "conclusion.ipynb", tmp_path / "out.ipynb"
    command = [BIN / "papermill", "--engine", "weigh", "--cwd", MINI, source, out, "-p", "conclusion_id", "humming-ear"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 == done.returncode, done.stderr
    ours = execute(find_notebook("conclusion", MINI), {"conclusion_id": "humming-ear"}, MINI, engine=Engine.WEIGH)
    assert [cell.get("outputs") for cell in ours.cells] == [
        cell.get("outputs") for cell in nbformat.read(out, as_version=4).cells
    ]


def test_papermill_with_the_engine_refuses_an_unknown_parameter(tmp_path: Path) -> None:
    """Papermill only warns of a misspelt name and renders another conclusion; the engine ends it with the right name."""
    source, out = ROOT / "notebooks" / "conclusion.ipynb", tmp_path / "out.ipynb"
    command = [BIN / "papermill", "--engine", "weigh", "--cwd", MINI, source, out, "-p", "conclusion", "humming-ear"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 != done.returncode
    assert done.stderr.strip().endswith("no parameter 'conclusion'; did you mean conclusion_id?")


# ---- each report alone, and nothing left of it


def test_each_report_has_a_process_of_its_own(project: Project) -> None:
    """What one report leaves in its interpreter, the next does not see."""
    source = "import builtins, os\nprint(os.getpid(), getattr(builtins, 'left', None))\nbuiltins.left = 'something'"
    path = notebook(project, source)
    first, second = (printed(execute(path, {}, project.folder, engine=Engine.WEIGH)).split() for _ in range(2))

    assert "None" == first[1] == second[1]
    assert first[0] != second[0]
    assert str(os.getpid()) not in {first[0], second[0]}


@pytest.mark.parametrize("engine", list(Engine))
def test_what_a_report_started_ends_with_it(project: Project, engine: Engine) -> None:
    """A process that a cell leaves behind is killed with the kernel's group."""
    source = "import subprocess\nprint(subprocess.Popen(['sleep', '1000']).pid)"
    pid = int(printed(execute(notebook(project, source), {}, project.folder, engine=engine)))

    assert until(lambda: not alive(pid))


def test_no_kernel_is_left_of_a_finished_report(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a report its nursery has neither a child nor a zombie, and no socket folder is left."""
    source = "import os\nprint(os.getppid())"
    with tempfile.TemporaryDirectory(prefix="own-") as own:
        monkeypatch.setattr(tempfile, "tempdir", own)
        parent = int(printed(execute(notebook(project, source), {}, project.folder, engine=Engine.WEIGH)))

        assert nursery().process == parent
        assert "" == Path(f"/proc/{parent}/task/{parent}/children").read_text()
        assert [] == list(Path(own).iterdir())


def test_kernels_end_with_the_process_that_asked_for_them(project: Project) -> None:
    """A worker killed in the middle of a report leaves neither its nursery nor its kernel."""
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


def test_a_stock_that_was_killed_is_started_again(tmp_path: Path) -> None:
    """A nursery comes from the process that has all imported, and from a new one where somebody killed that."""
    plan = make_plan(Task(MINI, tmp_path / "build"), How())
    snapshot.write(tmp_path / "review", plan.review, plan.audited, plan.summaries)
    first = stock()
    assert first is stock()
    os.kill(_stocks[0][0].pid, signal.SIGKILL)
    assert until(lambda: not alive(_stocks[0][0].pid))
    again = stock()
    made = Nursery.from_stock(again)
    made.prime(tmp_path / "review")  # it answers
    made._socket.close()

    assert again is not first


def test_no_process_is_left_of_a_program_that_asked_for_kernels() -> None:
    """The process that imports what kernels use ends with the one that started it, also in the middle of its imports."""
    code = "from weigh.render.kernels import fork_server as nursery; nursery.stock(); print(nursery._stocks[0][0].pid)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not alive(int(done.stdout))


# ---- every wait has an end


STUBBORN = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    time.sleep(1)"


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize(
    "source",
    ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "while True:\n    pass", STUBBORN, "input()"],
    ids=["killed", "endless", "stubborn", "asks"],
)
def test_a_report_that_cannot_end_is_a_sentence(project: Project, engine: Engine, source: str) -> None:
    """A kernel that is killed, hangs, ignores its interrupt or waits for an answer fails its report, in good time."""
    start = time.monotonic()
    with pytest.raises(RenderError, match=r"^conclusion\.ipynb: [^\n]+; |StdinNotImplementedError"):
        execute(notebook(project, source), {}, project.folder, timeout=2, engine=engine)

    assert time.monotonic() - start < 30


def test_all_cells_together_have_a_limit(project: Project) -> None:
    """Cells that each keep within their limit are ended where they pass the limit of the whole."""
    path = notebook(project, "import time\ntime.sleep(1.5)")
    book = nbformat.read(path, as_version=4)
    book.cells += [nbformat.v4.new_code_cell("time.sleep(1.5)") for _ in range(20)]
    nbformat.write(book, path)
    with pytest.raises(Exception, match=r"[Tt]imed? ?out"):
        papermill.execute_notebook(
            path, None, engine_name="weigh", progress_bar=False, execution_timeout=5, total_timeout=3
        )


def test_a_lost_nursery_is_a_sentence(project: Project) -> None:
    """Where the process that starts kernels was killed, a report says so; it does not hang."""
    code = (
        "import os, signal; from pathlib import Path; from weigh.errors import RenderError\n"
        "from weigh.render.kernels.kernel import nursery; from weigh.render.notebooks import execute\n"
        "from weigh.render.sources import Engine\n"
        "os.kill(nursery().process, signal.SIGKILL)\n"
        f"try:\n    execute(Path({str(notebook(project, '1'))!r}), {{}}, Path({str(project.folder)!r}), engine=Engine.WEIGH)\n"
        "except RenderError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert "the process that starts kernels" in done.stdout, done.stderr


# ---- many folders, and a cluster


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    """A folder of three reviews and of something else."""
    for name in ("first", "second", "third"):
        shutil.copytree(MINI, tmp_path / "portfolio" / name)
    (tmp_path / "portfolio" / "notes").mkdir()
    return tmp_path / "portfolio"


@pytest.mark.long
def test_a_portfolio_is_rendered_folder_by_folder(
    built: Path, portfolio: Path, run_weigh: RunWeigh, tmp_path: Path
) -> None:
    """Each folder has a build of its own, equal to a run of its own; a broken one costs the others nothing."""
    (portfolio / "second" / "references.bib").write_text("@article{open,\n", encoding="utf-8")
    done = run_weigh("render", "--portfolio", portfolio, "--out", tmp_path / "out")

    assert 2 == done.returncode
    assert "references.bib" in done.stderr
    assert ["first", "third"] == sorted(path.name for path in (tmp_path / "out").iterdir())
    assert hashes(built) == hashes(tmp_path / "out" / "first") == hashes(tmp_path / "out" / "third")
    assert "third: 9 notebooks rendered, 0 failed, 0 up to date." in done.stdout

    again = run_weigh("render", "--portfolio", portfolio, "--out", tmp_path / "out")
    assert "first: 0 notebooks rendered, 0 failed, 9 up to date." in again.stdout


def test_a_portfolio_of_nothing_is_a_sentence(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """A folder without reviews is named."""
    done = run_weigh("render", "--portfolio", tmp_path)

    assert (2, "") == (done.returncode, done.stdout)
    assert f"weigh: {tmp_path}: none of its folders holds evidence/datapackage.json; " in done.stderr


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler of dask.distributed on loopback, and its two workers: real processes."""
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
    """Two workers of a scheduler render what one machine renders."""
    done = run_weigh("--review", MINI, "render", "--cluster", scheduler[0], "--out", tmp_path / "out")

    assert (0, "9 notebooks rendered, 0 failed, 0 up to date.") == (done.returncode, done.stdout.split(" Open")[0])
    assert hashes(built) == hashes(tmp_path / "out")


@pytest.mark.long
def test_a_cluster_worker_that_dies_costs_no_report(
    built: Path, tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    """A worker killed after the first report leaves its work to the other."""
    address, workers = scheduler
    report = render(MINI, out=tmp_path / "out", cluster=address, on_done=lambda _rendered: workers[0].kill())

    assert {} == report.failed
    assert hashes(built) == hashes(tmp_path / "out")


def test_a_cluster_that_is_not_there_is_a_sentence(tmp_path: Path, run_weigh: RunWeigh) -> None:
    """Nobody at the address: one sentence, exit 2, no build folder."""
    pytest.importorskip("distributed")
    done = run_weigh("--review", MINI, "render", "--cluster", "tcp://127.0.0.1:9", "--out", tmp_path / "out")

    assert 2 == done.returncode
    assert "weigh: tcp://127.0.0.1:9: no scheduler answers there; start one, or leave out --cluster\n" == done.stderr
    assert not (tmp_path / "out").exists()
