"""Changes between two states of a review and their causes: from a table cell to the sentence that a reviewer reads."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import BIBLIOGRAPHY, CITATIONS, GUIDELINE, MINI, OUTCOMES, ROOT, STUDIES, Project, RunWeigh
from hypothesis import given
from hypothesis import strategies as st

from weigh.audit.audit import Audit, audit
from weigh.changes.compare import Changes, compare
from weigh.changes.findings import Fate
from weigh.changes.history import DRAFT, history_csv, history_row
from weigh.changes.reasons import DECIDING
from weigh.changes.rows import RowChangeKind
from weigh.changes.state import State, state_of
from weigh.changes.state_rows import Row, rows_of
from weigh.changes.words import brief, changes_markdown, changes_text
from weigh.display.changes import show_changes, show_history, show_moves, show_rows
from weigh.errors import NotFoundError, ReviewNotFoundError, WeighError
from weigh.evidence.model import HistoryRow
from weigh.evidence.review import TABLES, Review, load_review
from weigh.evidence.vocabulary import Contrast, Design, Direction, Domain, Extraction, Fit, Position, Stance
from weigh.render.states import changes_between, state_at

APPRAISALS = "evidence/appraisals.csv"
CERTAINTY = "evidence/certainty.csv"
CODES = "evidence/codes.csv"
NOTICES = "evidence/notices.csv"
UNAUDITED = Audit(open=(), accepted=())
Why = list[tuple[str, str, list[str]]]


def state(project: Project) -> State:
    review = project.review()
    return state_of(review, audit(review))


@pytest.fixture
def changed(project: Project) -> Callable[[Callable[[Project], object]], Changes]:
    """Return the changes made to the fictional review by an edit."""

    def change(act: Callable[[Project], object]) -> Changes:
        before = state(project)
        act(project)
        return compare(before, state(project))

    return change


Changed = Callable[[Callable[[Project], object]], Changes]


def why(changes: Changes, conclusion_id: str) -> Why:
    """Return the rows that changed one conclusion, with the deciding columns."""
    move = next(move for move in changes.moved if move.conclusion_id == conclusion_id)
    return [(change.table, change.key, [cell.column for cell in change.cells]) for change in move.why]


def moved(changes: Changes) -> list[str]:
    return [move.conclusion_id for move in changes.moved]


def from_to(changes: Changes, conclusion_id: str, value: str) -> tuple[str | None, str | None]:
    move = next(move for move in changes.moved if move.conclusion_id == conclusion_id)
    cell = move.value(value)
    assert cell, f"{value} of {conclusion_id} did not change"
    return cell.before, cell.after


def without(project: Project, study_id: str) -> None:
    """Remove a study with its outcomes and appraisals."""
    for file, column in ((STUDIES, 0), (OUTCOMES, 1), (APPRAISALS, 0)):
        project.write(file, [row for row in project.rows(file) if row[column] != study_id])


# ---- no change


def test_the_same_evidence_is_the_same_state(project: Project) -> None:
    """Two folders with identical files give identical states, without a path in them."""
    elsewhere = Project(Path(shutil.copytree(project.folder, project.folder.parent / "elsewhere")))

    assert state(project).text() == state(elsewhere).text()
    assert str(project.folder) not in state(project).text()


def test_no_change_is_reported(changed: Changed) -> None:
    """If nothing changed, text, Markdown and JSON say so."""
    changes = changed(lambda project: None)

    assert changes.nothing
    assert ("Nothing changed.", "Nothing changed.\n") == (changes_text(changes), changes_markdown(changes))
    assert changes.as_json()["nothing"]


def test_reordered_rows_are_no_change(changed: Changed) -> None:
    """A differently sorted table is not a change."""
    changes = changed(lambda project: project.write(STUDIES, [project.rows(STUDIES)[0], *project.rows(STUDIES)[:0:-1]]))

    assert changes.nothing


# ---- conclusions and the causes of their changes


def test_a_study_that_no_longer_fits_moves_its_conclusions(changed: Changed) -> None:
    """The verdict changes for the conclusion and its parent, and the only cause is the fit of that study."""
    changes = changed(lambda project: project.change(STUDIES, 2, "fit", "not_tested"))

    assert ["brisk-elbow", "stiff-joints"] == moved(changes)
    assert ("mixed", "uncertain") == from_to(changes, "brisk-elbow", "verdict")
    assert [("studies", "ardenwood-2011", ["fit"])] == why(changes, "brisk-elbow") == why(changes, "stiff-joints")


def test_a_turned_direction_is_named_with_study_measure_and_time(changed: Changed) -> None:
    """A reversed outcome is described by study, measure, time point, contrast, and both directions."""
    changes = changed(lambda project: project.change(OUTCOMES, 13, "direction", "favours_comparator"))

    assert ["winter-gloom"] == moved(changes)
    assert [("outcomes", "fernhollow-2017-01", ["direction"])] == why(changes, "winter-gloom")
    assert (
        "    - outcome Fernhollow 2017, Gloom Questionnaire (4 weeks, between arms): direction from "
        "“favours warm light” to “favours the comparator”" in changes_text(changes).splitlines()
    )


def test_edited_prose_is_not_a_cause(changed: Changed) -> None:
    """A reworded limitation is listed among the edited rows, but not as a cause of a changed conclusion."""

    def edit(project: Project) -> None:
        project.change(OUTCOMES, 13, "direction", "favours_comparator")
        project.change(OUTCOMES, 13, "note", "Read again.")
        project.change(STUDIES, 7, "limits", "Two towns only.")
        project.change(STUDIES, 7, "finding", "More gloom.")

    changes = changed(edit)

    assert [("outcomes", "fernhollow-2017-01", ["direction"])] == why(changes, "winter-gloom")
    assert ["fernhollow-2017"] == [change.key for change in changes.rows["studies"]]
    assert {"direction", "note"} == {cell.column for cell in changes.rows["outcomes"][0].cells}


@pytest.mark.parametrize(
    ("file", "row", "column", "value"),
    [
        (STUDIES, 3, "n_analysed", "111"),
        (STUDIES, 3, "fit", "add_on"),
        (OUTCOMES, 6, "extraction", "partial"),
        (OUTCOMES, 2, "significant", ""),
        (APPRAISALS, 5, "judgement", "no"),
    ],
)
def test_a_deciding_cell_without_effect_is_not_a_cause(
    changed: Changed, file: str, row: int, column: str, value: str
) -> None:
    """An edit that could have changed the verdict, but did not, is not named as the cause."""

    def edit(project: Project) -> None:
        project.change(STUDIES, 2, "fit", "not_tested")
        project.change(file, row, column, value)

    assert [("studies", "ardenwood-2011", ["fit"])] == why(changed(edit), "brisk-elbow")


def test_another_outcome_of_the_same_study_is_not_a_cause(changed: Changed) -> None:
    """Of two edited outcomes of a study, the one that was only verified is not named as a cause."""

    def edit(project: Project) -> None:
        project.change(OUTCOMES, 13, "direction", "favours_comparator")
        project.change(OUTCOMES, 14, "extraction", "partial")

    assert [("outcomes", "fernhollow-2017-01", ["direction"])] == why(changed(edit), "winter-gloom")


def test_a_changed_outcome_domain_is_a_cause_beside_a_reversed_direction(changed: Changed) -> None:
    """An outcome moved to another domain affects its study's vote, and is named with the reversed outcome."""

    def edit(project: Project) -> None:
        project.change(OUTCOMES, 13, "direction", "favours_comparator")
        project.change(OUTCOMES, 14, "domain", "function")

    assert [("outcomes", "fernhollow-2017-01", ["direction"]), ("outcomes", "fernhollow-2017-02", ["domain"])] == why(
        changed(edit), "winter-gloom"
    )


