"""Find citations by author and year, in parentheses or within the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from weigh.importer.dates import MONTH, YEAR
from weigh.importer.prose import Passage
from weigh.text.names import PARTICLES, fold

__all__ = ["Known", "RawMention", "dated_mentions", "undated_mentions"]

_LONGEST_GROUP = 4000
_LOOK_BACK = 160
_PARTS = 4  # words of a family name: van der Birk
_GROUP = re.compile(rf"\(([^()]{{4,{_LONGEST_GROUP}}})\)")
_YEARS = rf"{YEAR}[a-z]?(?:\s*(?:,|/|&|and)\s*(?:{YEAR}[a-z]?|[a-z]\b))*"
_WORK = re.compile(rf"(?P<names>[^\d;]{{2,200}}?)(?:,\s*|\s+)(?P<years>{_YEARS})(?![\d-])")
_ONLY_YEARS = re.compile(rf"\s*(?P<years>{_YEARS})\s*\Z")
_ONE_YEAR = re.compile(rf"(?P<year>{YEAR})(?P<letter>[a-z]?)|(?<![^\s,/&])(?P<more>[a-z])\b")
_LEAD = re.compile(
    r"\s*(?:(?:see|see\s+also|also|and|or|as|in|e\.g\.|i\.e\.|eg|cf\.|for\s+example|reviewed\s+(?:in|by)|reported\s+by|according\s+to|compare|from|by)[,:]?\s+)+",
    re.IGNORECASE,
)
_PARTICLE = rf"(?:{'|'.join(sorted(PARTICLES))})"
_OTHERS = (
    r"(?:,?\s+et\s+al\.?,?|,?\s+(?:and|&)\s+(?:colleagues|others|co-?workers|associates|collaborators|co-?authors))"
)
_JOINTS = re.compile(
    r"and|&|et|al\.?|colleagues|others|co-?workers|associates|collaborators|co-?authors", re.IGNORECASE
)
_TOKEN = re.compile(r"\S+")
_COMMA = re.compile(r"\s*,\s*(?:and\s+)?")
_UNDATED = re.compile(rf"(?<!\w)(?P<name>(?:{_PARTICLE}\s+){{0,3}}[^\W\d_a-z][\w'’-]*){_OTHERS}")
#: Capitalised words that are not names: they begin a sentence, or name a part of a document.
_NO_NAME = frozenset(
    [
        "a",
        "about",
        "accessed",
        "after",
        "all",
        "also",
        "although",
        "an",
        "and",
        "annual",
        "another",
        "appendix",
        "approved",
        "as",
        "at",
        "autumn",
        "because",
        "before",
        "both",
        "but",
        "by",
        "chapter",
        "circa",
        "copyright",
        "current",
        "during",
        "early",
        "effective",
        "fall",
        "figure",
        "fiscal",
        "for",
        "from",
        "further",
        "fy",
        "her",
        "his",
        "however",
        "in",
        "it",
        "its",
        "late",
        "mid",
        "more",
        "most",
        "of",
        "on",
        "one",
        "or",
        "our",
        "part",
        "phase",
        "published",
        "results",
        "review",
        "reviewed",
        "revised",
        "section",
        "since",
        "some",
        "spring",
        "study",
        "summer",
        "table",
        "that",
        "the",
        "their",
        "these",
        "they",
        "this",
        "those",
        "three",
        "to",
        "trial",
        "two",
        "until",
        "updated",
        "version",
        "volume",
        "we",
        "when",
        "where",
        "whereas",
        "while",
        "winter",
        "with",
    ]
)
_MONTHS = re.compile(rf"(?:{MONTH})\.?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawMention:
    """One work of one citation, before it is matched with the lists.

    `start` and `end` delimit the whole citation in its passage, `at` is the position of this work in it; `sure` means that
    it has the form of a citation even if no list contains it; `number` is that of a numbered citation.
    """

    cited_as: str
    passage: int
    start: int
    end: int
    at: int
    narrative: bool = False
    sure: bool = True
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Names from the lists, folded: organisations with their acronyms, and family names of first authors."""

    bodies: frozenset[str]
    families: frozenset[str]

    @classmethod
    def of(cls, bodies: Iterable[str], families: Iterable[str]) -> Known:
        """Fold names as printed in lists."""
        return cls(*(frozenset(fold(name) for name in names) - {""} for names in (bodies, families)))


def dated_mentions(passages: Sequence[Passage], known: Known) -> list[RawMention]:
    """Return all works cited by author and year, in the order of the text."""
    found: list[RawMention] = []
    for place, passage in enumerate(passages):
        for group in _GROUP.finditer(passage.text):
            if _ONLY_YEARS.match(group[1]):
                found += _narrative(passage.text, place, group, known)
            else:
                found += _parenthetical(place, group, known)
    return found


def _parenthetical(place: int, group: re.Match[str], known: Known) -> Iterator[RawMention]:
    """Yield the works cited in a parenthesis; a part that cites none, such as `n=64`, is skipped."""
    names, start = "", group.start(1)
    for piece in group[1].split(";"):
        like = RawMention("", passage=place, start=group.start(), end=group.end(), at=start)
        start += len(piece) + 1
        if names and (alone := _ONLY_YEARS.match(piece)) is not None:  # (Fern, 1998; 2003)
            yield from _works(names, "", alone["years"], replace(like, at=like.at + alone.start("years")))
            continue
        lead = _LEAD.match(piece)
        offset = lead.end() if lead else len(piece) - len(piece.lstrip())
        while (work := _WORK.match(piece, offset)) is not None:
            printed_authors = work["names"].strip(" ,")
            if not _are_names(printed_authors, known):
                break
            names = printed_authors
            tail = piece[work.end() :].strip(" ,.")
            sure = not tail or re.match(rf"pp?\.|.*\b{YEAR}", tail) is not None
            printed = piece[work.start() : work.end()].strip(" ,")
            yield from _works(names, printed, work["years"], replace(like, at=like.at + work.start(), sure=sure))
            more = _COMMA.match(piece, work.end())
            if more is None:
                break
            offset = more.end()


