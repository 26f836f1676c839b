"""Papermill engines for reports: the same time limits, with forked kernels or fresh interpreters."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, ClassVar

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger

from weigh.errors import RenderError
from weigh.render.kernels.kernel import ForkedKernelManager, LocalKernelManager
from weigh.render.notebooks import check_parameters
from weigh.render.sources import CELL_TIMEOUT, TOTAL_TIMEOUT

__all__ = ["ForkEngine", "FreshEngine"]


class FreshEngine(NBClientEngine):  # type: ignore[misc]
    """Execute a notebook in a fresh interpreter, with a time limit per cell and in total."""

    manager: ClassVar[type[LocalKernelManager]] = LocalKernelManager

    @classmethod
    def execute_managed_notebook(  # noqa: PLR0917  (papermill's signature)
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        total_timeout: int | None = None,
        **settings: Any,
    ) -> Any:
        """Execute a notebook prepared by papermill, refusing parameters that the notebook does not declare.

        Args:
            nb_man: papermill's NotebookExecutionManager.
            kernel_name: the name given to papermill; the kernel of this environment is used in any case.
            log_output: whether papermill's log repeats the outputs.
            stdout_file: papermill's copy of the cells' standard output.
            stderr_file: papermill's copy of their standard error.
            start_timeout: seconds allowed for the kernel to answer.
            execution_timeout: seconds allowed per cell.
            total_timeout: seconds allowed for all cells together.
            **settings: further settings of nbclient.

        Raises:
            RenderError: an unknown parameter (papermill itself only warns), a timeout or a dead kernel.
        """
        end = time.monotonic() + (total_timeout or TOTAL_TIMEOUT)
        limit = execution_timeout or CELL_TIMEOUT
        source = settings.pop("input_path", None)
        if source and Path(source).is_file():  # papermill also reads URLs and pipes
            check_parameters(Path(source), nb_man.nb.metadata.papermill.get("parameters", {}))
        client = PapermillNotebookClient(
            nb_man,
            kernel_manager_class=cls.manager,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            shutdown_kernel="immediate",  # a report's kernel holds nothing worth saving
            startup_timeout=start_timeout,
            stderr_file=stderr_file,
            stdout_file=stdout_file,
            # nbclient reads 0 as "no limit"
            timeout_func=lambda _cell: max(1, min(limit, end - time.monotonic())),
            **settings,
        )
        try:
            return client.execute()
        except (CellTimeoutError, DeadKernelError) as error:  # neither error names the cell
            begun = [cell for cell in nb_man.nb.cells if cell.metadata.papermill.status != nb_man.PENDING]
            what = "its kernel died" if isinstance(error, DeadKernelError) else "timed out"
            raise RenderError(f"the cell {begun[-1].id}: {what}; run it in JupyterLab to see more") from error


class ForkEngine(FreshEngine):
    """Execute a notebook in a kernel forked from a preloaded process: `papermill --engine weigh`."""

    manager = ForkedKernelManager
