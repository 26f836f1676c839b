"""The text of a PDF, page by page, as it prints its lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weigh.errors import GuidelineTextError
from weigh.importer.found import Remark

__all__ = ["read_pages"]


def read_pages(content: bytes, name: str, remarks: list[Remark]) -> Iterator[list[str]]:
    """The lines of each page of a PDF; the line at which a word is broken ends in a hyphen.

    Args:
        content: the bytes of the file.
        name: the file, for messages.
        remarks: pages without text are added here.

    Raises:
        GuidelineTextError: the file is encrypted or damaged, has no text, or pypdfium2 is not installed.
    """
    pdfium = _pdfium(name)
    document = _opened(pdfium, content, name)
    empty: list[int] = []
    try:
        count = len(document)
        for number in range(count):
            text = _text(pdfium, document, number, name)
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
        raise GuidelineTextError(
            f"{name} is a PDF, and pypdfium2, which reads it, is not installed; install the extra `pdf-import`"
        ) from error
    return pypdfium2


def _opened(pdfium: Any, content: bytes, name: str) -> Any:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise GuidelineTextError(f"{name}: this PDF is encrypted; save it without a password") from error
        raise GuidelineTextError(f"{name}: this PDF is damaged; save it anew, or import its text") from error


def _text(pdfium: Any, document: Any, number: int, name: str) -> str:
    try:
        page = document[number]
        try:
            text: str = page.get_textpage().get_text_range()
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        raise GuidelineTextError(
            f"{name}: page {number + 1} of this PDF is damaged; save it anew, or import its text"
        ) from error
    return text


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
