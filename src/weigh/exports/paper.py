"""A Word document, part by part: headings, paragraphs, tables with repeated heads, pictures with alternative text."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weigh.exports.archive import without_clock
from weigh.exports.guard import for_page
from weigh.figures.drawing import Picture
from weigh.figures.look import INK, MUTED, RULE, THEME

__all__ = ["About", "Cell", "Line", "Paper", "Strong"]

_MARGIN, _WIDTH, _HEIGHT = 0.9, 6.7, 8.4  # inches: the margin, the width of a line, the maximum height of a picture
_LONGEST_NAME = 255  # characters in a document property
_LANGUAGE = "en-US"
_SIZES = {"Normal": 10.5, "Title": 26, "Subtitle": 13, "Heading 1": 18, "Heading 2": 13, "Heading 3": 11, "Caption": 9}
_TABLE_SIZE = 9


class Strong(str):
    """Words in bold."""

    __slots__ = ()


#: A line of text: words, or a sequence of words, some in bold.
Line = str | tuple[str, ...]
#: A table cell: one line, or several as paragraphs.
Cell = Line | list[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The properties of a document."""

    title: str
    subject: str
    author: str
    remark: str
    day: dt.date


class Paper:
    """A document under construction; all text added to it is visible and is plain text."""

    def __init__(self, about: About) -> None:
        from docx import Document
        from docx.shared import Inches

        self._document = Document()
        self._anchors = 0
        self._style_ids: dict[str, str] = {}
        _describe(self._document, about)
        _style(self._document)
        section = self._document.sections[0]
        for side in ("left", "right", "top", "bottom"):
            setattr(section, f"{side}_margin", Inches(_MARGIN))
        self._room = Inches(_WIDTH)

    def title(self, title: str, subtitle: str) -> None:
        """The title of the document."""
        self.say(title, style="Title")
        self.say(subtitle, style="Subtitle")

    def footer(self, text: str) -> None:
        """The footer of every page, with the page number."""
        from docx.enum.text import WD_TAB_ALIGNMENT

        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.paragraph_format.tab_stops.add_tab_stop(self._room, WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(f"{for_page(text)}\t")
        field = _element("w:fldSimple", instr="PAGE")
        field.append(_run("1"))
        paragraph._p.append(field)

    def heading(self, text: str, level: int, *, anchor: str = "") -> None:
        """A heading; first-level headings start a new page, and the contents link to their anchor."""
        paragraph = self._paragraph(f"Heading {level}")
        _write(paragraph, text)
        paragraph.paragraph_format.page_break_before = level == 1
        if anchor:
            self._anchors += 1
            number = str(self._anchors)
            paragraph._p.insert(1, _element("w:bookmarkStart", id=number, name=anchor))
            paragraph._p.append(_element("w:bookmarkEnd", id=number))

    def say(self, line: Line, *, style: str = "Normal", muted: bool = False, with_next: bool = False) -> None:
        """A paragraph, optionally kept on one page with the next."""
        paragraph = self._paragraph(style)
        if with_next:
            paragraph.paragraph_format.keep_with_next = True
        _write(paragraph, line, colour=MUTED if muted else None)

    def _paragraph(self, style: str) -> Any:
        """An empty paragraph with a cached style id, because python-docx searches all styles each time."""
        paragraph = self._document.add_paragraph()
        if style != "Normal":
            if style not in self._style_ids:
                self._style_ids[style] = self._document.styles[style].style_id
            paragraph._p.style = self._style_ids[style]
        return paragraph

    def points(self, lines: Sequence[Line]) -> None:
        """A bulleted list."""
        for line in lines:
            self.say(line, style="List Bullet")

    def table(
        self, caption: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], shares: Sequence[float]
    ) -> None:
        """A table with its caption above it.

        Args:
            caption: the caption.
            heads: the column heads, which are repeated on every page.
            rows: the cells.
            shares: the relative widths of the columns.
        """
        from docx.shared import Emu

        self.say(caption, style="Caption", with_next=True)
        table = self._document.add_table(rows=1 + len(rows), cols=len(heads))
        table.autofit = False
        _frame(table, for_page(caption))
        widths = [Emu(int(self._room * share / sum(shares))) for share in shares]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        strong: list[Cell] = [Strong(head) for head in heads]
        for number, (row, cells) in enumerate(zip(table.rows, [strong, *rows], strict=True)):
            for cell, content, width in zip(row.cells, cells, widths, strict=True):
                cell.width = width
                _fill(cell, content, head=number == 0)
        _repeat(table.rows[0])
        self._document.add_paragraph().paragraph_format.space_after = Emu(0)

    def picture(self, picture: Picture, legend: str = "") -> None:
        """A figure with its caption and its text alternative."""
        from docx.shared import Emu, Inches

        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(picture.png))
        scale = min(Inches(_WIDTH) / shape.width, Inches(_HEIGHT) / shape.height, 1)
        shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
        shape._inline.docPr.set("descr", for_page(picture.drawing.alternative))
        self.say(f"{picture.drawing.caption} {legend}".strip(), style="Caption")

    def contents(self, entries: Sequence[tuple[str, str]]) -> None:
        """A table of contents: a field that Word can update with page numbers; until then, it contains names and links.

        Args:
            entries: the anchor and the text of each first-level heading.
        """
        self.say("Contents", style="TOC Heading")
        opening = [
            _run(_element("w:fldChar", fldCharType="begin")),
            _run(_instruction(' TOC \\o "1-1" \\h \\z \\u ')),
            _run(_element("w:fldChar", fldCharType="separate")),
        ]
        for anchor, text in entries:
            paragraph = self._paragraph("toc 1")
            for run in opening:
                paragraph._p.append(run)
            opening = []
            link = _element("w:hyperlink", anchor=anchor, history="1")
            link.append(_run(for_page(text)))
            paragraph._p.append(link)
        self._document.add_paragraph()._p.append(_run(_element("w:fldChar", fldCharType="end")))

    def finished(self) -> bytes:
        """The content of the document file; the same parts give the same bytes."""
        written = io.BytesIO()
        self._document.save(written)
        return without_clock(written.getvalue())


