"""Reading a guideline as lines: every line of the file is either text or set apart, once, with its number."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weigh.errors import GuidelineTextError
from weigh.importer.source import reading
from weigh.importer.source.reading import Line, Reading, read_source

TEXT = "Subject: Lamps\n\nReferences\n1. Ardenwood Q, Thomeé T. Light.\n"
PAGE = '<html><head><meta charset="{}"></head><body><p>Thomeé T.</p></body></html>'


def read(text: str, name: str = "g.txt") -> Reading:
    return read_source(text.encode(), name)


def texts(content: str | bytes, name: str = "g.txt") -> list[str]:
    return [line.text for line in read_source(content.encode() if isinstance(content, str) else content, name).lines]


def every(found: Reading) -> list[Line]:
    return sorted((*found.lines, *found.furniture), key=lambda line: line.number)


def remarks(text: str, name: str = "g.txt") -> list[tuple[int, str]]:
    return [(remark.line, remark.what) for remark in read(text, name).remarks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_same_text_in_every_form(encoding: str, end: str) -> None:
    """Encodings and line ends do not change the text."""
    assert TEXT.splitlines() == texts(TEXT.replace("\n", end).encode(encoding))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TEXT.encode("latin-1"), f"g.txt: byte {TEXT.index('é')} is not UTF-8; save the file as UTF-8"),
        (TEXT.encode() + b"\x93", f"g.txt: byte {len(TEXT.encode())} is not UTF-8; save the file as UTF-8"),
        (b"\xff\xfea", "g.txt: byte 2 is not UTF-16-LE"),
        (b"Subject\r\nLam\0ps", "g.txt: line 2 contains a NUL byte"),
        (TEXT.encode("utf-16-le"), "g.txt: line 1 contains a NUL byte"),
        (TEXT.encode("utf-16-be"), "g.txt: line 1 contains a NUL byte"),
        ("\ufeffa\nb\0".encode("utf-16-le"), "g.txt: line 2 contains a NUL byte"),
    ],
)
def test_a_file_that_is_not_text_is_refused(content: bytes, message: str) -> None:
    """A file that is not text is refused with the position of the first invalid byte and a remedy."""
    with pytest.raises(GuidelineTextError) as refused:
        read_source(content, "g.txt")
    assert str(refused.value).startswith(message)
    assert "; save the file as" in str(refused.value)


@pytest.mark.parametrize(("charset", "encoding"), [("iso-8859-1", "cp1252"), ("windows-1252", "cp1252")])
def test_a_page_declares_its_encoding(charset: str, encoding: str) -> None:
    """HTML that is not UTF-8 is read in its declared encoding."""
    assert ["Thomeé T."] == texts(PAGE.format(charset).encode(encoding))


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "punycode", "zlib", "nonsense", "iso-8859-99"])
def test_a_wrong_encoding_is_refused(charset: str) -> None:
    """A declared encoding that does not match the bytes, or is not a text encoding, is refused."""
    with pytest.raises(GuidelineTextError, match="save the file as UTF-8"):
        texts(PAGE.format(charset).encode("latin-1"))


def test_utf_8_takes_precedence_over_the_declaration() -> None:
    """Valid UTF-8 is read as UTF-8, whatever encoding is declared."""
    assert ["Thomeé T."] == texts(PAGE.format("iso-8859-1").encode())


def test_a_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the limit is refused before it is parsed."""
    monkeypatch.setattr(reading, "LONGEST_TEXT", 10)
    with pytest.raises(GuidelineTextError, match="exceed the limit of 10; import it in parts"):
        read_source(b"x" * 11, "g.txt")
    assert ["x" * 10] == texts(b"x" * 10)


