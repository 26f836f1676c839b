"""The notebooks that a run executes: their names, locations and time limits."""

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

#: The notebook executed once per conclusion, and those about the whole review.
CONCLUSION = "conclusion"
REVIEW_NOTEBOOKS = ("overview", "audit", "methods", "evidence_map", "criteria")
#: Seconds allowed per cell and per report. A report takes about two seconds, so only a hanging one reaches the limit.
CELL_TIMEOUT = 300
TOTAL_TIMEOUT = 900
#: Environment of workers and kernels: a fixed order of sets, and no numeric threads, which a fork would lose.
STEADY = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
_LONGEST_FOLDER = 70  # bytes, which leaves 37 for the name of a socket


class Engine(StrEnum):
    """How kernels start: forked from a preloaded process, or as fresh interpreters."""

    WEIGH = "weigh"
    FRESH = "fresh"


def refuse_long_temporary_folder() -> None:
    """Refuse a temporary folder whose path is too long for sockets, which are limited to 107 characters.

    Raises:
        WeighError: the path of the folder is too long.
    """
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > _LONGEST_FOLDER:
        raise WeighError(f"{folder}: path too long for sockets; set TMPDIR to a shorter one")


def find_notebook(name: str, review_folder: Path) -> Path:
    """Return the source notebook: that of the review folder, else the packaged one.

    Raises:
        NotFoundError: there is no notebook of that name.
    """
    own = review_folder / "notebooks" / f"{name}.ipynb"
    if own.is_file():
        return own
    return packaged(f"notebooks/{name}.ipynb")
