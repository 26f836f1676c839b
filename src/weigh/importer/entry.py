"""One entry of a printed reference list, taken apart into its fields: exactly as printed, or not at all.

The form is that of the AMA Manual of Style, 11th edition, chapter 3: authors without points, a title, an abbreviated
journal, then `year;volume(issue):pages`; for a page of the web its address and the day on which it was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["EntryKind", "PrintedEntry", "parse_entry"]


class EntryKind(StrEnum):
    """What an entry is, by what it prints."""

    ARTICLE = "article"
    BOOK = "book"
    WEBSITE = "website"
    #: Its form is none that is known; it keeps its text and no field is guessed.
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedEntry:
    """An entry of a reference list. A field that is not printed is empty.

    `authors` are names as printed, family name first, or one body; `source` is the journal, the publisher or nothing.
    """

    text: str
    kind: EntryKind
    authors: tuple[str, ...] = ()
    et_al: bool = False
    title: str = ""
    source: str = ""
    year: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    accessed: date | None = None


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in _MONTHS)
_YEAR = r"(?:1[6-9]|20)\d\d"
_NUMBER = re.compile(r"\s*\[?\d{1,4}[.\])]\s+")
#: The journal in the italics of Markdown, at the end of what stands before the year.
_ITALIC = re.compile(r"([*_])(?P<source>[^*_]{1,300})\1\.?\s*\Z")
_DOI = re.compile(r"(?:\bdoi:\s*|https?://(?:dx\.)?doi\.org/)(10\.\d{4,9}/\S+?)\.?(?=\s|$)", re.IGNORECASE)
_PMID = re.compile(r"\bPMID:?\s*(\d{1,8})\b\.?")
_URL = re.compile(r"(?:Available (?:at|from):?\s*)?<?(https?://[^\s<>]+?)>?\.?(?=\s|$)", re.IGNORECASE)
_ACCESSED = re.compile(rf"\bAccessed(?: on)?:?\s+({_MONTH})\.?\s+(\d{{1,2}}),?\s+({_YEAR})\.?", re.IGNORECASE)
_AS_OF = re.compile(
    rf"\b(?:Current as of|(?:Last )?(?:updated|reviewed|modified|revised)(?: on)?|Published)\b[^.]{{0,40}}?({_YEAR})\.?\s*$",
    re.IGNORECASE,
)
#: `2006; 40:545-549`, `2020 Jan 3;130 Suppl 4(Suppl 4):S1-S9`, `2013;(8):CD004251`.
_PRINTED_IN = re.compile(
    rf"(?P<year>{_YEAR})[a-z]?(?:\s+(?:{_MONTH})\b[^;:]{{0,12}})?\s*;\s*(?P<volume>[^():;]{{0,40}}?)\s*"
    r"(?:\((?P<issue>[^()]{1,40})\))?\s*:\s*(?P<pages>[A-Za-z]{0,6}\d[\w\-–]{0,30}(?:\.\w{1,10})?(?:,\s*[A-Za-z]?\d[\w\-–]{0,20})*)\.?\s*$"
)
_PUBLISHED_BY = re.compile(rf"(?P<source>[^.;]{{2,120}});\s*(?P<year>{_YEAR})\.?\s*$")
_NAME = re.compile(r"[^\W\d_][^\d,;:()]{0,60}\s[^\W\d_]{1,4}(?:-[^\W\d_])?(?:\s(?:Jr|Sr|II|III|IV|2nd|3rd|4th))?\Z")
#: A point after one of these ends no sentence: `U.S.`, `St.`.
_NO_END = re.compile(r"(?:\b[A-Z]\.[A-Z]|\b(?:St|Dr|vs|No|Vol|ed|eds|Inc))\Z")


def parse_entry(text: str) -> PrintedEntry:
    """Take an entry apart.

    Args:
        text: the entry on one line or on several, with or without its number and the marks of Markdown.

    Returns:
        Its fields as printed; `EntryKind.UNREAD` with nothing but its text where they cannot be told apart.
    """
    printed = _NUMBER.sub("", " ".join(text.split()), count=1)
    unread = PrintedEntry(text=printed, kind=EntryKind.UNREAD)
    rest, doi = _taken(_DOI, printed)
    rest, pmid = _taken(_PMID, rest)
    rest, accessed = _taken(_ACCESSED, rest, group=0)
    rest, url = _taken(_URL, rest)
    read_on = _day(accessed)
    if (article := _PRINTED_IN.search(rest)) is not None:
        before, source = _without_source(rest[: article.start()].strip())
        fields = {name: (article[name] or "").strip() for name in ("year", "volume", "issue", "pages")}
        kind = EntryKind.ARTICLE
    elif url and accessed:
        as_of = _AS_OF.search(rest)
        before, source = (rest[: as_of.start()] if as_of else rest).strip(), ""
        fields, kind = {"year": as_of[1] if as_of else ""}, EntryKind.WEBSITE
    elif (book := _PUBLISHED_BY.search(rest)) is not None:
        before, source = rest[: book.start()].strip(), book["source"].strip()
        fields, kind = {"year": book["year"]}, EntryKind.BOOK
    else:
        return unread
    authors, et_al, title = _authors_and_title(before)
    if not authors or not title or (kind is EntryKind.ARTICLE and not source):
        return unread
    return PrintedEntry(
        text=printed,
        kind=kind,
        authors=authors,
        et_al=et_al,
        title=title,
        source=source,
        doi=doi,
        pmid=pmid,
        url=url,
        accessed=read_on,
        **fields,
    )


def _taken(pattern: re.Pattern[str], text: str, group: int = 1) -> tuple[str, str]:
    """A text without what a pattern finds first, and what was found."""
    found = pattern.search(text)
    if found is None:
        return text, ""
    return f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip(), found.group(group)


def _day(accessed: str) -> date | None:
    found = _ACCESSED.search(accessed)
    if found is None:
        return None
    month = next(place for place, name in enumerate(_MONTHS, 1) if name[:3].lower() == found[1][:3].lower())
    try:
        return date(int(found[3]), month, int(found[2]))
    except ValueError:  # 31 June
        return None


def _ends(text: str) -> list[int]:
    """Where the sentences of a text end, as the places after their points."""
    ends = []
    for found in re.finditer(r"[.?!](?=\s|$)", text):
        if not (found.group() == "." and _NO_END.search(text, max(0, found.start() - 6), found.start())):
            ends.append(found.end())
    return ends


def _without_source(text: str) -> tuple[str, str]:
    """What stands before the name of a journal, and that name: in italics, or else the last sentence."""
    if (italic := _ITALIC.search(text)) is not None:
        return text[: italic.start()].strip(), italic["source"].strip(" .")
    bare = text.rstrip(" .")
    ends = [end for end in _ends(bare) if end < len(bare)]
    return (bare[: ends[-1]].strip(), bare[ends[-1] :].strip()) if ends else (bare, "")


def _authors_and_title(text: str) -> tuple[tuple[str, ...], bool, str]:
    """Authors, whether others are left out, and the title; no authors where the two cannot be told apart."""
    ends = _ends(text)
    if not ends:
        return (), False, ""
    first, title = text[: ends[0]].rstrip("."), text[ends[0] :].strip()
    names = [name.strip() for name in first.split(",")]
    et_al = names[-1].lower() == "et al"
    names = names[:-1] if et_al else names
    if not names or not (et_al or all(_NAME.match(name) for name in names)):
        names = [first]  # a body: its name may hold commas
    return tuple(names), et_al, title.removesuffix(".").strip()