def test_every_possible_cause_is_named_if_none_is_certain(project: Project) -> None:
    """If neither votes nor ratings explain a change, every edited deciding cell is named before the rules are blamed."""
    before = state(project)
    project.change(APPRAISALS, 6, "judgement", "no")
    after = state(project)
    stands = dataclasses.replace(after.conclusions["brisk-elbow"], verdict="contested")
    changes = compare(before, dataclasses.replace(after, conclusions={**after.conclusions, "brisk-elbow": stands}))

    assert [("appraisals", "ardenwood-2011/PEDro/05_blind_subjects", ["judgement"])] == why(changes, "brisk-elbow")


def test_outcomes_of_a_removed_study_are_not_separate_causes(project: Project) -> None:
    """If a study is removed and nothing is left to rate, the study is named, not each of its outcomes."""
    project.write(CERTAINTY, project.rows(CERTAINTY)[:1])
    before = state(project)
    without(project, "fernhollow-2017")
    changes = compare(before, state(project))

    assert ("low", None) == from_to(changes, "winter-gloom", "certainty")
    assert [("studies", "fernhollow-2017", ["citation_keys", "fit"])] == why(changes, "winter-gloom")


def test_an_added_study_is_the_cause_with_its_citation(changed: Changed) -> None:
    """An added study changes the votes: it and its citation are the causes, and its outcomes are counted with it."""

    def add(project: Project) -> None:
        project.change(CITATIONS, 9, "stance", "for")
        row = dict(zip(*project.rows(STUDIES)[:1], project.rows(STUDIES)[6], strict=True))
        project.add(STUDIES, **row | {"study_id": "lampoffice-2020", "citation_keys": "lampoffice2020"})
        outcome = dict(zip(*project.rows(OUTCOMES)[:1], project.rows(OUTCOMES)[12], strict=True))
        project.add(OUTCOMES, **outcome | {"outcome_id": "lampoffice-2020-01", "study_id": "lampoffice-2020"})

    changes = changed(add)
    text = changes_text(changes)

    assert [("citations", "c08", ["stance"]), ("studies", "lampoffice-2020", ["citation_keys", "fit"])] == why(
        changes, "winter-gloom"
    )
    assert "Lamp Office 2020: from “not cited for or against” to “favours warm light”" in text
    assert "\nStudies\n  Lamp Office 2020: added (tests the intervention), with 1 outcome.\n" in text + "\n"
    assert "\nOutcomes\n" not in text


