"""Fork kernels from a preloaded process, which starts a report in a tenth of the time.

A fork server is a single-threaded process that has imported everything a notebook uses and, optionally, read the
review once. Each kernel is a fork of it: a separate process and namespace that shares the loaded memory. The client
holds one end of a socket, and only that keeps the server alive: when the client exits, for whatever reason, the server
kills its kernels and all their child processes, then exits.

A run uses one fork server per worker. The servers are themselves forked from the preloader, the process that does the
imports; it starts importing before the run knows which reports to render.

Linux only: requires `pidfd_open` and `PR_SET_PDEATHSIG`.
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

__all__ = [
    "ForkServer",
    "ForkedKernel",
    "can_fork",
    "preloader",
    "serve",
    "serve_fork_servers",
    "shielded_from_interrupts",
]

_PR_SET_PDEATHSIG = 1
_MESSAGE = 1 << 20  # bytes; the largest request carries an environment


def can_fork() -> bool:
    """Return whether this system can fork kernels."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


@contextmanager
def shielded_from_interrupts() -> Iterator[None]:
    """Start processes that never receive Ctrl-C; in this process it is deferred to the end of the block.

    A terminal sends Ctrl-C to every process of a run, and one that is still importing would print a traceback.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _die_with_parent() -> None:
    """Have the system kill this process when its parent dies."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class _Process:
    """A process, identified by a handle that is never reused for another process."""

    pid: int
    handle: int  # a pidfd

    def alive(self) -> bool:
        """Return whether the process is running."""
        return not select.select([self.handle], [], [], 0)[0]

    def end(self) -> None:
        """Kill and reap the process, which must be a child of this one."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.handle)


@dataclass(frozen=True, slots=True)
class ForkedKernel(_Process):
    """A forked kernel: a process that leads its own process group."""

    def signal(self, number: int) -> None:
        """Send a signal to the kernel and its child processes."""
        # The fork server reaps a kernel only on request; until then its process id is not reused.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


@dataclass
class ForkServer:
    """The client end of a fork server; safe to use from several threads."""

    _socket: socket.socket
    #: The server's process id, if it is a child of this process.
    process: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def started(cls) -> ForkServer:
        """Start a fork server in a new interpreter."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours, _interpreter("serve", theirs).pid)

    @classmethod
    def from_preloader(cls, preloader: socket.socket) -> ForkServer:
        """Fork a server from the preloader; while that is still importing, requests wait."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(preloader, [b"fork server"], [theirs.fileno()])
        return cls(ours)

    def prime(self, path: Path) -> None:
        """Load the review of a snapshot into the server, for every kernel forked from now on."""
        self._ask({"do": "prime", "snapshot": str(path)})

    def kernel(self, connection_file: str, folder: str, environment: dict[str, str]) -> ForkedKernel:
        """Fork a kernel that listens at the address in a connection file.

        Raises:
            RenderError: the fork server is gone, or the machine has no memory for another process.
        """
        answer, handles = self._ask(
            {"do": "kernel", "connection_file": connection_file, "folder": folder, "environment": environment}
        )
        return ForkedKernel(answer["pid"], handles[0])

    def end(self, kernel: ForkedKernel) -> None:
        """Kill a kernel with its child processes, and reap it."""
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
                raise RenderError("the fork server is gone; render again, or use --engine fresh") from error
        if not message:
            raise RenderError("the fork server was killed; check the memory of this machine")
        answer = json.loads(message)
        if "error" in answer:
            raise RenderError(f"no kernel could be started ({answer['error']}); check the memory of this machine")
        return answer, handles


def _never_return(work: Callable[[], object]) -> None:
    """Do the work of a forked process and exit in every case, so that it never continues as a copy of its parent."""
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


_preloaders: list[tuple[_Process, socket.socket]] = []


def preloader() -> socket.socket:
    """Return the socket of the preloader, which imports what kernels use and forks a server for each socket it receives.

    The preloader starts on the first call, restarts if it was killed, and exits when this socket is closed.
    """
    if not _preloaders or not _preloaders[0][0].alive():
        _end_preloader()
        with shielded_from_interrupts():  # until it is registered, so that it is always ended
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            _preloaders.append((_interpreter("serve_fork_servers", theirs), ours))
        atexit.register(_end_preloader)  # otherwise it would first finish its imports
    return _preloaders[0][1]


def _end_preloader() -> None:
    while _preloaders:
        process, ours = _preloaders.pop()
        process.end()
        ours.close()


def _interpreter(service: str, theirs: socket.socket) -> _Process:
    """Start an interpreter that does its imports and then serves one end of a socket."""
    code = (
        "import socket, sys; from weigh.render.kernels import fork_server, warm_kernel; "
        f"fork_server.{service}(socket.socket(fileno=int(sys.argv[1])))"
    )
    with theirs, shielded_from_interrupts():
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, **STEADY},
            stdin=subprocess.DEVNULL,
        )
    process.returncode = 0  # it exits with its client, so Popen has nothing to wait for
    return _Process(process.pid, os.pidfd_open(process.pid))


def serve_fork_servers(requests: socket.socket) -> None:
    """Fork a server for each socket received, until the client closes this one."""
    gc.freeze()  # a garbage collection in a kernel would copy the shared pages
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps servers that exited
    while True:
        message, handles, _flags, _address = socket.recv_fds(requests, _MESSAGE, 1)
        if not message:
            return
        with contextlib.suppress(OSError):  # out of memory: the sender sees its socket closed
            if os.fork() == 0:
                requests.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _never_return(lambda: serve(socket.socket(fileno=handles[0])))  # noqa: B023  (the loop ends here)
        os.close(handles[0])


def serve(requests: socket.socket) -> None:
    """Serve fork requests until the client closes the socket."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it exits with its client
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    gc.freeze()  # a garbage collection in a kernel would copy the shared pages
    kernels: dict[int, Path] = {}
    try:
        while message := requests.recv(_MESSAGE):
            answer, handles = _answer(json.loads(message), kernels, requests)
            socket.send_fds(requests, [json.dumps(answer).encode("utf-8")], handles)
            for handle in handles:
                os.close(handle)
    except OSError:
        pass  # the client died between request and answer
    finally:
        for pid, folder in list(kernels.items()):
            _end(pid, kernels)
            shutil.rmtree(folder, ignore_errors=True)  # the client, which would have done so, is dead


def _answer(
    request: dict[str, Any], kernels: dict[int, Path], requests: socket.socket
) -> tuple[dict[str, Any], list[int]]:
    if request["do"] == "prime":
        from weigh.render import snapshot

        snapshot.load(Path(request["snapshot"]))
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
        for kill in (os.killpg, os.kill):  # until the kernel leads its own group, there is no group to kill
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
