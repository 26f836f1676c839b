"""The kernels of reports: new interpreters, or forks of a nursery; both on sockets of this machine's file system."""

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

from weigh.render.kernels.fork_server import ForkedKernel, Nursery

__all__ = ["ForkProvisioner", "ForkedKernelManager", "LocalKernelManager", "nursery", "remove_sockets", "use_nursery"]

_RECONNECT = 10  # milliseconds; a client is there before the kernel's sockets are, and would try again after 100
_PROVISIONER = "weigh-fork"  # its name among jupyter_client's entry points
_nursery: Nursery | None = None
_making = threading.Lock()
_socket_folders: set[str] = set()


def nursery() -> Nursery:
    """The nursery of this process, started when it is first needed."""
    global _nursery  # noqa: PLW0603  (one for each process, as its kernels are)
    with _making:
        if _nursery is None:
            _nursery = Nursery.started()
        return _nursery


def use_nursery(made: Nursery) -> None:
    """Take a nursery that was made while this process had one thread only."""
    global _nursery  # noqa: PLW0603
    _nursery = made


def remove_sockets() -> None:
    """Remove the sockets of all kernels of this process, which is about to end in the middle of a report."""
    for folder in list(_socket_folders):
        shutil.rmtree(folder, ignore_errors=True)


class PromptClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel is; jupyter_client's own then listens for another 0.2 s."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered and its outputs are heard.

        Raises:
            RuntimeError: the kernel died, or did not answer in the time given.
        """
        end = time.monotonic() + (timeout or float("inf"))
        with contextlib.suppress(Empty):
            await self.iopub_channel.get_msg(timeout=1)  # the kernel's welcome to who listens to its outputs
        while not await self._answered():
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answered(self) -> bool:
        """Ask once; True when the answer came, and the message that ends it among the outputs."""
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
    """A kernel in a new interpreter that only this user's processes can reach, with no port to clash over.

    Over TCP, ipykernel would also print a warning on encryption into every report.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # A path of a socket may be 107 characters long at the most, so it stands in the temporary folder.
        self._socket_folder = tempfile.mkdtemp(prefix="weigh-")
        _socket_folders.add(self._socket_folder)
        self.client_class = f"{__name__}.{PromptClient.__name__}"
        self.transport = "ipc"
        self.context.setsockopt(zmq.RECONNECT_IVL, _RECONNECT)
        self.ip = os.path.join(self._socket_folder, "k")  # noqa: PTH118  (jupyter_client wants a string)
        self.connection_file = os.path.join(self._socket_folder, "connection.json")  # noqa: PTH118

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The command of the kernel; its own log would mix with the messages of a run."""
        return [*super().format_kernel_cmd(extra_arguments), "--log-level=50", "--HistoryManager.enabled=False"]

    def cleanup_ipc_files(self) -> None:
        """Remove the sockets and their folder."""
        super().cleanup_ipc_files()
        shutil.rmtree(self._socket_folder, ignore_errors=True)
        _socket_folders.discard(self._socket_folder)


class ForkedKernelManager(LocalKernelManager):
    """A kernel forked from the nursery of this process; it never looks for an installed kernel."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """A Python kernel that the provisioner of weigh starts."""
        return KernelSpec(
            display_name="Python 3",
            language="python",
            argv=["python", "-f", "{connection_file}"],
            metadata={"kernel_provisioner": {"provisioner_name": _PROVISIONER}},
        )


class ForkProvisioner(KernelProvisionerBase):
    """Starts, signals and ends a forked kernel for jupyter_client."""

    _kernel: ForkedKernel | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet ended."""
        return self._kernel is not None

    async def poll(self) -> int | None:
        """None while the kernel runs; else a number, as its exit code is the nursery's to know."""
        return None if self._kernel is not None and self._kernel.alive() else 1

    async def wait(self) -> int | None:
        """Wait for the kernel's end, and clear what is left of it."""
        while self._kernel is not None and self._kernel.alive():
            await asyncio.sleep(0.02)
        await self.cleanup()
        return 0

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and all that it started."""
        if self._kernel is not None:
            self._kernel.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel with all that it started."""
        await self.cleanup()

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
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
        self._kernel = nursery().kernel(self.parent.connection_file, folder, dict(settings["env"]))
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Kill what is left of the kernel's group."""
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            nursery().end(kernel)
