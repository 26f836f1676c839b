"""Importing this module warms a process: it holds what every report uses, before workers and kernels are forked from it.

What is missing here is not wrong, only slow: each report that needs it imports it on its own.
"""

from __future__ import annotations

import importlib
import os

_MODULES = (
    "weigh.lean",  # first: it hides what jsonschema would load
    "weigh.figures.drawing",  # before matplotlib, which would speak of a home that it may not write
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "citeproc.source.json",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib.style",
    "matplotlib_inline.backend_inline",
    "nbclient",
    "papermill",
    "scipy.special",
    "statistics",
    "tornado.platform.asyncio",
    "weigh.display",
    "weigh.frames",
    "weigh.pages.site",
    "weigh.render.engine",
    "weigh.render.worker",
    "weigh.review",
    "weigh.summary",
)


def _warm() -> None:
    """Import the modules, compile the templates, and draw a letter, so that the font is read."""
    # The debugger that ipykernel imports would print a warning; no report is debugged.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    for name in _MODULES:
        importlib.import_module(name)
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    from weigh.ama import csl_style
    from weigh.display import environment
    from weigh.figures.drawing import canvas
    from weigh.pages.site import exporter

    templates = environment()
    for name in templates.list_templates(filter_func=lambda name: name.endswith((".j2", ".css"))):
        templates.get_template(name)
    blank = new_notebook(cells=[new_markdown_cell("*w*"), new_code_cell("w")])
    exporter().from_notebook_node(blank, {"weigh": {"guideline": {}}})
    csl_style()
    with canvas(1.0) as sheet:
        sheet.text(0, 0, "w")
        sheet.text(0, 0, "w", bold=True)
        sheet.svg("warm", "warm")


_warm()
