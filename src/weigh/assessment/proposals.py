"""Writes proposed certainty judgements to certainty.csv, next to those of the committee."""

from __future__ import annotations

import csv
import dataclasses
import io
from pathlib import Path

from weigh.assessment.certainty import PROPOSED, proposals
from weigh.assessment.dossier import gather
from weigh.assessment.verdict import judge
from weigh.errors import WeighError
from weigh.evidence.model import CertaintyJudgement
from weigh.evidence.review import Review

__all__ = ["propose"]

TABLE = "evidence/certainty.csv"
_COLUMNS = tuple(f.name for f in dataclasses.fields(CertaintyJudgement) if f.name != "place")


def propose(review: Review, folder: Path) -> str:
    """Write what the rules propose for every conclusion; rows of the committee stay as they are.

    Args:
        review: the review.
        folder: its folder.

    Returns:
        What was written, in one sentence.

    Raises:
        WeighError: the table cannot be written.
    """
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
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(sorted(kept + proposed))
    path = folder / TABLE
    temporary = path.with_name(f".{path.name}.new")
    try:
        temporary.write_bytes(buffer.getvalue().encode("utf-8"))
        temporary.replace(path)
    except OSError as error:
        raise WeighError(f"{TABLE} cannot be written: {error.strerror}; free space or rights and try again") from None
    rated = len({cells[0] for cells in proposed})
    return f"{len(proposed)} proposals on {rated} of {len(review.conclusions)} conclusions in {TABLE}; {len(kept)} rows of the committee kept"
