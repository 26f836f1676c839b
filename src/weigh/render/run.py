"""A run: what is stale rendered in parallel, each build put in place as a whole, and recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weigh import __version__
from weigh.errors import WeighError
from weigh.inputs import inputs_of, sha256
from weigh.render.build import Build, read_record, replace_in
from weigh.render.lock import exclusive
from weigh.render.sources import (
    CELL_TIMEOUT,
    CONCLUSION,
    REVIEW_NOTEBOOKS,
    Engine,
    find_notebook,
    refuse_long_temporary_folder,
)
from weigh.render.stale import Stamp, code_stamp, jobs_of, nothing_to_do, reason, versions

if TYPE_CHECKING:
    from weigh.checks.audit import Audit
    from weigh.render.digest import Digest
    from weigh.render.pool import Opener
    from weigh.render.worker import Job, Rendered
    from weigh.review import Review
    from weigh.summary import Overview

__all__ = ["How", "RunReport", "Task", "Watch", "explain", "render", "render_all"]


@dataclass(frozen=True, slots=True)
class Task:
    """One review folder to render into one build folder."""

    review_folder: Path
    out: Path
    #: Which conclusions; all of them where none is named.
    conclusion_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class How:
    """How to render: with how many workers of which kind, how long a cell may take, whether what is fresh too."""

    jobs: int | None = None
    engine: Engine | None = None
    cluster: str | None = None
    timeout: int = CELL_TIMEOUT
    force: bool = False
    #: The day that a digest is judged by; no digest is made without it.
    digest_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how a run goes: the number of notebooks known so far, as it grows, and each outcome when it is ready."""

    on_start: Callable[[int], object] = lambda total: None
    on_done: Callable[[Rendered], object] = lambda rendered: None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: the folder, what it rendered and why, what was fresh, the sentence of each report that failed."""

    folder: Path
    rendered: tuple[str, ...]
    fresh: tuple[str, ...]
    failed: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    digest: Digest | None = None


def render(task: Task, how: How | None = None, watch: Watch | None = None) -> RunReport:
    """Render what is stale into a build folder, which is replaced as a whole when everything is done.

    The evidence is read and checked before anything is touched. A conclusion that fails keeps its last good files and
    does not stop the others. Where nothing is stale, nothing is read but the files' bytes.

    Args:
        task: what to render.
        how: with which workers.
        watch: who is told how it goes.

    Raises:
        EvidenceError: the folder breaks its schema.
        NotFoundError: an id that the review does not have.
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
    """Render many review folders with the same workers; a folder is planned while they are at the one before.

    Args:
        tasks: the folders, each with a build folder of its own.
        how: with which workers.
        watch: who is told how it goes.

    Yields:
        Each task as it is finished, with what it did or why it could not.
    """
    watch = watch or Watch()
    ended: list[tuple[Task, RunReport | WeighError]] = []
    open_runs: dict[Path, _Run] = {}

    def jobs() -> Iterator[Job]:
        total = 0
        for task in tasks:
            try:
                run = _Run(task, how)
            except WeighError as error:
                ended.append((task, error))
                continue
            if run.left:
                open_runs[run.folder] = run
                watch.on_start(total := total + len(run.left))
                for job in run.jobs():
                    if run.folder not in open_runs:
                        break  # its build could not be written
                    yield job
            else:
                ended.append((task, _ended(run)))

    try:
        for job, outcome in _outcomes(jobs(), how):
            if (known := open_runs.get(job.folder)) is None:
                continue
            try:
                watch.on_done(known.take(job.name, outcome))
            except WeighError as error:
                open_runs.pop(job.folder).close()
                ended.append((known.task, error))
            else:
                if not known.left:
                    ended.append((known.task, _ended(open_runs.pop(job.folder))))
            yield from _drained(ended)
        yield from _drained(ended)
    finally:
        for run in open_runs.values():
            run.close()


def _drained(ended: list[tuple[Task, RunReport | WeighError]]) -> Iterator[tuple[Task, RunReport | WeighError]]:
    while ended:
        yield ended.pop(0)


def _ended(run: _Run) -> RunReport | WeighError:
    try:
        return run.finish()
    except WeighError as error:
        return error
    finally:
        run.close()


