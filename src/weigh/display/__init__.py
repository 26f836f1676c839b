"""What notebooks call: each function shows one part of a summary, as HTML with a stable text beside it.

A name is imported when it is first used: a report that shows a conclusion loads nothing that shows changes or criteria.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weigh.display.changes import show_changes, show_history_draft, show_moves, show_row_changes
    from weigh.display.choice import Choice, choose
    from weigh.display.conclusion import (
        show_candidates,
        show_findings,
        show_flip,
        show_header,
        show_outcomes,
        show_provenance,
        show_references,
        show_result,
        show_sides,
        show_since,
        show_studies,
        show_study_cards,
        show_swim,
        show_unverified,
        show_verdict,
    )
    from weigh.display.criteria import show_checklist, show_decision, show_ways
    from weigh.display.figures import show_bias, show_directions, show_effects, show_harvest, show_map
    from weigh.display.parts import parts_of
    from weigh.display.review import (
        show_audit,
        show_citation_matrix,
        show_code_table,
        show_counts,
        show_notice_reach,
        show_overview,
        show_rules,
    )
    from weigh.display.shown import Shown, environment, style_sheet

__all__ = [
    "Choice",
    "Shown",
    "choose",
    "environment",
    "parts_of",
    "show_audit",
    "show_bias",
    "show_candidates",
    "show_changes",
    "show_checklist",
    "show_citation_matrix",
    "show_code_table",
    "show_counts",
    "show_decision",
    "show_directions",
    "show_effects",
    "show_findings",
    "show_flip",
    "show_harvest",
    "show_header",
    "show_history_draft",
    "show_map",
    "show_moves",
    "show_notice_reach",
    "show_outcomes",
    "show_overview",
    "show_provenance",
    "show_references",
    "show_result",
    "show_row_changes",
    "show_rules",
    "show_sides",
    "show_since",
    "show_studies",
    "show_study_cards",
    "show_swim",
    "show_unverified",
    "show_verdict",
    "show_ways",
    "style_sheet",
]

#: Which module holds which of these names.
_HOLDS = {
    "changes": (
        "show_changes",
        "show_history_draft",
        "show_moves",
        "show_row_changes",
    ),
    "choice": (
        "Choice",
        "choose",
    ),
    "conclusion": (
        "show_candidates",
        "show_findings",
        "show_flip",
        "show_header",
        "show_outcomes",
        "show_provenance",
        "show_references",
        "show_result",
        "show_sides",
        "show_since",
        "show_studies",
        "show_study_cards",
        "show_swim",
        "show_unverified",
        "show_verdict",
    ),
    "criteria": (
        "show_checklist",
        "show_decision",
        "show_ways",
    ),
    "figures": (
        "show_bias",
        "show_directions",
        "show_effects",
        "show_harvest",
        "show_map",
    ),
    "parts": ("parts_of",),
    "review": (
        "show_audit",
        "show_citation_matrix",
        "show_code_table",
        "show_counts",
        "show_notice_reach",
        "show_overview",
        "show_rules",
    ),
    "shown": (
        "Shown",
        "environment",
        "style_sheet",
    ),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOLDS.items():
        if name in names:
            found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
