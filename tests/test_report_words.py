"""Sentences that several readers share are written once: notebooks, pages, the terminal and documents print the same."""

from __future__ import annotations

import html
import json
import re

import pytest
from conftest import ROOT

from weigh.display.conclusion import show_header, show_outcomes
from weigh.evidence.vocabulary import Position
from weigh.summary.conclusion import Summary
from weigh.wording import report_words

SENTENCES = {name: getattr(report_words, name) for name in report_words.__all__ if name.isupper()}


def words_of(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every other module and every template, on one line each."""
    folder = ROOT / "src" / "weigh"
    files = [path for kind in ("*.py", "*.j2") for path in folder.rglob(kind) if path.name != "report_words.py"]
    return {str(path.relative_to(folder)): " ".join(path.read_text(encoding="utf-8").split()) for path in files}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_shared_sentence_is_written_once(name: str, texts: dict[str, str]) -> None:
    """No template and no other module repeats a shared sentence."""
    assert len(texts) > 100
    assert [] == [path for path, text in texts.items() if SENTENCES[name] in text]


def test_the_notebook_states_the_limits_of_a_verdict_in_the_words_of_the_packet() -> None:
    """The limits of a verdict read the same in the notebook as in the packets."""
    cells = json.loads((ROOT / "notebooks" / "conclusion.ipynb").read_text(encoding="utf-8"))["cells"]
    prose = {cell["id"]: "".join(cell["source"]) for cell in cells}

    assert report_words.LIMITS in prose["swim-prose"]


def test_a_header_names_codes_and_narrower_conclusions(mini_summaries: dict[str, Summary]) -> None:
    """A header states where a conclusion comes from, what it includes, and its codes, covered or denied."""
    for summary in mini_summaries.values():
        shown = words_of(show_header(summary).html)
        codes = report_words.codes_words(summary.dossier)
        covered = summary.dossier.conclusion.position is Position.MEDICALLY_NECESSARY

        assert report_words.basis_words(summary.dossier) in shown
        assert " ".join(codes.split()) in shown
        assert all(code.label in codes for code in summary.dossier.codes)
        assert not summary.dossier.codes or covered == codes.startswith("Codes covered if the criteria are met")
        assert all(narrower.condition in shown for narrower in summary.dossier.narrower)


def test_the_certainty_as_a_whole_names_its_judge(summaries: dict[str, Summary]) -> None:
    """The line on certainty gives the level and the reason, and names the committee only if it has judged."""
    for summary in summaries.values():
        line = report_words.overall_certainty(summary.judgement)

        assert summary.judgement.assessment.reason in line
        assert summary.judgement.confirmed == ("judged by the committee" in line)
        assert " ".join(line.split()) in words_of(show_outcomes(summary).html)
