"""What one worker process does: one report from its name to the text of its files."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from weigh import lean  # noqa: F401  (before nbformat, which imports jsonschema)
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
    #: The review as the run read it; a worker that cannot see that file reads the folder on its own.
    snapshot: Path | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The outcome of one job: files by their path in the build folder, or the sentence that says why not."""

    name: str
    files: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    error: str | None = None


_taken: list[Path] = []


def render_one(job: Job) -> Rendered:
    """Execute the notebook of one conclusion, or one on the whole review, and make its result and its page."""
    start = time.monotonic()
    try:
        _refuse_other_code(job)
        _begin_with(job)
        files = (_review_files if job.name in REVIEW_NOTEBOOKS else _conclusion_files)(job)
    except WeighError as error:
        return Rendered(job.name, {}, time.monotonic() - start, str(error))
    return Rendered(job.name, files, time.monotonic() - start)


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


def _begin_with(job: Job) -> None:
    if job.snapshot is None or job.snapshot in _taken or not job.snapshot.is_file():
        return
    from weigh.render import snapshot

    snapshot.take(job.snapshot)
    if job.engine is Engine.WEIGH:
        from weigh.render.kernel import nursery

        nursery().prime(job.snapshot)
    _taken[:] = [job.snapshot]


def _review_files(job: Job) -> dict[str, str]:
    import nbformat

    from weigh.pages.site import PAGE_TITLES, review_page
    from weigh.render.notebooks import execute
    from weigh.review import load_review

    notebook = find_notebook(job.name, job.folder)
    executed = execute(notebook, {}, job.folder, job.timeout, job.engine)
    files = {f"notebooks/{job.name}.ipynb": nbformat.writes(executed) + "\n"}
    if job.name in PAGE_TITLES:
        files[f"site/{job.name}.html"] = review_page(job.name, executed, load_review(job.folder).guideline)
    return files


def _conclusion_files(job: Job) -> dict[str, str]:
    import nbformat

    from weigh.pages.site import conclusion_page
    from weigh.render.notebooks import execute
    from weigh.review import load_review
    from weigh.signing import signatures
    from weigh.summary import summarise

    review = load_review(job.folder)
    summary = summarise(job.name, review)
    notebook = find_notebook(CONCLUSION, job.folder)
    executed = execute(notebook, {"conclusion_id": job.name}, job.folder, job.timeout, job.engine)
    result = json.dumps(summary.as_json(), indent=1, ensure_ascii=False)
    return {
        f"notebooks/{job.name}.ipynb": nbformat.writes(executed) + "\n",
        f"results/{job.name}.json": result + "\n",
        f"site/{job.name}.html": conclusion_page(executed, summary, signatures(review, job.name)),
    }
