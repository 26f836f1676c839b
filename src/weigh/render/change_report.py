"""The changes between two states, written to a folder as an executed notebook and a page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from weigh.errors import WeighError
from weigh.evidence.write import write_file, writing
from weigh.render.build import ELSEWHERE, MARKER
from weigh.render.notebooks import execute
from weigh.render.sources import find_notebook
from weigh.render.states import folder_named
from weigh.text import lean_schemas  # noqa: F401  (before nbformat, which imports jsonschema)

if TYPE_CHECKING:
    from weigh.changes.compare import Changes

__all__ = ["CHANGES", "write_report"]

#: The notebook that compares two states; `weigh render` omits it because it takes two states as parameters.
CHANGES = "changes"


def write_report(changes: Changes, before: str, after: str, review_folder: Path, out: Path) -> tuple[Path, Path]:
    """Execute notebooks/changes.ipynb on two states, and write the notebook and its page.

    Args:
        changes: the changes between the two states, for the title of the page.
        before: the name of the earlier state, as accepted by `state_at`.
        after: the name of the later state.
        review_folder: the review folder.
        out: the folder to write to; it may exist, but must not be a build of `weigh render`.

    Returns:
        The paths of the notebook and the page.

    Raises:
        WeighError: the folder cannot be written, or is a build folder.
        RenderError: the notebook failed.
    """
    import nbformat

    from weigh.pages.site import changes_page

    source = find_notebook(CHANGES, review_folder)
    notebook, page = out / source.name, out / f"{CHANGES}.html"
    if (out / MARKER).is_file():
        raise WeighError(f"{out}: is a build folder, which the next run replaces; choose another with --out")
    if notebook.resolve() == source.resolve():
        raise WeighError(f"{out}: contains the source notebook itself; choose another folder with --out")
    folder = review_folder.resolve()
    names = {"before": _from(folder, before), "after": _from(folder, after)}
    executed = nbformat.writes(execute(source, names, folder)) + "\n"
    _write(out, {notebook: executed, page: changes_page(executed, changes)})
    return notebook, page


def _from(review_folder: Path, name: str) -> str:
    """Return a name that the kernel can resolve: folders relative to its working folder, the review; revisions as given."""
    folder = folder_named(name, review_folder) if name else None
    return Path(os.path.relpath(folder.resolve(), review_folder)).as_posix() if folder else name


def _write(out: Path, files: Mapping[Path, str]) -> None:
    with writing(out, ELSEWHERE):
        out.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            write_file(path, text.encode("utf-8"), inside=out)
