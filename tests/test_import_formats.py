"""Markdown, HTML and PDF give the same lines in the common light format."""

from __future__ import annotations

import builtins
import io
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from weigh.errors import GuidelineTextError
from weigh.importer.source.reading import Line, Reading, read_source

pypdfium2 = pytest.importorskip("pypdfium2")

PLAIN = """\
Lamp guideline
Subject: Lamps
Description
This document addresses lamps & light (less than 5 lux).
Medically Necessary:
A lamp is considered medically necessary when ANY of the following is met:
- Darkness; or
  A. Night
  B. Fog; and
    1. At sea
- Twilight^1,3-5^
CPT\tTitle
97033\tApplication of light; each 15 minutes
\tSecond title
Lamps work in rooms of 20 m2 with CO2 (Ardenwood, 2010)^2^ and Glow® devices.
1. Ardenwood Q, Thomeé T. S(+)-light in the dark. *J Lamps.* 2010; 12(3):45-49.
2. Lamp Office. Lamps. Available at: <https://lamps.example/a_b>. Accessed on May 1, 2020.
"""
LEVELS = [1, 0, 2, 0, 6, *[0] * 12]
MARKDOWN = """\
# Lamp guideline

Subject: Lamps

## Description

This document addresses **lamps** &amp; light (less than 5 lux).

**Medically Necessary:**

A lamp is considered __medically necessary__ when ANY of the following is met:

* Darkness; **or**
  A. Night
  B. Fog; and
    1.  At sea
+ Twilight<sup>1,3–5</sup>

| CPT | Title |
| --- | :---- |
| 97033 | Application of light;<br>each 15 minutes |
|  | [Second title](#second) |

Lamps work in rooms of 20 m<sup>2</sup> with CO<sub>2</sub> (Ardenwood, 2010) ^2^ and `Glow`<sup>®</sup> devices.

1\\. Ardenwood Q, Thomeé T. S(+)-light in the dark. _J Lamps._ 2010; 12(3):45-49.
2. Lamp Office. Lamps. Available at: <https://lamps.example/a_b>. Accessed on May 1, 2020.
"""
HTML = """\
<!DOCTYPE html><html><head><title>Site</title><style>p { color: red }</style></head><body>
<nav><ul><li>Home<li>Search</ul></nav>
<main><h1>Lamp guideline</h1>
<p>Subject:&nbsp;Lamps</p><h2><b>Description</b></h2>
<p>This document addresses <b>lamps</b> &amp; light
(less than 5 lux).
<p><strong>Medically Necessary:</strong></p>
<p>A lamp is considered <strong>medically necessary</strong> when ANY of the following is met:
<ul><li>Darkness; <b>or</b><ol type="A"><li>Night<li>Fog; and<ol><li>At sea</ol></ol>
<li>Twilight <sup><a href="#r1">1</a></sup><sup>,</sup><sup><a href="#r3">3</a>&ndash;<a href="#r5">5</a></sup></ul>
<table><tbody><tr><th>CPT<th>Title</tr><tr><td>97033<td><p>Application of light;</p><p>each 15 minutes</p>
<tr><td><td><a href="#second">Second title</a></table>
<p>Lamps work in rooms of 20&nbsp;m<sup>2</sup> with CO<sub>2</sub> (Ardenwood, 2010)<sup>2</sup> and Glow<sup>&reg;</sup> devices.
<ol><li>Ardenwood Q, Thome&eacute; T. S(+)-light in the dark. <em>J Lamps. </em>2010; 12(3):45-49.
<li>Lamp Office. Lamps. Available at: &lt;https://lamps.example/a_b&gt;. Accessed on May 1, 2020.</ol>
</main><!-- a comment --><footer>Imprint</footer><script>var a = "<p>no text</p>";</script></body></html>
"""


def read(text: str, name: str) -> Reading:
    return read_source(text.encode(), name)


def markdown(text: str) -> list[str]:
    return [line.text for line in read(text, "g.md").lines]


