"""PDF."""

from __future__ import annotations
from collections.abc import Iterator
from weigh.importer.found import Remark


def read_pages(content: bytes, name: str, remarks: list[Remark]) -> Iterator[list[str]]:
    """Not yet."""
    raise NotImplementedError
