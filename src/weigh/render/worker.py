"""The work of a worker process: execute the notebook of one report."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from weigh.errors import WeighError
from weigh.render.sources import CELL_TIMEOUT, CONCLUSION, REVIEW_NOTEBOOKS, Engine, find_notebook

__all__ = ["Job", "Rendered", "render_one"]


@dataclass(frozen=True, slots=True)
class Job:
    """One report to render: its review folder, its name, the expected version of the code, and the engine."""

    folder: Path
    name: str
    code: str
    engine: Engine = Engine.WEIGH
    timeout: int = CELL_TIMEOUT
    #: The review as the run read it; where a worker cannot see this file, its kernels read the folder themselves.
    snapshot: Path | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The outcome of one job: the text of the executed notebook, or an error message."""

    name: str
    notebook: str = ""
    seconds: float = 0.0
    error: str | None = None


_loaded: list[Path] = []


def render_one(job: Job) -> Rendered:
    """Execute the notebook of one conclusion, or one about the whole review."""
    start = time.monotonic()
    try:
        _refuse_other_code(job)
        _prime_kernels(job)
        notebook = _executed(job)
    except WeighError as error:
        return Rendered(job.name, "", time.monotonic() - start, str(error))
    return Rendered(job.name, notebook, time.monotonic() - start)


def _refuse_other_code(job: Job) -> None:
    """Refuse to work on a cluster worker whose code or files differ from those of the run.

    Raises:
        WeighError: the code differs, or the folder is missing.
    """
    from weigh.render.stale import code_stamp

    if job.code != code_stamp():
        raise WeighError(
            "the worker has a different version of weigh or of a dependency; install the same versions on both"
        )
    if not job.folder.is_dir():
        raise WeighError(f"{job.folder}: the worker cannot see this folder; move it to a shared file system")


def _prime_kernels(job: Job) -> None:
    """Let this worker's kernels start from the snapshot of the review, if they can see it."""
    if job.engine is not Engine.WEIGH or job.snapshot is None or job.snapshot in _loaded or not job.snapshot.is_file():
        return
    from weigh.render.kernels.kernel import fork_server

    fork_server().prime(job.snapshot)
    _loaded[:] = [job.snapshot]


def _executed(job: Job) -> str:
    from weigh.render.notebooks import execute  # first: it hides modules that nbformat would load

    # isort: split
    import nbformat

    whole_review = job.name in REVIEW_NOTEBOOKS
    notebook = find_notebook(job.name if whole_review else CONCLUSION, job.folder)
    parameters = {} if whole_review else {"conclusion_id": job.name}
    return f"{nbformat.writes(execute(notebook, parameters, job.folder, job.timeout, job.engine))}\n"
