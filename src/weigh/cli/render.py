"""`weigh render`: the reports whose evidence changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from weigh.cli.app import app
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
from weigh.errors import WeighError

if TYPE_CHECKING:
    from weigh.render.task import How, Task


@app.command()
def render(  # noqa: PLR0917  (typer makes options of them)
    conclusion_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help="The conclusions to render. Default: all.", show_default=False),
    ] = None,
    out: OutOption = None,
    jobs: JobsOption = None,
    force: ForceOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Only list what would be rendered, and why.")] = False,
    engine: EngineOption = None,
    cluster: ClusterOption = None,
    portfolio: PortfolioOption = None,
) -> None:
    """Render the reports whose evidence changed, and build the pages.

    papermill executes the notebooks. The new build replaces the old one in one step when it is complete; a build folder that holds another guideline is refused.

    Exit codes: 0, rendered; 2, the review folder is invalid or an argument is wrong, and nothing was changed; 3, a report failed and the others were rendered; 4, another run holds the build folder.

    Example: weigh render epicondylitis keratoconus --jobs 2
    """
    from weigh.render.task import How

    how = How(jobs=jobs, engine=engine, cluster=cluster, force=force)
    if portfolio is not None and (conclusion_ids or explain):
        raise WeighError("--portfolio: cannot be combined with ids or --explain; leave them out")
    tasks = tasks_for(out, portfolio, conclusion_ids or ())
    if explain:
        _explain(tasks[0], how)
    else:
        leave(render_tasks(tasks, how))


def _explain(task: Task, how: How) -> None:
    from weigh.render.run import explain as what_is_stale

    report = what_is_stale(task, how)
    for file in report.changed:
        print(f"{file}: changed since the last run")
    for name, why in report.reasons.items():
        print(f"{name}: would be rendered, because {why}")
    for name in report.fresh:
        print(f"{name}: up to date")
