"""One notebook executed: parameters checked before a kernel starts, and the outcome freed of clocks and random ids."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weigh.errors import RenderError
from weigh.evidence.tables import did_you_mean
from weigh.evidence.write import write_file
from weigh.render.sources import CELL_TIMEOUT, Engine
from weigh.text import lean_schemas  # noqa: F401  (before nbformat, which imports jsonschema)

__all__ = ["check_parameters", "execute", "refresh"]

_INJECTED = "injected-parameters"


def check_parameters(notebook: Path, parameters: Mapping[str, Any]) -> None:
    """Refuse a parameter that the notebook does not declare; papermill itself would only warn and inject it.

    Raises:
        RenderError: an unknown parameter, with the nearest known one.
    """
    import papermill

    try:
        known = papermill.inspect_notebook(str(notebook))
    except (ValueError, KeyError) as error:  # not a notebook, or one that names no kernel
        raise RenderError(f"{notebook.name}: {_first_line(str(error))}; save it anew from JupyterLab") from error
    for name in parameters:
        if name not in known:
            raise RenderError(
                f"{notebook.name}: no parameter {name!r}{did_you_mean(name, known) or '; it takes ' + ', '.join(known)}"
            )


def execute(
    notebook: Path,
    parameters: Mapping[str, Any],
    review_folder: Path,
    timeout: int = CELL_TIMEOUT,
    engine: Engine = Engine.FRESH,
) -> Any:
    """Execute a notebook with papermill in a kernel of its own.

    Args:
        notebook: the source.
        parameters: values for its parameters cell.
        review_folder: the folder that the notebook reads; its kernel works there.
        timeout: seconds that one cell may take.
        engine: where its kernel comes from; the outcome is the same.

    Returns:
        The executed notebook (nbformat NotebookNode): the same bytes for the same evidence, on any clock or path.

    Raises:
        RenderError: an unknown parameter, or a cell that failed, in one sentence.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    check_parameters(notebook, parameters)
    _quiet()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            executed = papermill.execute_notebook(
                str(notebook),
                None,  # papermill would write the file again after each cell
                parameters=dict(parameters),
                progress_bar=False,
                kernel_name="python3",
                engine_name="weigh" if engine is Engine.WEIGH else "weigh-fresh",
                execution_timeout=timeout,
                resources={"metadata": {"path": str(review_folder)}},  # papermill's own `cwd` would move this process
            )
    except PapermillExecutionError as error:
        raise RenderError(_cell_failure(notebook, error)) from error
    except RenderError as error:  # a cell that did not end, no nursery
        raise RenderError(f"{notebook.name}: {error}") from error
    except RuntimeError as error:  # a kernel that did not start
        raise RenderError(f"{notebook.name}: {_first_line(str(error))}; run it in JupyterLab to see more") from error
    _check_every_cell_ran(notebook, executed)
    return _normalised(executed, parameters)


def _quiet() -> None:
    """The kernel of this environment, the same hashing in each, and no log lines of papermill's."""
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["PYTHONHASHSEED"] = "0"
    logging.getLogger("papermill").setLevel(logging.ERROR)
    logging.getLogger("traitlets").setLevel(logging.ERROR)


def _cell_failure(notebook: Path, error: Any) -> str:
    import nbformat

    cells = nbformat.read(notebook, as_version=4).cells
    name = next((cell.id for cell in cells if cell.source == error.source), error.exec_count)
    return f"{notebook.name}: the cell {name} failed with {error.ename}: {_first_line(error.evalue)}"


def _first_line(text: str) -> str:
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if line.strip()]
    return lines[0] if lines else "no message"


def _check_every_cell_ran(notebook: Path, executed: Any) -> None:
    """A kernel that dies leaves a file that calls itself complete: only cells that ran count."""
    for cell in executed.cells:
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            raise RenderError(f"{notebook.name}: the cell {cell.id} did not run; run it in JupyterLab to see why")


def _normalised(executed: Any, parameters: Mapping[str, Any]) -> Any:
    executed.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "weigh": {"parameters": dict(parameters)},
    }
    for cell in executed.cells:
        for clock in ("papermill", "execution"):
            cell.metadata.pop(clock, None)
        if _INJECTED in cell.metadata.get("tags", ()):
            cell.id = _INJECTED
    return executed


def refresh(notebook: Path, review_folder: Path) -> None:
    """Execute a notebook with its own parameters and store the outputs in it, for nbval to compare with."""
    import nbformat

    executed = execute(notebook, {}, review_folder)
    del executed.metadata["weigh"]
    for cell in executed.cells:
        for output in cell.get("outputs", ()):
            # A widget needs the kernel that made it; without one, a reader would see an error in the place of its text.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    write_file(notebook, (nbformat.writes(executed) + "\n").encode("utf-8"))
