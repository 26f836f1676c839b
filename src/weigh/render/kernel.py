"""The kernel manager of a report: sockets of this machine's file system instead of network ports."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

from jupyter_client.manager import AsyncKernelManager

__all__ = ["LocalKernelManager"]


class LocalKernelManager(AsyncKernelManager):
    """A kernel that only this user's processes can reach, with no port to clash over.

    Over TCP, ipykernel would also print a warning on encryption into every report.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # A path of a socket may be 107 characters long at the most, so it stands in the temporary folder.
        self._socket_folder = tempfile.mkdtemp(prefix="weigh-")
        self.transport = "ipc"
        self.ip = os.path.join(self._socket_folder, "k")  # noqa: PTH118  (jupyter_client wants a string)

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """The command of the kernel; its own log would mix with the messages of a run."""
        return [*super().format_kernel_cmd(extra_arguments), "--log-level=50"]

    def cleanup_ipc_files(self) -> None:
        """Remove the sockets and their folder."""
        super().cleanup_ipc_files()
        shutil.rmtree(self._socket_folder, ignore_errors=True)