def html(text: str) -> list[str]:
    return [line.text for line in read(text, "g.html").lines]


def apart(text: str) -> list[str]:
    return [line.text for line in read(text, "g.html").furniture]


def printed(found: Reading) -> list[tuple[str, int]]:
    return [(line.text, line.level) for line in found.lines if line.text]


@pytest.mark.parametrize(("text", "name"), [(MARKDOWN, "g.md"), (MARKDOWN, "g.txt"), (HTML, "g.html"), (HTML, "g")])
def test_every_format_gives_the_same_lines(text: str, name: str) -> None:
    """Headings, bold, italics, lists, tables, superscripts, links and entities are read alike in every format."""
    assert list(zip(PLAIN.splitlines(), LEVELS, strict=True)) == printed(read(text, name))


def test_the_common_format_is_stable() -> None:
    """Reading the common format again changes nothing."""
    assert PLAIN.splitlines() == markdown(PLAIN)


@given(st.text(st.sampled_from("ab1 ,.()*_^-+#|[]\n\t")))
def test_reading_twice_is_reading_once(text: str) -> None:
    """Output lines contain no marks that a second reading would interpret."""
    once = markdown(text)
    assume(not any(line.lstrip().startswith(("* ", "+ ")) for line in once))  # a heading may look like an item
    assert [line for line in once if line] == [line for line in markdown("\n\n".join(once)) if line]


@pytest.mark.parametrize(
    "text",
    [
        "S(+)-ketamine", "a*b", "snake_case", "5 * 3", "# 3", "# of sessions", "2*3*4 and x**2 + y**2", "Drug A**, Drug B**.",
        "Name: ____ Date: ____", "p*<0.05; *q<0.1", "R&D, AT&T; p < 0.05 > q", "[1], [2](see above)", "**not closed", "a | b",
        "> 50 years", "  indented\ttab", "- A. text", " - 1. text", "-5 to -3", "*/*", "**/**", "(1) one; ^ and ~", "100% #1 _", "****x****",
        "<5 mg and <x>", "C:\\dir", "o of", "![no", "1.5 mg", "`", "x^2 + y^2", "https://a.example/_b_*c", "• ", "\\",
    ],
)  # fmt: skip
def test_text_without_marks_survives(text: str) -> None:
    """Characters that are not marks are kept, except spaces at the end of a line."""
    assert [text.rstrip()] == markdown(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("***both*** and *a **b** c*", "*both* and *a b c*"),
        ("procedure;**or**", "procedure;or"),
        (r"1\. \*no\* \[1\] a\_b", "1. *no* [1] a_b"),
        ("[see](https://a.example/x_(y)) [here](#r1)", "see <https://a.example/x_(y)> here"),
        ("[https://a.example](https://a.example/) <https://b.example>", "https://a.example <https://b.example>"),
        (r"[\[1\]](#r1), [[2]](#r2)", "[1], [2]"),
        ("![A lamp](lamp.png) shines[^4]", "A lamp shines^4^"),
        ("[^4]: Ardenwood", "4. Ardenwood"),
        ("<i>J Lamps</i> <a href='https://a.example'>site</a><br>x", "*J Lamps* site <https://a.example> x"),
        ("•\tone", "- one"), ("  ▪ two", "  - two"), ("o\tthree", "- three"), ("◦four", "- four"), ("+ five", "- five"),
        ("a¹²⁻³ b¹,² c² 10⁻⁶ cm² Ca²⁺ H₂O", "a^12-3^ b^1,2^ c^2^ 10^-6 cm2 Ca2+ H2O"),
        ("I<sup>2</sup>, type I<sup>2</sup>, hepatitis C<sup>2</sup>", "I2, type I^2^, hepatitis C^2^"),
        ("word <sup>1</sup>, <sup>2</sup> 10<sup>6</sup> 1<sup>st</sup> <sup>131</sup>I <sup>99m</sup>Tc",
         "word^1,2^ 10^6 1st 131I 99mTc"),
        ("a^1, 2–4^", "a^1,2-4^"),
        ("_J Lamps_² 2010", "*J Lamps*^2^ 2010"),
        ("> *Quoted* words", "*Quoted* words"),
        ("&#169; &lt;b&gt; &unknown; &nbsp;x", "© <b> &unknown;  x"),
        (r"| a \| b | `c` |  |" + "\n|---|---|---|", "a | b\tc"),
    ],
)  # fmt: skip
def test_marks_of_markdown(text: str, line: str) -> None:
    """Every Markdown mark is converted to the common format."""
    assert [line] == markdown(text)


