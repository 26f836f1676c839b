"""Draft a review folder from a guideline's text: tables, bibliography and description."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median

from weigh.evidence.inputs import DESCRIPTOR, EVIDENCE, packaged
from weigh.evidence.vocabulary import Position
from weigh.importer.drafting.bibtex import bibtex
from weigh.importer.drafting.conclusions import Row, draft_conclusions
from weigh.importer.drafting.evidence import draft_citations, draft_listings, draft_studies
from weigh.importer.found import FoundGuideline, PrintedHistory, Remark
from weigh.importer.keys import Names, slug
from weigh.importer.record import BEFORE_MERGER

__all__ = ["BIBLIOGRAPHY", "GUIDELINE", "Draft", "csv_text", "draft_of", "files_of", "keys_of", "tables_of"]

BIBLIOGRAPHY = "references.bib"
GUIDELINE = f"{EVIDENCE}/guideline.toml"
_USUAL_INTERVAL = 12  # months
_DAYS_A_MONTH = 30.44
_LATEST = 8  # history rows from which the review interval is estimated
#: Section names recognised in a history row.
_SECTIONS = (
    "description",
    "clinical indications",
    "position statement",
    "discussion",
    "rationale",
    "background",
    "definitions",
    "coding",
    "references",
    "websites",
    "index",
)
_DOCUMENT = re.compile(r"\b[A-Z]{2,5}(?:-[A-Z]{2,6})?[-.]\d[\d.-]*\b")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft: rows by table, the bibliography, the description, and remarks for a person to check."""

    found: FoundGuideline
    tables: Mapping[str, Sequence[Row]]
    bibliography: str
    description: str
    remarks: tuple[Remark, ...]


@cache
def _descriptor() -> str:
    return packaged(DESCRIPTOR).read_text(encoding="utf-8")


@cache
def _resources() -> Mapping[str, Mapping[str, object]]:
    return {resource["name"]: resource["schema"] for resource in json.loads(_descriptor())["resources"]}


def tables_of() -> Mapping[str, tuple[str, ...]]:
    """Return the columns of every table of a review folder, in the order of the packaged schema."""
    return {name: tuple(f["name"] for f in schema["fields"]) for name, schema in _resources().items()}  # type: ignore[attr-defined]


def keys_of() -> Mapping[str, tuple[str, ...]]:
    """Return the key columns of each table."""
    return {name: tuple(schema.get("primaryKey") or columns_of(schema)) for name, schema in _resources().items()}  # type: ignore[arg-type]


def columns_of(schema: Mapping[str, object]) -> tuple[str, ...]:
    """Return the columns of one table."""
    return tuple(f["name"] for f in schema["fields"])  # type: ignore[attr-defined]


def draft_of(found: FoundGuideline) -> Draft:
    """Draft a review folder from what was found; identical texts give identical bytes."""
    conclusions = draft_conclusions(found)
    months, guessed = _interval(found.history)
    remarks = [*found.remarks, *conclusions.remarks]
    if guessed:
        remarks.append(Remark(0, f"the history does not show the review interval; {months} months assumed"))
    return Draft(
        found=found,
        tables={
            "conclusions": conclusions.rows,
            "criteria": conclusions.criteria,
            "citations": list(draft_citations(found, conclusions.of_mention)),
            "listings": list(draft_listings(found)),
            "studies": list(draft_studies(found)),
            "codes": list(_codes(found, conclusions.of_code)),
            "history": list(_history(found.history)),
            "devices": [
                {"device_id": name, "name": device.name, "maker": device.maker, "location": device.location}
                for name, device in zip(_ids(device.name for device in found.devices), found.devices, strict=True)
            ],
            "glossary": [
                {"term_id": name, "term": term.term, "meaning": ""}
                for name, term in zip(_ids(term.term for term in found.terms), found.terms, strict=True)
            ],
        },
        bibliography=bibtex(found.entries),
        description=_description(found, months),
        remarks=tuple(sorted(remarks, key=lambda remark: remark.line)),
    )


def _ids(names: Iterable[str]) -> list[str]:
    taken = Names()
    return [taken.unique(slug(name)) for name in names]


def _codes(found: FoundGuideline, conclusions: Mapping[int, str]) -> Iterable[Row]:
    """Yield the code rows as printed, without CPT descriptors, which belong to the American Medical Association."""
    prefixes = {Position.MEDICALLY_NECESSARY: "mn", Position.NOT_MEDICALLY_NECESSARY: "nmn", None: "row"}
    counts: Counter[str] = Counter()
    for place, code in enumerate(found.codes):
        prefix = prefixes[code.position]
        counts[prefix] += 1
        yield {
            "row_id": f"{prefix}-{counts[prefix]}",
            "system": code.system,
            "printed_system": code.printed_system,
            "first": code.first,
            "last": code.last,
            "printed_title": "" if code.system == "CPT" else code.title,
            "position": code.position.value if code.position else "",
            "conclusion_id": conclusions.get(place, ""),
        }


def _history(rows: Sequence[PrintedHistory]) -> Iterable[Row]:
    taken = Names()
    for row in rows:
        stem = f"h-{row.date.isoformat()}" if row.date else f"h-line-{row.line}"
        if row.status == BEFORE_MERGER:
            stem = f"premerger-{slug(row.organization, 40)}"
        yield {
            "history_id": taken.unique(stem),
            "status": row.status or "not printed",
            "date": row.date.isoformat() if row.date else "",
            "organization": row.organization,
            "document": row.document,
            "action": _action(row),
        }


