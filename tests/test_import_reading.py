"""The text of a guideline as lines: every line of the file is text or furniture of its pages, once, with its number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.errors import GuidelineTextError
from weigh.importer import reading
from weigh.importer.reading import read_text

TEXT = "Subject: Lamps\n\nReferences\n1. Ardenwood Q, Thomeé T. Light.\n"


def lines(content: bytes) -> list[str]:
    return [line.text for line in read_text(content, "g.txt").lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_same_text_in_every_form(encoding: str, end: str) -> None:
    """Marks and line ends say nothing of the text."""
    assert TEXT.splitlines() == lines(TEXT.replace("\n", end).encode(encoding))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TEXT.encode("latin-1"), f"g.txt: byte {TEXT.index('é')} is not UTF-8; save the file as UTF-8"),
        (b"\xff\xfea", "g.txt: byte 2 is not UTF-16-LE"),
        (b"Subject\r\nLam\0ps", "g.txt: line 2 holds a NUL byte"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, said: str) -> None:
    """With the place of the first byte that is wrong, and what to do."""
    with pytest.raises(GuidelineTextError) as refused:
        read_text(content, "g.txt")
    assert str(refused.value).startswith(said)
    assert "; save the file as" in str(refused.value)


def test_what_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is read of it."""
    monkeypatch.setattr(reading, "LONGEST_TEXT", 10)
    with pytest.raises(GuidelineTextError, match="are more than the 10 that are read; import it in parts"):
        read_text(b"x" * 11, "g.txt")
    assert ["x" * 10] == lines(b"x" * 10)


def test_furniture_is_set_apart() -> None:
    """Heads and feet of pages, and a page number glued to the next entry by a form feed, are no text, and are listed."""
    words = ["amber", "birch", "cloud", "dover"]
    pages = [
        f"Lamp Office guideline LO-7\n{n}. The {word} lamp\nmore\nlast of {word}\n{n}/4"
        for n, word in enumerate(words, 1)
    ]
    read = read_text("\f".join(pages).encode(), "g.txt")

    assert [f"{n}. The {word} lamp" for n, word in enumerate(words, 1)] == [line.text for line in read.lines][::3]
    assert ["Lamp Office guideline LO-7", "1/4"] == [line.text for line in read.furniture][:2]
    assert 8 == len(read.furniture)
    assert list(range(1, 21)) == sorted(line.number for line in (*read.lines, *read.furniture))


def test_a_text_of_one_page_has_no_furniture() -> None:
    """A line that looks like the number of a page may be anything where no page ends."""
    assert () == read_text(b"12/14\ntext\nPage 3 of 10", "g.txt").furniture


def test_a_number_alone_is_text() -> None:
    """It may be the number of an entry whose text begins on the next line."""
    read = read_text(b"21\n\f22\n\f23\n", "g.txt")

    assert ["21", "22", "23"] == [line.text for line in read.lines if line.text]


@given(st.lists(st.text(st.sampled_from("ab 1/2.\n\r\f\x85\u2028"), max_size=12), max_size=8))
def test_no_line_is_lost(parts: list[str]) -> None:
    """Whatever the text: all lines come out, in order, each once, and put together they are the text."""
    text = "\f".join(parts)
    read = read_text(text.encode(), "g.txt")
    every = sorted((*read.lines, *read.furniture), key=lambda line: line.number)

    assert [line.number for line in every] == list(range(1, len(every) + 1))
    assert "".join(line.text for line in every) == text.replace("\n", "").replace("\r", "").replace("\f", "")
