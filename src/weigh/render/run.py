"""A run: the stale reports of one or more review folders, rendered by shared workers."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from weigh.errors import WeighError
from weigh.render.folder import FolderRun, engine_of
from weigh.render.plan import make_plan
from weigh.render.sources import Engine
from weigh.render.task import How, RunReport, Task, Watch

if TYPE_CHECKING:
    from weigh.render.kernels.pool import Opener
    from weigh.render.worker import Job, Rendered

__all__ = ["explain", "render", "render_all"]


def render(task: Task, how: How | None = None, watch: Watch | None = None) -> RunReport:
    """Render stale reports into a build folder, which is replaced as a whole at the end.

    The evidence is read and checked before anything is written. A conclusion that fails keeps its last good files and
    does not stop the others. If nothing is stale, files are only hashed, not parsed.

    Args:
        task: what to render.
        how: the options.
        watch: callbacks for progress.

    Raises:
        EvidenceError: the folder violates its schema.
        NotFoundError: an id that is not in the review.
        BusyError: another run holds the build folder.
        WeighError: the build folder cannot be written, or the evidence changed during the run.
    """
    for _task, report in render_all([task], how or How(), watch):
        if isinstance(report, WeighError):
            raise report
        return report
    raise AssertionError("a task has one outcome")


def render_all(
    tasks: Iterable[Task], how: How, watch: Watch | None = None
) -> Iterator[tuple[Task, RunReport | WeighError]]:
    """Render many review folders with shared workers; each folder is planned while the previous one is rendered.

    Args:
        tasks: the review folders, each with its own build folder.
        how: the options.
        watch: callbacks for progress.

    Yields:
        Each task when it finishes, with its report or its error.
    """
    watch = watch or Watch()
    ended: list[tuple[Task, RunReport | WeighError]] = []
    open_runs: dict[Path, FolderRun] = {}

    def jobs() -> Iterator[Job]:
        total = 0
        for task in tasks:
            try:
                run = FolderRun(task, how)
            except WeighError as error:
                ended.append((task, error))
                continue
            except OSError as error:
                ended.append(
                    (task, WeighError(f"{error.filename or task.review_folder}: {error.strerror}; check the file"))
                )
                continue
            if run.pending:
                open_runs[run.folder] = run
                watch.on_start(total := total + len(run.pending))
                for job in run.jobs():
                    if run.folder not in open_runs:
                        break  # its build could not be written
                    yield job
            else:
                ended.append((task, _ended(run)))

    try:
        with closing(_outcomes(jobs(), how)) as outcomes:
            for job, outcome in outcomes:
                if (known := open_runs.get(job.folder)) is None:
                    continue
                try:
                    watch.on_done(known.record(job.name, outcome))
                except WeighError as error:
                    open_runs.pop(job.folder).close()
                    ended.append((known.task, error))
                else:
                    if not known.pending:
                        ended.append((known.task, _ended(open_runs.pop(job.folder))))
                yield from _drained(ended)
        yield from _drained(ended)
    finally:
        for run in open_runs.values():
            run.close()


def _drained(ended: list[tuple[Task, RunReport | WeighError]]) -> Iterator[tuple[Task, RunReport | WeighError]]:
    while ended:
        yield ended.pop(0)


def _ended(run: FolderRun) -> RunReport | WeighError:
    try:
        return run.finish()
    except WeighError as error:
        return error
    finally:
        run.close()


def _outcomes(jobs: Iterator[Job], how: How) -> Generator[tuple[Job, Rendered], None, None]:
    """Yield the outcome of each job; without jobs, no worker starts."""
    for first in jobs:
        from weigh.render.kernels.pool import WorkerDied, run_jobs
        from weigh.render.worker import Rendered, render_one

        for job, outcome in run_jobs(render_one, chain([first], jobs), _opener(how)):
            yield (
                job,
                Rendered(job.name, error="its worker process was killed twice; check the memory of this machine")
                if isinstance(outcome, WorkerDied)
                else outcome,
            )


def _opener(how: How) -> Opener:
    from weigh.render.kernels.pool import cluster_workers, local_workers, workers_that_fit

    if how.cluster is not None:
        return cluster_workers(how.cluster)
    return local_workers(how.jobs or workers_that_fit(), forked_kernels=engine_of(how) is Engine.WEIGH)


def explain(task: Task, how: How | None = None) -> RunReport:
    """Report what a run would render and why, without writing anything."""
    plan = make_plan(task, how or How())
    fresh = tuple(name for name, why in plan.reasons.items() if not why)
    before = plan.record.get("read", plan.read)
    changed = sorted(name for name in {*before, *plan.read} if before.get(name) != plan.read.get(name))
    return RunReport(
        task.out, (), fresh, reasons={name: why for name, why in plan.reasons.items() if why}, changed=tuple(changed)
    )
