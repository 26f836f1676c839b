"""Text in figures: cleaned, measured, shortened or wrapped; and numbers in readable form."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Sequence
from functools import lru_cache

from weigh.figures.look import FIGURE_TYPE

__all__ = ["BODY", "NO_GLYPH", "SMALL", "clean", "flow", "headed", "leading", "number", "shorten", "text_width", "wrap"]

BODY, SMALL = FIGURE_TYPE["body"], FIGURE_TYPE["small"]
NO_GLYPH = "Glyph .* missing from font"  # irrelevant here: the browser has other fonts
_POINTS = 72.0
_WIDE_EXTRA = 0.4  # ems by which a full-width character is wider than the box for a missing glyph
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """Text on one line, without characters that XML forbids or that change the direction of the following text.

    >>> clean("Ann" + chr(0) + chr(10) + "  Bee" + chr(0x202E) + " 2001")
    'Ann Bee 2001'
    """
    kept = (" " if c.isspace() else c for c in text if c not in _TURNS and c not in "\ufffe\uffff")
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cs")).split())


def headed(text: str) -> str:
    """Text with a capital first letter, if its first word is all lower case.

    >>> headed("neck pain"), headed("verapamil, alone"), headed("pH of the skin")
    ('Neck pain', 'Verapamil, alone', 'pH of the skin')
    """
    text = clean(text)
    first = text.partition(" ")[0].rstrip(",;:").replace("-", "")
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def leading(size: float) -> float:
    """The distance between lines of a font size, in inches."""
    return 1.3 * size / _POINTS


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = BODY, bold: bool = False) -> float:
    """The width of a text in inches in DejaVu Sans, the widest font that a browser may use for it."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=NO_GLYPH)
        width, _height, _descent = text_to_path.get_text_width_height_descent(text, font, False)
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return float(width + wide * _WIDE_EXTRA * size) / _POINTS


def shorten(text: str, width: float, size: float = BODY, *, bold: bool = False) -> str:
    """As much of a text as fits the width, with an ellipsis if it is shortened.

    >>> shorten("Aronson 1948", 2), shorten("A study with a name that goes on", 1)
    ('Aronson 1948', 'A study with…')
    """
    text = clean(text)
    if text_width(text, size, bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text_width(text[:middle] + "…", size, bold) <= width else (low, middle - 1)
    return text[:low].rstrip() + "…"


def wrap(text: str, width: float, size: float = BODY, *, bold: bool = False, limit: int = 99) -> list[str]:
    """A text wrapped between words to a width; a word or last line that is too long is shortened."""
    lines: list[str] = []
    words = clean(text).split()
    while words:
        if len(lines) == limit - 1:
            return [*lines, shorten(" ".join(words), width, size, bold=bold)]
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size, bold) <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(shorten(line, width, size, bold=bold))
    return lines


def flow(widths: Sequence[float], available: float, gap: float = 0.2) -> list[tuple[float, int]]:
    """Positions for items of given widths, line by line: left edge and line number of each.

    >>> flow([1.0, 1.0, 1.0], 2.5)
    [(0.0, 0), (1.2, 0), (0.0, 1)]
    """
    places: list[tuple[float, int]] = []
    left, line = 0.0, 0
    for width in widths:
        if left > 0 and left + width > available:
            left, line = 0.0, line + 1
        places.append((left, line))
        left += width + gap
    return places


def number(value: float) -> str:
    """A number with three significant digits, in readable form.

    >>> number(0.1), number(-1.666), number(12345.6), number(3e300), number(1e-7)
    ('0.1', '−1.67', '12346', '3×10³⁰⁰', '1×10⁻⁷')
    """
    size = abs(value)
    if size == 0:
        return "0"
    sign = "−" if value < 0 else ""
    if size == float("inf"):
        return f"{sign}∞"
    if not 1e-4 <= size < 1e6:
        digits, power = f"{size:.2e}".split("e")
        raised = str(int(power)).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
        return f"{sign}{digits.rstrip('0').rstrip('.')}×10{raised}"
    decimals = max(0, 2 - int(f"{size:e}".split("e")[1]))
    plain = f"{size:.{decimals}f}"
    return sign + (plain.rstrip("0").rstrip(".") if "." in plain else plain)
