"""Preload what every worker uses; imported by a process before workers are forked from it.

The list affects only speed: a worker imports whatever is missing here itself.
"""

from __future__ import annotations

import gc
import importlib

from weigh.text import lean_schemas  # noqa: F401  (first: it hides modules that jsonschema would load)
from weigh.text.lean import collector_paused

_MODULES = ("nbclient", "papermill", "weigh.render.kernels.engine", "weigh.render.worker")


def _warm() -> None:
    """Import the modules, compile the notebook schema, and hash the code that makes a report."""
    for name in _MODULES:
        importlib.import_module(name)
    import nbformat

    from weigh.render.stale import code_stamp

    nbformat.validate(nbformat.v4.new_notebook())
    code_stamp()


with collector_paused():
    _warm()
gc.freeze()  # permanent objects, which no garbage collection in a worker need visit
