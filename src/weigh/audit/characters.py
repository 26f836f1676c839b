"""Text that is not what it looks like: hidden and mixed characters, formulae, markup, cells without an end or a glyph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weigh.audit.odd_cells import LONGEST
from weigh.audit.rule import Context, Rule, Trouble, rule
from weigh.evidence.model import Place
from weigh.text.characters import hidden_characters, mixed_scripts, without_glyph

__all__ = ["RULES"]

_OURS = "our tables"
_FORMULA = re.compile("[=+@\t\r\uff1d\uff0b\uff20]|-(?![\\d.])")
_MARKUP = re.compile(r"<\s*/?\s*[a-z!][^>]*>|javascript:|&#?\w+;", re.IGNORECASE)
_SHOWN = 5  # code points that a message names


def _trouble(place: Place, message: str) -> Trouble:
    return Trouble(subject=str(place), place=place, message=message)


@rule(
    "text-hidden-characters",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="A cell holds characters that cannot be seen or that reverse the order of text.",
    settle="Type the cell anew.",
)
def hidden(context: Context) -> Iterator[Trouble]:
    """Bidirectional controls, zero-width characters, control characters."""
    for place, text in context.odd_cells:
        if not text.isascii() or not text.isprintable():
            found = hidden_characters(text)
            if found:
                yield _trouble(place, f"hidden characters {', '.join(found)}")


@rule(
    "text-mixed-scripts",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="A word mixes letters of two scripts that look alike, so that it will not be found or matched.",
    settle="Type the word anew.",
)
def mixed(context: Context) -> Iterator[Trouble]:
    """Look-alikes."""
    for place, text in context.odd_cells:
        for word in mixed_scripts(text):
            points = ", ".join(f"U+{ord(c):04X}" for c in word if not c.isascii())
            yield _trouble(place, f"a word mixes scripts ({points})")


@rule(
    "text-formula",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="A cell starts like a formula; a spreadsheet would run it.",
    settle="Begin the cell with a word.",
)
def formula(context: Context) -> Iterator[Trouble]:
    """=, +, -, @, tab and their full-width kin."""
    for place, text in context.odd_cells:
        if _FORMULA.match(text):
            yield _trouble(place, "the cell starts like a formula")


@rule(
    "text-markup",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="A cell holds HTML; pages show it as text.",
    settle="Write plain text.",
)
def markup(context: Context) -> Iterator[Trouble]:
    """Tags, entities, script addresses."""
    for place, text in context.odd_cells:
        if ("<" in text or "&" in text or ":" in text) and _MARKUP.search(text):
            yield _trouble(place, "the cell holds HTML")


@rule(
    "text-too-long",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means=f"A cell holds more than {LONGEST:,} characters; nobody will read it on a page.",
    settle="Say it shorter.",
)
def too_long(context: Context) -> Iterator[Trouble]:
    """Cells without an end."""
    for place, text in context.odd_cells:
        if len(text) > LONGEST:
            yield _trouble(place, f"the cell holds {len(text):,} characters")


@rule(
    "text-without-glyph",
    family="text",
    kind="data",
    severity="note",
    whose=_OURS,
    means="A cell holds characters that the font of the figures lacks; where a reader's machine has no font with them either, a figure shows empty boxes.",
    settle="Write the word in Latin letters, or leave it where readers have the font.",
)
def glyphless(context: Context) -> Iterator[Trouble]:
    """Chinese, Japanese, Korean and rare signs."""
    for place, text in context.odd_cells:
        if not text.isascii() and (found := without_glyph(text)):
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            yield _trouble(place, f"no glyph in the font of the figures for {', '.join(found[:_SHOWN])}{more}")


RULES: tuple[Rule, ...] = (hidden, mixed, formula, markup, too_long, glyphless)
