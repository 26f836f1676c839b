"""Read the text of a PDF page by page, as printed lines."""

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
#: Numbers directly after a word or punctuation; raised ones are reference numbers.
_NUMBER = re.compile(r"(?<=[^\W\d_]|[.,;:)\]”\"®™%])\d{1,3}(?:[,–-] ?\d{1,3})*+")
#: As fractions of the height of a line.
_RAISED = 0.12


def read_pages(content: bytes, name: str, longest: int, remarks: list[Remark]) -> Iterator[list[str]]:
    """Yield the lines of each page of a PDF; a line that breaks a word ends in a hyphen.

    Args:
        content: the bytes of the file.
        name: the file, for messages.
        longest: the maximum number of characters.
        remarks: the list to which a remark on pages without text is added.

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
                raise GuidelineTextError(f"{name}: exceeds the limit of {longest:,} characters; import it in parts")
            if not text.strip():
                empty.append(number + 1)
                yield []
                continue
            yield _lines(text)
    finally:
        document.close()
    if len(empty) == count:
        raise GuidelineTextError(
            f"{name}: no page of this PDF contains text, so its pages are images; apply text recognition (OCR) first"
        )
    if empty:
        pages = ", ".join(map(str, empty[:20])) + (" and others" if len(empty) > 20 else "")
        remarks.append(Remark(0, f"no text on {len(empty)} of {count} pages, which may be images ({pages})"))


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
        raise GuidelineTextError(f"{name}: this PDF is damaged; save it again, or import its text") from error


def _page_text(pdfium: Any, document: Any, number: int, name: str) -> str:
    try:
        page = document[number]
        try:
            words = page.get_textpage()
            text: str = words.get_text_range()
            # Indexes match characters only if every character takes exactly one.
            return _with_superscripts(pdfium.raw, words.raw, text) if len(text) == words.count_chars() else text
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        raise GuidelineTextError(
            f"{name}: page {number + 1} of this PDF is damaged; save it again, or import its text"
        ) from error


def _with_superscripts(raw: Any, words: Any, text: str) -> str:
    """Write raised numbers as `^1,2^`."""
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
    """Return the baseline position of a character's line, and the height of the character."""
    left, height, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    raw.FPDFText_GetCharOrigin(words, index, left, height)
    raw.FPDFText_GetLooseCharBox(words, index, box)
    return height.value, box.top - box.bottom


def _lines(text: str) -> list[str]:
    # PDFium replaces a hyphen at the end of a line, and the line break, by U+FFFE.
    return _END.sub("\n", _HYPHEN.sub("-\n", text)).split("\n")
