"""weigh: from the studies that a medical policy cites to what they say of its conclusions."""

from __future__ import annotations

from importlib.metadata import version

from weigh.text import glance

__all__ = ["__version__"]

__version__ = version("weigh")

glance.shown_by("weigh.display.reprs")
