"""What one worker process does: one report from its name to its executed notebook."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from weigh.errors import WeighError
from weigh.render.sources import CELL_TIMEOUT, CONCLUSION, REVIEW_NOTEBOOKS, Engine, find_notebook

__all__ = ["Job", "Rendered", "render_one"]


@dataclass(frozen=True, slots=True)
class Job:
    """One report to render: of which review, with which engine, by which code."""

    folder: Path
    name: str
    code: str
    engine: Engine = Engine.WEIGH
    timeout: int = CELL_TIMEOUT
    #: The review as the run read it; kernels of a worker that cannot see that file read the folder on their own.
    snapshot: Path | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The outcome of one job: the text of its executed notebook, or the sentence that says why there is none."""

    name: str
    notebook: str = ""
    seconds: float = 0.0
    error: str | None = None


_taken: list[Path] = []


def render_one(job: Job) -> Rendered:
    """Execute the notebook of one conclusion, or one on the whole review."""
    start = time.monotonic()
    try:
        _refuse_other_code(job)
        _prime_kernels(job)
        notebook = _executed(job)
    except WeighError as error:
        return Rendered(job.name, "", time.monotonic() - start, str(error))
    return Rendered(job.name, notebook, time.monotonic() - start)


def _refuse_other_code(job: Job) -> None:
    """A worker of a cluster may have another weigh, or see other files.

    Raises:
        WeighError: it has, or the folder is not there.
    """
    from weigh.render.stale import code_stamp

    if job.code != code_stamp():
        raise WeighError("the worker has another weigh or other packages than this run; install the same on both")
    if not job.folder.is_dir():
        raise WeighError(f"{job.folder}: the worker does not see this folder; put it on a disk that both share")


def _prime_kernels(job: Job) -> None:
    """Let the kernels of this worker begin with the review as the run read it, where they can see it."""
    if job.engine is not Engine.WEIGH or job.snapshot is None or job.snapshot in _taken or not job.snapshot.is_file():
        return
    from weigh.render.kernels.kernel import nursery

    nursery().prime(job.snapshot)
    _taken[:] = [job.snapshot]


def _executed(job: Job) -> str:
    from weigh.render.notebooks import execute  # first: it hides what nbformat would load

    # isort: split
    import nbformat

    on_the_whole = job.name in REVIEW_NOTEBOOKS
    notebook = find_notebook(job.name if on_the_whole else CONCLUSION, job.folder)
    parameters = {} if on_the_whole else {"conclusion_id": job.name}
    return f"{nbformat.writes(execute(notebook, parameters, job.folder, job.timeout, job.engine))}\n"
