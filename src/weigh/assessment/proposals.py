"""Writes proposed certainty judgements to certainty.csv, next to those of the committee."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from weigh.assessment.certainty import PROPOSED, proposals
from weigh.assessment.dossier import gather
from weigh.assessment.verdict import judge
from weigh.evidence.lock import editing
from weigh.evidence.model import CertaintyJudgement
from weigh.evidence.review import load_review
from weigh.evidence.write import csv_text, write_table

__all__ = ["propose"]

TABLE = "evidence/certainty.csv"
_COLUMNS = tuple(f.name for f in dataclasses.fields(CertaintyJudgement) if f.name != "place")


def propose(folder: Path) -> str:
    """Write what the rules propose for every conclusion; the committee's rows stay as they are.

    Args:
        folder: the review folder.

    Returns:
        What was written, in one sentence.

    Raises:
        BusyError: another process keeps the tables for too long.
        EvidenceError: the folder breaks its schema.
        WeighError: the table cannot be written.
    """
    with editing(folder):
        return _propose(folder)


def _propose(folder: Path) -> str:
    review = load_review(folder)
    kept = [
        [str(value) if value is not None else "" for value in (getattr(row, name) for name in _COLUMNS)]
        for row in review.certainty
        if row.judged_by != PROPOSED
    ]
    judged = {(row.conclusion_id, row.domain) for row in review.certainty if row.judged_by != PROPOSED}
    proposed = [
        [name, rating.domain, rating.judgement, rating.reason, PROPOSED, ""]
        for name in review.conclusions
        for rating in proposals(judge(gather(review, name)).assessment)
        if (name, rating.domain) not in judged
    ]
    write_table(folder, TABLE, csv_text(_COLUMNS, kept + proposed))
    rated = len({cells[0] for cells in proposed})
    return f"{len(proposed)} proposals on {rated} of {len(review.conclusions)} conclusions in {TABLE}; {len(kept)} rows of the committee kept"
