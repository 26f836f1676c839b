"""Simple tables are read without Frictionless, with the same result as with it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from conftest import MINI, ROOT
from hypothesis import given
from hypothesis import strategies as st

from weigh.evidence import tables
from weigh.evidence.cells import read_cells
from weigh.evidence.plain_tables import plain_rows
from weigh.evidence.tables import Tables, read_tables

#: A column of each supported type, with its constraints.
COLUMNS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "constraints": {"required": True}},
    {"type": "string", "constraints": {"pattern": "[a-z0-9][a-z0-9-]{0,63}"}},
    {"type": "string", "constraints": {"enum": ["yes", "no", ""], "required": False}},
    {"type": "integer", "constraints": {"minimum": 0}},
    {"type": "number", "constraints": {"minimum": 0, "maximum": 100}},
    {"type": "number"},
    {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    {"type": "date"},
]
#: Values valid for only some types, and forms that only Frictionless may judge.
CELLS = ["", "0", "-1", "007", "12.50", "101", "1e5", ".5", "5.", "9" * 30, "true", "false", "yes", "no", "a-1", "A"]
CELLS += ["2019-05-02", "2019-02-29", " 1", "NA", "\u0663", "x\ny", '"']

#: Schemas beyond the supported properties, each as a change to the column of the table below.
UNCOMMON: dict[str, dict[str, Any]] = {
    "a format": {"type": "string", "format": "email"},
    "a type of another kind": {"type": "year"},
    "a constraint of another kind": {"type": "string", "constraints": {"minLength": 2}},
    "a flag in a pattern": {"type": "string", "constraints": {"pattern": "(?i)x"}},
    "a bound that is no whole number": {"type": "number", "constraints": {"minimum": 0.5}},
    "a bound in words": {"type": "number", "constraints": {"minimum": "0"}},
    "other words for true": {"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
    "a decimal comma": {"type": "number", "decimalChar": ","},
    "a missing value of its own": {"type": "string", "missingValues": ["NA"]},
    "a word that is a number": {"type": "string", "constraints": {"enum": [1]}},
}

Folder = Callable[..., Path]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A folder with one table, which has a key and the columns that a test specifies."""

    def made(rows: list[list[str]], *columns: dict[str, Any], **schema: Any) -> Path:
        path = tmp_path_factory.mktemp("plain")
        fields = [{"name": "id", "type": "string"}, *({"name": f"c{n}", **c} for n, c in enumerate(columns))]
        described = {"fields": fields, "missingValues": [""], "primaryKey": ["id"], **schema}
        package = {"name": "one", "resources": [{"name": "words", "path": "words.csv", "schema": described}]}
        (path / "evidence").mkdir()
        (path / "evidence" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows([[field["name"] for field in fields], *rows])
        (path / "evidence" / "words.csv").write_bytes(stream.getvalue().encode("utf-8"))
        return path

    return made


def by_frictionless(path: Path) -> Tables:
    """The tables of a folder, all of them read by Frictionless."""
    with patch.object(tables, "plain_rows", return_value=None):
        return read_tables(path)


def typed(found: Tables) -> list[Any]:
    """Everything read: values with their types, places, and defects."""
    cells = [
        (name, str(row.place), [(column, type(value), str(value)) for column, value in row.values.items()])
        for name, rows in found.rows.items()
        for row in rows
    ]
    return [cells, [str(problem) for problem in found.problems]]


def resources(path: Path) -> Iterator[dict[str, Any]]:
    yield from json.loads((path / "evidence" / "datapackage.json").read_text(encoding="utf-8"))["resources"]


def plain(path: Path, resource: dict[str, Any]) -> tuple[dict[str, Any], ...] | None:
    file = resource["path"]
    return plain_rows(resource, read_cells(path / "evidence" / file, file, resource["schema"]["fields"]))


@pytest.mark.parametrize("path", [ROOT, MINI], ids=["the guideline", "the fictional review"])
def test_real_tables_come_out_as_frictionless_gives_them(path: Path) -> None:
    """Every table of a review is simple and has the rows, values and places that Frictionless gives."""
    assert [] == [resource["name"] for resource in resources(path) if plain(path, resource) is None]
    assert typed(by_frictionless(path)) == typed(read_tables(path))


@pytest.mark.parametrize(
    "column", COLUMNS, ids=lambda column: " ".join([column["type"], *column.get("constraints", ())])
)
def test_a_cell_comes_out_as_frictionless_gives_it(folder: Folder, column: dict[str, Any]) -> None:
    """A valid cell has the value that Frictionless gives; an invalid one has the same message."""
    for cell in CELLS:
        path = folder([["a", cell]], column)

        assert typed(by_frictionless(path)) == typed(read_tables(path))


@given(st.data())
def test_any_cells_come_out_as_frictionless_gives_them(folder: Folder, data: st.DataObject) -> None:
    """Whatever the cells, rows and defects do not depend on whether Frictionless is used from the start."""
    columns = data.draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3))
    cell = st.sampled_from(CELLS) | st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=4)
    row = st.lists(cell, min_size=len(columns), max_size=len(columns))
    rows = data.draw(st.lists(row, max_size=4))
    ids = data.draw(st.lists(st.sampled_from("abcdefgh"), min_size=len(rows), max_size=len(rows)))
    path = folder([[key, *cells] for key, cells in zip(ids, rows, strict=True)], *columns)

    assert typed(by_frictionless(path)) == typed(read_tables(path))


@pytest.mark.parametrize("column", UNCOMMON.values(), ids=UNCOMMON)
def test_what_is_not_plain_is_left_to_frictionless(folder: Folder, column: dict[str, Any]) -> None:
    """A schema with unsupported properties is read by Frictionless."""
    path = folder([["a", "1"]], column)

    assert [None] == [plain(path, resource) for resource in resources(path)]


@pytest.mark.parametrize("schema", [{"missingValues": ["", "NA"]}, {"primaryKey": "id"}, {"fieldsMatch": "subset"}])
def test_a_table_that_is_not_plain_is_left_to_frictionless(folder: Folder, schema: dict[str, Any]) -> None:
    """For other missing values, another form of key or an unknown property, Frictionless reads the table."""
    path = folder([["a", "1"]], {"type": "string"}, **schema)

    assert [None] == [plain(path, resource) for resource in resources(path)]


@pytest.mark.long
def test_a_plan_loads_no_library_that_it_does_not_need() -> None:
    """Finding stale reports in a simple review loads neither a schema library nor a numeric one."""
    heavy = ("frictionless", "jsonschema", "matplotlib", "nbformat", "numpy", "pandas", "papermill", "scipy")
    code = (
        "import sys; from pathlib import Path; from weigh.render.plan import make_plan; "
        "from weigh.render.task import How, Task; "
        f"make_plan(Task(Path({str(ROOT)!r}), Path('nowhere')), How()); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
