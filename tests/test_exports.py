"""The exports for spreadsheets and machines, and the command: exact numbers, text that stays text, whole files or none."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import MINI, Made, Project, RunWeigh
from hostile_texts import HOSTILE_TEXTS, free_columns, hostile_review
from openpyxl.utils.escape import unescape

from weigh.errors import NotFoundError, WeighError
from weigh.evidence.review import Review
from weigh.exports.formats import PACKAGES, Format, MissingExtraError, exported
from weigh.exports.guard import CELL_LIMIT, exact_in_sheet, for_cell, for_page, seen
from weigh.exports.packet import Packet, packet_of
from weigh.exports.place import put, refuse_unfit
from weigh.exports.tidy import PACKAGE, tidy_files
from weigh.exports.workbook import READ_ME, workbook
from weigh.wording.sentences import VERDICT

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def packets(mini: Review, real: Review) -> dict[str, Packet]:
    """Both reviews, and the fictional one with hostile texts."""
    return Made(
        mini=lambda: packet_of(mini),
        real=lambda: packet_of(real),
        hostile=lambda: packet_of(hostile_review(mini)),
    )


@pytest.fixture(scope="module")
def pooled(mini: Review) -> Packet:
    """The fictional review with two trials that may be pooled, and a pool that cannot be."""
    means = {"intervention_mean": Decimal("21.5"), "intervention_sd": Decimal("8.0"), "intervention_n": 29}
    means |= {"comparator_mean": Decimal("30.5"), "comparator_sd": Decimal("9.25"), "comparator_n": 29}
    first = next(o for o in mini.outcomes if "ardenwood-2011-01" == o.outcome_id)
    other = next(o for o in mini.outcomes if "birchmere-2014" == o.study_id)
    alone = next(o for o in mini.outcomes if "ardenwood-2011-03" == o.outcome_id)
    changed = {
        first.outcome_id: dataclasses.replace(first, pool="pain"),
        other.outcome_id: dataclasses.replace(other, pool="pain", unit=first.unit, effect_measure="MD", **means),
        alone.outcome_id: dataclasses.replace(alone, pool="score"),
    }
    return packet_of(dataclasses.replace(mini, outcomes=tuple(changed.get(o.outcome_id, o) for o in mini.outcomes)))


@pytest.fixture(scope="module")
def contents(packets: dict[str, Packet], pooled: Packet) -> Callable[[str], bytes]:
    """The workbook of each packet, made once."""
    return cache(lambda name: workbook(pooled if name == "pooled" else packets[name]))


@pytest.fixture(scope="module")
def books(contents: Callable[[str], bytes]) -> Callable[[str], openpyxl.Workbook]:
    """The workbooks as another program reads them."""
    return cache(lambda name: openpyxl.load_workbook(io.BytesIO(contents(name))))


def rows_of(sheet: Any) -> Rows:
    """The rows of a sheet by the names of its columns, as another program reads them."""
    head, *rest = sheet.iter_rows(values_only=True)
    return [dict(zip(head, [unescape(v) if isinstance(v, str) else v for v in row], strict=True)) for row in rest]


def read(files: Mapping[str, bytes], name: str) -> Rows:
    """The rows of a CSV file as text."""
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode("utf-8"), newline=""), strict=True))


def written(value: Any) -> str:
    """A value of the result JSON as the JSON writes it; nothing is empty."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


# ---- the workbook

VOTES = {
    "k": "Studies with a vote",
    "favours_intervention": "Favour the intervention",
    "favours_comparator": "Favour the comparator",
    "no_clear_direction": "No clear direction",
    "proportion": "Proportion for it",
    "ci_low": "Proportion, 95% from",
    "ci_high": "Proportion, 95% to",
    "exact_low": "Proportion, exact 95% from",
    "exact_high": "Proportion, exact 95% to",
    "p_value": "Sign test p",
}
FIGURES = {
    "timepoint_days": "Days",
    **{
        f"{arm}_{name}": f"{arm.capitalize()}: {head}"
        for arm in ("intervention", "comparator")
        for name, head in (("n", "n"), ("mean", "mean"), ("sd", "SD"), ("events", "events"), ("percent", "percent"))
    },
    "effect": "Reported effect",
    "ci_low": "Reported 95% from",
    "ci_high": "Reported 95% to",
    "scale_min": "Scale from",
    "scale_max": "Scale to",
}


