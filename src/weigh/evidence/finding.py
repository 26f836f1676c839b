"""Where a value stands, and what a check says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from weigh.text.glance import one_line

__all__ = ["Finding", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: file relative to the review folder, row and column name.

    Rows count from 1 as a spreadsheet counts them, the header being row 1; in other files they are lines.
    """

    file: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.row, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect that a check reports.

    `kind` is "data" (our own folder is broken) or "guideline" (a question to the committee).
    """

    code: str
    kind: str
    severity: str
    subject: str
    place: Place
    message: str
    fix: str
    conclusions: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return one_line(self, f"{self.severity}, {self.code}: {self.message}")

    def __str__(self) -> str:
        return f"{self.place}: {self.message}; {self.fix} [{self.code}]"

    def as_json(self) -> dict[str, Any]:
        """The finding with the keys that other programs read."""
        return {
            "code": self.code,
            "kind": self.kind,
            "severity": self.severity,
            "subject": self.subject,
            "file": self.place.file,
            "row": self.place.row,
            "column": self.place.column,
            "message": self.message,
            "fix": self.fix,
            "conclusions": list(self.conclusions),
        }
