"""Numbers for readers, formatted in one place so that pages, notebooks and files agree."""

from __future__ import annotations

import math
from decimal import Decimal

__all__ = ["interval", "number", "printed", "significant"]

_MINUS = "\N{MINUS SIGN}"
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value: float) -> str:
    """A number for a reader: two significant figures below 1, two decimals below 10, fewer above.

    Raises:
        ValueError: the value is not finite.

    >>> [number(value) for value in (0.0188, 0.3132, -1.763, 92.22, 685.1965, -0.0)]
    ['0.019', '0.31', '−1.76', '92.2', '685', '0']
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not finite")
    value = significant(value)  # rounded as in files, so that a page never differs from them in the last figure
    size = abs(value)
    if size == 0:
        return "0"
    if size < 1e-6 or size >= 1e9:
        digits, power = f"{size:.1e}".split("e")
        text = f"{digits}×10{str(int(power)).translate(_RAISED)}"
    elif size >= 99.95:
        text = f"{size:.0f}"
    elif size >= 9.995:
        text = f"{size:.1f}"
    elif size >= 0.995:
        text = f"{size:.2f}"
    else:
        decimals = 1 - math.floor(math.log10(size))
        if float(f"{size:.{decimals}f}") >= 10 ** (2 - decimals):
            decimals -= 1  # 0.0996 rounds to 0.10, not to 0.100
        text = f"{size:.{decimals}f}"
    return _MINUS + text if value < 0 else text


def printed(value: Decimal | float) -> str:
    """A figure with the digits that its source prints and a true minus sign.

    >>> printed(Decimal("-0.50"))
    '−0.50'
    """
    return str(value).replace("-", _MINUS)


def interval(low: float, high: float) -> str:
    """A 95% confidence interval for a reader.

    >>> interval(-1.2, 3)
    '95% CI −1.20 to 3.00'
    """
    return f"95% CI {number(low)} to {number(high)}"


def significant(value: float, figures: int = 6) -> float:
    """A number rounded to significant figures for files, because the last bits differ between machines.

    >>> significant(1234.56789), significant(0.000123456789)
    (1234.57, 0.000123457)
    """
    return float(f"{value:.{figures}g}")