@pytest.mark.parametrize("name", ["mini", pytest.param("real", marks=pytest.mark.long)])
def test_every_number_of_the_conclusions_sheet_is_that_of_the_result(
    packets: dict[str, Packet], books: Callable[[str], openpyxl.Workbook], name: str
) -> None:
    """Read by another program, the votes of each conclusion are numbers, and those of its result JSON."""
    packet = packets[name]
    rows = rows_of(books(name)["Conclusions"])
    expected, found = [], []
    for summary, row in zip(packet.summaries, rows, strict=True):
        result = json.loads(json.dumps(summary.as_json()))
        expected.append(
            [result["conclusion_id"], VERDICT[summary.verdict], len(result["studies"]), len(result["findings"])]
        )
        found.append([row["Id"], row["Verdict"], row["Studies cited"], row["Findings"]])
        for key, head in VOTES.items():
            direct = f"Direct only: {head[0].lower()}{head[1:]}"
            expected.append([result["votes"][key], result["direct_votes"][key]])
            found.append([row[head], row[direct]])

    assert expected == found
    assert any(row["Sign test p"] is not None for row in rows)


@pytest.mark.parametrize("name", ["mini", "real"])
def test_every_figure_of_an_outcome_is_the_printed_one(
    packets: dict[str, Packet], books: Callable[[str], openpyxl.Workbook], name: str
) -> None:
    """Figures of the outcomes sheet are numbers equal to the table's, p is text as printed, and nothing seen stays empty."""
    packet = packets[name]
    rows = iter(rows_of(books(name)["Outcomes"]))
    for summary in packet.summaries:
        effects = summary.as_json()["effects"]
        for outcome in (o for line in summary.studies for o in line.item.outcomes):
            row, effect = next(rows), effects.get(outcome.outcome_id, {})
            figures = [getattr(outcome, column) for column in FIGURES]
            assert outcome.outcome_id == row["Outcome id"]
            assert [None if v is None else float(v) for v in figures] == [row[head] for head in FIGURES.values()]
            assert (outcome.p_value and outcome.p_value.printed) == row["p as printed"]
            assert [effect.get(key) for key in ("estimate", "ci_low", "ci_high", "measure")] == [
                row[f"Calculated: {head}"] for head in ("effect", "95% from", "95% to", "measure")
            ]
    assert [] == list(rows)


def test_certainty_and_participants_of_each_body_are_those_of_the_result(
    packets: dict[str, Packet], books: Callable[[str], openpyxl.Workbook]
) -> None:
    """Each GRADE judgement has its row, with the people and the levels of the result JSON."""
    packet = packets["real"]
    rows = rows_of(books("real")["Certainty"])
    expected = [
        (body["participants"], len(body["studies"]), rating["change"], rating["reason"])
        for summary in packet.summaries
        for body in summary.as_json()["outcomes"]
        for rating in body["ratings"]
    ]

    assert expected == [(row["Participants"], row["Studies"], row["Levels"], row["Reason"]) for row in rows]


def test_a_pooled_effect_has_its_row_for_each_method(pooled: Packet, books: Callable[[str], openpyxl.Workbook]) -> None:
    """Every way of pooling stands in the sheet with the numbers of the result JSON, and a pool that failed with its reason."""
    rows = rows_of(books("pooled")["Pools"])
    pools = [pool for summary in pooled.summaries for pool in summary.as_json()["pooled"] or ()]
    expected = [(way["estimate"], way["low"], way["tau2"]) for pool in pools for way in pool["others"]]
    failed = [" ".join(pool["statement"]) for pool in pools if not pool["others"]]

    assert expected == [(row["Effect"], row["95% from"], row["tau²"]) for row in rows if row["Effect"] is not None]
    assert failed == [row["In words"] for row in rows if row["Effect"] is None]
    assert expected
    assert failed


