"""Read Markdown or plain text line by line, keeping line numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from weigh.importer.found import Remark
from weigh.importer.source.inline import may_have_marks, with_marks
from weigh.importer.source.lines import Line, cleaned, finished, in_cell, with_bullet

__all__ = ["read_markdown"]

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_ITEM = re.compile(r"([ \t]*(?:-[ \t]+)?)(?:[-•]|\(?(?:\d{1,4}|[A-Za-z]|[ivxIVX]{1,5})[.)])(?=[ \t])")
_SPACED_NUMBER = re.compile(r"([ \t]*\d{1,4}[.)]) {2,}(?=\S)")
_QUOTED = re.compile(r"(?:> ?)++(?:(?=[^\W\d_]|[*_(\[-]|\d{1,3}[.)]\s)|$)")
_NOTE = re.compile(r"\[\^(\d{1,4})\]:[ \t]*(?=\S)")
_FENCE = re.compile(r" {0,3}(?:`{3,}[^`]{0,40}|~{3,}[^`~]{0,40})")
_COMMENT = re.compile(r"\s*<!--(?:(?!-->).)*-->\s*")
_PIPE = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)


def read_markdown(given: Sequence[Line], remarks: list[Remark]) -> tuple[list[Line], list[Line]]:
    """Convert Markdown lines to the common format.

    Args:
        given: the cleaned lines; numbers may be missing where page headers or footers were removed.
        remarks: the list to which remarks are added.

    Returns:
        The lines in the common format, and the lines that consisted only of marks.
    """
    lines: list[Line] = []
    furniture: list[Line] = []
    paragraph: list[Line] = []
    marks = _marks_only(given)
    headings = _underlined(given)
    table = _rows(given, marks)

    def flush() -> None:
        if paragraph:
            lines.extend(_read_paragraph(paragraph, remarks))
            paragraph.clear()

    for row, line in enumerate(given):
        if row in marks:
            flush()
            furniture.append(line)
        elif not line.text.strip():
            flush()
            lines.append(Line(line.number, ""))
        elif row in table:
            flush()
            lines.append(_read_row(line, remarks))
        elif heading := headings.get(row) or _heading(line.text):
            flush()
            lines.append(Line(line.number, _finished_line(line.number, heading[1], remarks), heading[0]))
        else:
            before = given[row - 1].text.lstrip() if row else ""
            text = _normalised(line.text, not before or before.startswith(">"))
            if _ITEM.match(text) or "\t" in text.strip():
                flush()
            paragraph.append(Line(line.number, text))
            if "\t" in text.strip():
                flush()
    flush()
    return lines, furniture


def _heading(text: str) -> tuple[int, str] | None:
    """Return the level and text of a heading; `# 3` and `# of sessions` are not headings."""
    found = _HEADING.fullmatch(text)
    if not found:
        return None
    level, words = len(found[1]), found[2].rstrip()
    bare = words.rstrip("#")
    words = bare.rstrip() if bare[-1:] in " \t" else words
    if not any(map(str.isalpha, words)) or (level == 1 and words[0].islower()):
        return None
    return level, words


def _normalised(text: str, quoted: bool) -> str:
    found = _QUOTED.match(text) if quoted and text.startswith(">") else None
    text = text[found.end() :] if found else text
    if note := _NOTE.match(text):
        text = f"{note[1]}. {text[note.end() :]}"
    text = with_bullet(text)
    number = _SPACED_NUMBER.match(text)
    return f"{number[1]} {text[number.end() :]}" if number else text


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("\t", "")


def _is_separator(text: str) -> bool:
    bare = _bare(text)
    return "|" in bare and "-" in bare and not bare.strip("|-:")


def _marks_only(given: Sequence[Line]) -> frozenset[int]:
    """Return rows of marks only: rules, paired fences, comments and the separators below table heads."""
    found: set[int] = set()
    fence: int | None = None
    table = False  # below the head of a table, a row of dashes is data
    for row, line in enumerate(given):
        start = line.text[:60].lstrip()[:3]
        table = table and "|" in line.text
        if start in {"```", "~~~"} and _FENCE.fullmatch(line.text):
            if fence is None:
                fence = row
            else:
                found |= {fence, row}
                fence = None
        elif start == "<!-":
            found |= {row} if _COMMENT.fullmatch(line.text) else set()
        elif start[:1] in {"*", "-", "_", "=", "|", ":"}:
            bare = _bare(line.text)
            rule = len(bare) >= 3 and bare[0] in "*-_=" and bare == bare[0] * len(bare)
            head = not table and row > 0 and "|" in given[row - 1].text and _is_separator(line.text)
            table = table or head
            if rule or head:
                found.add(row)
    return frozenset(found)


def _underlined(given: Sequence[Line]) -> dict[int, tuple[int, str]]:
    """Return the rows of underlined headings, with level and text."""
    found: dict[int, tuple[int, str]] = {}
    for row in range(len(given) - 1):
        under = given[row + 1].text.rstrip()
        if under[:3] not in {"===", "---"} or under.strip(under[0]):
            continue
        text = given[row].text
        alone = row == 0 or not given[row - 1].text.strip()
        words = any(map(str.isalpha, text[:500])) and len(text) <= 500
        if alone and words and "\t" not in text and "   " not in text.strip() and not _HEADING.match(text):
            found[row] = (1 if under[0] == "=" else 2, text.strip())
    return found


def _rows(given: Sequence[Line], marks: frozenset[int]) -> frozenset[int]:
    """Return the rows of tables: next to a separator, or between two pipes."""
    found: set[int] = set()
    inside = False
    for row, line in enumerate(given):
        bare = line.text.strip()
        if row in marks and "|" in bare:
            found.add(row - 1)
            inside = True
        elif "|" not in bare:
            inside = False
        elif inside or (bare.startswith("|") and bare.endswith("|") and bare.count("|") >= 3):
            found.add(row)
    return frozenset(found)


def _read_row(line: Line, remarks: list[Remark]) -> Line:
    bare = line.text.strip()
    bare = bare[1:] if bare.startswith("|") else bare
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    cells = []
    for cell in _PIPE.split(bare):
        given = () if cell.isspace() else _BREAK.split(cell)
        cells.append(in_cell(_finished_line(line.number, part.strip(), remarks) for part in given if part))
    return Line(line.number, "\t".join(cells).rstrip())


def _finished_line(number: int, text: str, remarks: list[Remark]) -> str:
    return _finish([Line(number, text)], remarks)[0][0]


def _finish(paragraph: Sequence[Line], remarks: list[Remark]) -> list[tuple[str, bool]]:
    """Convert the marks of a paragraph, which may span several lines."""
    text = "\n".join(line.text for line in paragraph)
    if not may_have_marks(text):
        return finished(text)
    rows = finished(with_marks(text))
    if "&" not in text:
        return rows
    return [(cleaned(words, line.number, remarks), bold) for line, (words, bold) in zip(paragraph, rows, strict=True)]


def _read_paragraph(paragraph: Sequence[Line], remarks: list[Remark]) -> list[Line]:
    rows = _finish(paragraph, remarks)
    return [
        Line(line.number, words, 6 if bold and not _ITEM.match(line.text) else 0)
        for line, (words, bold) in zip(paragraph, rows, strict=True)
    ]