def _action(row: PrintedHistory) -> str:
    """Describe the action of a history row: the sections and documents that it names."""
    text = row.action.lower()
    sections = [name for name in _SECTIONS if name in text]
    documents = sorted(set(_DOCUMENT.findall(row.action)))
    parts = []
    if row.status == BEFORE_MERGER:
        parts.append("Document from before the merger" if row.date else "No document before the merger")
    elif row.status.lower() == "new":
        parts.append("First version of the document")
    if sections:
        parts.append(f"Sections named: {', '.join(sections)}")
    if documents:
        parts.append(f"Documents or codes named: {', '.join(documents[:6])}")
    summary = ". ".join(parts) or "No section or document named"
    return f"{summary} (line {row.line})."


def _interval(rows: Sequence[PrintedHistory]) -> tuple[int, bool]:
    """Return the months between reviews, estimated from the latest history rows, and whether that is a guess."""
    days = sorted((row.date for row in rows if row.date and row.status != BEFORE_MERGER), reverse=True)[:_LATEST]
    gaps = [(later - earlier).days / _DAYS_A_MONTH for later, earlier in pairwise(days)]
    gaps = [gap for gap in gaps if gap >= 1]
    if len(gaps) < 2:
        return _USUAL_INTERVAL, True
    return max(1, round(median(gaps))), False


def _description(found: FoundGuideline, months: int) -> str:
    """Return guideline.toml from the document header; a missing date or publisher is omitted."""
    header = found.header
    subject = header.subject or "not printed"
    lines = [
        "# Drafted by weigh import from the document header; missing values are omitted or marked as not printed.",
        f"number = {_quoted(header.number or 'not printed')}",
        f"subject = {_quoted(subject)}",
        "# The name of the service within a sentence, as used in the reports.",
        f"intervention = {_quoted(_in_a_sentence(subject))}",
        f"status = {_quoted(header.status or 'not printed')}",
    ]
    if header.publisher:
        lines.append(f"publisher = {_quoted(header.publisher)}")
    if header.publish_date:
        lines.append(f"publish_date = {header.publish_date.isoformat()}")
    if header.last_review_date:
        lines.append(f"last_review_date = {header.last_review_date.isoformat()}")
    lines += [
        "# Estimated from the history.",
        f"review_interval_months = {months}",
        f'text_sha256 = "{found.sha256}"',
        f"text_note = {_quoted(f'The file {found.name}, read by weigh import. Misprints may be specific to this copy.')}",
    ]
    return "\n".join(lines) + "\n"


def _in_a_sentence(subject: str) -> str:
    """Return a title in lower case, except words in capitals."""
    words = [word if sum(c.isupper() for c in word) > 1 else word.lower() for word in subject.split()]
    return " ".join(words) or subject


def _quoted(text: str) -> str:
    """Quote a string for TOML."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False).replace("\x7f", "\\u007F")


def csv_text(name: str, rows: Iterable[Row], columns: Sequence[str] | None = None) -> str:
    """Return the CSV text of a table, sorted by key; `columns` overrides those of the packaged schema."""
    columns, keys = columns or tables_of()[name], keys_of()[name]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(
        [row.get(column, "") for column in columns] for row in sorted(rows, key=lambda row: _sort_key(row, keys))
    )
    return buffer.getvalue()


def _sort_key(row: Row, keys: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return the sort key of a row, with numbers in numerical order."""
    return tuple((int(row[key]) if row.get(key, "").isdecimal() else -1, row.get(key, "")) for key in keys)


def schema_text(found: FoundGuideline) -> str:
    """Return datapackage.json with the name of this guideline."""
    name = slug(found.header.number or found.name)
    title = f"Evidence of guideline {found.header.number or 'without a number'}, {_in_a_sentence(found.header.subject or 'no subject printed')}"
    text = re.sub(r'^ "name": "[^"]*",', lambda _: f' "name": {json.dumps(name)},', _descriptor(), count=1, flags=re.M)
    return re.sub(
        r'^ "title": "[^"]*",',
        lambda _: f' "title": {json.dumps(title, ensure_ascii=False)},',
        text,
        count=1,
        flags=re.M,
    )


def readme_text(found: FoundGuideline) -> str:
    """Return evidence/README.md without the section that concerns only the packaged review."""
    text = packaged(f"{EVIDENCE}/README.md").read_text(encoding="utf-8")
    kept = re.sub(r"^## What a reader of the tables must know\n.*?(?=^## |\Z)", "", text, flags=re.M | re.S)
    number = found.header.number or "without a number"
    return re.sub(r"\bCG-MED-28\b", lambda _: number, kept).rstrip() + "\n"


def files_of(draft: Draft) -> dict[str, str]:
    """Return the files of a drafted folder, except its report, by path."""
    return {
        BIBLIOGRAPHY: draft.bibliography,
        DESCRIPTOR: schema_text(draft.found),
        f"{EVIDENCE}/README.md": readme_text(draft.found),
        GUIDELINE: draft.description,
        **{f"{EVIDENCE}/{name}.csv": csv_text(name, draft.tables.get(name, ())) for name in _written()},
    }


def _written() -> tuple[str, ...]:
    """Return the tables of a new folder: all but notices.csv, whose absence means that notices were not checked."""
    return tuple(name for name in tables_of() if name != "notices")