def test_a_number_shows_the_decimals_that_its_source_prints(books: Callable[[str], openpyxl.Workbook]) -> None:
    """8.0 is stored as a number and shown with its decimal."""
    sheet = books("mini")["Outcomes"]
    heads = [cell.value for cell in sheet[1]]
    cells = [row[heads.index("Intervention: SD")] for row in sheet.iter_rows(min_row=2)]

    assert ("n", 8.0, "0.0") in {(cell.data_type, cell.value, cell.number_format) for cell in cells}


def test_a_number_that_a_spreadsheet_would_round_is_text(mini: Review) -> None:
    """A spreadsheet keeps fifteen digits: what has more is stored as it is printed, not as another number."""
    long = Decimal("0.12345678901234567")
    first, *rest = mini.outcomes
    packet = packet_of(dataclasses.replace(mini, outcomes=(dataclasses.replace(first, effect=long), *rest)))
    book = openpyxl.load_workbook(io.BytesIO(workbook(packet)))
    effects = {row["Outcome id"]: row["Reported effect"] for row in rows_of(book["Outcomes"])}

    assert "0.12345678901234567" == effects[first.outcome_id]
    assert (True, False) == (exact_in_sheet(Decimal("-13.6")), exact_in_sheet(12345678901234567))


def test_sheets_are_ready_to_be_filtered(books: Callable[[str], openpyxl.Workbook]) -> None:
    """Each sheet has frozen heads with a filter over all its rows, and the last one says what every column means."""
    book = books("real")
    *sheets, read_me = book.worksheets
    told = {(row[0], row[1]): row[2] for row in read_me.iter_rows(values_only=True)}

    assert READ_ME == read_me.title
    assert {"Conclusions", "Studies", "Outcomes", "Appraisals", "Findings", "References"} <= set(book.sheetnames)
    for sheet in sheets:
        assert ("B2", sheet.dimensions) == (sheet.freeze_panes, sheet.auto_filter.ref)
        heads = [cell.value for cell in sheet[1]]
        assert len(heads) == len(set(heads))
        assert [] == [head for head in heads if not told.get((sheet.title, head))]


def test_the_same_evidence_gives_the_same_workbook_on_any_day(packets: dict[str, Packet]) -> None:
    """No member of the file knows the clock: its dates are those of the guideline, and its bytes do not differ."""
    packet = packets["mini"]
    content = workbook(packet)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        times = {member.date_time for member in archive.infolist()}
        core = archive.read("docProps/core.xml").decode()

    assert content == workbook(packet)
    assert {(1980, 1, 1, 0, 0, 0)} == times
    assert {"2020-05-07T00:00:00Z"} == set(re.findall(r"\d{4}-\d\d-\d\dT[^<]*", core))


def shown_in_cell(name: str, found: str) -> bool:
    text, shown = HOSTILE_TEXTS[name]
    if shown is None:
        start, _cut, rest = found.partition(" [cut: ")
        return text.startswith(start) and bool(rest) and CELL_LIMIT == len(found)
    return shown == found


