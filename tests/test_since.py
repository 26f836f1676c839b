"""What is newer than the last review: by candidates, references and the committee's own judgements, never by guess."""

from __future__ import annotations

import pytest
from conftest import Project

from weigh.display.conclusion import show_since
from weigh.evidence.review import Review, load_review
from weigh.summary.conclusion import summarise
from weigh.wording import report_words


def since(project: Project, name: str) -> tuple[str, ...]:
    return summarise(name, load_review(project.folder)).since


def add_candidate(project: Project, year: str, direction: str = "") -> None:
    project.add(
        "evidence/candidates.csv",
        candidate_id="zz-new",
        conclusion_id="brisk-elbow",
        citation="Newell, warm light",
        year=year,
        design="randomised_trial",
        direction=direction,
        extraction="unverified",
        source="a letter",
    )


@pytest.mark.parametrize(
    ("ahead", "direction", "words"),
    [
        (0, "", "was published in the year of the last review and is not cited (direction not known)"),
        (1, "favours_intervention", "and is not cited (favours "),
    ],
)
def test_a_newer_study_is_named(project: Project, mini: Review, ahead: int, direction: str, words: str) -> None:
    """A known study of the year of the last review, or a later one, is named with its direction."""
    add_candidate(project, str(mini.guideline.last_review_date.year + ahead), direction)
    found = since(project, "brisk-elbow")

    assert 1 == len(found)
    assert found[0].startswith("Newell, warm light was published in ")
    assert words in found[0]


@pytest.mark.parametrize("year", ["", "1999"])
def test_an_older_or_undated_study_is_not(project: Project, year: str) -> None:
    """A study from before the review, or one whose year nobody saw, is not said to be new."""
    add_candidate(project, year)

    assert () == since(project, "brisk-elbow")


def test_a_reference_from_after_the_review_is_named(project: Project, mini: Review) -> None:
    """A cited reference that appeared later than the review is an oddity that a member should see."""
    year = mini.guideline.last_review_date.year + 1
    project.replace("references.bib", "year = {2011}", f"year = {{{year}}}")
    found = since(project, "brisk-elbow")

    assert any(sentence.endswith(f"is cited and was published in {year}.") for sentence in found)


def test_nothing_newer_is_said_as_such(mini: Review) -> None:
    """Where nothing is newer, that is said of the folder, not of the world."""
    shown = show_since(summarise("humming-ear", mini))

    assert "Nothing in this review folder is dated later than the last review" in shown.text
    assert report_words.NOT_SEARCHED in shown.html


def test_the_real_review(real: Review) -> None:
    """One study of the year of the last review is known and not cited."""
    newer = {name: summarise(name, real).since for name in real.conclusions}

    assert {"carpal-tunnel-syndrome"} == {name for name, found in newer.items() if found}
    assert newer["carpal-tunnel-syndrome"][0].startswith("Martin-Vega 2023")