def test_a_removed_study_is_the_cause(changed: Changed) -> None:
    """A removed study is named with the number of its removed outcomes and judgements."""
    changes = changed(lambda project: without(project, "ardenwood-2011"))

    assert [RowChangeKind.GONE] == [change.kind for change in changes.moved[0].why]
    assert [("studies", "ardenwood-2011", ["citation_keys", "fit"])] == why(changes, "brisk-elbow")
    assert "Ardenwood 2011: removed (tests the intervention), with 4 outcomes and 11 risk-of-bias judgements." in (
        changes_text(changes)
    )


def test_a_changed_stance_is_the_cause(changed: Changed) -> None:
    """A study now cited as background no longer votes, and that citation is the only cause."""
    changes = changed(lambda project: project.change(CITATIONS, 2, "stance", "background"))

    assert [("citations", "c01", ["stance"])] == why(changes, "brisk-elbow") == why(changes, "stiff-joints")
    assert "citation “Ardenwood, 2011” for brisk elbow: stance from “against” to “background”" in changes_text(changes)


def test_an_appraisal_that_changes_the_certainty_is_the_cause(project: Project) -> None:
    """A study judged at low risk of bias raises the certainty of its body of evidence and changes the verdict."""
    project.write(CERTAINTY, project.rows(CERTAINTY)[:1])
    judged = {"study_id": "fernhollow-2017", "tool": "RoB2", "domain": "overall", "reason": "Read.", "source": "paper"}
    project.add(APPRAISALS, **judged, judgement="high")
    before = state(project)
    project.change(APPRAISALS, 13, "judgement", "low")
    project.change(OUTCOMES, 13, "p_value", "<0.0001")  # can also affect certainty, but does not here
    changes = compare(before, state(project))

    assert ("low", "moderate") == from_to(changes, "winter-gloom", "certainty")
    assert ("uncertain", "backed") == from_to(changes, "winter-gloom", "verdict")
    assert [("appraisals", "fernhollow-2017/RoB2/overall", ["judgement"])] == why(changes, "winter-gloom")
    assert "    - risk of bias: from “serious” to “not serious”" in changes_text(changes).splitlines()


def test_a_committee_judgement_is_the_cause(changed: Changed) -> None:
    """A changed certainty judgement of the committee changes the verdict, and its row is the cause."""
    changes = changed(lambda project: project.change(CERTAINTY, 2, "judgement", "moderate"))

    assert [("certainty", "winter-gloom/overall", ["judgement"])] == why(changes, "winter-gloom")
    assert ("uncertain", "backed") == from_to(changes, "winter-gloom", "verdict")


def test_a_confirmed_proposal_is_a_change(project: Project) -> None:
    """A proposed level that the committee confirms is reported."""
    project.change(CERTAINTY, 2, "judged_by", "proposed")
    before = state(project)
    project.change(CERTAINTY, 2, "judged_by", "committee")
    changes = compare(before, state(project))

    assert ["winter-gloom"] == moved(changes)
    assert "Certainty: confirmed by the committee." in changes_text(changes)
    assert [("certainty", "winter-gloom/overall", ["judged_by"])] == why(changes, "winter-gloom")


def test_a_renamed_conclusion_is_added_and_removed(changed: Changed) -> None:
    """A conclusion with a new id counts as one added and one removed, and is reported first."""

    def rename(project: Project) -> None:
        project.change("evidence/conclusions.csv", 3, "conclusion_id", "whistling-ear")
        project.change("evidence/conclusions.csv", 3, "condition", "whistling ear")
        project.change(CODES, 4, "conclusion_id", "whistling-ear")

    changes = changed(rename)

    assert {"humming-ear": RowChangeKind.GONE, "whistling-ear": RowChangeKind.ADDED} == {
        m.conclusion_id: m.kind for m in changes.moves
    }
    assert ("None of the 4 conclusions changed.", "1 conclusion was added.", "1 conclusion was removed.") == brief(
        changes
    )


