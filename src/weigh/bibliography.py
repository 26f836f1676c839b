"""references.bib read into references, with nothing dropped: what cannot be read is a finding with its line."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import bibtexparser
from bibtexparser import middlewares
from bibtexparser.library import Library
from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock

from weigh.model import Finding, Place, Reference
from weigh.tables import data_finding

__all__ = ["BIBLIOGRAPHY", "read_bibliography"]

BIBLIOGRAPHY = "references.bib"

#: The entry types of BibTeX itself. biblatex's `@online` is not among them: BibTeX programs drop it without a word.
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
#: One of these dates a reference: a web page without a year has the day on which it was read.
DATES = ("year", "urldate")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
#: A percent sign starts a comment in TeX, so LaTeX decoding would cut the value there without an error.
_BARE_PERCENT = re.compile(r"(?<!\\)%")
_DOI = re.compile(r"10\.\d{4,9}/\S+\Z")
_PMID = re.compile(r"\d{1,8}\Z")


def read_bibliography(folder: Path) -> tuple[tuple[Reference, ...], tuple[Finding, ...]]:
    """Read references.bib.

    Args:
        folder: the review folder.

    Returns:
        The references in the order of the file, and a finding for each entry that could not be used: entries in the
        file = references + entries named in findings.
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
    library = _parse(text)
    problems = [*_failed_blocks(library), *_unread_text(library)]
    references: list[Reference] = []
    seen: dict[str, str] = {}
    for entry in library.entries:
        found = list(_entry_problems(entry))
        twin = seen.setdefault(entry.key.casefold(), entry.key)
        if twin != entry.key:
            found.append(
                _problem(
                    "bibliography-key",
                    entry,
                    None,
                    f"the key {entry.key} differs from {twin} only in case",
                    "give it a key of its own",
                )
            )
        problems.extend(found)
        if not found:
            references.append(_reference(entry))
    return tuple(references), tuple(problems)


def _parse(text: str) -> Library:
    # The parser logs what it also returns as failed blocks; a person is told once, by the findings.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    return bibtexparser.parse_string(text)


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
                f"the key {block.key} stands in an earlier entry too",
                "give each entry its own key",
                subject=block.key,
            )
        elif isinstance(block, DuplicateFieldKeyBlock):
            fields = ", ".join(sorted(block.duplicate_keys))
            place = Place(BIBLIOGRAPHY, row, fields)
            yield data_finding("bibliography-entry", place, f"the entry gives {fields} twice", "keep one of them")
        elif isinstance(block, ParsingFailedBlock):
            place = Place(BIBLIOGRAPHY, row, "entry")
            yield data_finding(
                "bibliography-entry",
                place,
                "the entry cannot be read, as with a brace or a comma that is missing",
                "close every brace and end every field with a comma",
            )


def _unread_text(library: Library) -> Iterator[Finding]:
    """Text between entries that looks like an entry: the parser takes it for a comment."""
    for comment in library.comments:
        if "@" in comment.comment:
            place = Place(BIBLIOGRAPHY, _line(comment), "entry")
            yield data_finding(
                "bibliography-entry",
                place,
                "text between the entries holds an @ and was not read as an entry",
                "mend the entry, or take the text out",
            )


def _problem(code: str, entry: Entry, column: str | None, message: str, fix: str) -> Finding:
    row = _line(entry)
    if column and (field := entry.fields_dict.get(column)) is not None:
        row = _line(field)
    return data_finding(code, Place(BIBLIOGRAPHY, row, column or "entry"), message, fix, subject=entry.key)


def _entry_problems(entry: Entry) -> Iterator[Finding]:
    if entry.entry_type.lower() not in ENTRY_TYPES:
        yield _problem(
            "bibliography-type",
            entry,
            None,
            f"@{entry.entry_type} is not an entry type of BibTeX, so other programs would drop {entry.key}",
            "use @misc with url and urldate for a web page",
        )
    if not _KEY.match(entry.key):
        yield _problem(
            "bibliography-key",
            entry,
            None,
            f"the key {entry.key!r} is not safe in a file name",
            "use letters, digits, point, hyphen and underscore",
        )
    for field in entry.fields:
        value = str(field.value)
        if field.key not in ("doi", "url") and (bare := _BARE_PERCENT.search(value)):
            yield _problem(
                "bibliography-percent",
                entry,
                field.key,
                f"a bare % at character {bare.start() + 1} would cut the {field.key} there",
                "write \\%",
            )
    for name in REQUIRED:
        if not str(entry.fields_dict[name].value if name in entry.fields_dict else "").strip("{} "):
            yield _problem("bibliography-field", entry, None, f"{entry.key} has no {name}", f"add the {name}")
    if not any(name in entry.fields_dict for name in DATES):
        yield _problem(
            "bibliography-field", entry, None, f"{entry.key} has no {' and no '.join(DATES)}", "add the year"
        )
    for name, form in (("doi", _DOI), ("pmid", _PMID)):
        if name in entry.fields_dict and not form.match(str(entry.fields_dict[name].value)):
            yield _problem(
                "bibliography-field",
                entry,
                name,
                f"“{entry.fields_dict[name].value}” is not a {name.upper()}",
                f"write the bare {name.upper()}, or leave the field out",
            )


def _reference(entry: Entry) -> Reference:
    library = Library([Entry(entry.entry_type, entry.key, list(entry.fields))])
    decode = middlewares.LatexDecodingMiddleware(keep_braced_groups=True, allow_inplace_modification=False)
    decoded = decode.transform(library).entries[0]
    names = (
        middlewares.SplitNameParts().transform(middlewares.SeparateCoAuthors().transform(Library([decoded]))).entries[0]
    )
    authors: list[tuple[str, str]] = []
    et_al = False
    for part in names.fields_dict["author"].value:
        family = " ".join([*part.von, *part.last])
        if family == "others" and not part.first:
            et_al = True
        elif family.startswith("{"):
            authors.append((_plain(family), ""))
        else:
            authors.append((_plain(" ".join([family, *part.jr])), _plain(" ".join(part.first))))
    raw = {field.key: str(field.value) for field in entry.fields}
    fields = {field.key: _plain(str(field.value)) for field in decoded.fields if field.key != "author"}
    # Addresses hold signs that LaTeX would read as markup; they are taken as they stand.
    fields |= {name: raw[name] for name in ("doi", "url") if name in raw}
    return Reference(
        key=entry.key,
        kind=entry.entry_type.lower(),
        authors=tuple(authors),
        et_al=et_al,
        title=fields["title"],
        fields=fields,
        place=Place(BIBLIOGRAPHY, _line(entry)),
    )


def _plain(value: str) -> str:
    """A value without braces and with single spaces."""
    return " ".join(value.replace("{", "").replace("}", "").split())
