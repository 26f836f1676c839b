"""A summary says of a conclusion all that the folder holds, once, with a fingerprint of what it rests on."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from typing import Any

import pytest
from conftest import CITATIONS, GUIDELINE, OUTCOMES, STUDIES, Project

from weigh.audit.audit import audit
from weigh.display.show import parts, show
from weigh.errors import NotFoundError
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Verdict
from weigh.summary.conclusion import Point, Summary, remember, summarise
from weigh.summary.overview import NEED_FOR_DISCUSSION, overview

Summaries = dict[str, Summary]

#: What other programs read of a result; more may stand beside it.
CONTRACT = {
    "conclusion_id",
    "position",
    "condition",
    "verdict",
    "certainty",
    "votes",
    "studies",
    "citations",
    "pooled",
    "flip",
    "findings",
    "not_verified",
    "fingerprint",
}
VOTES = {
    "favours_intervention",
    "favours_comparator",
    "no_clear_direction",
    "k",
    "proportion",
    "ci_low",
    "ci_high",
    "exact_low",
    "exact_high",
    "p_value",
    "enough_studies",
}


def names(points: tuple[Point, ...]) -> list[str]:
    return [point.name for point in points]


# ---- the case for and against


def test_a_summary_that_a_run_made_is_given_for_its_own_review_only(project: Project) -> None:
    """What a run has summarised is not made again, unless the review, or its audit, is another one."""
    review = project.review()
    audited = audit(review)
    made = {"humming-ear": summarise("humming-ear", review, audited)}
    remember(review, audited, made)
    other = dataclasses.replace(review)

    assert made["humming-ear"] is summarise("humming-ear", review, audited)
    assert [False, False] == [
        made["humming-ear"] is summarise("humming-ear", *asked) for asked in ((other,), (review, audit(other)))
    ]
    assert made["humming-ear"] == summarise("humming-ear", other)
    assert "stiff-joints" == summarise("stiff-joints", review, audited).conclusion_id


def test_a_study_with_both_results_stands_on_both_sides(mini_summaries: Summaries) -> None:
    """Benefit early and none later is told for and against, each with its time."""
    summary = mini_summaries["brisk-elbow"]
    (against,) = (point for point in summary.speaks_against if "Ardenwood 2011" == point.name)
    (for_it,) = (point for point in summary.speaks_for if "Ardenwood 2011" == point.name)

    assert "2 days" in against.text
    assert "3 months" not in against.text
    assert "3 months" in for_it.text
    assert "2 days" not in for_it.text


def test_a_study_without_benefit_backs_a_denial(mini_summaries: Summaries) -> None:
    """No clear difference speaks for a denial, and not against it."""
    summary = mini_summaries["brisk-elbow"]

    assert "Birchmere 2014, 2016" in names(summary.speaks_for)
    assert "Birchmere 2014, 2016" not in names(summary.speaks_against)


def test_benefit_backs_a_coverage(mini_summaries: Summaries) -> None:
    """For a medically necessary conclusion the sides change places."""
    summary = mini_summaries["winter-gloom"]

    assert (["Fernhollow 2017"], []) == (names(summary.speaks_for), names(summary.speaks_against))


def test_improvement_without_a_comparison_is_shown_with_a_caveat(mini_summaries: Summaries) -> None:
    """What authors report as benefit is shown against a denial, and said to be without a comparison."""
    (point,) = (point for point in mini_summaries["stiff-joints"].speaks_against if "Dovermoor 2013" == point.name)

    assert "no comparison between arms" in point.caveat.casefold()
    assert "partly verified" in point.caveat.casefold()


def test_a_study_of_something_else_is_on_neither_side(mini_summaries: Summaries) -> None:
    """What does not test the intervention stands apart."""
    summary = mini_summaries["brisk-elbow"]

    assert ["Cloudesley 2009"] == names(summary.does_not_test)
    assert "Cloudesley 2009" not in names(summary.speaks_for) + names(summary.speaks_against)


def test_a_study_of_the_drug_only_says_so(mini_summaries: Summaries) -> None:
    """A point that rests on a study of something nearby carries that as a caveat."""
    (point,) = (point for point in mini_summaries["brisk-elbow"].speaks_for if "Birchmere" in point.name)

    assert "drug only" in point.caveat


def test_what_nobody_saw_is_listed(mini_summaries: Summaries) -> None:
    """A study whose record was not found is listed as not verified, and speaks on neither side."""
    summary = mini_summaries["winter-gloom"]

    assert ["Elmsworth 2008"] == names(summary.not_verified)
    assert "Elmsworth 2008" not in names(summary.speaks_for) + names(summary.speaks_against)


def test_every_study_with_a_vote_speaks(summaries: Summaries) -> None:
    """No study that votes is left out of what speaks for and against."""
    silent = {
        conclusion_id: [
            line.name
            for line in summary.studies
            if line.vote.direction and line.name not in names(summary.speaks_for) + names(summary.speaks_against)
        ]
        for conclusion_id, summary in summaries.items()
    }

    assert {} == {conclusion_id: lines for conclusion_id, lines in silent.items() if lines}


# ---- studies and references


def test_every_cited_study_has_a_line(summaries: Summaries) -> None:
    """Studies in = lines out, background included, each study once."""
    for summary in summaries.values():
        cited = [item.study.study_id for item in (*summary.dossier.evidence, *summary.dossier.background)]
        lines = [line.item.study.study_id for line in summary.studies]

        assert cited == lines
        assert len(lines) == len(set(lines))


def test_background_is_shown_and_does_not_vote(project: Project) -> None:
    """A study that is cited only to explain has a line that says so, and no vote."""
    project.change(CITATIONS, 8, "stance", "background")
    summary = summarise("winter-gloom", project.review())
    (line,) = (line for line in summary.studies if "Fernhollow 2017" == line.name)

    assert line.background
    assert "background" in line.vote_words
    assert 0 == summary.judgement.votes.k


def test_references_are_numbered_in_the_order_of_citation(mini_summaries: Summaries) -> None:
    """Each cited reference is there once, numbered from 1."""
    references = mini_summaries["stiff-joints"].references

    assert [1, 2, 3, 4, 5] == [reference.number for reference in references]
    assert ["ardenwood2011", "birchmere2014", "birchmere2016", "cloudesley2009", "dovermoor2013"] == [
        reference.key for reference in references
    ]


def test_a_reference_says_what_was_not_checked(mini_summaries: Summaries) -> None:
    """A field that was copied from the guideline's list is named beside the reference."""
    (reference,) = (r for r in mini_summaries["stiff-joints"].references if "dovermoor2013" == r.key)

    assert "volume" in reference.note


