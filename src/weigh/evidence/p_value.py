"""The p value of a result as its source prints it, read once: its relation, its value, and the printed text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

__all__ = ["PValue", "Relation"]


class Relation(StrEnum):
    """How p relates to its value; a source may state only that a result is not significant."""

    EQUAL = "="
    BELOW = "<"
    ABOVE = ">"
    NOT_SIGNIFICANT = "not significant"


_NOT_SIGNIFICANT = re.compile(r"n\.?\s?s\.?|not significant", re.IGNORECASE)
#: The exponent has at most two digits: written out, a longer one would fill a page with zeros.
_NUMBER = re.compile(
    r"(?:P\s*)?(?P<relation>[<>=]?)\s*(?P<value>[01]?[.,][0-9]+|[0-9](?:\.[0-9]+)?E-[0-9]{1,2}|[01])", re.I
)
#: The usual threshold; "not significant" without a number is read as p at or above it.
_ALPHA = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class PValue:
    """A two-sided p value; `printed` is the text of the cell, unchanged, and `value` is None where no number is printed."""

    printed: str
    relation: Relation
    value: Decimal | None = None

    @classmethod
    def parse(cls, printed: str) -> PValue:
        """Read a printed p value.

        A p printed as zero has been rounded: "0.000" is read as below 0.001.

        Raises:
            ValueError: the text is not a single p value between 0 and 1; the message states what to write.

        >>> [str(PValue.parse(text).relation) for text in ("0.03", "<.05", "P<0,05", "n.s.", "0.000")]
        ['=', '<', '<', 'not significant', '<']
        >>> PValue.parse("1e-5").value, PValue.parse("0.000").value, PValue.parse("NS").value
        (Decimal('0.00001'), Decimal('0.001'), None)
        """
        text = printed.strip()
        if _NOT_SIGNIFICANT.fullmatch(text):
            return cls(printed, Relation.NOT_SIGNIFICANT)
        found = _NUMBER.fullmatch(text)
        if found is None:
            raise ValueError("is not a p value; write it as 0.03, <0.001, >0.05 or NS")
        relation = Relation(found["relation"] or "=")
        value = Decimal(f"{Decimal(found['value'].replace(',', '.')):f}")  # 1e-5 is written out as 0.00001
        if value == 0 and relation is not Relation.ABOVE:
            relation, value = Relation.BELOW, Decimal(1).scaleb(int(value.as_tuple().exponent))
            if value == 1:
                raise ValueError("is not a p value, because p is above 0; write it as printed, such as <0.001")
        if value > 1 or (value == 1 and relation is Relation.ABOVE):
            raise ValueError("is not a p value, because p is at most 1; write it as printed, such as 0.03")
        return cls(printed, relation, value)

    def __str__(self) -> str:
        return self.printed

    @property
    def exact(self) -> Decimal | None:
        """The value where p is printed as an exact number, else None."""
        return self.value if self.relation is Relation.EQUAL else None

    def is_below(self, limit: Decimal) -> bool:
        """Whether p is certainly below a limit.

        >>> [PValue.parse(text).is_below(Decimal("0.05")) for text in ("0.05", "0.049", "<0.05", ">0.01", "NS")]
        [False, True, True, False, False]
        """
        if self.value is None or self.relation is Relation.ABOVE:
            return False
        return self.value <= limit if self.relation is Relation.BELOW else self.value < limit

    def is_at_least(self, limit: Decimal) -> bool:
        """Whether p is certainly at or above a limit; "not significant" is read as at or above 0.05.

        >>> [PValue.parse(text).is_at_least(Decimal("0.05")) for text in ("0.05", "<0.06", ">0.05", ">0.04", "NS")]
        [True, False, True, False, True]
        """
        if self.value is None:
            return limit <= _ALPHA
        return self.relation is not Relation.BELOW and self.value >= limit
