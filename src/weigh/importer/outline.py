"""Read the outline of a guideline: its header, and where each section begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from weigh.importer.dates import DAY, parse_day
from weigh.importer.found import Header, Remark, Section, SectionKind
from weigh.importer.source.lines import Line
from weigh.text.names import fold

__all__ = ["bare", "find_sections", "heading_kind", "is_contents_row", "read_header"]

#: The longest heading, in characters; a sentence is longer.
_LONGEST_HEADING = 90
_LONGEST_VALUE = 300  # characters of a header field
#: Headings used by publishers, compared without case, spaces and punctuation.
_TITLES: dict[SectionKind, tuple[str, ...]] = {
    SectionKind.DESCRIPTION: (
        "Description",
        "Description/Scope",
        "Scope",
        "Description of Services",
        "Description of Service",
        "Description of Procedure",
        "Overview",
        "Summary",
        "Introduction",
    ),
    SectionKind.POSITION: (
        "Clinical Indications",
        "Position Statement",
        "Position",
        "Coverage Policy",
        "Coverage Rationale",
        "Coverage Criteria",
        "Coverage Statement",
        "Coverage Determination",
        "Coverage",
        "Policy",
        "Policy Statement",
        "Policy/Criteria",
        "Medical Policy Statement",
        "Medical Necessity",
        "Medical Necessity Criteria",
        "Clinical Criteria",
        "Criteria",
        "Indications",
        "Indications and Limitations of Coverage",
        "Indications/Limitations of Coverage",
    ),
    SectionKind.CODING: (
        "Coding",
        "Coding Information",
        "Codes",
        "Applicable Codes",
        "Procedure Codes",
        "Billing/Coding",
        "Billing/Coding Information",
        "Coding/Billing Information",
        "Billing and Coding",
        "Billing and Coding Information",
        "CPT Codes / HCPCS Codes / ICD-10 Codes",
        "Code Table",
    ),
    SectionKind.DISCUSSION: (
        "Discussion/General Information",
        "Discussion",
        "General Information",
        "Rationale",
        "Rationale/Background",
        "Background",
        "Background/Overview",
        "General Background",
        "Scientific Background",
        "Clinical Background",
        "Clinical Evidence",
        "Evidence",
        "Evidence Review",
        "Evidence Summary",
        "Summary of Evidence",
        "Summary of the Evidence",
        "Review of Evidence",
        "Review of Literature",
        "Literature Review",
        "U.S. Food and Drug Administration",
        "U.S. Food and Drug Administration (FDA)",
        "Regulatory Status",
        "Professional Societies/Organizations",
        "Additional Information",
        "Description and Evidence",
    ),
    SectionKind.DEFINITIONS: ("Definitions", "Definition", "Glossary", "Key Terms", "Terms", "Definition of Terms"),
    SectionKind.REFERENCES: (
        "References",
        "Reference",
        "Reference List",
        "Bibliography",
        "Sources",
        "Literature Cited",
        "Works Cited",
        "References and Resources",
        "Selected References",
        "Peer Reviewed Publications",
        "Peer-Reviewed Literature",
        "Government Agency, Medical Society, and Other Authoritative Publications",
        "Websites for Additional Information",
        "Web Sites for Additional Information",
    ),
    SectionKind.INDEX: ("Index", "Key Words", "Keywords", "Index Terms"),
    SectionKind.HISTORY: (
        "History",
        "Document History",
        "Guideline History",
        "Policy History",
        "Policy History/Revision Information",
        "Policy History and Revision Information",
        "Policy Revision History",
        "Revision History",
        "Revision Information",
        "Review History",
        "Version History",
        "Document Revision History",
        "Review/Revision History",
        "Change Log",
    ),
    SectionKind.OTHER: (
        "Application",
        "Instructions for Use",
        "Disclaimer",
        "Important Information",
        "Table of Contents",
        "Contents",
        "Related Policies",
        "Related Guidelines",
        "Related Coverage Resources",
        "Place of Service",
        "Discharge Plans",
        "Government Mandates",
        "Copyright",
        "Legal Notice",
    ),
}
_KINDS = {fold(title): kind for kind, titles in _TITLES.items() for title in titles}
#: Words that give the kind of a heading, if the layout shows that it is one.
_TELLING = (
    ("reference", SectionKind.REFERENCES),
    ("bibliograph", SectionKind.REFERENCES),
    ("history", SectionKind.HISTORY),
    ("codes", SectionKind.CODING),
    ("coding", SectionKind.CODING),
    ("definition", SectionKind.DEFINITIONS),
    ("glossary", SectionKind.DEFINITIONS),
    ("indications", SectionKind.POSITION),
    ("position statement", SectionKind.POSITION),
    ("coverage", SectionKind.POSITION),
    ("rationale", SectionKind.DISCUSSION),
    ("background", SectionKind.DISCUSSION),
    ("discussion", SectionKind.DISCUSSION),
    ("evidence", SectionKind.DISCUSSION),
)
_NUMBERED = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5})[.)]\s+(?=\S)")

_LONGEST_ROW = 200
_CONTENTS = re.compile(r"\s*(?:[-•]\s+)?(?P<title>[^\t.]{3,90}?)\s*(?:\t|\.{2,}|\s{2,})[\s.]*(?:\d{1,4}|[Pp]age)\s*\Z")

_LABELS: dict[str, tuple[str, ...]] = {
    "number": (
        "Guideline #",
        "Guideline Number",
        "Guideline No.",
        "Guideline No",
        "Document #",
        "Document Number",
        "Policy #",
        "Policy Number",
        "Policy No.",
        "Medical Policy Number",
        "Number",
    ),
    "subject": ("Subject", "Title", "Policy Title", "Guideline Title", "Topic"),
    "status": ("Status",),
    "publish_date": ("Publish Date", "Publication Date", "Published", "Current Effective Date", "Effective Date"),
    "last_review_date": ("Last Review Date", "Last Reviewed", "Last Review", "Date of Last Review", "Review Date"),
    "publisher": ("Publisher", "Issued by", "Organization", "Plan"),
}
_LABEL = re.compile(
    r"(?:(?<=\s)|\A)(?P<label>"
    + "|".join(
        re.escape(label) for label in sorted((one for many in _LABELS.values() for one in many), key=len, reverse=True)
    )
    + r")\s*(?::|\t)\s*",
    re.IGNORECASE,
)
_FIELDS = {label.casefold(): name for name, labels in _LABELS.items() for label in labels}
_DAY = re.compile(DAY, re.IGNORECASE)


def bare(text: str) -> str:
    """Return a heading without its number, colon and formatting.

    >>> bare("  IV. Coding: ")
    'Coding'
    """
    return _NUMBERED.sub("", text.replace("*", ""), count=1).strip().rstrip(":").strip()


def heading_kind(line: Line) -> SectionKind | None:
    """Return the kind of section that a line begins; None if it begins none."""
    text = line.text.strip()
    if not text or len(text) > _LONGEST_ROW or "\t" in text or text.endswith((".", ",", ";")):
        return None
    title = bare(text)
    if not title or len(title) > _LONGEST_HEADING or title[0].islower():  # the end of a wrapped sentence
        return None
    if (kind := _KINDS.get(fold(title))) is not None:
        return kind
    if line.level in range(1, 4):
        lowered = title.casefold()
        return next((kind for word, kind in _TELLING if word in lowered), None)
    return None


def is_contents_row(line: Line) -> bool:
    """Whether a line is a row of a table of contents: a heading, then dots or spaces and a page number."""
    found = _CONTENTS.match(line.text) if len(line.text) <= _LONGEST_ROW else None
    return found is not None and _KINDS.get(fold(bare(found["title"]))) is not None


def find_sections(lines: Sequence[Line]) -> tuple[Section, ...]:
    """Return the sections in the order of the text, the header first, without empty sections."""
    starts: list[tuple[int, SectionKind, str]] = [(0, SectionKind.HEADER, "")]
    for place, line in enumerate(lines):
        if (kind := heading_kind(line)) is not None:
            starts.append((place, kind, bare(line.text)))
    ends = [place for place, *_ in starts[1:]] + [len(lines)]
    return tuple(
        Section(kind=kind, title=title, first=lines[place].number, last=lines[end - 1].number)
        for (place, kind, title), end in zip(starts, ends, strict=True)
        if place < end
    )


def read_header(lines: Sequence[Line]) -> tuple[Header, frozenset[int], tuple[Remark, ...]]:
    """Return the header, the numbers of the lines understood, and remarks for a person to check."""
    values: dict[str, tuple[str, int]] = {}
    used: set[int] = set()
    remarks: list[Remark] = []
    for line in lines:
        for label, whole in _labelled(line.text.replace("*", "")):
            value = whole[:_LONGEST_VALUE]
            name = _FIELDS[label.casefold()]
            used.add(line.number)
            if value != whole:
                remarks.append(Remark(line.number, f"“{label}” is {len(whole):,} characters long; it was truncated"))
            if value and name not in values:
                values[name] = (value, line.number)
            elif value and values[name][0] != value and name != "publish_date":
                remarks.append(Remark(line.number, f"“{label}” appears twice in the header; the first value was used"))
    if "subject" not in values and (title := _title(lines, used)) is not None:
        values["subject"] = (bare(title.text), title.number)
        used.add(title.number)
        remarks.append(Remark(title.number, "no subject is printed; the title was used instead"))
    days = {}
    for name in ("publish_date", "last_review_date"):
        value, number = values.pop(name, ("", 0))
        found = _DAY.search(value)
        days[name] = parse_day(found.group()) if found else None
        if value and days[name] is None:
            remarks.append(Remark(number, f"“{value[:40]}” is not a recognised date"))
    header = Header(**{name: value for name, (value, _) in values.items()}, **days)  # type: ignore[arg-type]
    return header, frozenset(used), tuple(remarks)


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """Yield the labels of a line, each with the text up to the next one."""
    found = list(_LABEL.finditer(text))
    for match, following in zip_longest(found, found[1:]):
        end = following.start() if following else len(text)
        yield match["label"], text[match.end() : end].strip(" \t|;")


def _title(lines: Sequence[Line], used: set[int]) -> Line | None:
    """Return the title line of the document: one with the layout of a title, else the first one."""
    free = [line for line in lines if line.text.strip() and line.number not in used and "\t" not in line.text]
    before = [line for line in free if line.number < min(used, default=0)]
    titled = [line for line in free if line.level == 1] or before[-1:] or (free if len(free) == 1 else [])
    return next(iter(titled), None)
