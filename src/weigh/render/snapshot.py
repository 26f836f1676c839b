"""A review as read and audited once by a run, for its workers and their kernels to begin with."""

from __future__ import annotations

import pickle
from pathlib import Path

from weigh.checks import audit as auditing
from weigh.checks.audit import Audit
from weigh.render.build import unwritable
from weigh.review import Review, remember

__all__ = ["take", "write"]


def write(path: Path, review: Review, audited: Audit) -> None:
    """Write a snapshot; the run that writes it is the only one to read it."""
    try:
        path.write_bytes(pickle.dumps((review, audited), protocol=pickle.HIGHEST_PROTOCOL))
    except OSError as error:
        raise unwritable(path.parent, error) from error


def take(path: Path) -> None:
    """Let `load_review` and `audit` in this process begin with the snapshot, as long as the evidence is unchanged."""
    review, audited = pickle.loads(path.read_bytes())
    remember(review)
    auditing.remember(review, audited)
