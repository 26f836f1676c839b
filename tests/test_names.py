"""Names as authors write them match their entry; names of other people never do."""

from __future__ import annotations

import string
import time
import unicodedata
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from weigh.audit.matching import Match, MatchKind, match_citations
from weigh.evidence.model import Citation, Listing, Place
from weigh.evidence.vocabulary import ReferenceList, Stance
from weigh.text.names import Author, distance, near, parse_authors, parse_cited, same

#: Family names with diacritics, particles and hyphens from several languages.
MARKED = [
    "Müllbrandt",
    "Størenskog",
    "Łowczyński",
    "Ångermark",
    "García-Velásquez",
    "O'Shaughnessy",
    "Çelikbaş",
    "Nguyễn",
    "Dvořáková",
    "Groß",
    "Þórisdóttir",
    "van der Vegtmaar",
    "De Giorgino",
    "von Öttersbach",
    "Saint-Exupère",
    "Čapkovičová",
    "İlhanoğlu",
]
#: An organization is cited by its name or by the acronym in parentheses after it.
BODIES = ["Bell Bureau", "World Chime Council (WCC)", "Imaginary Agency for Sounds (IAS)", "Gong Office"]
#: Different people: short names that differ by one letter, and longer ones that differ by three.
SHORT_PAIRS = [
    ("Li", "Lu"),
    ("Chen", "Chan"),
    ("Kim", "Kin"),
    ("Wang", "Wong"),
    ("Lee", "Leo"),
    ("Park", "Pack"),
    ("Yu", "Xu"),
    ("Ho", "Hu"),
    ("Smit", "Smid"),
    ("Khan", "Kahn"),
    ("Meyer", "Mayer"),
    ("Jones", "Jonas"),
    ("Bauer", "Baker"),
    ("Zhang", "Zhong"),
]

names = st.text(string.ascii_lowercase, min_size=6, max_size=14).map(str.capitalize)
initials = st.text(string.ascii_uppercase, min_size=1, max_size=3)
years = st.integers(1960, 2029).map(str)
families = st.one_of(st.sampled_from(MARKED), names).filter(lambda name: name != "Etal")


def listing(number: int, authors: str, year: str | None, key: str = "") -> Listing:
    return Listing(
        place=Place("evidence/listings.csv", number + 1),
        list=ReferenceList.PEER_REVIEWED,
        number=number,
        citation_key=key or f"work{number}",
        authors=authors,
        title="A title",
        source=None,
        year=year,
        volume=None,
        issue=None,
        pages=None,
        accessed=None,
    )


def citation(number: int, cited_as: str) -> Citation:
    return Citation(
        place=Place("evidence/citations.csv", number + 1),
        citation_id=f"c{number}",
        conclusion_id="bells",
        cited_as=cited_as,
        listed_as=None,
        list=None,
        number=None,
        citation_key=None,
        stance=Stance.BACKGROUND,
        text_line=number,
        note=None,
    )


def matched(cited: list[str], listed: list[tuple[str, str | None]]) -> tuple[Match, ...]:
    """The matches of citations with entries, each entry given as authors and year."""
    return match_citations(
        [citation(number, text) for number, text in enumerate(cited, 1)],
        [listing(number, authors, year) for number, (authors, year) in enumerate(listed, 1)],
    )


def outcome(match: Match) -> tuple[str, list[int]]:
    return match.kind.value, [entry.number for entry in match.listings]


def bare(name: str) -> str:
    """A name in ASCII, without diacritics."""
    apart = name.translate(
        str.maketrans({"ø": "o", "ł": "l", "Ł": "L", "ß": "ss", "Þ": "Th", "þ": "th", "Ø": "O", "\u0131": "i"})
    )
    return "".join(c for c in unicodedata.normalize("NFKD", apart) if c.isascii())


def in_letters(name: str) -> str:
    """A name with German and Nordic letters transliterated."""
    return name.translate(
        str.maketrans({"ü": "ue", "ö": "oe", "Ö": "Oe", "ä": "ae", "ø": "oe", "å": "aa", "Å": "Aa", "ß": "ss"})
    )


WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": lambda name: name,
    "bare": bare,
    "in letters": in_letters,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "capitals": str.upper,
    "without hyphens": lambda name: name.replace("-", " "),
    "curly apostrophe": lambda name: name.replace("'", "’"),
    "without particles": lambda name: name.split(" ")[-1] if name.split(" ")[0].casefold() in {"van", "de", "von"} else name,
}  # fmt: skip

FORMS = ["{0}, {2}", "{0} ({2})", "{0} et al., {2}", "{0} and colleagues ({2})", "({0} {2})"]


@st.composite
def works(draw: st.DrawFn) -> list[tuple[list[str], str, str]]:
    """Entries of a list: families, authors as printed, year; no two of the same year are similar."""
    made: list[tuple[list[str], str, str]] = []
    for people in draw(st.lists(st.lists(families, min_size=1, max_size=4, unique=True), min_size=1, max_size=6)):
        year = draw(years)
        others = [other[0] for other, _, _ in made]
        if any(same(people[0], other) or near(people[0], other) for other in others):
            continue
        printed = ", ".join(f"{family} {draw(initials)}" for family in people)
        made.append((people, printed + draw(st.sampled_from(["", ", et al"])), year))
    return made


# ---- matches


@given(works(), st.data())
def test_a_citation_of_a_listed_work_finds_exactly_that_entry(
    listed: list[tuple[list[str], str, str]], data: st.DataObject
) -> None:
    """Whatever diacritics are lost and however it is cited, a listed work is found, and only that work."""
    cited = [
        data.draw(st.sampled_from(FORMS)).format(
            WRITTEN[data.draw(st.sampled_from(list(WRITTEN)))](people[0]), "", year
        )
        for people, _, year in listed
    ]
    found = matched(cited, [(authors, year) for _, authors, year in listed])

    assert [("exact", [number]) for number in range(1, len(listed) + 1)] == [outcome(match) for match in found]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("name", MARKED)
def test_every_way_of_writing_a_name_is_that_name(name: str, written: str) -> None:
    """Accents, particles, hyphens, case and transliteration do not make a different name."""
    assert ("exact", [1]) == outcome(*matched([f"{WRITTEN[written](name)}, 2015"], [(f"{name} AB", "2015")]))


@given(st.lists(families, min_size=2, max_size=3, unique=True), years, st.sampled_from([" and ", " & ", ", "]))
def test_all_authors_in_their_order_match(people: list[str], year: str, joint: str) -> None:
    """A citation may name two or three authors, joined in any way."""
    authors = ", ".join(f"{family} A" for family in people)

    assert ("exact", [1]) == outcome(*matched([f"{joint.join(people)} ({year})"], [(authors, year)]))


@pytest.mark.parametrize("body", BODIES)
def test_a_body_is_found_by_its_name(body: str) -> None:
    """An organization has no initials and is cited by its name."""
    assert ("exact", [1]) == outcome(*matched([f"{body.partition(' (')[0]}, 2022"], [(body, "2022")]))


@pytest.mark.parametrize("body", [body for body in BODIES if "(" in body])
def test_a_body_is_found_by_its_acronym(body: str) -> None:
    """The acronym in parentheses identifies the organization before it."""
    assert ("exact", [1]) == outcome(*matched([f"{body.rstrip(')').partition('(')[2]}, 2022"], [(body, "2022")]))


def test_a_body_with_and_in_its_name_is_found() -> None:
    """An organization with "and" in its name is one author, not two."""
    listed: list[tuple[str, str | None]] = [("Office of Bells and Gongs (OBG)", "2022")]

    assert ("exact", [1]) == outcome(*matched(["Office of Bells and Gongs, 2022"], listed))


# ---- non-matches


