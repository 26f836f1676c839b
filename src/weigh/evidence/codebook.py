"""A snapshot of ICD-10-CM titles, stored in evidence/code_titles.csv so that no run needs the code book.

Importing the code book takes seconds; only `weigh codes snapshot` and the test that re-derives the table do so.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from weigh.errors import WeighError
from weigh.evidence.inputs import EVIDENCE
from weigh.evidence.model import CodeRange

__all__ = ["CODE_TITLES", "SYSTEM", "snapshot"]

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
    rows = (
        (code, book.get_description(code), "true" if book.is_leaf(code) else "false", release)
        for code in sorted(wanted)
    )
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows(rows)
    return buffer.getvalue()


def _open() -> tuple[Any, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import simple_icd_10_cm

        installed = version(_PACKAGE)
    except (ImportError, PackageNotFoundError) as error:
        raise WeighError(
            f"the code book is not installed; install weigh with its extra codes, or the package {_PACKAGE}"
        ) from error
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
