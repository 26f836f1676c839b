"""Cells of a table are read unchanged, or refused with file, row and column."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import CONCLUSIONS, DEVICES, OUTCOMES, STUDIES, Project
from hypothesis import example, given
from hypothesis import strategies as st

from weigh.evidence.tables import Tables, did_you_mean, read_tables

#: Values that other readers convert: missing values, numbers, booleans, dates, formulas.
TREACHEROUS = [
    "NA",
    "N/A",
    "nan",
    "None",
    "null",
    "TRUE",
    "00797",
    "1e5",
    "1-2",
    "2020-01-01",
    "SEPT2",
    "=1+1",
    " x ",
    "\ufeffx",
]

#: Any text permitted in a cell, without the characters that a table may not contain.
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=12)

ReadTable = Callable[..., Tables]


@pytest.fixture(scope="session")
def read_table(tmp_path_factory: pytest.TempPathFactory) -> ReadTable:
    """Read one table with a key and a column of the type that a test specifies."""

    def read(cells: list[str], **column: Any) -> Tables:
        folder = tmp_path_factory.mktemp("table")
        (folder / "evidence").mkdir()
        fields = [{"name": "id", "type": "integer"}, {"name": "cell", "type": "string", **column}]
        schema = {"fields": fields, "missingValues": [""], "primaryKey": ["id"]}
        table = {"name": "words", "path": "words.csv", "scheme": "file", "format": "csv", "encoding": "utf-8"}
        package = {"name": "one-table", "resources": [table | {"schema": schema}]}
        (folder / "evidence" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows([["id", "cell"], *enumerate(cells)])
        (folder / "evidence" / "words.csv").write_bytes(buffer.getvalue().encode("utf-8"))
        return read_tables(folder)

    return read


def cells_of(tables: Tables) -> list[Any]:
    return [row.values["cell"] for row in tables.rows["words"]]


def places_of(project: Project) -> list[str]:
    return [str(finding.place) for finding in project.findings()]


# ---- accepted values


@given(cells=st.lists(CELL, min_size=1, max_size=20))
@example(cells=TREACHEROUS)
def test_text_survives_byte_for_byte(read_table: ReadTable, cells: list[str]) -> None:
    """A text column returns the content of the file, whatever it looks like."""
    tables = read_table(cells)

    assert () == tables.problems
    assert cells == cells_of(tables)


@pytest.mark.parametrize("cell", ["", "0", "-9.0", "21.50", "0.0000001", "1e5", "123456789012345678901234567890"])
def test_numbers_are_exact(read_table: ReadTable, cell: str) -> None:
    """A number keeps every printed digit, and an empty cell is not a number."""
    (value,) = cells_of(read_table([cell], type="number"))

    assert (Decimal(cell) if cell else None) == value
    assert cell == "" or Decimal(cell).as_tuple() == value.as_tuple()


@pytest.mark.parametrize("cell", ["nine", "NaN", "sNaN", "INF", "-9,0", "1 000", "1_000", "٣", "0x10", "9.0 mm", "5%"])
def test_what_is_no_number_is_refused(read_table: ReadTable, cell: str) -> None:
    """A number consists of digits with a decimal point: no word, infinity, comma or unit."""
    tables = read_table([cell], type="number")

    assert ["evidence/words.csv:2:cell"] == [str(finding.place) for finding in tables.problems]


@pytest.mark.parametrize("cell", ["5.0", "1e3", "1_000", "٣", "", "+"])
def test_what_is_no_count_is_refused(read_table: ReadTable, cell: str) -> None:
    """A required count consists of digits."""
    tables = read_table([cell], type="integer", constraints={"required": True})

    assert ["evidence/words.csv:2:cell"] == [str(finding.place) for finding in tables.problems]


@pytest.mark.parametrize("cell", ["02.05.2019", "2019-5-2", "2019-02-29", "2019", "2019-05-02T10:00"])
def test_what_is_no_date_is_refused(read_table: ReadTable, cell: str) -> None:
    """A date is an existing day in the form YYYY-MM-DD."""
    tables = read_table([cell], type="date")

    assert ["evidence/words.csv:2:cell"] == [str(finding.place) for finding in tables.problems]


@pytest.mark.parametrize(
    "cell", ["Upper", "-first", "with space", "../up", " padded", "padded ", "line\n", "x" * 65, "é"]
)
def test_what_is_no_slug_is_refused(read_table: ReadTable, cell: str) -> None:
    """An id is safe in a file name and an address."""
    tables = read_table([cell], constraints={"pattern": "[a-z0-9][a-z0-9-]{0,63}"})

    assert ["evidence/words.csv:2:cell"] == [str(finding.place) for finding in tables.problems]


def test_rows_remember_where_they_stand(read_table: ReadTable) -> None:
    """The first row of data is line 2, as in an editor."""
    places = [str(row.place) for row in read_table(["a", "b"]).rows["words"]]

    assert ["evidence/words.csv:2", "evidence/words.csv:3"] == places


def test_a_long_cell_is_read_whole(read_table: ReadTable) -> None:
    """Cells are never truncated."""
    cell = "long " * 40_000

    assert [cell] == cells_of(read_table([cell]))


# ---- refused values


def test_a_required_cell_is_not_empty(project: Project) -> None:
    """An empty required cell is reported."""
    project.change(STUDIES, 4, "finding", "")

    assert [f"{STUDIES}:4:finding"] == places_of(project)


def test_a_count_is_not_negative(project: Project) -> None:
    """A number below the minimum of its column is reported."""
    project.change(STUDIES, 2, "n_enrolled", "-1")

    assert [f"{STUDIES}:2:n_enrolled"] == places_of(project)


def test_a_percentage_is_at_most_a_hundred(project: Project) -> None:
    """A number above the maximum of its column is reported."""
    project.change(OUTCOMES, 14, "intervention_percent", "100.1")

    assert [f"{OUTCOMES}:14:intervention_percent"] == places_of(project)


@pytest.mark.parametrize("cell", ["TRUE", "True", "1", "yes"])
def test_truth_is_written_in_one_way(project: Project, cell: str) -> None:
    """`significant` is true, false or empty, so that no spreadsheet's spelling is accepted."""
    project.change(OUTCOMES, 2, "significant", cell)

    assert [f"{OUTCOMES}:2:significant"] == places_of(project)