def _works(names: str, printed: str, years: str, like: RawMention) -> Iterator[RawMention]:
    """Yield one work per year: as printed if there is only one, else the names with the year."""
    dated = _each_year(years)
    for year in dated:
        yield replace(like, cited_as=printed if printed and len(dated) == 1 else f"{names}, {year}")


def _each_year(years: str) -> list[str]:
    """Return every year of a list; a letter alone belongs to the preceding year.

    >>> _each_year("1998, 2019a, b")
    ['1998', '2019a', '2019b']
    """
    found: list[str] = []
    for match in _ONE_YEAR.finditer(years):
        if match["year"]:
            found.append(match["year"] + match["letter"])
        elif found:
            found.append(found[-1][:4] + match["more"])
    return found


def _are_names(text: str, known: Known) -> bool:
    """Whether words may be the authors of a work: capitalised names, not a sentence or a month."""
    if fold(text) in known.bodies:
        return True
    if ":" in text or "=" in text or _MONTHS.search(text):
        return False
    without = re.sub(r"\bet\s+al\b\.?|\band\s+(?:colleagues|others|co-?workers)\b", "", text)
    parts = [part.strip() for part in re.split(r",|&|\band\b", without) if part.strip()]
    return bool(parts) and all(_is_name(part) or fold(part) in known.bodies for part in parts)


def _is_name(part: str) -> bool:
    words = part.split()
    own = [word for word in words if not re.fullmatch(_PARTICLE, word)]
    return (
        0 < len(own) <= 6
        and all(word[0].isupper() or word in ("of", "for", "the") for word in own)
        and own[0][0].isupper()
        and own[0].strip(".").casefold() not in _NO_NAME
        and not _MONTHS.match(own[0])
        and len(part.strip(".")) > 1
    )


def _narrative(text: str, place: int, group: re.Match[str], known: Known) -> Iterator[RawMention]:
    """Yield the works named in a sentence before a year in parentheses: `Cloud and colleagues (2013)`."""
    before = text[max(0, group.start() - _LOOK_BACK) : group.start()]
    names, sure = _names_before(before, known)
    if names:
        start = group.start() - (len(before) - before.rindex(names))
        for year in _each_year(group[1]):
            yield RawMention(
                f"{names} ({year})", passage=place, start=start, end=group.end(), at=start, narrative=True, sure=sure
            )


def _names_before(before: str, known: Known) -> tuple[str, bool]:
    """Return the names at the end of a text, and whether they are certainly names."""
    tokens = list(_TOKEN.finditer(before))
    for length in range(min(12, len(tokens)), 0, -1):  # an organisation may have an "of" in its name
        body = before[tokens[-length].start() :].strip()
        if fold(body) in known.bodies:
            return body, True
    start = len(tokens)
    while start and _may_be_of_names(tokens[start - 1].group(), last=start == len(tokens)):
        start -= 1
    run = tokens[start:]
    while run and _JOINTS.fullmatch(run[0].group()):
        run = run[1:]
    words = [fold(token.group()) for token in run]
    first = next(
        (
            place
            for place in range(len(words))
            if any("".join(words[place : place + length]) in known.families for length in range(1, _PARTS + 1))
        ),
        None,
    )
    if first is None:  # no known author: take the words after the last comma, as in "In Oslo, Birch and colleagues"
        first = max((place + 1 for place, token in enumerate(run[:-1]) if token.group().endswith(",")), default=0)
    while first and re.fullmatch(_PARTICLE, run[first - 1].group()):
        first -= 1
    if first >= len(run):
        return "", False
    names = before[run[first].start() :].strip()
    bare = re.sub(rf"{_OTHERS}\Z", "", re.sub(r"['’]s\Z", "", names))
    if not _are_names(bare, known):
        return "", False
    return names, bare != names or bool(re.search(r"\band\b|&", bare))


def _may_be_of_names(token: str, *, last: bool) -> bool:
    """Whether a word may be part of names in a sentence."""
    word = token.strip(",")
    if not last and re.search(r"[.;:!?]\Z", word) and word != "al." and not re.fullmatch(r"[A-Z]\.", word):
        return False
    if _JOINTS.fullmatch(word) or re.fullmatch(_PARTICLE, word):
        return True
    return word[:1].isupper() and word.strip(".").casefold() not in _NO_NAME


def undated_mentions(
    passages: Sequence[Passage], dated: Iterable[RawMention], names: Iterable[str]
) -> list[RawMention]:
    """Find works cited only as “Author and colleagues”, by authors never cited with a year.

    Args:
        passages: the prose of the guideline.
        dated: the mentions with a year.
        names: family names of the first authors in the lists.
    """
    listed = {fold(name) for name in names}
    seen = [fold(mention.cited_as) for mention in dated]
    found = []
    for place, passage in enumerate(passages):
        for match in _UNDATED.finditer(passage.text):
            name = fold(match["name"])
            if name in listed and not any(name in other for other in seen):
                seen.append(name)
                found.append(
                    RawMention(
                        match.group().strip(" ,"),
                        passage=place,
                        start=match.start(),
                        end=match.end(),
                        at=match.start(),
                        narrative=True,
                    )
                )
    return found
