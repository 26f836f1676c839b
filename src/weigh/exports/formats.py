"""The export formats: what each requires, and the function that creates it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from weigh.exports.missing import MissingExtraError
from weigh.text.installing import needs

if TYPE_CHECKING:
    from weigh.exports.packet import Packet

__all__ = ["PACKAGES", "Format", "MissingExtraError", "exported"]


class Format(StrEnum):
    """A file format of an export."""

    XLSX = "xlsx"
    DOCX = "docx"
    PDF = "pdf"
    FHIR = "fhir"
    CSV = "csv"

    @property
    def suffix(self) -> str:
        """The suffix of its file name; empty for a folder of files."""
        return {Format.FHIR: ".json", Format.CSV: ""}.get(self, f".{self.value}")

    @property
    def is_folder(self) -> bool:
        """Whether the export is a folder of files."""
        return not self.suffix


#: The module that a format imports beyond the required dependencies, and the package that provides it.
PACKAGES: Mapping[Format, tuple[str, str]] = MappingProxyType(
    {
        Format.XLSX: ("openpyxl", "openpyxl"),
        Format.DOCX: ("docx", "python-docx"),
        Format.PDF: ("weasyprint", "weasyprint"),
        Format.FHIR: ("fhir", "fhir.resources"),
    }
)


def exported(packet: Packet, to: Format) -> bytes | dict[str, bytes]:
    """A packet in a format: the content of one file, or the contents of a folder by file name.

    Args:
        packet: the conclusions to write.
        to: the format.

    Raises:
        MissingExtraError: a required package or library is not installed; the message states how to install it.
    """
    try:
        return _MAKERS[to](packet)
    except ModuleNotFoundError as error:
        module, package = PACKAGES.get(to, ("", ""))
        if (error.name or "").partition(".")[0] != module:
            raise
        raise MissingExtraError(needs(f"an export to {to}", package)) from error


def _xlsx(packet: Packet) -> bytes:
    from weigh.exports.workbook import workbook

    return workbook(packet)


def _docx(packet: Packet) -> bytes:
    from weigh.exports.document import document

    return document(packet)


def _pdf(packet: Packet) -> bytes:
    from weigh.exports.pdf import pdf_packet

    return pdf_packet(packet)


def _fhir(packet: Packet) -> bytes:
    from weigh.exports.fhir import fhir_bundle

    return fhir_bundle(packet)


def _csv(packet: Packet) -> dict[str, bytes]:
    from weigh.exports.tidy import tidy_files

    return tidy_files(packet)


_MAKERS: Mapping[Format, Callable[[Packet], bytes | dict[str, bytes]]] = MappingProxyType(
    {Format.XLSX: _xlsx, Format.DOCX: _docx, Format.PDF: _pdf, Format.FHIR: _fhir, Format.CSV: _csv}
)