@given(names, names, years)
@example("Harrowgate", "Harowgotte", "2015")
def test_names_three_letters_apart_never_form_a_pair(one: str, other: str, year: str) -> None:
    """Names that differ by three or more letters belong to different people."""
    assume(distance(one, other) >= 3)

    assert ("not_listed", []) == outcome(*matched([f"{one}, {year}"], [(f"{other} AB", year)]))


@pytest.mark.parametrize(("one", "other"), [*SHORT_PAIRS, *((b, a) for a, b in SHORT_PAIRS)])
def test_short_names_one_letter_apart_never_form_a_pair(one: str, other: str) -> None:
    """Li is not Lu, and Chen is not Chan."""
    assert ("not_listed", []) == outcome(*matched([f"{one}, 2015"], [(f"{other} AB", "2015")]))


@given(st.text(string.ascii_lowercase, min_size=2, max_size=5), st.data())
def test_no_short_name_is_near_another(name: str, data: st.DataObject) -> None:
    """In names of fewer than six letters, one changed letter makes a different name."""
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from([c for c in string.ascii_lowercase if c != name[place]]))

    assert not near(name, name[:place] + letter + name[place + 1 :])


def test_the_different_names_of_this_file_are_all_different() -> None:
    """No two of the names listed here are equal or similar: precision is 1."""
    assert [] == [(a, b) for a, b in combinations(MARKED, 2) if same(a, b) or near(a, b)]


@given(families, families, years)
def test_names_are_compared_the_same_both_ways(one: str, other: str, year: str) -> None:
    """Whether two names are equal or similar does not depend on their order."""
    assert (same(one, other), near(one, other)) == (same(other, one), near(other, one))


@given(names, st.integers(1960, 2020), st.integers(3, 40))
def test_years_far_apart_never_form_a_pair(name: str, year: int, apart: int) -> None:
    """A name alone does not match: a difference of three years means another work."""
    assert ("not_listed", []) == outcome(*matched([f"{name}, {year}"], [(f"{name} AB", str(year + apart))]))


@given(names)
def test_a_near_miss_is_not_offered_where_the_entry_is_taken(name: str) -> None:
    """Two spellings that both occur in the text are taken for two works."""
    found = matched([f"{name}x, 2015", f"{name}, 2015"], [(f"{name} AB", "2015")])

    assert [("not_listed", []), ("exact", [1])] == [outcome(match) for match in found]


# ---- several matches


@given(families, years, initials, initials, st.integers(2, 5))
def test_several_entries_that_fit_are_ambiguous(family: str, year: str, one: str, other: str, entries: int) -> None:
    """Where more than one entry matches, all are listed and none is chosen."""
    listed: list[tuple[str, str | None]] = [
        (f"{family} {one if number % 2 else other}, Other{'x' * number} A", year) for number in range(entries)
    ]

    assert ("ambiguous", list(range(1, entries + 1))) == outcome(*matched([f"{family}, {year}"], listed))


@given(names, years)
def test_several_near_misses_are_ambiguous(name: str, year: str) -> None:
    """Two approximate matches are both listed, whether they differ in the name or the year."""
    near_by_year = str(int(year) + 1)
    found = matched([f"{name}, {year}"], [(f"{name}q AB", year), (f"{name} AB", near_by_year)])

    assert ("ambiguous", [1, 2]) == outcome(*found)


@given(families, years)
def test_a_second_author_settles_it(family: str, year: str) -> None:
    """A citation of two authors matches the only entry that has both."""
    listed: list[tuple[str, str | None]] = [(f"{family} A, Quibblethorpe B", year), (f"{family} A, Zinnowitz C", year)]

    assert ("exact", [2]) == outcome(*matched([f"{family} and Zinnowitz ({year})"], listed))


# ---- no match is lost or invented


@given(
    st.lists(st.text(max_size=40), max_size=8), st.lists(st.tuples(st.text(max_size=40), st.none() | years), max_size=6)
)
def test_there_is_one_match_for_each_citation(cited: list[str], listed: list[tuple[str, str | None]]) -> None:
    """Whatever the text of citations and entries, each citation has one match, in order."""
    found = matched(cited, listed)

    assert [f"c{number}" for number in range(1, len(cited) + 1)] == [match.citation.citation_id for match in found]


