"""What is shown of a conclusion, part by part, where one document holds them all."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.display import conclusion, figures
from weigh.display.shown import Shown
from weigh.summary import Summary

__all__ = ["parts_of"]


def parts_of(summary: Summary) -> Iterator[tuple[str, str, Shown]]:
    """The parts of a conclusion below its header; of one that cites no study, those with content.

    Yields:
        The name of a part, its heading, and what it shows.
    """
    cited = bool(summary.studies)
    parts = (
        ("The verdict", conclusion.show_verdict, True),
        ("For and against", conclusion.show_sides, cited),
        ("Summary of findings", conclusion.show_outcomes, cited),
        ("Which way each study points", figures.show_directions, cited),
        ("How large the effects are", figures.show_effects, cited),
        ("How far each study can be trusted", figures.show_bias, cited),
        ("The studies at a glance", conclusion.show_studies, cited),
        ("What was not verified", conclusion.show_unverified, cited),
        ("Known, and not cited", conclusion.show_candidates, True),
        ("Since the last review", conclusion.show_since, True),
        ("What does not fit", conclusion.show_findings, True),
        ("If one thing changed", conclusion.show_flip, cited),
        ("How the studies were put together", conclusion.show_swim, cited),
        ("References", conclusion.show_references, True),
    )
    for heading, show, wanted in parts:
        if wanted:
            yield show.__name__.removeprefix("show_"), heading, show(summary)
