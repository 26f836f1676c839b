"""Kernels forked from a process that has everything imported: a report starts in a tenth of the time.

A nursery is one process with one thread. It has all imported that a notebook uses, and may read a review, once; each
kernel is then a fork of it: a process and a namespace of its own that shares what was loaded. Whoever asked for the
nursery holds one end of a socket, and nothing else keeps it alive: when that process ends, in whatever way, the
nursery kills its kernels with all they started, and ends too.

A run has one nursery a worker; they are forks of its stock, the process that does the imports. It begins with that
before the run knows what it will have to render.

Linux only: it rests on `pidfd_open` and `PR_SET_PDEATHSIG`.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weigh.errors import RenderError
from weigh.render.sources import STEADY

__all__ = ["ForkedKernel", "Nursery", "deaf_to_interrupts", "possible", "serve", "serve_nurseries", "stock"]

_PR_SET_PDEATHSIG = 1
_MESSAGE = 1 << 20  # bytes: a request holds an environment at the most


def possible() -> bool:
    """Whether this system can fork kernels."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """A process that is started in this block never hears Ctrl-C; for this one it waits until the block ends.

    On a terminal Ctrl-C goes to all processes of a run, and one that still imports would print where it was.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _die_with_parent() -> None:
    """Ask the system to kill this process when the one that forked it dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class _Process:
    """A process, by a handle that cannot come to mean another one."""

    pid: int
    handle: int  # a pidfd

    def alive(self) -> bool:
        """Whether it still runs."""
        return not select.select([self.handle], [], [], 0)[0]

    def end(self) -> None:
        """Kill it, and leave no trace of it; it is a child of this process."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.handle)


@dataclass(frozen=True, slots=True)
class ForkedKernel(_Process):
    """A kernel of a nursery: its process, which leads a group of its own."""

    def signal(self, number: int) -> None:
        """Send a signal to the kernel and all that it started."""
        # The nursery reaps a kernel only when told to, so until then the number is not given to another process.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


@dataclass
class Nursery:
    """The end of a nursery that its owner holds; safe to use from several threads."""

    _socket: socket.socket
    #: Its process, where that is a child of this one.
    process: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def started(cls) -> Nursery:
        """A nursery in a new interpreter."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours, _interpreter("serve", theirs).pid)

    @classmethod
    def from_stock(cls, stock: socket.socket) -> Nursery:
        """A nursery forked from a stock, which may still be importing: it begins to answer when all is loaded."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(stock, [b"nursery"], [theirs.fileno()])
        return cls(ours)

    def prime(self, path: Path) -> None:
        """Have the kernels to come begin with the review of a snapshot."""
        self._ask({"do": "prime", "snapshot": str(path)})

    def kernel(self, connection_file: str, folder: str, environment: dict[str, str]) -> ForkedKernel:
        """A new kernel that listens where a connection file says.

        Raises:
            RenderError: the nursery is gone, or has no memory for another process.
        """
        answer, handles = self._ask(
            {"do": "kernel", "connection_file": connection_file, "folder": folder, "environment": environment}
        )
        return ForkedKernel(answer["pid"], handles[0])

    def end(self, kernel: ForkedKernel) -> None:
        """Kill a kernel with all that it started, and leave no trace of it."""
        try:
            self._ask({"do": "end", "pid": kernel.pid})
        except RenderError:
            kernel.signal(signal.SIGKILL)
        os.close(kernel.handle)

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        with self._lock:
            try:
                self._socket.send(json.dumps(request).encode("utf-8"))
                message, handles, _flags, _address = socket.recv_fds(self._socket, _MESSAGE, 1)
            except OSError as error:
                raise RenderError(
                    "the process that starts kernels is gone; render again, or with --engine fresh"
                ) from error
        if not message:
            raise RenderError("the process that starts kernels was killed; look at the memory of this machine")
        answer = json.loads(message)
        if "error" in answer:
            raise RenderError(f"no kernel could be started ({answer['error']}); look at the memory of this machine")
        return answer, handles


