"""Start-up costs kept low: garbage collection paused during bulk loading, and optional modules left unimported."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused", "hidden"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause garbage collection while many long-lived objects are created, which it would otherwise scan repeatedly."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def hidden(name: str) -> Iterator[None]:
    """Make an optional module unimportable within the block, unless it is already loaded; importers fall back."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
