"""references.bib is read completely: whatever cannot become a reference becomes a finding with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BIBLIOGRAPHY, MINI
from hypothesis import example, given, settings
from hypothesis import strategies as st

from weigh.evidence.bibliography import read_bibliography
from weigh.evidence.model import Finding, Reference
from weigh.evidence.review import Review

GOOD = (MINI / BIBLIOGRAPHY).read_text(encoding="utf-8")
KEYS = re.findall(r"^@\w+\{(.+),$", GOOD, flags=re.MULTILINE)

#: A single valid entry, whose fields the tests replace.
ENTRY = {"author": "{Ardenwood, Q.}", "title": "{Amber light}", "journal": "{J Invent Med}", "year": "{2011}"}

Read = Callable[[str], tuple[tuple[Reference, ...], tuple[Finding, ...]]]


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Read a text as the bibliography of a folder."""
    folder = tmp_path_factory.mktemp("bibliography")

    def read_text(text: str) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
        (folder / BIBLIOGRAPHY).write_bytes(text.encode("utf-8"))
        return read_bibliography(folder)

    return read_text


def entry(kind: str = "article", key: str = "a2011", **fields: str) -> str:
    lines = "".join(f"  {name} = {value},\n" for name, value in (ENTRY | fields).items())
    return f"@{kind}{{{key},\n{lines}}}\n"


# ---- results


def test_references_come_in_the_order_of_the_file(mini: Review) -> None:
    """Every entry of a valid file becomes a reference, in file order."""
    assert KEYS == list(mini.references)


def test_latex_is_decoded(mini: Review) -> None:
    """Accents and escaped characters are decoded for readers."""
    assert ("Étoile", "J.") == mini.references["dovermoor2013"].authors[1]
    assert "Cold compresses for brisk elbow: 50% less pain" == mini.references["cloudesley2009"].title


def test_addresses_are_not_decoded(mini: Review) -> None:
    """A web address is kept unchanged, including percent signs."""
    assert "https://lamps.example/home?size=50%25" == mini.references["lampoffice2020"].link


def test_others_are_et_al(mini: Review) -> None:
    """`and others` is not an author but is recorded."""
    reference = mini.references["birchmere2014"]

    assert (("Birchmere", "V."), ("Oxbow", "L.")) == reference.authors
    assert reference.et_al


def test_a_body_is_one_name(mini: Review) -> None:
    """A corporate author in double braces is not split into family and given name."""
    assert (("Lamp Office", ""),) == mini.references["lampoffice2020"].authors


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{Q. Ardenwood}", ("Ardenwood", "Q.")),
        ("{van der Fern, K.}", ("van der Fern", "K.")),
        ("{Oxbow, Jr, L.}", ("Oxbow Jr", "L.")),
        ('{M{\\"u}hlbach, {\\O}.}', ("Mühlbach", "Ø.")),
        ('"Ardenwood, Q."', ("Ardenwood", "Q.")),
    ],
)
def test_names_are_split_as_bibtex_does(read: Read, written: str, expected: tuple[str, str]) -> None:
    """Family and given names are separated however the name is written."""
    references, problems = read(entry(author=written))

    assert () == problems
    assert (expected,) == references[0].authors


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"doi": "{10.9999/a}", "pmid": "{1}", "url": "{https://a.example}"}, "https://doi.org/10.9999/a"),
        ({"pmid": "{90000001}", "url": "{https://a.example}"}, "https://pubmed.ncbi.nlm.nih.gov/90000001/"),
        ({"url": "{https://a.example}"}, "https://a.example"),
        ({}, None),
    ],
)
def test_the_link_is_the_most_lasting_address(read: Read, fields: dict[str, str], link: str | None) -> None:
    """The link is the DOI, else PubMed, else the given address."""
    ((reference,), problems) = read(entry(**fields))

    assert () == problems
    assert link == reference.link


def test_a_reference_is_named_by_first_author_and_year(mini: Review) -> None:
    """The short name of a reference is the one that readers see in the guideline's text."""
    assert "Birchmere 2014" == mini.references["birchmere2014"].short


def test_the_case_of_field_names_does_not_matter(read: Read) -> None:
    """Field names are case-insensitive, as in BibTeX."""
    references, problems = read(entry().replace("author", "Author").replace("title", "TITLE"))

    assert () == problems
    assert ["Amber light"] == [reference.title for reference in references]


def test_line_ends_of_another_system_change_nothing(read: Read) -> None:
    """Carriage returns do not change the references."""
    assert read(GOOD)[0] == read(GOOD.replace("\n", "\r\n"))[0]


# ---- findings


