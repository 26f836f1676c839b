"""Importing this module warms a process: it holds what every report uses, before workers and kernels are forked from it.

What is missing here is not wrong, only slow: each report that needs it imports it on its own.
"""

from __future__ import annotations

import importlib

from weigh.lean import collector_paused, hidden  # first: it hides what jsonschema would load

_MODULES = (
    "weigh.figures.drawing",  # before matplotlib, which would speak of a home that it may not write
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "citeproc.source.json",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib.style",
    "matplotlib_inline.backend_inline",
    "mistune",
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
    with hidden("debugpy"):  # no report is debugged, and ipykernel would import it for each
        importlib.import_module("ipykernel.debugger")
    for name in _MODULES:
        importlib.import_module(name)
    from weigh.ama import csl_style
    from weigh.display import environment
    from weigh.figures.drawing import canvas
    from weigh.pages.prose import prose

    templates = environment()
    for name in templates.list_templates(filter_func=lambda name: name.endswith((".j2", ".css"))):
        templates.get_template(name)
    prose("*w*")
    csl_style()
    with canvas(1.0) as sheet:
        sheet.text(0, 0, "w")
        sheet.text(0, 0, "w", bold=True)
        sheet.svg("warm", "warm")


with collector_paused():
    _warm()
