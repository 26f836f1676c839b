"""The parts of a report on one conclusion: the only table of contents, for notebook, page, document and packet."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.summary.conclusion import Summary

__all__ = ["PARTS", "Part", "parts_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name (the id of its notebook cell), its heading, and whether it requires cited studies.

    `on_paper` is False for parts that are too long for paper.
    """

    name: str
    heading: str
    needs_studies: bool = True
    on_paper: bool = True


#: In reading order: the answer, the evidence behind it, its limits, and the record.
PARTS: tuple[Part, ...] = (
    Part("verdict", "Verdict", needs_studies=False),
    Part("sides", "For and against"),
    Part("outcomes", "Summary of findings"),
    Part("directions", "Direction of effect by study"),
    Part("effects", "Size of effect"),
    Part("bias", "Risk of bias"),
    Part("studies", "The studies at a glance"),
    Part("cards", "Study by study", on_paper=False),
    Part("unverified", "Not verified"),
    Part("candidates", "Relevant studies not cited", needs_studies=False),
    Part("findings", "Audit findings", needs_studies=False),
    Part("since", "New since the last review", needs_studies=False),
    Part("flip", "If one thing changed", needs_studies=False),
    Part("swim", "How the studies were synthesised"),
    Part("references", "References", needs_studies=False),
)


def parts_of(summary: Summary) -> tuple[Part, ...]:
    """The parts of one report that have content: all parts, or those without `needs_studies` if no study is cited."""
    return PARTS if summary.studies else tuple(part for part in PARTS if not part.needs_studies)
