"""Parse one entry of a printed reference list into its fields, exactly as printed or not at all.

The format is that of the AMA Manual of Style, 11th edition, chapter 3: authors without full stops, a title, an abbreviated
journal, then `year;volume(issue):pages`; for a web page, its address and the date of access.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypedDict

from weigh.importer.dates import DAY, MONTH, YEAR, parse_day

__all__ = ["EntryKind", "PrintedEntry", "parse_entry"]


class EntryKind(StrEnum):
    """The kind of an entry, judged by its printed form."""

    ARTICLE = "article"
    BOOK = "book"
    REPORT = "report"
    WEBSITE = "website"
    #: An unknown format; the entry keeps its text, and no field is guessed.
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedEntry:
    """An entry of a reference list; fields that are not printed are empty.

    `authors` are names as printed, family name first, or one organisation; `source` is the journal or publisher.
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


#: The longest entry, in characters.
_LONGEST = 6000
_NUMBER = re.compile(r"\s*(?:(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}[.)])(?:\s+|(?=[^\W\d_]))|[-•▪◦–]\s+)")
_ITALICS = re.compile(r"\*([^*]{1,600})\*")
#: The journal in Markdown italics, at the end of the text before the year.
_ITALIC = re.compile(r"([*_])(?P<source>[^*_]{1,300})\1[.,]?\s*\Z")
_DOI = re.compile(
    r"(?:\bdoi:?\s*|(?:doi:?\s*)?<?https?://(?:dx\.)?doi\.org/)(10\.\d{4,9}/[^\s<>]+?)>?[.,;]?(?=\s|$)", re.IGNORECASE
)
_PMID = re.compile(r"\bPMID:?\s*(\d{1,8})\b[.;]?")
_PMCID = re.compile(r"\bPMCID:?\s*PMC\d{1,9}\b[.;]?")
_URL = re.compile(
    r"(?:(?:Available|Retrieved) (?:at|from|online):?\s*)?<?(https?://[^\s<>]+?)>?[.,;]?(?=\s|$)", re.IGNORECASE
)
_ACCESSED = re.compile(rf"\(?\b(?:Last )?(?:Accessed|Retrieved)(?: on)?:?\s+({DAY})\)?[.,;]?", re.IGNORECASE)
_AS_OF = re.compile(
    rf"\b(?:Current as of|(?:Page |Content )?(?:Last )?(?:updated|reviewed|modified|revised)(?: on)?|Published|Effective)\b[^.]{{0,40}}?({YEAR})\.?\s*$",
    re.IGNORECASE,
)
_EPUB = re.compile(rf"\[?\bEpub\b(?: ahead of print| {YEAR}[^.;\]]{{0,12}})?\]?[.;]?\s*(?=$|\S)", re.IGNORECASE)
_PAGES = r"[A-Za-z]{0,6}\d[\w\-–]{0,30}(?:\.\w{1,10})?(?:,\s*[A-Za-z]?\d[\w\-–]{0,20})*"
#: `2006; 40:545-549`, `2020 Jan 3;130 Suppl 4(Suppl 4):S1-S9`, `2013;(8):CD004251`, `2019;12(3)`.
_PRINTED_IN = re.compile(
    rf"(?P<year>{YEAR}[a-z]?)(?:[\s,]+(?:{MONTH}|Spring|Summer|Autumn|Fall|Winter)\b[^;:]{{0,14}})?\s*;\s*(?P<volume>[^():;]{{0,40}}?)\s*"
    rf"(?:\((?P<issue>[^()]{{1,40}})\))?\s*(?::\s*(?P<pages>{_PAGES}))?\.?\s*$"
)
#: The format of the American Psychological Association: `Names (2019). Title. Journal, 12(3), 1-5.`
_APA = re.compile(rf"\A(?P<authors>[^()]{{2,600}}?)\s*\((?P<year>{YEAR}[a-z]?)(?:,[^()]{{1,20}})?\)\.\s+")
_APA_IN = re.compile(
    rf"(?:[,.]\s+|\s+)\*?(?P<volume>\d{{1,4}})\*?\s*(?:\((?P<issue>[^()]{{1,40}})\))?\s*,\s*(?P<pages>{_PAGES})\.?\s*$"
)
_APA_NAME = re.compile(r"([^\W\d_][^\d,;:()&]{0,60}),\s+((?:[^\W\d_]\.[-\s]?){1,5})")
_PUBLISHED_BY = re.compile(rf"(?P<source>[^.;]{{2,120}});\s*(?P<year>{YEAR})\.?\s*$")
#: An article without a volume so far.
_ONLINE_FIRST = re.compile(rf"(?P<year>{YEAR}[a-z]?)(?:\s+(?:{MONTH})\b[^;:.]{{0,14}})?\s*[.;]?\s*$")
_REPORT = re.compile(r"\b(?:report|assessment|bulletin|publication no|evidence review|working paper)\b", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][^\d,;:()]{0,60}\s[^\W\d_]{1,4}(?:-[^\W\d_])?(?:\s(?:Jr|Sr|II|III|IV|2nd|3rd|4th))?\Z")
#: Abbreviations whose full stop does not end a sentence: `U.S.`, `St.`.
_NUMBER_FOLLOWS = re.compile(r"\s+\d")
_NO_END = re.compile(r"(?:\b[A-Z]\.[A-Z]|\b(?:St|Dr|vs|Vol|ed|eds|Inc))\Z")


