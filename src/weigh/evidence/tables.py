"""Reads the CSV tables of a review folder by their Frictionless schema into typed rows with places."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weigh.errors import ReviewNotFoundError
from weigh.evidence.cells import RawTable, data_finding, read_cells, shorten
from weigh.evidence.inputs import DESCRIPTOR, EVIDENCE
from weigh.evidence.model import Finding, Place
from weigh.evidence.plain_tables import plain_rows

__all__ = ["DESCRIPTOR", "EVIDENCE", "Row", "Tables", "did_you_mean", "read_tables"]


_SCHEMA_KEYS = ("fields", "missingValues", "primaryKey")

#: The advice in a message, by the type of error that Frictionless reports.
_FIXES = {
    "type-error": "write the value as evidence/datapackage.json specifies for this column",
    "constraint-error": "see the column in evidence/datapackage.json",
    "primary-key": "give each row a unique key",
    "foreign-key": "use an existing id, or add the missing row",
    "unique-error": "give each row a unique value",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its values by column, parsed by the schema, and its place."""

    values: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of a folder by name: rows, columns and defects."""

    rows: Mapping[str, tuple[Row, ...]]
    columns: Mapping[str, tuple[str, ...]]
    problems: tuple[Finding, ...]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that suggests the nearest known word, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def read_tables(folder: Path) -> Tables:
    """Read every table described in evidence/datapackage.json.

    Args:
        folder: the review folder (the parent of `evidence/`).

    Returns:
        All readable rows, and one finding for every cell or row that violates the schema.

    Raises:
        ReviewNotFoundError: the folder has no evidence/datapackage.json, or that file is not a data package of
            CSV tables.
    """
    linked = tuple(_links_outside(folder))
    if linked:
        return Tables({}, {}, linked)
    descriptor = _descriptor(folder)
    raw = {
        resource["name"]: read_cells(
            folder / EVIDENCE / resource["path"], f"{EVIDENCE}/{resource['path']}", resource["schema"]["fields"]
        )
        for resource in descriptor["resources"]
    }
    problems = [problem for table in raw.values() for problem in table.problems]
    columns = {name: table.header for name, table in raw.items()}
    rows: dict[str, tuple[Row, ...]] = dict.fromkeys(raw, ())
    broken = {name for name, table in raw.items() if table.problems}
    left = []
    for resource in descriptor["resources"]:
        if (name := resource["name"]) in broken:
            continue
        if (found := plain_rows(resource, raw[name])) is None:
            left.append(resource)
        else:
            file = f"{EVIDENCE}/{resource['path']}"
            rows[name] = tuple(Row(values, Place(file, number)) for number, values in enumerate(found, 2))
    if left:
        judged, found_wrong = _read_by_frictionless(folder, left)
        rows |= judged
        problems += found_wrong
    problems.extend(_unknown_keys(descriptor, raw, broken))
    return Tables(rows, columns, tuple(problems))


def _descriptor(folder: Path) -> Any:
    """evidence/datapackage.json as data, checked to describe readable CSV tables."""
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise ReviewNotFoundError(f"{path}: no such file; name a review folder that contains {DESCRIPTOR}")
    try:
        descriptor = _strict_json(path.read_bytes().decode("utf-8"))
        known = {resource["name"] for resource in descriptor["resources"]}
        for resource in descriptor["resources"]:
            if problem := _schema_problem(resource, known):
                raise ReviewNotFoundError(f"{DESCRIPTOR}: {problem}; correct the schema")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ReviewNotFoundError(
            f"{DESCRIPTOR}: not a data package of tables ({error!r}); correct the file"
        ) from error
    return descriptor


def _strict_json(text: str) -> Any:
    """Parse JSON, rejecting duplicate names and numbers that are not finite, which the standard library accepts."""
    return json.loads(text, object_pairs_hook=_each_name_once, parse_constant=_finite, parse_float=_finite)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise ValueError(f"duplicate name {next(name for name in names if names.count(name) > 1)}")
    return found


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is not a finite number")
    return number


def _links_outside(folder: Path) -> Iterator[Finding]:
    """Links from a review to files outside it, which would otherwise be read and hashed as its evidence."""
    evidence = folder / EVIDENCE
    files = [folder / "references.bib", evidence, *(evidence.iterdir() if evidence.is_dir() else ())]
    for path in sorted(file for file in files if file.is_symlink()):
        if not path.resolve().is_relative_to(folder.resolve()):
            place = Place(path.relative_to(folder).as_posix())
            yield data_finding(
                "file-outside", place, "the link leads outside this folder", "replace it with the file itself"
            )


def _read_by_frictionless(folder: Path, resources: list[Any]) -> tuple[dict[str, tuple[Row, ...]], list[Finding]]:
    from weigh.text import lean_schemas  # noqa: F401  (before frictionless, which imports jsonschema)

    # isort: split
    from frictionless import FrictionlessException, Package, system

    rows: dict[str, tuple[Row, ...]] = {}
    problems: list[Finding] = []
    try:
        with system.use_context(trusted=False):
            package = Package.from_descriptor(_relied_on(resources), basepath=str(folder / EVIDENCE))
            for resource in package.resources:
                rows[resource.name], found = _read_table(resource, f"{EVIDENCE}/{resource.path}")
                problems.extend(found)
    except FrictionlessException as error:
        raise ReviewNotFoundError(f"{DESCRIPTOR}: {_sentence(error.error.note)}; correct the schema") from error
    return rows, problems


def _relied_on(resources: list[Any]) -> Any:
    """A descriptor of tables without foreign keys (see `_unknown_keys`).

    Only the properties that weigh relies on are passed on: Frictionless would fetch a profile or dialect given as a URL.
    """
    return {
        "resources": [
            {
                "name": resource["name"],
                "path": resource["path"],
                "scheme": "file",
                "format": "csv",
                "encoding": "utf-8",
                "dialect": {"csv": {"delimiter": ","}},
                "schema": {key: resource["schema"][key] for key in _SCHEMA_KEYS if key in resource["schema"]},
            }
            for resource in resources
        ]
    }


def _unknown_keys(descriptor: Any, raw: Mapping[str, RawTable], broken: set[str]) -> Iterator[Finding]:
    """Foreign keys without a matching row, checked here because Frictionless rereads the target for every column."""
    for resource in descriptor["resources"]:
        name, file = resource["name"], f"{EVIDENCE}/{resource['path']}"
        for key in resource["schema"].get("foreignKeys", ()):
            target, (column,), (named,) = (
                key["reference"]["resource"] or name,
                key["fields"],
                key["reference"]["fields"],
            )
            if broken & {name, target}:
                continue
            known, index = raw[target].column(named), raw[name].header.index(column)
            for number, cells in enumerate(raw[name].rows, 2):
                if cells[index] and cells[index] not in known:
                    message = f"{shorten(cells[index])} is not in {target}.csv{did_you_mean(cells[index], known)}"
                    place = Place(file, number, column)
                    yield data_finding("key-unknown", place, message, _FIXES["foreign-key"], subject=cells[0])


def _schema_problem(resource: Any, known: set[str]) -> str:
    name, file, schema = resource["name"], resource["path"], resource["schema"]
    if resource.get("format", "csv") != "csv" or not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.csv", file):
        return f"the table {name} is not a CSV file of this folder ({file})"
    columns = [field["name"] for field in schema["fields"]]
    for field in schema["fields"]:
        try:
            re.compile(field.get("constraints", {}).get("pattern", ""))
        except re.error as error:
            return f"the pattern of {name}.{field['name']} is not a regular expression ({error})"
    for key in schema.get("foreignKeys", ()):
        target = key["reference"]["resource"] or name
        if len(key["fields"]) != 1 or len(key["reference"]["fields"]) != 1 or key["fields"][0] not in columns:
            return f"a foreign key of {name} must map one of its columns to one column"
        if target not in known:
            return f"a foreign key of {name} refers to the table {target}, which does not exist"
    keys = schema.get("primaryKey", [])
    unknown = [column for column in ([keys] if isinstance(keys, str) else keys) if column not in columns]
    return f"the primary key of {name} refers to the column {unknown[0]}, which does not exist" if unknown else ""


def _read_table(resource: Any, file: str) -> tuple[tuple[Row, ...], list[Finding]]:
    rows: list[Row] = []
    problems: list[Finding] = []
    with resource:
        for row in resource.row_stream:
            if row.errors:
                problems.extend(_row_finding(resource, file, row, error) for error in row.errors)
            else:
                rows.append(Row(dict(row), Place(file, row.row_number)))
    return tuple(rows), problems


def _row_finding(resource: Any, file: str, row: Any, error: Any) -> Finding:
    """An error reported by Frictionless as a finding with file, row and column."""
    kind = error.type
    column: str | None = getattr(error, "field_name", None) or None
    key = resource.schema.primary_key
    subject = "/".join(str(row.get(field)) for field in key) if key else file
    message, code = _sentence(error.note), "table-row"
    if kind == "type-error":
        expected = resource.schema.get_field(column).type
        message, code = f"“{shorten(str(error.cell))}” is not of type {expected}", "cell-type"
    elif kind == "constraint-error":
        message, code = _constraint_message(resource, str(column), error), "cell-not-allowed"
    elif kind == "primary-key":
        column, code = ", ".join(key), "key-duplicate"
        message = f"duplicate key {subject}; an earlier row has it"
    return data_finding(
        code, Place(file, row.row_number, column), message, _FIXES.get(kind, "correct the row"), subject=subject
    )


def _constraint_message(resource: Any, column: str, error: Any) -> str:
    match = re.match(r'constraint "(\w+)" is', error.note)
    name = match.group(1) if match else ""
    constraint = resource.schema.get_field(column).constraints.get(name)
    cell = shorten(str(error.cell))
    if name == "required":
        return "the cell must not be empty"
    if name == "enum":
        return f"“{cell}” is not one of {', '.join(constraint)}{did_you_mean(str(error.cell), constraint)}"
    if name in ("minimum", "maximum"):
        return f"“{cell}” is {'below' if name == 'minimum' else 'above'} {constraint}"
    return f"“{cell}” does not match {constraint}"


def _sentence(note: str) -> str:
    return note.strip().rstrip(".")
