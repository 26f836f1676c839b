"""Jobs on worker processes, here or on a cluster: in parallel, few in flight, and none lost with its worker."""

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
from weigh.render.kernels.fork_server import Nursery, deaf_to_interrupts, stock
from weigh.render.sources import STEADY
from weigh.text.installing import needs

__all__ = ["Crew", "WorkerDied", "cluster", "here", "run_jobs", "warm_up", "workers_that_fit"]

Job = TypeVar("Job")
Result = TypeVar("Result")
#: Bytes that a worker with its kernel may need; they share most of what they import.
_ROOM = 400 * 2**20


class WorkerDied:
    """What stands for the result of a job whose worker was killed, twice."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Workers: their executor, how many they are, and the errors that mean that one of them died."""

    executor: Executor
    width: int
    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)


#: Opens workers, at most as many as told where it is told.
Opener = Callable[[int | None], AbstractContextManager[Crew]]


def run_jobs(
    work: Callable[[Job], Result], jobs: Iterable[Job], opener: Opener
) -> Iterator[tuple[Job, Result | WorkerDied]]:
    """Do jobs in parallel and give each result as it is ready.

    A job is taken from `jobs` only when there is room for it, so that a long run holds no more than a short one. A
    worker that dies costs no other job anything: what was in flight when a crew broke is done at the end, one job a
    crew and each with two tries, so that only the one at fault fails.

    Args:
        work: what a worker does with a job; both must be picklable.
        jobs: the jobs, perhaps made while others are done.
        opener: `here` or `cluster`.
    """
    waiting = iter(jobs)
    suspects: list[Job] = []
    more = True
    while more:
        with opener(None) as crew:
            more = yield from _stream(work, waiting, crew, suspects)
    for job in suspects:
        for _try in range(2):
            lost: list[Job] = []
            with opener(1) as crew:
                yield from _stream(work, iter([job]), crew, lost)
            if not lost:
                break
        else:
            yield job, WorkerDied()


def _stream(
    work: Callable[[Job], Result], jobs: Iterator[Job], crew: Crew, lost: list[Job]
) -> Generator[tuple[Job, Result], None, bool]:
    """Results of one crew; what was in flight when it broke is added to `lost`. Returns whether jobs may be left."""
    flying: dict[Future[Result], Job] = {}
    exhausted = broken = False
    while True:
        while not exhausted and not broken and len(flying) < 2 * crew.width:
            try:
                job = next(jobs)
            except StopIteration:
                exhausted = True
                break
            try:
                with _starting_a_worker():
                    flying[crew.executor.submit(work, job)] = job
            except crew.lost:
                broken = True
                lost.append(job)
        if not flying:
            return not exhausted
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            job = flying.pop(future)
            try:
                result = future.result()
            except crew.lost:
                broken = True
                lost.append(job)
            else:
                yield job, result
            del future


@contextmanager
def _starting_a_worker() -> Iterator[None]:
    """What a new worker must not meet: an interrupt before the pool knows it, and the program that started this run.

    An interrupt would leave a worker that nobody waits for. The program would be imported again by each worker, which
    takes a tenth of a second and, in a script without `if __name__ == "__main__"`, starts the run once more.
    """
    main = vars(sys.modules["__main__"])
    known: dict[str, Any] = {name: main[name] for name in ("__spec__", "__file__") if name in main}
    with _uninterrupted():
        try:
            main["__spec__"] = None
            main.pop("__file__", None)
            yield
        finally:
            main.update(known)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """An interrupt waits until the end of the block."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def workers_that_fit() -> int:
    """One worker more than there are processors, as each waits for its kernel now and then; fewer where memory is short."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123
            free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return processors + 1
    return max(1, min(processors + 1, free // _ROOM))


def warm_up() -> None:
    """Start the process that workers are forked from; it imports in the background what they all use."""
    os.environ.update(STEADY)
    forkserver.set_forkserver_preload(["weigh.render.kernels.warm_worker"])
    resource_tracker.ensure_running()  # before, for its start lets interrupts in again
    with deaf_to_interrupts():  # and to no other signal: the server would hold it for ever
        forkserver.ensure_running()


def here(jobs: int, *, forked_kernels: bool) -> Opener:
    """Workers on this machine, each forked from a clean process, so that nothing of this one leaks into a report.

    Args:
        jobs: how many at a time.
        forked_kernels: whether each brings a nursery of kernels.
    """

    @contextmanager
    def opened(width: int | None) -> Iterator[Crew]:
        kernels = stock() if forked_kernels else None
        warm_up()
        lifeline, hold = multiprocessing.Pipe(duplex=False)
        with _uninterrupted():  # half a pool leaves a semaphore that nobody gives back
            pool = ProcessPoolExecutor(
                width or jobs,
                mp_context=multiprocessing.get_context("forkserver"),
                initializer=_prepare,
                initargs=(lifeline, kernels),
            )
        try:
            yield Crew(pool, width or jobs)
        except BaseException:
            hold.close()  # do not wait for the reports that the workers are at
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            hold.close()
            lifeline.close()

    return opened


def _prepare(lifeline: Connection, kernels: socket.socket | None) -> None:
    """A worker leaves Ctrl-C to its parent, and ends when that lets go of the lifeline or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if kernels is not None:
        from weigh.render.kernels.kernel import use_nursery

        use_nursery(Nursery.from_stock(kernels))
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    lifeline.poll(None)
    from weigh.render.kernels.kernel import remove_sockets

    remove_sockets()
    os._exit(1)


def cluster(address: str) -> Opener:
    """Workers of a dask.distributed scheduler; they must see the review folder and have the same weigh installed.

    Args:
        address: where the scheduler listens, such as tcp://host:8786.
    """

    @contextmanager
    def opened(width: int | None) -> Iterator[Crew]:
        try:
            from distributed import Client, KilledWorker
            from distributed.comm.core import CommClosedError
        except ImportError as error:
            raise WeighError(needs("--cluster", "distributed")) from error
        try:
            client = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise WeighError(f"{address}: no scheduler answers there; start one, or leave out --cluster") from error
        try:
            threads = sum(client.nthreads().values())
            if not threads:
                raise WeighError(f"{address}: the scheduler has no worker; start one with dask worker {address}")
            yield Crew(
                client.get_executor(pure=False, retries=0),
                width or threads,
                (KilledWorker, CommClosedError, CancelledError),
            )
        finally:
            client.close()

    return opened
