"""Every row of a review as text, with a readable name, for the comparison of two states."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weigh.evidence.model import Reference
from weigh.evidence.review import Review

__all__ = ["CODES", "NOTICES", "REFERENCES", "Row", "guideline_cells", "rows_of"]

REFERENCES, NOTICES, CODES = "references", "notices", "codes"

#: The key columns of each table. Three tables are omitted: code titles come from the code book, and their changes show as
#: findings; acceptances are stored with the findings; sign-offs change no evidence, and the signed page itself shows what
#: changed since.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "conclusions": ("conclusion_id",),
    "criteria": ("criterion_id",),
    "citations": ("citation_id",),
    "listings": ("list", "number"),
    "studies": ("study_id",),
    "outcomes": ("outcome_id",),
    "appraisals": ("study_id", "tool", "domain"),
    "certainty": ("conclusion_id", "domain"),
    CODES: ("row_id",),
    "candidates": ("candidate_id",),
    "history": ("history_id",),
    "devices": ("device_id",),
    "glossary": ("term_id",),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a readable name, and its non-empty cells as text."""

    name: str
    cells: Mapping[str, str]


def rows_of(review: Review) -> dict[str, dict[str, Row]]:
    """Return the rows of every table, of the bibliography and of the notices, by table and key."""
    name = _Names(review)
    rows = {table: dict(_table(review, table, keys, name.of(table))) for table, keys in _KEYS.items()}
    rows[REFERENCES] = {
        key: Row(reference.short, _reference(reference)) for key, reference in review.references.items()
    }
    rows[NOTICES] = dict(_notices(review))
    return rows


def guideline_cells(review: Review) -> dict[str, str]:
    """Return the contents of guideline.toml, as text."""
    return _cells(review.guideline)


def _table(review: Review, table: str, keys: tuple[str, ...], name: Callable[[Any], str]) -> Iterator[tuple[str, Row]]:
    found = getattr(review, table)
    for record in found.values() if isinstance(found, Mapping) else found:
        yield "/".join(str(getattr(record, key)) for key in keys), Row(name(record), _cells(record))


def _cells(record: Any) -> dict[str, str]:
    values = ((f.name, getattr(record, f.name)) for f in dataclasses.fields(record) if f.name != "place")
    return {name: _text(value) for name, value in values if value not in (None, "", ())}


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _reference(reference: Reference) -> dict[str, str]:
    authors = "; ".join(", ".join(part for part in author if part) for author in reference.authors)
    values = {"kind": reference.kind, "title": reference.title, "author": authors, **reference.fields}
    return {name: value for name, value in values.items() if value}


def _notices(review: Review) -> Iterator[tuple[str, Row]]:
    for key, notices in (review.notices.by_reference if review.notices else {}).items():
        for notice in notices:
            cells = {
                "citation_key": key,
                "nature": notice.nature,
                "date": notice.date,
                "matched_by": notice.matched_by,
                "reason": notice.reason,
            }
            name = f"{notice.nature} of {notice.date or 'unknown date'}: {review.references[key].short}"
            yield f"{key}/{notice.nature}/{notice.date}", Row(name, {k: text for k, text in cells.items() if text})


class _Names:
    """Readable names for the rows of each table."""

    def __init__(self, review: Review) -> None:
        self._conditions = {name: conclusion.condition for name, conclusion in review.conclusions.items()}
        self._studies = {name: review.study_name(name) for name in review.studies}

    def of(self, table: str) -> Callable[[Any], str]:
        """Return the function that names the rows of a table."""
        studies, conditions = self._studies, self._conditions
        names: dict[str, Callable[[Any], str]] = {
            "conclusions": lambda row: row.condition,
            "criteria": lambda row: row.label,
            "citations": lambda row: f"“{row.cited_as}” for {conditions[row.conclusion_id]}",
            "listings": lambda row: f"no. {row.number} of the {row.list.value.replace('_', '-')} list",
            "studies": lambda row: studies[row.study_id],
            "outcomes": lambda row: (
                f"{studies[row.study_id]}, {row.measure} ({row.timepoint or 'time not stated'}, "
                f"{row.contrast.value.replace('_', ' ')})"
            ),
            "appraisals": lambda row: f"{studies[row.study_id]}, {row.tool} {row.domain.replace('_', ' ')}",
            "certainty": lambda row: (
                f"{conditions[row.conclusion_id]}, {row.domain.replace('_', ' ')} ({row.judged_by})"
            ),
            CODES: lambda row: (
                f"{row.system} {row.label if row.first else f'title “{row.printed_title}” without a code'}"
            ),
            "candidates": lambda row: row.citation,
            "history": lambda row: f"{row.status}, {row.date or 'no date'}",
            "devices": lambda row: row.name,
            "glossary": lambda row: row.term,
        }
        return names[table]
