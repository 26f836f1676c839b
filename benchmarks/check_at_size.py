"""How the time and memory of `weigh check` grow with a folder.

Use: .venv/bin/python benchmarks/check_at_size.py [SIZE ...]

Writes folders of so many generated references and studies beside the real ones, checks each as a whole process, and
prints seconds, peak memory, and the ratio of time to size against the first folder (1.0: linear).
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (12_500, 25_000, 50_000, 100_000)


def write_folder(folder: Path, size: int) -> None:
    """A copy of the review with `size` more references and as many studies that report them."""
    shutil.copytree(ROOT / "evidence", folder / "evidence")
    table = folder / "evidence" / "studies.csv"
    with table.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    columns = [header.index(name) for name in ("study_id", "citation_keys", "included_in")]
    for number in range(size):
        row = list(rows[number % 37])
        for column, value in zip(columns, (f"generated-{number:06d}", f"generated{number}", ""), strict=True):
            row[column] = value
        rows.append(row)
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *sorted(rows)])
    with (folder / "references.bib").open("w", encoding="utf-8") as stream:
        stream.write((ROOT / "references.bib").read_text(encoding="utf-8"))
        for number in range(size):
            stream.write(
                f"\n@article{{generated{number},\n  author = {{Author{number}, A. B. and Second{number % 977}, C.}},\n"
                f"  title = {{A generated title with the number {number}}},\n  journal = {{Journal of Generated Things}},\n"
                f"  year = {{{1950 + number % 70}}},\n  volume = {{{number % 90}}},\n  pages = {{{number}--{number + 7}}},\n"
                f"  doi = {{10.9999/generated.{number}}},\n}}\n"
            )


def measure(folder: Path) -> tuple[float, float]:
    """Seconds and peak memory in MB of one check as a whole process."""
    command = [str(Path(sys.executable).with_name("weigh")), "--review", str(folder), "check", "--format", "json"]
    start = time.monotonic()
    with Path(os.devnull).open("wb") as sink:
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, sink.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"weigh check ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def main() -> None:
    sizes = [int(argument) for argument in sys.argv[1:]] or SIZES
    first = 0.0
    print("references and studies, each | seconds | MB | time per size against the first")
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            write_folder(Path(scratch), size)
            seconds, memory = measure(Path(scratch))
        first = first or seconds / size
        print(f"{size} | {seconds:.1f} | {memory:.0f} | {seconds / size / first:.2f}", flush=True)


if __name__ == "__main__":
    main()
