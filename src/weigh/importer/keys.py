"""Keys of entries and ids of rows: readable, unique, and stable when the text is read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from weigh.importer.entry import PrintedEntry
from weigh.importer.found import ListedEntry
from weigh.text.names import parse_authors, plain_words

__all__ = ["Names", "base_key", "slug", "with_keys"]

_LONGEST = 40
_SMALL = frozenset(["a", "an", "and", "by", "for", "in", "of", "on", "or", "the", "to", "with"])


def slug(text: str, longest: int = 60) -> str:
    """Return a lower-case id of whole words, such as `carpal-tunnel-syndrome`; `x` if a text has no usable letter."""
    found = ""
    for word in plain_words(text):
        longer = f"{found}-{word}" if found else word[:longest]
        if len(longer) > longest:
            break
        found = longer
    return found or "x"


class Names:
    """A set of unique names."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._times

    def unique(self, name: str) -> str:
        """Return the name, followed by a number if it is already taken."""
        own = name
        while own in self._times:
            self._times[name] += 1
            own = f"{name}-{self._times[name]}"
        self._times[own] = 1
        return own


def with_keys(entries: Sequence[ListedEntry], kept: Mapping[str, str] | None = None) -> tuple[ListedEntry, ...]:
    """Give each entry its key: family name or acronym, year, and a letter if several would be equal.

    Args:
        entries: the entries in the order of the lists.
        kept: former keys of some entries, by the text of the entry.
    """
    kept = kept or {}
    bases = [base_key(entry.entry) for entry in entries]
    times = Counter(base for base, entry in zip(bases, entries, strict=True) if entry.entry.text not in kept)
    taken = {key.casefold() for key in kept.values()}
    keyed = []
    for base, entry in zip(bases, entries, strict=True):
        key = kept.get(entry.entry.text)
        if key is None:
            key = _free(base, taken, alone=times[base] == 1)
            taken.add(key)
        keyed.append(replace(entry, key=key))
    return tuple(keyed)


def _free(base: str, taken: set[str], *, alone: bool) -> str:
    if alone and base not in taken:
        return base
    place = 0
    while (key := f"{base}{_letters(place)}") in taken:
        place += 1
    return key


def _letters(place: int) -> str:
    """Return the letters a to z, then aa, ab and so on."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def base_key(entry: PrintedEntry) -> str:
    """Return the key of an entry before any distinguishing letter.

    >>> base_key(PrintedEntry(text="", kind="article", authors=("van der Birch T",), year="2013"))
    'vanderbirch2013'
    """
    year = entry.year[:4] or (str(entry.accessed.year) if entry.accessed else "nd")
    if not entry.authors:
        return f"{''.join(plain_words(entry.text)[:1])[:_LONGEST] or 'entry'}{year}"
    first = next(iter(parse_authors(entry.authors[0])), None)
    if first is None:
        return f"entry{year}"
    if first.acronym:
        name = "".join(plain_words(first.acronym))
    elif first.initials or " " not in first.family:
        name = "".join(plain_words(first.family))
    else:
        name = _initials(first.family)
    return f"{name[:_LONGEST] or 'entry'}{year}"


def _initials(body: str) -> str:
    """Return the initials of an organisation's name, or its only word."""
    words = [word for word in plain_words(body) if word not in _SMALL]
    return "".join(word[0] for word in words) if len(words) > 1 else "".join(words)
