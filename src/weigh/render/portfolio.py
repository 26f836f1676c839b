"""A portfolio: a folder of review folders, rendered in one run."""

from __future__ import annotations

from pathlib import Path

from weigh.errors import ReviewNotFoundError
from weigh.evidence.inputs import DESCRIPTOR
from weigh.render.build import default_build
from weigh.render.task import Task

__all__ = ["tasks_of"]


def tasks_of(portfolio: Path, out: Path | None = None) -> list[Task]:
    """Return a task for each review folder directly inside a folder, by name, with its build folder.

    Args:
        portfolio: the folder of review folders.
        out: the folder of build folders, each of the name of its review; by default each review has its own.

    Raises:
        ReviewNotFoundError: the portfolio contains no review folder.
    """
    folders = sorted(path.parent.parent for path in portfolio.glob(f"*/{DESCRIPTOR}"))
    if not folders:
        raise ReviewNotFoundError(
            f"{portfolio}: none of its folders contains {DESCRIPTOR}; pass a folder of review folders"
        )
    return [Task(folder, default_build(folder) if out is None else out / folder.name) for folder in folders]
