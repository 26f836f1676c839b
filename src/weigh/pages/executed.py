"""The cells of an executed notebook, read from the text of its file without a notebook library."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["cells_of", "output_of"]


def cells_of(notebook: str) -> list[dict[str, Any]]:
    """The cells of a notebook, with each source and output joined from the list of lines in the file."""
    cells: list[dict[str, Any]] = json.loads(notebook)["cells"]
    for cell in cells:
        cell["source"] = "".join(cell["source"])
        for output in cell.get("outputs", ()):
            if "text" in output:
                output["text"] = "".join(output["text"])
            for kind in ("text/html", "text/plain"):
                if kind in output.get("data", {}):
                    output["data"][kind] = "".join(output["data"][kind])
    return cells


def output_of(notebook: str, cell_id: str) -> str:
    """The HTML output of a cell of an executed notebook; empty if there is none.

    Args:
        notebook: the text of the notebook.
        cell_id: the id of the cell.
    """
    outputs = [output for cell in cells_of(notebook) if cell["id"] == cell_id for output in cell.get("outputs", ())]
    return "".join(output.get("data", {}).get("text/html", "") for output in outputs)
