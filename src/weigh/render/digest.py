"""The digest of a scheduled run: changes since the last finished run, and reviews that fell due."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weigh.errors import WeighError

if TYPE_CHECKING:
    from weigh.audit.audit import Audit
    from weigh.changes.compare import Changes
    from weigh.changes.state import State
    from weigh.evidence.model import Finding
    from weigh.evidence.review import Review

__all__ = ["DIGEST_FILES", "Digest", "last_state", "make_digest"]

_MARKDOWN, _JSON = "digest.md", "digest.json"
DIGEST_FILES = (_MARKDOWN, _JSON)
_FIRST = "First finished run of this build folder: nothing to compare with."


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The report of a scheduled run; `changes` is None in a first run, which has nothing to compare with.

    `due` holds the findings that depend on the date, such as an overdue review, and `due_new` those that the previous
    digest did not report. `since` is the time at which the previous run finished.
    """

    guideline: str
    day: dt.date
    since: str | None
    changes: Changes | None
    due: tuple[Finding, ...]
    due_new: tuple[Finding, ...]
    rendered: tuple[str, ...]
    failed: Mapping[str, str]

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to report: no change, nothing newly due, no failed report."""
        return self.changes is not None and self.changes.nothing and not self.due_new and not self.failed

    @property
    def brief(self) -> tuple[str, ...]:
        """The opening sentences, for the terminal and the top of the file."""
        from weigh.changes.words import brief

        if self.changes is None:
            lines = [_FIRST]
        else:
            lines = [f"Since the run of {self.since}:" if self.since else "Since the last run:", *brief(self.changes)]
        lines += [f"{_sentence(finding)}." for finding in self.due_new]
        return (*lines, *(f"{name} failed: {why}." for name, why in sorted(self.failed.items())))

    def files(self) -> dict[str, str]:
        """The text of `digest.md`, for people, and `digest.json`, for programs, by file name."""
        return {_MARKDOWN: self._markdown(), _JSON: json.dumps(self.as_json(), indent=1, ensure_ascii=False) + "\n"}

    def as_json(self) -> dict[str, Any]:
        """The digest as JSON data; `changes` has the format of `weigh diff --format json`."""
        return {
            "guideline": self.guideline,
            "day": self.day.isoformat(),
            "since": self.since,
            "nothing": self.nothing,
            "changes": None if self.changes is None else self.changes.as_json(),
            "due": [finding.as_json() for finding in self.due],
            "due_new": [finding.as_json() for finding in self.due_new],
            "rendered": list(self.rendered),
            "failed": dict(sorted(self.failed.items())),
        }

    def _markdown(self) -> str:
        from weigh.changes.words import changes_markdown, escaped

        blocks = [f"# Guideline {escaped(self.guideline)}: changes, {self.day.isoformat()}"]
        if self.changes is None:
            blocks.append(_FIRST)
        else:
            since = f"Since the run that finished at {self.since}." if self.since else "Since the last finished run."
            blocks += [since, changes_markdown(self.changes).rstrip()]
        new = {finding.message for finding in self.due_new}
        due = [f"- {escaped(_sentence(f))}{' (new)' if f.message in new else ''}" for f in self.due]
        failed = [f"- {escaped(name)}: {escaped(why)}" for name, why in sorted(self.failed.items())]
        for heading, lines in (("Due by date", due), ("Failed reports", failed)):
            if lines:
                blocks.append(f"## {heading}\n\n" + "\n".join(lines))
        count = len(self.rendered)
        blocks.append(f"{count} {'report was' if count == 1 else 'reports were'} rendered.")
        return "\n\n".join(blocks) + "\n"


def _sentence(finding: Finding) -> str:
    return finding.message[:1].upper() + finding.message[1:]


def last_state(out: Path) -> State | None:
    """Return the state saved by the last finished run; None if there is none that this version can read."""
    from weigh.changes.state import STATE, State

    try:
        return State.from_json(json.loads((out / STATE).read_bytes()))
    except (OSError, ValueError, WeighError):
        return None


def make_digest(
    review: Review,
    audited: Audit,
    states: tuple[State | None, State],
    out: Path,
    day: dt.date,
    *,
    since: str | None,
    rendered: tuple[str, ...] = (),
    failed: Mapping[str, str] | None = None,
) -> Digest:
    """Return the digest of a run that is about to finish.

    Args:
        review: the review as this run read it.
        audited: its audit, made without a date.
        states: the state saved by the last finished run, and the current one.
        out: the build folder, which holds the previous digest.
        day: the date against which due dates are checked.
        since: the time at which the last run finished.
        rendered: the reports that this run rendered.
        failed: the error message of each failed report.
    """
    from weigh.audit.audit import audit
    from weigh.changes.compare import compare

    before, now = states
    known = {(finding.code, finding.subject) for finding in audited.open}
    due = tuple(f for f in audit(review, today=day).open if (f.code, f.subject) not in known)
    reported = _reported_as_due(out)
    return Digest(
        guideline=review.guideline.number,
        day=day,
        since=since if before is not None else None,
        changes=None if before is None else compare(before, now),
        due=due,
        due_new=tuple(f for f in due if (f.code, f.subject) not in reported),
        rendered=rendered,
        failed=failed or {},
    )


def _reported_as_due(out: Path) -> set[tuple[str, str]]:
    """Return what the previous digest reported as due."""
    try:
        return {(found["code"], found["subject"]) for found in json.loads((out / _JSON).read_bytes())["due"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