@pytest.mark.long
def test_hostile_texts_stay_text_in_the_workbook(books: Callable[[str], openpyxl.Workbook]) -> None:
    """Planted in every field of a study, an outcome, a conclusion and an appraisal, forty texts are read as they stand."""
    book = books("hostile")
    of = {
        "Studies": (
            "Study id",
            "s-",
            ["What it found", "Reason for fit", "Drug", "Limits", "Not seen", "Harms", "Source"],
        ),
        "Outcomes": ("Outcome id", "o-", ["Measure", "When", "Unit", "Note", "Source"]),
        "Conclusions": ("Id", "c-", ["Conclusion", "Drug class", "Statement", "Reason for certainty"]),
        "Appraisals": ("Study id", "s-", ["Reason", "Source"]),
    }
    for sheet, (key, lead, columns) in of.items():
        rows = {row[key].removeprefix(lead): row for row in rows_of(book[sheet]) if row[key].startswith(lead)}
        assert list(HOSTILE_TEXTS) == sorted(rows, key=list(HOSTILE_TEXTS).index)
        assert [] == [(n, c) for n, row in rows.items() for c in columns if not shown_in_cell(n, row[c])]


def test_no_cell_is_a_formula_a_link_or_an_error(
    books: Callable[[str], openpyxl.Workbook], contents: Callable[[str], bytes]
) -> None:
    """Whatever a text begins with, its cell holds a string; what begins like a formula is marked to stay one when edited."""
    cells = [cell for sheet in books("hostile") for row in sheet.iter_rows() for cell in row]
    signs = {*"=+-@", *(HOSTILE_TEXTS[name][0][0] for name in HOSTILE_TEXTS if name.startswith("full-width"))}
    unmarked = [cell.value for cell in cells if "s" == cell.data_type and not cell.quotePrefix]
    with zipfile.ZipFile(io.BytesIO(contents("hostile"))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    assert {"s", "n", "d"} == {cell.data_type for cell in cells}
    assert ([], 8) == ([cell for cell in cells if cell.hyperlink], len(signs))
    assert [] == [text for text in unmarked if text.lstrip()[:1] in signs or text[0] in "\t\n"]
    assert [] == [
        name for name, part in members.items() if re.search(rb"<f[ >/]|<hyperlink|TargetMode|externalLink", part)
    ]


def test_a_full_cell_is_cut_with_a_word_that_says_so() -> None:
    """An emoji counts twice in Excel, an escape is not cut in two, and what fits is whole."""
    whole, emoji, escapes = "x" * CELL_LIMIT, "\U0001f9ea" * 20_000, "_x003D_" * 4_000

    assert whole == for_cell(whole)
    for text in (emoji, escapes, whole + "x"):
        cut = for_cell(text)
        assert CELL_LIMIT >= len(cut.encode("utf-16-le")) // 2
        assert re.search(r"[x_\U0001f9ea] \[cut: .*csv export\]$", cut)
    for shift in range(len("_x005F_x003D_")):
        text = "y" * shift + escapes
        shown = for_cell(text).partition(" [cut: ")[0].replace("_x005F_", "_")
        assert text.startswith(shown)
    assert "a<U+D800>" == seen("a\ud800")
    assert for_page("y" * 20_001).endswith("y [cut: 1 more characters in the table]")


# ---- the tables for machines


@pytest.mark.parametrize("name", ["mini", "real"])
def test_numbers_of_the_tables_are_those_of_the_result_to_the_last_digit(packets: dict[str, Packet], name: str) -> None:
    """Votes, certainties, people and effects of each conclusion are the very digits of the result JSON."""
    packet, files = packets[name], tidy_files(packets[name])
    tables = {
        table: read(files, table)
        for table in ("conclusions", "votes", "bodies", "certainty", "outcomes", "flips", "reasons")
    }
    for summary in packet.summaries:
        result = summary.as_json()
        own = {
            t: [row for row in rows if result["conclusion_id"] == row["conclusion_id"]] for t, rows in tables.items()
        }
        (line,) = own["conclusions"]
        for key in ("verdict", "certainty", "certainty_judged_by", "verdict_rule", "fingerprint", "verdict_sentence"):
            assert written(result[key]) == line[key]
        for row, key in zip(own["votes"], ("votes", "direct_votes"), strict=True):
            assert {k: written(v) for k, v in result[key].items()} == {k: row[k] for k in result[key]}
        for row, body in zip(own["bodies"], result["outcomes"], strict=True):
            assert [written(body[k]) for k in ("domain", "participants", "certainty", "critical")] == [
                row[k] for k in ("domain", "participants", "certainty", "critical")
            ]
        assert [written(r["change"]) for b in result["outcomes"] for r in b["ratings"]] == [
            r["change"] for r in own["certainty"]
        ]
        assert result["discuss"] == [row["reason"] for row in own["reasons"]]
        assert [written(c["participants"]) for c in result["flip"]["changes"]] == [
            r["participants"] for r in own["flips"]
        ]
        effects = {
            row["outcome_id"]: {
                k: row[f"computed_{k}"] for k in ("measure", "estimate", "ci_low", "ci_high", "origin", "note")
            }
            for row in own["outcomes"]
            if row["computed_measure"]
        }
        assert {key: {k: written(v) for k, v in effect.items()} for key, effect in result["effects"].items()} == effects


@pytest.mark.parametrize("table", ["studies", "outcomes", "appraisals"])
def test_a_table_of_the_folder_comes_out_as_it_went_in(packets: dict[str, Packet], table: str) -> None:
    """Every cell of a cited row is, byte for byte, the cell of the review folder: 8.0 stays 8.0, and empty stays empty."""
    packet = packets["real"]
    with (packet.review.folder / f"evidence/{table}.csv").open(encoding="utf-8", newline="") as stream:
        source = list(csv.DictReader(stream))
    key = {"studies": ("study_id",), "outcomes": ("outcome_id",), "appraisals": ("study_id", "tool", "domain")}[table]
    known = {tuple(row[k] for k in key): row for row in source}
    found = read(tidy_files(packet), table)

    assert [] == [row for row in found if (old := known[tuple(row[k] for k in key)]) != {c: row[c] for c in old}]
    assert len(known) // 2 < len({tuple(row[k] for k in key) for row in found})


def test_pools_come_out_whole(pooled: Packet) -> None:
    """A pool has its members and each method with every number, and the one reported first is marked."""
    files = tidy_files(pooled)
    ways = read(files, "pooled")
    pools = [pool for summary in pooled.summaries for pool in summary.as_json()["pooled"] or ()]
    expected = [{k: written(v) for k, v in way.items()} for pool in pools for way in pool["others"]]

    assert expected == [{k: row[k] for k in expected[0]} for row in ways]
    assert len([pool for pool in pools if pool["main"]]) == len([row for row in ways if "true" == row["main"]])
    assert sum(len(pool["outcomes"]) for pool in pools) == len(read(files, "pool_members"))


@pytest.mark.long
@pytest.mark.parametrize("name", ["mini", "real", "pooled", "hostile"])
def test_the_tables_are_what_their_description_says(
    packets: dict[str, Packet], pooled: Packet, tmp_path: Path, name: str
) -> None:
    """Frictionless finds types, keys, references between tables and hashes as described, and every column explained."""
    from frictionless import Package, validate

    files = tidy_files(pooled if name == "pooled" else packets[name])
    put(files, tmp_path / "tables")
    report = validate(str(tmp_path / "tables" / PACKAGE))
    package = Package(str(tmp_path / "tables" / PACKAGE))

    assert (True, []) == (report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:5])
    assert set(files) == {PACKAGE, *(str(resource.path) for resource in package.resources)}
    assert [] == [f.name for r in package.resources for f in r.schema.fields if not f.description]
    assert all(b"\r\n" not in content and content.endswith(b"\n") for content in files.values())


