"""A run: every conclusion rendered in parallel, written as it is ready, and recorded at the end."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from weigh import __version__
from weigh.pages.site import index_page
from weigh.render.build import Build
from weigh.render.notebooks import CELL_TIMEOUT
from weigh.render.worker import REVIEW_NOTEBOOKS, Rendered, render_one
from weigh.review import Review, load_review
from weigh.summary import overview

__all__ = ["RunReport", "render"]

#: Packages whose version can change a byte of a page; run.json records them.
_RECORDED = ("weigh", "citeproc-py", "ipykernel", "jinja2", "matplotlib", "nbconvert", "papermill")


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: the folder, and the sentence of each conclusion that failed."""

    folder: Path
    rendered: tuple[str, ...]
    failed: dict[str, str]
    removed: tuple[str, ...]


def render(
    review_folder: Path,
    conclusion_ids: Sequence[str] = (),
    *,
    out: Path,
    jobs: int | None = None,
    timeout: int = CELL_TIMEOUT,
    on_start: Callable[[int], None] = lambda total: None,
    on_done: Callable[[Rendered], None] = lambda rendered: None,
) -> RunReport:
    """Render conclusions into a build folder.

    The evidence is read and checked before anything is touched. A conclusion that fails keeps its last good files and
    does not stop the others.

    Args:
        review_folder: the folder that holds `evidence/`.
        conclusion_ids: which ones; all of them by default.
        out: the build folder.
        jobs: worker processes; by default one for each processor.
        timeout: seconds that one cell may take.
        on_start: called with the number of notebooks.
        on_done: called with each outcome as it is ready.

    Raises:
        EvidenceError: the folder breaks its schema.
        NotFoundError: an id that the review does not have.
        WeighError: the build folder cannot be written.
    """
    started = dt.datetime.now(dt.UTC)
    folder = review_folder.resolve()
    review = load_review(folder)
    wanted = [review.conclusion(name).conclusion_id for name in conclusion_ids] or list(review.conclusions)
    names = [*dict.fromkeys(wanted), *REVIEW_NOTEBOOKS]
    build = Build(out)
    build.open()
    on_start(len(names))
    outcomes: dict[str, dict[str, Any]] = {}
    failed: dict[str, str] = {}
    with _executor(min(jobs or os.cpu_count() or 1, len(names))) as executor:
        futures = {executor.submit(render_one, folder, name, timeout): name for name in names}
        for future in as_completed(futures):
            rendered = _outcome(future, futures[future])
            if rendered.error:
                failed[rendered.name] = rendered.error
            status = {"status": "failed", "error": rendered.error} if rendered.error else {"status": "rendered"}
            outcomes[rendered.name] = status | {
                "seconds": round(rendered.seconds, 3),
                "outputs": build.write(rendered.files),
            }
            on_done(rendered)
    pages = _site(review, build)
    removed = build.prune({*review.conclusions, *REVIEW_NOTEBOOKS, "index"})
    build.finish(_record(review, started, outcomes, pages))
    return RunReport(out, tuple(name for name in names if name not in failed), failed, removed)


def _outcome(future: Future[Rendered], name: str) -> Rendered:
    """What a worker made, or that it died: the pool then fails everything that was still to do."""
    try:
        return future.result()
    except BrokenExecutor:
        return Rendered(name, {}, 0.0, "the worker process was killed; render it again")


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process of a terminal; a worker ends the report it is at, and the parent ends the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _executor(jobs: int) -> Iterator[Executor]:
    """A local pool; workers start from a clean server process, so that nothing of this one leaks into a report."""
    context = multiprocessing.get_context("forkserver")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts_to_the_parent)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _site(review: Review, build: Build) -> dict[str, str]:
    conclusions = overview(review)
    linked = [name for name in review.conclusions if build.has_page(name)]
    return build.write({"site/index.html": index_page(conclusions, linked)})


def _record(review: Review, started: dt.datetime, outcomes: dict[str, Any], pages: dict[str, str]) -> dict[str, Any]:
    """run.json: the only file of a build that knows the time."""
    return {
        "weigh": __version__,
        "versions": {name: version(name) for name in _RECORDED},
        "guideline": review.guideline.number,
        "started": started.isoformat(timespec="seconds"),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "inputs": dict(review.inputs),
        "conclusions": {name: outcome for name, outcome in outcomes.items() if name not in REVIEW_NOTEBOOKS},
        **{name: outcomes[name] for name in REVIEW_NOTEBOOKS},
        "pages": pages,
    }
