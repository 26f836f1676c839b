"""The text of a PDF, page by page, as it prints its lines."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any

from weigh.errors import GuidelineTextError
from weigh.importer.found import Remark
from weigh.text.installing import needs

__all__ = ["read_pages"]

_END = re.compile(r"\r\n?")
_HYPHEN = re.compile("\ufffe(?:\r\n)?")
#: Numbers right after a word or a stop; they are those of references where they stand higher than it.
_NUMBER = re.compile(r"(?<=[^\W\d_]|[.,;:)\]”\"®™%])\d{1,3}(?:[,–-] ?\d{1,3})*+")
#: In parts of the height of a line.
_RAISED = 0.12


def read_pages(content: bytes, name: str, longest: int, remarks: list[Remark]) -> Iterator[list[str]]:
    """The lines of each page of a PDF; the line at which a word is broken ends in a hyphen.

    Args:
        content: the bytes of the file.
        name: the file, for messages.
        longest: so many letters of text are read.
        remarks: pages without text are added here.

    Raises:
        GuidelineTextError: the file is encrypted or damaged, has no text or too much, or pypdfium2 is not installed.
    """
    pdfium = _pdfium(name)
    document = _opened(pdfium, content, name)
    empty: list[int] = []
    length = 0
    try:
        count = len(document)
        for number in range(count):
            text = _page_text(pdfium, document, number, name)
            length += len(text)
            if length > longest:
                raise GuidelineTextError(f"{name}: more than {longest:,} letters of text; import it in parts")
            if not text.strip():
                empty.append(number + 1)
                yield []
                continue
            yield _lines(text)
    finally:
        document.close()
    if len(empty) == count:
        raise GuidelineTextError(
            f"{name}: no page of this PDF holds text, so its pages are images; recognise them first"
        )
    if empty:
        pages = ", ".join(map(str, empty[:20])) + (" and others" if len(empty) > 20 else "")
        remarks.append(Remark(0, f"without text, so perhaps images: {len(empty)} of {count} pages ({pages})"))


def _pdfium(name: str) -> Any:
    try:
        import pypdfium2
    except ImportError as error:
        raise GuidelineTextError(f"{name}: {needs('reading a PDF', 'pypdfium2')}") from error
    return pypdfium2


def _opened(pdfium: Any, content: bytes, name: str) -> Any:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise GuidelineTextError(f"{name}: this PDF is encrypted; save it without a password") from error
        raise GuidelineTextError(f"{name}: this PDF is damaged; save it anew, or import its text") from error


def _page_text(pdfium: Any, document: Any, number: int, name: str) -> str:
    try:
        page = document[number]
        try:
            words = page.get_textpage()
            text: str = words.get_text_range()
            # Places are those of characters only where no character takes two, or none.
            return _with_superscripts(pdfium.raw, words.raw, text) if len(text) == words.count_chars() else text
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        raise GuidelineTextError(
            f"{name}: page {number + 1} of this PDF is damaged; save it anew, or import its text"
        ) from error


def _with_superscripts(raw: Any, words: Any, text: str) -> str:
    """The text with `^1,2^` for numbers that stand above their line."""
    parts: list[str] = []
    at = 0
    for found in _NUMBER.finditer(text):
        first, last = found.span()
        below, size = _line_of(raw, words, first - 1)
        if _line_of(raw, words, first)[0] > below + _RAISED * size:
            parts += (text[at:first], f"^{found[0]}^")
            at = last
    return "".join((*parts, text[at:]))


def _line_of(raw: Any, words: Any, index: int) -> tuple[float, float]:
    """How high the line is on which a character stands, and how much room the character takes above and below it."""
    left, height, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    raw.FPDFText_GetCharOrigin(words, index, left, height)
    raw.FPDFText_GetLooseCharBox(words, index, box)
    return height.value, box.top - box.bottom


def _lines(text: str) -> list[str]:
    # Where a line ends in a hyphen, PDFium puts U+FFFE in the place of both.
    return _END.sub("\n", _HYPHEN.sub("-\n", text)).split("\n")
