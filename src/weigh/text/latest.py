"""A cache of one value, valid while its input is the same."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["Latest"]

T = TypeVar("T")


class Latest(Generic[T]):
    """The latest value that this process computed, with its input.

    The cells of a notebook read, audit and summarise the same review again and again; one slot per step avoids the
    repetition, and memory does not grow with the number of reviews. A run fills the slots of its workers from its
    snapshot.

    Args:
        same: how to compare inputs; `operator.is_` for large immutable objects.

    Examples:
        >>> squares = Latest[int]()
        >>> squares.put(9, 3), squares.get(3), squares.get(4)
        (9, 9, None)
    """

    def __init__(self, same: Callable[[Any, Any], bool] = operator.eq) -> None:
        self._same = same
        self._slot: tuple[tuple[object, ...], T] | None = None

    def get(self, *made_from: object) -> T | None:
        """The value if it was computed from this input, else None."""
        if self._slot is None:
            return None
        before, value = self._slot
        return value if len(before) == len(made_from) and all(map(self._same, before, made_from)) else None

    def put(self, value: T, *made_from: object) -> T:
        """Keep a value instead of the previous one, and return it."""
        self._slot = made_from, value
        return value