def test_hostile_texts_are_exact_in_the_tables(packets: dict[str, Packet]) -> None:
    """In a file for machines, every free text of every table is the very text of the cell, unguarded and uncut."""
    files = tidy_files(packets["hostile"])
    free = free_columns((MINI / "evidence/datapackage.json").read_text(encoding="utf-8"))
    of = {"studies": ("study_id", "s-"), "outcomes": ("outcome_id", "o-"), "conclusions": ("conclusion_id", "c-")}
    for table, (key, lead) in of.items():
        rows = {row[key].removeprefix(lead): row for row in read(files, table) if row[key].startswith(lead)}
        columns = [column for column in free[table] if column in rows["formula"]]
        assert len(free[table]) == len(columns)
        assert [] == [
            (name, column)
            for name, (text, _shown) in HOSTILE_TEXTS.items()
            for column in columns
            if text != rows[name][column]
        ]


def test_a_folder_that_does_without_a_table_is_exported(project: Project) -> None:
    """Appraisals that a folder and its schema do not have leave a table without rows, and no traceback."""
    descriptor = project.path("evidence/datapackage.json")
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    package["resources"] = [each for each in package["resources"] if "appraisals" != each["name"]]
    descriptor.write_text(json.dumps(package), encoding="utf-8")
    project.path("evidence/appraisals.csv").unlink()
    packet = packet_of(project.review())

    assert [] == read(tidy_files(packet), "appraisals")
    assert b"PK" == workbook(packet)[:2]


