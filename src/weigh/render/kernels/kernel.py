"""Kernel managers for reports: fresh interpreters or forked kernels, both on Unix-domain sockets."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import threading
import time
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from weigh.render.kernels.fork_server import ForkedKernel, ForkServer

__all__ = [
    "ForkProvisioner",
    "ForkedKernelManager",
    "LocalKernelManager",
    "fork_server",
    "remove_sockets",
    "use_fork_server",
]

_RECONNECT = 10  # milliseconds; the client exists before the kernel's sockets, and by default retries after 100
_PROVISIONER = "weigh-fork"  # the entry point of jupyter_client
_fork_server: ForkServer | None = None
_making = threading.Lock()
_socket_folders: set[str] = set()


def fork_server() -> ForkServer:
    """Return the fork server of this process, starting it on first use."""
    global _fork_server  # noqa: PLW0603  (one per process, like its kernels)
    with _making:
        if _fork_server is None:
            _fork_server = ForkServer.started()
        return _fork_server


def use_fork_server(made: ForkServer) -> None:
    """Use a fork server that was created while this process was still single-threaded."""
    global _fork_server  # noqa: PLW0603
    _fork_server = made


def remove_sockets() -> None:
    """Remove the sockets of this process's kernels before it exits in the middle of a report."""
    for folder in list(_socket_folders):
        shutil.rmtree(folder, ignore_errors=True)


class PromptClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel is; jupyter_client's own waits another 0.2 s."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered and the client receives its outputs.

        Raises:
            RuntimeError: the kernel died, or did not answer in time.
        """
        end = time.monotonic() + (timeout or float("inf"))
        with contextlib.suppress(Empty):
            await self.iopub_channel.get_msg(timeout=1)  # the kernel's welcome message to subscribers
        while not await self._answered():
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answered(self) -> bool:
        """Ask once; return whether both the answer and the closing status message arrived."""
        asked = self.kernel_info()
        try:
            answer = await self.shell_channel.get_msg(timeout=1)
            while True:
                heard = await self.iopub_channel.get_msg(timeout=0.2)
                if heard["parent_header"].get("msg_id") == asked and heard["content"].get("execution_state") == "idle":
                    self._handle_kernel_info_reply(answer)
                    return True
        except Empty:
            return False


class LocalKernelManager(AsyncKernelManager):
    """A kernel in a fresh interpreter, reachable only by this user's processes and without port conflicts.

    Over TCP, ipykernel would also print a warning about encryption into every report.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # A socket path is limited to 107 characters, hence the temporary folder.
        self._socket_folder = tempfile.mkdtemp(prefix="weigh-")
        _socket_folders.add(self._socket_folder)
        self.client_class = f"{__name__}.{PromptClient.__name__}"
        self.transport = "ipc"
        self.context.setsockopt(zmq.RECONNECT_IVL, _RECONNECT)
        self.ip = os.path.join(self._socket_folder, "k")  # noqa: PTH118  (jupyter_client wants a string)
        self.connection_file = os.path.join(self._socket_folder, "connection.json")  # noqa: PTH118

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Return the kernel's command; its log is off, because it would mix with the messages of a run."""
        return [*super().format_kernel_cmd(extra_arguments), "--log-level=50", "--HistoryManager.enabled=False"]

    def cleanup_ipc_files(self) -> None:
        """Remove the sockets and their folder."""
        super().cleanup_ipc_files()
        shutil.rmtree(self._socket_folder, ignore_errors=True)
        _socket_folders.discard(self._socket_folder)


class ForkedKernelManager(LocalKernelManager):
    """A kernel forked from this process's fork server; no kernel spec need be installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """Return the spec of a Python kernel that weigh's provisioner starts."""
        return KernelSpec(
            display_name="Python 3",
            language="python",
            argv=["python", "-f", "{connection_file}"],
            metadata={"kernel_provisioner": {"provisioner_name": _PROVISIONER}},
        )


class ForkProvisioner(KernelProvisionerBase):
    """Start, signal and end a forked kernel for jupyter_client."""

    _kernel: ForkedKernel | None = None

    @property
    def has_process(self) -> bool:
        """Return whether a kernel was started and has not been ended."""
        return self._kernel is not None

    async def poll(self) -> int | None:
        """Return None while the kernel runs, else 1: only the fork server knows its exit code."""
        return None if self._kernel is not None and self._kernel.alive() else 1

    async def wait(self) -> int | None:
        """Wait for the kernel to exit, then clean up."""
        while self._kernel is not None and self._kernel.alive():
            await asyncio.sleep(0.02)
        await self.cleanup()
        return 0

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and its child processes."""
        if self._kernel is not None:
            self._kernel.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and its child processes."""
        await self.cleanup()

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to exit."""
        await self.send_signal(signal.SIGTERM)

    async def pre_launch(self, **settings: Any) -> dict[str, Any]:
        """Write the connection file."""
        assert self.parent is not None
        self.parent.write_connection_file()
        self.connection_info = self.parent.get_connection_info()
        return await super().pre_launch(cmd=[], **settings)

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> KernelConnectionInfo:
        """Fork the kernel."""
        folder = str(settings.get("cwd") or os.getcwd())  # noqa: PTH109
        assert self.parent is not None
        self._kernel = fork_server().kernel(self.parent.connection_file, folder, dict(settings["env"]))
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Kill what remains of the kernel's process group."""
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            fork_server().end(kernel)