def test_a_reversed_position_is_a_change(changed: Changed) -> None:
    """A conclusion now declared medically necessary has changed, regardless of its verdict."""
    changes = changed(lambda project: project.change("evidence/conclusions.csv", 3, "position", "medically_necessary"))

    assert ["humming-ear"] == moved(changes)
    assert [("conclusions", "humming-ear", ["position"])] == why(changes, "humming-ear")


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("0.1.0", "the rules of weigh changed between the two states"),
        ("9.0", "the rules of weigh 9.0 and 0.1.0 differ"),
    ],
)
def test_an_unexplained_change_is_attributed_to_the_rules(mini: Review, version: str, words: str) -> None:
    """If identical rows give different verdicts, the report says that the rules changed."""
    after = dataclasses.replace(state_of(mini, UNAUDITED), weigh="0.1.0")
    stands = dataclasses.replace(after.conclusions["brisk-elbow"], verdict="contested")
    before = dataclasses.replace(after, weigh=version, conclusions={**after.conclusions, "brisk-elbow": stands})
    changes = compare(before, after)

    assert [] == why(changes, "brisk-elbow")
    assert not changes.as_json()["conclusions"][0]["explained"]
    assert f"Why: no row explains it; {words}." in changes_text(changes)


def one_cell_changed(review: Review) -> Iterator[tuple[Review, tuple[str, str, str]]]:
    """Yield reviews with one deciding cell changed, and that cell: every row, several values."""
    for table, key, columns in (
        (
            "outcomes",
            "outcome_id",
            {"direction": Direction, "extraction": Extraction, "contrast": Contrast, "domain": Domain},
        ),
        ("studies", "study_id", {"fit": Fit, "design": Design}),
        ("citations", "citation_id", {"stance": Stance, "conclusion_id": review.conclusions}),
        ("conclusions", "conclusion_id", {"position": Position, "parent_id": (None,)}),
    ):
        rows = getattr(review, table)
        keyed = rows if isinstance(rows, dict) else {getattr(row, key): row for row in rows}
        for name, row in keyed.items():
            for column, values in columns.items():
                for value in values:
                    if value != getattr(row, column):
                        edited = {**keyed, name: dataclasses.replace(row, **{column: value})}
                        whole = edited if isinstance(rows, dict) else tuple(edited.values())
                        yield dataclasses.replace(review, **{table: whole}), (table, name, column)


@pytest.mark.long
def test_every_change_by_one_cell_is_attributed_to_it(mini: Review) -> None:
    """For each deciding cell changed alone, every changed conclusion names that cell as its only cause."""
    before, tried = state_of(mini, UNAUDITED), 0
    for review, (table, key, column) in one_cell_changed(mini):
        changes = compare(before, state_of(review, UNAUDITED))
        for name in moved(changes):
            tried += 1
            assert [(table, key, [column])] == why(changes, name), (table, key, column, name)
    assert tried > 100


def test_deciding_columns_exist() -> None:
    """Every deciding column exists in its table, so that renaming one is noticed."""
    for table, columns in DECIDING.items():
        assert columns <= {f.name for f in dataclasses.fields(TABLES[table])}, table


def test_a_reversed_outcome_of_the_real_review_changes_its_two_conclusions(real: Review) -> None:
    """Reversing the first outcome of Nirschl changes epicondylitis and its parent conclusion only."""
    first = next(outcome for outcome in real.outcomes if outcome.study_id == "nirschl-2003")
    turned = dataclasses.replace(first, direction=Direction.FAVOURS_COMPARATOR)
    outcomes = tuple(turned if outcome is first else outcome for outcome in real.outcomes)
    changes = compare(state_of(real, UNAUDITED), state_of(dataclasses.replace(real, outcomes=outcomes), UNAUDITED))

    assert ["epicondylitis", "inflammatory-musculoskeletal-disorders"] == moved(changes)
    assert [("outcomes", first.outcome_id, ["direction"])] == why(changes, "epicondylitis")


# ---- rows, codes, notices, findings


def test_every_table_is_compared(mini: Review) -> None:
    """Every table of the schema is compared, except code titles, acceptances and sign-offs."""
    assert TABLES.keys() - {"code_titles", "accepted", "signoffs"} | {"references", "notices"} == rows_of(mini).keys()


def test_a_corrected_doi_is_an_edited_reference(changed: Changed) -> None:
    """A corrected DOI is reported with both values and changes no conclusion."""
    changes = changed(
        lambda project: project.replace(BIBLIOGRAPHY, "doi = {10.9999/jim.2011.11}", "doi = {10.9999/jim.2011.12}")
    )

    assert [] == moved(changes)
    assert "  Ardenwood 2011: doi from “10.9999/jim.2011.11” to “10.9999/jim.2011.12”." in (
        changes_text(changes).splitlines()
    )