def _never_return(work: Callable[[], object]) -> None:
    """Do the work of a forked process, and end it whatever happens: it must never go on as its parent's twin."""
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


_stocks: list[tuple[_Process, socket.socket]] = []


def stock() -> socket.socket:
    """A process that imports what kernels use, and forks a nursery for each socket that it is sent through this one.

    It is started when it is first asked for, and again where it was killed; it ends when nobody holds this socket.
    """
    if not _stocks or not _stocks[0][0].alive():
        _end_stock()
        with deaf_to_interrupts():  # until it is known here, so that somebody ends it
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            _stocks.append((_interpreter("serve_nurseries", theirs), ours))
        atexit.register(_end_stock)  # by itself it would end its imports first
    return _stocks[0][1]


def _end_stock() -> None:
    while _stocks:
        process, ours = _stocks.pop()
        process.end()
        ours.close()


def _interpreter(service: str, theirs: socket.socket) -> _Process:
    """A new interpreter that serves one end of a socket once it has all imports done."""
    code = (
        "import socket, sys; from weigh.render.kernels import fork_server as nursery, warm_kernel; "
        f"nursery.{service}(socket.socket(fileno=int(sys.argv[1])))"
    )
    with theirs, deaf_to_interrupts():
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, **STEADY},
            stdin=subprocess.DEVNULL,
        )
    process.returncode = 0  # it ends with its owner, so there is nothing for Popen to wait for
    return _Process(process.pid, os.pidfd_open(process.pid))


def serve_nurseries(requests: socket.socket) -> None:
    """Fork a nursery for each socket that comes, until nobody holds the other end of this one."""
    gc.freeze()  # what is shared stays shared: a collection in a kernel would copy its pages
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets a nursery that ended
    while True:
        message, handles, _flags, _address = socket.recv_fds(requests, _MESSAGE, 1)
        if not message:
            return
        with contextlib.suppress(OSError):  # no memory for a process: who sent the socket sees its other end closed
            if os.fork() == 0:
                requests.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _never_return(lambda: serve(socket.socket(fileno=handles[0])))  # noqa: B023  (the loop ends here)
        os.close(handles[0])


def serve(requests: socket.socket) -> None:
    """Be a nursery until nobody holds the other end of the socket."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # its end is the end of its owner
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    gc.freeze()  # what is shared stays shared: a collection in a kernel would copy its pages
    kernels: dict[int, Path] = {}
    try:
        while message := requests.recv(_MESSAGE):
            answer, handles = _answer(json.loads(message), kernels, requests)
            socket.send_fds(requests, [json.dumps(answer).encode("utf-8")], handles)
            for handle in handles:
                os.close(handle)
    except OSError:
        pass  # the owner died between a question and its answer
    finally:
        for pid, folder in list(kernels.items()):
            _end(pid, kernels)
            shutil.rmtree(folder, ignore_errors=True)  # the owner, who would do it, is dead


def _answer(
    request: dict[str, Any], kernels: dict[int, Path], requests: socket.socket
) -> tuple[dict[str, Any], list[int]]:
    if request["do"] == "prime":
        from weigh.render import snapshot

        snapshot.take(Path(request["snapshot"]))
        gc.freeze()
        return {}, []
    if request["do"] == "end":
        _end(request["pid"], kernels)
        return {}, []
    try:
        pid = os.fork()
    except OSError as error:
        return {"error": error.strerror}, []
    if pid == 0:
        requests.close()
        _never_return(lambda: _become_kernel(request))
    kernels[pid] = Path(request["connection_file"]).parent
    return {"pid": pid}, [os.pidfd_open(pid)]


def _end(pid: int, kernels: dict[int, Path]) -> None:
    if pid in kernels:
        del kernels[pid]
        for kill in (os.killpg, os.kill):  # before the kernel leads a group of its own, there is none to kill
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _become_kernel(request: dict[str, Any]) -> None:
    os.setsid()
    _die_with_parent()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["ipykernel_launcher"]
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(parent_handle=0)
    app.initialize(["-f", request["connection_file"], "--log-level=50", "--HistoryManager.enabled=False"])
    app.start()
