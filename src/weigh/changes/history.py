"""The next row of evidence/history.csv, drafted from what changed; a person edits it before it is true."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterator

from weigh.changes.cell_words import pair_words
from weigh.changes.compare import Changes
from weigh.changes.moves import Move
from weigh.changes.rows import Kind
from weigh.evidence.model import HistoryRow
from weigh.wording.sentences import listed

__all__ = ["DRAFT", "history_csv", "history_row"]

#: What marks the row as one that nobody has read yet.
DRAFT = "DRAFT, to be edited: "
#: A change in one of these is more than a review: the guideline says something else.
_REVISING = ("conclusions", "criteria", "codes")
_BROUGHT_UP_TO_DATE = {
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
    """The drafted row by column.

    The date is that of the last review where guideline.toml has a new one, and else left open: nobody but the
    committee knows it. The status is Revised where conclusions, criteria or codes changed, and else Reviewed.
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
    """The header of history.csv and the drafted row."""
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
    changed = [words for table, words in _BROUGHT_UP_TO_DATE.items() if changes.rows.get(table)]
    if changed:
        yield f"{listed(changed)} brought up to date"
    for kind, words in ((Kind.ADDED, "added"), (Kind.GONE, "taken out")):
        conclusions = [move.condition for move in changes.moves if move.kind is kind]
        if conclusions:
            yield f"{listed(conclusions)} {words}"


def _verdicts(changes: Changes) -> Iterator[str]:
    for name in ("position", "verdict", "certainty"):
        moved = [words for move in changes.moved if (words := _moved(move, name, changes))]
        if moved:
            yield f"{name} moved on {listed(moved)}"
    if votes := [move.condition for move in changes.moved if not move.values]:
        yield f"votes of studies moved on {listed(votes)}, no verdict by it"


def _moved(move: Move, name: str, changes: Changes) -> str:
    cell = move.value(name)
    return f"{move.condition} ({pair_words(cell, changes.intervention)})" if cell else ""