def test_marks_span_lines() -> None:
    """Marks span the lines of a wrapped paragraph, each with its number; an item or an empty line ends it."""
    assert ["not medically", "  necessary in *J", "  Lamps.* 2010"] == markdown(
        "**not medically\n  necessary** in *J\n  Lamps.* 2010"
    )
    assert ["1. **a", "2. b**", "**c", "", "d**"] == markdown("1. **a\n2. b**\n\n**c\n\nd**")[:2] + markdown(
        "**c\n\nd**"
    )


def test_headings_of_markdown() -> None:
    """Marked, underlined and all-bold lines are headings; items and bold sentences are not."""
    text = "### A ###\n\nB\n===\n\nC\n---\n\n**D**:\n\n- **E**\n\n**F\nf**\n\n**G** g\n\n    # H"
    assert [
        ("A", 3),
        ("B", 1),
        ("C", 2),
        ("D:", 6),
        ("- E", 0),
        ("F", 0),
        ("f", 0),
        ("G g", 0),
        ("    # H", 0),
    ] == printed(read(text, "g.md"))
    assert [4, 7] == [line.number for line in read(text, "g.md").furniture]


def test_lines_of_marks_only_are_set_apart() -> None:
    """Rules, fences, comments and table separators are set apart, with their numbers."""
    found = read("a\n\n* * *\n```\nb\n```\n<!-- c -->\n|d|e|\n|-|-|\n|f|g|\n|-|-|", "g.md")
    assert ["a", "", "b", "d\te", "f\tg", "-\t-"] == [line.text for line in found.lines]
    assert [3, 4, 6, 7, 9] == [line.number for line in found.furniture]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('<ol type="i" start="3"><li>a<li value="9">b<li>c</ol>', ["iii. a", "ix. b", "x. c"]),
        ('<ol type="a" start="26"><li>a<li>b</ol>', ["z. a", "aa. b"]),
        ("<ol reversed><li>a<li>b<ul><li>c</ul></ol>", ["2. a", "1. b", "  - c"]),
        ("<ul><li><p>a<p>b</ul><p>c", ["- a", "  b", "c"]),
        ("<ol><li><ol type=a><li>a</ol></ol>", ["1.", "  a. a"]),
        ("<li>a<li>b", ["- a", "- b"]),
        ("<table><tr><td>box<ul><li>a<li>b</ul></table>", ["box", "- a", "- b"]),
        ("<table><tr><td>1<td><ul><li>a<li>b;<li>c</ul></table>", ["1\ta; b; c"]),
        ("<table><tr><td>97033<br>97034<td>a</table>", ["97033; 97034\ta"]),
        ("<table><tr><td rowspan=2>a<td>b<tr><td>c<tr><td colspan=2>d<td>e</table>", ["a\tb", "\tc", "d\t\te"]),
        ("<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>", ["a", "b\tc", "d"]),
        ("<p>a<br>b<hr>c<div>d</div>e", ["a", "b", "c", "d", "e"]),
        ("<pre>a  b\n  c</pre>", ["a  b", "  c"]),
        ("<p>a <i>b </i>c<i> d</i>. <cite>e</cite>", ["a *b* c *d*. *e*"]),
        ('<p><span style="font-style: italic">a</span> <q>b</q>', ['*a* "b"']),
        ("<p>x<a href='https://a.example/'>here</a>, <a href='https://www.b.example'>b.example</a>, <a href='/c'>c</a>",
         ["xhere <https://a.example/>, b.example, c"]),
        ("<p>a<sup><a href='https://a.example'>1</a></sup> b", ["a^1^ <https://a.example> b"]),
        ("<p>&middot;&nbsp;&nbsp; a<p>&#8226; b", ["- a", "- b"]),
        ("<p>p < 0.05 & q > 6 </3", ["p < 0.05 & q > 6 </3"]),
        ("<a href='https://a.example'>x<p>y</a>", ["x <https://a.example>", "y"]),
        ("<div><table><tr><td>a</div>b<td>c</table>", ["a; b\tc"]),
        ("<p>a <b>b <p>c</b> d</p>", ["a b", "c d"]),
        ("<p>a <b href='x\">b</b> c", ["a b c"]),
        ("<p>a <!-- b", ["a <!-- b"]),
        ("<p>a <b", ["a <b"]),
        ("<p>see <img alt='a lamp' src='http://x.example/y.png'></p>", ["see a lamp"]),
        ("<p>vacu\u00adum&shy;", ["vacuum"]),
        ("<![CDATA[x]]><p>\ufdd0a\ufdd4", ["\ufffda\ufffd"]),
        ("<div role=heading aria-level=2>a</div>", ["a"]),
    ],
)  # fmt: skip
def test_elements_of_html(text: str, lines: list[str]) -> None:
    """Every HTML element becomes a line or part of one."""
    assert lines == html(text)


