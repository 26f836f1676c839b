"""Execute a notebook: check its parameters first, and strip times and random ids from the result."""

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
    """Refuse parameters that the notebook does not declare; papermill itself would only warn and inject them.

    Raises:
        RenderError: an unknown parameter, with the closest known one.
    """
    import papermill

    try:
        known = papermill.inspect_notebook(str(notebook))
    except (ValueError, KeyError) as error:  # not a notebook, or one without a kernel name
        raise RenderError(f"{notebook.name}: {_first_line(str(error))}; save it again from JupyterLab") from error
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
    """Execute a notebook with papermill in a separate kernel.

    Args:
        notebook: the source notebook.
        parameters: values for its parameters cell.
        review_folder: the folder that the notebook reads and its kernel's working folder.
        timeout: seconds allowed per cell.
        engine: how its kernel is started; the result is the same.

    Returns:
        The executed notebook (nbformat NotebookNode): identical bytes for identical evidence, at any time and path.

    Raises:
        RenderError: an unknown parameter or a failed cell.
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
                None,  # given a path, papermill would rewrite the file after each cell
                parameters=dict(parameters),
                progress_bar=False,
                kernel_name="python3",
                engine_name="weigh" if engine is Engine.WEIGH else "weigh-fresh",
                execution_timeout=timeout,
                resources={
                    "metadata": {"path": str(review_folder)}
                },  # papermill's own `cwd` would change directory here
            )
    except PapermillExecutionError as error:
        raise RenderError(_cell_failure(notebook, error)) from error
    except RenderError as error:  # a timeout, a dead kernel or fork server
        raise RenderError(f"{notebook.name}: {error}") from error
    except RuntimeError as error:  # a kernel that did not start
        raise RenderError(f"{notebook.name}: {_first_line(str(error))}; run it in JupyterLab to see more") from error
    _check_every_cell_ran(notebook, executed)
    return _normalised(executed, parameters)


def _quiet() -> None:
    """Select this environment's kernel, fix its hash seed and silence papermill's log."""
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
    """Check that every cell ran: a notebook whose kernel died is still marked as complete."""
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
    """Execute a notebook with its default parameters and save the outputs in it, as the reference for nbval."""
    import nbformat

    executed = execute(notebook, {}, review_folder)
    del executed.metadata["weigh"]
    for cell in executed.cells:
        for output in cell.get("outputs", ()):
            # A widget needs its kernel; without one, the reader would see an error instead of its text.
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    write_file(notebook, (nbformat.writes(executed) + "\n").encode("utf-8"))
