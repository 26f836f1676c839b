"""The command line: arguments to calls to an exit code; the only room that prints."""

from __future__ import annotations

import datetime as dt
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from weigh import __version__
from weigh.errors import EvidenceError, WeighError
from weigh.render.sources import Engine

if TYPE_CHECKING:
    from weigh.render.task import How, RunReport, Task, Watch

__all__ = ["app", "main"]

app = typer.Typer(
    name="weigh",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Weighs the evidence that a medical policy cites for its conclusions.",
)

_INTERRUPTED = 130
_FINDINGS = 1
_CANNOT_RUN = 2
_FAILED_REPORT = 3


class CheckFormat(StrEnum):
    """How to print findings."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


class _Session:
    """What the options before the command say; the review folder is looked for only when a command needs it."""

    review: Path | None = None

    def folder(self) -> Path:
        from weigh.inputs import find_review

        return self.review if self.review is not None else find_review()


_session = _Session()


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"weigh {__version__}")
        raise typer.Exit


@app.callback()
def options(
    review: Annotated[
        Path | None,
        typer.Option(
            help="The review folder. Default: the nearest one upwards that holds evidence/.", show_default=False
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Weighs the evidence that a medical policy cites for its conclusions."""
    _session.review = review


@app.command()
def check(  # noqa: PLR0917  (typer makes options of them)
    output: Annotated[CheckFormat, typer.Option("--format", help="How to print the findings.")] = CheckFormat.TEXT,
    strict: Annotated[bool, typer.Option(help="Exit 1 where a finding on the guideline is not accepted.")] = False,
    show_accepted: Annotated[bool, typer.Option("--show-accepted", help="Print accepted findings too.")] = False,
    accept: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="CODE SUBJECT", help="Accept a finding instead.", show_default=False),
    ] = None,
    reason: Annotated[str, typer.Option(help="With --accept: why it is accepted.")] = "",
    who: Annotated[str, typer.Option(help="With --accept: who looked at it.")] = "",
    today: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day to judge by. Default: today.", show_default=False),
    ] = None,
) -> None:
    """Validate the review folder, then audit guideline, bibliography, codes and studies.

    Exit code 0: fine. 1: with --strict, a finding on the guideline is not accepted. 2: the folder is broken; every defect is named with file, row and column.

    Example: weigh check --format json
    """
    from weigh.checks.audit import audit
    from weigh.review import read_review

    folder = _session.folder()
    day = today.date() if today else dt.date.today()
    review, problems = read_review(folder)
    audited = audit(review, today=day) if review is not None else None
    if accept is not None and audited is not None:
        from weigh.checks.acceptance import accept as add

        print(add(folder, audited, *accept, reason=reason, who=who, when=day))
        return
    findings = (*problems, *(audited.open if audited else ()))
    accepted = audited.accepted if audited else ()
    if output is CheckFormat.JSON:
        print(json.dumps([finding.as_json() for finding in findings], indent=1, ensure_ascii=False))
    elif output is CheckFormat.SARIF:
        from weigh.checks.sarif import sarif

        print(json.dumps(sarif(findings, accepted), indent=1, ensure_ascii=False))
    else:
        from weigh.checks.characters import visible
        from weigh.checks.report import report_lines

        print(visible("\n".join(report_lines(review, problems, audited, show_accepted=show_accepted))))
    if review is None or any(finding.kind == "data" and finding.severity == "error" for finding in findings):
        raise typer.Exit(_CANNOT_RUN)
    if strict and any(finding.kind == "guideline" for finding in findings):
        raise typer.Exit(_FINDINGS)


@app.command()
def propose() -> None:
    """Write what the rules propose on certainty into evidence/certainty.csv; the committee's rows stay.

    Exit code 0: fine. 2: the folder is broken or cannot be written.

    Example: weigh propose
    """
    from weigh.proposals import propose as write
    from weigh.review import load_review

    folder = _session.folder()
    print(write(load_review(folder), folder))


