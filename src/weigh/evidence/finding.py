"""A place in a review folder, and a finding of the audit at such a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from weigh.text.glance import one_line

__all__ = ["Finding", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a value: file (relative to the review folder), row and column name.

    Rows are numbered from 1 as in a spreadsheet, with the header as row 1; in files other than tables they are lines.
    """

    file: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.row, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect reported by the audit.

    `kind` is "data" (a defect of the review folder itself) or "guideline" (a question for the committee); `severity`
    is "error", "warning" or "note".
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
        """The finding as JSON data, with the documented keys."""
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
