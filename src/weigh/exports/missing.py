"""The error of a format that needs a package or a system library that this machine lacks."""

from __future__ import annotations

from weigh.errors import WeighError

__all__ = ["MissingExtraError"]


class MissingExtraError(WeighError):
    """A format needs something that is not installed; the message says how to install it."""
