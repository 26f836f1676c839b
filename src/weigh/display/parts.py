"""A whole report on one conclusion, in one document."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from weigh.display.show import show
from weigh.display.shown import Shown, fragment
from weigh.summary.conclusion import Summary
from weigh.summary.parts import Part, parts_of

__all__ = ["show_report", "shown_parts"]


def shown_parts(summary: Summary) -> Iterator[tuple[Part, Shown]]:
    """The parts of a report below its header that have content and fit on paper, each with its HTML and text."""
    for part in parts_of(summary):
        if part.on_paper:
            yield part, show(summary, part.name)


def show_report(summary: Summary) -> Shown:
    """The header and all parts of one conclusion."""
    header, parts = show(summary, "header"), list(shown_parts(summary))
    sections = [(part.heading, Markup(shown.html)) for part, shown in parts]
    html = fragment("report", header=Markup(header.html), sections=sections)
    return Shown(html, "\n\n".join([header.text, *(f"{part.heading}\n{shown.text}" for part, shown in parts)]))
