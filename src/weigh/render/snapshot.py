"""A snapshot of the review as read, audited and summarised by a run, to be loaded by its kernels."""

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

__all__ = ["load", "write"]


def write(path: Path, review: Review, audited: Audit, summaries: Mapping[str, Summary]) -> None:
    """Write a snapshot, to be read only by the run that wrote it."""
    with writing(path.parent, ELSEWHERE):
        # Not flushed: it does not outlive the run.
        path.write_bytes(pickle.dumps((review, audited, summaries), protocol=pickle.HIGHEST_PROTOCOL))


def load(path: Path) -> None:
    """Let `load_review`, `audit` and `summarise` in this process start from the snapshot while the evidence is unchanged."""
    with collector_paused():
        review, audited, summaries = pickle.loads(path.read_bytes())
    remember(review)
    auditing.remember(review, audited)
    summarising.remember(review, audited, summaries)
