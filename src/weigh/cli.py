"""The command line: arguments to calls to an exit code; the only room that prints."""

from __future__ import annotations

import datetime as dt
import json
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weigh import __version__
from weigh.errors import EvidenceError, WeighError
from weigh.render.sources import Engine

if TYPE_CHECKING:
    from weigh.render.worker import Rendered

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
        from weigh.review import find_review

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


@app.command()
def render(  # noqa: PLR0917  (typer makes options of them)
    conclusion_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Conclusions to render. Default: all.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option(help="The build folder.")] = Path("build"),
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Worker processes. Default: one for each processor.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Render what is up to date too.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Only say what would be rendered, and why.")] = False,
    engine: Annotated[
        Engine | None,
        typer.Option(
            help="Kernels forked from one that has all imports done, or new ones. Default: forked, on Linux.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Execute the notebooks whose evidence changed, with papermill, and build the pages.

    Exit code 0: fine. 2: the folder is broken or an argument is wrong; nothing was touched. 3: a report failed; the others are rendered. 4: another run holds the build folder.

    Example: weigh render epicondylitis keratoconus --out build
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a service that stops ends like Ctrl-C
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from weigh.render.run import How, Task
    from weigh.render.run import explain as what_is_stale
    from weigh.render.run import render as run

    task, how = Task(_session.folder(), out, conclusion_ids or ()), How(jobs=jobs, engine=engine, force=force)

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("Rendering", total=None)

        def done(rendered: Rendered) -> None:
            progress.update(bar, advance=1, description=f"Rendered {rendered.name}")

        try:
            report = (
                what_is_stale(task, how)
                if explain
                else run(task, how, on_start=lambda total: progress.update(bar, total=total), on_done=done)
            )
        except KeyboardInterrupt:
            print(f"weigh: interrupted; {out} stands as it was", file=sys.stderr)
            raise typer.Exit(_INTERRUPTED) from None
    if explain:
        for name, why in report.reasons.items():
            print(f"{name}: to be rendered, because {why}")
        for name in report.fresh:
            print(f"{name}: up to date")
        return
    for name, sentence in sorted(report.failed.items()):
        print(f"weigh: {name} failed: {sentence}", file=sys.stderr)
    for path in report.removed:
        print(f"Removed {report.folder / path}: no conclusion of that name any more.")
    print(
        f"{len(report.rendered)} notebooks rendered, {len(report.failed)} failed, {len(report.fresh)} up to date. "
        f"Open {report.folder / 'site' / 'index.html'}"
    )
    if report.failed:
        raise typer.Exit(_FAILED_REPORT)


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
    except EvidenceError as error:
        for problem in error.problems:
            print(f"weigh: {problem}", file=sys.stderr)
        sys.exit(error.exit_code)
    except WeighError as error:
        print(f"weigh: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:  # a file that may not be read, a disk that fails: wherever it was met
        place = f"{error.filename}: " if error.filename else ""
        print(f"weigh: {place}{error.strerror or error}; look at the rights and the space there", file=sys.stderr)
        sys.exit(_CANNOT_RUN)
