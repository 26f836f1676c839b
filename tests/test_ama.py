"""References read as the American Medical Association prints them, and hold nothing that a browser would run."""

from __future__ import annotations

import dataclasses
import html
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weigh.evidence.model import Place, Reference
from weigh.evidence.review import Review
from weigh.wording.ama import ama_html, ama_text

#: The only markup that a reference may hold.
ITALIC = re.compile(r"</?i>")
#: Titles that a browser would take for markup or entities.
HOSTILE = [
    '<script>alert("x")</script>',
    "a < b & c > d",
    "&amp; &lt;",
    '"><img src=x onerror=alert(1)>',
    "</i><b>",
    "<i>x",
]


def reference(title: str = "Amber light", **fields: str) -> Reference:
    known = {"journal": "Journal of Invented Medicine", "shortjournal": "J Invent Med", "year": "2011"} | fields
    return Reference(
        key="a2011",
        kind="article",
        authors=(("Ardenwood", "Q."),),
        et_al=False,
        title=title,
        fields=known | {"title": title},
        place=Place("references.bib", 1),
    )


def assert_safe(fragment: str) -> None:
    rest = ITALIC.sub("", fragment)
    assert "<" not in rest
    assert ">" not in rest
    assert [] == re.findall(r"&(?!(?:amp|lt|gt|quot|#x27|#39);)", rest)


# ---- how a reference reads


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            "ardenwood2011",
            "Ardenwood Q, Mossley T. Amber light for brisk elbow: a randomised trial. "
            "J Invent Med. 2011;4(1):11-19. doi:10.9999/jim.2011.11",
        ),
        (
            "birchmere2014",
            "Birchmere V, Oxbow L, et al. Warm light against a dark lamp in brisk elbow. "
            "Ann Imag Ther. 2014;9(2):101-110. doi:10.9999/ait.2014.101",
        ),
        (
            "dovermoor2013",
            "Dovermoor H, Étoile J. Motion before and after warm light. Fict Rehabil. 2013;6:55-58.",
        ),
        (
            "lampoffice2020",
            "Lamp Office. Lamps for the home. Lamp Office website. 2020. Accessed November 2, 2020. "
            "https://lamps.example/home?size=50%25",
        ),
    ],
)
def test_references_read_as_in_ama_style(mini: Review, key: str, expected: str) -> None:
    """Authors, abbreviated journal, year, volume, issue, pages and DOI stand where AMA style puts them."""
    assert (expected,) == ama_text([mini.references[key]])


def test_the_journal_is_italic_and_nothing_else(mini: Review) -> None:
    """The HTML form marks the journal; taken out, it is the text form."""
    (fragment,) = ama_html([mini.references["ardenwood2011"]])

    assert ["J Invent Med"] == re.findall(r"<i>(.*?)</i>", fragment)
    assert ama_text([mini.references["ardenwood2011"]]) == (html.unescape(ITALIC.sub("", fragment)),)


def test_a_reference_reads_the_same_whatever_stands_beside_it(real: Review) -> None:
    """Order and neighbours of a reference change nothing in how it reads."""
    some = list(real.references.values())[:6]

    assert ama_html(some) == tuple(fragment for one in some for fragment in ama_html([one]))
    assert ama_html(some) == tuple(reversed(ama_html(some[::-1])))


def test_references_whose_keys_differ_in_case_stay_apart() -> None:
    """Two works do not replace each other because of how their keys are written."""
    first, second = reference("One"), dataclasses.replace(reference("Two"), key="A2011")

    assert ["One", "Two"] == [title for text in ama_text([first, second]) for title in re.findall("One|Two", text)]


def test_a_title_that_begins_with_a_number_is_whole() -> None:
    """Only the number of the list is cut off, not one that belongs to the title."""
    untitled = dataclasses.replace(reference("1. Amber light"), authors=())

    assert "1. Amber light." in ama_text([untitled])[0]


@pytest.mark.parametrize("year", ["2011", "2011-05-02", "in press"])
def test_a_year_in_any_form_is_no_obstacle(year: str) -> None:
    """A year, a date or a word in its place still gives a reference."""
    assert ama_text([reference(year=year)])[0].startswith("Ardenwood Q. Amber light.")


def test_every_real_reference_names_its_title(real: Review) -> None:
    """No reference of this repository loses its title or its first author on the way."""
    references = list(real.references.values())
    wrong = [
        one.key
        for one, text in zip(references, ama_text(references), strict=True)
        if one.authors[0][0] not in text or " ".join(one.title.split())[:20].casefold() not in text.casefold()
    ]

    assert [] == wrong


# ---- what a browser must not run


@given(title=st.text(st.sampled_from("<>&\"'/ =abcI;#x"), min_size=1, max_size=30))
@example(title=HOSTILE[0])
def test_any_title_comes_out_escaped(title: str) -> None:
    """Whatever signs of HTML a title holds, they come out as text."""
    assert_safe(ama_html([reference(f"T{title}")])[0])


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_shown_as_it_stands(title: str) -> None:
    """A reader sees the very signs of the title, and a browser runs none of them."""
    (fragment,) = ama_html([reference(f"Lamps {title} again")])
    straight = str.maketrans("“”‘’", "\"\"''")

    assert_safe(fragment)
    assert f"Lamps {title} again".translate(straight) in ama_text([reference(f"Lamps {title} again")])[0].translate(
        straight
    )


@pytest.mark.parametrize(
    "field", ["journal", "shortjournal", "volume", "number", "pages", "doi", "pmid", "url", "publisher"]
)
def test_a_hostile_field_comes_out_escaped(field: str) -> None:
    """No field of an entry brings markup into the page."""
    assert_safe(ama_html([reference(**{field: HOSTILE[0]})])[0])


@pytest.mark.parametrize("authors", [((HOSTILE[0], "Q."),), (("Ardenwood", HOSTILE[3]),), ((HOSTILE[3], ""),)])
def test_a_hostile_name_comes_out_escaped(authors: Any) -> None:
    """No part of a name brings markup into the page."""
    assert_safe(ama_html([dataclasses.replace(reference(), authors=authors)])[0])
