"""Acceptance of a finding: a row of accepted.csv records who reviewed it, when, and why it remains."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

from weigh.audit.audit import Audit, facts_of
from weigh.errors import NotFoundError, WeighError
from weigh.evidence.inputs import EVIDENCE
from weigh.evidence.tables import did_you_mean

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
        WeighError: no reason or no name is given.
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
    path = folder / ACCEPTED
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    cells = {
        "code": code,
        "subject": subject,
        "reason": reason,
        "who": who,
        "when": when.isoformat(),
        "facts": facts_of(fitting),
    }
    key = header.index("code"), header.index("subject")
    kept = [row for row in rows if (row[key[0]], row[key[1]]) != (code, subject)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted([*kept, [cells.get(name, "") for name in header]]))
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(buffer.getvalue().encode("utf-8"))
    beside.replace(path)
    return f"Accepted {code} on {subject}: {fitting[0].message}"
