"""Matches citations to entries of the reference lists: exactly one, an approximate match, several, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from weigh.evidence.model import Citation, Listing
from weigh.evidence.vocabulary import ReferenceList
from weigh.text.names import Author, Cited, near, parse_authors, parse_cited, same

__all__ = ["Match", "MatchKind", "match_citations"]

#: The largest number of years between the online and the print date of one paper.
_YEARS_APART = 2


#: An entry of the lists: list and number.
_Entry = tuple[ReferenceList, int]


class MatchKind(StrEnum):
    """How a citation matches the lists. Nothing is rewritten, and no match is forced."""

    EXACT = "exact"
    NAME = "name"
    YEAR = "year"
    AMBIGUOUS = "ambiguous"
    NOT_LISTED = "not_listed"


@dataclass(frozen=True, slots=True)
class Match:
    """One citation with the entries to which it may refer: one, several, or none.

    `difference` describes an approximate match; `confidence` grades it in a word.
    """

    citation: Citation
    cited: Cited
    kind: MatchKind
    listings: tuple[Listing, ...]
    difference: str = ""
    confidence: str = ""


class _Lists:
    """The reference lists by year, with authors parsed once."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self.authors: dict[_Entry, tuple[Author, ...]] = {}
        self.by_year: defaultdict[str, list[Listing]] = defaultdict(list)
        self.by_number: defaultdict[int, list[Listing]] = defaultdict(list)
        for listing in listings:
            self.authors[listing.list, listing.number] = parse_authors(listing.authors)
            year = (listing.year or listing.accessed or "")[:4]
            self.by_year[year].append(listing)
            self.by_number[listing.number].append(listing)

    def of(self, listing: Listing) -> tuple[Author, ...]:
        return self.authors[listing.list, listing.number]

    def in_year(self, year: str | None) -> Sequence[Listing]:
        return self.by_year.get(year or "", ())

    def around(self, year: str | None) -> list[Listing]:
        """Entries of nearby years; all entries where the text gives no year."""
        if year is None:
            return [listing for found in self.by_year.values() for listing in found]
        years = (str(int(year) + shift) for shift in range(-_YEARS_APART, _YEARS_APART + 1) if shift)
        return [listing for other in years for listing in self.by_year.get(other, ())]


def match_citations(citations: Iterable[Citation], listings: Iterable[Listing]) -> tuple[Match, ...]:
    """Match every citation with the lists, in the order of the citations.

    An entry matched exactly by one citation is not offered as an approximate match for another: two spellings that both
    occur in the text are taken for two works.
    """
    lists = _Lists(listings)
    parsed = [(citation, parse_cited(citation.cited_as)) for citation in citations]
    exact = [_exact(cited, lists) for _, cited in parsed]
    taken = {(x.list, x.number) for found in exact if len(found) == 1 for x in found}
    return tuple(
        _match(citation, cited, found, lists, taken) for (citation, cited), found in zip(parsed, exact, strict=True)
    )


def _exact(cited: Cited, lists: _Lists) -> list[Listing]:
    """The entries with the number, or the names and year, of a citation; a letter after the year selects one."""
    if cited.number is not None:
        return lists.by_number.get(cited.number, [])
    found = [x for x in lists.in_year(cited.year) if _names_agree(cited, lists.of(x))]
    with_letter = [x for x in found if cited.letter and (x.year or "")[4:] == cited.letter]
    return with_letter if len(found) > 1 and len(with_letter) == 1 else found


def _match(citation: Citation, cited: Cited, exact: list[Listing], lists: _Lists, taken: set[_Entry]) -> Match:
    if len(exact) == 1:
        return Match(citation, cited, MatchKind.EXACT, tuple(exact))
    if exact:
        fits = "name and year match each of them" if cited.number is None else "each list has that number"
        return Match(citation, cited, MatchKind.AMBIGUOUS, tuple(exact), fits)
    if cited.number is not None:
        return Match(citation, cited, MatchKind.NOT_LISTED, ())
    by_name = [x for x in lists.in_year(cited.year) if _free(x, taken) and _names_near(cited, lists.of(x))]
    by_year = [x for x in lists.around(cited.year) if _free(x, taken) and _names_agree(cited, lists.of(x))]
    found = [*by_name, *by_year]
    if len(found) > 1:
        return Match(citation, cited, MatchKind.AMBIGUOUS, tuple(found), "each is an approximate match")
    if by_name:
        first = lists.of(by_name[0])[0].family
        return Match(
            citation,
            cited,
            MatchKind.NAME,
            tuple(by_name),
            f"the text has {cited.names[0]}, the list has {first}",
            "probable",
        )
    if by_year:
        listed = (by_year[0].year or by_year[0].accessed or "")[:4]
        if cited.year is None:
            difference = f"the text gives no year, the list has {listed or 'none'}"
            return Match(citation, cited, MatchKind.YEAR, tuple(by_year), difference, "possible")
        apart = abs(int(listed) - int(cited.year or listed))
        confidence = "probable" if apart == 1 or len(cited.names) > 1 else "possible"
        return Match(
            citation,
            cited,
            MatchKind.YEAR,
            tuple(by_year),
            f"the text has {cited.year}, the list has {listed}",
            confidence,
        )
    return Match(citation, cited, MatchKind.NOT_LISTED, ())


def _free(listing: Listing, taken: set[_Entry]) -> bool:
    return (listing.list, listing.number) not in taken


def _names_agree(cited: Cited, authors: Sequence[Author]) -> bool:
    """Whether each cited name equals the author at the same position; organizations may be cited by acronym."""
    if authors and not authors[0].initials and same(cited.whole, authors[0].family):
        return True
    if not cited.names or len(cited.names) > len(authors):
        return False
    return all(
        same(name, author.family) or (author.acronym != "" and name == author.acronym)
        for name, author in zip(cited.names, authors, strict=False)
    )


def _names_near(cited: Cited, authors: Sequence[Author]) -> bool:
    """Whether the first name resembles that of the first author and all further names agree."""
    if not cited.names or len(cited.names) > len(authors) or not authors[0].initials:
        return False
    pairs = list(zip(cited.names, authors, strict=False))
    return near(pairs[0][0], pairs[0][1].family) and all(same(name, author.family) for name, author in pairs[1:])
