"""Authors' names and years as printed: parsing them, and measuring how similar two of them are."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = [
    "PARTICLES",
    "Author",
    "Cited",
    "distance",
    "fold",
    "near",
    "parse_authors",
    "parse_cited",
    "plain_words",
    "same",
]

#: Letters that Unicode does not decompose into a base letter and a diacritic.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
#: The German and Nordic transliterations of letters with diacritics.
_EXPANDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_SIGNS = re.compile(r"[^a-z0-9]+")
#: Particles that may precede a family name; often omitted or written in lower case.
PARTICLES = frozenset(
    [
        "al",
        "bin",
        "da",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "ten",
        "ter",
        "van",
        "vom",
        "von",
        "zu",
    ]
)
_YEAR = re.compile(r"\b((?:1[6-9]|20)\d\d)([a-z]?)\b")
_NUMBER = re.compile(r"(?:\[(\d{1,4})\]|\((\d{1,3})\)|\^(\d{1,4}))\Z")
_INITIALS = re.compile(r"[^\W\d_]{1,4}(?:-[^\W\d_])?\Z")
#: In names shorter than this, one changed letter makes a different name: Li and Lu, Chen and Chan.
_SHORTEST = 6
#: Longer than any name; the time to compare two names grows with the square of their length.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Author:
    """One author as a reference list prints it: family name, initials (empty for an organization), its acronym."""

    family: str
    initials: str
    acronym: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as printed in the text: the names and the year."""

    names: tuple[str, ...]
    year: str | None
    letter: str = field(default="", repr=False)  # the "a" of 2019a, which distinguishes works of one year
    number: int | None = field(default=None, repr=False)  # in a numbered citation
    whole: str = field(default="", compare=False, repr=False)  # unsplit, as an organization's name may contain "and"


def fold(name: str) -> str:
    """A name in lower case, without diacritics, spaces or punctuation.

    >>> fold("Thomeé-Öz"), fold("O'Brien")
    ('thomeeoz', 'obrien')
    """
    if name.isascii():
        return _SIGNS.sub("", name.lower())
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return "".join(c for c in plain if c.isalnum())


def plain_words(text: str) -> list[str]:
    """The words of a text in lower-case ASCII letters and digits, from which keys and ids are made.

    >>> plain_words("Müllbrandt's 2-week Trial")
    ['muellbrandts', '2', 'week', 'trial']
    """
    composed = unicodedata.normalize("NFC", text).casefold().translate(_EXPANDED).translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", composed) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", bare))


@lru_cache(maxsize=200_000)
def _forms(name: str) -> frozenset[str]:
    """The forms in which a name may be written: folded, transliterated, without its particles."""
    composed = unicodedata.normalize("NFC", name.casefold())
    words = composed.split()
    while len(words) > 1 and words[0].strip(".") in PARTICLES:
        words = words[1:]
    return frozenset({fold(composed), fold(composed.translate(_EXPANDED)), fold(" ".join(words))} - {""})


def same(one: str, other: str) -> bool:
    """Whether two names are equal apart from diacritics, transliteration and particles.

    >>> same("Thomeé", "Thomee"), same("Müller", "Mueller"), same("De Giorgio", "Giorgio"), same("Franken", "Vranken")
    (True, True, True, False)
    """
    return not _forms(one).isdisjoint(_forms(other))


def distance(one: str, other: str, limit: int | None = None) -> int:
    """The edit distance of two folded names (optimal string alignment); counting stops at `limit` + 1."""
    from rapidfuzz.distance import OSA

    return OSA.distance(fold(one), fold(other), score_cutoff=limit)


def near(one: str, other: str) -> bool:
    """Whether two different names are similar enough for one to be a misprint of the other.

    >>> near("Vranken", "Franken"), near("Mehrsai", "Mehraei"), near("Chen", "Chan"), near("Martin", "Marten")
    (True, True, False, True)
    """
    folded, against = fold(one), fold(other)
    shorter = min(len(folded), len(against))
    if shorter < _SHORTEST or max(len(folded), len(against)) > _LONGEST or same(one, other):
        return False
    allowed = 1 if shorter == _SHORTEST else 2
    return distance(folded, against, allowed) <= allowed


def parse_cited(text: str) -> Cited:
    """The names and the year of a citation as printed.

    >>> parse_cited("Kroeling and colleagues (2013)")
    Cited(names=('Kroeling',), year='2013')
    >>> parse_cited("Sayegh and Strauch (2014)")
    Cited(names=('Sayegh', 'Strauch'), year='2014')
    >>> parse_cited("[12]").number
    12
    """
    if (number := _NUMBER.match(text)) is not None:
        return Cited((), None, number=int(number[number.lastindex or 1]))
    years = _YEAR.findall(text)
    year, letter = years[-1] if years else (None, "")
    words = re.sub(r"\bet al\b\.?|\band (?:colleagues|others|coworkers|co-workers)\b", "", _YEAR.sub("", text))
    parts = re.split(r",|;|&|\band\b", words.strip(" ()[].,"))
    names = tuple(p for part in parts if (p := part.strip(" ()[].,")))
    return Cited(names, year, letter=letter, whole=words.strip(" ()[].,"))


def parse_authors(text: str) -> tuple[Author, ...]:
    """The authors of an entry in a reference list, without "et al".

    >>> parse_authors("Franken JH, van der Vegt MH, et al")
    (Author(family='Franken', initials='JH', acronym=''), Author(family='van der Vegt', initials='MH', acronym=''))
    >>> parse_authors("U.S. Food and Drug Administration (FDA)")
    (Author(family='U.S. Food and Drug Administration', initials='', acronym='FDA'),)
    """
    authors = []
    for part in (p.strip() for p in text.split(",")):
        if not part or fold(part) == "etal":
            continue
        acronym = re.search(r"\(([^()\s]{2,12})\)\s*$", part)
        head, _, last = part.rpartition(" ")
        if acronym:
            authors.append(Author(part[: acronym.start()].strip(), "", acronym.group(1)))
        elif head and _INITIALS.match(last.replace(".", "")) and last.upper() == last:
            authors.append(Author(head, last.replace(".", "")))
        else:
            authors.append(Author(part, ""))
    return tuple(authors)
