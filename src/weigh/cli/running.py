"""Commands that render: a run, a scheduled run, what changed between two runs, and whether this machine can."""

from __future__ import annotations

import datetime as dt
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from weigh.cli.app import CANNOT_RUN, FAILED_REPORT, FINDINGS, INTERRUPTED, Format, app, say, session
from weigh.errors import WeighError
from weigh.render.sources import Engine

if TYPE_CHECKING:
    from weigh.render.task import How, RunReport, Task, Watch

OutOption = Annotated[Path, typer.Option(help="The build folder.")]
PortfolioOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Render every review folder in DIR, each into a folder of --out.", show_default=False
    ),
]
JobsOption = Annotated[
    int | None, typer.Option(min=1, help="Workers. Default: as many as fit this machine.", show_default=False)
]
EngineOption = Annotated[
    Engine | None,
    typer.Option(
        help="Kernels forked from one that has all imports done, or new ones. Default: forked, on Linux.",
        show_default=False,
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Render on the workers of a dask.distributed scheduler.", show_default=False),
]


@app.command()
def render(  # noqa: PLR0917  (typer makes options of them)
    conclusion_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Conclusions to render. Default: all.", show_default=False),
    ] = None,
    out: OutOption = Path("build"),
    jobs: JobsOption = None,
    force: Annotated[bool, typer.Option("--force", help="Render what is up to date too.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Only say what would be rendered, and why.")] = False,
    engine: EngineOption = None,
    cluster: ClusterOption = None,
    portfolio: PortfolioOption = None,
) -> None:
    """Execute the notebooks whose evidence changed, with papermill, and build the pages.

    Exit code 0: fine. 2: the folder is broken or an argument is wrong; nothing was touched. 3: a report failed; the others are rendered. 4: another run holds the build folder.

    Example: weigh render epicondylitis keratoconus --out build
    """
    from weigh.render.run import explain as what_is_stale
    from weigh.render.task import How, Task

    how = How(jobs=jobs, engine=engine, cluster=cluster, force=force)
    if portfolio is not None:
        from weigh.render.portfolio import tasks_of

        if conclusion_ids or explain:
            raise WeighError("--portfolio: takes neither ids nor --explain; leave them out")
        _leave(_render(tasks_of(portfolio, out), how))
    task = Task(session.folder(), out, conclusion_ids or ())
    if not explain:
        _leave(_render([task], how))
    report = what_is_stale(task, how)
    for file in report.changed:
        print(f"{file}: not what it was at the last run")
    for name, why in report.reasons.items():
        print(f"{name}: to be rendered, because {why}")
    for name in report.fresh:
        print(f"{name}: up to date")


@app.command()
def run(  # noqa: PLR0917  (typer makes options of them)
    out: OutOption = Path("build"),
    jobs: JobsOption = None,
    force: Annotated[bool, typer.Option("--force", help="Render what is up to date too.")] = False,
    engine: EngineOption = None,
    cluster: ClusterOption = None,
    portfolio: PortfolioOption = None,
    notify: Annotated[
        str | None,
        typer.Option(metavar="CMD", help="Called with the path of the digest when a run is done.", show_default=False),
    ] = None,
    strict: Annotated[bool, typer.Option(help="Exit 1 where a finding on the guideline is not accepted.")] = False,
    today: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day to judge by. Default: today.", show_default=False),
    ] = None,
) -> None:
    """Do what a schedule wants: check, render what changed, and leave a digest of what moved in the build folder.

    Exit code 0: fine. 1: with --strict, a finding on the guideline is not accepted. 2: the folder is broken, or the command of --notify failed. 3: a report failed. 4: another run holds the build folder.

    Example: weigh run --notify "mail-the-committee --urgent"
    """
    from weigh.render.task import How, Task

    day = today.date() if today else dt.datetime.now(dt.UTC).date()
    how = How(jobs=jobs, engine=engine, cluster=cluster, force=force, digest_of=day)
    if portfolio is not None:
        from weigh.render.portfolio import tasks_of

        tasks = tasks_of(portfolio, out)
    else:
        tasks = [Task(session.folder(), out)]
    codes = _render(tasks, how, notify)
    if strict and not codes and any(_has_open_findings(task.review_folder) for task in tasks):
        codes.add(FINDINGS)
    _leave(codes)


