"""Text made safe for exports: characters that office files forbid or readers cannot see, and text that a spreadsheet would run."""

from __future__ import annotations

import re
from decimal import Decimal

from weigh.audit.odd_cells import LONGEST
from weigh.text.characters import visible

__all__ = ["CELL_LIMIT", "DIGITS", "cut", "exact_in_sheet", "for_cell", "for_page", "runs", "seen"]

#: The capacity of a cell in Excel, in UTF-16 code units, as Excel counts: an emoji counts as two.
CELL_LIMIT = 32_767
#: The number of significant digits that a spreadsheet keeps.
DIGITS = 15
_CUT = " [cut: limit of a cell reached; full text in the csv export]"
#: Characters that XML cannot represent.
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
#: The escape for a character code in Office files, which may occur in a text by chance.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
#: The start of an escape at the end of a text, with the escape of an underscore before it.
_HALF_ESCAPED = re.compile("(?:_x005F)?_x?[0-9A-Fa-f]{0,4}$")
#: The start of a formula; some spreadsheets accept full-width signs.
_RUNS = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def seen(text: str) -> str:
    r"""A text with invisible characters, and those that XML cannot represent, replaced by their code points.

    >>> seen("a\u202eb\uffff")
    'a<U+202E>b<U+FFFF>'
    """
    return _NOT_XML.sub(lambda found: f"<U+{ord(found.group()):04X}>", visible(text))


def for_page(text: str) -> str:
    """A text for a document: without invisible characters, and cut if too long."""
    text = seen(text)
    rest = len(text) - LONGEST
    return text if rest <= 0 else text[:LONGEST] + cut(rest)


def cut(rest: int) -> str:
    """The note that replaces the rest of a text.

    Args:
        rest: the number of characters omitted.
    """
    return f" [cut: {rest} more characters in the table]"


def for_cell(text: str) -> str:
    """A text for a cell of a workbook: without invisible characters, and cut with a note at the limit of a cell.

    The first character of what looks like an escape (`_x003D_`) is escaped, so that it is read literally.
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
    """Whether a spreadsheet may take a text for a formula when a user retypes it or opens it from a CSV file.

    >>> runs("=1+1"), runs("pain, 2 days")
    (True, False)
    """
    return _RUNS.match(text) is not None


def exact_in_sheet(value: int | float | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of a number.

    >>> exact_in_sheet(Decimal("0.1")), exact_in_sheet(12345678901234567)
    (True, False)
    """
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number.is_finite() and Decimal(f"{float(number):.{DIGITS}g}") == number
