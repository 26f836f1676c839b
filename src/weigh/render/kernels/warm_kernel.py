"""Preload what the conclusion notebook uses; imported by a process before kernels are forked from it.

The lists affect only speed: a report imports whatever is missing here itself.
"""

from __future__ import annotations

import importlib

from weigh.text.lean import collector_paused, hidden

_MODULES = (
    "weigh.figures.drawing",  # before matplotlib, which would warn of an unwritable home
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "faulthandler",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib.style",
    "matplotlib_inline.backend_inline",
    "tornado.platform.asyncio",
    "weigh.display.conclusion",
    "weigh.display.figures",
    "weigh.display.show",
    "weigh.render.snapshot",
)
_FRAGMENTS = (
    "bias",
    "candidates",
    "cards",
    "drawing",
    "figure",
    "finding_list",
    "findings",
    "flip",
    "forest",
    "header",
    "outcomes",
    "picture",
    "provenance",
    "references",
    "sides",
    "since",
    "studies",
    "study_card",
    "swim",
    "unseen",
    "verdict",
)


def _warm() -> None:
    """Import the modules, compile the templates, and draw a letter to load the font."""
    with hidden("debugpy"):  # reports are never debugged, and ipykernel would import it for each
        importlib.import_module("ipykernel.debugger")
    for name in _MODULES:
        importlib.import_module(name)
    from weigh.display.shown import environment, style_sheet
    from weigh.figures.drawing import canvas

    style_sheet()
    for name in _FRAGMENTS:
        environment().get_template(f"{name}.html.j2")
    with canvas(1.0) as sheet:
        sheet.text(0, 0, "w")
        sheet.text(0, 0, "w", bold=True)
        sheet.svg("warm", "warm")


with collector_paused():
    _warm()