@given(
    st.lists(st.text(max_size=40), max_size=8), st.lists(st.tuples(st.text(max_size=40), st.none() | years), max_size=6)
)
def test_a_match_has_as_many_entries_as_its_kind_says(cited: list[str], listed: list[tuple[str, str | None]]) -> None:
    """A match has no entry where nothing fits, one for an exact or approximate match, several where it is ambiguous."""
    for match in matched(cited, listed):
        several = {MatchKind.NOT_LISTED: 0, MatchKind.AMBIGUOUS: 2}.get(match.kind, 1)
        assert several == min(len(match.listings), 2)


@given(st.lists(st.tuples(families, initials), min_size=1, max_size=8), st.booleans())
def test_authors_are_read_as_they_are_printed(people: list[tuple[str, str]], et_al: bool) -> None:
    """Every author in a list is parsed into family name and initials, and “et al” is not an author."""
    printed = ", ".join(f"{family} {letters}" for family, letters in people) + (", et al" if et_al else "")

    assert tuple(Author(family, letters) for family, letters in people) == parse_authors(printed)


@pytest.mark.parametrize("sign", ["?", "—", "...", "*"])
def test_a_name_without_a_letter_is_nobody(sign: str) -> None:
    """Symbols in place of a name do not match an entry with different symbols."""
    assert ("not_listed", []) == outcome(*matched([f"{sign}, 2015"], [("!", "2015")]))


# ---- very long text

ADVERSARIAL = {
    "commas": ",",
    "brackets": "(",
    "closed brackets": "(a)",
    "open words": "(aaaaaaaaaaaa",
    "spaces": " ",
    "and": " and ",
    "et al": "et al ",
    "years": "2015",
    "years apart": " 2015",
    "hyphens": "A-",
    "accents": "e\u0301",
    "marks": "\u0301",
    "letters": "a",
    "authors": "Harrowgate JB, ",
    "particles": "van ",
}


def steps(text: str) -> int:
    """The number of function calls and lines that weigh executes to parse a text, which is the same on any machine."""
    import sys
    from types import FrameType
    from typing import Any

    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if "weigh" not in Path(frame.f_code.co_filename).parts:
            return None
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        parse_authors(text)
        parse_cited(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_reading_names_takes_steps_in_proportion(name: str) -> None:
    """Doubling the length of a text roughly doubles the number of steps, whatever its content."""
    one, two = (steps(ADVERSARIAL[name] * size) for size in (400, 800))

    assert two <= 3 * one


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_reading_long_names_ends(name: str) -> None:
    """A cell of 250,000 characters is parsed in acceptable time.

    The limit is two seconds of processor time: linear work takes a hundredth of that, quadratic work takes minutes.
    """
    text = (ADVERSARIAL[name] * 250_000)[:250_000]
    begun = time.process_time()
    parse_authors(text)
    parse_cited(text)

    assert time.process_time() - begun < 2


def test_comparing_endless_names_ends() -> None:
    """Comparing two names of 200,000 letters stops once they are too different to be similar."""
    one, other = "ab" * 100_000, "ac" * 100_000
    begun = time.process_time()
    found = near(one, other)

    assert (False, True) == (found, time.process_time() - begun < 1)


@settings(max_examples=25)
@given(st.sampled_from(sorted(ADVERSARIAL)), st.sampled_from(sorted(ADVERSARIAL)))
def test_matching_adversarial_text_raises_nothing(cited: str, listed: str) -> None:
    """Hostile citations and entries give one match each, like any others."""
    found = matched(
        [ADVERSARIAL[cited] * 200, ADVERSARIAL[cited] * 200 + " 2015"], [(ADVERSARIAL[listed] * 200, "2015")]
    )

    assert 2 == len(found)
