"""Every error that weigh raises on purpose, under one root."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "BusyError",
    "EvidenceError",
    "GuidelineTextError",
    "NotFoundError",
    "RenderError",
    "ReviewNotFoundError",
    "WeighError",
]


class WeighError(Exception):
    """Root of weigh's own errors; its text is one sentence for a person."""

    exit_code = 2


class ReviewNotFoundError(WeighError):
    """No review folder where one was expected."""


class NotFoundError(WeighError):
    """An id or a name that the review folder does not hold."""


class EvidenceError(WeighError):
    """The review folder breaks its own schema.

    `problems` holds one sentence for each defect, so that a person can mend them all in one go.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class GuidelineTextError(WeighError):
    """A file that should hold the text of a guideline cannot be read."""


class BusyError(WeighError):
    """Another run holds the folder."""

    exit_code = 4


class RenderError(WeighError):
    """A notebook could not be rendered."""

    exit_code = 3
