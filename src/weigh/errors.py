"""The exceptions that weigh raises deliberately, under one base class."""

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
    """Base class of weigh's exceptions; the text is one sentence for the user: what is wrong, where, and what to do.

    `exit_code` is the status with which the command line ends.
    """

    exit_code = 2


class ReviewNotFoundError(WeighError):
    """No review folder was found where one was expected."""


class NotFoundError(WeighError):
    """An id or a name that is not in the review folder."""


class EvidenceError(WeighError):
    """The review folder violates its schema.

    `problems` holds one sentence per defect, so that all of them can be corrected in one pass.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class GuidelineTextError(WeighError):
    """A file expected to hold the text of a guideline cannot be read."""


class BusyError(WeighError):
    """Another run holds the lock on the folder."""

    exit_code = 4


class RenderError(WeighError):
    """A notebook failed to render."""

    exit_code = 3
