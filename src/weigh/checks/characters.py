"""Text that is not what it looks like: hidden and mixed characters, formulae, markup, cells without an end or a glyph."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from weigh.checks.rule import Context, Rule, Trouble, rule
from weigh.checks.text import LONGEST
from weigh.model import Place

__all__ = ["RULES", "hidden_characters", "mixed_scripts", "visible", "without_glyph"]

_OURS = "our tables"
#: Marks that reverse the order of text, and characters of no width: none has a place in these tables.
_HIDDEN = re.compile(
    "[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_FORMULA = re.compile("[=+@\t\r\uff1d\uff0b\uff20]|-(?![\\d.])")
_MARKUP = re.compile(r"<\s*/?\s*[a-z!][^>]*>|javascript:|&#?\w+;", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
_SHOWN = 5  # code points that a message names
#: Letters of Europe's languages and common punctuation, all of which the font of the figures draws.
_DRAWN = re.compile("[\u0000-\u02e9\u0370-\u037e\u0384-\u0525\u2010-\u205e]+")


def hidden_characters(text: str) -> tuple[str, ...]:
    r"""Code points of characters that cannot be seen.

    >>> hidden_characters("abc\u202edef")
    ('U+202E',)
    """
    return tuple(f"U+{ord(c):04X}" for c in dict.fromkeys(_HIDDEN.findall(text)))


def visible(text: str) -> str:
    r"""A text with every character that cannot be seen, or that a terminal would obey, written as its code point.

    >>> visible("a\u202eb")
    'a<U+202E>b'
    """
    return _HIDDEN.sub(lambda match: f"<U+{ord(match.group()):04X}>", text)


def mixed_scripts(text: str) -> tuple[str, ...]:
    r"""Words that mix Latin with Cyrillic or Greek letters, as a look-alike does.

    >>> len(mixed_scripts("p\u0430in")), len(mixed_scripts("\u03b1 error"))
    (1, 0)
    """
    if text.isascii():
        return ()
    return tuple(
        w
        for w in _WORD.findall(text)
        if not w.isascii() and len({s for c in w for s in _SCRIPTS if s in unicodedata.name(c, "")}) > 1
    )


@cache
def _glyphs() -> frozenset[int]:
    """The code points that the font of the figures draws: it comes with matplotlib, whatever fonts a machine has."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it would speak of a home that it may not write
    import matplotlib as mpl
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))).get_charmap())


def without_glyph(text: str) -> tuple[str, ...]:
    r"""Code points of characters that the font of the figures cannot draw; hidden ones are another matter.

    >>> without_glyph("K\u0171mpfel \u2265 2"), without_glyph("\u5c71 and \u7530")
    ((), ('U+5C71', 'U+7530'))
    """
    rest = _HIDDEN.sub("", _DRAWN.sub("", text))  # mostly nothing is left, and no font is opened
    return tuple(f"U+{ord(c):04X}" for c in dict.fromkeys(rest) if not c.isspace() and ord(c) not in _glyphs())


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
