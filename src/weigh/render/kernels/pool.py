"""Parallel jobs on local or cluster workers: few in flight, and none lost when a worker dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from weigh.errors import WeighError
from weigh.render.kernels.fork_server import ForkServer, preloader, shielded_from_interrupts
from weigh.render.sources import STEADY
from weigh.text.installing import needs

__all__ = ["WorkerDied", "Workers", "cluster_workers", "local_workers", "run_jobs", "warm_up", "workers_that_fit"]

Job = TypeVar("Job")
Result = TypeVar("Result")
#: Bytes allowed for a worker with its kernel, which share most of their imported modules.
_WORKER_MEMORY = 400 * 2**20


class WorkerDied:
    """The outcome of a job whose worker was killed twice."""


@dataclass(frozen=True, slots=True)
class Workers:
    """A set of workers: their executor, their number, and the errors that signal the death of one."""

    executor: Executor
    count: int
    death_errors: tuple[type[BaseException], ...] = (BrokenExecutor,)


#: Starts workers; the argument, if given, limits their number.
Opener = Callable[[int | None], AbstractContextManager[Workers]]


def run_jobs(
    work: Callable[[Job], Result], jobs: Iterable[Job], opener: Opener
) -> Iterator[tuple[Job, Result | WorkerDied]]:
    """Run jobs in parallel and yield each result as soon as it is ready.

    A job is taken from `jobs` only when a worker is about to become free, so memory does not grow with the length of a
    run. When a worker dies, the jobs then in flight are retried at the end, each alone on new workers and at most
    twice, so that only the job at fault fails.

    Args:
        work: the function that a worker applies to a job; both must be picklable.
        jobs: the jobs; they may be produced while others run.
        opener: the result of `local_workers` or `cluster_workers`.
    """
    waiting = iter(jobs)
    suspects: list[Job] = []
    more = True
    while more:
        with opener(None) as workers:
            more = yield from _stream(work, waiting, workers, suspects)
    for job in suspects:
        for _try in range(2):
            lost: list[Job] = []
            with opener(1) as workers:
                yield from _stream(work, iter([job]), workers, lost)
            if not lost:
                break
        else:
            yield job, WorkerDied()


def _stream(
    work: Callable[[Job], Result], jobs: Iterator[Job], workers: Workers, lost: list[Job]
) -> Generator[tuple[Job, Result], None, bool]:
    """Yield results, add the jobs in flight at a worker's death to `lost`, and return whether jobs may remain."""
    in_flight: dict[Future[Result], Job] = {}
    exhausted = broken = False
    while True:
        while not exhausted and not broken and len(in_flight) < 2 * workers.count:
            try:
                job = next(jobs)
            except StopIteration:
                exhausted = True
                break
            try:
                with _worker_start_guard():
                    in_flight[workers.executor.submit(work, job)] = job
            except workers.death_errors:
                broken = True
                lost.append(job)
        if not in_flight:
            return not exhausted
        for future in wait(in_flight, return_when=FIRST_COMPLETED).done:
            job = in_flight.pop(future)
            try:
                result = future.result()
            except workers.death_errors:
                broken = True
                lost.append(job)
            else:
                yield job, result
            del future


@contextmanager
def _worker_start_guard() -> Iterator[None]:
    """Shield a starting worker from interrupts and from importing the main program.

    An interrupt would leave a worker unknown to the pool. Importing the main program again takes each worker a tenth of
    a second and, in a script without `if __name__ == "__main__"`, would start the run once more.
    """
    main = vars(sys.modules["__main__"])
    known: dict[str, Any] = {name: main[name] for name in ("__spec__", "__file__") if name in main}
    with _deferring_interrupts():
        try:
            main["__spec__"] = None
            main.pop("__file__", None)
            yield
        finally:
            main.update(known)


@contextmanager
def _deferring_interrupts() -> Iterator[None]:
    """Defer interrupts to the end of the block."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def workers_that_fit() -> int:
    """Return processors plus one, as workers sometimes wait for their kernels; fewer if memory is short."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123
            free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return processors + 1
    return max(1, min(processors + 1, free // _WORKER_MEMORY))


def warm_up() -> None:
    """Start the process from which workers are forked; it imports their common modules in the background."""
    os.environ.update(STEADY)
    forkserver.set_forkserver_preload(["weigh.render.kernels.warm_worker"])
    resource_tracker.ensure_running()  # first, because its start unblocks interrupts
    with shielded_from_interrupts():  # no other signal: the server would block it for ever
        forkserver.ensure_running()


def local_workers(jobs: int, *, forked_kernels: bool) -> Opener:
    """Workers on this machine, each forked from a clean process so that no state leaks into a report.

    Args:
        jobs: the number of workers.
        forked_kernels: whether each worker gets a fork server for its kernels.
    """

    @contextmanager
    def opened(width: int | None) -> Iterator[Workers]:
        kernels = preloader() if forked_kernels else None
        warm_up()
        lifeline, hold = multiprocessing.Pipe(duplex=False)
        with _deferring_interrupts():  # a half-built pool would leak a semaphore
            pool = ProcessPoolExecutor(
                width or jobs,
                mp_context=multiprocessing.get_context("forkserver"),
                initializer=_initialise_worker,
                initargs=(lifeline, kernels),
            )
        try:
            yield Workers(pool, width or jobs)
        except BaseException:
            hold.close()  # do not wait for reports in progress
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            hold.close()
            lifeline.close()

    return opened


def _initialise_worker(lifeline: Connection, kernels: socket.socket | None) -> None:
    """Leave Ctrl-C to the parent, and exit when the parent closes the lifeline or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if kernels is not None:
        from weigh.render.kernels.kernel import use_fork_server

        use_fork_server(ForkServer.from_preloader(kernels))
    threading.Thread(target=_exit_when_closed, args=(lifeline,), daemon=True).start()


def _exit_when_closed(lifeline: Connection) -> None:
    lifeline.poll(None)
    from weigh.render.kernels.kernel import remove_sockets

    remove_sockets()
    os._exit(1)


def cluster_workers(address: str) -> Opener:
    """Workers of a dask.distributed scheduler, with access to the review folder and the same version of weigh.

    Args:
        address: the scheduler's address, such as tcp://host:8786.
    """

    @contextmanager
    def opened(width: int | None) -> Iterator[Workers]:
        try:
            from distributed import Client, KilledWorker
            from distributed.comm.core import CommClosedError
        except ImportError as error:
            raise WeighError(needs("--cluster", "distributed")) from error
        try:
            client = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise WeighError(
                f"{address}: no scheduler answers at this address; start one, or omit --cluster"
            ) from error
        try:
            threads = sum(client.nthreads().values())
            if not threads:
                raise WeighError(f"{address}: the scheduler has no workers; start one with: dask worker {address}")
            yield Workers(
                client.get_executor(pure=False, retries=0),
                width or threads,
                (KilledWorker, CommClosedError, CancelledError),
            )
        finally:
            client.close()

    return opened
