"""Deceptive characters: invisible ones, look-alikes from another script, and those missing from the figures' font."""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import cache
from pathlib import Path

__all__ = ["hidden_characters", "mixed_scripts", "visible", "without_glyph"]

#: Bidirectional controls, zero-width characters and control characters: none belongs in these tables.
_HIDDEN = re.compile(
    "[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
#: Letters of European languages and common punctuation, all of which are in the font of the figures.
_DRAWN = re.compile("[\u0000-\u02e9\u0370-\u037e\u0384-\u0525\u2010-\u205e]+")


def hidden_characters(text: str) -> tuple[str, ...]:
    r"""The code points of the invisible characters in a text, each once, in order of appearance.

    >>> hidden_characters("abc\u202edef")
    ('U+202E',)
    """
    return tuple(f"U+{ord(c):04X}" for c in dict.fromkeys(_HIDDEN.findall(text)))


def visible(text: str) -> str:
    r"""A text in which each invisible character, or one that a terminal would interpret, is replaced by its code point.

    >>> visible("a\u202eb")
    'a<U+202E>b'
    """
    return _HIDDEN.sub(lambda match: f"<U+{ord(match.group()):04X}>", text)


def mixed_scripts(text: str) -> tuple[str, ...]:
    r"""The words that mix Latin, Cyrillic or Greek letters, as look-alike spellings do.

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
    """The code points in the font of the figures, which ships with matplotlib and so is the same on every machine."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # suppresses its warning about an unwritable home folder
    import matplotlib as mpl
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"))).get_charmap())


def without_glyph(text: str) -> tuple[str, ...]:
    r"""The code points of the characters missing from the figures' font; invisible characters are not included.

    >>> without_glyph("K\u0171mpfel \u2265 2"), without_glyph("\u5c71 and \u7530")
    ((), ('U+5C71', 'U+7530'))
    """
    rest = _HIDDEN.sub("", _DRAWN.sub("", text))  # usually empty, in which case no font is opened
    return tuple(f"U+{ord(c):04X}" for c in dict.fromkeys(rest) if not c.isspace() and ord(c) not in _glyphs())
