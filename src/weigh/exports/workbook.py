"""The workbook: the summaries as sheets to filter and sort, in which no text can become a formula."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from weigh import __version__
from weigh.exports.archive import without_clock
from weigh.exports.columns import Table, Value
from weigh.exports.guard import exact_in_sheet, for_cell, runs, seen
from weigh.exports.packet import Packet
from weigh.exports.sheets import sheets
from weigh.figures.look import INK, RULE, THEME
from weigh.wording import guideline_dates as imprint
from weigh.wording.disclaimers import EVIDENCE_AID
from weigh.wording.sentences import plural

__all__ = ["READ_ME", "workbook"]

READ_ME = "Read me"
_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_LONGEST_NAME = 255  # characters in a document property
_MOST_DECIMALS = 15
_FIRST_YEAR = 1900  # the first year for which spreadsheets have dates


def workbook(packet: Packet) -> bytes:
    """The packet as a workbook: the same evidence gives the same bytes.

    Text is stored as text, whatever it starts with; numbers are stored as numbers, with as many decimals as the source
    prints; what was not reported is left empty.

    Args:
        packet: the conclusions to write.
    """
    from openpyxl import Workbook

    guideline = packet.review.guideline
    book = Workbook()
    book.remove(book.worksheets[0])
    tables = sheets(packet)
    for table in tables:
        _fill(book.create_sheet(table.name), table)
    _explain(book.create_sheet(READ_ME), packet, tables)
    about = book.properties
    about.creator = about.lastModifiedBy = f"weigh {__version__}"
    about.title = seen(f"{guideline.number}: the cited evidence")[:_LONGEST_NAME]
    about.subject = seen(guideline.subject)[:_LONGEST_NAME]
    about.description = EVIDENCE_AID
    about.language = "en-US"
    day = dt.datetime.combine(guideline.last_review_date or imprint.NO_DAY, dt.time())
    about.created = day
    written = io.BytesIO()
    book.save(written)
    # openpyxl replaces the date that was set by the current time.
    stamp = rb"\g<1>" + day.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    return without_clock(written.getvalue(), {_CORE: lambda old: _MODIFIED.sub(stamp, old)})


def _fill(sheet: Any, table: Table[Any]) -> None:
    """One table, with frozen heads, filters and readable column widths."""
    from openpyxl.utils import get_column_letter

    _write_row(sheet, 1, [column.name for column in table.columns])
    _head(sheet, 1)
    for number, row in enumerate(table.cells(), 2):
        _write_row(sheet, number, row)
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{1 + len(table.rows)}"
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"
    _for_paper(sheet)


def _for_paper(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.oddFooter.left.text = EVIDENCE_AID
    sheet.oddFooter.right.text = "&P of &N"


def _head(sheet: Any, row: int) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    for cell in sheet[row]:
        cell.font = Font(bold=True, color=_rgb(INK))
        cell.fill = PatternFill("solid", fgColor=_rgb(THEME["soft"][0]))
        cell.border = Border(bottom=Side(style="thin", color=_rgb(RULE)))
        cell.alignment = Alignment(wrap_text=True, vertical="bottom")


def _rgb(colour: str) -> str:
    return colour.removeprefix("#").upper()


def _write_row(sheet: Any, row: int, values: Iterable[Value]) -> None:
    from openpyxl.styles import Alignment

    for column, value in enumerate(values, 1):
        cell = sheet.cell(row=row, column=column)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        _write(cell, value)


def _write(cell: Any, value: Value) -> None:
    """One value: a number that a spreadsheet keeps exactly, a date, or text; unknown values are left empty."""
    if value is None or value == "":
        return
    if isinstance(value, dt.date) and value.year >= _FIRST_YEAR:
        cell.value, cell.number_format = value, "yyyy-mm-dd"
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool) and exact_in_sheet(value):
        cell.value, cell.number_format = value, _decimals(value)
    else:
        text = for_cell(str(value))
        cell.value = text
        # openpyxl takes text that starts with = for a formula, and #N/A for an error.
        cell.data_type = "s"
        # A spreadsheet parses a cell again after editing; this mark keeps it as text.
        cell.quotePrefix = runs(text)


def _decimals(value: int | float | Decimal) -> str:
    """A number format with as many decimals as the source prints: 4.0 is not 4."""
    places = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    return f"0.{'0' * places}" if 0 < places <= _MOST_DECIMALS else "General"


def _explain(sheet: Any, packet: Packet, tables: tuple[Table[Any], ...]) -> None:
    """A description of the workbook, and of every column of every sheet."""
    guideline = packet.review.guideline
    lines: tuple[tuple[str, Value], ...] = (
        ("Guideline", f"{guideline.number}, {guideline.subject}"),
        ("Last reviewed", guideline.last_review_date or imprint.NOT_PRINTED),
        ("Conclusions", plural(len(packet.summaries), "conclusion")),
        ("What this is", f"{EVIDENCE_AID}."),
        ("An empty cell", "Not reported in the part that was read, or not known; never zero, and never “none”."),
        (
            "Numbers",
            "As printed in the source, or as in the result JSON. P values are text, because sources print “<0.05” and NS.",
        ),
        (
            "Direction",
            "The side that a result favours, whatever its p value. “No clear direction” does not mean no effect.",
        ),
        ("Certainty", "By GRADE. “Proposed” means derived by rule and not confirmed by the committee."),
        ("Text", "Always text: what starts like a formula is not run. Invisible characters are shown as <U+….>."),
        ("Guideline text", guideline.text_note),
        ("Text as read, SHA-256", guideline.text_sha256),
        ("Generated by", f"weigh {__version__}"),
        ("Fingerprint", packet.overview.fingerprint),
    )
    for number, line in enumerate(lines, 1):
        _write_row(sheet, number, line)
    head = len(lines) + 2
    _write_row(sheet, head, ("Sheet", "Column", "Meaning"))
    _head(sheet, head)
    described = [
        row
        for table in tables
        for row in (
            (table.name, "(each row)", table.meaning),
            *((table.name, column.name, column.meaning) for column in table.columns),
        )
    ]
    for number, row in enumerate(described, head + 1):
        _write_row(sheet, number, row)
    for letter, width in (("A", 22), ("B", 60), ("C", 90)):
        sheet.column_dimensions[letter].width = width
    _for_paper(sheet)
