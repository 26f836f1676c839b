"""The wording of coverage positions in guidelines."""

from __future__ import annotations

import re

from weigh.evidence.vocabulary import Position

__all__ = ["position_in", "printed_position"]

_NO = re.compile(
    r"\bnot\s+(?:considered\s+(?:to\s+be\s+)?)?(?:(?:proven|reasonable)\s+(?:or|and)\s+)?medically\s+necessary\b|\binvestigational\b|\bexperimental\b|\bunproven\b"
    r"|\bnot\s+(?:\w+\s+){0,2}covered\b|\bnon-?covered\b|\bnot\s+(?:been\s+)?(?:clinically\s+)?proven\b|\bnot\s+an?\s+covered\b",
    re.IGNORECASE,
)
_YES = re.compile(r"\bmedically\s+necessary\b|\bproven\b|\bcovered\b", re.IGNORECASE)


def position_in(text: str) -> Position | None:
    """Return the position declared by the first declaring words of a text.

    >>> position_in("Not Medically Necessary:"), position_in("is considered medically necessary"), position_in("Lamps")
    (<Position.NOT_MEDICALLY_NECESSARY: 'not_medically_necessary'>, <Position.MEDICALLY_NECESSARY: 'medically_necessary'>, None)
    """
    no, yes = _NO.search(text), _YES.search(text)
    if no is not None and (yes is None or no.start() <= yes.start()):
        return Position.NOT_MEDICALLY_NECESSARY
    return Position.MEDICALLY_NECESSARY if yes is not None else None


def printed_position(text: str) -> str:
    """Return the declaring words, as printed; empty if there are none."""
    found = _NO.search(text) if position_in(text) is Position.NOT_MEDICALLY_NECESSARY else _YES.search(text)
    return found.group().lower() if found else ""
