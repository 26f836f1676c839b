"""`weigh run`: what a schedule calls."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.app import FINDINGS, app
from weigh.cli.rendering import (
    ClusterOption,
    EngineOption,
    ForceOption,
    JobsOption,
    OutOption,
    PortfolioOption,
    leave,
    render_tasks,
    tasks_for,
)


@app.command()
def run(  # noqa: PLR0917  (typer makes options of them)
    out: OutOption = None,
    jobs: JobsOption = None,
    force: ForceOption = False,
    engine: EngineOption = None,
    cluster: ClusterOption = None,
    portfolio: PortfolioOption = None,
    notify: Annotated[
        str | None,
        typer.Option(metavar="CMD", help="Run CMD with the path of the digest when a run is done.", show_default=False),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if any finding on the guideline is not accepted.")
    ] = False,
    today: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Judge due dates as of this day. Default: today.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Scheduled run: check, re-render, and write a change digest.

    Leaves digest.md and digest.json in the build folder; they say what has changed since the last finished run, even if nothing has.

    Exit codes: 0, done; 1, with --strict, a finding on the guideline is not accepted; 2, the review folder is invalid, or the --notify command failed; 3, a report failed; 4, another run holds the build folder.

    Example: weigh run --notify "mail-the-committee --urgent"
    """
    from weigh.render.task import How

    day = today.date() if today else dt.datetime.now(dt.UTC).date()
    how = How(jobs=jobs, engine=engine, cluster=cluster, force=force, digest_of=day)
    tasks = tasks_for(out, portfolio)
    codes = render_tasks(tasks, how, notify)
    if strict and not codes and any(_has_open_findings(task.review_folder) for task in tasks):
        codes.add(FINDINGS)
    leave(codes)


def _has_open_findings(folder: Path) -> bool:
    from weigh.audit.audit import audit
    from weigh.evidence.review import load_review

    return any(finding.kind == "guideline" for finding in audit(load_review(folder)).open)