@pytest.mark.parametrize("line", ["\n", ",,,\n"], ids=["blank", "commas only"])
def test_an_empty_line_is_one_finding(project: Project, line: str) -> None:
    """An empty line is reported once, and not as a row without a key."""
    path = project.path(DEVICES)
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")

    assert [f"{DEVICES}:3"] == [place.removesuffix(":device_id") for place in places_of(project)]


def test_a_row_that_ends_early_is_one_finding(project: Project) -> None:
    """A row with fewer cells than the header is reported once, with the first missing column."""
    path = project.path(DEVICES)
    path.write_text(path.read_text(encoding="utf-8") + "x,X,X\n", encoding="utf-8")

    assert [f"{DEVICES}:3:location"] == places_of(project)


def test_columns_in_another_order_are_refused(project: Project) -> None:
    """A table with reordered columns is not read under the wrong names."""
    project.write(DEVICES, [[row[0], row[2], row[1], row[3]] for row in project.rows(DEVICES)])

    assert {f"{DEVICES}:1"} == {place.removesuffix(":name").removesuffix(":maker") for place in places_of(project)}


def test_a_column_of_no_schema_is_refused(project: Project) -> None:
    """A column that the data dictionary does not describe gives one finding."""
    project.write(DEVICES, [[*row, "colour"] for row in project.rows(DEVICES)])
    (finding,) = project.findings()

    assert f"{DEVICES}:1" == str(finding.place).removesuffix(":colour")
    assert "colour" in str(finding)


@pytest.mark.parametrize("file", [DEVICES, OUTCOMES])
def test_a_file_without_a_header_is_refused(project: Project, file: str) -> None:
    """An emptied file is not mistaken for a table without rows."""
    project.path(file).write_bytes(b"")

    assert {file} == {finding.place.file for finding in project.findings()}


def test_a_table_without_rows_is_fine(project: Project) -> None:
    """A header alone is an empty table."""
    project.write(DEVICES, project.rows(DEVICES)[:1])

    assert () == project.findings()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("evidence/glossary.csv", "An invented ailment", id="last column"),
        pytest.param(CONCLUSIONS, "amber lamp,discussed", id="middle column"),
        pytest.param(STUDIES, "Warm light was given to all", id="long table"),
    ],
)
def test_a_quote_that_is_not_closed_swallows_no_row(project: Project, file: str, text: str) -> None:
    """An unclosed quotation mark is a finding, not a cell that contains the rest of the table."""
    project.replace(file, text, f'"{text}')

    assert file in {finding.place.file for finding in project.findings()}


# ---- hints


def test_the_nearest_word_is_offered() -> None:
    """A typing error is answered with the intended word."""
    assert "; did you mean before_after?" == did_you_mean("before_afer", ["randomised_trial", "before_after"])


def test_no_word_is_offered_where_none_is_near() -> None:
    """A misleading hint is not given."""
    assert "" == did_you_mean("zzz", ["randomised_trial", "before_after"])


def test_tables_are_refused_before_any_row_is_read(tmp_path: Path) -> None:
    """A folder without a data dictionary is refused with the name of the missing file."""
    with pytest.raises(Exception, match=r"datapackage\.json: no such file"):
        read_tables(tmp_path)
