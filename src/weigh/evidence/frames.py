"""The tables of a review as pandas data frames, for exploration in a notebook."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from weigh.errors import NotFoundError
from weigh.evidence.p_value import PValue
from weigh.evidence.review import TABLES, Review
from weigh.evidence.tables import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame"]


def frame(review: Review, table: str) -> pd.DataFrame:
    """One table of a review as a data frame with one row per record, one column per field, and numeric dtypes.

    Args:
        review: the review.
        table: the name of a table, such as "studies".

    Raises:
        NotFoundError: there is no table of that name.
    """
    import pandas as pd

    if table not in TABLES:
        raise NotFoundError(
            f"no table {table!r} in a review{did_you_mean(table, TABLES) or '; choose from ' + ', '.join(TABLES)}"
        )
    found = getattr(review, table)
    records: Iterable[Any] = found.values() if hasattr(found, "values") else found
    columns = [f.name for f in dataclasses.fields(TABLES[table]) if f.name != "place"]
    return pd.DataFrame([[_cell(getattr(record, name)) for name in columns] for record in records], columns=columns)


def _cell(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, PValue):
        return value.printed
    return "; ".join(value) if isinstance(value, tuple) else value
