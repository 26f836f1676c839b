"""The Word document, read again by python-docx: headings, tables, figures with words for them, and the summaries' numbers."""

from __future__ import annotations

import dataclasses
import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import docx
import pytest
from conftest import Made
from docx.oxml.ns import qn
from hostile_texts import HOSTILE_TEXTS, hostile_review

from weigh.evidence.review import Review
from weigh.exports.document import document
from weigh.exports.packet import Packet, packet_of
from weigh.figures import effect_direction
from weigh.figures.drawing import pictures
from weigh.figures.lettering import headed
from weigh.summary.conclusion import Summary
from weigh.summary.parts import PARTS, parts_of
from weigh.text.numbers import number

#: Figures of texts without an end take many seconds.
_SLOW = ("endless",)

HEADINGS = {part.heading for part in PARTS}


@pytest.fixture(scope="module")
def packets(mini: Review, real: Review) -> dict[str, Packet]:
    """The fictional review, some conclusions of the real one, and the fictional one with hostile texts."""
    return Made(
        mini=lambda: packet_of(mini),
        real=lambda: packet_of(real, ["keratoconus", "hyperhidrosis", "neck-pain"]),
        hostile=lambda: packet_of(hostile_review(mini, without=_SLOW)),
    )


@pytest.fixture(scope="module")
def contents(packets: dict[str, Packet]) -> Callable[[str], bytes]:
    """The document of each packet, made once."""
    return cache(lambda name: document(packets[name]))


@pytest.fixture(scope="module")
def papers(contents: Callable[[str], bytes]) -> Callable[[str], Any]:
    """The documents as another program reads them."""
    return cache(lambda name: docx.Document(io.BytesIO(contents(name))))


def sections(paper: Any) -> dict[str, dict[str, list[Any]]]:
    """The parts of each chapter by their headings: paragraphs and tables in their order; what comes first has no heading."""
    chapter: dict[str, list[Any]] = {"": []}
    chapters = {"": chapter}
    part = chapter[""]
    for block in paper.iter_inner_content():
        style = block.style.name if isinstance(block, docx.text.paragraph.Paragraph) else ""
        if "Heading 1" == style:
            part = []
            chapter = chapters[block.text] = {"": part}
        elif "Heading 2" == style:
            part = chapter[block.text] = []
        else:
            part.append(block)
    return chapters