def test_a_code_that_moved_is_one_change(changed: Changed) -> None:
    """A code under another heading is one change, even if its row id is different."""

    def move(project: Project) -> None:
        project.change(CODES, 4, "position", "medically_necessary")
        project.change(CODES, 4, "conclusion_id", "winter-gloom")
        project.change(CODES, 4, "row_id", "mn-3")

    changes = changed(move)

    assert [("ICD-10-CM Q01.10", RowChangeKind.EDITED)] == [
        (change.name, change.kind) for change in changes.rows["codes"]
    ]
    assert (
        "  ICD-10-CM Q01.10: position from “not medically necessary” to “medically necessary”; "
        "conclusion id from “humming-ear” to “winter-gloom”." in changes_text(changes).splitlines()
    )


def test_renumbered_code_rows_are_no_change(changed: Changed) -> None:
    """A code table with a row inserted at the top has one added code, however its rows are numbered."""

    def renumber(project: Project) -> None:
        header, *rows = project.rows(CODES)
        new = ["nmn-0", "HCPCS", "HCPCS", "00001", "", "Lamp", "not_medically_necessary", ""]
        renumbered = [[f"row-{number}", *row[1:]] for number, row in enumerate([new, *rows])]
        project.write(CODES, [header, *renumbered])

    changes = changed(renumber)

    assert [("HCPCS 00001", RowChangeKind.ADDED)] == [(change.name, change.kind) for change in changes.rows["codes"]]


def test_a_new_finding_and_a_changed_one(changed: Changed) -> None:
    """A study that no longer fits raises one new finding and changes another."""
    changes = changed(lambda project: project.change(STUDIES, 2, "fit", "not_tested"))
    fates = [(change.fate, change.finding.code) for change in changes.findings]

    assert [(Fate.NEW, "study-does-not-test"), (Fate.CHANGED, "study-finding-differs")] == fates
    text = changes_text(changes)
    assert "\nNew findings\n  error: Ardenwood 2011 does not test the intervention" in text
    assert "    - before: Ardenwood 2011 is cited against the intervention, but its authors report benefit and" in text


def test_a_settled_finding(project: Project) -> None:
    """A corrected defect is reported as settled."""
    project.change(STUDIES, 2, "fit", "not_tested")
    before = state(project)
    project.change(STUDIES, 2, "fit", "tests_intervention")
    changes = compare(before, state(project))

    assert [(Fate.SETTLED, "study-does-not-test")] == [(c.fate, c.finding.code) for c in changes.findings][:1]
    assert "\nSettled findings\n  error: Ardenwood 2011 does not test the intervention" in changes_text(changes)


def test_an_accepted_finding_is_neither_new_nor_settled(changed: Changed) -> None:
    """An accepted finding is reported with the person and the reason."""
    changes = changed(
        lambda project: project.add(
            "evidence/accepted.csv",
            code="code-without-evidence",
            subject="nmn-1",
            reason="Known.",
            who="B. Tester",
            when="2024-02-01",
        )
    )

    assert [Fate.ACCEPTED] == [change.fate for change in changes.findings]
    assert "    - accepted by B. Tester on 2024-02-01: Known." in changes_text(changes).splitlines()


def test_a_finding_on_a_cell_that_moved_down_is_the_same(project: Project) -> None:
    """Inserting a row above a cell with a finding does not make a new finding."""
    project.change(STUDIES, 7, "limits", "One\u200btown.")
    before = state(project)
    project.write(STUDIES, [project.rows(STUDIES)[0], *project.rows(STUDIES)[:0:-1]])

    assert () == compare(before, state(project)).findings


def test_a_retraction_is_a_new_notice_and_a_new_finding(changed: Changed) -> None:
    """A notice names its reference, and the presence of notices settles the finding that none were checked."""
    notice = (
        "Title,RetractionDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"
        "Amber light,2/1/2021 0:00,10.9999/jim.2011.11,0,Retraction,+Unreliable data;\n"
    )
    changes = changed(lambda project: project.path(NOTICES).write_text(notice, encoding="utf-8"))

    assert ["Retraction of 2021-02-01: Ardenwood 2011"] == [change.name for change in changes.rows["notices"]]
    assert {(Fate.NEW, "reference-retracted"), (Fate.SETTLED, "notices-not-checked")} == {
        (change.fate, change.finding.code) for change in changes.findings
    }


def test_a_changed_review_date_is_reported(changed: Changed) -> None:
    """Changes in guideline.toml are reported under a separate heading."""
    changes = changed(
        lambda project: project.replace(GUIDELINE, "last_review_date = 2020-05-07", "last_review_date = 2021-05-06")
    )

    assert "\nGuideline\n  last review date from “2020-05-07” to “2021-05-06”" in changes_text(changes)