def _has_open_findings(folder: Path) -> bool:
    from weigh.audit.audit import audit
    from weigh.evidence.review import load_review

    return any(finding.kind == "guideline" for finding in audit(load_review(folder)).open)


def _notify(command: str, digest: Path) -> bool:
    """Call a command with the path of a digest; whether it did its work."""
    import shlex
    import subprocess

    try:
        code = subprocess.run([*shlex.split(command), str(digest)], check=False).returncode
    except (OSError, ValueError) as error:
        print(f"weigh: --notify {command}: cannot be called ({error}); {digest} stands", file=sys.stderr)
        return False
    if code:
        print(f"weigh: --notify {command}: ended with {code}; {digest} stands", file=sys.stderr)
    return code == 0


def _leave(codes: set[int]) -> NoReturn:
    """Leave with the code of the worst that happened."""
    raise typer.Exit(min(codes, default=0))


def _render(tasks: Sequence[Task], how: How, notify: str | None = None) -> set[int]:
    """Render and print what was done; the exit codes of all that went wrong: broken, failed, busy."""
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
        out = tasks[0].out if len(tasks) == 1 else "what was not finished"
        print(f"weigh: interrupted; {out} stands as it was", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    return codes


def _print_report(report: RunReport, name: str) -> None:
    for failed, sentence in sorted(report.failed.items()):
        print(f"weigh: {name}{failed} failed: {sentence}", file=sys.stderr)
    for path in report.removed:
        print(f"Removed {report.folder / path}: no conclusion of that name any more.")
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


@app.command()
def doctor(
    out: Annotated[Path, typer.Option(help="The build folder of the run to come.")] = Path("build"),
) -> None:
    """Look at what a run needs of this machine: packages, kernel, font, evidence, space and rights.

    Exit code 0: a run can start. 2: it cannot; each line that begins with NO says why and what to do.

    Example: weigh doctor --out build
    """
    from weigh.render.doctor import examine

    checks = list(examine(session.folder(), out))
    for check in checks:
        print(f"{'yes' if check.ok else 'NO '} {check.words}")
    if not all(check.ok for check in checks):
        raise typer.Exit(CANNOT_RUN)


@app.command()
def diff(
    before: Annotated[
        str,
        typer.Argument(metavar="A", help="A git revision, a review folder, or the build folder of a finished run."),
    ],
    after: Annotated[
        str, typer.Argument(metavar="[B]", help="The same. Default: the review as it is now.", show_default=False)
    ] = "",
    output: Annotated[Format, typer.Option("--format", help="How to print the changes.")] = Format.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write changes.ipynb and changes.html there too.", show_default=False),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Print a draft of the next row of evidence/history.csv instead.")
    ] = False,
) -> None:
    """Say what changed from A to B: conclusions that moved and why, findings new and settled, rows, codes.

    Exit code 0: fine, whether something moved or not. 2: one of the two cannot be read. 3: the notebook failed.

    Example: weigh diff HEAD~1 --out changes
    """
    from weigh.render.states import changes_between

    folder = session.folder()
    changes = changes_between(before, after, folder)
    if history:
        from weigh.changes.history import history_csv
        from weigh.text.characters import visible

        print(visible(history_csv(changes)), end="")
    elif output is Format.JSON:
        print(json.dumps(changes.as_json(), indent=1, ensure_ascii=False))
    else:
        from weigh.changes.words import changes_text

        print(changes_text(changes))
    if out is not None:
        from weigh.render.change_report import write_report

        notebook, page = write_report(changes, before, after, folder, out)
        print(f"Wrote {notebook} and {page}", file=sys.stderr)  # beside the changes themselves, which may be JSON
