"""Kernels forked from a process that has everything imported: a report starts in a tenth of the time.

The nursery is one process with one thread. It imports what a notebook uses, once, and may read a review, once; each
kernel is then a fork of it: a process and a namespace of its own that shares what was loaded. Whoever made the
nursery holds one end of a socket, and nothing else keeps it alive: when that process ends, in whatever way, the
nursery kills its kernels with all they started, and ends too.

Linux only: it rests on `pidfd_open` and `PR_SET_PDEATHSIG`.
"""

from __future__ import annotations

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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weigh.errors import RenderError
from weigh.render import snapshot
from weigh.render.sources import STEADY

__all__ = ["ForkedKernel", "Nursery", "possible", "serve"]

_PR_SET_PDEATHSIG = 1
_MESSAGE = 1 << 20  # bytes: a request holds an environment at the most


def possible() -> bool:
    """Whether this system can fork kernels."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def _die_with_parent() -> None:
    """Ask the system to kill this process when the one that forked it dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class ForkedKernel:
    """A kernel of a nursery: its process, which leads a group of its own."""

    pid: int
    handle: int  # a pidfd: it cannot come to mean another process

    def alive(self) -> bool:
        """Whether it still runs."""
        return not select.select([self.handle], [], [], 0)[0]

    def signal(self, number: int) -> None:
        """Send a signal to the kernel and all that it started."""
        # The nursery reaps a kernel only when told to, so until then the number is not given to another process.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


@dataclass
class Nursery:
    """The end of a nursery that its owner holds; safe to use from several threads."""

    _socket: socket.socket
    _process: int
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def forked(cls) -> Nursery:
        """A nursery forked from this process, which must have one thread and should have all imports done."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        process = os.fork()
        if process == 0:
            ours.close()
            _never_return(lambda: serve(theirs))
        theirs.close()
        return cls(ours, process)

    @classmethod
    def started(cls) -> Nursery:
        """A nursery in a new interpreter, for a process that has threads; it imports all on its own."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        code = "from weigh.render.nursery import _main; _main()"
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, **STEADY},
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        process.returncode = 0  # it ends with its owner, so there is nothing for Popen to wait for
        return cls(ours, process.pid)

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


def _main() -> None:
    from weigh.render import warm  # noqa: F401

    serve(socket.socket(fileno=int(sys.argv[1])))


def serve(requests: socket.socket) -> None:
    """Be a nursery until nobody holds the other end of the socket."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # its end is the end of its owner
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    gc.collect()
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
        snapshot.take(Path(request["snapshot"]))
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