def _describe(document: Any, about: About) -> None:
    properties = document.core_properties
    day = dt.datetime.combine(about.day, dt.time())
    properties.title, properties.subject, properties.author, properties.comments = (
        for_page(text)[:_LONGEST_NAME] for text in (about.title, about.subject, about.author, about.remark)
    )
    properties.last_modified_by, properties.language = properties.author, _LANGUAGE
    properties.created = properties.modified = day
    package = document.part.package
    for name, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[name]  # a thumbnail of the empty template


def _style(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    ink = RGBColor.from_string(INK.removeprefix("#"))
    document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    for name, size in _SIZES.items():
        style = document.styles[name]
        style.font.size, style.font.color.rgb = Pt(size), ink
        if name == "Caption":
            style.font.bold, style.paragraph_format.space_after = False, Pt(4)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGE)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    document.styles["List Bullet"].paragraph_format.space_after = Pt(3)


def _write(paragraph: Any, line: Line, *, colour: str | None = None, size: float | None = None) -> None:
    from docx.shared import Pt, RGBColor

    for words in (line,) if isinstance(line, str) else line:
        run = paragraph.add_run(for_page(words))
        if isinstance(words, Strong):
            run.bold = True
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour.removeprefix("#"))
        if size:
            run.font.size = Pt(size)


def _fill(cell: Any, content: Cell, *, head: bool) -> None:
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    for number, line in enumerate(content if isinstance(content, list) else [content]):
        paragraph = cell.add_paragraph() if number else paragraph
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.keep_with_next = head or None
        _write(paragraph, line, size=_TABLE_SIZE)
    if head:
        fill = THEME["soft"][0].removeprefix("#")
        cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=fill))


def _frame(table: Any, caption: str) -> None:
    """Hairlines between rows, and the caption for screen readers."""
    properties = table._tbl.tblPr
    borders = _element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color=RULE.removeprefix("#")))
    # The standard prescribes the order of these elements.
    properties.find(_name("w:tblLayout")).addprevious(borders)
    properties.append(_element("w:tblCaption", val=caption[:_LONGEST_NAME]))


def _repeat(row: Any) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(_element("w:cantSplit"))
    properties.append(_element("w:tblHeader"))


def _name(tag: str) -> str:
    from docx.oxml.ns import qn

    return qn(tag)


def _element(tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(_name(f"w:{name}"), value)
    return made


def _instruction(text: str) -> Any:
    made = _element("w:instrText")
    made.text = text
    made.set(_name("xml:space"), "preserve")
    return made


def _run(content: Any) -> Any:
    """A run with an element or a text."""
    made = _element("w:r")
    if isinstance(content, str):
        made.text = content
    else:
        made.append(content)
    return made