def _outcomes(jobs: Iterator[Job], how: How) -> Iterator[tuple[Job, Rendered]]:
    """What became of each job; no worker is started for none."""
    for first in jobs:
        from weigh.render.pool import WorkerDied, run_jobs
        from weigh.render.worker import Rendered, render_one

        again = iter([first])
        for job, outcome in run_jobs(render_one, _chained(again, jobs), _opener(how)):
            yield (
                job,
                Rendered(job.name, error="its worker process was killed, twice; look at the memory of this machine")
                if isinstance(outcome, WorkerDied)
                else outcome,
            )


def _chained(*parts: Iterator[Job]) -> Iterator[Job]:
    for part in parts:
        yield from part


def engine_of(how: How) -> Engine:
    """The engine asked for; by default forks, where the system can."""
    from weigh.render.nursery import possible

    return how.engine or (Engine.WEIGH if possible() else Engine.FRESH)


def _opener(how: How) -> Opener:
    from weigh.render.pool import cluster, here, workers_that_fit

    if how.cluster is not None:
        return cluster(how.cluster)
    return here(how.jobs or workers_that_fit(), forked_kernels=engine_of(how) is Engine.WEIGH)


def explain(task: Task, how: How | None = None) -> RunReport:
    """What a run would render and why; nothing is touched."""
    plan = _plan(task, how or How())
    fresh = tuple(name for name, why in plan.reasons.items() if not why)
    return RunReport(task.out, (), fresh, reasons={name: why for name, why in plan.reasons.items() if why})


@dataclass(frozen=True, slots=True)
class _Plan:
    """The review as read, the stamp of every report, and why those asked for are stale (empty: fresh)."""

    review: Review
    audited: Audit
    read: dict[str, str]
    record: dict[str, Any]
    notebooks: dict[str, str]
    stamps: dict[str, Stamp]
    reasons: dict[str, str]


def _plan(task: Task, how: How) -> _Plan:
    from weigh.checks.audit import audit
    from weigh.fingerprint import audit_fingerprint, fingerprint
    from weigh.review import load_review

    folder = task.review_folder.resolve()
    notebooks = _notebooks(folder)
    read = inputs_of(folder)
    review = load_review(folder)
    wanted = [review.conclusion(name).conclusion_id for name in task.conclusion_ids] or list(review.conclusions)
    audited = audit(review)
    record = read_record(task.out)
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
        name: "it was forced" if how.force else reason(task.out, record, name, stamps[name])
        for name in (*dict.fromkeys(wanted), *REVIEW_NOTEBOOKS)
    }
    return _Plan(review, audited, read, record, notebooks, stamps, reasons)


def _notebooks(folder: Path) -> dict[str, str]:
    return {name: sha256(find_notebook(name, folder).read_bytes()) for name in (CONCLUSION, *REVIEW_NOTEBOOKS)}