def cells(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def tables_of(part: list[Any]) -> list[list[list[str]]]:
    return [cells(block) for block in part if not isinstance(block, docx.text.paragraph.Paragraph)]


def texts_of(paper: Any) -> Iterator[str]:
    """Every paragraph of the document, those in cells of tables too."""
    for block in paper.iter_inner_content():
        if isinstance(block, docx.text.paragraph.Paragraph):
            yield block.text
        else:
            yield from (p.text for row in block.rows for cell in row.cells for p in cell.paragraphs)


def chapter_of(paper: Any, summary: Summary) -> dict[str, list[Any]]:
    return sections(paper)[headed(summary.dossier.conclusion.condition)]


@pytest.mark.long
@pytest.mark.parametrize("name", ["mini", "real"])
def test_each_conclusion_is_a_chapter_with_its_parts(packets: dict[str, Packet], papers: Any, name: str) -> None:
    """Headings are real ones, in the order of need for discussion; where nothing is cited, no part is empty."""
    packet, paper = packets[name], papers(name)
    chapters = sections(paper)
    conditions = [headed(summary.dossier.conclusion.condition) for summary in packet.summaries]
    front, back = (
        ["How to read this packet", "The conclusions at a glance"],
        ["Study by study", "Provenance"],
    )
    contents = [p.text for p in paper.paragraphs if "toc 1" == p.style.name]

    assert ["", *front, *conditions, *back] == list(chapters)
    assert [*front, *conditions, *back] == contents
    for summary in packet.summaries:
        parts = chapter_of(paper, summary)
        assert [part.heading for part in parts_of(summary) if part.on_paper] == [
            head for head in parts if head in HEADINGS
        ]
        assert bool(summary.studies) == ("Summary of findings" in parts)
        assert [] == [head for head, part in parts.items() if not part]


@pytest.mark.parametrize("name", ["mini", pytest.param("real", marks=pytest.mark.long)])
def test_every_number_of_a_verdict_is_that_of_the_result(packets: dict[str, Packet], papers: Any, name: str) -> None:
    """The table of votes has the counts, the share with its interval and the p of the result JSON, as readers are shown them."""
    with_votes = 0
    for summary in packets[name].summaries:
        part = chapter_of(papers(name), summary)["Verdict"]
        result, tables = summary.as_json(), tables_of(part)
        expected = []
        for votes in (result["votes"], result["direct_votes"]):
            counts = [
                str(votes[key]) for key in ("favours_intervention", "favours_comparator", "no_clear_direction", "k")
            ]
            share = [
                number(votes[key]) for key in ("proportion", "ci_low", "ci_high", "p_value") if votes[key] is not None
            ]
            expected.append([*counts, *([f"{share[0]} ({share[1]} to {share[2]})", share[3]] if share else ["–", "–"])])
        found = [row[1:] for table in tables for row in table[1:]]
        assert (expected if result["votes"]["k"] else []) == found
        assert {summary.verdict_sentence, " ".join(summary.vote_sentences)} <= {
            p.text for p in part if hasattr(p, "text")
        }
        with_votes += bool(found)

    assert with_votes


@pytest.mark.long
@pytest.mark.parametrize("name", ["mini", "real"])
def test_the_summary_of_findings_is_that_of_the_page(packets: dict[str, Packet], papers: Any, name: str) -> None:
    """Each outcome has its row with people, what each study found, certainty with its reasons, and what happens."""
    for summary in (s for s in packets[name].summaries if s.outcomes):
        (table,) = tables_of(chapter_of(papers(name), summary)["Summary of findings"])
        for row, line in zip(summary.outcomes, table[1:], strict=True):
            what, found, sure, happens = line
            assert f"{row.label.capitalize()}\n{row.people}" == what
            assert "\n".join(f"{study}: {words}" for study, words in row.results) == found
            assert row.certainty_words in sure
            assert "\n".join(row.reasons) in sure
            assert row.what_happens == happens


@pytest.mark.long
def test_what_speaks_for_and_against_stands_side_by_side(packets: dict[str, Packet], papers: Any) -> None:
    """Two columns of one table hold every point of each side with its study, words and weight."""
    for summary in (s for s in packets["mini"].summaries if s.studies):
        (head, (left, right)), *_rest = tables_of(chapter_of(papers("mini"), summary)["For and against"])
        assert ["Speaks for the conclusion", "Speaks against it"] == head
        for points, column in ((summary.speaks_for, left), (summary.speaks_against, right)):
            assert [] == [p for p in points if f"{p.name}: {p.text} ({p.weight})" not in column]
            assert len(points) or "No cited study whose results were seen." == column


def test_every_study_and_outcome_stands_once(packets: dict[str, Packet], papers: Any) -> None:
    """Study by study, each cited one has a section, and a row for each of its outcomes."""
    packet = packets["real"]
    lines = {line.item.study.study_id: line for summary in packet.summaries for line in summary.studies}
    parts = sections(papers("real"))["Study by study"]

    assert sorted(line.name for line in lines.values()) == sorted(set(parts) - {""})
    for line in lines.values():
        rows = [row for table in tables_of(parts[line.name]) for row in table[1:]]
        assert len(line.item.outcomes) == len(rows)
        assert [] == [o.measure for o, row in zip(line.item.outcomes, rows, strict=False) if o.measure not in row[1]]


@pytest.mark.parametrize("name", ["mini", "real"])
def test_every_figure_has_words(packets: dict[str, Packet], papers: Any, name: str) -> None:
    """Each picture has the text alternative of the drawing, and no wider a place than the page leaves it."""
    paper = papers(name)
    described = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    drawn = [drawing for summary in packets[name].summaries if (drawing := effect_direction(summary))]
    section = paper.sections[0]

    assert drawn
    assert [] == [drawing.alternative for drawing in drawn if drawing.alternative not in described]
    assert all(described)
    assert all(
        shape.width <= section.page_width - section.left_margin - section.right_margin for shape in paper.inline_shapes
    )
    assert len({shape._inline.docPr.id for shape in paper.inline_shapes}) == len(described)


def test_every_table_repeats_its_head(papers: Any) -> None:
    """The first row of each table is marked as its head, and a screen reader is told what the table shows."""
    tables = papers("mini").tables

    assert tables
    assert [] == [cells(t)[0] for t in tables if t.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is None]
    assert all(t._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for t in tables)


def test_links_of_the_contents_lead_to_headings(contents: Callable[[str], bytes]) -> None:
    """Each entry of the contents has its heading, and no bookmark stands twice."""
    with zipfile.ZipFile(io.BytesIO(contents("mini"))) as archive:
        body = archive.read("word/document.xml").decode()
    marks = re.findall(r'<w:bookmarkStart[^>]*w:name="([^"]*)"', body)

    assert marks == re.findall(r'<w:hyperlink[^>]*w:anchor="([^"]*)"', body)
    assert len(marks) == len(set(marks))


@pytest.mark.long
def test_the_same_evidence_gives_the_same_document_on_any_day(
    packets: dict[str, Packet], contents: Callable[[str], bytes], papers: Any
) -> None:
    """No member of the file knows the clock, and what the document says of itself is fixed by the guideline."""
    content = contents("mini")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        times = {member.date_time for member in archive.infolist()}
        names = archive.namelist()
    about = papers("mini").core_properties

    assert content == document(packets["mini"])
    assert {(1980, 1, 1, 0, 0, 0)} == times
    assert ("2020-05-07", "2020-05-07", "en-US") == (
        about.created.date().isoformat(),
        about.modified.date().isoformat(),
        about.language,
    )
    assert [] == [name for name in names if "thumbnail" in name]


@pytest.mark.long
def test_hostile_texts_are_text_in_the_document(papers: Any) -> None:
    """Planted in every field of a study, forty texts are read as they stand, with what is hidden made visible."""
    found = set(texts_of(papers("hostile")))
    together = "\n\n".join(found)
    lines = ("Drug", "Limits", "Not seen", "Authors conclude", "Harms", "Protocol", "People", "What it found")
    shown = {name: text for name, (_text, text) in HOSTILE_TEXTS.items() if text is not None}

    assert 40 == len(shown)
    assert [] == [(name, line) for name, text in shown.items() for line in lines if f"{line}: {text}" not in found]
    assert [] == [name for name, text in shown.items() if text not in found]  # a cell of its own: a note, a candidate
    assert [] == [name for name, text in shown.items() if f"better ({text}, {text})" not in together]  # an outcome


@pytest.mark.long
def test_hostile_texts_do_nothing_in_the_document(contents: Callable[[str], bytes]) -> None:
    """No text becomes a field, a link out of the document, an object or a part that is fetched."""
    with zipfile.ZipFile(io.BytesIO(contents("hostile"))) as archive:
        members = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    body = members["word/document.xml"]

    assert [' TOC \\o "1-1" \\h \\z \\u '] == re.findall(r"<w:instrText[^>]*>([^<]*)<", body)
    assert [] == re.findall(r"<w:fldSimple|<w:object|<w:altChunk|<w:hyperlink [^>]*r:id", body)
    assert [] == [name for name, text in members.items() if name.endswith(".rels") and 'TargetMode="External"' in text]


def test_a_text_without_an_end_is_cut_with_a_word_that_says_so(mini: Review) -> None:
    """A megabyte in a field that no figure draws is cut where nobody would read on, and the document says how much."""
    study = dataclasses.replace(mini.studies["ardenwood-2011"], limits="bell" * 250_000)
    review = dataclasses.replace(mini, studies=mini.studies | {study.study_id: study})
    paper = docx.Document(io.BytesIO(document(packet_of(review, ["brisk-elbow"]))))
    (line,) = [text for text in texts_of(paper) if text.startswith("Limits: bell")]

    assert "bell [cut: 980000 more characters in the table]" == line[-47:]


def test_pictures_are_those_of_the_drawings(mini: Review, packets: dict[str, Packet]) -> None:
    """While pictures are asked for, a drawing is had as pixels too, and is the same drawing; afterwards it is not."""
    summary = next(s for s in packets["mini"].summaries if "brisk-elbow" == s.conclusion_id)
    plain = effect_direction(summary)
    with pictures(dots=100) as found:
        drawn = effect_direction(summary)
    effect_direction(summary)

    assert (plain, [drawn]) == (drawn, [picture.drawing for picture in found])
    (picture,) = found
    width, height = struct.unpack(">II", picture.png[16:24])
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.drawing.svg)
    assert box
    assert [round(float(size) / 72 * 100) for size in box.groups()] == pytest.approx([width, height], abs=1)
    assert b"matplotlib" not in picture.png.lower()