# ---- the result for other programs


@pytest.mark.parametrize("conclusion_id", ["brisk-elbow", "humming-ear", "stiff-joints", "winter-gloom"])
def test_a_result_holds_what_programs_read(mini_summaries: Summaries, conclusion_id: str) -> None:
    """The keys of the contract are there for every conclusion, in plain JSON."""
    result = mini_summaries[conclusion_id].as_json()

    assert set() == CONTRACT - result.keys()
    assert VOTES == result["votes"].keys()
    assert result == json.loads(json.dumps(result, allow_nan=False))


def test_a_result_counts_what_it_lists(summaries: Summaries) -> None:
    """The votes of a result equal the directions of its studies."""
    for summary in summaries.values():
        result: dict[str, Any] = summary.as_json()
        directions = [vote["direction"] for vote in result["study_votes"].values()]

        assert len(directions) - directions.count(None) == result["votes"]["k"]
        assert directions.count("favours_intervention") == result["votes"]["favours_intervention"]
        assert set() == set(result["study_votes"]) - set(result["studies"])
        assert set() == set(result["not_verified"]) - set(result["studies"])


def test_a_wider_result_lists_the_narrower_citations(mini_summaries: Summaries) -> None:
    """Citations of a narrower conclusion stand in the result of the wider one."""
    assert ["c01", "c02", "c03", "c04", "c05"] == mini_summaries["stiff-joints"].as_json()["citations"]


# ---- the fingerprint


def test_the_same_evidence_has_the_same_fingerprint(project: Project, mini_summaries: Summaries) -> None:
    """A fingerprint does not depend on the folder that the evidence lies in."""
    review = project.review()

    assert {key: summary.fingerprint for key, summary in mini_summaries.items()} == {
        key: summarise(key, review).fingerprint for key in review.conclusions
    }


