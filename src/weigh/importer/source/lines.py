"""Lines of a guideline in a common light format, whatever the file: plain words, `*italics*`, `^1,2^`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import groupby

from weigh.importer.found import Remark

__all__ = [
    "BOLD_OFF",
    "BOLD_ON",
    "ITALIC_OFF",
    "ITALIC_ON",
    "SUPER_OFF",
    "SUPER_ON",
    "Line",
    "Reading",
    "cleaned",
    "finished",
    "in_cell",
    "with_address",
    "with_bullet",
]

#: Formatting marks of an unfinished line: Unicode noncharacters, which are removed from files.
BOLD_ON, BOLD_OFF, ITALIC_ON, ITALIC_OFF, SUPER_ON, SUPER_OFF = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5"
_MARK = re.compile("[\ufdd0-\ufdd3]")
_SUPER = re.compile("[\ufdd4\ufdd5]")

_SPACES = (
    "\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000"
)
_NOT_SPACE = re.compile(r"\S")
#: Invisible characters: controls, zero-width characters, direction marks and tags.
_UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufdd0-\ufdef"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
)
_HIDDEN = re.compile(f"[{_UNSEEN}]")
_ODD = re.compile(f"[{_SPACES}\u00ad\u2010\u2011\ufffe{_UNSEEN}]")
_TO_SPACE = {**dict.fromkeys(map(ord, _SPACES), " "), 0x2010: "-", 0x2011: "-"}
#: U+FFFE from a PDF reader, for a hyphen at a line end that belongs to the text.
_LOST_HYPHEN = re.compile(r"(?<![a-z])\ufffe|\ufffe(?![a-z])")
#: Letters that look Latin: all of Cyrillic, and Greek letters that do not end the name of a substance.
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_GREEK_TWINS = (
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03c1\u03c5\u03b9"
)
_TWIN = re.compile(
    f"[\u0400-\u052f{_GREEK_TWINS}](?=[{_LATIN}])|(?<=[{_LATIN}])[\u0400-\u052f{_GREEK_TWINS}]"
    f"|(?<=[{_LATIN}])[\u0370-\u03ff](?=[a-z])"
)
_NOT_LATIN = re.compile("[\u0370-\u052f]")
#: Longer runs of combining accents are composed in parts, because sorting them takes quadratic time.
_ACCENTS = 30

_BULLET = re.compile(
    r"([ \t]*)(?:[*+](?=[ \t])|[•▪◦●○■‣∙\u2043\uf0b7\uf0a7]|o(?=\t| {2}|[ ][A-Z])|(?<=[ \t])o(?=[ ])|·(?=[ \t]))[ \t]*(?=\S)"
)
_DASH = re.compile(r"([ \t]*)- {2,}(?=\S)")

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻˒", "0123456789+-,")
_UNICODE_SUPER = re.compile("⁻?[⁰¹²³⁴-⁹](?:[,⁻˒–-]?[⁰¹²³⁴-⁹])*[⁺⁻]?")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_LOW = re.compile("[₀-₋]")
_PANDOC_SUPER = re.compile(r"\^([0-9][0-9,–— -]{0,80})\^")
_NEIGHBOURS = re.compile(f"{SUPER_OFF}[ ]?([,–-]?)[ ]?{SUPER_ON}")
_INNER = re.compile(f"{SUPER_ON}([^{SUPER_ON}{SUPER_OFF}\n]*){SUPER_OFF}")
_NUMBERS = re.compile(r"\d{1,4}(?:[,;-]+\d{1,4})*,?")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_UNIT = re.compile(r"(?:(?<![^\W\d_])(?:[kcdmµμn]?m|[rRIχ])|/s)$")
_CLASS = re.compile(r"(?:type|class|stage|phase|grade|level|group) I$", re.IGNORECASE)
_POWER = re.compile(r"(?<![\d.])10$")
_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text, counted from 1, without its end; `level` is 1 to 6 for a heading, 6 also for all-bold text."""

    number: int
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The lines of the text and those of page headers, footers and navigation: together, every line once."""

    lines: tuple[Line, ...]
    furniture: tuple[Line, ...]
    remarks: tuple[Remark, ...] = ()


def cleaned(text: str, number: int, remarks: list[Remark], *, wrapped: bool = True) -> str:
    """Return a line without invisible characters, in NFC and with plain spaces.

    Args:
        text: the line.
        number: its number, for the remarks.
        remarks: the list to which remarks are added.
        wrapped: whether a soft hyphen at the end of the line is a hyphen that breaks a word.
    """
    if text.isascii() and text.isprintable():
        return text
    if _ODD.search(text):
        for sign, times in Counter(_HIDDEN.findall(text)).items():
            name = unicodedata.name(sign, "control")
            count = f" {times} times" if times > 1 else ""
            remarks.append(Remark(number, f"invisible U+{ord(sign):04X} ({name}) was removed{count}"))
        text = _whole_words(_HIDDEN.sub("", text).translate(_TO_SPACE), number, remarks, wrapped=wrapped)
    text = _composed(text)
    if _NOT_LATIN.search(text):
        twins = Counter(_TWIN.findall(text))
        for sign in twins:
            remarks.append(
                Remark(number, f"U+{ord(sign):04X} ({unicodedata.name(sign, 'unnamed')}) occurs among Latin letters")
            )
    return text


def _whole_words(text: str, number: int, remarks: list[Remark], *, wrapped: bool) -> str:
    """Return a line without markers of possible or actual word breaks."""
    end = text.rstrip()
    hyphen = end.endswith("\ufffe") or (wrapped and end.endswith("\u00ad") and end[-2:-1].isalpha())
    end = end.rstrip("\u00ad\ufffe")
    if "\ufffe" in end:
        remarks.append(Remark(number, "U+FFFE replaces a hyphen here; it was removed between two lower-case letters"))
        end = _LOST_HYPHEN.sub("-", end).replace("\ufffe", "")
    return end.replace("\u00ad", "") + "-" * hyphen


def _composed(text: str) -> str:
    """Return text in NFC, in linear time even for a text of nothing but accents."""
    if unicodedata.is_normalized("NFC", text):
        return text
    parts: list[str] = []
    for accents, run in groupby(text, key=lambda sign: unicodedata.combining(sign) > 0):
        signs = "".join(run)
        if accents and len(signs) > _ACCENTS:
            first = parts.pop() if parts else ""
            parts.append(unicodedata.normalize("NFC", first + signs[:_ACCENTS]))
            parts.extend(
                unicodedata.normalize("NFC", signs[at : at + _ACCENTS]) for at in range(_ACCENTS, len(signs), _ACCENTS)
            )
        elif accents and parts:
            parts.append(unicodedata.normalize("NFC", parts.pop() + signs))
        else:
            parts.append(unicodedata.normalize("NFC", signs))
    return "".join(parts)


def with_bullet(text: str) -> str:
    """Replace a bullet of any shape by `- `."""
    found = _BULLET.match(text) or _DASH.match(text)
    return f"{found[1]}- {text[found.end() :]}" if found else text


def with_address(words: str, address: str) -> str:
    """Return the address to print after a link, if it leads elsewhere and is not in its words."""
    bare = _SCHEME.sub("", address).rstrip("/")
    if not _SCHEME.match(address) or not bare or bare in words:
        return ""
    return f" <{address}>"


def in_cell(texts: Iterable[str]) -> str:
    """Join the paragraphs and items of a table cell into one line."""
    joined = ""
    for text in texts:
        if text:
            joined += ("" if not joined else " " if joined[-1] in ";," else "; ") + text
    return joined


def finished(marked: str) -> list[tuple[str, bool]]:
    """Convert marked text to lines in the common format, and tell for each whether it is all bold."""
    if _MARK.search(marked):
        text, bold = _emphasised(marked)
    else:
        text, bold = marked, frozenset()
    return [(_raised(line).rstrip(), row in bold) for row, line in enumerate(text.split("\n"))]


def _emphasised(marked: str) -> tuple[str, frozenset[int]]:
    """Put `*italics*` around words rather than spaces, and return the rows that are all bold."""
    out = StringIO()
    held = ""  # spaces before a closing mark
    bold = italic = row = 0
    opening = False
    strong: dict[int, bool] = {}
    for part in _parts(marked):
        if part == BOLD_ON:
            bold += 1
        elif part == BOLD_OFF:
            bold = max(0, bold - 1)
        elif part == ITALIC_ON:
            italic += 1
            opening = opening or italic == 1
        elif part == ITALIC_OFF:
            italic = max(0, italic - 1)
            if italic == 0:
                if not opening:
                    out.write("*")
                opening = False
        elif part:
            body = part.strip()
            if not body:
                held += part
                row += part.count("\n")
                continue
            first = part.index(body[0])
            out.write(held + part[:first] + "*" * opening + body)
            opening = False
            held = part[first + len(body) :]
            row = _note_rows(part, row, bold > 0, strong)
    if italic and not opening:
        out.write("*")
    return out.getvalue() + held, frozenset(number for number, every in strong.items() if every)


def _parts(marked: str) -> Iterator[str]:
    """Yield the marks and the text between them, one by one because there may be millions."""
    at = 0
    for found in _MARK.finditer(marked):
        if found.start() > at:
            yield marked[at : found.start()]
        yield found[0]
        at = found.end()
    if at < len(marked):
        yield marked[at:]


def _note_rows(part: str, row: int, bold: bool, strong: dict[int, bool]) -> int:
    """Note whether each row of a part is all bold; bold text over several rows is a sentence, not a heading."""
    rows = part.split("\n")
    for offset, words in enumerate(rows):
        if any(map(str.isalnum, words)):
            strong[row + offset] = strong.get(row + offset, True) and bold and len(rows) == 1
    return row + len(rows) - 1


def _raised(line: str) -> str:
    """Write numeric superscripts as `^1,2^` after their word, and others as plain text."""
    if not line.isascii():
        line = _UNICODE_SUPER.sub(lambda found: SUPER_ON + found[0].translate(_RAISED) + SUPER_OFF, line)
        line = _LOW.sub(lambda found: found[0].translate(_LOWERED), line)
    if "^" in line:
        line = _PANDOC_SUPER.sub(SUPER_ON + r"\1" + SUPER_OFF, line)
    if SUPER_ON not in line:
        return _SUPER.sub("", line)
    line = _NEIGHBOURS.sub(_joined, line)
    parts: list[str] = []
    at = 0
    for found in _INNER.finditer(line):
        words = line[at : found.start()].rstrip(" ")
        tail = line[max(0, at + len(words) - 12) : at + len(words)]
        parts += (
            words,
            _superscript(tail, found[1], line[found.end() : found.end() + 1], found.start() - at - len(words)),
        )
        at = found.end()
    parts.append(line[at:])
    return _SUPER.sub("", "".join(parts))


def _joined(found: re.Match[str]) -> str:
    """Return the text between two adjacent superscripts: a comma if two numbers would run together."""
    before, after = found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
    if found[1]:
        return found[1]
    numbers = before.isdigit() and after.isdigit()
    return "," if numbers else found[0] if " " in found[0] else ""


def _superscript(before: str, content: str, after: str, spaces: int) -> str:
    """Format a superscript after `before` and spaces: a reference number, an exponent or a symbol."""
    given = re.sub(r"(?<=\d)\s+(?=\d)", ",", _DASHES.sub("-", content).strip())
    packed = re.sub(r"\s+", "", given)
    if _POWER.search(before) and not spaces and re.fullmatch(r"-?\d{1,3}", packed):
        return f"^{packed}"
    exponent = packed.lstrip("-") in {"2", "3"} and _UNIT.search(before) and not _CLASS.search(before)
    isotope = len(packed) in {2, 3} and after.isalpha() and before != "" and (spaces or before[-1] in "([-/")
    if not _NUMBERS.fullmatch(packed) or (exponent and not spaces) or isotope:
        return " " * spaces + content.strip()
    return f"{' ' * spaces if not before.strip() else ''}^{packed}^"
