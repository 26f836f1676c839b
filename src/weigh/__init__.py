"""weigh: from the studies that a medical policy cites to what they say of its conclusions."""

from __future__ import annotations

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("weigh")