def test_a_new_version_moves_no_stored_result(mini: Review, mini_summaries: Summaries) -> None:
    """A version number alone changes neither a result nor anything that a notebook stores."""
    code = (
        "import importlib.metadata as m; real = m.version\n"
        "m.version = lambda name: '99.0' if name == 'weigh' else real(name)\n"
        "from weigh import __version__, load_review, show, summarise; from weigh.display.show import parts\n"
        f"s = summarise('brisk-elbow', load_review({str(mini.folder)!r})); assert __version__ == '99.0'\n"
        "print(*(show(s, part).html for part in parts(s)), sep='\\n', end='')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    summary = mini_summaries["brisk-elbow"]

    assert "\n".join(show(summary, part).html for part in parts(summary)) == done.stdout


def test_a_row_that_moves_leaves_the_fingerprint(project: Project, mini_summaries: Summaries) -> None:
    """A row of another study above the cited ones changes nothing in what a page says."""
    header, *rows = project.rows(STUDIES)
    other = [cell.replace("cloudesley", "aaa") if "cloudesley" in cell else cell for cell in rows[2]]
    other[header.index("citation_keys")] = "aaa2000"
    project.write(STUDIES, [header, other, *rows])
    bib = project.path("references.bib")
    more = "\n@book{aaa2000,\n  author = {Aaa, B.},\n  title = {Lamps},\n  year = {2000},\n}\n"
    bib.write_text(bib.read_text(encoding="utf-8") + more, encoding="utf-8")

    assert mini_summaries["brisk-elbow"].fingerprint == summarise("brisk-elbow", project.review()).fingerprint


@pytest.mark.parametrize(
    "cell",
    [
        (OUTCOMES, 2, "p_value", "0.013"),
        (OUTCOMES, 2, "intervention_mean", "21.50"),
        (STUDIES, 2, "limits", "None."),
        (CITATIONS, 2, "cited_as", "Ardenwood, 2012"),
        ("evidence/conclusions.csv", 2, "statement", "Another statement."),
        ("evidence/appraisals.csv", 2, "judgement", "no"),
        ("evidence/candidates.csv", 2, "finding", "Something else."),
    ],
    ids=lambda cell: f"{cell[0].removeprefix('evidence/')}-{cell[2]}",
)
def test_a_cell_that_a_page_rests_on_changes_its_fingerprint(
    project: Project, mini_summaries: Summaries, cell: tuple[str, int, str, str]
) -> None:
    """Any cell of the evidence on a conclusion changes its fingerprint, and that of no other page."""
    project.change(*cell)
    review = project.review()
    changed = {
        key for key, summary in mini_summaries.items() if summary.fingerprint != summarise(key, review).fingerprint
    }

    assert {"brisk-elbow"} == changed - {"stiff-joints"}


def test_the_guidelines_own_facts_change_every_fingerprint(project: Project, mini_summaries: Summaries) -> None:
    """What a page says of the guideline, such as the date of its last review, is in the fingerprint too."""
    project.replace(GUIDELINE, "last_review_date = 2020-05-07", "last_review_date = 2021-05-07")
    review = project.review()

    assert [] == [
        key for key, summary in mini_summaries.items() if summary.fingerprint == summarise(key, review).fingerprint
    ]


# ---- all conclusions


def test_the_overview_puts_first_what_needs_discussion(real: Review) -> None:
    """Conclusions come in the order in which a member may want to look at them."""
    order = [NEED_FOR_DISCUSSION.index(summary.verdict) for summary in overview(real).lines]

    assert sorted(order) == order
    assert set(Verdict) == set(NEED_FOR_DISCUSSION)


def test_the_overview_counts_every_conclusion(real: Review) -> None:
    """Conclusions in = conclusions by verdict."""
    counted = overview(real).verdict_counts

    assert len(real.conclusions) == sum(counted.values())
    assert set(Verdict) == counted.keys()


def test_reasons_in_brief_hide_none_without_a_word(real: Review) -> None:
    """A list that is cut says how many reasons it left out."""
    for summary in overview(real).lines:
        left_out = len(summary.discuss) - 3
        brief = summary.discuss_in_brief

        assert summary.discuss[:3] == brief[:3]
        assert left_out <= 0 or str(left_out) in brief[-1]
        assert min(len(summary.discuss), 4) == len(brief)


def test_a_summary_says_what_it_is(mini_summaries: Summaries) -> None:
    """Shown in a notebook, a summary names its conclusion and its verdict."""
    assert "<Summary humming-ear: no_evidence, 0 studies>" == repr(mini_summaries["humming-ear"])


def test_an_unknown_conclusion_has_no_summary(mini: Review) -> None:
    """A misspelt id is refused with the one that was meant."""
    with pytest.raises(NotFoundError, match=r"did you mean humming-ear\?"):
        summarise("humming-eer", mini)
