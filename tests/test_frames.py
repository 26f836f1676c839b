"""The tables of a review as data frames."""

from __future__ import annotations

import pytest

from weigh.errors import NotFoundError
from weigh.evidence.frames import frame
from weigh.evidence.review import TABLES, Review


@pytest.mark.parametrize("table", TABLES)
def test_a_frame_holds_every_record_and_field(mini: Review, table: str) -> None:
    """A data frame has one row per record of a table and one column per field."""
    found = frame(mini, table)

    assert (len(getattr(mini, table)), [n for n in TABLES[table].__dataclass_fields__ if n != "place"]) == (
        len(found),
        list(found.columns),
    )


def test_numbers_can_be_counted_with(mini: Review) -> None:
    """Numbers are numeric, vocabulary values are strings, and several reports of a study share one cell."""
    outcomes, studies = frame(mini, "outcomes"), frame(mini, "studies")

    assert float(sum(o.effect for o in mini.outcomes if o.effect is not None)) == pytest.approx(
        outcomes["effect"].sum()
    )
    assert {str(s.design) for s in mini.studies.values()} == set(studies["design"])
    assert "; ".join(next(s.citation_keys for s in mini.studies.values() if len(s.citation_keys) > 1)) in set(
        studies["citation_keys"]
    )


def test_an_unknown_table_is_named() -> None:
    """An unknown table name is refused with the nearest known one."""
    with pytest.raises(NotFoundError, match="did you mean studies"):
        frame(None, "study")  # type: ignore[arg-type]
