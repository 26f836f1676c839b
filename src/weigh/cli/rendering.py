"""What `weigh render` and `weigh run` share: their options, the progress bar, and the report of what was done."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from weigh.cli.app import CANNOT_RUN, FAILED_REPORT, INTERRUPTED, say, session
from weigh.errors import WeighError
from weigh.render.sources import Engine

if TYPE_CHECKING:
    from weigh.render.task import How, RunReport, Task, Watch

__all__ = [
    "ClusterOption",
    "EngineOption",
    "ForceOption",
    "JobsOption",
    "OutOption",
    "PortfolioOption",
    "leave",
    "render_tasks",
    "tasks_for",
]

OutOption = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="The build folder. Default: build in the review folder.", show_default=False),
]
PortfolioOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Render every review folder in DIR, each into its own build folder; with --out, into a subfolder of it.",
        show_default=False,
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="The number of workers. Default: as many as this machine can run.", show_default=False
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Also render reports that are up to date.")]
EngineOption = Annotated[
    Engine | None,
    typer.Option(
        help="weigh: fork kernels from a process with all imports done. fresh: start a new interpreter for each. "
        "Default: weigh on Linux, otherwise fresh.",
        show_default=False,
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Render on the workers of a dask.distributed scheduler.", show_default=False),
]


def tasks_for(out: Path | None, portfolio: Path | None, conclusion_ids: Sequence[str] = ()) -> list[Task]:
    """The review folders to render, each with its build folder."""
    from weigh.render.task import Task

    if portfolio is None:
        return [Task(session.folder(), session.build(out), conclusion_ids)]
    from weigh.render.portfolio import tasks_of

    return tasks_of(portfolio, out)


def leave(codes: set[int]) -> NoReturn:
    """Exit with the code of the worst outcome."""
    raise typer.Exit(min(codes, default=0))


def render_tasks(tasks: Sequence[Task], how: How, notify: str | None = None) -> set[int]:
    """Render and print what was done.

    Args:
        tasks: the review folders.
        how: how to render them.
        notify: a command to call with the path of each digest.

    Returns:
        The exit codes of everything that went wrong: broken, failed, busy.
    """
    from weigh.render.run import render_all

    codes: set[int] = set()
    try:
        with _progress() as watch:
            for task, report in render_all(tasks, how, watch):
                name = f"{task.review_folder.name}: " if len(tasks) > 1 else ""
                if isinstance(report, WeighError):
                    say(report)
                    codes.add(report.exit_code)
                else:
                    _print_report(report, name)
                    codes |= {FAILED_REPORT} if report.failed else set()
                    if notify and not _notify(notify, report.folder / "digest.md"):
                        codes.add(CANNOT_RUN)
    except KeyboardInterrupt:
        unchanged = f"{tasks[0].out} is" if len(tasks) == 1 else "builds that were not finished are"
        print(f"weigh: interrupted; {unchanged} unchanged", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    return codes


def _notify(command: str, digest: Path) -> bool:
    """Call a command with the path of a digest; whether it succeeded."""
    import shlex
    import subprocess

    try:
        code = subprocess.run([*shlex.split(command), str(digest)], check=False).returncode
    except (OSError, ValueError) as error:
        print(f"weigh: --notify {command}: cannot be run ({error}); the digest is in {digest}", file=sys.stderr)
        return False
    if code:
        print(f"weigh: --notify {command}: exited with {code}; the digest is in {digest}", file=sys.stderr)
    return code == 0


def _print_report(report: RunReport, name: str) -> None:
    for failed, sentence in sorted(report.failed.items()):
        print(f"weigh: {name}{failed} failed: {sentence}", file=sys.stderr)
    for path in report.removed:
        print(f"Removed {report.folder / path}: the review no longer contains it.")
    print(
        f"{name}{len(report.rendered)} notebooks rendered, {len(report.failed)} failed, {len(report.fresh)} up to date. "
        f"Open {report.folder / 'site' / 'index.html'}"
    )
    if report.digest is not None:
        from weigh.text.characters import visible

        print(visible("\n".join(report.digest.brief)))


@contextmanager
def _progress() -> Iterator[Watch]:
    """A bar on a terminal, nothing in a log; a service that is stopped ends like Ctrl-C."""
    from weigh.render.task import Watch

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not sys.stderr.isatty():
        yield Watch()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("Rendering", total=None)
        yield Watch(
            on_start=lambda total: progress.update(bar, total=total),
            on_done=lambda rendered: progress.update(bar, advance=1, description=f"Rendered {rendered.name}"),
        )
