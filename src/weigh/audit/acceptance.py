"""Acceptance of a finding: a row of accepted.csv records who reviewed it, when, and why it remains."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from weigh.audit.audit import Audit, facts_of
from weigh.errors import NotFoundError, WeighError
from weigh.evidence.inputs import EVIDENCE
from weigh.evidence.lock import editing
from weigh.evidence.tables import did_you_mean
from weigh.evidence.write import csv_text, write_table

__all__ = ["ACCEPTED", "accept"]

ACCEPTED = f"{EVIDENCE}/accepted.csv"


def accept(folder: Path, audited: Audit, code: str, subject: str, *, reason: str, who: str, when: dt.date) -> str:
    """Add an acceptance to accepted.csv, in place of an older one of the same finding.

    Args:
        folder: the review folder.
        audited: the audit of it.
        code: code of the finding.
        subject: its subject.
        reason: why it is accepted.
        who: who looked at it.
        when: on which day.

    Returns:
        The sentence of what was accepted.

    Raises:
        NotFoundError: no such finding; the message names the nearest one.
        BusyError: another process keeps the tables for too long.
        WeighError: the reason or the name is missing, or the table cannot be written.
    """
    if not reason.strip() or not who.strip():
        raise WeighError("an acceptance needs a reason and a name; give --reason and --who")
    found = [*audited.open, *(finding for finding, _ in audited.accepted)]
    fitting = [finding for finding in found if (finding.code, finding.subject) == (code, subject)]
    if not fitting:
        known = {f"{finding.code} {finding.subject}" for finding in found}
        raise NotFoundError(
            f"no finding {code} on {subject}{did_you_mean(f'{code} {subject}', known) or '; see weigh check'}"
        )
    cells = {
        "code": code,
        "subject": subject,
        "reason": reason,
        "who": who,
        "when": when.isoformat(),
        "facts": facts_of(fitting),
    }
    with editing(folder):
        with (folder / ACCEPTED).open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        key = header.index("code"), header.index("subject")
        kept = [row for row in rows if (row[key[0]], row[key[1]]) != (code, subject)]
        write_table(folder, ACCEPTED, csv_text(header, [*kept, [cells.get(name, "") for name in header]]))
    return f"Accepted {code} on {subject}: {fitting[0].message}"
