"""The error for an export format that requires a missing package or system library."""

from __future__ import annotations

from weigh.errors import WeighError

__all__ = ["MissingExtraError"]


class MissingExtraError(WeighError):
    """A format requires something that is not installed; the message states how to install it."""
