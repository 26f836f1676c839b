"""One outcome is printed alike by a page, a notebook, the terminal, a document and a workbook, with all its figures."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from conftest import MINI, OUTCOMES, ROOT, Project, RunWeigh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weigh.display.conclusion import show_cards
from weigh.evidence.model import Outcome
from weigh.exports.document import document
from weigh.exports.packet import Packet, packet_of
from weigh.exports.workbook import workbook
from weigh.pages.studies import study_entries, study_page
from weigh.text.numbers import printed
from weigh.wording.outcomes import figures_of, result_words

#: A study of this conclusion of the fictional review gets the outcomes of a test.
STUDY, CONCLUSION = "fernhollow-2017", "winter-gloom"
Row = Mapping[str, str]
Surfaces = Callable[[Sequence[Row]], tuple[Packet, dict[str, str], list[dict[str, Any]]]]


def flat(text: str) -> str:
    return " ".join(text.split())


def text_of(page: str) -> str:
    """What a reader sees of a page."""
    return flat(
        html.unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)))
    )


def document_text(content: bytes) -> str:
    paper = docx.Document(io.BytesIO(content))
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return flat(" ".join([*(paragraph.text for paragraph in paper.paragraphs), *cells]))


def sheet_rows(content: bytes) -> Iterator[dict[str, Any]]:
    heads, *rows = openpyxl.load_workbook(io.BytesIO(content))["Outcomes"].iter_rows(values_only=True)
    for row in rows:
        yield dict(zip(heads, row, strict=True))


@pytest.fixture(scope="module")
def surfaces(tmp_path_factory: pytest.TempPathFactory, run_weigh: RunWeigh) -> Surfaces:
    """Write rows into the table of outcomes of a folder, and read what each surface prints of them."""
    project = Project(Path(shutil.copytree(MINI, tmp_path_factory.mktemp("surfaces") / "review")))
    heads = project.rows(OUTCOMES)[0]

    def printed_by(rows: Sequence[Row]) -> tuple[Packet, dict[str, str], list[dict[str, Any]]]:
        project.write(OUTCOMES, [heads, *([row.get(head, "") for head in heads] for row in rows)])
        packet = packet_of(project.review(), [CONCLUSION])
        (summary,) = packet.summaries
        (entry,) = (each for each in study_entries(packet.summaries) if STUDY == each.study_id)
        shown = run_weigh("--review", project.folder, "show", CONCLUSION)
        assert 0 == shown.returncode, shown.stderr
        texts = {
            "page": text_of(study_page(entry, packet.review.guideline)),
            "notebook": flat(show_cards(summary).text),
            "notebook, HTML": text_of(show_cards(summary).html),
            "weigh show": flat(shown.stdout),
            "docx": document_text(document(packet)),
        }
        return packet, texts, list(sheet_rows(workbook(packet)))

    return printed_by


def assert_alike(outcomes: Sequence[Outcome], texts: Mapping[str, str], sheet: Sequence[Mapping[str, Any]]) -> None:
    """Arms, effect with interval and p are the same strings on each surface; running text is the same phrase."""
    by_id = {row["Outcome id"]: row for row in sheet}
    for outcome in outcomes:
        figures, row = figures_of(outcome), by_id[outcome.outcome_id]
        parts = [figures.intervention, figures.comparator, figures.effect, figures.calculated, figures.p]
        heads = ("Intervention arm", "Comparator arm", "Effect", "Calculated effect", "p")

        assert [part or None for part in parts] == [row[head] for head in heads]
        for surface in ("page", "notebook, HTML"):
            assert [] == [part for part in parts if part not in texts[surface]], surface
        for surface in ("notebook", "weigh show", "docx"):
            assert flat(result_words(outcome)).partition(" (")[2] in texts[surface], surface


def assert_complete(outcome: Outcome) -> None:
    """No figure of the row is missing from its words, and no minus sign is a hyphen."""
    figures = figures_of(outcome)
    words = " ".join((figures.intervention, figures.comparator, figures.effect, figures.p))
    numbers = set(re.findall(r"−?[0-9]+(?:\.[0-9]+)?", words))
    named = [
        f"{arm}_{name}" for arm in ("intervention", "comparator") for name in ("n", "mean", "sd", "events", "percent")
    ]
    values = [getattr(outcome, name) for name in (*named, "effect", "ci_low", "ci_high")]
    values.append(outcome.p_value.value if outcome.p_value else None)

    assert [] == [value for value in values if value is not None and printed(value) not in numbers]
    assert None is re.search(r"-\d", f"{words} {figures.calculated}")


def real_rows() -> list[Row]:
    """The rows of the real review, all as results of one study."""
    with (ROOT / OUTCOMES).open(encoding="utf-8", newline="") as stream:
        return [row | {"study_id": STUDY, "pool": ""} for row in csv.DictReader(stream)]


@pytest.mark.long
def test_every_real_outcome_is_printed_alike(surfaces: Surfaces) -> None:
    """All outcomes of the real review, given to one study, are printed by the five surfaces in the same words."""
    rows = real_rows()
    packet, texts, sheet = surfaces(rows)

    assert [row["outcome_id"] for row in rows] == [outcome.outcome_id for outcome in packet.review.outcomes]
    assert_alike(packet.review.outcomes, texts, sheet)
    for outcome in packet.review.outcomes:
        assert_complete(outcome)


counts = st.integers(0, 900).map(str)
decimals = st.decimals(-99, 99, places=2).map(str) | st.decimals(-999, 999, places=0).map(str)
shares = st.decimals(0, 100, places=1).map(str)
UNITS = [
    "",
    "mm",
    "%",
    "points",
    "0-1 scale",
    "pain score",
    "range of motion",
    "ms (the abstract prints m/s)",
    "<b>cm</b>",
]
PS = ["", "NS", "<0.001", "0.012", ".05", ">0.2", "0.000", "0.650", "<.0001"]


@st.composite
def arms(draw: st.DrawFn, arm: str) -> dict[str, str]:
    """The cells of one arm: events within n, a mean with or without SD, a percentage, or nothing."""
    n = draw(st.integers(1, 900))
    cells = {
        "n": str(n),
        "events": str(draw(st.integers(0, n))),
        "mean": draw(decimals),
        "sd": draw(st.decimals("0.01", 99, places=2).map(str)),
        "percent": draw(shares),
    }
    kept = draw(st.sets(st.sampled_from(sorted(cells)), max_size=4))
    if "sd" in kept and "mean" not in kept:
        kept = kept - {"sd"}
    return {f"{arm}_{name}": cells[name] for name in sorted(kept)}


@st.composite
def outcome_rows(draw: st.DrawFn) -> dict[str, str]:
    """A row that the tables accept, with figures in any combination."""
    low, effect, high = sorted((draw(decimals) for _ in range(3)), key=Decimal)
    reported = {"effect_measure": draw(st.sampled_from(["MD", "SMD", "RD"])), "effect": effect}
    limits = {"ci_low": low, "ci_high": high}
    return {
        **draw(arms("intervention")),
        **draw(arms("comparator")),
        **draw(st.sampled_from([{}, reported, reported | limits, reported | limits, limits])),
        "unit": draw(st.sampled_from(UNITS)),
        "p_value": draw(st.sampled_from(PS)),
        "direction": draw(st.sampled_from(["favours_intervention", "no_clear_direction"])),
        "contrast": draw(st.sampled_from(["between_arms", "within_arm"])),
        "domain": draw(st.sampled_from(["pain", "function", "harm"])),
        "timepoint": draw(st.sampled_from(["", "4 weeks"])),
    }


@pytest.mark.long
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])  # each writes a document and runs a command
@given(rows=st.lists(outcome_rows(), min_size=8, max_size=12))
def test_any_outcome_is_printed_alike(surfaces: Surfaces, rows: list[dict[str, str]]) -> None:
    """Whatever a row holds, the five surfaces print the same strings, none of its figures is lost, and no number is raw."""
    fixed = {"study_id": STUDY, "source": "doi:10.0/0; abstract", "extraction": "verified"}
    named = [
        row | fixed | {"outcome_id": f"{STUDY}-{number:02}", "measure": f"measure {number}"}
        for number, row in enumerate(rows, 1)
    ]
    packet, texts, sheet = surfaces(named)

    assert len(named) == len(packet.review.outcomes)
    assert_alike(packet.review.outcomes, texts, sheet)


@given(row=outcome_rows())
def test_no_figure_of_an_outcome_is_lost(outcome: Callable[..., Outcome], row: dict[str, str]) -> None:
    """Each figure of a row is in its words, with a true minus sign."""
    numeric = {f.name for f in dataclasses.fields(Outcome) if "Decimal" in str(f.type)}
    figures: dict[str, Any] = {
        name: Decimal(value) if name in numeric else int(value)
        for name, value in row.items()
        if name in numeric or name.endswith(("_n", "_events"))
    }
    bare = dict.fromkeys((*numeric, "intervention_n", "intervention_events", "comparator_n", "comparator_events"))
    words = {
        "effect_measure": row.get("effect_measure"),
        "unit": row["unit"] or None,
        "p_value": row["p_value"] or None,
    }

    assert_complete(outcome(**(bare | figures | words)))