@pytest.mark.parametrize(("content", "name"), [("a\n" * 9, "g.txt"), ("a\f" * 9, "g.txt"), ("<p>a" * 9, "g.html")])
def test_more_lines_than_any_guideline_has_are_refused(
    monkeypatch: pytest.MonkeyPatch, content: str, name: str
) -> None:
    """A text with too many lines, which would exhaust memory, is refused."""
    monkeypatch.setattr(reading, "MOST_LINES", 8)
    with pytest.raises(GuidelineTextError, match="exceeds the limit of 8 lines; import it in parts"):
        texts(content, name)
    assert 8 == len(every(read(content[: -(len(content) // 9)], name)))


def test_page_headers_and_footers_are_set_apart() -> None:
    """Page headers, footers, and a page number joined to the next entry by a form feed, are set apart."""
    words = ["amber", "birch", "cloud", "dover"]
    pages = [
        f"Lamp Office guideline LO-7\n{n}. The {word} lamp\nmore\nlast of {word}\n{n}/4"
        for n, word in enumerate(words, 1)
    ]
    found = read("\f".join(pages))

    assert [f"{n}. The {word} lamp" for n, word in enumerate(words, 1)] == [line.text for line in found.lines][::3]
    assert ["Lamp Office guideline LO-7", "1/4"] == [line.text for line in found.furniture][:2]
    assert 8 == len(found.furniture)
    assert list(range(1, 21)) == [line.number for line in every(found)]


def test_empty_lines_do_not_hide_a_footer() -> None:
    """The footer of a page is its last non-empty line."""
    found = read("a\n\nPage 1 of 2\n\n\n\n\fb\n\nPage 2 of 2\n\n\n\n")

    assert ["Page 1 of 2", "Page 2 of 2"] == [line.text for line in found.furniture]


@pytest.mark.parametrize("glued", ["Page 2 of 311. Albert T.", "2/311. Albert T.", "The lamp is bright. 2/3"])
def test_a_page_number_within_a_line_is_kept_and_reported(glued: str) -> None:
    """A page number at the end of a text line is kept and reported, because a line is never split."""
    found = read(f"first\n\f{glued}\n\fthird\n")

    assert ["first", glued, "third"] == [line.text for line in found.lines if line.text]
    assert [(3, "this line may end with a page number, which is kept")] == [
        (remark.line, remark.what) for remark in found.remarks
    ]


@pytest.mark.parametrize("line", ["Publish Date: 01/03/2024", "ratio 2/3", "12/14/2020 Reviewed", "11. Albert T."])
def test_dates_are_not_reported_as_page_numbers(line: str) -> None:
    """A date at the edge of a page is not taken for a page number."""
    assert ("ratio" in line) == bool(read(f"first\n\f{line}\n\fthird\n").remarks)


def test_a_text_of_one_page_has_no_footer() -> None:
    """In a text without page breaks, a line that looks like a page number is kept as text."""
    assert () == read("12/14\ntext\nPage 3 of 10").furniture


def test_a_number_alone_is_text() -> None:
    """A number alone on a line is text, because it may number an entry that begins on the next line."""
    assert ["21", "22", "23"] == [text for text in texts("21\n\f22\n\f23\n") if text]


@given(st.lists(st.text(st.sampled_from("ab 1/2.\n\r\f\x85\u2028"), max_size=12), max_size=8))
def test_no_line_is_lost(parts: list[str]) -> None:
    """For any text, all lines are output once and in order, and together they are the text."""
    text = "\f".join(parts)
    found = every(read(text))
    rows = re.split("\r\n|[\n\r\f]", text.replace("\x85", " ").replace("\u2028", " "))

    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert [line.text for line in found] == [row.rstrip() for row in rows][: len(found)]
    assert not "".join(rows[len(found) :])


def test_spaces_and_hyphens_are_plain() -> None:
    """Typographic spaces and hyphens become plain ones, and a word broken at a line end keeps its hyphen."""
    assert ["a b c d", "  Maartmann-Moe", "iontophoresis", "pre-", "vac-", "545-549 e"] == texts(
        "a\u00a0b\u2009c\u3000d\u202f\n  Maartmann\u2011Moe\nion\u00adto\u00adphoresis\npre\ufffe\nvac\u00ad\n545\ufffe549 e\n"
    )


def test_a_lost_hyphen_is_reported() -> None:
    """U+FFFE between lower-case letters, which may be a hyphen or a break, is removed and reported."""
    assert ["phoresis Meta-Analysis"] == texts("pho\ufffere\ufffesis Meta\ufffeAnalysis")
    assert [(1, "U+FFFE replaces a hyphen here; it was removed between two lower-case letters")] == remarks(
        "a\nb"[:1] + "\ufffeb"
    )


def test_invisible_characters_are_reported() -> None:
    """Invisible characters are removed and reported with line and code point."""
    text = "clear\nBakh\u202etiary\u200b 2013\u200b\n\x07bell"

    assert ["clear", "Bakhtiary 2013", "bell"] == texts(text)
    assert [
        (2, "invisible U+202E (RIGHT-TO-LEFT OVERRIDE) was removed"),
        (2, "invisible U+200B (ZERO WIDTH SPACE) was removed 2 times"),
        (3, "invisible U+0007 (control) was removed"),
    ] == remarks(text)


@pytest.mark.parametrize("word", ["B\u0430kker", "\u0421ohen", "\u039dguyen", "Bra\u03bfn"])
def test_letters_that_only_look_latin_are_reported(word: str) -> None:
    """Letters that look Latin are reported but kept, because the text is never rewritten."""
    assert [word] == texts(word)
    assert [(1, True)] == [(line, "occurs among Latin letters" in what) for line, what in remarks(word)]


@pytest.mark.parametrize("word", ["NF\u03baB", "TGF-\u03b2", "5 \u03bcg", "IFN\u03b3", "Иванов", "\u0394t Thomeé"])
def test_letters_of_substances_are_not_reported(word: str) -> None:
    """Greek letters in names of substances and units are not reported."""
    assert [] == remarks(word)


def test_accents_are_composed() -> None:
    """Accented letters are normalised to NFC, so that a name has one form."""
    assert ["Thomeé"] == texts(unicodedata.normalize("NFD", "Thomeé"))


@given(st.binary(max_size=60), st.sampled_from(["g.txt", "g.md", "g.html", "g.pdf"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    """Any bytes are read or refused with one sentence, never with another error."""
    try:
        found = read_source(content, name)
    except GuidelineTextError as refused:
        assert str(refused).startswith(name)
    else:
        assert [line.number for line in every(found)] == list(range(1, len(every(found)) + 1))


@pytest.mark.parametrize("start", ["", "<!doctype html>", "%PDF-1.7\n"])
@given(content=st.text(max_size=80))
def test_any_text_is_read_or_refused(start: str, content: str) -> None:
    """Any content after the first words of a format is read or refused."""
    try:
        found = read_source((start + content).encode("utf-8", "replace"), "g.txt")
    except GuidelineTextError as refused:
        assert str(refused).startswith("g.txt")
    else:
        assert [line.number for line in every(found)] == list(range(1, len(every(found)) + 1))


ADVERSARIES = {
    "g.txt": [
        "x", "(", "*", "*a ", "_a*", "***a", "**a** ", "[", "[a](", "[a](#((a)", "[^1]", "`a", "&amp;", "^1", "x¹", "https://",
        "<http://a", "|", "\\", "# ", "> ", "- ", "1. ", "<b>", "<a ", "\u0301\u0327", "\u200b", "a\u0430 ", "a\n", "*a\n", "| a | b |\n",
    ],
    "g.html": [
        "<", "<b>", "<!--", "<![CDATA[", "<a ", '<a b="', "<a b='\"", "</b>", "<b></div>", "<li>", "<ol><li>", "<ol reversed>",
        "<div>", "<p>", "<td>", "<table><td>", "<title>", "<script>", "<sup>", "<form>", "<header>", "<i>a</i> ",
        '<a href="http://x.y">a', "<h1>", "<pre>\n", "<td rowspan=999 colspan=40>", "a<br>", "<p hidden>", "&#8203;", "\u0301\u0327",
    ],
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("name", "part"), [(name, part) for name, parts in ADVERSARIES.items() for part in parts])
def test_reading_takes_linear_time(name: str, part: str) -> None:
    """Any repeated part, up to 200 kB, is read in linear rather than quadratic time."""
    content = (part * (200_000 // len(part.encode()))).encode()
    start = time.process_time()
    read_source(content, name)
    assert 3 > time.process_time() - start
