"""What an object of weigh says of itself in a notebook and on a terminal, and the list to choose a conclusion from."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import CONCLUSIONS, MINI, OUTCOMES, Project

from weigh.assessment.dossier import gather
from weigh.audit.audit import audit
from weigh.display.choice import choose
from weigh.display.conclusion import show_header
from weigh.display.parts import shown_parts
from weigh.errors import NotFoundError
from weigh.evidence.review import TABLES, Review
from weigh.summary.conclusion import summarise
from weigh.summary.overview import overview

LONGEST = 98


def things(review: Review) -> Iterator[tuple[str, Any]]:
    """One object of each kind that a notebook may meet."""
    yield "review", review
    yield "guideline", review.guideline
    yield "reference", next(iter(review.references.values()))
    for name in TABLES:
        rows = getattr(review, name)
        if rows:
            yield name, next(iter(rows.values() if isinstance(rows, dict) else rows))
    found = audit(review)
    yield "audit", found
    yield "overview", overview(review, found)
    for name in review.conclusions:
        summary = summarise(name, review, found)
        yield f"summary {name}", summary
        yield f"dossier {name}", gather(review, name)
        for line in summary.studies:
            yield f"line {name}", line
            yield f"study {name}", line.item


@pytest.fixture(scope="module")
def mini_things(mini: Review) -> dict[str, Any]:
    return dict(things(mini))


def test_a_terminal_shows_one_short_line(mini_things: dict[str, Any]) -> None:
    """The repr of each object is one line that a screen holds, and begins with what the object is."""
    for name, thing in mini_things.items():
        said = repr(thing)
        assert said.startswith(f"<{type(thing).__name__} "), name
        assert len(said) <= LONGEST, name
        assert "\n" not in said, name


def test_a_notebook_shows_a_fragment(mini_things: dict[str, Any]) -> None:
    """Each object shows itself as HTML that brings its style along and leads to no page that is not there."""
    for name, thing in mini_things.items():
        html = thing._repr_html_()
        assert html.startswith("<style>"), name
        assert not re.search(r'href="(?!#|https?://)', html), name
        assert "object at 0x" not in html, name


def test_a_record_shows_every_cell(mini: Review) -> None:
    """A study says each of its cells, and where it stands in the table."""
    study = mini.studies["ardenwood-2011"]
    html = unescape(study._repr_html_())

    for said in (study.study_id, study.population, study.drug, study.finding, "evidence/studies.csv"):
        assert said in html


def test_markup_in_a_cell_is_text(project: Project) -> None:
    """What somebody writes into a cell does nothing in a notebook."""
    project.change(OUTCOMES, 2, "measure", "<img src=x onerror=alert(1)>")
    review = project.review()

    for thing in (review.outcomes[0], gather(review, "brisk-elbow"), summarise("brisk-elbow", review)):
        assert "<img" not in thing._repr_html_()
    assert "&lt;img" in review.outcomes[0]._repr_html_()


# ---- the list to choose from


@pytest.fixture
def in_mini(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MINI)


@pytest.mark.long
@pytest.mark.usefixtures("in_mini")
def test_the_list_shows_what_was_chosen() -> None:
    """Each conclusion can be chosen; what stands below is what the display functions show of it, and no other."""
    choice = choose()
    chooser, shown = choice._box.children
    names = dict(chooser.options)

    assert set(names.values()) == {line.conclusion_id for line in overview().lines}
    assert choice.conclusion_id == overview().lines[0].conclusion_id
    for conclusion_id in names.values():
        chooser.value = conclusion_id
        summary = summarise(conclusion_id)
        assert choice.conclusion_id == choice.summary.conclusion_id == conclusion_id
        assert shown.value.startswith(show_header(summary).html)
        for _part, part_shown in shown_parts(summary):
            assert part_shown.html in shown.value


@pytest.mark.usefixtures("in_mini")
def test_a_choice_is_three_things_at_once() -> None:
    """A list where it runs, a table where it is read, a line on a terminal; the last two are the same at each run."""
    first, second = (choose("stiff-joints")._repr_mimebundle_() for _ in range(2))

    assert "application/vnd.jupyter.widget-view+json" in first
    assert first["text/html"] == second["text/html"]
    assert first["text/plain"] == second["text/plain"]
    assert first["text/plain"].endswith("conclusions to choose from; chosen: stiff-joints")
    for line in overview().lines:
        assert f"<code>{line.conclusion_id}</code>" in first["text/html"]


@pytest.mark.usefixtures("in_mini")
def test_a_conclusion_that_is_not_there() -> None:
    """An unknown id is refused with the nearest one."""
    with pytest.raises(NotFoundError, match="stiff-joints"):
        choose("stif-joints")


def test_a_table_that_breaks_meanwhile_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that no longer fits its column shows the sentence in the place of the conclusion, as text."""
    monkeypatch.chdir(project.folder)
    choice = choose()
    chooser, shown = choice._box.children
    project.change(CONCLUSIONS, 2, "position", "<b>perhaps</b>")
    chooser.value = next(name for _label, name in chooser.options if name != choice.conclusion_id)

    assert shown.value.startswith('<p role="alert">')
    assert "conclusions.csv" in shown.value
    assert "<b>" not in shown.value


def test_without_ipywidgets_a_sentence_and_the_table(tmp_path: Path) -> None:
    """Where ipywidgets is missing, the cell says how to have it and how to go on without."""
    code = (
        "import sys; sys.modules['ipywidgets'] = None\n"
        "from weigh import choose\nbundle = choose()._repr_mimebundle_()\n"
        "print(sorted(bundle)); print(bundle['text/html'].partition('</style>')[2])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=MINI, capture_output=True, text=True, check=True, env={"HOME": str(tmp_path)}
    )
    kinds, _, html = done.stdout.partition("\n")

    assert "['text/html', 'text/plain']" == kinds
    assert "run: %pip install 'ipywidgets" in unescape(html)
    assert 'choose("' in unescape(html)
    assert "<code>stiff-joints</code>" in html