class _Run:
    """One review folder on its way to a finished build; it holds the build folder until it is closed.

    Args:
        task: the folders.
        how: how to render.

    Raises:
        WeighError: the evidence is broken, an id unknown, the build folder busy or not to be written.
    """

    def __init__(self, task: Task, how: How) -> None:
        self.task = task
        self.folder = task.review_folder.resolve()
        #: Names of reports whose outcome is still to come.
        self.left: list[str] = []
        self._how = how
        self._started = dt.datetime.now(dt.UTC)
        self._build: Build | None = None
        self._failed: dict[str, str] = {}
        self._all: Overview | None = None
        self._held = ExitStack()
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        try:
            self.task.out.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WeighError(
                f"{self.task.out}: cannot be written ({error.strerror}); choose another folder with --out"
            ) from error
        self._held.enter_context(exclusive(self.task.out))
        if (
            not self._how.force
            and not self.task.conclusion_ids
            and nothing_to_do(self.task.out, self.folder, _notebooks(self.folder))
        ):
            return
        refuse_long_temporary_folder()
        if self._how.cluster is None:
            from weigh.render.pool import warm_up

            warm_up()  # it imports on one processor while this process plans on another
        from weigh.render import snapshot

        self._plan = _plan(self.task, self._how)
        self.stale = [name for name, why in self._plan.reasons.items() if why]
        self.left = list(self.stale)
        known = {*self._plan.review.conclusions, *REVIEW_NOTEBOOKS}
        self._records: dict[str, Any] = {name: job for name, job in jobs_of(self._plan.record).items() if name in known}
        self._build = Build(self.task.out)
        self._held.callback(self._build.discard)
        self._build.open()
        snapshot.write(self._build.scratch / "review", self._plan.review, self._plan.audited)

    def jobs(self) -> Iterator[Job]:
        """The reports to render."""
        from weigh.render.worker import Job

        assert self._build is not None
        engine, code = engine_of(self._how), code_stamp()
        # Those on the whole review take longest, so they come first: the last report has nobody to share its time with.
        for name in sorted(self.stale, key=lambda name: name not in REVIEW_NOTEBOOKS):
            yield Job(self.folder, name, code, engine, self._how.timeout, self._build.scratch / "review")
        self._overview()  # while the workers are at the last reports

    def _overview(self) -> Overview:
        if self._all is None:
            from weigh.summary import overview

            self._all = overview(self._plan.review, self._plan.audited)
        return self._all

    def take(self, name: str, rendered: Rendered) -> Rendered:
        """Take in the outcome of one report.

        Raises:
            WeighError: its files cannot be written.
        """
        assert self._build is not None
        self.left.remove(name)
        outputs = self._build.write(rendered.files)
        if rendered.error:
            self._failed[name] = rendered.error
            job = {"status": "failed", "error": rendered.error, "outputs": outputs}
        else:
            job = {"status": "rendered", "outputs": outputs, "stamp": self._plan.stamps[name].as_json()}
        self._records[name] = job | {"seconds": round(rendered.seconds, 3), "why": self._plan.reasons[name]}
        return rendered

    def finish(self) -> RunReport:
        """Put the build in place, once every outcome was taken in.

        Raises:
            WeighError: it cannot be written, or the evidence changed meanwhile.
        """
        if self._build is None:
            return self._nothing_done()
        from weigh.changes.state import STATE, state_of
        from weigh.pages.site import index_page
        from weigh.render.digest import last_state, make_digest

        plan = self._plan
        done = tuple(name for name in self.stale if name not in self._failed)
        linked = [name for name in plan.review.conclusions if self._build.has_page(name)]
        state = state_of(plan.review, plan.audited)
        pages = self._build.write({"site/index.html": index_page(self._overview(), linked), STATE: state.text()})
        digest = None
        if self._how.digest_of is not None:
            states = (last_state(self.task.out), state)
            since = plan.record.get("finished")
            day = self._how.digest_of
            digest = make_digest(
                plan.review, plan.audited, states, self.task.out, day, since=since, rendered=done, failed=self._failed
            )
            self._build.write(digest.files())
        removed = self._build.prune({*plan.review.conclusions, *REVIEW_NOTEBOOKS, "index"})
        _refuse_changed(self.folder, plan.read)
        self._build.commit(
            {
                "weigh": __version__,
                "versions": versions(),
                "code": code_stamp(),
                "guideline": plan.review.guideline.number,
                "started": self._started.isoformat(timespec="seconds"),
                "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                "inputs": dict(plan.review.inputs),
                "read": plan.read,
                "notebooks": plan.notebooks,
                "rendered": list(done),
                "conclusions": {name: job for name, job in self._records.items() if name not in REVIEW_NOTEBOOKS},
                "whole_review": {name: job for name, job in self._records.items() if name in REVIEW_NOTEBOOKS},
                "pages": pages,
            }
        )
        fresh = tuple(name for name, why in plan.reasons.items() if not why)
        return RunReport(self.task.out, done, fresh, self._failed, removed, plan.reasons, digest)

    def _nothing_done(self) -> RunReport:
        """Where nothing is stale nothing is written, but the digest that says so where one is asked for."""
        record = read_record(self.task.out)
        digest = None
        if self._how.digest_of is not None:
            from weigh.changes.state import state_of
            from weigh.checks.audit import audit
            from weigh.render.digest import make_digest
            from weigh.review import load_review

            review = load_review(self.folder)
            audited = audit(review)
            state = state_of(review, audited)
            day, since = self._how.digest_of, record.get("finished")
            digest = make_digest(review, audited, (state, state), self.task.out, day, since=since)
            replace_in(self.task.out, digest.files())
        return RunReport(self.task.out, (), tuple(jobs_of(record)), digest=digest)

    def close(self) -> None:
        """Let go of the build folder; what was not finished leaves nothing."""
        self._held.close()


def _refuse_changed(folder: Path, read: Mapping[str, str]) -> None:
    """Reports of one run rest on one state of the evidence.

    Raises:
        WeighError: a file is not what it was when the run began.
    """
    now = inputs_of(folder)
    changed = sorted(name for name in read.keys() | now.keys() if read.get(name) != now.get(name))
    if changed:
        raise WeighError(f"{changed[0]}: changed while the run read it; the build stands as it was, run it again")
