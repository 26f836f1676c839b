"""How fast a run is beside other ways to the same reports; all measured side by side in one run on this machine.

Use: .venv/bin/python benchmarks/render.py [--every N] [--quick]

Writes benchmarks/results.md, ratios first. Each way renders the notebook of a conclusion once for each conclusion of the
review in this repository: the papermill command line with nbconvert, papermill within one process, a plain process that
computes what the cells show (the floor), and `weigh render`. What an edit costs is measured in turn with a forced run and
one that has nothing to do; then how a portfolio grows, and a cluster of one worker and of two. --every N times the two
slow ways on each Nth conclusion and scales them up, which the results say. --quick takes three conclusions and a small
portfolio, and writes nothing.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NOTEBOOK = ROOT / "notebooks" / "conclusion.ipynb"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

IN_PROCESS = """
import sys, warnings
warnings.simplefilter("ignore")
import papermill
from nbconvert import HTMLExporter
exporter = HTMLExporter()
for name in sys.argv[3:]:
    out = f"{sys.argv[2]}/{name}.ipynb"
    nb = papermill.execute_notebook(sys.argv[1], out, {"conclusion_id": name}, progress_bar=False, kernel_name="python3")
    open(f"{sys.argv[2]}/{name}.html", "w").write(exporter.from_notebook_node(nb)[0])
"""

FLOOR = """
import json, sys
from pathlib import Path
import nbformat
from weigh.pages.site import conclusion_page
cells = [c.source for c in nbformat.read(sys.argv[1], as_version=4).cells if c.cell_type == "code"]
for name in sys.argv[3:]:
    names = {}
    for cell in cells:
        *lines, last = cell.splitlines()
        if "parameters" in cell or last.startswith("conclusion_id"):
            names["conclusion_id"] = name
        elif last.startswith("display."):
            eval(last, names)._repr_html_()
        else:
            exec(cell, names)
    executed = Path(f"{sys.argv[2]}/{name}.ipynb").read_text(encoding="utf-8")
    Path(f"{sys.argv[2]}/{name}.html").write_text(conclusion_page(executed, names["summary"]))
    Path(f"{sys.argv[2]}/{name}.json").write_text(json.dumps(names["summary"].as_json()))
"""

BARE = """
import json, sys
from pathlib import Path
from weigh.evidence.review import load_review
from weigh.summary.conclusion import summarise
for name in sys.argv[2:]:
    Path(f"{sys.argv[1]}/{name}.json").write_text(json.dumps(summarise(name, load_review()).as_json()))
"""


@dataclass(frozen=True)
class Took:
    """Seconds of a whole process, and the peak memory in MB of that process alone."""

    seconds: float
    memory: float


def run(*command: object, cwd: Path = ROOT) -> Took:
    """Run a command to its end; it must succeed."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, **QUIET)
    peak = 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
            peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), peak)
        except OSError:
            pass
        time.sleep(0.02)
    seconds = time.monotonic() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(str(part) for part in command)} ended with {process.returncode}")
    return Took(seconds, peak / 1024)


def weigh(*arguments: object) -> Took:
    return run(BIN / "weigh", *arguments)


