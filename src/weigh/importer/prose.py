"""Join lines into passages and split them into sentences, keeping track of line numbers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from weigh.importer.source.lines import Line

__all__ = ["ITEM", "Passage", "Vocabulary", "glued", "is_subheading", "passages", "sentence_ends"]

#: Labels that begin a list item: `- `, `A. `, `(1) `, `iv) `.
ITEM = re.compile(r"\s*(?:[-•▪◦–]\s+|\(?(?:[A-Za-z]|\d{1,2}|[ivxIVX]{1,5})[.)]\s+)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
#: Endings of a complete passage.
_WHOLE = re.compile(r"[.?!:][)\]”\"’'*^\d,–-]*\Z")
_STOP = re.compile(r"[.?!][)\]”\"’'*]*(?:\^[\d,–-]+\^)?(?=\s|\Z)")
#: Abbreviations whose full stop does not end a sentence.
_NO_STOP = re.compile(
    r"(?:\b[A-Z]|\b(?:et al|vs|e\.g|i\.e|cf|approx|St|Dr|Mr|Ms|Prof|Inc|Co|Corp|Ltd|No|Nos|Vol|Fig|ed|eds|Sec|[A-Z]\.[A-Z]))\Z"
)
_LOOK_BACK = 12
_LONGEST_SUBHEADING = 80


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or item as one line of text; line `numbers[i]` begins at `starts[i]`."""

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]
    heading: str = ""

    def line_at(self, place: int) -> int:
        """Return the line number of a position in the text."""
        return self.numbers[bisect_right(self.starts, place) - 1]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The whole words of a text, in lower case, and whether the text hyphenates at line ends."""

    words: frozenset[str] = frozenset()
    breaks_words: bool = True

    def keeps_hyphen(self, head: str, tail: str) -> bool:
        """Whether the hyphen at the end of a line belongs to the word.

        The spelling elsewhere in the text decides, else the text's most common practice.
        """
        whole = self._is_whole(head, tail)
        return not self.breaks_words if whole is None else not whole

    def _is_whole(self, head: str, tail: str) -> bool | None:
        """Whether two parts occur elsewhere as one word (True) or with a hyphen (False); None if neither."""
        one, two = f"{head}{tail}".lower(), f"{head}-{tail}".lower()
        if (one in self.words) != (two in self.words):
            return one in self.words
        return None

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Vocabulary:
        """Return the vocabulary of a text."""
        words: set[str] = set()
        parts: list[tuple[str, str]] = []
        last = ""
        for line in lines:
            found = _WORD.findall(line.text)
            if last and found and line.text.lstrip()[:1].islower():
                parts.append((last, found[0]))
            breaks = line.text.rstrip().endswith("-")
            words.update(word.lower() for word in found[int(bool(last)) : len(found) - int(breaks)])
            last = found[-1] if found and breaks else ""
        known = cls(frozenset(words))
        known_cases = [whole for head, tail in parts if (whole := known._is_whole(head, tail)) is not None]
        return replace(known, breaks_words=2 * sum(known_cases) >= len(known_cases))


def is_subheading(lines: Sequence[Line], place: int) -> bool:
    """Whether a line is a subheading: by its layout, or because it is isolated and not a sentence."""
    text = lines[place].text.strip()
    if lines[place].level:
        return bool(text)
    if not text or len(text) > _LONGEST_SUBHEADING or not text[0].isupper() or re.search(r"[.,;()\t\d]", text):
        return False
    alone = (place == 0 or not lines[place - 1].text.strip()) and (
        place + 1 == len(lines) or not lines[place + 1].text.strip()
    )
    return alone and len(text.split()) <= 8


def passages(lines: Sequence[Line], words: Vocabulary) -> tuple[tuple[Passage, ...], frozenset[int]]:
    """Join lines into passages.

    Args:
        lines: the lines of one section.
        words: the vocabulary of the text.

    Returns:
        The passages in order, and the numbers of the subheadings' lines.
    """
    found: list[Passage] = []
    headings: set[int] = set()
    heading, waiting = "", _Open("")
    after_blank = False
    for place, line in enumerate(lines):
        if not line.text.strip():
            after_blank = True
            continue
        if is_subheading(lines, place):
            found += waiting.closed()
            heading = line.text.strip().strip("*:").strip()
            waiting = _Open(heading)
            headings.add(line.number)
        elif waiting.continues(line.text, after_blank):
            waiting.add(line, words)
        else:
            found += waiting.closed()
            waiting = _Open(heading)
            waiting.add(line, words)
        after_blank = False
    found += waiting.closed()
    return tuple(found), frozenset(headings)


class _Open:
    """A passage that may continue."""

    def __init__(self, heading: str) -> None:
        self.heading = heading
        self.parts: list[str] = []
        self.length = 0
        self.open = 0  # unclosed parentheses
        self.starts: list[int] = []
        self.numbers: list[int] = []

    def continues(self, text: str, after_blank: bool) -> bool:
        if not self.parts or ITEM.match(text):
            return False
        first = text.lstrip()[:1]
        last = self.parts[-1].rstrip()
        if after_blank:  # a paragraph split by a page break or an editor
            return not _WHOLE.search(last[-20:]) and (first.islower() or last.endswith((",", "-")))
        return self.open > 0 or not _WHOLE.search(last[-20:]) or first.islower() or first in "(["

    def add(self, line: Line, words: Vocabulary) -> None:
        text = line.text.strip()
        if self.parts:
            last, joint = glued(self.parts[-1], text, words)
            self.length += len(last) - len(self.parts[-1]) + len(joint)
            self.parts[-1] = last
            self.parts.append(joint)
        self.starts.append(self.length)
        self.numbers.append(line.number)
        self.open = max(0, self.open + text.count("(") - text.count(")"))
        self.parts.append(text)
        self.length += len(text)

    def closed(self) -> Iterator[Passage]:
        if self.parts:
            yield Passage("".join(self.parts), tuple(self.starts), tuple(self.numbers), self.heading)


def glued(before: str, after: str, words: Vocabulary) -> tuple[str, str]:
    """Return the first of two lines, without a hyphen that only broke a word, and the text that joins them.

    >>> glued("after a treat-", "ment of", Vocabulary()), glued("pages 365-", "377.", Vocabulary())
    (('after a treat', ''), ('pages 365-', ''))
    """
    if not before.endswith(("-", "/")) or before.endswith((" -", " /")):
        return before, " "
    head, tail = _WORD.findall(before[-60:-1])[-1:], _WORD.match(after)
    broken = before[-1] == "-" and head and tail is not None and before[-2].isalpha() and tail.group()[0].islower()
    if broken and tail is not None and not words.keeps_hyphen(head[0], tail.group()):
        return before[:-1], ""
    return before, ""


def sentence_ends(text: str) -> list[int]:
    """Return the ends of the sentences of a text, in order; the last is the end of the text."""
    ends = [
        stop.end()
        for stop in _STOP.finditer(text)
        if text[stop.start()] != "." or not _NO_STOP.search(text, max(0, stop.start() - _LOOK_BACK), stop.start())
    ]
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]