@app.command()
def show(
    conclusion_id: Annotated[str, typer.Argument(metavar="ID", help="An id of evidence/conclusions.csv.")],
    output: Annotated[Format, typer.Option("--format", help="How to print the conclusion.")] = Format.TEXT,
) -> None:
    """Show one conclusion: verdict, votes, what speaks for and against it, studies, what was not verified.

    Example: weigh show epicondylitis
    """
    from weigh.review import load_review
    from weigh.summary import summarise

    summary = summarise(conclusion_id, load_review(_session.folder()))
    if output is Format.JSON:
        print(json.dumps(summary.as_json(), indent=1, ensure_ascii=False))
        return
    from weigh import display
    from weigh.checks.characters import visible

    parts = (
        display.show_header,
        display.show_verdict,
        display.show_sides,
        display.show_outcomes,
        display.show_studies,
        display.show_unverified,
        display.show_flip,
        display.show_references,
    )
    print(visible("\n\n".join(part(summary).text for part in parts)))


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
    task = Task(_session.folder(), out, conclusion_ids or ())
    if not explain:
        _leave(_render([task], how))
    report = what_is_stale(task, how)
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
        tasks = [Task(_session.folder(), out)]
    codes = _render(tasks, how, notify)
    if strict and not codes and any(_has_open_findings(task.review_folder) for task in tasks):
        codes.add(_FINDINGS)
    _leave(codes)


def _has_open_findings(folder: Path) -> bool:
    from weigh.checks.audit import audit
    from weigh.review import load_review

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
                    _say(report)
                    codes.add(report.exit_code)
                else:
                    _print_report(report, name)
                    codes |= {_FAILED_REPORT} if report.failed else set()
                    if notify and not _notify(notify, report.folder / "digest.md"):
                        codes.add(_CANNOT_RUN)
    except KeyboardInterrupt:
        out = tasks[0].out if len(tasks) == 1 else "what was not finished"
        print(f"weigh: interrupted; {out} stands as it was", file=sys.stderr)
        raise typer.Exit(_INTERRUPTED) from None
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
        from weigh.checks.characters import visible

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

    checks = list(examine(_session.folder(), out))
    for check in checks:
        print(f"{'yes' if check.ok else 'NO '} {check.words}")
    if not all(check.ok for check in checks):
        raise typer.Exit(_CANNOT_RUN)


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

    folder = _session.folder()
    changes = changes_between(before, after, folder)
    if history:
        from weigh.changes.history import history_csv
        from weigh.checks.characters import visible

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


codes = typer.Typer(
    no_args_is_help=True, help="The codes of the guideline.\n\nExample: weigh codes snapshot", rich_markup_mode=None
)
app.add_typer(codes, name="codes")


@codes.command()
def snapshot() -> None:
    """Write evidence/code_titles.csv: the titles of the codes concerned, from the installed code book.

    Example: weigh codes snapshot
    """
    from weigh.codebook import CODE_TITLES, snapshot
    from weigh.review import load_review

    review = load_review(_session.folder())
    path = review.folder / CODE_TITLES
    path.write_bytes(snapshot(review.codes).encode("utf-8"))
    print(f"{path}: written")


@codes.callback()
def _codes() -> None:
    """The codes of the guideline.

    Example: weigh codes snapshot
    """


def main() -> None:
    """Run the command line; every error that weigh raises on purpose becomes a sentence and an exit code."""
    try:
        app(standalone_mode=True)
    except WeighError as error:
        _say(error)
        sys.exit(error.exit_code)
    except OSError as error:  # a file that may not be read, a disk that fails: wherever it was met
        place = f"{error.filename}: " if error.filename else ""
        print(f"weigh: {place}{error.strerror or error}; look at the rights and the space there", file=sys.stderr)
        sys.exit(_CANNOT_RUN)


def _say(error: WeighError) -> None:
    """An error as its sentences, one for each defect of a broken folder."""
    for sentence in error.problems if isinstance(error, EvidenceError) else (error,):
        print(f"weigh: {sentence}", file=sys.stderr)