def parse_entry(text: str) -> PrintedEntry:
    """Parse an entry.

    Args:
        text: the entry on one or more lines, with or without its number and Markdown.

    Returns:
        Its fields as printed; if they cannot be separated, `EntryKind.UNREAD` with only its text.
    """
    printed = " ".join(text.split())
    if (number := _NUMBER.match(printed)) is not None:
        printed = printed[number.end() :]
    unread = PrintedEntry(text=printed, kind=EntryKind.UNREAD)
    if len(printed) > _LONGEST:
        return unread
    rest, doi = _taken(_DOI, printed)
    rest, pmid = _taken(_PMID, rest)
    rest, accessed = _taken(_ACCESSED, rest)
    rest, url = _taken(_URL, rest)
    for noise in (_PMCID, _EPUB):
        rest, _ = _taken(noise, rest, group=0)
    read = _in_parentheses(rest, is_page=bool(url) and not doi) or _in_order(
        rest, has_url=bool(url), has_id=bool(doi or pmid), has_day=bool(accessed)
    )
    if read is None:
        return unread
    return replace(read, text=printed, doi=doi, pmid=pmid, url=url, accessed=parse_day(accessed))


class _Numbers(TypedDict, total=False):
    """The fields of an entry after the name of its journal."""

    year: str
    volume: str
    issue: str
    pages: str


def _numbers(found: re.Match[str]) -> _Numbers:
    fields = {name: (value or "").strip() for name, value in found.groupdict().items()}
    return _Numbers(
        year=fields.get("year", ""),
        volume=fields.get("volume", ""),
        issue=fields.get("issue", ""),
        pages=fields.get("pages", ""),
    )


def _in_order(rest: str, *, has_url: bool, has_id: bool, has_day: bool) -> PrintedEntry | None:
    """Parse AMA format: authors, title, journal, then the year."""
    source = ""
    fields: _Numbers
    if (article := _PRINTED_IN.search(rest)) is not None:
        kind = EntryKind.ARTICLE
        before, source = _without_source(rest[: article.start()].strip())
        fields = _numbers(article)
    elif has_url and (has_day or not _PUBLISHED_BY.search(rest)):
        kind = EntryKind.WEBSITE
        as_of = _AS_OF.search(rest)
        before = (rest[: as_of.start()] if as_of else rest).strip()
        fields = {"year": as_of[1] if as_of else ""}
    elif (book := _PUBLISHED_BY.search(rest)) is not None:
        before, source = rest[: book.start()].strip(), book["source"].strip()
        kind = EntryKind.REPORT if _REPORT.search(before) else EntryKind.BOOK
        fields = {"year": book["year"]}
    elif has_id and (early := _ONLINE_FIRST.search(rest)) is not None:
        kind = EntryKind.ARTICLE
        before, source = _without_source(rest[: early.start()].strip())
        fields = {"year": early["year"]}
    else:
        return None
    authors, et_al, title = _authors_and_title(before)
    if not authors or not title or (kind is EntryKind.ARTICLE and not source):
        return None
    return PrintedEntry(
        text="", kind=kind, authors=authors, et_al=et_al, title=_plain(title), source=_plain(source), **fields
    )


