"""Find numbered citations: in brackets, in parentheses or superscript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from weigh.importer.found import CitationStyle
from weigh.importer.mentions import RawMention
from weigh.importer.prose import Passage

__all__ = ["numbered_mentions"]

_NUMBERS = r"\d{1,4}(?:\s*[,;]\s*\d{1,4}|\s*[-–—]\s*\d{1,4})*"
_PATTERNS = {
    CitationStyle.BRACKETS: re.compile(rf"\[\s*(?:refs?\.?\s*)?(?P<numbers>{_NUMBERS})\s*\]", re.IGNORECASE),
    CitationStyle.PARENTHESES: re.compile(rf"\(\s*(?:refs?\.?\s*)?(?P<numbers>{_NUMBERS})\s*\)", re.IGNORECASE),
    CitationStyle.SUPERSCRIPT: re.compile(rf"\^(?P<numbers>{_NUMBERS})\^"),
}
#: Numbers directly after a word or its full stop: `pain.12,13`, `relief4`.
_GLUED = re.compile(
    r"(?:(?<=[a-z]{3})|(?<=[a-z)”\"][.,;:]))(?P<numbers>\d{1,3}(?:[,–-]\d{1,3})*)(?=\s|[.,;:)]?(?:\s|\Z))"
)
_MARKS = {
    CitationStyle.BRACKETS: "[{}]",
    CitationStyle.PARENTHESES: "({})",
    CitationStyle.SUPERSCRIPT: "^{}",
}
_AFTER_NUMBER = re.compile(r"[\d%]\s?\Z")  # 51 (12) years: a standard deviation, not a citation
_WIDEST = 60  # works in one range


def numbered_mentions(
    passages: Sequence[Passage], style: CitationStyle, highest: int, *, glued: bool = False
) -> list[RawMention]:
    """Return all works cited by number in one style, with ranges expanded.

    Args:
        passages: the prose of the guideline.
        style: the citation style.
        highest: the highest number in the lists; a higher one in parentheses or after a word is not a citation.
        glued: for superscripts, search for unmarked numbers directly after a word.
    """
    pattern = _GLUED if glued else _PATTERNS[style]
    found: list[RawMention] = []
    for place, passage in enumerate(passages):
        for match in pattern.finditer(passage.text):
            numbers = _each(match["numbers"])
            unsure = glued or style is CitationStyle.PARENTHESES
            if not numbers or (unsure and max(numbers) > highest):
                continue
            if style is CitationStyle.PARENTHESES and (
                _enumerates(passage.text, match, numbers)
                or _AFTER_NUMBER.search(passage.text, max(0, match.start() - 3), match.start())
            ):
                continue
            for number in numbers:
                found.append(
                    RawMention(
                        _MARKS[style].format(number),
                        passage=place,
                        start=match.start(),
                        end=match.end(),
                        at=match.start(),
                        number=number,
                    )
                )
    return found


def _each(numbers: str) -> list[int]:
    """Return every number of a list with ranges; empty if a range runs backwards or is implausibly wide.

    >>> _each("1,3-5")
    [1, 3, 4, 5]
    """
    return list(_expanded(numbers))


def _expanded(numbers: str) -> Iterator[int]:
    for part in re.split(r"[,;]", numbers):
        ends = [int(end) for end in re.split(r"[-–—]", part)]
        if len(ends) > 2 or not 0 <= ends[-1] - ends[0] <= _WIDEST:
            return
        yield from range(ends[0], ends[-1] + 1)


def _enumerates(text: str, match: re.Match[str], numbers: list[int]) -> bool:
    """Whether a number in parentheses enumerates parts of its sentence: `(1) longer light, (2) less dark`."""
    if len(numbers) > 1:
        return False
    number, after = numbers[0], text[match.end() : match.end() + 2]
    if not re.match(r"\s[^\W_]", after):
        return False
    around = text[max(0, match.start() - 400) : match.end() + 400]
    return f"({number + 1})" in around or f"({number - 1})" in around