def test_headings_of_html() -> None:
    """Heading elements, elements with a heading role and all-bold paragraphs are headings; an unclosed one ends with its words."""
    text = (
        "<h1>A<p>a<h2>B <br>b</h2><p><b>C:</b><p><b>D</b> d<ul><li><b>E</b></ul><div role=heading aria-level=3>F</div>"
    )
    assert [("A", 1), ("a", 0), ("B b", 2), ("C:", 6), ("D d", 0), ("- E", 0), ("F", 3)] == printed(
        read(text, "g.html")
    )


@pytest.mark.parametrize(
    ("text", "furniture"),
    [
        ("<title>t</title><p>x", ["t"]),
        ("<nav><ul><li>a<li>b</ul></nav><p>x", ["a", "b"]),
        ("<header>a</header><main>x</main><footer>b</footer>", ["a", "b"]),
        ("<main><header>x</header></main>", []),
        ("<header>x</header>", []),
        ("<form><label>Find</label> <button>Go</button></form><p>x", ["Find", "Go"]),
        ("<form><h1>x</h1><button>Go</button></form>", ["Go"]),
        ("<p>x<!-- a --> <span hidden>b</span></p>", ["a", "b"]),
        ("<p style='display: none'>a</p><div aria-hidden=true><p>b</div><p>x", ["a", "b"]),
        ("<div role=navigation>a</div><p class='sr-only x'>b</p><select><option>c</select><p>x", ["a", "b", "c"]),
        ("<noscript>a</noscript><svg><text>b</text></svg><template><p>c</template><p>x", ["a", "b", "c"]),
    ],
)  # fmt: skip
def test_non_text_of_a_page_is_set_apart(text: str, furniture: list[str]) -> None:
    """Menus, forms, comments and hidden elements are set apart; the text is kept."""
    assert furniture == apart(text)
    assert ["x"] == html(text)


def test_omissions_from_a_page_are_reported() -> None:
    """Scripts, hidden elements and struck-out words are reported as remarks."""
    found = read("<style>a</style><script>b<p>c</script><p hidden>d<p>e<p><del>f</del> g", "g.html")
    assert ["e", "f g"] == [line.text for line in found.lines]
    assert [
        (3, "this line contains struck-out words, which are kept"),
        (0, "scripts and styles omitted: 2"),
        (0, "hidden elements set apart: 1"),
    ] == [(remark.line, remark.what) for remark in found.remarks]