def _in_parentheses(rest: str, *, is_page: bool) -> PrintedEntry | None:
    """Parse APA format: authors, the year in parentheses, title, journal."""
    if (head := _APA.match(rest)) is None:
        return None
    names = [f"{family} {re.sub('[^A-Z-]', '', given)}" for family, given in _APA_NAME.findall(head["authors"])]
    authors = tuple(" ".join(name.split()) for name in names) or (head["authors"].strip(" .,&"),)
    et_al = "et al" in head["authors"] or "…" in head["authors"] or ". . ." in head["authors"]
    body = rest[head.end() :].strip()
    source, kind = "", EntryKind.WEBSITE if is_page else EntryKind.BOOK
    fields = _Numbers(year=head["year"])
    if (article := _APA_IN.search(body)) is not None:
        kind = EntryKind.ARTICLE
        fields = {**_numbers(article), "year": head["year"]}
        body = body[: article.start()].strip(" ,")
    title, source = _without_source(body) if kind is not EntryKind.WEBSITE else (body, "")
    if not title.strip() or (kind is EntryKind.ARTICLE and not source):
        return None
    title = _plain(title.removesuffix("."))
    return PrintedEntry(
        text="",
        kind=kind,
        authors=authors,
        et_al=et_al,
        title=title,
        source=_plain(source),
        **fields,
    )


def _taken(pattern: re.Pattern[str], text: str, group: int = 1) -> tuple[str, str]:
    """Return a text without the first match of a pattern, and the match."""
    found = pattern.search(text)
    if found is None:
        return text, ""
    return f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip(), found.group(group)


def _plain(text: str) -> str:
    """Return a text without italics marks."""
    return _ITALICS.sub(r"\1", text).strip()


def _ends(text: str) -> list[int]:
    """Return the positions after the full stops that end sentences."""
    ends = []
    for found in re.finditer(r"[.?!](?=\s|$)", text):
        before = text[max(0, found.start() - 6) : found.start()]
        numbered = re.search(r"\bNo\Z", before) and _NUMBER_FOLLOWS.match(text, found.end())  # Bulletin No. 7
        if found.group() != "." or not (numbered or _NO_END.search(before)):
            ends.append(found.end())
    return ends


def _without_source(text: str) -> tuple[str, str]:
    """Split off the name of a journal: the words in italics, or else the last sentence."""
    if (italic := _ITALIC.search(text)) is not None:
        return text[: italic.start()].strip(), italic["source"].strip(" .")
    bare = text.rstrip(" .")
    ends = [end for end in _ends(bare) if end < len(bare)]
    return (bare[: ends[-1]].strip(), bare[ends[-1] :].strip()) if ends else (bare, "")


def _authors_and_title(text: str) -> tuple[tuple[str, ...], bool, str]:
    """Return authors, whether "et al" follows, and the title; no authors if the two cannot be separated."""
    ends = _ends(text)
    if not ends:
        return (), False, ""
    first, title = text[: ends[0]].rstrip("."), text[ends[0] :].strip()
    names = [name.strip() for name in first.split(",")]
    et_al = names[-1].lower() == "et al"
    names = names[:-1] if et_al else names
    if not names or not (et_al or all(_NAME.match(name) for name in names)):
        names = [first]  # an organisation, whose name may contain commas
    return tuple(names), et_al, title.removesuffix(".").strip()
