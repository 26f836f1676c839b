"""Lines put together to passages and taken apart to sentences; every place in them still knows its line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from weigh.importer.source.lines import Line

__all__ = ["ITEM", "Passage", "Vocabulary", "glued", "is_subheading", "passages", "sentence_ends"]

#: What begins an item of a list: `- `, `A. `, `(1) `, `iv) `.
ITEM = re.compile(r"\s*(?:[-•▪◦–]\s+|\(?(?:[A-Za-z]|\d{1,2}|[ivxIVX]{1,5})[.)]\s+)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
#: A passage that ends so is whole.
_WHOLE = re.compile(r"[.?!:][)\]”\"’'*^\d,–-]*\Z")
_STOP = re.compile(r"[.?!][)\]”\"’'*]*(?:\^[\d,–-]+\^)?(?=\s|\Z)")
#: A point after one of these ends no sentence.
_NO_STOP = re.compile(
    r"(?:\b[A-Z]|\b(?:et al|vs|e\.g|i\.e|cf|approx|St|Dr|Mr|Ms|Prof|Inc|Co|Corp|Ltd|No|Nos|Vol|Fig|ed|eds|Sec|[A-Z]\.[A-Z]))\Z"
)
_LOOK_BACK = 12
_LONGEST_SUBHEADING = 80


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or an item as one line of text; `starts[i]` is where line `numbers[i]` begins in it."""

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]
    heading: str = ""

    def line_at(self, place: int) -> int:
        """The number of the line that a place of the text stands on."""
        return self.numbers[bisect_right(self.starts, place) - 1]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The whole words of a text in lower case, and whether it breaks words at the ends of its lines."""

    words: frozenset[str] = frozenset()
    breaks_words: bool = True

    def keeps_hyphen(self, head: str, tail: str) -> bool:
        """Whether the hyphen between two parts at the end of a line belongs to the word.

        What the text writes elsewhere decides, else what it does with most such words.
        """
        whole = self._is_whole(head, tail)
        return not self.breaks_words if whole is None else not whole

    def _is_whole(self, head: str, tail: str) -> bool | None:
        """Whether two parts stand elsewhere as one word (True) or with a hyphen (False); None where neither does."""
        one, two = f"{head}{tail}".lower(), f"{head}-{tail}".lower()
        if (one in self.words) != (two in self.words):
            return one in self.words
        return None

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Vocabulary:
        """The vocabulary of a text."""
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
        told = [whole for head, tail in parts if (whole := known._is_whole(head, tail)) is not None]
        return replace(known, breaks_words=2 * sum(told) >= len(told))


def is_subheading(lines: Sequence[Line], place: int) -> bool:
    """Whether a line heads the passages below it: by its layout, or because it stands alone and is no sentence."""
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
    """Put lines together.

    Args:
        lines: lines of one section.
        words: the vocabulary of the text.

    Returns:
        The passages in order, and the numbers of the lines that head some of them.
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
        elif waiting.goes_on(line.text, after_blank):
            waiting.add(line, words)
        else:
            found += waiting.closed()
            waiting = _Open(heading)
            waiting.add(line, words)
        after_blank = False
    found += waiting.closed()
    return tuple(found), frozenset(headings)


class _Open:
    """A passage that may go on."""

    def __init__(self, heading: str) -> None:
        self.heading = heading
        self.parts: list[str] = []
        self.length = 0
        self.open = 0  # parentheses that are not closed yet
        self.starts: list[int] = []
        self.numbers: list[int] = []

    def goes_on(self, text: str, after_blank: bool) -> bool:
        if not self.parts or ITEM.match(text):
            return False
        first = text.lstrip()[:1]
        last = self.parts[-1].rstrip()
        if after_blank:  # a paragraph that a page or an editor cut in two
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
    """How two lines go together: the first one, without its hyphen where that only broke a word, and what joins them.

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
    """Where the sentences of a text end, in order; the end of the text is the last one."""
    ends = [
        stop.end()
        for stop in _STOP.finditer(text)
        if text[stop.start()] != "." or not _NO_STOP.search(text, max(0, stop.start() - _LOOK_BACK), stop.start())
    ]
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]
