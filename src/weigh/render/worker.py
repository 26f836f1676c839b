"""What one worker process does: one conclusion from its id to the text of its three files."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from weigh import lean  # noqa: F401  (before nbformat, which imports jsonschema)
from weigh.errors import WeighError
from weigh.render.sources import CONCLUSION, REVIEW_NOTEBOOKS, find_notebook

if TYPE_CHECKING:
    from weigh.checks.audit import Audit
    from weigh.review import Review

__all__ = ["Rendered", "render_one"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The outcome of one job: files by their path in the build folder, or the sentence that says why not."""

    name: str
    files: dict[str, str]
    seconds: float
    error: str | None = None


@cache
def _review(folder: Path) -> Review:
    """Read once in each worker; a worker lives for one run."""
    from weigh.review import load_review

    return load_review(folder)


@cache
def _audited(folder: Path) -> Audit:
    """Audited once in each worker, however many conclusions it renders."""
    from weigh.checks.audit import audit

    return audit(_review(folder))


def render_one(name: str, *, folder: Path, timeout: int) -> Rendered:
    """Execute the notebook of one conclusion, or one on the whole review, and make its result and its page."""
    start = time.monotonic()
    try:
        make = _review_files if name in REVIEW_NOTEBOOKS else _conclusion_files
        files = make(folder, name, timeout)
    except WeighError as error:
        return Rendered(name, {}, time.monotonic() - start, str(error))
    return Rendered(name, files, time.monotonic() - start)


def _review_files(folder: Path, name: str, timeout: int) -> dict[str, str]:
    import nbformat

    from weigh.pages.site import PAGE_TITLES, review_page
    from weigh.render.notebooks import execute

    executed = execute(find_notebook(name, folder), {}, folder, timeout)
    files = {f"notebooks/{name}.ipynb": nbformat.writes(executed) + "\n"}
    if name in PAGE_TITLES:
        files[f"site/{name}.html"] = review_page(name, executed, _review(folder).guideline)
    return files


def _conclusion_files(folder: Path, conclusion_id: str, timeout: int) -> dict[str, str]:
    import nbformat

    from weigh.pages.site import conclusion_page
    from weigh.render.notebooks import execute
    from weigh.summary import summarise

    summary = summarise(conclusion_id, _review(folder), _audited(folder))
    executed = execute(find_notebook(CONCLUSION, folder), {"conclusion_id": conclusion_id}, folder, timeout)
    result = json.dumps(summary.as_json(), indent=1, ensure_ascii=False)
    return {
        f"notebooks/{conclusion_id}.ipynb": nbformat.writes(executed) + "\n",
        f"results/{conclusion_id}.json": result + "\n",
        f"site/{conclusion_id}.html": conclusion_page(executed, summary),
    }