def median(runs: list[Took]) -> Took:
    """The run of the median time."""
    return sorted(runs, key=lambda took: took.seconds)[len(runs) // 2]


def papermill_cli(names: list[str], scratch: Path) -> float:
    total = 0.0
    for name in names:
        out = scratch / f"{name}.ipynb"
        total += run(
            BIN / "papermill", NOTEBOOK, out, "-p", "conclusion_id", name, "--no-progress-bar", "-k", "python3"
        ).seconds
        total += run(BIN / "jupyter", "nbconvert", "--to", "html", out).seconds
    return total


def portfolio(folder: Path, count: int) -> None:
    """So many folders of sixteen conclusions, which with the four notebooks on the whole are twenty reports each."""
    for number in range(count):
        target = folder / f"guideline-{number:03d}"
        shutil.copytree(ROOT / "tests" / "data" / "mini", target)
        conclusions, citations = (target / "evidence" / f"{name}.csv" for name in ("conclusions", "citations"))
        header, *rows = read(conclusions)
        cited_header, *cited = read(citations)
        for copy in range(16 - len(rows)):
            model = rows[copy % 4]
            name = f"{model[0]}-{copy}"
            rows.append([name, model[1], f"{model[2]} {copy}", *model[3:]])
            cited += [
                [f"{row[0]}-{copy}", name, *row[2:]] for row in list(cited) if row[1] == model[0] and "-" not in row[0]
            ]
        write(conclusions, [header, *sorted(rows)])
        write(citations, [cited_header, *sorted(cited)])


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


@contextmanager
def cluster(workers: int, scratch: Path) -> Iterator[str]:
    """The address of a scheduler on loopback with so many workers."""
    note = scratch / f"scheduler-{workers}.json"
    here = ["--no-dashboard", "--host", "127.0.0.1", "--scheduler-file", str(note)]
    processes = [subprocess.Popen([str(BIN / "dask"), "scheduler", "--port", "0", *here], cwd=scratch, **QUIET)]
    try:
        while not note.is_file():
            time.sleep(0.1)
        command = [str(BIN / "dask"), "worker", "--no-nanny", "--nthreads", "1", *here]
        processes += [subprocess.Popen(command, cwd=scratch, **QUIET) for _ in range(workers)]
        from distributed import Client

        with Client(scheduler_file=str(note), set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
            yield client.scheduler.address
    finally:
        for process in processes:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Round:
    """What is measured one right after the other, so that a busy machine slows all of it alike."""

    forced: Took
    edited: Took
    nothing: Took


def rounds(scratch: Path, build: Path, of: int) -> tuple[list[Round], list[str]]:
    """Forced, one outcome edited in a copy of the review, nothing to do; and the conclusions that the edit rendered."""
    folder, out = scratch / "review", scratch / "edited"
    folder.mkdir()
    shutil.copytree(ROOT / "evidence", folder / "evidence")
    shutil.copy(ROOT / "references.bib", folder)
    weigh("--review", folder, "render", "--out", out)
    outcomes = folder / "evidence" / "outcomes.csv"
    header, *rows = read(outcomes)
    row = next(row for row in rows if row[0].startswith("nirschl-2003"))
    measured, rendered = [], set()
    for number in range(of):
        row[header.index("note")] = f"looked at again, {number + 1}"
        write(outcomes, [header, *rows])
        edited = weigh("--review", folder, "render", "--out", out)
        record = json.loads((out / "run.json").read_text(encoding="utf-8"))
        rendered |= {name for name in record["rendered"] if name in record["conclusions"]}
        forced = weigh("render", "--force", "--out", build)
        measured.append(Round(forced, edited, weigh("render", "--out", build)))
    return measured, sorted(rendered)


def over_forced(measured: list[Round], name: str) -> float:
    """How long one kind of run takes over a forced one, round by round."""
    return statistics.median(getattr(each, name).seconds / each.forced.seconds for each in measured)


def main() -> None:
    quick = "--quick" in sys.argv
    names = [row[0] for row in read(ROOT / "evidence" / "conclusions.csv")[1:]]
    every = int(sys.argv[sys.argv.index("--every") + 1]) if "--every" in sys.argv else 1
    some = names[:3] if quick else names[::every]
    timed = (
        f"{len(names)} conclusions" if len(some) == len(names) else f"{len(names)} conclusions, from {len(some)} timed"
    )
    scale = len(names) / len(some)
    folders = 4 if quick else 50
    with tempfile.TemporaryDirectory(prefix="weigh-bench-") as made:
        scratch = Path(made)
        build = scratch / "build"
        weigh("render", "--out", build)  # once before, so that every way finds its files in the memory of the machine
        measured, conclusions = rounds(scratch, build, 1 if quick else 5)
        forced, edit, nothing = (
            median([getattr(each, name) for each in measured]) for name in ("forced", "edited", "nothing")
        )
        floor = run(sys.executable, "-c", FLOOR, NOTEBOOK, build / "notebooks", *names).seconds
        for made_page in (build / "notebooks").iterdir():
            if made_page.suffix != ".ipynb":
                made_page.unlink()
        bare = run(sys.executable, "-c", BARE, scratch, *names).seconds
        cli = papermill_cli(some, scratch) * scale
        process = run(sys.executable, "-c", IN_PROCESS, NOTEBOOK, scratch, *some).seconds * scale
        portfolio(scratch / "one", 1)
        portfolio(scratch / "many", folders)
        one = weigh("render", "--portfolio", scratch / "one", "--out", scratch / "out-one")
        many = weigh("render", "--portfolio", scratch / "many", "--out", scratch / "out-many")
        workers = {}
        for count in (1, 2):
            with cluster(count, scratch) as address:
                weigh("--review", ROOT, "render", "--force", "--cluster", address, "--out", scratch / "warm")
                workers[count] = weigh("render", "--force", "--cluster", address, "--out", scratch / "out-cluster")
    reports = 20 * folders
    rows = [
        ("papermill command line and nbconvert, over `weigh render`", cli / forced.seconds, "at least 12"),
        ("papermill in one process, over `weigh render`", process / forced.seconds, "at least 5"),
        ("`weigh render` over the floor, a plain process for the same pages", forced.seconds / floor, "at most 3"),
        ("`weigh render` over bare summaries as JSON, without figures and pages", forced.seconds / bare, ""),
        ("nothing to do, over a forced run (median of pairs)", over_forced(measured, "nothing"), "at most 0.05"),
        ("one outcome edited, over a forced run (median of pairs)", over_forced(measured, "edited"), "under 0.2"),
        (f"a report among {reports}, over one among 20", many.seconds / one.seconds / folders, "at most 1.2"),
        (f"parent's peak memory with {reports} reports, over 20", many.memory / one.memory, "at most 1.2"),
        ("one cluster worker over two", workers[1].seconds / workers[2].seconds, "at least 1.6"),
    ]
    seconds = [
        (f"`weigh render --force`, {len(names)} conclusions and 4 notebooks on the whole", forced.seconds),
        (f"papermill command line and nbconvert, {timed}", cli),
        (f"papermill in one process with nbconvert, {timed}", process),
        (f"the floor: what the cells show, and the pages, {len(names)} conclusions in one plain process", floor),
        ("bare summaries as JSON in one plain process", bare),
        ("nothing to do", nothing.seconds),
        (f"one outcome edited ({', '.join(conclusions)} rendered)", edit.seconds),
        ("portfolio of 1 folder, 20 reports", one.seconds),
        (f"portfolio of {folders} folders, {reports} reports", many.seconds),
        ("cluster of one worker", workers[1].seconds),
        ("cluster of two workers", workers[2].seconds),
    ]
    text = page(rows, seconds, one.memory, many.memory)
    if not quick:
        (ROOT / "benchmarks" / "results.md").write_text(text, encoding="utf-8")
    print(text)


def page(rows: list[tuple[str, float, str]], seconds: list[tuple[str, float]], one: float, many: float) -> str:
    """The results as Markdown."""
    lines = ["# How fast a run is", "", f"Measured side by side in one run of `make bench` on {machine()}.", ""]
    lines += ["| ratio | measured | aim |", "| --- | ---: | --- |"]
    lines += [f"| {name} | {value:.3g} | {aim} |" for name, value, aim in rows]
    lines += ["", "| whole process | seconds |", "| --- | ---: |"]
    lines += [f"| {name} | {value:.3g} |" for name, value in seconds]
    lines += [
        "",
        f"Peak memory of the parent process: {one:.0f} MB with 20 reports, {many:.0f} MB in the portfolio.",
        "",
    ]
    return "\n".join(lines)


def machine() -> str:
    """The processor, how many of them, and the system."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor() or platform.machine()
    load = statistics.fmean(os.getloadavg()[:1])
    return f"{os.cpu_count()} processors ({model}), {platform.system()}, Python {platform.python_version()}; load {load:.1f} at the end"


if __name__ == "__main__":
    main()
