"""The record of what an import drafted, which lets the next one distinguish people's edits from drafted cells."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from weigh.errors import WeighError
from weigh.evidence.inputs import EVIDENCE
from weigh.importer.drafting.conclusions import Row
from weigh.importer.drafting.draft import (
    BIBLIOGRAPHY,
    GUIDELINE,
    Draft,
    csv_text,
    draft_of,
    files_of,
    keys_of,
    tables_of,
)
from weigh.importer.drafting.update import Change, ChangeKind, merged
from weigh.importer.found import FoundGuideline, ListedEntry
from weigh.importer.keys import base_key, with_keys

__all__ = ["STATE", "Base", "read_base", "state_text", "updated"]

STATE = "import.json"
_VERSION = 1
#: The columns that identify a row in a revised text, for tables whose ids are only counts.
_KNOWN_BY: Mapping[str, tuple[str, ...]] = {
    "citations": ("cited_as",),
    "codes": ("system", "first", "last", "printed_title", "position"),
}
_IDS = {"citations": "citation_id", "codes": "row_id"}
#: A listing is identified by its entry, because its number shifts when an entry is inserted before it.
_MERGED_BY: Mapping[str, tuple[str, ...]] = {"listings": ("citation_key",)}


@dataclass(frozen=True, kw_only=True)
class Base:
    """What the last import drafted: rows by table, bibliography entries by key, lines of guideline.toml by name."""

    tables: Mapping[str, Sequence[Row]]
    entries: Mapping[str, str]
    description: Mapping[str, str]
    texts: Mapping[str, str]


def state_text(draft: Draft) -> str:
    """Return the draft as stored in import.json."""
    kept = {
        "version": _VERSION,
        "text_sha256": draft.found.sha256,
        "tables": {name: list(rows) for name, rows in sorted(draft.tables.items())},
        "entries": _entries(draft.bibliography),
        "description": _lines(draft.description),
        "texts": {entry.key: entry.entry.text for entry in draft.found.entries},
    }
    return json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_base(text: str, name: str) -> Base:
    """Read import.json.

    Raises:
        WeighError: the file was not written by weigh, or by another version.
    """
    try:
        kept = json.loads(text)
        if kept["version"] != _VERSION:
            raise WeighError(
                f"{name}: was written by another version of weigh; update with that one, or import into a new folder"
            )
        tables = {
            str(table): [{str(c): str(v) for c, v in row.items()} for row in rows]
            for table, rows in kept["tables"].items()
        }
        parts = [{str(k): str(v) for k, v in kept[part].items()} for part in ("entries", "description", "texts")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeighError(f"{name}: was not written by weigh import; restore it from version control") from error
    return Base(tables=tables, entries=parts[0], description=parts[1], texts=parts[2])


def _entries(bibliography: str) -> dict[str, str]:
    """Return the text of each entry of a drafted bibliography, by key."""
    return {
        match[1]: match.group()
        for match in re.finditer(r"^@\w+\{([^,\n]+),\n.*?^\}\n", bibliography, flags=re.M | re.S)
    }


def _lines(description: str) -> dict[str, str]:
    return {
        name.strip(): line
        for line in description.splitlines()
        if not line.startswith("#") and (name := line.partition("=")[0]) and "=" in line
    }


def updated(found: FoundGuideline, base: Base, files: Mapping[str, str]) -> tuple[Draft, dict[str, str], list[Change]]:
    """Update the files of a folder from a revised text.

    Args:
        found: what was found in the new text.
        base: what the last import drafted.
        files: the folder's current files, by path: the bibliography, guideline.toml and the tables.

    Returns:
        The new draft, the changed files, and the differences of the new text.
    """
    draft = _with_ids(draft_of(replace(found, entries=_kept_keys(found, base))), base)
    written: dict[str, str] = {}
    changes: list[Change] = []
    for name in tables_of():
        path = f"{EVIDENCE}/{name}.csv"
        if path in files and (name in draft.tables or name in base.tables):
            content, moved = _table(name, base, files[path], draft.tables.get(name, ()))
            changes += moved
            if moved:
                written[path] = content
    text, moved = _bibliography(base.entries, files[BIBLIOGRAPHY], _entries(draft.bibliography))
    changes += moved
    if text != files[BIBLIOGRAPHY]:
        written[BIBLIOGRAPHY] = text
    text, moved = _guideline(base.description, files[GUIDELINE], _lines(draft.description))
    changes += moved
    if text != files[GUIDELINE]:
        written[GUIDELINE] = text
    missing = {
        path: content for path, content in files_of(draft).items() if path not in files and path.endswith(".csv")
    }
    return draft, {**written, **missing}, changes


def _kept_keys(found: FoundGuideline, base: Base) -> tuple[ListedEntry, ...]:
    """Give entries their former keys: by their text, else by name and year if exactly one old key remains."""
    by_text = {text: key for key, text in base.texts.items()}
    kept = {e.entry.text: by_text[e.entry.text] for e in found.entries if e.entry.text in by_text}
    left: defaultdict[str, list[str]] = defaultdict(list)
    for key in base.texts:
        if key not in kept.values():
            left[re.sub(r"(?<=\d)[a-z]{1,2}\Z|(?<=nd)[a-z]\Z", "", key)].append(key)
    wanting = Counter(base_key(e.entry) for e in found.entries if e.entry.text not in kept)
    for entry in found.entries:
        stem = base_key(entry.entry)
        if entry.entry.text not in kept and wanting[stem] == 1 and len(left[stem]) == 1:
            kept[entry.entry.text] = left[stem][0]
    return with_keys(found.entries, kept)


def _with_ids(draft: Draft, base: Base) -> Draft:
    """Give rows with counted ids their former ids; new rows get ids that were never used."""
    tables = dict(draft.tables)
    for name, columns in _KNOWN_BY.items():
        known: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in base.tables.get(name, ()):
            known[tuple(row.get(c, "") for c in columns)].append(row[_IDS[name]])
        used = {row[_IDS[name]] for row in base.tables.get(name, ())}
        rows = []
        for row in tables[name]:
            old = known[tuple(row[c] for c in columns)]
            own = old.pop(0) if old else _next_id(row[_IDS[name]], used)
            used.add(own)
            rows.append({**row, _IDS[name]: own})
        tables[name] = rows
    return replace(draft, tables=tables)


def _next_id(name: str, used: set[str]) -> str:
    """Return the next unused id: c36 after c35, nmn-8 after nmn-7."""
    stem = name.rstrip("0123456789")
    width = len(name) - len(stem)
    counts = [int(one[len(stem) :]) for one in used if one.startswith(stem) and one[len(stem) :].isdecimal()]
    return f"{stem}{max(counts, default=0) + 1:0{width}d}"


def _table(name: str, base: Base, text: str, new: Sequence[Row]) -> tuple[str, list[Change]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    now = [{column: cell or "" for column, cell in row.items() if column} for row in reader]
    keys = _MERGED_BY.get(name) or keys_of()[name]
    rows, changes = merged(name, keys, base.tables.get(name, ()), now, new)
    return csv_text(name, rows, reader.fieldnames), changes


def _bibliography(base: Mapping[str, str], text: str, new: Mapping[str, str]) -> tuple[str, list[Change]]:
    """Update unedited entries of the bibliography, and append new ones."""
    changes = []
    for key, entry in new.items():
        drafted = base.get(key)
        present = re.search(rf"^\s*@\w+\s*\{{\s*{re.escape(key)}\s*,", text, flags=re.M) is not None
        change = Change(
            kind=ChangeKind.CHANGED, table=BIBLIOGRAPHY, row=key, column="entry", before=drafted or "", after=entry
        )
        if entry == drafted or (drafted is not None and not present):
            continue
        if drafted is not None and drafted in text:
            text = text.replace(drafted, entry, 1)
            changes.append(replace(change, before="as listed before", after="as listed now"))
        elif present:
            changes.append(replace(change, kind=ChangeKind.KEPT, before="the current entry", after="as listed now"))
        else:
            text = f"{text.rstrip()}\n\n{entry}" if text.strip() else entry
            changes.append(replace(change, kind=ChangeKind.ADDED))
    for key in base:
        if key not in new and re.search(rf"^\s*@\w+\s*\{{\s*{re.escape(key)}\s*,", text, flags=re.M):
            changes.append(Change(kind=ChangeKind.DROPPED, table=BIBLIOGRAPHY, row=key))
    return text, changes


def _guideline(base: Mapping[str, str], text: str, new: Mapping[str, str]) -> tuple[str, list[Change]]:
    """Update unedited lines of guideline.toml."""
    lines, changes = text.splitlines(), []
    current = {
        line.partition("=")[0].strip(): place
        for place, line in enumerate(lines)
        if "=" in line and not line.startswith("#")
    }
    for name, line in new.items():
        drafted, place = base.get(name), current.get(name)
        if line == drafted:
            continue
        values = {"before": _value(lines[place]) if place is not None else "", "after": _value(line)}
        change = Change(kind=ChangeKind.CHANGED, table="guideline.toml", row="the guideline", column=name, **values)
        if place is None:
            if drafted is None:
                lines.append(line)
                changes.append(change)
        elif lines[place] == drafted:
            lines[place] = line
            changes.append(change)
        elif lines[place] != line:
            changes.append(replace(change, kind=ChangeKind.KEPT))
    return "\n".join(lines) + "\n", changes


def _value(line: str) -> str:
    return line.partition("=")[2].strip().strip('"')
