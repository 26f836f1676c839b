"""A draft of the next row of evidence/history.csv, made from the changes and to be edited by a person."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterator

from weigh.changes.cell_words import pair_words
from weigh.changes.compare import Changes
from weigh.changes.moves import Move
from weigh.changes.rows import RowChangeKind
from weigh.evidence.model import HistoryRow
from weigh.wording.sentences import listed

__all__ = ["DRAFT", "history_csv", "history_row"]

#: Marks a row that still needs editing.
DRAFT = "DRAFT, to be edited: "
#: Tables whose changes revise the guideline itself.
_REVISING = ("conclusions", "criteria", "codes")
_UPDATED = {
    "conclusions": "statements of conclusions",
    "criteria": "criteria",
    "codes": "coding",
    "citations": "citations",
    "listings": "reference lists",
    "references": "references",
    "studies": "studies",
    "outcomes": "outcomes",
}


def history_row(changes: Changes) -> dict[str, str]:
    """Return the drafted row, by column.

    The date is the date of the last review if that changed in guideline.toml; otherwise it stays empty, because only the
    committee knows it. The status is Revised if conclusions, criteria or codes changed, otherwise Reviewed.
    """
    reviewed = next((cell.after for cell in changes.guideline if cell.column == "last_review_date"), None) or ""
    revised = any(changes.rows.get(table) for table in _REVISING)
    row = {
        "history_id": f"h-{reviewed or 'draft'}",
        "status": "Revised" if revised else "Reviewed",
        "date": reviewed,
        "organization": changes.organization,
        "document": "",
        "action": DRAFT + _action(changes),
    }
    return {f.name: row[f.name] for f in dataclasses.fields(HistoryRow) if f.name != "place"}


def history_csv(changes: Changes) -> str:
    """Return the header of history.csv and the drafted row, as CSV."""
    row = history_row(changes)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(row), lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    return buffer.getvalue()


def _action(changes: Changes) -> str:
    clauses = [*_tables(changes), *_verdicts(changes)]
    text = "; ".join(clauses) or "nothing changed"
    return f"{text[:1].upper()}{text[1:]}."


def _tables(changes: Changes) -> Iterator[str]:
    changed = [words for table, words in _UPDATED.items() if changes.rows.get(table)]
    if changed:
        yield f"{listed(changed)} updated"
    for kind, words in ((RowChangeKind.ADDED, "added"), (RowChangeKind.GONE, "removed")):
        conclusions = [move.condition for move in changes.moves if move.kind is kind]
        if conclusions:
            yield f"{listed(conclusions)} {words}"


def _verdicts(changes: Changes) -> Iterator[str]:
    for name in ("position", "verdict", "certainty"):
        changed = [words for move in changes.moved if (words := _changed(move, name, changes))]
        if changed:
            yield f"{name} changed for {listed(changed)}"
    if votes := [move.condition for move in changes.moved if not move.values]:
        yield f"study votes changed for {listed(votes)} without changing a verdict"


def _changed(move: Move, name: str, changes: Changes) -> str:
    cell = move.value(name)
    return f"{move.condition} ({pair_words(cell, changes.intervention)})" if cell else ""
