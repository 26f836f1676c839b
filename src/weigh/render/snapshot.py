"""A review as read, audited and summarised once by a run, for its workers and their kernels to begin with."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

from weigh.audit import audit as auditing
from weigh.audit.audit import Audit
from weigh.evidence.review import Review, remember
from weigh.evidence.write import writing
from weigh.render.build import ELSEWHERE
from weigh.summary import conclusion as summarising
from weigh.summary.conclusion import Summary
from weigh.text.lean import collector_paused

__all__ = ["take", "write"]


def write(path: Path, review: Review, audited: Audit, summaries: Mapping[str, Summary]) -> None:
    """Write a snapshot; the run that writes it is the only one to read it."""
    with writing(path.parent, ELSEWHERE):
        # Not flushed: it does not outlive the run.
        path.write_bytes(pickle.dumps((review, audited, summaries), protocol=pickle.HIGHEST_PROTOCOL))


def take(path: Path) -> None:
    """Let `load_review`, `audit` and `summarise` here begin with the snapshot, as long as the evidence is unchanged."""
    with collector_paused():
        review, audited, summaries = pickle.loads(path.read_bytes())
    remember(review)
    auditing.remember(review, audited)
    summarising.remember(review, audited, summaries)
