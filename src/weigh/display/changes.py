"""The changes between two states of a review, as shown in a notebook."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.changes.compare import Changes
from weigh.changes.history import history_csv, history_row
from weigh.changes.words import Section, brief, section_text, sections
from weigh.display.shown import Shown, fragment, styled
from weigh.text.characters import visible

__all__ = ["show_changes", "show_history", "show_moves", "show_rows"]

_NOW = "the current review"


def show_changes(changes: Changes, before: str = "", after: str = "") -> Shown:
    """The number of conclusions that changed, and the two states if they have names."""
    said = [*brief(changes), *([f"From {before or _NOW} to {after or _NOW}."] if before or after else [])]
    sentences = [visible(sentence) for sentence in said]
    return Shown(styled(fragment("changes_brief", sentences=sentences)), "\n".join(sentences))


def show_moves(changes: Changes) -> Shown:
    """Each conclusion that changed: before, after, and why."""
    return _shown([s for s in sections(changes) if s.level > 1], "Conclusions that changed", "No conclusion changed.")


def show_rows(changes: Changes) -> Shown:
    """New and resolved findings, then changed studies, outcomes, judgements, references, citations and codes."""
    return _shown([s for s in sections(changes) if s.level == 1], "All changes", "No row and no finding changed.")


def show_history(changes: Changes) -> Shown:
    """A draft of the next row of the guideline's history."""
    row = {name: visible(value) for name, value in history_row(changes).items()}
    return Shown(fragment("changes_history", row=row), visible(history_csv(changes)))


def _shown(found: Sequence[Section], label: str, nothing: str) -> Shown:
    html = fragment("changes", sections=found, label=label, nothing=nothing)
    return Shown(html, "\n\n".join(section_text(section) for section in found) or nothing)
