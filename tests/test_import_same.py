"""One guideline as text, HTML and PDF gives the same facts."""

from __future__ import annotations

import html
import re

import pytest
from printed_guideline import printed_guideline

from weigh.evidence.review import Review
from weigh.importer.found import FoundGuideline
from weigh.importer.guideline import read_guideline

HEADINGS = (
    "Clinical Indications",
    "Coding",
    "Discussion/General Information",
    "Definitions",
    "References",
    "Index",
    "History",
)


def marked(text: str) -> str:
    """Return a line as HTML, with bold, italics and links."""
    line = html.escape(text, quote=False)
    line = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", line)
    line = re.sub(r"\*(.+?)\*", r"<i>\1</i>", line)
    return re.sub(r"&lt;(https?://[^&]+)&gt;", r'<a href="\1">\1</a>', line)


def as_html(text: str) -> str:
    blocks: list[str] = []
    rows: list[str] = []
    for line in [*text.split("\n"), ""]:
        if "\t" in line:
            rows.append("".join(f"<td>{marked(cell)}</td>" for cell in line.split("\t")))
            continue
        if rows:
            blocks.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
            rows = []
        if line in HEADINGS:
            blocks.append(f"<h2>{line}</h2>")
        elif line.strip():
            blocks.append(f"<p>{marked(line)}</p>")
    return "<!doctype html>\n<html><head><title>x</title></head><body>\n" + "\n".join(blocks) + "\n</body></html>\n"


@pytest.fixture(scope="module")
def as_text(real: Review) -> FoundGuideline:
    return read_guideline(printed_guideline(real).encode(), "g.txt")


def facts(found: FoundGuideline) -> dict[str, object]:
    """Return the facts that must not depend on the file format."""
    return {
        "header": found.header,
        "statements": [(s.position, s.condition, s.catch_all) for s in found.statements],
        "references": [
            (e.list, e.number, e.key, e.entry.authors, e.entry.title, e.entry.source) for e in found.entries
        ],
        "printed in": [
            (e.entry.year, e.entry.volume, e.entry.issue, e.entry.pages, e.entry.accessed) for e in found.entries
        ],
        "citations": [(m.cited_as, m.kind, m.entries, m.condition, m.stance) for m in found.mentions],
        "codes": [(c.system, c.printed_system, c.first, c.last, c.title, c.position) for c in found.codes],
        "history": [(h.status, h.date, h.organization, h.document) for h in found.history],
        "terms": [term.term for term in found.terms],
        "index": found.index,
    }


def test_as_html(real: Review, as_text: FoundGuideline) -> None:
    """HTML gives the same facts as text."""
    assert facts(as_text) == facts(read_guideline(as_html(printed_guideline(real)).encode(), "g.html"))


@pytest.mark.long
@pytest.mark.usefixtures("prints_pdf")
@pytest.mark.parametrize("width", ["12cm", "17cm"])
def test_as_pdf(real: Review, as_text: FoundGuideline, width: str) -> None:
    """PDF of any line width gives the same references, citations, statements and codes, except titles without a code."""
    from weasyprint import HTML

    style = f"<style>@page {{ size: 21cm 29.7cm; margin: 2cm }} body {{ width: {width} }} td {{ white-space: nowrap }}</style>"
    pdf = HTML(string=as_html(printed_guideline(real)).replace("</head>", f"{style}</head>")).write_pdf()
    assert pdf is not None
    read, wanted = facts(read_guideline(pdf, "g.pdf")), facts(as_text)

    for part in ("header", "statements", "printed in", "citations", "terms"):
        assert wanted[part] == read[part]
    assert wanted["codes"] == [*read["codes"][:5], *[c for c in wanted["codes"] if not c[2]], *read["codes"][5:]]  # type: ignore[index]
    # A hyphen at a line end may belong to the word or to the line break.
    assert [[str(x).replace("-", "") for x in row] for row in wanted["references"]] == [  # type: ignore[attr-defined]
        [str(x).replace("-", "") for x in row]
        for row in read["references"]  # type: ignore[attr-defined]
    ]


@pytest.mark.usefixtures("prints_pdf")
def test_page_headers_of_a_pdf_are_set_apart(real: Review) -> None:
    """Running headers and page numbers are set apart and do not appear in entries."""
    from weasyprint import HTML

    style = "<style>@page { size: 21cm 20cm; margin: 2cm; @top-center { content: 'Lamp Office, guideline' } @bottom-center { content: 'Page ' counter(page) ' of ' counter(pages) } }</style>"
    text = as_html(printed_guideline(real)).replace("</head>", f"{style}</head>")
    pdf = HTML(string=text).write_pdf()
    assert pdf is not None
    found = read_guideline(pdf, "g.pdf")

    assert 41 == len(found.entries)
    assert not [e for e in found.entries if "Page" in e.entry.text and " of " in e.entry.text[-12:]]
    assert sum(use.value == "furniture" for use in found.uses) >= 8
