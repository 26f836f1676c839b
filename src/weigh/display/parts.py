"""What is shown of a conclusion, part by part, where one document holds them all."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.display import conclusion, figures
from weigh.display.shown import Shown
from weigh.summary.conclusion import Summary

__all__ = ["OF_STUDIES", "parts_of"]

#: Parts that have nothing to say where no study is cited, by the names of what shows them.
OF_STUDIES = frozenset({"sides", "outcomes", "directions", "effects", "bias", "studies", "cards", "unverified", "swim"})


def parts_of(summary: Summary) -> Iterator[tuple[str, str, Shown]]:
    """The parts of a conclusion below its header; of one that cites no study, those with content.

    Yields:
        The name of a part, its heading, and what it shows.
    """
    parts = (
        ("The verdict", conclusion.show_verdict),
        ("For and against", conclusion.show_sides),
        ("Summary of findings", conclusion.show_outcomes),
        ("Which way each study points", figures.show_directions),
        ("How large the effects are", figures.show_effects),
        ("How far each study can be trusted", figures.show_bias),
        ("The studies at a glance", conclusion.show_studies),
        ("What was not verified", conclusion.show_unverified),
        ("Known, and not cited", conclusion.show_candidates),
        ("Since the last review", conclusion.show_since),
        ("What does not fit", conclusion.show_findings),
        ("If one thing changed", conclusion.show_flip),
        ("How the studies were put together", conclusion.show_swim),
        ("References", conclusion.show_references),
    )
    for heading, show in parts:
        name = show.__name__.removeprefix("show_")
        if summary.studies or name not in OF_STUDIES:
            yield name, heading, show(summary)
