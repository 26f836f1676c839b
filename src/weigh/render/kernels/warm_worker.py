"""Importing this module loads what every worker uses, before workers are forked from this process.

What is missing here is not wrong, only slow: each worker that needs it imports it on its own.
"""

from __future__ import annotations

import gc
import importlib

from weigh.text import lean_schemas  # noqa: F401  (first: it hides what jsonschema would load)
from weigh.text.lean import collector_paused

_MODULES = ("nbclient", "papermill", "weigh.render.kernels.engine", "weigh.render.worker")


def _warm() -> None:
    """Import the modules, compile the schema of a notebook, and hash what a report is made by."""
    for name in _MODULES:
        importlib.import_module(name)
    import nbformat

    from weigh.render.stale import code_stamp

    nbformat.validate(nbformat.v4.new_notebook())
    code_stamp()


with collector_paused():
    _warm()
gc.freeze()  # all of it stays, so no collection in a worker need look at it
