"""A run: what is stale rendered in parallel, the build put in place as a whole, and recorded."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weigh import __version__
from weigh.errors import WeighError
from weigh.render.build import Build, read_record, sha256
from weigh.render.lock import exclusive
from weigh.render.sources import CELL_TIMEOUT, CONCLUSION, REVIEW_NOTEBOOKS, find_notebook
from weigh.render.stale import Stamp, code_stamp, inputs_of, jobs_of, nothing_to_do, reason, versions

if TYPE_CHECKING:
    from weigh.checks.audit import Audit
    from weigh.render.worker import Rendered
    from weigh.review import Review

__all__ = ["RunReport", "render"]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: the folder, what it rendered and why, what was fresh, the sentence of each report that failed."""

    folder: Path
    rendered: tuple[str, ...]
    fresh: tuple[str, ...]
    failed: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


def render(
    review_folder: Path,
    conclusion_ids: Sequence[str] = (),
    *,
    out: Path,
    jobs: int | None = None,
    timeout: int | None = None,
    force: bool = False,
    explain: bool = False,
    on_start: Callable[[int], None] = lambda total: None,
    on_done: Callable[[Rendered], None] = lambda rendered: None,
) -> RunReport:
    """Render what is stale into a build folder, which is replaced as a whole when everything is done.

    The evidence is read and checked before anything is touched. A conclusion that fails keeps its last good files and
    does not stop the others. Where nothing is stale, nothing is read but the files' bytes.

    Args:
        review_folder: the folder that holds `evidence/`.
        conclusion_ids: which ones; all of them by default.
        out: the build folder.
        jobs: worker processes; by default one for each processor.
        timeout: seconds that one cell may take.
        force: render what is fresh too.
        explain: only say what would be rendered and why.
        on_start: called with the number of notebooks.
        on_done: called with each outcome as it is ready.

    Raises:
        EvidenceError: the folder breaks its schema.
        NotFoundError: an id that the review does not have.
        BusyError: another run holds the build folder.
        WeighError: the build folder cannot be written, or the evidence changed during the run.
    """
    folder = review_folder.resolve()
    notebooks = {name: _hash(find_notebook(name, folder)) for name in (CONCLUSION, *REVIEW_NOTEBOOKS)}
    if explain:
        return _explained(folder, conclusion_ids, out, notebooks, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(out):
        if not force and not conclusion_ids and nothing_to_do(out, folder, notebooks):
            return RunReport(out, (), tuple(jobs_of(read_record(out))))
        return _render(
            folder,
            conclusion_ids,
            out,
            notebooks,
            jobs=jobs or os.cpu_count() or 1,
            timeout=timeout or CELL_TIMEOUT,
            force=force,
            on_start=on_start,
            on_done=on_done,
        )


def _hash(path: Path) -> str:
    return sha256(path.read_bytes())


@dataclass(frozen=True, slots=True)
class _Plan:
    """The review as read, the stamp of every report, and why those asked for are stale (empty: fresh)."""

    review: Review
    audited: Audit
    read: dict[str, str]
    record: dict[str, Any]
    stamps: dict[str, Stamp]
    reasons: dict[str, str]


def _plan(
    folder: Path, conclusion_ids: Sequence[str], out: Path, notebooks: Mapping[str, str], *, force: bool
) -> _Plan:
    from weigh.checks.audit import audit
    from weigh.fingerprint import audit_fingerprint, fingerprint
    from weigh.review import load_review

    read = inputs_of(folder)
    review = load_review(folder)
    wanted = [review.conclusion(name).conclusion_id for name in conclusion_ids] or list(review.conclusions)
    audited = audit(review)
    record = read_record(out)
    evidence = {name: fingerprint(review, name, audited) for name in review.conclusions}
    every = sha256("\n".join(f"{name} {found}" for name, found in evidence.items()).encode("utf-8"))
    evidence |= {"overview": every, "evidence_map": every, "methods": review.guideline.number}
    evidence["audit"] = audit_fingerprint(review, audited)
    code = code_stamp()
    stamps = {
        name: Stamp(found, notebooks[name if name in REVIEW_NOTEBOOKS else CONCLUSION], code)
        for name, found in evidence.items()
    }
    reasons = {
        name: "it was forced" if force else reason(out, record, name, stamps[name])
        for name in (*dict.fromkeys(wanted), *REVIEW_NOTEBOOKS)
    }
    return _Plan(review, audited, read, record, stamps, reasons)


def _explained(
    folder: Path, conclusion_ids: Sequence[str], out: Path, notebooks: Mapping[str, str], *, force: bool
) -> RunReport:
    plan = _plan(folder, conclusion_ids, out, notebooks, force=force)
    fresh = tuple(name for name, why in plan.reasons.items() if not why)
    return RunReport(out, (), fresh, reasons={name: why for name, why in plan.reasons.items() if why})


def _render(
    folder: Path,
    conclusion_ids: Sequence[str],
    out: Path,
    notebooks: Mapping[str, str],
    *,
    jobs: int,
    timeout: int,
    force: bool,
    on_start: Callable[[int], None],
    on_done: Callable[[Rendered], None],
) -> RunReport:
    from weigh.render.pool import WorkerDied, run_jobs
    from weigh.render.worker import Rendered, render_one

    started = dt.datetime.now(dt.UTC)
    plan = _plan(folder, conclusion_ids, out, notebooks, force=force)
    stale = [name for name, why in plan.reasons.items() if why]
    build = Build(out)
    build.open()
    try:
        on_start(len(stale))
        known = {*plan.review.conclusions, *REVIEW_NOTEBOOKS}
        records: dict[str, Any] = {name: job for name, job in jobs_of(plan.record).items() if name in known}
        failed: dict[str, str] = {}
        for name, outcome in run_jobs(partial(render_one, folder=folder, timeout=timeout), stale, jobs):
            rendered = (
                Rendered(name, {}, 0.0, "its worker process was killed, twice; look at the memory of this machine")
                if isinstance(outcome, WorkerDied)
                else outcome
            )
            outputs = build.write(rendered.files)
            if rendered.error:
                failed[name] = rendered.error
                records[name] = {"status": "failed", "error": rendered.error, "outputs": outputs}
            else:
                records[name] = {"status": "rendered", "outputs": outputs, "stamp": plan.stamps[name].as_json()}
            records[name] |= {"seconds": round(rendered.seconds, 3), "why": plan.reasons[name]}
            on_done(rendered)
        pages = _site(plan, build)
        removed = build.prune({*known, "index"})
        _refuse_changed(folder, plan.read)
        build.commit(
            {
                "weigh": __version__,
                "versions": versions(),
                "code": code_stamp(),
                "guideline": plan.review.guideline.number,
                "started": started.isoformat(timespec="seconds"),
                "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                "inputs": dict(plan.review.inputs),
                "read": plan.read,
                "notebooks": dict(notebooks),
                "rendered": [name for name in stale if name not in failed],
                "conclusions": {name: job for name, job in records.items() if name not in REVIEW_NOTEBOOKS},
                "whole_review": {name: job for name, job in records.items() if name in REVIEW_NOTEBOOKS},
                "pages": pages,
            }
        )
    finally:
        build.discard()
    fresh = tuple(name for name, why in plan.reasons.items() if not why)
    done = tuple(name for name in stale if name not in failed)
    return RunReport(out, done, fresh, failed, removed, plan.reasons)


def _refuse_changed(folder: Path, read: Mapping[str, str]) -> None:
    """Reports of one run rest on one state of the evidence.

    Raises:
        WeighError: a file is not what it was when the run began.
    """
    now = inputs_of(folder)
    changed = sorted(name for name in read.keys() | now.keys() if read.get(name) != now.get(name))
    if changed:
        raise WeighError(f"{changed[0]}: changed while the run read it; the build stands as it was, run it again")


def _site(plan: _Plan, build: Build) -> dict[str, str]:
    from weigh.pages.site import index_page
    from weigh.summary import overview

    linked = [name for name in plan.review.conclusions if build.has_page(name)]
    return build.write({"site/index.html": index_page(overview(plan.review, plan.audited), linked)})