_WORDS = st.text(st.sampled_from("abcdefg"), min_size=1, max_size=4)
_TAGS = st.sampled_from(
    [
        "p",
        "/p",
        "b",
        "/b",
        "i",
        "/i",
        "sup",
        "/sup",
        "ul",
        "/ul",
        "ol",
        "li",
        "/li",
        "table",
        "tr",
        "td",
        "/td",
        "/table",
        "h2",
        "/h2",
        "div",
        "/div",
        "nav",
        "/nav",
        "form",
        "span",
        "/span",
        "a",
        "br",
        "pre",
        "/pre",
    ]
)


@given(st.lists(st.one_of(_WORDS, _TAGS.map("<{}>".format)), max_size=40))
def test_no_word_of_a_page_is_lost(parts: list[str]) -> None:
    """For any arrangement of tags, every letter is output once and lines are numbered without gaps."""
    found = read("".join(parts), "g.html")
    lines: list[Line] = sorted((*found.lines, *found.furniture), key=lambda line: line.number)
    given_letters = sorted(letter for part in parts if not part.startswith("<") for letter in part)

    assert given_letters == sorted(letter for line in lines for letter in line.text if letter in "abcdefg")
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


def pdf(*pages: list[str], raised: str = "") -> bytes:
    """Return a PDF with the given lines per page; `raised` is set above the end of the last line."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for page in pages:
        words = "".join(f"({line}) Tj 0 -14 Td " for line in page)
        end = f"ET BT /F1 7 Tf 78 {705 - 14 * (len(page) - 1)} Td ({raised}) Tj" if raised else ""
        stream = f"BT /F1 12 Tf 40 700 Td {words}{end} ET"
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects) + 2} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body = "%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    return f"{body}xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF".encode()


def test_the_pages_of_a_pdf() -> None:
    """Lines are numbered across pages; headers, footers and page numbers are set apart; hyphens are kept."""
    names = ["amber", "birch", "cloud"]
    found = read_source(
        pdf(
            *(
                ["Lamp Office", f"{n}. The {name} lamp is ion-", f"tophoretic *{name}*", f"{n}/3"]
                for n, name in enumerate(names, 1)
            )
        ),
        "g.pdf",
    )

    assert ["1. The amber lamp is ion-", "tophoretic *amber*"] == [line.text for line in found.lines][:2]
    assert ["Lamp Office", "1/3"] == [line.text for line in found.furniture][:2]
    assert [2, 3, 6, 7, 10, 11] == [line.number for line in found.lines]
    assert 6 == len(found.furniture)


def test_superscripts_of_a_pdf() -> None:
    """Raised numbers are read as reference numbers."""
    assert ["The lamp^1,3^"] == [line.text for line in read_source(pdf(["The lamp"], raised="1,3"), "g.pdf").lines]


def test_pages_without_text_are_reported() -> None:
    """Pages without text, which may be images, are reported."""
    found = read_source(pdf(["a"], [], ["b"]), "g.pdf")
    assert ["a", "b"] == [line.text for line in found.lines]
    assert [(0, "no text on 1 of 3 pages, which may be images (2)")] == [(r.line, r.what) for r in found.remarks]


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["a"]))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pdf([]), "g.pdf: no page of this PDF contains text, so its pages are images; apply text recognition (OCR) first"),
        (b"%PDF-1.7\nno more", "g.pdf: this PDF is damaged; save it again, or import its text"),
        (encrypted(), "g.pdf: this PDF is encrypted; save it without a password"),
    ],
)  # fmt: skip
def test_an_unreadable_pdf_is_refused(content: bytes, message: str) -> None:
    """An unreadable PDF is refused in one sentence with the reason and a remedy."""
    with pytest.raises(GuidelineTextError) as refused:
        read_source(content, "g.pdf")
    assert message == str(refused.value)


def test_a_pdf_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pypdfium2, the error says how to install it, and other formats are still read."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pypdfium2":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert ["a"] == markdown("a")
    with pytest.raises(
        GuidelineTextError, match=r"^g\.pdf: reading a PDF needs the package pypdfium2, .* -m pip install 'pypdfium2"
    ):
        read_source(pdf(["a"]), "g.pdf")
