"""One review folder during a run: lock it, plan its reports, collect their outcomes and put the build in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weigh import __version__
from weigh.errors import WeighError
from weigh.evidence.inputs import inputs_of
from weigh.evidence.lock import exclusive
from weigh.evidence.write import writing
from weigh.render.build import ELSEWHERE, STUDY_PAGES, Build, read_record, replace_in
from weigh.render.outputs import files_of
from weigh.render.plan import make_plan, notebooks_of
from weigh.render.sources import REVIEW_NOTEBOOKS, Engine, refuse_long_temporary_folder
from weigh.render.stale import code_stamp, jobs_of, nothing_to_do, versions
from weigh.render.task import How, RunReport, Task

if TYPE_CHECKING:
    from weigh.changes.state import State
    from weigh.pages.studies import StudyEntry
    from weigh.render.worker import Job, Rendered

__all__ = ["FolderRun", "engine_of"]


def engine_of(how: How) -> Engine:
    """Return the requested engine; by default, forked kernels where the system supports them."""
    from weigh.render.kernels.fork_server import can_fork

    return how.engine or (Engine.WEIGH if can_fork() else Engine.FRESH)


class FolderRun:
    """The run of one review folder, which locks the build folder until it is closed.

    Args:
        task: the folders.
        how: the options.

    Raises:
        WeighError: broken evidence, an unknown id, or a build folder that is busy or cannot be written.
    """

    def __init__(self, task: Task, how: How) -> None:
        self.task = task
        self.folder = task.review_folder.resolve()
        #: The names of the reports that have no outcome yet.
        self.pending: list[str] = []
        self._how = how
        self._started = dt.datetime.now(dt.UTC)
        self._build: Build | None = None
        self._failed: dict[str, str] = {}
        self._held = ExitStack()
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        with writing(self.task.out, ELSEWHERE):
            self.task.out.parent.mkdir(parents=True, exist_ok=True)
        self._held.enter_context(exclusive(self.task.out))
        if (
            not self._how.force
            and not self.task.conclusion_ids
            and nothing_to_do(self.task.out, self.folder, notebooks_of(self.folder))
        ):
            Build(self.task.out).clear_leftovers()
            return
        refuse_long_temporary_folder()
        here = self._how.cluster is None
        if here and engine_of(self._how) is Engine.WEIGH:
            from weigh.render.kernels.fork_server import preloader

            preloader()  # it imports on one processor while this process plans on another
        from weigh.render import snapshot

        self._plan = make_plan(self.task, self._how)
        if here:
            from weigh.render.kernels.pool import warm_up

            warm_up()  # last: it has less to import, and would slow down the other two
        self.stale = [name for name, why in self._plan.reasons.items() if why]
        self.pending = list(self.stale)
        known = {*self._plan.review.conclusions, *REVIEW_NOTEBOOKS}
        self._records: dict[str, Any] = {name: job for name, job in jobs_of(self._plan.record).items() if name in known}
        self._build = Build(self.task.out)
        self._held.callback(self._build.discard)
        self._build.open()
        snapshot.write(self._build.scratch / "review", self._plan.review, self._plan.audited, self._plan.summaries)

    def jobs(self) -> Iterator[Job]:
        """The reports to render."""
        from weigh.render.worker import Job

        assert self._build is not None
        engine, code = engine_of(self._how), code_stamp()
        # Computed here, while the worker process is still importing, because every outcome of the run needs them.
        self._fixed_pages  # noqa: B018
        self._state  # noqa: B018
        # Reports on the whole review take longest, so they start first; a long one at the end would leave workers idle.
        for name in sorted(self.stale, key=lambda name: name not in REVIEW_NOTEBOOKS):
            yield Job(self.folder, name, code, engine, self._how.timeout, self._build.scratch / "review")

    @cached_property
    def _state(self) -> State:
        from weigh.changes.state import state_of

        return state_of(self._plan.review, self._plan.audited)

    @cached_property
    def _studies(self) -> tuple[StudyEntry, ...]:
        from weigh.pages.studies import study_entries

        return study_entries(self._plan.summaries.values())

    @cached_property
    def _fixed_pages(self) -> dict[str, str]:
        """The pages that are not made from notebooks."""
        from weigh.pages.site import history_page, terms_page
        from weigh.pages.studies import study_page

        review = self._plan.review
        pages = {f"{STUDY_PAGES}/{entry.study_id}.html": study_page(entry, review.guideline) for entry in self._studies}
        return {"site/history.html": history_page(review), "site/terms.html": terms_page(review), **pages}

    def _index(self) -> str:
        from weigh.pages.executed import output_of
        from weigh.pages.site import index_page

        assert self._build is not None
        linked = frozenset(name for name in self._plan.review.conclusions if self._build.has_page(name))
        drawn = self._build.read("notebooks/evidence_map.ipynb")
        return index_page(self._plan.overview, self._studies, linked, output_of(drawn, "map") if drawn else "")

    def record(self, name: str, rendered: Rendered) -> Rendered:
        """Record the outcome of one report.

        Raises:
            WeighError: its files cannot be written.
        """
        assert self._build is not None
        self.pending.remove(name)
        if rendered.error:
            self._failed[name] = rendered.error
            job = {"status": "failed", "error": rendered.error, "outputs": {}}
        else:
            outputs = self._build.write(files_of(name, rendered.notebook, self._plan))
            job = {"status": "rendered", "outputs": outputs, "stamp": self._plan.stamps[name].as_json()}
        self._records[name] = job | {"seconds": round(rendered.seconds, 3), "why": self._plan.reasons[name]}
        return rendered

    def finish(self) -> RunReport:
        """Put the build in place once every outcome is recorded.

        Raises:
            WeighError: it cannot be written, or the evidence changed during the run.
        """
        if self._build is None:
            return self._nothing_done()
        from weigh.changes.state import STATE
        from weigh.render.digest import last_state, make_digest

        plan = self._plan
        done = tuple(name for name in self.stale if name not in self._failed)
        pages = self._build.write({**self._fixed_pages, "site/index.html": self._index(), STATE: self._state.text()})
        digest = None
        if self._how.digest_of is not None:
            states = (last_state(self.task.out), self._state)
            since = plan.record.get("finished")
            day = self._how.digest_of
            digest = make_digest(
                plan.review, plan.audited, states, self.task.out, day, since=since, rendered=done, failed=self._failed
            )
            self._build.write(digest.files())
        known = {*plan.review.conclusions, *REVIEW_NOTEBOOKS, "index", "history", "terms"}
        removed = self._build.prune(known, {entry.study_id for entry in self._studies})
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
        """Write nothing when nothing is stale, except the digest if one was requested."""
        record = read_record(self.task.out)
        digest = None
        if self._how.digest_of is not None:
            from weigh.audit.audit import audit
            from weigh.changes.state import state_of
            from weigh.evidence.review import load_review
            from weigh.render.digest import make_digest

            review = load_review(self.folder)
            audited = audit(review)
            state = state_of(review, audited)
            day, since = self._how.digest_of, record.get("finished")
            digest = make_digest(review, audited, (state, state), self.task.out, day, since=since)
            replace_in(self.task.out, digest.files())
        return RunReport(self.task.out, (), tuple(jobs_of(record)), digest=digest)

    def close(self) -> None:
        """Release the build folder and delete an unfinished build."""
        self._held.close()


def _refuse_changed(folder: Path, read: Mapping[str, str]) -> None:
    """Refuse to finish if the evidence changed, so that all reports of a run share one state of it.

    Raises:
        WeighError: a file has changed since the run started.
    """
    now = inputs_of(folder)
    changed = sorted(name for name in read.keys() | now.keys() if read.get(name) != now.get(name))
    if changed:
        raise WeighError(f"{changed[0]}: changed during the run; the build is unchanged, run it again")