# ---- the next row of the history


def test_the_draft_of_the_history_fits_its_table(project: Project, changed: Changed) -> None:
    """The drafted row has the table's columns, is valid in it, is marked as a draft, and states the changes."""
    changes = changed(lambda project: project.change(STUDIES, 2, "fit", "not_tested"))
    (row,) = csv.DictReader(io.StringIO(history_csv(changes)))
    project.add("evidence/history.csv", **row)

    assert row == history_row(changes)
    assert row["action"].startswith(DRAFT)
    assert "verdict changed for brisk elbow (from “mixed” to “uncertain”) and stiff joints" in row["action"]
    assert ("Reviewed", "", "Fictional Committee") == (row["status"], row["date"], row["organization"])
    assert "h-draft" in {row.history_id for row in project.review().history}
    assert [f.name for f in dataclasses.fields(HistoryRow) if f.name != "place"] == list(row)


def test_a_moved_code_is_a_revision_on_the_review_date(changed: Changed) -> None:
    """If the guideline itself changed, the draft has the status Revised and the new review date."""

    def revise(project: Project) -> None:
        project.change(CODES, 4, "position", "medically_necessary")
        project.replace(GUIDELINE, "last_review_date = 2020-05-07", "last_review_date = 2021-05-06")

    row = history_row(changed(revise))

    assert ("h-2021-05-06", "Revised", "2021-05-06") == (row["history_id"], row["status"], row["date"])


# ---- hostile text


def test_hostile_text_is_escaped(changed: Changed) -> None:
    """A script in a study name is escaped in HTML and plain in text, and invisible characters are made visible."""

    def attack(project: Project) -> None:
        project.replace(BIBLIOGRAPHY, "author = {Ardenwood, Q.", "author = {<script>alert(1)</script>, Q.")
        project.change(OUTCOMES, 2, "measure", "Pain\u202e [link](https://evil.example) *bold*")
        project.change(OUTCOMES, 2, "direction", "no_clear_direction")

    changes = changed(attack)
    html = "".join(shown(changes).html for shown in (show_changes, show_moves, show_rows, show_history))

    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 2011" in html
    assert "<script>alert(1)</script> 2011" in changes_text(changes)
    for text in (html, changes_text(changes), changes_markdown(changes)):
        assert "\u202e" not in text
        assert "U+202E" in text
    assert r"\[link\](https" in changes_markdown(changes)
    assert r"\<script\>" in changes_markdown(changes)


# ---- states as files


@pytest.mark.long
@given(
    name=st.text(), cells=st.dictionaries(st.text(), st.text(), max_size=3), direction=st.sampled_from([None, "split"])
)
def test_a_state_survives_a_round_trip(mini: Review, name: str, cells: dict[str, str], direction: str | None) -> None:
    """A state written and read again is equal, whatever its rows and votes contain."""
    state = state_of(mini, UNAUDITED)
    stands = state.conclusions["brisk-elbow"]
    studies = {key: dataclasses.replace(study, direction=direction) for key, study in stands.studies.items()}
    odd = dataclasses.replace(
        state,
        rows={**state.rows, "glossary": {name: Row(name, cells)}},
        conclusions={**state.conclusions, "brisk-elbow": dataclasses.replace(stands, studies=studies)},
    )

    assert odd == State.from_json(json.loads(odd.text()))


def test_a_real_state_survives_a_round_trip(real: Review) -> None:
    """The state of this repository's review, with all its findings, is equal after writing and reading."""
    whole = state_of(real, audit(real))

    assert whole == State.from_json(json.loads(whole.text()))
    assert whole.findings


def finished_run(project: Project, name: str) -> Path:
    """Create the parts of a finished run that are compared."""
    run = project.folder.parent / name
    run.mkdir()
    (run / "run.json").write_text("{}", encoding="utf-8")
    (run / "state.json").write_text(state(project).text(), encoding="utf-8")
    return run


def test_a_finished_run_is_compared_with_the_review(project: Project) -> None:
    """A run keeps the state that it rendered, so later edits are the changes."""
    run = finished_run(project, "run")
    project.change(STUDIES, 2, "fit", "not_tested")

    assert ["brisk-elbow", "stiff-joints"] == moved(changes_between(str(run), "", project.folder))
    assert changes_between("", "", project.folder).nothing


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "the run has no state.json; render it again"),
        ("{", "state.json: cannot be read"),
        ("[]", "state.json: not a state of a review"),
        ('{"form": 99}', "state.json: the state has format 99, and this version of weigh reads 1"),
        ('{"form": 1, "weigh": "0.1.0"}', "state.json: not a state of a review"),
    ],
)
def test_a_run_that_cannot_be_compared_says_why(project: Project, content: str | None, words: str) -> None:
    """A run with a missing, damaged or incompatible state gives a one-sentence error."""
    run = finished_run(project, "run")
    (run / "state.json").unlink()
    if content is not None:
        (run / "state.json").write_text(content, encoding="utf-8")

    with pytest.raises(WeighError, match=words):
        state_at(str(run), project.folder)


