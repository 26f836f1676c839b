"""An executed notebook as a page takes it: its cells, from the text of its file, without a library for notebooks."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["cells_of", "output_of"]


def cells_of(notebook: str) -> list[dict[str, Any]]:
    """The cells of a notebook's text, each source and output in one piece; a file keeps them as lists of lines."""
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
    """The HTML that a cell of an executed notebook shows; empty where there is none.

    Args:
        notebook: the notebook's text.
        cell_id: the id of the cell.
    """
    outputs = [output for cell in cells_of(notebook) if cell["id"] == cell_id for output in cell.get("outputs", ())]
    return "".join(output.get("data", {}).get("text/html", "") for output in outputs)
