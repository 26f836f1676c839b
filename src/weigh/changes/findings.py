"""Compare the findings of two states: new, settled, changed, accepted or reopened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from weigh.changes.state import FindingState, State

__all__ = ["Fate", "FindingChange", "finding_changes"]


class Fate(StrEnum):
    """How a finding changed between two states."""

    NEW = "new"
    SETTLED = "settled"
    CHANGED = "changed"
    ACCEPTED = "accepted"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class FindingChange:
    """One finding whose message, severity or acceptance changed; `before` or `after` is None if it is absent."""

    fate: Fate
    before: FindingState | None
    after: FindingState | None

    @property
    def finding(self) -> FindingState:
        """The current finding, or the former one if it is settled."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a finding change without a finding")
        return found

    def as_json(self) -> dict[str, Any]:
        """The change as JSON data."""
        finding = self.finding
        return {
            "change": self.fate.value,
            "code": finding.code,
            "subject": finding.subject,
            "kind": finding.kind,
            "severity": finding.severity,
            "message": finding.message,
            "message_before": self.before.message if self.before else None,
            "accepted": finding.accepted,
            "conclusions": list(finding.conclusions),
        }


def finding_changes(before: State, after: State) -> tuple[FindingChange, ...]:
    """Return the changed findings, matched by code and subject, in the order of `Fate`."""
    was, now = _by_subject(before.findings), _by_subject(after.findings)
    changes = [change for key in sorted(was.keys() | now.keys()) for change in _matched(was[key], now[key])]
    order = list(Fate)
    return tuple(sorted(changes, key=lambda c: (order.index(c.fate), c.finding.code, c.finding.subject)))


def _by_subject(findings: Iterable[FindingState]) -> defaultdict[tuple[str, str], list[FindingState]]:
    found: defaultdict[tuple[str, str], list[FindingState]] = defaultdict(list)
    for finding in findings:
        found[finding.code, _subject(finding)].append(finding)
    return found


def _subject(finding: FindingState) -> str:
    """Return the subject without its row number, so that inserting a row above does not make a new finding."""
    file, *place = finding.subject.split(":")
    return f"{file}:{place[-1]}" if len(place) > 1 and place[0].isdigit() else finding.subject


def _matched(was: list[FindingState], now: list[FindingState]) -> Iterator[FindingChange]:
    """Match findings with the same message first, then the others in order."""
    left, right = list(was), list(now)
    for old in was:
        same = next((new for new in right if new.message == old.message), None)
        if same is not None:
            left.remove(old)
            right.remove(same)
            yield from _one(old, same)
    matched = min(len(left), len(right))
    for old, new in zip(left[:matched], right[:matched], strict=True):
        yield from _one(old, new)
    yield from (FindingChange(Fate.SETTLED, old, None) for old in left[matched:])
    yield from (FindingChange(Fate.NEW, None, new) for new in right[matched:])


def _one(old: FindingState, new: FindingState) -> Iterator[FindingChange]:
    if (old.accepted is None) != (new.accepted is None):
        yield FindingChange(Fate.REOPENED if new.accepted is None else Fate.ACCEPTED, old, new)
    elif (old.message, old.severity) != (new.message, new.severity):
        yield FindingChange(Fate.CHANGED, old, new)