# ---- revisions in git


@pytest.fixture
def repository(project: Project) -> Project:
    """The fictional review inside a git repository, committed once."""
    git(project.folder.parent, "init", "--quiet", "--initial-branch=main")
    git(project.folder.parent, "config", "core.autocrlf", "true")  # must not affect the comparison
    commit(project)
    return project


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", folder, *named, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def commit(project: Project) -> None:
    git(project.folder.parent, "add", "--all")
    git(project.folder.parent, "commit", "--quiet", "--message=a state")


def test_revisions_are_compared_and_nothing_is_written(repository: Project) -> None:
    """HEAD and the folder, or two revisions, are compared without changing repository or folder."""
    repository.change(STUDIES, 2, "fit", "not_tested")
    uncommitted = changes_between("HEAD", "", repository.folder)
    commit(repository)
    before = git(repository.folder, "status", "--porcelain"), sorted(repository.folder.parent.rglob("*"))

    assert ["brisk-elbow", "stiff-joints"] == moved(uncommitted)
    assert uncommitted.as_json() == changes_between("HEAD~1", "HEAD", repository.folder).as_json()
    assert changes_between("HEAD", "", repository.folder).nothing
    assert before == (git(repository.folder, "status", "--porcelain"), sorted(repository.folder.parent.rglob("*")))


def test_a_folder_takes_precedence_over_a_revision(repository: Project) -> None:
    """A branch with the same name as a folder can be given by its full name."""
    git(repository.folder, "branch", "run")
    repository.change(STUDIES, 2, "fit", "not_tested")
    run = finished_run(repository, "run")

    assert changes_between(str(run), "", repository.folder).nothing
    assert not changes_between("refs/heads/run", "", repository.folder).nothing


