"""Convert the bytes of a guideline to lines without losing any; page headers, footers and navigation are set apart."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from weigh.errors import GuidelineTextError
from weigh.importer.found import Remark
from weigh.importer.source.lines import Line, Reading, cleaned, finished, with_bullet
from weigh.importer.source.markdown import read_markdown
from weigh.importer.source.markup import read_markup
from weigh.importer.source.pdf_text import read_pages

__all__ = ["LONGEST_TEXT", "MOST_LINES", "Line", "Reading", "read_source"]

#: Bytes; a guideline has tens of thousands, a book a few million.
LONGEST_TEXT = 20_000_000
#: A guideline has hundreds of lines, a book fifty thousand.
MOST_LINES = 1_000_000
#: Longer byte order marks first, because that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Line ends; a form feed also ends a page. Other Unicode line separators are not line ends in a guideline.
_END = re.compile(r"\r\n|\n|\r|\f")
#: Declarations in an HTML page or its name of its type and encoding.
_HEAD = 4_096
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<\?xml[^<>]*\?>\s*<html|<(?:head|body)[\s>]", re.IGNORECASE)
_HTML_NAMES = frozenset({".html", ".htm", ".xhtml"})
_CHARSET = re.compile(
    r"""(?:charset|encoding)\s?=\s?["']?((?:iso-?8859-|windows-|cp)\d{1,4}|latin-?1|us-ascii|shift_jis|gbk|gb18030|big5|euc-(?:jp|kr))\b""",
    re.IGNORECASE,
)
#: Browsers read these encodings as Windows-1252, a superset of their characters.
_WINDOWS = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "windows-1252"})
#: Page numbers: `Page 3 of 10`, `21/35`, `- 4 -`. A bare number does not count: it may number a list entry.
_NUMBER = r"Page\s+\d{1,4}\s+of\s+\d{1,4}|\d{1,4}\s?/\s?\d{1,4}"
_PAGE = re.compile(rf"\s*(?:{_NUMBER}|Page\s+\d{{1,4}}|[-–]\s*\d{{1,4}}\s*[-–])\s*", re.IGNORECASE)
_GLUED = re.compile(
    rf"(?:Page\s+\d{{1,4}}\s+of\s+\d|\d{{1,3}}/\d{{2,6}}[.)]\s)|(?<=[.;:)*\s])(?:{_NUMBER})$", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
#: The most non-empty lines in a page header or footer.
_EDGE = 2
#: A line at the edge of at least this many pages, and of half of all pages, is a header or footer.
_REPEATED = 3


def read_source(content: bytes, name: str) -> Reading:
    """Read a guideline: a PDF, an HTML page, or a text with or without Markdown.

    Args:
        content: the bytes of the file. Text must be UTF-8 or match its byte order mark; HTML must match its declared
            encoding.
        name: the file, for messages; `.html`, `.htm` and `.xhtml` files are always read as HTML.

    Raises:
        GuidelineTextError: the file is too long, contains no text, or does not match its declared encoding.
    """
    if len(content) > LONGEST_TEXT:
        raise GuidelineTextError(
            f"{name}: {len(content):,} bytes exceed the limit of {LONGEST_TEXT:,}; import it in parts"
        )
    remarks: list[Remark] = []
    if content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF"):
        pages = _numbered(read_pages(content, name, LONGEST_TEXT, remarks), name)
        lines, furniture = _set_apart(pages, remarks)
        return Reading(lines=tuple(_plain(lines)), furniture=tuple(furniture), remarks=tuple(remarks))
    text = _decoded(content, name)
    if _is_html(text[:_HEAD], name):
        lines, furniture = read_markup(text, name, MOST_LINES, remarks)
    else:
        given, of_pages = _set_apart(_numbered(_pages(text), name), remarks)
        lines, marks = read_markdown(given, remarks)
        furniture = sorted((*of_pages, *marks), key=lambda line: line.number)
    return Reading(lines=tuple(lines), furniture=tuple(furniture), remarks=tuple(remarks))


def _is_html(head: str, name: str) -> bool:
    return PurePath(name).suffix.lower() in _HTML_NAMES or bool(_HTML.search(head))


def _decoded(content: bytes, name: str) -> str:
    mark, encoding = next(((m, e) for m, e in _MARKS if content.startswith(m)), (b"", "utf-8"))
    if not mark and (place := content.find(b"\0")) >= 0:
        _refuse_nul(content[:place].decode("latin-1"), name)
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        declared = None if mark else _declared_encoding(content, name)
        text = _in_encoding(content, declared, name) if declared else ""
        if not declared:
            place = len(mark) + error.start
            raise GuidelineTextError(
                f"{name}: byte {place} is not {encoding.upper()}; save the file as UTF-8"
            ) from error
    if (place := text.find("\0")) >= 0:
        _refuse_nul(text[:place], name)
    return text


def _refuse_nul(before: str, name: str) -> None:
    row = len(_END.findall(before)) + 1
    raise GuidelineTextError(f"{name}: line {row} contains a NUL byte, so it is not text; save the file as plain UTF-8")


def _declared_encoding(content: bytes, name: str) -> str | None:
    """Return the declared encoding of an HTML page, if it is a single-byte or East Asian one."""
    head = content[:_HEAD].decode("latin-1")
    found = _CHARSET.search(head) if _is_html(head, name) else None
    if not found:
        return None
    return "windows-1252" if found[1].lower() in _WINDOWS else found[1].lower()


def _in_encoding(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError as error:
        raise GuidelineTextError(f"{name}: unknown encoding {encoding!r}; save the file as UTF-8") from error
    except UnicodeDecodeError as error:
        raise GuidelineTextError(
            f"{name}: byte {error.start} is not valid in the declared encoding {encoding.upper()}; save the file as UTF-8"
        ) from error


def _pages(text: str) -> Iterator[list[str]]:
    """Yield the lines of each page, without the empty line after the final line end."""
    page: list[str] = []
    start = 0
    for end in _END.finditer(text):
        page.append(text[start : end.start()])
        start = end.end()
        if end.group() == "\f":
            yield page
            page = []
        elif len(page) > MOST_LINES:
            break
    if start < len(text):
        page.append(text[start:])
    yield page


def _numbered(pages: Iterable[list[str]], name: str) -> list[list[Line]]:
    numbered: list[list[Line]] = []
    number = 0
    for page in pages:
        numbered.append([Line(place, text) for place, text in enumerate(page, number + 1)])
        number += len(page)
        if number > MOST_LINES:
            raise GuidelineTextError(f"{name}: exceeds the limit of {MOST_LINES:,} lines; import it in parts")
    return numbered


def _set_apart(pages: list[list[Line]], remarks: list[Remark]) -> tuple[list[Line], list[Line]]:
    """Return the cleaned lines of all pages, and those of page headers, footers and numbers."""
    repeated = _repeated(pages)
    lines: list[Line] = []
    furniture: list[Line] = []
    for page in pages:
        edge = frozenset(line.number for line in _edge(page)) if len(pages) > 1 else frozenset()
        for line in page:
            at_edge = line.number in edge
            outside = at_edge and (_PAGE.fullmatch(line.text) or _masked(line) in repeated)
            text = cleaned(line.text, line.number, remarks).rstrip()
            if at_edge and not outside and _GLUED.search(text):
                remarks.append(Remark(line.number, "this line may end with a page number, which is kept"))
            (furniture if outside else lines).append(Line(line.number, text))
    return lines, furniture


def _edge(page: list[Line]) -> list[Line]:
    """Return the first and last non-empty lines of a page."""
    ends: list[Line] = []
    for side in (iter(page), reversed(page)):
        left = _EDGE
        for line in side:
            if line.text and not line.text.isspace():
                ends.append(line)
                left -= 1
                if not left:
                    break
    return ends


def _masked(line: Line) -> str:
    """Mask the numbers in a line, which may be page numbers."""
    return _DIGITS.sub("#", " ".join(line.text.split()))


def _repeated(pages: list[list[Line]]) -> frozenset[str]:
    """Return the lines, with numbers masked, that recur at the edges of pages."""
    if len(pages) < _REPEATED:
        return frozenset()
    edges = [{_masked(line) for line in _edge(page)} for page in pages]
    counted = Counter(text for edge in edges for text in edge)
    return frozenset(
        text
        for text, times in counted.items()
        if times >= max(_REPEATED, len(pages) / 2) and re.search(r"[^\W\d_#]", text)
    )


def _plain(lines: list[Line]) -> Iterator[Line]:
    """Convert lines of a PDF, which has no marks, to the common format."""
    for line in lines:
        ((text, _),) = finished(with_bullet(line.text))
        yield Line(line.number, text)
