"""HTML."""

from __future__ import annotations
from weigh.importer.found import Remark
from weigh.importer.lines import Line


def read_markup(text: str, name: str, most: int, remarks: list[Remark]) -> tuple[list[Line], list[Line]]:
    """Not yet."""
    raise NotImplementedError
