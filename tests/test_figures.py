"""The figure shows every outcome of benefit, the same bytes each time, with a text that says what it shows."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from conftest import MINI

from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Contrast, Direction, Domain, Extraction
from weigh.figures import Drawing, effect_direction
from weigh.figures.look import DIRECTION_LOOK
from weigh.summary.conclusion import Summary

Summaries = dict[str, Summary]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(summary: Summary) -> Drawing:
    drawing = effect_direction(summary)
    assert drawing is not None
    return drawing


def texts(drawing: Drawing) -> list[str]:
    return ["".join(element.itertext()).strip() for element in ET.fromstring(drawing.svg).iter(f"{SVG}text")]


def ids(drawing: Drawing) -> list[str]:
    return re.findall(r'\bid="([^"]*)"', drawing.svg)


@pytest.fixture
def one_study(mini_summaries: Summaries) -> Callable[..., Summary]:
    """Make a summary of one study with given outcomes and name."""

    def make(outcomes: Sequence[Outcome], name: str = "Fernhollow 2017") -> Summary:
        summary = mini_summaries["winter-gloom"]
        (line,) = (line for line in summary.studies if line.item.study.study_id == "fernhollow-2017")
        item = dataclasses.replace(line.item, outcomes=tuple(outcomes))
        return dataclasses.replace(summary, studies=(dataclasses.replace(line, item=item, name=name),))

    return make


# ---- always the same


def test_two_drawings_are_the_same_bytes(summaries: Summaries) -> None:
    """Drawn twice, a figure does not differ in one byte."""
    assert effect_direction(summaries["epicondylitis"]) == effect_direction(summaries["epicondylitis"])


@pytest.mark.long
def test_another_process_draws_the_same_bytes(tmp_path: Path, mini_summaries: Summaries) -> None:
    """A figure does not depend on the process, its hash seed, its locale or its working folder."""
    code = (
        "import sys; from weigh.evidence.review import load_review; from weigh.summary.conclusion import summarise;"
        "from weigh.figures import effect_direction;"
        "sys.stdout.buffer.write(effect_direction(summarise('brisk-elbow', load_review(sys.argv[1]))).svg.encode())"
    )
    elsewhere = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, MINI], env=elsewhere, cwd=tmp_path, capture_output=True, check=True
    )

    assert drawn(mini_summaries["brisk-elbow"]).svg == done.stdout.decode("utf-8")


def test_a_figure_holds_no_date_and_no_tool(mini_summaries: Summaries) -> None:
    """Nothing in a figure tells when or with what it was drawn."""
    svg = drawn(mini_summaries["brisk-elbow"]).svg

    assert [] == re.findall(r"20\d\d-\d\d-\d\d|metadata|[Mm]atplotlib|<!--|<\?xml|<!DOCTYPE", svg)


# ---- fit to stand in a page


def test_every_figure_is_well_formed(summaries: Summaries) -> None:
    """The figures of all conclusions are XML that a browser reads."""
    for summary in summaries.values():
        drawing = effect_direction(summary)
        assert drawing is None or f"{SVG}svg" == ET.fromstring(drawing.svg).tag


@pytest.mark.long
def test_ids_are_unique_and_carry_the_conclusion(summaries: Summaries) -> None:
    """Figures may stand in one page: no id is there twice, and each names its conclusion."""
    drawings = {key: drawing for key, summary in summaries.items() if (drawing := effect_direction(summary))}
    every = [found for drawing in drawings.values() for found in ids(drawing)]

    assert len(every) == len(set(every))
    assert [] == [
        found for key, drawing in drawings.items() for found in ids(drawing) if f"direction-{key}-" not in found
    ]


def test_references_within_a_figure_resolve(summaries: Summaries) -> None:
    """What a figure points to inside itself is there, under the name that it points to."""
    drawing = drawn(summaries["epicondylitis"])
    targets = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', drawing.svg)

    assert targets
    assert set() == {one or other for one, other in targets} - set(ids(drawing))


def test_a_figure_loads_nothing(summaries: Summaries) -> None:
    """No figure fetches a font, an image or a script."""
    for summary in summaries.values():
        drawing = effect_direction(summary)
        if drawing:
            assert [] == re.findall(r'href="[^#"][^"]*"|url\([^#)][^)]*\)|<script|<image|\bon\w+=', drawing.svg)


def test_the_width_is_left_to_the_page(mini_summaries: Summaries) -> None:
    """A figure has a view box and no size of its own, so that it fits any screen."""
    root = ET.fromstring(drawn(mini_summaries["brisk-elbow"]).svg)

    assert "viewBox" in root.attrib
    assert [] == [size for size in ("width", "height") if size in root.attrib]


# ---- what is drawn


def test_every_study_with_an_outcome_has_a_row(summaries: Summaries) -> None:
    """Each cited study with an outcome of benefit is named in the figure, as far as its name fits."""
    for summary in summaries.values():
        with_outcomes = [
            line.name
            for line in summary.studies
            if any(o.domain not in (Domain.HARM, Domain.PROCESS, Domain.LABORATORY) for o in line.item.outcomes)
        ]
        drawing = effect_direction(summary)
        labels = texts(drawing) if drawing else []

        assert [] == [
            name for name in with_outcomes if not any(label and name.startswith(label.rstrip("…")) for label in labels)
        ]


def test_a_conclusion_without_outcomes_has_no_figure(mini_summaries: Summaries) -> None:
    """Where there is nothing to draw, there is no empty figure."""
    assert effect_direction(mini_summaries["humming-ear"]) is None


def test_harms_and_procedures_are_not_drawn(one_study: Callable[..., Summary], outcome: Callable[..., Outcome]) -> None:
    """A harm is no benefit that points the other way."""
    assert effect_direction(one_study([outcome(domain=Domain.HARM), outcome(domain=Domain.PROCESS)])) is None


@pytest.mark.parametrize("direction", Direction)
def test_each_direction_has_its_colour(
    one_study: Callable[..., Summary], outcome: Callable[..., Outcome], direction: Direction
) -> None:
    """The mark of a direction is drawn in the colour of the legend."""
    assert DIRECTION_LOOK[direction].colour in drawn(one_study([outcome(direction=direction)])).svg


def test_an_outcome_that_nobody_saw_is_a_question_mark(
    one_study: Callable[..., Summary], outcome: Callable[..., Outcome]
) -> None:
    """What was not verified is drawn as such and not as a direction, in the picture and in the text."""
    drawing = drawn(one_study([outcome(extraction=Extraction.UNVERIFIED)]))

    assert "?" in texts(drawing)
    assert "not verified" in drawing.alternative
    assert "favours" not in drawing.alternative


def test_a_change_within_one_arm_is_told_apart(
    one_study: Callable[..., Summary], outcome: Callable[..., Outcome]
) -> None:
    """A change without a comparison is another mark than a comparison, and the text says so."""
    between, within = (drawn(one_study([outcome(contrast=contrast)])) for contrast in Contrast)

    assert between.svg != within.svg
    assert "without a comparison" in within.alternative
    assert "without a comparison" not in between.alternative


def test_results_that_differ_at_one_time_are_both_drawn(
    one_study: Callable[..., Summary], outcome: Callable[..., Outcome]
) -> None:
    """A benefit and no difference at the same time stand beside each other."""
    sides = (Direction.FAVOURS_INTERVENTION, Direction.NO_CLEAR_DIRECTION)
    alternative = drawn(one_study([outcome(direction=direction) for direction in sides])).alternative

    assert [] == [words for words in ("favours warm light", "no clear direction") if words not in alternative]


# ---- the text alternative


def test_the_text_names_each_study_and_each_time(mini_summaries: Summaries) -> None:
    """Whoever cannot see the figure reads each study with its outcomes, times and directions."""
    alternative = drawn(mini_summaries["stiff-joints"]).alternative
    expected = [
        "Ardenwood 2011",
        "Birchmere 2014, 2016",
        "Dovermoor 2013",
        "pain (2 days): favours warm light",
        "pain (3 months): no clear direction",
        "function (1 year): no clear direction",
        "motion (after the last session): favours warm light, without a comparison",
    ]

    assert [] == [part for part in expected if part not in alternative]


def test_the_text_names_each_real_study(summaries: Summaries) -> None:
    """No study that is drawn goes unnamed in the text."""
    for summary in summaries.values():
        drawing = effect_direction(summary)
        if drawing:
            labels = [label.rstrip("…") for label in texts(drawing)]
            names = [line.name for line in summary.studies if line.name in labels]
            assert [] == [name for name in names if name not in drawing.alternative]


# ---- names that are not plain


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "A & B 2001",
        '"quoted" 2001',
        "Kűmpfel 2001",
        "A_b^c 2001",
        "The $5 and $6 Group",
        "$x$",
    ],
)
def test_a_name_is_drawn_as_it_stands(
    one_study: Callable[..., Summary], outcome: Callable[..., Outcome], name: str
) -> None:
    """A name is text, whatever signs it holds: no markup and no formula."""
    drawing = drawn(one_study([outcome()], name=name))

    assert name in texts(drawing)
    assert "<script" not in drawing.svg


def test_many_domains_and_long_words_fit(one_study: Callable[..., Summary], outcome: Callable[..., Outcome]) -> None:
    """A study with an outcome in every domain of benefit has a column for each."""
    domains = [domain for domain in Domain if domain not in (Domain.HARM, Domain.PROCESS, Domain.LABORATORY)]
    drawing = drawn(one_study([outcome(domain=domain) for domain in domains]))
    words: Any = " ".join(texts(drawing))

    assert [] == [domain for domain in domains if any(word not in words for word in domain.value.split("_"))]
