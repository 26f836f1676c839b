"""The notebooks that a run executes: their names, where they stand, and how long a cell may take."""

from __future__ import annotations

import os
import tempfile
from enum import StrEnum
from pathlib import Path

from weigh.errors import WeighError
from weigh.evidence.inputs import packaged

__all__ = [
    "CELL_TIMEOUT",
    "CONCLUSION",
    "REVIEW_NOTEBOOKS",
    "STEADY",
    "TOTAL_TIMEOUT",
    "Engine",
    "find_notebook",
    "refuse_long_temporary_folder",
]

#: The notebook that is run once for each conclusion, and those on the review as a whole.
CONCLUSION = "conclusion"
REVIEW_NOTEBOOKS = ("overview", "audit", "methods", "evidence_map", "criteria")
#: Seconds that one cell, and all cells of one report, may take. A report takes about two, so this only ends what hangs.
CELL_TIMEOUT = 300
TOTAL_TIMEOUT = 900
#: The same order of sets in each report, and no thread of a numeric library that a fork would lose.
STEADY = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
_SOCKET_ROOM = 70  # characters of a folder


class Engine(StrEnum):
    """Where the kernels of reports come from: forks of a process that has all imports done, or new interpreters."""

    WEIGH = "weigh"
    FRESH = "fresh"


def refuse_long_temporary_folder() -> None:
    """Sockets stand in the temporary folder, and the path of one may be 107 characters long at the most.

    Raises:
        WeighError: the folder's own path leaves them no room.
    """
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > _SOCKET_ROOM:
        raise WeighError(f"{folder}: too long a path for sockets; set TMPDIR to a shorter one")


def find_notebook(name: str, review_folder: Path) -> Path:
    """The source notebook: the review folder's own, else the one that travels with the package.

    Raises:
        NotFoundError: there is none of that name.
    """
    own = review_folder / "notebooks" / f"{name}.ipynb"
    if own.is_file():
        return own
    return packaged(f"notebooks/{name}.ipynb")
