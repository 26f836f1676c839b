"""Text that stays text: what an office file cannot hold, a reader cannot see or a spreadsheet would run."""

from __future__ import annotations

import re
from decimal import Decimal

from weigh.audit.odd_cells import LONGEST
from weigh.text.characters import visible

__all__ = ["CELL_LIMIT", "DIGITS", "cut", "exact_in_sheet", "for_cell", "for_page", "runs", "seen"]

#: What a cell of Excel holds, in the units in which Excel counts: an emoji is two.
CELL_LIMIT = 32_767
#: Significant digits that a spreadsheet keeps of a number.
DIGITS = 15
_CUT = " [cut: a cell holds no more; the whole text stands in the csv export]"
#: XML has no way to write these.
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
#: How Office files write a character by its number, which a text may hold by chance.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_HALF_ESCAPED = re.compile("_x?[0-9A-Fa-f]{0,4}$")
#: A formula begins so; the full-width signs are signs to some spreadsheets.
_RUNS = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def seen(text: str) -> str:
    r"""A text with every character that cannot be seen, or that no XML can hold, written as its code point.

    >>> seen("a\u202eb\uffff")
    'a<U+202E>b<U+FFFF>'
    """
    return _NOT_XML.sub(lambda found: f"<U+{ord(found.group()):04X}>", visible(text))


def for_page(text: str) -> str:
    """A text as a document shows it: nothing hidden, and not without an end."""
    text = seen(text)
    rest = len(text) - LONGEST
    return text if rest <= 0 else text[:LONGEST] + cut(rest)


def cut(rest: int) -> str:
    """What stands in the place of the rest of a text.

    Args:
        rest: how many characters are left out.
    """
    return f" [cut: {rest} more characters stand in the table]"


def for_cell(text: str) -> str:
    """A text as a cell of a workbook holds it: nothing hidden, cut with a word where a cell is full.

    What looks like the escape of a character (`_x003D_`) has its first sign escaped, so that it is read as it stands.
    """
    text = _ESCAPED.sub("_x005F_", seen(text))
    if _units(text) <= CELL_LIMIT:
        return text
    room = 2 * (CELL_LIMIT - len(_CUT))
    kept = text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore")
    return _HALF_ESCAPED.sub("", kept) + _CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def runs(text: str) -> bool:
    """Whether a spreadsheet might take a text for a formula when somebody types it anew, or opens it from a CSV file.

    >>> runs("=1+1"), runs("pain, 2 days")
    (True, False)
    """
    return _RUNS.match(text) is not None


def exact_in_sheet(value: int | float | Decimal) -> bool:
    """Whether a spreadsheet keeps a number to its last digit.

    >>> exact_in_sheet(Decimal("0.1")), exact_in_sheet(12345678901234567)
    (True, False)
    """
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number.is_finite() and Decimal(f"{float(number):.{DIGITS}g}") == number
