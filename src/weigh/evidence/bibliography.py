"""Reads references.bib into references without dropping anything: an unreadable entry is reported with its line."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import bibtexparser
from bibtexparser import middlewares
from bibtexparser.library import Library
from bibtexparser.middlewares.names import (
    InvalidNameError,
    NameParts,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, Field, ParsingFailedBlock

from weigh.evidence.cells import data_finding
from weigh.evidence.model import Finding, Place, Reference
from weigh.evidence.vocabulary import UNREAD

__all__ = ["BIBLIOGRAPHY", "read_bibliography"]

BIBLIOGRAPHY = "references.bib"

#: The entry types of BibTeX itself. biblatex's `@online` is excluded because BibTeX programs drop it silently.
ENTRY_TYPES = frozenset(
    [
        "article",
        "book",
        "booklet",
        "conference",
        "inbook",
        "incollection",
        "inproceedings",
        "manual",
        "mastersthesis",
        "misc",
        "phdthesis",
        "proceedings",
        "techreport",
        "unpublished",
    ]
)
#: Fields without which a reference cannot be cited.
REQUIRED = ("author", "title")
#: One of these dates a reference: a web page without a year carries its access date.
DATES = ("year", "urldate")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
#: A percent sign starts a comment in TeX, so LaTeX decoding would silently truncate the value there.
_BARE_PERCENT = re.compile(r"(?<!\\)%")
#: A field without a final comma, followed by another field on the next line.
_MISSING_COMMA = re.compile(
    r"^[ \t]*([A-Za-z][\w-]*)[ \t]*=[^\n]*[}\"\d][ \t]*\n[ \t]*[A-Za-z][\w-]*[ \t]*=[ \t]*[{\"\d]", re.MULTILINE
)
_LIKE_ENTRY = re.compile(r"\w+\s*\{[^{}]*,\s*\w+\s*=", re.DOTALL)
_LATEX = re.compile(r"[\\{}$~^_&#]|``|''")
#: Addresses contain characters that LaTeX would read as markup, so they are not decoded.
_VERBATIM = frozenset({"doi", "url"})
_FORMS = {
    "doi": (re.compile(r"10\.\d{4,9}/\S+\Z"), "a bare DOI"),
    "year": (re.compile(r"\{?[0-9]{4}[a-z]?\}?\Z"), "a four-digit year"),
    "pmid": (re.compile(r"[0-9]{1,8}\Z"), "a bare PMID"),
    "url": (re.compile(r"https?://\S+\Z"), "an address beginning with http:// or https://"),
}


def read_bibliography(folder: Path) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
    """Read references.bib.

    Args:
        folder: the review folder.

    Returns:
        The references in file order, and a finding for each entry that could not be used, so that every entry of the
        file is either a reference or named in a finding.
    """
    path = folder / BIBLIOGRAPHY
    if not path.is_file():
        finding = data_finding(
            "bibliography-missing", Place(BIBLIOGRAPHY), "the bibliography is missing", "add the file"
        )
        return (), (finding,)
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        place = Place(BIBLIOGRAPHY, row)
        return (), (
            data_finding("bibliography-encoding", place, f"byte {error.start} is not UTF-8", "save the file as UTF-8"),
        )
    for mark, name in (("\ufeff", "a byte order mark"), ("\0", "a NUL byte")):
        if mark in text:
            place = Place(BIBLIOGRAPHY, text.count("\n", 0, text.index(mark)) + 1)
            return (), (
                data_finding(
                    "bibliography-encoding", place, f"the line contains {name}", "save the file as plain UTF-8"
                ),
            )
    library = _parse(text)
    problems = [*_failed_blocks(library), *_unread_text(library)]
    references: list[Reference] = []
    seen: dict[str, str] = {}
    for entry in library.entries:
        fields = {field.key.lower(): field for field in entry.fields}
        found = list(_entry_problems(entry, fields))
        twin = seen.setdefault(entry.key.casefold(), entry.key)
        if twin != entry.key:
            message = f"the key {entry.key} differs from {twin} only in case"
            found.append(_problem("bibliography-key", entry, None, message, "give it a unique key"))
        if not found:
            reference = _reference(entry, fields)
            if isinstance(reference, Reference):
                references.append(reference)
                continue
            found = [reference]
        problems.extend(found)
    return tuple(references), tuple(problems)


def _parse(text: str) -> Library:
    # The parser logs what it also returns as failed blocks; the findings report each defect once.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    # It does not count a line that ends in a backslash, so every later place would be one line off. In TeX a backslash
    # before a space means the same as one before a line end.
    return bibtexparser.parse_string(text.replace("\\\n", "\\ \n"))


def _line(block: object) -> int:
    return int(getattr(block, "start_line", 0) or 0) + 1


def _failed_blocks(library: Library) -> Iterator[Finding]:
    for block in library.failed_blocks:
        row = _line(block)
        if isinstance(block, DuplicateBlockKeyBlock):
            place = Place(BIBLIOGRAPHY, row, "key")
            yield data_finding(
                "bibliography-key",
                place,
                f"duplicate key {block.key}; an earlier entry has it",
                "give each entry a unique key",
                subject=block.key,
            )
        elif isinstance(block, DuplicateFieldKeyBlock):
            fields = ", ".join(sorted(block.duplicate_keys))
            place = Place(BIBLIOGRAPHY, row, fields)
            yield data_finding(
                "bibliography-entry", place, f"the entry has {fields} more than once", "keep one of them"
            )
        elif isinstance(block, ParsingFailedBlock):
            place = Place(BIBLIOGRAPHY, row, "entry")
            yield data_finding(
                "bibliography-entry",
                place,
                "the entry cannot be parsed; a brace or comma may be missing",
                "close every brace and end every field with a comma",
            )


def _unread_text(library: Library) -> Iterator[Finding]:
    """Text between entries that looks like an entry but is parsed as a comment."""
    for comment in library.comments:
        if "@" in comment.comment or _LIKE_ENTRY.search(comment.comment):
            place = Place(BIBLIOGRAPHY, _line(comment), "entry")
            message = "text between entries looks like an entry but was not parsed as one"
            yield data_finding(
                "bibliography-entry", place, message, "begin the entry with @ and its type, or remove the text"
            )


def _problem(code: str, entry: Entry, field: Field | None, message: str, fix: str) -> Finding:
    row, column = (_line(entry), "entry") if field is None else (_line(field), field.key.lower())
    return data_finding(code, Place(BIBLIOGRAPHY, row, column), message, fix, subject=entry.key)


def _entry_problems(entry: Entry, fields: dict[str, Field]) -> Iterator[Finding]:
    if entry.entry_type.lower() not in ENTRY_TYPES:
        message = f"@{entry.entry_type} is not a BibTeX entry type, so other programs would drop {entry.key}"
        yield _problem("bibliography-type", entry, None, message, "use @misc with url and urldate for a web page")
    if not _KEY.match(entry.key):
        message = f"the key {entry.key!r} is not safe in a file name"
        yield _problem(
            "bibliography-key", entry, None, message, "use letters, digits, periods, hyphens and underscores"
        )
    if (joined := _MISSING_COMMA.search(entry.raw or "")) is not None:
        name, row = joined.group(1), _line(entry) + (entry.raw or "").count("\n", 0, joined.start())
        place = Place(BIBLIOGRAPHY, row, name.lower())
        message = f"the comma after {name} is missing, so the next field would be merged into it"
        yield data_finding("bibliography-entry", place, message, "end every field with a comma", subject=entry.key)
        return
    for name, field in fields.items():
        if name not in _VERBATIM and (bare := _BARE_PERCENT.search(str(field.value))):
            message = f"an unescaped % at character {bare.start() + 1} would truncate the {name} there"
            yield _problem("bibliography-percent", entry, field, message, "write \\%")
    yield from _missing_fields(entry, fields)
    for name, (form, what) in _FORMS.items():
        if name in fields and str(fields[name].value).strip("{} ") and not form.match(str(fields[name].value)):
            message = f"“{fields[name].value}” is not {what}"
            yield _problem("bibliography-field", entry, fields[name], message, f"write {what}, or omit the field")


def _missing_fields(entry: Entry, fields: dict[str, Field]) -> Iterator[Finding]:
    filled = {name for name, field in fields.items() if str(field.value).strip("{} ")}
    for name in REQUIRED:
        if name not in filled:
            yield _problem("bibliography-field", entry, None, f"{entry.key} has no {name}", f"add the {name}")
    if not filled & set(DATES) and _value(fields, "record") != UNREAD:
        yield _problem(
            "bibliography-field", entry, None, f"{entry.key} has neither {' nor '.join(DATES)}", "add the year"
        )


def _value(fields: dict[str, Field], name: str) -> str:
    return str(fields[name].value).strip("{} ") if name in fields else ""


def _reference(entry: Entry, fields: dict[str, Field]) -> Reference | Finding:
    values = {name: str(field.value) for name, field in fields.items()}
    decoded = {name: value if name in _VERBATIM else _decoded(value) for name, value in values.items()}
    try:
        people = [parse_single_name_into_parts(name) for name in split_multiple_persons_names(decoded["author"])]
        authors = [author for person in people if (author := _author(person)) is not None]
    except (InvalidNameError, IndexError):
        message = f"a name in “{decoded['author']}” cannot be parsed"
        return _problem("bibliography-name", entry, fields["author"], message, "write Family, Given and Family, Given")
    return Reference(
        key=entry.key,
        kind=entry.entry_type.lower(),
        authors=tuple(authors),
        et_al=len(authors) < len(people),
        title=_plain(decoded["title"]),
        fields={name: _plain(value) for name, value in decoded.items() if name != "author"},
        place=Place(BIBLIOGRAPHY, _line(entry)),
    )


def _author(person: NameParts) -> tuple[str, str] | None:
    """Family and given name; an organization has no given name; None for the final "others" (et al)."""
    family = " ".join([*person.von, *person.last])
    if family == "others" and not person.first:
        return None
    if not _plain(family):
        raise InvalidNameError(family, "no family name")
    if family.startswith("{"):
        return _plain(family), ""
    return _plain(" ".join([family, *person.jr])), _plain(" ".join(person.first))


@cache
def _decoder() -> middlewares.LatexDecodingMiddleware:
    return middlewares.LatexDecodingMiddleware(keep_braced_groups=True)


def _decoded(value: str) -> str:
    """A value with LaTeX decoded; most contain none, and decoding takes a hundred times longer than the check."""
    if not _LATEX.search(value):
        return value.replace("---", "—").replace("--", "–")
    entry = Entry("misc", "key", [Field("value", value)])
    decoded = _decoder().transform_entry(entry, Library())
    return str(decoded.fields_dict["value"].value) if isinstance(decoded, Entry) else value


def _plain(value: str) -> str:
    """A value without braces, its white space collapsed."""
    return " ".join(value.replace("{", "").replace("}", "").split())
