"""Jobs on worker processes: in parallel, each in a process that nothing leaks into, and none lost with its worker."""

from __future__ import annotations

import ctypes
import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import forkserver
from typing import TypeVar

__all__ = ["WorkerDied", "run_jobs"]

Result = TypeVar("Result")
_PR_SET_PDEATHSIG = 1


class WorkerDied:
    """What stands for the result of a job whose worker was killed, twice."""


def run_jobs(
    work: Callable[[str], Result], names: Sequence[str], jobs: int
) -> Iterator[tuple[str, Result | WorkerDied]]:
    """Do jobs by name, as many at a time as told, and give each result as it is ready.

    A worker that dies costs its job one more try, and no other job anything: what was to do when a pool broke is done
    by another pool, and what breaks that one too is done one job a pool, so that only the one at fault fails.

    Args:
        work: what a worker does with a name; it must be picklable.
        names: the jobs.
        jobs: workers at a time.
    """
    waiting = list(names)
    for _try in range(2):
        waiting = yield from _round(work, waiting, jobs)
    for name in waiting:
        # What broke the pools before may have been another job, so each has both its tries alone.
        left = (yield from _round(work, [name], 1)) and (yield from _round(work, [name], 1))
        for lost in left:
            yield lost, WorkerDied()


def _round(
    work: Callable[[str], Result], names: Sequence[str], width: int
) -> Generator[tuple[str, Result | WorkerDied], None, list[str]]:
    """One pool; what is left to do where it broke is returned."""
    if not names:
        return []
    left: list[str] = []
    with _executor(min(width, len(names))) as executor:
        with _signals_held():
            futures = {executor.submit(work, name): name for name in names}
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenExecutor:
                left.append(futures[future])
    return left


@contextmanager
def _signals_held() -> Iterator[None]:
    """No interrupt between the start of a worker and its entry in the pool, which would leave a worker nobody waits for."""
    forkserver.ensure_running()  # before the signals are held: the server would hold them for ever
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _prepare() -> None:
    """A worker ends with its parent, and leaves Ctrl-C to it: that ends the run, not the report a worker is at."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux only; elsewhere an orphan ends when its queue closes
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def _executor(jobs: int) -> Iterator[Executor]:
    """A local pool; workers start from a clean server process, so that nothing of this one leaks into a report."""
    context = multiprocessing.get_context("forkserver")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
