"""Characters that are not what they look like: those nobody can see, look-alikes, and those a font cannot draw."""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import cache
from pathlib import Path

__all__ = ["hidden_characters", "mixed_scripts", "visible", "without_glyph"]

#: Marks that reverse the order of text, and characters of no width: none has a place in these tables.
_HIDDEN = re.compile(
    "[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
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
