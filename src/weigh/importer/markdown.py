"""Markdown, and plain text, which is Markdown without marks: line by line, so that each keeps its number."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from weigh.importer.found import Remark
from weigh.importer.lines import (
    BOLD_OFF,
    BOLD_ON,
    ITALIC_OFF,
    ITALIC_ON,
    SUPER_OFF,
    SUPER_ON,
    Line,
    cleaned,
    finished,
    with_address,
    with_bullet,
)

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

#: What may be a mark within a line. Each alternative ends at the first sign that cannot belong to it.
_TOKEN = re.compile(
    r"""
    \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<hard>\\(?=\n))
    | (?P<code>`{1,2})(?P<inner>[^`\n]{1,300})(?P=code)
    | (?P<address><?https?://(?:\\[_*~]|[^\s<>*\\|\[\]]++)++>?)
    | <(?P<tag>/?(?:b|strong|i|em|cite|sup|sub|u|span|a|br|code|small|mark))(?:\s(?P<attributes>[^<>]{0,500}))?\s?/?>
    | \[\^(?P<note>\d{1,4})\]
    | (?P<start>!?\[)
    | \]\((?P<link>(?:https?://|\#|/|\.{1,2}/|mailto:|tel:|www\.|[\w./-]{1,200}\.(?:html?|pdf|md|aspx?|php|png|jpe?g|gif|svg)\b)
          [^()\s]*(?:\([^()\s]*\)[^()\s]*){0,3})(?:[ ]"[^"\n]{0,300}")?\)
    | (?P<end>\])
    | &(?P<entity>\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});
    | (?P<run>\*+|_+)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SIGNS = re.compile(r"[\\`<\[\]&*_]|https?:")
_TAGS = {
    **dict.fromkeys(("b", "strong"), BOLD_ON),
    **dict.fromkeys(("/b", "/strong"), BOLD_OFF),
    **dict.fromkeys(("i", "em", "cite"), ITALIC_ON),
    **dict.fromkeys(("/i", "/em", "/cite"), ITALIC_OFF),
    "sup": SUPER_ON,
    "/sup": SUPER_OFF,
    "br": " ",
}
_HREF = re.compile(r"""href\s?=\s?["']([^"']*)""", re.IGNORECASE)
#: A mark is closed within so many parts of a paragraph, or is none.
_REACH = 50_000
_WORD = re.compile(r"[^\W_]")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_markdown(given: Sequence[Line], remarks: list[Remark]) -> tuple[list[Line], list[Line]]:
    """Read marks out of lines.

    Args:
        given: the lines, cleaned; numbers may be left out where furniture of pages stood.
        remarks: what a person should look at is added here.

    Returns:
        The lines in the common form, and those that were marks only.
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
            lines.append(Line(line.number, _said(line.number, heading[1], remarks), heading[0]))
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
    """The level and the words of a heading; `# 3` and `# of sessions` are none."""
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
    return _SPACED_NUMBER.sub(r"\1 ", with_bullet(text), count=1)


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("\t", "")


def _is_separator(text: str) -> bool:
    bare = _bare(text)
    return "|" in bare and "---" in bare.replace(":", "-") + "-" and not bare.strip("|-:")


def _marks_only(given: Sequence[Line]) -> frozenset[int]:
    """Rows of nothing but marks: rules, fences with their partner, comments, and what parts a table's head from it."""
    found: set[int] = set()
    fence: int | None = None
    for row, line in enumerate(given):
        start = line.text[:60].lstrip()[:3]
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
            if rule or (_is_separator(line.text) and row and "|" in given[row - 1].text):
                found.add(row)
    return frozenset(found)


def _underlined(given: Sequence[Line]) -> dict[int, tuple[int, str]]:
    """The rows of headings that are underlined, with their level and words."""
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
    """The rows of tables: beside a separator, or between two pipes."""
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
        if not cell or cell.isspace():
            cells.append("")
            continue
        parts = [_said(line.number, part.strip(), remarks) for part in _BREAK.split(cell)]
        cells.append("; ".join(part for part in parts if part))
    return Line(line.number, "\t".join(cells).rstrip())


def _said(number: int, text: str, remarks: list[Remark]) -> str:
    return _finish([Line(number, text)], remarks)[0][0]


def _finish(paragraph: Sequence[Line], remarks: list[Remark]) -> list[tuple[str, bool]]:
    """The lines of a paragraph with its marks read: they may reach over several lines."""
    text = "\n".join(line.text for line in paragraph)
    if not _SIGNS.search(text):
        return finished(text)
    rows = finished("".join(_marked(text)))
    if "&" not in text:
        return rows
    return [(cleaned(said, line.number, remarks), bold) for line, (said, bold) in zip(paragraph, rows, strict=True)]


def _read_paragraph(paragraph: Sequence[Line], remarks: list[Remark]) -> list[Line]:
    rows = _finish(paragraph, remarks)
    return [
        Line(line.number, said, 6 if bold and not _ITEM.match(line.text) else 0)
        for line, (said, bold) in zip(paragraph, rows, strict=True)
    ]


@dataclass(slots=True)
class _Marks:
    """What is open while the marks of a paragraph are read. Positions are places in `parts`."""

    parts: list[str] = field(default_factory=list)
    open: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    links: list[int] = field(default_factory=list)
    href: tuple[int, str] | None = None  # of an open `<a>`
    word: int = -1  # the last part with a letter or a digit

    def add(self, text: str) -> None:
        if text:
            if _WORD.search(text):
                self.word = len(self.parts)
            self.parts.append(text)

    def settle(self) -> None:
        """Give up what is open from afar, so that a text of marks alone takes no more room than another."""
        self.parts = ["".join(self.parts)]
        self.open.clear()
        self.links.clear()
        self.href, self.word = None, -1

    def run(self, run: str, before: str, after: str) -> None:
        """Open or close with a run of `*` or `_`, or take it as it is."""
        sign, length = run[0], len(run)
        opens, closes = _flanks(sign, before, after)
        if length > 3 or not (opens or closes):
            self.parts.append(run)
            return
        rest = length
        for size in (2, 1):
            waiting = self.open.setdefault((sign, size), [])
            if closes and size <= rest and waiting and waiting[-1] < self.word:
                self.parts[waiting.pop()] = BOLD_ON if size == 2 else ITALIC_ON
                self.parts.append(BOLD_OFF if size == 2 else ITALIC_OFF)
                rest -= size
        for size in (2, 1):
            if size <= rest:
                if opens:
                    self.open.setdefault((sign, size), []).append(len(self.parts))
                self.parts.append(sign * size)
                rest -= size

    def end_link(self, address: str) -> None:
        """Close the link that began last: its words stay. Links hold no links, so what began before it is none."""
        if not self.links:
            self.add(f"]({address})")
            return
        start = self.links.pop()
        self.links.clear()
        image = self.parts[start].startswith("!")
        self.parts[start] = ""
        if not image:
            self.parts.append(with_address("".join(self.parts[start:]), _ESCAPE.sub(r"\1", address)))

    def tag(self, tag: str, attributes: str) -> None:
        """Take a tag of HTML for the mark that it is."""
        if tag == "a":
            found = _HREF.search(attributes)
            self.href = (len(self.parts), html.unescape(found[1])) if found else None
        elif tag == "/a" and self.href:
            start, address = self.href
            self.parts.append(with_address("".join(self.parts[start:]), address))
            self.href = None
        else:
            self.parts.append(_TAGS.get(tag, ""))


def _flanks(sign: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether a run may open and may close: it stands at a word, not between spaces, nor between digits."""
    left_word, right_word = before.isalnum(), after.isalnum()
    if left_word and right_word and (sign == "_" or before.isdigit() or after.isdigit()):
        return False, False
    left_blank, right_blank = not before.strip(), not after.strip()
    opens = not right_blank and (right_word or left_blank or not left_word)
    closes = not left_blank and (left_word or right_blank or not right_word)
    return opens, closes


def _marked(text: str) -> list[str]:
    """The parts of a text, with marks for what is bold, italic or raised."""
    marks = _Marks()
    at = 0
    for found in _TOKEN.finditer(text):
        marks.add(text[at : found.start()])
        at = found.end()
        if len(marks.parts) > _REACH:
            marks.settle()
        if found["run"]:
            marks.run(found["run"], text[max(0, found.start() - 1) : found.start()], text[at : at + 1])
        elif found["escaped"] or found["code"]:
            marks.add(found["escaped"] or found["inner"])
        elif found["address"]:
            marks.add(_ESCAPE.sub(r"\1", found[0]))
        elif found["tag"]:
            marks.tag(found["tag"].lower(), found["attributes"] or "")
        elif found["start"]:
            marks.links.append(len(marks.parts))
            marks.parts.append(found[0])
        elif found["end"]:
            if marks.links:
                marks.links.pop()
            marks.parts.append("]")
        elif found["link"]:
            marks.end_link(found["link"])
        elif found["note"]:
            marks.add(f"{SUPER_ON}{found['note']}{SUPER_OFF}")
        elif found["entity"]:
            marks.add(html.unescape(found[0]))
    marks.add(text[at:])
    return marks.parts
