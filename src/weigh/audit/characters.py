"""Rules on deceptive text: invisible and look-alike characters, formulas, markup, overlong cells, missing glyphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weigh.audit.odd_cells import LONGEST
from weigh.audit.rule import Context, Defect, Rule, rule
from weigh.evidence.model import Place
from weigh.text.characters import hidden_characters, mixed_scripts, without_glyph

__all__ = ["RULES"]

_OURS = "our tables"
_FORMULA = re.compile("[=+@\t\r\uff1d\uff0b\uff20]|-(?![\\d.])")
_MARKUP = re.compile(r"<\s*/?\s*[a-z!][^>]*>|javascript:|&#?\w+;", re.IGNORECASE)
_SHOWN = 5  # code points listed in a message


def _defect(place: Place, message: str) -> Defect:
    return Defect(subject=str(place), place=place, message=message)


@rule(
    "text-hidden-characters",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="A cell contains invisible characters, or characters that reverse the direction of text.",
    settle="Retype the cell.",
)
def hidden(context: Context) -> Iterator[Defect]:
    """Report bidirectional controls, zero-width characters and control characters."""
    for place, text in context.odd_cells:
        if not text.isascii() or not text.isprintable():
            found = hidden_characters(text)
            if found:
                yield _defect(place, f"hidden characters {', '.join(found)}")


@rule(
    "text-mixed-scripts",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="A word mixes look-alike letters of two scripts, so that searches and matching miss it.",
    settle="Retype the word.",
)
def mixed(context: Context) -> Iterator[Defect]:
    """Report words that mix scripts."""
    for place, text in context.odd_cells:
        for word in mixed_scripts(text):
            points = ", ".join(f"U+{ord(c):04X}" for c in word if not c.isascii())
            yield _defect(place, f"a word mixes scripts ({points})")


@rule(
    "text-formula",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="A cell starts like a formula, which a spreadsheet would execute.",
    settle="Start the cell with a word.",
)
def formula(context: Context) -> Iterator[Defect]:
    """Report cells that start with =, +, -, @, a tab or a full-width equivalent."""
    for place, text in context.odd_cells:
        if _FORMULA.match(text):
            yield _defect(place, "the cell starts like a formula")


@rule(
    "text-markup",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="A cell contains HTML, which pages show as text.",
    settle="Write plain text.",
)
def markup(context: Context) -> Iterator[Defect]:
    """Report tags, character references and script addresses."""
    for place, text in context.odd_cells:
        if ("<" in text or "&" in text or ":" in text) and _MARKUP.search(text):
            yield _defect(place, "the cell contains HTML")


@rule(
    "text-too-long",
    family="text",
    kind="data",
    severity="warning",
    whose=_OURS,
    means=f"A cell contains more than {LONGEST:,} characters, too many to read on a page.",
    settle="Shorten the text.",
)
def too_long(context: Context) -> Iterator[Defect]:
    """Report overlong cells."""
    for place, text in context.odd_cells:
        if len(text) > LONGEST:
            yield _defect(place, f"the cell contains {len(text):,} characters")


@rule(
    "text-without-glyph",
    family="text",
    kind="data",
    severity="note",
    whose=_OURS,
    means="A cell contains characters missing from the figures' font; on a machine without a suitable font, figures show empty boxes instead.",
    settle="Transliterate the word, or keep it if readers have a suitable font.",
)
def glyphless(context: Context) -> Iterator[Defect]:
    """Report characters without a glyph: Chinese, Japanese, Korean and rare symbols."""
    for place, text in context.odd_cells:
        if not text.isascii() and (found := without_glyph(text)):
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            yield _defect(place, f"the figures' font has no glyph for {', '.join(found[:_SHOWN])}{more}")


RULES: tuple[Rule, ...] = (hidden, mixed, formula, markup, too_long, glyphless)