@pytest.mark.parametrize(
    ("text", "row", "column", "word"),
    [
        pytest.param(entry("online"), 1, "entry", "@misc", id="type of biblatex"),
        pytest.param(entry(title="{50% less}"), 3, "title", "\\%", id="bare percent"),
        pytest.param(entry(author="{}"), 1, "entry", "author", id="no author"),
        pytest.param(entry(title="{{}}"), 1, "entry", "title", id="no title"),
        pytest.param(entry(year="{}"), 1, "entry", "year", id="no year"),
        pytest.param(entry(doi="{https://doi.org/10.9999/a}"), 6, "doi", "DOI", id="DOI with address"),
        pytest.param(entry(pmid="{PMID 1}"), 6, "pmid", "PMID", id="PMID with a word"),
        pytest.param(entry(url="{javascript:alert(1)}"), 6, "url", "http", id="address that is a script"),
        pytest.param(entry(year="{2011}, year = {2012}"), 1, "year", "more than once", id="field twice"),
        pytest.param(entry(key="../up"), 1, "entry", "../up", id="key that is a path"),
        pytest.param(entry(key="a b"), 1, "entry", "a b", id="key with a space"),
        pytest.param(entry(key=""), 1, "entry", "key", id="no key"),
        pytest.param(entry().replace("},\n  journal", "}\n  journal"), 3, "title", "comma", id="no comma"),
        pytest.param(entry().removesuffix("}\n"), 1, "entry", "brace", id="entry not closed"),
        pytest.param(entry(title="{Amber light"), 1, "entry", "brace", id="field not closed"),
        pytest.param(entry(author="{Ardenwood, Q., Jr, Dr}"), 2, "author", "name", id="too many commas in a name"),
        pytest.param(entry(author="{,}"), 2, "author", "name", id="comma without a name"),
        pytest.param(entry().replace("@", ""), 1, "entry", "@", id="no at sign"),
    ],
)
def test_an_entry_with_a_fault_is_a_finding(read: Read, text: str, row: int, column: str, word: str) -> None:
    """An unusable entry is reported with line and field, and does not become an incomplete reference."""
    references, problems = read(text)

    assert () == references
    assert [(BIBLIOGRAPHY, row, column)] == [(p.place.file, p.place.row, p.place.column) for p in problems]
    assert word in str(problems[0])


@pytest.mark.parametrize("fields", [{"doi": "{10.9999/a%20b}"}, {"url": "{https://a.example/%20}"}])
def test_a_percent_sign_in_an_address_is_fine(read: Read, fields: dict[str, str]) -> None:
    """Characters that would truncate a title are kept in an address."""
    references, problems = read(entry(**fields))

    assert () == problems
    assert next(iter(fields.values())).strip("{}") in references[0].fields.values()


def test_a_second_entry_of_a_key_is_a_finding_and_the_first_stays(read: Read) -> None:
    """Two entries with the same key are not merged, and the line of the second is reported."""
    references, problems = read(entry() + "\n" + entry(title="{Another}"))

    assert ["Amber light"] == [reference.title for reference in references]
    assert [(8, "key", "a2011")] == [(p.place.row, p.place.column, p.subject) for p in problems]


def test_keys_that_differ_in_case_are_a_finding(read: Read) -> None:
    """Keys that differ only in case, which some file systems equate, are refused on every system."""
    references, problems = read(entry() + "\n" + entry(key="A2011"))

    assert ["a2011"] == [reference.key for reference in references]
    assert ["A2011"] == [problem.subject for problem in problems]


def test_a_text_that_is_not_utf_8_is_named_by_its_line(tmp_path: Path) -> None:
    """A byte in another encoding is refused, not replaced by a question mark."""
    (tmp_path / BIBLIOGRAPHY).write_bytes(entry(title="{Fi\xe8vre}").encode("latin-1"))
    references, problems = read_bibliography(tmp_path)

    assert () == references
    assert [f"{BIBLIOGRAPHY}:3"] == [str(problem.place) for problem in problems]


def test_words_between_entries_are_no_fault(read: Read) -> None:
    """Remarks are permitted between entries, as in BibTeX."""
    references, problems = read("Trials of lamps, by year.\n\n" + entry())

    assert () == problems
    assert 1 == len(references)


def test_a_line_that_ends_in_a_backslash_counts(read: Read) -> None:
    """The entries after it keep their line numbers."""
    references, problems = read(GOOD.replace("},\n  journal", "},\\\n  journal"))

    assert () == problems
    assert [first for first, _ in spans()] == [reference.place.row for reference in references]


# ---- nothing is dropped, whatever the damage


def spans() -> list[tuple[int, int]]:
    """The first and last line of each entry of the valid file, including the blank line after it."""
    starts = [GOOD.count("\n", 0, match.start()) + 1 for match in re.finditer(r"^@", GOOD, flags=re.MULTILINE)]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), GOOD.count("\n")], strict=True))


def accounted(read: Read, text: str) -> list[str]:
    """The keys of the valid file whose lines have neither a reference nor a finding in the damaged one."""
    references, problems = read(text)
    rows = {item.place.row or 0 for item in (*references, *problems)}
    return [key for key, (first, last) in zip(KEYS, spans(), strict=True) if not rows & set(range(first, last + 1))]


@settings(max_examples=60)
@example(position=GOOD.index("\n"), sign="\\")
@given(position=st.integers(0, len(GOOD) - 1), sign=st.sampled_from([*'{},="%#\\$&~ x']))
def test_a_sign_too_many_drops_no_entry(read: Read, position: int, sign: str) -> None:
    """Wherever a character is inserted, each entry is still a reference or has a finding on one of its lines."""
    assert [] == accounted(read, GOOD[:position] + sign + GOOD[position:])


@settings(max_examples=60)
@given(position=st.integers(0, len(GOOD) - 1).filter(lambda position: GOOD[position] not in "@\n"))
def test_a_sign_too_few_drops_no_entry(read: Read, position: int) -> None:
    """Whichever character is deleted, each entry is still a reference or has a finding on one of its lines."""
    assert [] == accounted(read, GOOD[:position] + GOOD[position + 1 :])


@given(length=st.integers(1, len(GOOD)))
def test_a_file_cut_short_drops_no_entry_that_it_holds(read: Read, length: int) -> None:
    """In a truncated file, each entry that has begun is a reference or has a finding."""
    text = GOOD[:length]
    references, problems = read(text)
    begun = len(re.findall(r"^@", text, flags=re.MULTILINE))

    assert begun == len(references) + len({problem.place.row for problem in problems})
