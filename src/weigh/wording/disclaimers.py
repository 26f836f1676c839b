"""What weigh is not: the statement on every page and export of the evidence, and on every reading of the criteria."""

from __future__ import annotations

__all__ = ["CRITERIA_AID", "EVIDENCE_AID"]

#: Without a final period, because it also continues a sentence.
EVIDENCE_AID = "An aid to reading the evidence, not advice on the care of a patient"
CRITERIA_AID = "An aid to reading the guideline: not a coverage decision, and not advice on care."
