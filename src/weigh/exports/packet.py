"""The input of every export: the summaries of all conclusions, or of selected ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.audit.audit import Audit, audit
from weigh.evidence.review import Review
from weigh.summary.conclusion import Summary, summarise
from weigh.summary.overview import Overview, overview_of

__all__ = ["Packet", "packet_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A review with the summaries to export, in order of need for discussion."""

    review: Review
    audited: Audit
    overview: Overview
    summaries: tuple[Summary, ...]

    def __repr__(self) -> str:
        return f"<Packet {self.review.guideline.number}: {len(self.summaries)} conclusions>"


def packet_of(review: Review, conclusion_ids: Sequence[str] = ()) -> Packet:
    """The packet of a review.

    Args:
        review: the review.
        conclusion_ids: the conclusions to export; by default all.

    Raises:
        NotFoundError: the review does not contain a conclusion.
    """
    audited = audit(review)
    wanted = dict.fromkeys(review.conclusion(name).conclusion_id for name in conclusion_ids) or review.conclusions
    summaries = {name: summarise(name, review, audited) for name in wanted}
    every = overview_of(review.guideline, summaries.values())
    return Packet(
        review=review,
        audited=audited,
        overview=every,
        summaries=tuple(summaries[line.conclusion_id] for line in every.lines),
    )
