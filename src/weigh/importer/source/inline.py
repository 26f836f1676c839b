"""Parse inline Markdown in one pass: bold, italic, superscript and links."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from weigh.importer.source.lines import BOLD_OFF, BOLD_ON, ITALIC_OFF, ITALIC_ON, SUPER_OFF, SUPER_ON, with_address

__all__ = ["may_have_marks", "with_marks"]

#: Possible marks within a line. Each alternative ends at the first character that cannot belong to it.
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
#: The most parts of a paragraph between the two ends of a mark.
_REACH = 50_000
_WORD = re.compile(r"[^\W_⁰¹²³⁴-⁹]")  # a superscript is not part of the word
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def may_have_marks(text: str) -> bool:
    """Whether a text contains a character that may be Markdown."""
    return bool(_SIGNS.search(text))


@dataclass(slots=True)
class _Marks:
    """The open marks of a paragraph; positions are indexes into `parts`."""

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
        """Give up marks opened long ago, so that a text of marks alone takes no more memory than another."""
        self.parts = ["".join(self.parts)]
        self.open.clear()
        self.links.clear()
        self.href, self.word = None, -1

    def run(self, run: str, before: str, after: str) -> None:
        """Open or close marks with a run of `*` or `_`, or keep it as text."""
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
        """Close the last opened link, keeping its words; links do not nest, so earlier openings are plain text."""
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
        """Convert an HTML tag to the corresponding mark."""
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
    """Return whether a run may open and may close: next to a word, not between spaces or digits."""
    left_word, right_word = bool(_WORD.match(before)), bool(_WORD.match(after))
    if left_word and right_word and (sign == "_" or before.isdigit() or after.isdigit()):
        return False, False
    left_blank, right_blank = not before.strip(), not after.strip()
    opens = not right_blank and (right_word or left_blank or not left_word)
    closes = not left_blank and (left_word or right_blank or not right_word)
    return opens, closes


def with_marks(text: str) -> str:
    """Replace Markdown by marks for bold, italic and superscript."""
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
    return "".join(marks.parts)
