"""A snapshot of ICD-10-CM titles, stored in evidence/code_titles.csv so that no run needs the code book.

Importing the code book takes seconds; only `weigh codes snapshot` and the test that re-derives the table do so.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from weigh.errors import WeighError
from weigh.evidence.inputs import EVIDENCE
from weigh.evidence.lock import editing
from weigh.evidence.model import CodeRange
from weigh.evidence.review import load_review
from weigh.evidence.write import csv_text, write_table
from weigh.text.installing import needs

__all__ = ["CODE_TITLES", "SYSTEM", "snapshot", "write_snapshot"]

SYSTEM = "ICD-10-CM"
CODE_TITLES = f"{EVIDENCE}/code_titles.csv"
_PACKAGE = "simple-icd-10-cm"
#: The release of the code book in each release of the package, whose data do not state it.
_RELEASES = {"1.5.0": "April 2026"}
_HEADER = ("code", "title", "billable", "release")


def snapshot(ranges: Iterable[CodeRange]) -> str:
    """The table code_titles.csv for the ICD-10-CM codes of a code table.

    For a single code, the code and the category above it; for a range, everything below the nearest category that
    contains both ends, so that a code omitted from the range is visible.

    Raises:
        WeighError: the code-book package is not installed.
    """
    book, release = _open()
    wanted: dict[str, None] = {}
    for item in ranges:
        if item.system == SYSTEM and item.first is not None:
            wanted |= dict.fromkeys(_neighbourhood(book, item.first, item.last or item.first))
    rows = ((code, book.get_description(code), "true" if book.is_leaf(code) else "false", release) for code in wanted)
    return csv_text(_HEADER, rows)


def write_snapshot(folder: Path) -> Path:
    """Write code_titles.csv of a review folder from the code book.

    Args:
        folder: the review folder.

    Returns:
        The table.

    Raises:
        BusyError: another process keeps the tables for too long.
        EvidenceError: the folder breaks its schema.
        WeighError: the code book is not installed, or the table cannot be written.
    """
    with editing(folder):
        write_table(folder, CODE_TITLES, snapshot(load_review(folder).codes))
    return folder / CODE_TITLES


def _open() -> tuple[Any, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import simple_icd_10_cm

        installed = version(_PACKAGE)
    except (ImportError, PackageNotFoundError) as error:
        raise WeighError(needs("reading the ICD-10-CM code book", _PACKAGE)) from error
    return simple_icd_10_cm, f"{SYSTEM} {_RELEASES.get(installed, f'as of {_PACKAGE} {installed}')}"


def _neighbourhood(book: Any, first: str, last: str) -> list[str]:
    """The codes needed to check a range; codes not in the book are omitted and therefore reported as unknown."""
    known = [code for code in (first, last) if book.is_valid_item(code)]
    if not known:
        return []
    above = (
        book.get_nearest_common_ancestor(first, last)
        if len(known) == 2 and first != last
        else book.get_parent(known[0])
    )
    if not book.is_category_or_subcategory(above):
        return known
    return [above, *known] if first == last else [above, *book.get_descendants(above)]
