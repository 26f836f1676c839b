"""What keeps a process light: no garbage collection while many objects load, and no optional module that nobody needs."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused", "hidden"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """No garbage collection while many objects are made that all stay: it would look at each of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def hidden(name: str) -> Iterator[None]:
    """An optional module cannot be imported for a time, unless it was before; who asks for it goes on without."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
