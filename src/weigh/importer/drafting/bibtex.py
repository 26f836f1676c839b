"""Draft the bibliography: every list entry as BibTeX, with fields as printed and marked as such."""

from __future__ import annotations

import re
from collections.abc import Iterable

from weigh.evidence.vocabulary import UNREAD
from weigh.importer.entry import EntryKind
from weigh.importer.found import ListedEntry
from weigh.text.names import parse_authors

__all__ = ["bibtex"]

_TYPES = {
    EntryKind.ARTICLE: "article",
    EntryKind.BOOK: "book",
    EntryKind.REPORT: "techreport",
    EntryKind.WEBSITE: "misc",
    EntryKind.UNREAD: "misc",
}
_SOURCES = {EntryKind.ARTICLE: "journal", EntryKind.BOOK: "publisher", EntryKind.REPORT: "institution"}
_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_SUFFIX = re.compile(r"\s(Jr|Sr|II|III|IV|2nd|3rd|4th)\Z")
_YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b")


def bibtex(entries: Iterable[ListedEntry]) -> str:
    """Return the text of references.bib, sorted by key.

    Each entry states that its record was not seen, and `aslisted` names the fields taken from the list. An entry that
    could not be parsed is kept as printed in its title and marked in its note.
    """
    return "\n".join(_entry(entry) for entry in sorted(entries, key=lambda entry: entry.key))


def _entry(listed: ListedEntry) -> str:
    entry = listed.entry
    fields: dict[str, str] = {}
    fields["author"] = _authors(listed) if entry.authors else "{Not read}"
    fields["title"] = _escaped(entry.title or entry.text)
    if entry.source and entry.kind in _SOURCES:
        fields[_SOURCES[entry.kind]] = _escaped(entry.source)
    year = entry.year[:4] or (_found_year(entry.text) if entry.kind is EntryKind.UNREAD else "")
    for name, value in (
        ("year", year),
        ("volume", _escaped(entry.volume)),
        ("number", _escaped(entry.issue)),
        ("pages", re.sub(r"[-–]", "--", _escaped(entry.pages))),
        ("doi", entry.doi),
        ("pmid", entry.pmid),
        ("url", entry.url),
        ("urldate", entry.accessed.isoformat() if entry.accessed else ""),
    ):
        if value:
            fields[name] = value
    listed_fields = sorted(fields)
    fields["record"] = UNREAD
    fields["aslisted"] = ", ".join(listed_fields)
    if entry.kind is EntryKind.UNREAD:
        fields["note"] = f"As printed, not parsed: {_escaped(entry.text)}"
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{_TYPES[entry.kind]}{{{listed.key},\n{body}}}\n"


def _found_year(text: str) -> str:
    found = _YEAR.findall(text)
    return found[-1] if found else ""


def _authors(listed: ListedEntry) -> str:
    """Format names for BibTeX: `Family, G. N. and others`, an organisation in braces."""
    names = []
    for printed in listed.entry.authors:
        suffix = _SUFFIX.search(printed)
        author = next(iter(parse_authors(_SUFFIX.sub("", printed))), None)
        if author is None or not author.initials:
            names.append(f"{{{_escaped(printed)}}}")
            continue
        given = re.sub(r"([^\W\d_])(-?)", r"\1.\2 ", author.initials).replace("- ", "-").strip()
        family = _escaped(author.family)
        names.append(f"{family}, {suffix[1]}, {given}" if suffix else f"{family}, {given}")
    return " and ".join([*names, *(["others"] if listed.entry.et_al else [])])


def _escaped(text: str) -> str:
    """Escape text for LaTeX."""
    return text.translate(_SPECIAL)
