"""One value kept for as long as what it was made from is the same."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["Latest"]

T = TypeVar("T")


class Latest(Generic[T]):
    """The value that this process made last, and what it was made from.

    A notebook reads, audits and summarises one review in cell after cell; with one slot for each of these steps it does so
    once, and memory does not grow with the reviews of a portfolio. A run fills the slots of its workers from its snapshot.

    Args:
        same: whether two things that a value is made from are the same; `operator.is_` for large immutable objects.

    Examples:
        >>> squares = Latest[int]()
        >>> squares.put(9, 3), squares.get(3), squares.get(4)
        (9, 9, None)
    """

    def __init__(self, same: Callable[[Any, Any], bool] = operator.eq) -> None:
        self._same = same
        self._slot: tuple[tuple[object, ...], T] | None = None

    def get(self, *made_from: object) -> T | None:
        """The value, if it was made from these; None otherwise."""
        if self._slot is None:
            return None
        before, value = self._slot
        return value if len(before) == len(made_from) and all(map(self._same, before, made_from)) else None

    def put(self, value: T, *made_from: object) -> T:
        """Keep a value in place of the one before, and return it."""
        self._slot = made_from, value
        return value