def test_a_packet_of_some_conclusions_holds_no_other(mini: Review) -> None:
    """Named conclusions come alone: their studies, their references and the findings that concern them."""
    packet = packet_of(mini, ["humming-ear"])
    files = tidy_files(packet)
    concerned = [finding.message for finding in packet.audited.of("humming-ear")]

    assert ["humming-ear"] == [row["conclusion_id"] for row in read(files, "conclusions")]
    assert ([], []) == (read(files, "studies"), read(files, "references"))
    assert concerned == [row["message"] for row in read(files, "findings")]
    assert concerned


# ---- formats and what they need


@pytest.mark.parametrize("to", [Format.XLSX, Format.DOCX, Format.FHIR])
def test_a_missing_extra_is_one_sentence(
    packets: dict[str, Packet], monkeypatch: pytest.MonkeyPatch, to: Format
) -> None:
    """Where a format needs a package that is not installed, the sentence gives the command that installs it."""
    module, package = PACKAGES[to]
    for name in [name for name in sys.modules if name.partition(".")[0] == module or "weigh.exports.fhir" == name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(
        MissingExtraError,
        match=rf"needs the package {package}, which is not installed; run: \S+ -m pip install '{package}[<>=]",
    ):
        exported(packets["mini"], to)


def test_every_format_is_made_from_the_same_packet(mini: Review) -> None:
    """Each format gives a file of its kind."""
    packet = packet_of(mini, ["winter-gloom"])
    made = {to: exported(packet, to) for to in Format if to is not Format.PDF}

    assert (b"PK", b"PK") == (made[Format.XLSX][:2], made[Format.DOCX][:2])
    assert "Bundle" == json.loads(made[Format.FHIR])["resourceType"]
    assert PACKAGE in made[Format.CSV]


@pytest.mark.usefixtures("prints_pdf")
def test_the_pdf_is_made_from_the_same_packet(mini: Review) -> None:
    """The format that needs libraries of the system gives a file of its kind, too."""
    assert b"%PDF" == exported(packet_of(mini, ["winter-gloom"]), Format.PDF)[:4]


# ---- where an export goes


@pytest.mark.parametrize(
    ("name", "to", "word"),
    [
        ("folder", Format.XLSX, "is a folder, but xlsx is a single file"),
        ("packet.xlsx", Format.CSV, "is a file, but csv is a folder"),
        ("packet.xlsx", Format.DOCX, "must end in .docx"),
        ("link.xlsx", Format.XLSX, "is a link"),
        ("strangers", Format.CSV, "contains notes.csv, which weigh did not export"),
        ("review/evidence/studies.xlsx", Format.XLSX, "is inside the evidence folder"),
        ("review/evidence", Format.CSV, "is inside the evidence folder"),
    ],
)
def test_a_place_that_an_export_must_not_take_is_refused(
    project: Project, tmp_path: Path, name: str, to: Format, word: str
) -> None:
    """A wrong kind of place, a link, a folder with files of somebody and the evidence itself are refused in one sentence."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "packet.xlsx").write_bytes(b"old")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "packet.xlsx")
    put(
        {PACKAGE: b'{"made_by": "weigh 0", "resources": [{"path": "a.csv"}]}', "a.csv": b"", "notes.csv": b""},
        tmp_path / "strangers",
    )

    with pytest.raises(WeighError, match=word):
        refuse_unfit(tmp_path / name, to, project.folder)


def test_an_export_replaces_what_an_export_wrote(tmp_path: Path) -> None:
    """A new export takes the place of an old one as a whole, also where that had other tables; nothing is left beside."""
    out = tmp_path / "tables"
    old = {"gone.csv": b"", PACKAGE: b'{"made_by": "weigh 0.0.1", "resources": [{"path": "gone.csv"}]}'}
    put(old, out)
    refuse_unfit(out, Format.CSV, tmp_path)
    put({"new.csv": b"1"}, out)

    assert ["tables", "tables/new.csv"] == sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*"))


@pytest.mark.parametrize("content", [{"a.csv": b"new", "no/such/folder.csv": b""}, b"new"])
def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path, content: Any) -> None:
    """An export that fails half-way is one sentence, leaves the old one whole and nothing beside it."""
    out = tmp_path / ("f" * 256)  # longer than a name may be
    if isinstance(content, dict):
        out = tmp_path / "tables"
        put({"a.csv": b"old"}, out)
    before = sorted(str(p) for p in tmp_path.rglob("*"))

    with pytest.raises(WeighError, match=r"cannot be written \(.*\); choose another destination with --out"):
        put(content, out)
    assert before == sorted(str(p) for p in tmp_path.rglob("*"))
    assert [b"old"] * (len(before) // 2) == [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]


# ---- the command


def test_export_writes_a_file_and_says_so(run_weigh: RunWeigh, tmp_path: Path, packets: dict[str, Packet]) -> None:
    """The command writes what the package gives, into a new folder too, and prints one line."""
    done = run_weigh("--review", MINI, "export", "--to", "xlsx", "--out", "new/packet.xlsx", cwd=tmp_path)

    assert (0, "new/packet.xlsx: 4 conclusions as xlsx\n", "") == (done.returncode, done.stdout, done.stderr)
    assert workbook(packets["mini"]) == (tmp_path / "new/packet.xlsx").read_bytes()


def test_export_of_tables_is_a_folder(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """For csv the place is a folder; named conclusions come alone."""
    done = run_weigh("--review", MINI, "export", "brisk-elbow", "--to", "csv", "--out", tmp_path / "tables")

    assert (0, "") == (done.returncode, done.stderr)
    assert f"{tmp_path / 'tables'}: 1 conclusion as csv in 16 files\n" == done.stdout
    assert ["tables"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["brisk-elbo", "--to", "xlsx", "--out", "packet.xlsx"], "did you mean brisk-elbow?"),
        (["--to", "xlsx", "--out", "file/packet.xlsx"], "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    run_weigh: RunWeigh, tmp_path: Path, arguments: list[str], word: str
) -> None:
    """A wrong id or place gives exit code 2 and one sentence; nothing is written."""
    (tmp_path / "file").write_bytes(b"old")
    done = run_weigh("--review", MINI, "export", *arguments, cwd=tmp_path)

    assert (2, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert word in done.stderr
    assert [(tmp_path / "file")] == list(tmp_path.iterdir())


def test_an_unknown_conclusion_is_refused(mini: Review) -> None:
    """A packet names the nearest id."""
    with pytest.raises(NotFoundError, match="did you mean humming-ear"):
        packet_of(mini, ["humming-eer"])
