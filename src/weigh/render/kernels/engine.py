"""The engines that papermill executes reports with: the same limits, kernels from the nursery or from new interpreters."""

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
    """Executes a notebook in a new interpreter, with a limit for each cell and for the whole."""

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
        """Execute a notebook that papermill prepared, unless it was given a parameter that it does not declare.

        Args:
            nb_man: papermill's NotebookExecutionManager.
            kernel_name: what papermill was told; the kernel is always the one of this environment.
            log_output: whether papermill's log repeats the outputs.
            stdout_file: where papermill copies what the cells print.
            stderr_file: where papermill copies their errors.
            start_timeout: seconds until the kernel answers.
            execution_timeout: seconds that one cell may take.
            total_timeout: seconds that all cells may take.
            **settings: what nbclient takes.

        Raises:
            RenderError: an unknown parameter, of which papermill itself would only warn, or a cell that did not end.
        """
        end = time.monotonic() + (total_timeout or TOTAL_TIMEOUT)
        limit = execution_timeout or CELL_TIMEOUT
        source = settings.pop("input_path", None)
        if source and Path(source).is_file():  # not from the network or a pipe
            check_parameters(Path(source), nb_man.nb.metadata.papermill.get("parameters", {}))
        client = PapermillNotebookClient(
            nb_man,
            kernel_manager_class=cls.manager,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            shutdown_kernel="immediate",  # nothing of a report's kernel is worth waiting for
            startup_timeout=start_timeout,
            stderr_file=stderr_file,
            stdout_file=stdout_file,
            # nbclient takes a limit of 0 for none
            timeout_func=lambda _cell: max(1, min(limit, end - time.monotonic())),
            **settings,
        )
        try:
            return client.execute()
        except (CellTimeoutError, DeadKernelError) as error:  # neither says in which cell
            begun = [cell for cell in nb_man.nb.cells if cell.metadata.papermill.status != nb_man.PENDING]
            what = "its kernel died" if isinstance(error, DeadKernelError) else "timed out"
            raise RenderError(f"the cell {begun[-1].id}: {what}; run it in JupyterLab to see more") from error


class ForkEngine(FreshEngine):
    """Executes a notebook in a kernel forked from a process that has all imports done: `papermill --engine weigh`."""

    manager = ForkedKernelManager
