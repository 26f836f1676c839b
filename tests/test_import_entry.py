"""Entries of reference lists: every printed field is recovered unchanged, and nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed_guideline import printed_listing

from weigh.evidence.review import Review
from weigh.importer.entry import EntryKind, PrintedEntry, parse_entry


def names(entry: PrintedEntry) -> str:
    return ", ".join([*entry.authors, *(["et al"] if entry.et_al else [])])


@pytest.mark.parametrize("marks", ["*", "", "_"])
def test_every_entry_of_the_real_lists(real: Review, marks: str) -> None:
    """All 41 entries are parsed in every field, with or without italics."""
    for listing in real.listings:
        entry = parse_entry(printed_listing(listing).replace("*", marks))
        assert names(entry) == listing.authors
        assert entry.title == listing.title
        assert (entry.url if listing.accessed else entry.source) == listing.source
        assert (entry.year, entry.volume, entry.issue, entry.pages) == tuple(
            value or "" for value in (listing.year, listing.volume, listing.issue, listing.pages)
        )
        assert (entry.accessed.isoformat() if entry.accessed else None) == (listing.accessed or None)
    assert len(real.listings) == 41


FAMILIES = st.sampled_from(["Ardenwood", "van der Birch", "O'Cloud", "Maartmann-Moe", "Émile", "Li", "De la Fern"])
AUTHORS = st.lists(
    st.tuples(FAMILIES, st.from_regex(r"[A-Z]{1,3}", fullmatch=True)).map(" ".join), min_size=1, max_size=6
)
WORDS = st.sampled_from(["Light", "a trial of S(+)-lamps", "of 2 lamps; 10 weeks", "brisk elbow: results", "vs. dark"])
TITLES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
ENDS = st.sampled_from(["", "? A trial", ". Results of a controlled study"])
SOURCES = st.sampled_from(["J Invent Med", "Pain", "Ann Imag Ther", "Fict Rehabil (Oslo)"])
VOLUMES = st.sampled_from(["", "4", "130 Suppl 4", "12A"])
ISSUES = st.sampled_from(["", "1", "1-2", "Suppl 4"])
PAGES = st.sampled_from(["11-19", "S1-S9", "CD004251", "e123456", "101–110", "1063"])


@dataclass(frozen=True)
class Article:
    """The printed fields of an entry."""

    authors: list[str]
    et_al: bool
    title: str
    end: str
    source: str
    year: int
    volume: str
    issue: str
    pages: str


ARTICLES = st.builds(
    Article,
    authors=AUTHORS,
    et_al=st.booleans(),
    title=TITLES,
    end=ENDS,
    source=SOURCES,
    year=st.integers(1900, 2030),
    volume=VOLUMES,
    issue=ISSUES,
    pages=PAGES,
)


@given(ARTICLES, st.booleans())
def test_a_printed_article_is_recovered(article: Article, italic: bool) -> None:
    """Any article, printed and parsed, has its original names, title, journal and numbers."""
    first = ", ".join([*article.authors, *(["et al"] if article.et_al else [])])
    journal = f"*{article.source}.*" if italic else f"{article.source}."
    where = f"{article.volume}{f'({article.issue})' if article.issue else ''}:{article.pages}"
    entry = parse_entry(
        f"7. {first}. {article.title}{article.end}. {journal} {article.year};{where}. doi:10.9999/a.b(1)2. PMID: 123."
    )

    assert (EntryKind.ARTICLE, tuple(article.authors), article.et_al) == (entry.kind, entry.authors, entry.et_al)
    assert (f"{article.title}{article.end}", article.source, str(article.year)) == (
        entry.title,
        entry.source,
        entry.year,
    )
    assert (article.volume, article.issue, article.pages) == (entry.volume, entry.issue, entry.pages)
    assert ("10.9999/a.b(1)2", "123") == (entry.doi, entry.pmid)


def test_a_book_and_an_organization() -> None:
    """A publisher is not a journal, and an organisation with commas in its name is one author."""
    entry = parse_entry(
        "Office of Lamps, Light, and Dark (OLLD). Lamps of the U.S. Army. 2nd edition. Oslo: Lamp Press; 2010."
    )

    assert (EntryKind.BOOK, ("Office of Lamps, Light, and Dark (OLLD)",)) == (entry.kind, entry.authors)
    assert ("Lamps of the U.S. Army. 2nd edition", "Oslo: Lamp Press", "2010") == (
        entry.title,
        entry.source,
        entry.year,
    )


@given(st.text(max_size=300))
def test_any_text_is_parsed_or_kept(text: str) -> None:
    """No text raises an error; an unparsed one keeps every word and gets no fields."""
    entry = parse_entry(text)

    if entry.kind is EntryKind.UNREAD:
        assert entry == PrintedEntry(text=entry.text, kind=EntryKind.UNREAD)
        assert text.split()[-1:] == entry.text.split()[-1:]


def test_an_impossible_date() -> None:
    """An entry with the date 31 June is parsed without a date."""
    entry = parse_entry("Lamp Office. Lamps. Available at: https://lamps.example. Accessed June 31, 2020.")

    assert (EntryKind.WEBSITE, None, "https://lamps.example") == (entry.kind, entry.accessed, entry.url)
