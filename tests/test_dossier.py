"""A dossier contains all evidence on its conclusion, each study once, and nothing else."""

from __future__ import annotations

import pytest
from conftest import CITATIONS, CONCLUSIONS, Project

from weigh.assessment.dossier import Dossier, gather
from weigh.errors import NotFoundError
from weigh.evidence.review import Review


def studies_of(dossier: Dossier) -> list[str]:
    return [item.study.study_id for item in dossier.evidence]


def test_studies_come_in_the_order_of_the_text(mini: Review) -> None:
    """The studies of a conclusion are in the order of citation."""
    assert ["ardenwood-2011", "birchmere-2014", "cloudesley-2009"] == studies_of(gather(mini, "brisk-elbow"))


def test_two_reports_are_one_study(mini: Review) -> None:
    """A study cited through two reports appears once, with both citations and both reports."""
    (item,) = (item for item in gather(mini, "brisk-elbow").evidence if "birchmere-2014" == item.study.study_id)

    assert ["c02", "c03"] == [citation.citation_id for citation in item.citations]
    assert ["birchmere2014", "birchmere2016"] == [report.key for report in item.reports]


def test_a_report_that_is_not_cited_belongs_to_its_study(project: Project) -> None:
    """A study brings all its reports, even if the guideline cites only one of them."""
    project.change(CITATIONS, 4, "conclusion_id", "winter-gloom")
    (item,) = (i for i in gather(project.review(), "brisk-elbow").evidence if "birchmere-2014" == i.study.study_id)

    assert ["birchmere2014", "birchmere2016"] == [report.key for report in item.reports]
    assert ["c02"] == [citation.citation_id for citation in item.citations]


def test_a_study_brings_its_outcomes_and_appraisals(mini: Review) -> None:
    """A dossier contains everything that the review holds on a study, and nothing of other studies."""
    item = gather(mini, "brisk-elbow").evidence[0]

    assert [f"ardenwood-2011-0{number}" for number in (1, 2, 3, 4)] == [o.outcome_id for o in item.outcomes]
    assert (11, {"ardenwood-2011"}) == (len(item.appraisals), {a.study_id for a in item.appraisals})


def test_a_wider_conclusion_takes_in_the_narrower_ones(mini: Review) -> None:
    """The dossier of a parent contains the evidence of its children."""
    dossier = gather(mini, "stiff-joints")

    assert ["brisk-elbow"] == [conclusion.conclusion_id for conclusion in dossier.narrower]
    assert ["ardenwood-2011", "birchmere-2014", "cloudesley-2009", "dovermoor-2013"] == studies_of(dossier)
    assert ["greenway-2018"] == [candidate.candidate_id for candidate in dossier.candidates]


def test_a_narrower_conclusion_takes_nothing_from_its_parent(mini: Review) -> None:
    """Evidence cited for a wider indication does not count for a narrower one."""
    assert "dovermoor-2013" not in studies_of(gather(mini, "brisk-elbow"))


def test_a_conclusion_takes_in_grandchildren(project: Project) -> None:
    """A chain of parents is followed to its end, and a study reached in two ways appears once."""
    project.change(CONCLUSIONS, 4, "parent_id", "winter-gloom")
    dossier = gather(project.review(), "winter-gloom")

    assert ["stiff-joints", "brisk-elbow"] == [conclusion.conclusion_id for conclusion in dossier.narrower]
    assert 6 == len(set(studies_of(dossier))) == len(studies_of(dossier))


def test_background_stands_apart(project: Project) -> None:
    """A study cited only as background is not evidence for or against."""
    project.change(CITATIONS, 8, "stance", "background")
    dossier = gather(project.review(), "winter-gloom")

    assert ["elmsworth-2008"] == studies_of(dossier)
    assert ["fernhollow-2017"] == [item.study.study_id for item in dossier.background]


def test_one_use_as_evidence_is_enough(project: Project) -> None:
    """A study cited both as background and against is evidence."""
    project.change(CITATIONS, 3, "stance", "background")

    assert "birchmere-2014" in studies_of(gather(project.review(), "brisk-elbow"))


def test_a_citation_of_no_entry_is_kept(mini: Review) -> None:
    """A citation that does not identify an entry is kept and shown as such."""
    dossier = gather(mini, "winter-gloom")

    assert ["c09"] == [citation.citation_id for citation in dossier.unresolved]
    assert "c09" in [citation.citation_id for citation in dossier.citations]


def test_a_reference_that_reports_no_study_is_listed(mini: Review) -> None:
    """A cited web page appears among the references, although it is not a study."""
    keys = [reference.key for reference in gather(mini, "winter-gloom").references]

    assert ["elmsworth2008", "fernhollow2017", "lampoffice2020"] == keys


def test_every_citation_of_the_fictional_review_is_in_a_dossier(mini: Review) -> None:
    """Every citation belongs to a conclusion."""
    gathered = {citation for conclusion in mini.conclusions for citation in gather(mini, conclusion).citations}

    assert set(mini.citations) == gathered


def test_codes_are_those_of_the_conclusion(mini: Review) -> None:
    """A code of the whole guideline is in no dossier; a code of a conclusion is in its own."""
    codes = {conclusion: [code.row_id for code in gather(mini, conclusion).codes] for conclusion in mini.conclusions}

    assert {"brisk-elbow": [], "stiff-joints": [], "humming-ear": ["nmn-1"], "winter-gloom": ["mn-2"]} == codes


def test_certainty_is_judged_for_a_conclusion_alone(project: Project) -> None:
    """A judgement on a narrower conclusion does not apply to the wider one."""
    project.change("evidence/certainty.csv", 2, "conclusion_id", "brisk-elbow")
    review = project.review()

    assert 1 == len(gather(review, "brisk-elbow").certainty)
    assert () == gather(review, "stiff-joints").certainty


def test_a_conclusion_without_citations_has_an_empty_dossier(mini: Review) -> None:
    """A conclusion found only in the code table has its code and nothing more."""
    dossier = gather(mini, "humming-ear")

    assert ((), (), (), ()) == (dossier.evidence, dossier.background, dossier.citations, dossier.references)


def test_an_unknown_conclusion_has_no_dossier(mini: Review) -> None:
    """A dossier is never created for an unknown id."""
    with pytest.raises(NotFoundError, match=r"did you mean brisk-elbow\?"):
        gather(mini, "brisk_elbow")