def test_git_hook_variables_are_ignored(repository: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of a git hook that point to another repository have no effect."""
    monkeypatch.setenv("GIT_DIR", str(ROOT / "no-such-folder"))

    assert changes_between("HEAD", "", repository.folder).nothing


def test_a_broken_revision_is_named_with_its_defects(repository: Project) -> None:
    """An unreadable revision gives one sentence with its defects and a remedy, and no temporary path."""
    repository.change(OUTCOMES, 2, "direction", "upwards")
    repository.change(OUTCOMES, 3, "direction", "downwards")
    repository.change(OUTCOMES, 4, "direction", "sideways")
    commit(repository)

    with pytest.raises(WeighError) as error:
        state_at("HEAD", repository.folder)

    assert str(error.value).startswith("HEAD: this version of weigh cannot read the review of that revision (")
    assert f"{OUTCOMES}:2:direction: “upwards” is not one of" in str(error.value)
    assert ", and 1 more)" in str(error.value)
    assert "weigh-" not in str(error.value)


def test_a_revision_before_the_review_says_so(project: Project) -> None:
    """A revision without evidence is an error."""
    git(project.folder.parent, "init", "--quiet", "--initial-branch=main")
    (project.folder / "note.txt").write_text("first", encoding="utf-8")
    git(project.folder, "add", "note.txt")
    git(project.folder, "commit", "--quiet", "--message=a note")

    with pytest.raises(WeighError, match=r"^HEAD: that revision has no evidence folder for this review"):
        state_at("HEAD", project.folder)


@pytest.mark.parametrize("name", ["-p", "--output=stolen", "HEAD\nHEAD", "HE\0AD", "no-such-thing", "HEAD:evidence"])
def test_invalid_revisions_are_refused(repository: Project, name: str) -> None:
    """A name that looks like an option never reaches git; any other unknown name is an error."""
    with pytest.raises(NotFoundError, match="neither a folder nor a "):
        state_at(name, repository.folder)
    assert not (repository.folder / "stolen").exists()


def test_a_folder_that_is_neither_run_nor_review_is_refused(project: Project, tmp_path: Path) -> None:
    """An empty folder is not a state, and the error says what was expected."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(ReviewNotFoundError, match=r"neither a finished run \(no run.json\) nor a review"):
        state_at(str(tmp_path / "empty"), project.folder)


# ---- the command


def test_diff_prints_the_changes(project: Project, run_weigh: RunWeigh) -> None:
    """A run is compared with the review: exit 0, a count of changed conclusions first, and the JSON keys."""
    run = finished_run(project, "run")
    project.change(STUDIES, 2, "fit", "not_tested")
    text = run_weigh("--review", project.folder, "diff", run)
    data = run_weigh("--review", project.folder, "diff", run, "--format", "json")
    again = run_weigh("--review", project.folder, "diff", run, "--format", "json", TZ="Asia/Tokyo", LC_ALL="C.UTF-8")
    found = json.loads(data.stdout)

    assert (0, "2 of 4 conclusions changed.", "") == (text.returncode, text.stdout.splitlines()[0], text.stderr)
    assert {"nothing", "number", "weigh", "moved", "of", "conclusions", "rows", "guideline", "findings"} == found.keys()
    assert {"before": "mixed", "after": "uncertain"} == found["conclusions"][0]["moved"]["verdict"]
    assert data.stdout == again.stdout


def test_diff_drafts_the_history(project: Project, run_weigh: RunWeigh) -> None:
    """`--history` prints only CSV and leaves the table unchanged."""
    before = project.path("evidence/history.csv").read_bytes()
    done = run_weigh("--review", project.folder, "diff", project.folder, "--history")

    assert 0 == done.returncode
    assert [
        "history_id,status,date,organization,document,action",
        f'h-draft,Reviewed,,Fictional Committee,,"{DRAFT}Nothing changed."',
    ] == (done.stdout.splitlines())
    assert before == project.path("evidence/history.csv").read_bytes()


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere: no such folder, and "),
        (["--", "--output=stolen"], "'--output=stolen': neither a folder nor a valid name of a git revision"),
        (["evidence"], "evidence: neither a finished run"),
    ],
    ids=["not-in-a-repository", "option", "other-folder"],
)
def test_diff_that_cannot_run_says_why(project: Project, run_weigh: RunWeigh, arguments: list[str], words: str) -> None:
    """A comparison that cannot run exits with 2 and one sentence."""
    ceiling = str(project.folder.parent)
    done = run_weigh(
        "--review", project.folder, "diff", *arguments, cwd=project.folder, GIT_CEILING_DIRECTORIES=ceiling
    )

    assert (2, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert done.stderr.startswith(f"weigh: {words}")


def test_diff_without_git_says_so(repository: Project, run_weigh: RunWeigh) -> None:
    """Without git, the error says that folders can still be compared."""
    done = run_weigh("--review", repository.folder, "diff", "HEAD", PATH="")

    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("weigh: cannot start git")
    assert 1 == len(done.stderr.splitlines())


def test_diff_never_writes_into_a_build(project: Project, run_weigh: RunWeigh) -> None:
    """A build with foreign files would be refused by the next run, so nothing is written there."""
    run = finished_run(project, "run")
    done = run_weigh("--review", project.folder, "diff", run, "--out", run)

    assert (2, {"run.json", "state.json"}) == (done.returncode, {path.name for path in run.iterdir()})
    assert "is a build folder, which the next run replaces" in done.stderr


@pytest.mark.long
def test_the_notebook_and_its_page_show_the_changes(repository: Project, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """`--out` writes the executed notebook and a self-contained page, with identical bytes in two runs."""
    repository.change(STUDIES, 2, "fit", "not_tested")
    first = run_weigh("--review", repository.folder, "diff", "HEAD", "--out", tmp_path / "one")
    second = run_weigh("--review", "review", "diff", "HEAD", "--out", "two", cwd=tmp_path)
    third = run_weigh("--review", "review", "diff", repository.folder, "HEAD", "--out", "three", cwd=tmp_path)
    page = (tmp_path / "one" / "changes.html").read_text(encoding="utf-8")
    notebook = nbformat.read(tmp_path / "one" / "changes.ipynb", as_version=4)

    assert (0, 0, 0) == (first.returncode, second.returncode, third.returncode), first.stderr + third.stderr
    assert "2 of 4 conclusions changed." in page
    assert "fit from “tests the intervention” to “does not test it”" in page
    assert "<nav" not in page
    assert {"before": "HEAD", "after": ""} == notebook.metadata["weigh"]["parameters"]
    assert "From HEAD to the current review." in page
    assert "From . to HEAD." in (tmp_path / "three" / "changes.html").read_text(encoding="utf-8")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    assert str(tmp_path) not in page + (tmp_path / "three" / "changes.ipynb").read_text(encoding="utf-8")


def test_the_stored_notebook_compares_the_review_with_itself(mini: Review) -> None:
    """A review compared with itself shows no change, so the stored outputs stay valid after any edit."""
    changes = changes_between("", "", MINI)

    assert "Nothing changed." == show_changes(changes).text
    assert "No conclusion changed." == show_moves(changes).text
    assert mini.conclusions.keys() == load_review(MINI).conclusions.keys()
