"""The function that notebooks call: it shows a summary, or a part of it, as HTML with a stable plain-text alternative."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from weigh.display.shown import Shown
from weigh.errors import NotFoundError
from weigh.evidence.tables import did_you_mean

__all__ = ["parts", "show"]

#: Class, part, and the function that shows it. The first part of a class is the default.
#: Functions are named, not imported, so that a report loads only what it shows.
_FUNCTIONS: Mapping[str, Mapping[str, str]] = {
    "Summary": {
        "report": "parts:show_report",
        "header": "conclusion:show_header",
        "verdict": "conclusion:show_verdict",
        "sides": "conclusion:show_sides",
        "outcomes": "conclusion:show_outcomes",
        "directions": "figures:show_directions",
        "effects": "figures:show_effects",
        "bias": "figures:show_bias",
        "studies": "conclusion:show_studies",
        "cards": "conclusion:show_cards",
        "unverified": "conclusion:show_unverified",
        "candidates": "conclusion:show_candidates",
        "findings": "conclusion:show_findings",
        "since": "conclusion:show_since",
        "flip": "conclusion:show_flip",
        "swim": "conclusion:show_swim",
        "references": "conclusion:show_references",
        "provenance": "conclusion:show_provenance",
        "result": "conclusion:show_result",
    },
    "Overview": {
        "conclusions": "review:show_conclusions",
        "counts": "review:show_counts",
        "map": "figures:show_map",
        "harvest": "figures:show_harvest",
    },
    "AuditSummary": {
        "findings": "review:show_audit",
        "citations": "review:show_citations",
        "codes": "review:show_codes",
        "notices": "review:show_notices",
    },
    "Changes": {
        "brief": "changes:show_changes",
        "moves": "changes:show_moves",
        "rows": "changes:show_rows",
        "history": "changes:show_history",
    },
    "Checklist": {"criteria": "criteria:show_checklist", "ways": "criteria:show_ways"},
    "Decision": {"decision": "criteria:show_decision"},
    "Rules": {"rules": "review:show_rules"},
}


def show(thing: object, part: str = "", **options: str) -> Shown:
    """Show a summary or one of its parts in a notebook.

    Args:
        thing: the result of `summarise`, `overview`, `summarise_audit`, `changes_between`, `checklist`, `apply` or `rules` returns.
        part: the part to show, such as "verdict"; by default the whole, or the first part.
        options: further arguments of a part, such as `before` and `after` for changes.

    Returns:
        HTML for a notebook, with plain text for a terminal and for regression checks.

    Raises:
        NotFoundError: objects of this class cannot be shown, or have no such part; the message lists what exists.
    """
    known = parts(thing)
    name = part or known[0]
    if name not in known:
        hint = did_you_mean(name, known) or f"; its parts are {', '.join(known)}"
        raise NotFoundError(f"{type(thing).__name__} has no part {part!r}{hint}")
    module, _, function = _FUNCTIONS[type(thing).__name__][name].partition(":")
    shown: Shown = getattr(import_module(f"weigh.display.{module}"), function)(thing, **options)
    return shown


def parts(thing: object) -> tuple[str, ...]:
    """The parts of a thing that `show` can show.

    Raises:
        NotFoundError: objects of this class cannot be shown.
    """
    try:
        return tuple(_FUNCTIONS[type(thing).__name__])
    except KeyError:
        raise NotFoundError(f"cannot show {type(thing).__name__}; show takes {', '.join(_FUNCTIONS)}") from None
