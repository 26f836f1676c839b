"""The audit finds every seeded defect at its place, and nothing in a folder without defects."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import (
    BIBLIOGRAPHY,
    CITATIONS,
    CONCLUSIONS,
    GUIDELINE,
    OUTCOMES,
    ROOT,
    STUDIES,
    Project,
    RunWeigh,
    cell,
    content,
    text,
    without_column,
)

from weigh.audit.audit import ACCEPTANCE_RULES, RULES, audit
from weigh.display.show import parts, show
from weigh.evidence.model import Finding
from weigh.evidence.review import load_review, read_review
from weigh.evidence.vocabulary import SignoffVote
from weigh.pages.signing import sign

CLEAN = ROOT / "tests" / "data" / "clean"
SARIF_SCHEMA = ROOT / "tests" / "data" / "sarif-2.1.0.json"
TODAY = dt.date(2024, 6, 1)
DAY = ("--today", "2024-06-01")

ACCEPTED = "evidence/accepted.csv"
APPRAISALS = "evidence/appraisals.csv"
CANDIDATES = "evidence/candidates.csv"
CERTAINTY = "evidence/certainty.csv"
CODES = "evidence/codes.csv"
GLOSSARY = "evidence/glossary.csv"
LISTINGS = "evidence/listings.csv"
NOTICES = "evidence/notices.csv"
TITLES = "evidence/code_titles.csv"

#: Defects of reading that the audit relies on, one per code; test_review and similar modules test the others.
READING = {"cell-type", "cell-not-allowed", "key-duplicate", "key-unknown", "table-shape", "bibliography-field"}
READING |= {"analysed-exceeds-enrolled", "events-exceed-n", "interval-reversed", "effect-outside-interval"}
READING |= {"direction-without-comparator", "parent-circle", "report-in-two-studies", "notices-header"}

Damage = Callable[[Project], None]


@dataclass(frozen=True)
class Defect:
    """A change to a clean folder, and exactly the findings that a check must then report: code and place."""

    name: str
    damage: Damage
    expected: tuple[str, ...] = field(default=())


def both(*damages: Damage) -> Damage:
    def damage(project: Project) -> None:
        for each in damages:
            each(project)

    return damage


def row(file: str, **cells: str) -> Damage:
    return lambda project: project.add(file, **cells)


def without_row(file: str, number: int) -> Damage:
    def damage(project: Project) -> None:
        rows = project.rows(file)
        project.write(file, rows[: number - 1] + rows[number:])

    return damage


def appraisal(**values: str) -> Damage:
    """One more judgement on a study that has several."""
    return row(APPRAISALS, study_id="harrowgate-2015", reason="invented", source="invented record 1", **values)


def rating(**values: str) -> Damage:
    """One more row on the certainty of a conclusion."""
    return row(CERTAINTY, conclusion_id="evening-hiccup", domain="imprecision", reason="invented", **values)


def cells(file: str, number: int, **values: str) -> Damage:
    return both(*(cell(file, number, column, value) for column, value in values.items()))


def figures(number: int, **values: str) -> Damage:
    return cells(OUTCOMES, number, **values)


def notice(**values: str) -> Damage:
    """A row of the notice file; unspecified cells are unknown."""
    known = {"OriginalPaperDOI": "unavailable", "OriginalPaperPubMedID": "0", "RetractionDate": "5/2/2023 0:00"}
    return row(NOTICES, **(known | values))


def accepted(code: str, subject: str, facts: str = "") -> Damage:
    return row(ACCEPTED, code=code, subject=subject, reason="Seen.", who="A. Tester", when="2024-05-01", facts=facts)


def candidate(**values: str) -> Damage:
    known = {"candidate_id": "nobody-2019", "conclusion_id": "restless-thumb", "citation": "Nobody 2019"}
    known |= {"design": "randomised_trial", "extraction": "partial", "source": "abstract"}
    return row(CANDIDATES, **(known | values))


def second_harrowgate(project: Project) -> None:
    """Another work by an author of the same name in the same year, listed and recorded."""
    listed = {
        "authors": "Harrowgate T, Nettlebed W",
        "title": "Another bell",
        "source": "J Invent Sounds",
        "year": "2015",
    }
    project.add(LISTINGS, list="peer_reviewed", number="6", citation_key="harrowgate2015b", **listed)
    entry = "\n@misc{harrowgate2015b,\n  author = {Harrowgate, T. and Nettlebed, W.},\n  title = {Another bell},\n  year = {2015},\n}\n"
    path = project.path(BIBLIOGRAPHY)
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")


DEFECTS = [
    # ---- citations: names
    Defect("name-one-letter", cell(CITATIONS, 2, "cited_as", "Harrowgote, 2015"), (f"citation-name-mismatch {CITATIONS}:2:cited_as",)),
    Defect("name-letters-swapped", cell(CITATIONS, 2, "cited_as", "Harrowgtae, 2015"), (f"citation-name-mismatch {CITATIONS}:2:cited_as",)),
    Defect("name-letter-dropped", cell(CITATIONS, 2, "cited_as", "Harowgate, 2015"), (f"citation-name-mismatch {CITATIONS}:2:cited_as",)),
    Defect("name-letter-added", cell(CITATIONS, 2, "cited_as", "Harrowgatte, 2015"), (f"citation-name-mismatch {CITATIONS}:2:cited_as",)),
    Defect("name-two-letters", cell(CITATIONS, 2, "cited_as", "Harowgote, 2015"), (f"citation-name-mismatch {CITATIONS}:2:cited_as",)),
    Defect("name-three-letters", cell(CITATIONS, 2, "cited_as", "Harowgotte, 2015"), (f"citation-not-listed {CITATIONS}:2:cited_as",)),
    Defect("name-of-nobody", cell(CITATIONS, 2, "cited_as", "Quibblethorpe, 2015"), (f"citation-not-listed {CITATIONS}:2:cited_as",)),
    Defect("first-of-two-names-wrong", cell(CITATIONS, 5, "cited_as", "Wexcomb and Yarnsby (2012)"), (f"citation-name-mismatch {CITATIONS}:5:cited_as",)),
    Defect("second-of-two-names-wrong", cell(CITATIONS, 5, "cited_as", "Wexcombe and Nobody (2012)"), (f"citation-not-listed {CITATIONS}:5:cited_as",)),
    Defect("second-author-cited", cell(CITATIONS, 2, "cited_as", "Tindlewick, 2015"), (f"citation-not-listed {CITATIONS}:2:cited_as", f"citation-first-author-differs {CITATIONS}:2:cited_as")),
    Defect("last-author-cited", cell(CITATIONS, 4, "cited_as", "Brackenshaw and others, 2020"), (f"citation-not-listed {CITATIONS}:4:cited_as", f"citation-first-author-differs {CITATIONS}:4:cited_as")),
    Defect("misprint-in-the-list", cell(LISTINGS, 5, "authors", "Velásqine M, Dunmarrow T, Brackenshaw L"), (f"citation-name-mismatch {CITATIONS}:4:cited_as", f"reference-listing-error {LISTINGS}:5:authors")),
    # ---- citations: years
    Defect("year-one-early", cell(CITATIONS, 2, "cited_as", "Harrowgate, 2014"), (f"citation-year-mismatch {CITATIONS}:2:cited_as",)),
    Defect("year-one-late", cell(CITATIONS, 3, "cited_as", "Müllbrandt and colleagues (2019)"), (f"citation-year-mismatch {CITATIONS}:3:cited_as",)),
    Defect("year-two-late", cell(CITATIONS, 2, "cited_as", "Harrowgate, 2017"), (f"citation-year-mismatch {CITATIONS}:2:cited_as",)),
    Defect("year-five-off", cell(CITATIONS, 2, "cited_as", "Harrowgate, 2010"), (f"citation-not-listed {CITATIONS}:2:cited_as",)),
    Defect("no-year", cell(CITATIONS, 2, "cited_as", "Harrowgate"), (f"citation-year-mismatch {CITATIONS}:2:cited_as",)),
    Defect("no-year-and-nobody", cell(CITATIONS, 2, "cited_as", "Quibblethorpe"), (f"citation-not-listed {CITATIONS}:2:cited_as",)),
    Defect("name-and-year-off", cell(CITATIONS, 2, "cited_as", "Harrowgote, 2014"), (f"citation-not-listed {CITATIONS}:2:cited_as",)),
    # ---- citations: several, none, another
    Defect("two-entries-fit", second_harrowgate, (f"citation-ambiguous {CITATIONS}:2:cited_as",)),
    Defect("two-near-misses", both(second_harrowgate, cell(CITATIONS, 2, "cited_as", "Harrowgote, 2015")), (f"citation-ambiguous {CITATIONS}:2:cited_as",)),
    Defect("wrong-key", cell(CITATIONS, 6, "citation_key", "wexcombe2012"), (f"citation-key-differs {CITATIONS}:6:citation_key",)),
    Defect("never-cited", without_row(CITATIONS, 6), (f"reference-never-cited {LISTINGS}:4:citation_key",)),
    # ---- lists and records
    Defect("listed-name", cell(LISTINGS, 2, "authors", "Harrowgate JB, Tindlewik S"), (f"reference-listing-error {LISTINGS}:2:authors",)),
    Defect("listed-second-author-another", cell(LISTINGS, 6, "authors", "Wexcombe D, Nobody H"), (f"citation-not-listed {CITATIONS}:5:cited_as", f"reference-listing-error {LISTINGS}:6:authors")),
    Defect("listed-order", cell(LISTINGS, 5, "authors", "Velásquine M, Brackenshaw L, Dunmarrow T"), (f"reference-listing-error {LISTINGS}:5:authors",)),
    Defect("listed-initials", cell(LISTINGS, 6, "authors", "Wexcombe E, Yarnsby H"), (f"reference-listing-error {LISTINGS}:6:authors",)),
    Defect("listed-initial-too-many", cell(LISTINGS, 3, "authors", "Müllbrandt KX, Ostrander PA, Quillfeather R"), (f"reference-listing-error {LISTINGS}:3:authors",)),
    Defect("listed-particle", cell(LISTINGS, 6, "authors", "Wexcombe D, van Yarnsby H"), (f"reference-listing-error {LISTINGS}:6:authors",)),
    Defect("listed-title", cell(LISTINGS, 4, "title", "How bells are cast and how they are seen"), (f"reference-listing-error {LISTINGS}:4:title",)),
    Defect("listed-year", both(cell(LISTINGS, 4, "year", "2022"), cell(CITATIONS, 6, "cited_as", "Peverill, 2022")), (f"reference-listing-error {LISTINGS}:4:year",)),
    Defect("listed-volume", cell(LISTINGS, 4, "volume", "31"), (f"reference-listing-error {LISTINGS}:4:volume",)),
    Defect("listed-issue", cell(LISTINGS, 4, "issue", "4"), (f"reference-listing-error {LISTINGS}:4:issue",)),
    Defect("listed-issue-missing", cell(LISTINGS, 4, "issue", ""), (f"reference-listing-error {LISTINGS}:4:issue",)),
    Defect("listed-pages", cell(LISTINGS, 4, "pages", "1-21"), (f"reference-listing-error {LISTINGS}:4:pages",)),
    Defect("listed-pages-missing", cell(LISTINGS, 4, "pages", ""), (f"reference-listing-error {LISTINGS}:4:pages",)),
    # ---- studies
    Defect("study-not-tested", cell(STUDIES, 2, "fit", "not_tested"), (f"study-does-not-test {STUDIES}:2:fit",)),
    Defect("study-drug-only", cell(STUDIES, 2, "fit", "tests_drug_only"), (f"study-tests-drug-only {STUDIES}:2:fit",)),
    Defect("study-added-on", cell(STUDIES, 4, "fit", "add_on"), (f"study-add-on {STUDIES}:4:fit",)),
    Defect("study-not-direct", cell(STUDIES, 5, "fit", "indirect"), (f"study-indirect {STUDIES}:5:fit",)),
    Defect("two-reports-of-one-study", both(cell(STUDIES, 5, "citation_keys", "wexcombe2012;peverill2021"), cell(CITATIONS, 6, "stance", "for")), (f"study-counted-twice {STUDIES}:5:citation_keys",)),
    Defect("study-inside-a-review", cell(STUDIES, 2, "included_in", "muellbrandt-2018"), (f"study-counted-twice {STUDIES}:2:included_in",)),
    Defect("eyes-for-people", cell(STUDIES, 3, "analysis_unit", "eyes"), (f"study-unit-of-analysis {STUDIES}:3:analysis_unit",)),
    Defect("cited-against-its-authors", cell(STUDIES, 2, "author_view", "benefit"), (f"study-finding-differs {STUDIES}:2:author_view",)),
    Defect("cited-against-mixed-authors", cell(STUDIES, 2, "author_view", "mixed"), (f"study-finding-differs {STUDIES}:2:author_view",)),
    Defect("cited-for-without-benefit", cell(STUDIES, 4, "author_view", "no_benefit"), (f"study-finding-differs {STUDIES}:4:author_view",)),
    Defect("cited-for-comparator-better", cell(STUDIES, 5, "author_view", "comparator_better"), (f"study-finding-differs {STUDIES}:5:author_view",)),
    Defect("cited-against-its-results", cell(OUTCOMES, 4, "direction", "favours_intervention"), (f"study-finding-differs {STUDIES}:3:author_view",)),
    Defect("cited-for-against-its-results", cell(OUTCOMES, 8, "direction", "favours_comparator"), (f"study-finding-differs {STUDIES}:5:author_view",)),
    Defect("opinion-as-study", cell(STUDIES, 3, "design", "narrative_review"), (f"study-narrative-review {STUDIES}:3:design",)),
    Defect("outside-the-definition", cell(STUDIES, 3, "outside_definition", "The bell was a drum."), (f"study-outside-definition {STUDIES}:3:outside_definition",)),
    Defect("record-not-found", cell(STUDIES, 3, "extraction", "not_found"), (f"extraction-not-verified {STUDIES}:3:extraction",)),
    Defect("study-unverified", cell(STUDIES, 3, "extraction", "unverified"), (f"extraction-not-verified {STUDIES}:3:extraction",)),
    Defect("outcome-unverified", cell(OUTCOMES, 5, "extraction", "unverified"), (f"extraction-not-verified {STUDIES}:3:extraction",)),
    # ---- conclusions and codes
    Defect(
        "nothing-cited-for-a-denial",
        both(cell(CITATIONS, 2, "stance", "background"), cell(CITATIONS, 3, "stance", "background")),
        (f"conclusion-without-evidence {CONCLUSIONS}:3:conclusion_id", f"code-without-evidence {CODES}:3:conclusion_id"),
    ),
    Defect(
        "nothing-cited-for-a-grant",
        both(cell(CITATIONS, 4, "stance", "background"), cell(CITATIONS, 5, "stance", "background")),
        (f"conclusion-without-evidence {CONCLUSIONS}:2:conclusion_id",),
    ),
    Defect(
        "denied-by-code-only",
        both(
            row(CONCLUSIONS, conclusion_id="silent-ear", position="not_medically_necessary", condition="silent ear", basis="code_only", statement="Denied by its code."),
            row(CODES, row_id="nmn-2", system="ICD-10-CM", printed_system="ICD-10 Diagnosis", first="Q80.1", printed_title="Restless left thumb", position="not_medically_necessary", conclusion_id="silent-ear"),
        ),
        (f"code-without-evidence {CODES}:4:conclusion_id",),
    ),
    Defect("code-of-no-book", cells(CODES, 2, first="Q91.3"), (f"code-unknown {CODES}:2:first",)),
    Defect("range-ends-nowhere", cell(CODES, 3, "last", "Q80.7"), (f"code-range-skips {CODES}:3:last", f"code-unknown {CODES}:3:last")),
    Defect("category-for-a-code", cells(CODES, 2, first="Q91", printed_title="Evening ailments"), (f"code-not-billable {CODES}:2:first",)),
    Defect("title-of-another-code", cell(CODES, 2, "printed_title", "Morning hiccup"), (f"code-title-mismatch {CODES}:2:printed_title",)),
    Defect("title-of-the-neighbour", cell(CODES, 2, "printed_title", "Restless thumb"), (f"code-title-mismatch {CODES}:2:printed_title",)),
    Defect("range-with-another-title", cell(CODES, 3, "printed_title", "Evening hiccup"), (f"code-title-mismatch {CODES}:3:printed_title",)),
    Defect(
        "title-alone",
        row(CODES, row_id="nmn-2", system="ICD-10-CM", printed_system="ICD-10 Diagnosis", printed_title="Restless left thumb", position="not_medically_necessary", conclusion_id="restless-thumb"),
        (f"code-title-without-code {CODES}:4:printed_title",),
    ),
    Defect("range-ends-early", cell(CODES, 3, "last", "Q80.1"), (f"code-range-skips {CODES}:3:last",)),
    Defect("range-begins-late", cell(CODES, 3, "first", "Q80.1"), (f"code-range-skips {CODES}:3:last",)),
    Defect("no-code-for-an-indication", without_row(CODES, 2), (f"indication-without-code {CONCLUSIONS}:2:conclusion_id",)),
    # ---- currency of the review
    Defect("retracted-by-doi", notice(OriginalPaperDOI="10.9999/jis.2015.21", RetractionNature="Retraction"), (f"reference-retracted {NOTICES}:4:OriginalPaperDOI",)),
    Defect("retracted-by-pmid", notice(OriginalPaperPubMedID="90000102", RetractionNature="Retraction"), (f"reference-retracted {NOTICES}:4:OriginalPaperDOI",)),
    Defect("retracted-by-title", notice(Title="Evening Hiccup and the Sound of Bells.", RetractionNature="Retraction"), (f"reference-retracted {NOTICES}:4:OriginalPaperDOI",)),
    Defect("concern", notice(OriginalPaperDOI="10.9999/aia.2020.8", RetractionNature="Expression of concern"), (f"reference-concern {NOTICES}:4:OriginalPaperDOI",)),
    Defect("correction", notice(OriginalPaperPubMedID="90000103", RetractionNature="Correction"), (f"reference-corrected {NOTICES}:4:OriginalPaperDOI",)),
    Defect("reinstatement", notice(OriginalPaperPubMedID="90000104", RetractionNature="Reinstatement"), (f"reference-corrected {NOTICES}:4:OriginalPaperDOI",)),
    Defect(
        "notice-on-background",
        notice(OriginalPaperDOI="10.9999/jis.2021.1", RetractionNature="Retraction"),
        (f"reference-retracted {NOTICES}:4:OriginalPaperDOI",),
    ),
    Defect("no-notice-file", lambda project: project.path(NOTICES).unlink(), (f"notices-not-checked {NOTICES}",)),
    Defect("overdue", text(GUIDELINE, "2024-03-01", "2023-03-01"), (f"review-overdue {GUIDELINE}:last_review_date",)),
    Defect("overdue-by-interval", text(GUIDELINE, "= 12", "= 2"), (f"review-overdue {GUIDELINE}:last_review_date",)),
    Defect("candidate", candidate(), (f"candidate-not-cited {CANDIDATES}:2:candidate_id",)),
    # ---- wording
    Defect("flat-statement", cell(CONCLUSIONS, 3, "statement", "Soft bells do not help restless thumb."), (f"claim-exceeds-certainty {CONCLUSIONS}:3:statement",)),
    Defect("flat-finding", cell(STUDIES, 4, "finding", "Soft bells are effective."), (f"claim-exceeds-certainty {STUDIES}:4:finding",)),
    Defect(
        "flat-candidate",
        candidate(finding="This proves that bells ring."),
        (f"candidate-not-cited {CANDIDATES}:2:candidate_id", f"claim-exceeds-certainty {CANDIDATES}:2:finding"),
    ),
    # ---- results
    Defect("interval-with-null-and-small-p", cell(OUTCOMES, 2, "p_value", "0.01"), (f"interval-against-p {OUTCOMES}:2:p_value",)),
    Defect("interval-without-null-and-large-p", cell(OUTCOMES, 6, "p_value", "0.4"), (f"interval-against-p {OUTCOMES}:6:p_value",)),
    Defect("interval-without-null-and-ns", cell(OUTCOMES, 9, "p_value", "NS"), (f"interval-against-p {OUTCOMES}:9:p_value",)),
    Defect("ratio-with-one-and-small-p", cell(OUTCOMES, 3, "p_value", "<0.05"), (f"interval-against-p {OUTCOMES}:3:p_value",)),
    Defect("ratio-without-one-and-large-p", cell(OUTCOMES, 7, "p_value", ">0.05"), (f"interval-against-p {OUTCOMES}:7:p_value",)),
    Defect("direction-against-the-sign", cell(OUTCOMES, 6, "effect_favours", "intervention"), (f"direction-against-effect {OUTCOMES}:6:direction",)),
    Defect("direction-against-the-ratio", cell(OUTCOMES, 7, "effect_favours", "comparator"), (f"direction-against-effect {OUTCOMES}:7:direction",)),
    Defect(
        "comparator-against-the-sign",
        cells(OUTCOMES, 3, direction="favours_comparator"),
        (f"direction-against-effect {OUTCOMES}:3:direction",),
    ),
    Defect("spread-impossible", cell(OUTCOMES, 4, "intervention_sd", "5.6"), (f"sd-impossible {OUTCOMES}:4:intervention_sd",)),
    Defect("spread-impossible-without-n", cells(OUTCOMES, 2, comparator_sd="7.2", comparator_n=""), (f"sd-impossible {OUTCOMES}:2:comparator_sd",)),
    Defect("spread-impossible-near-the-end", cells(OUTCOMES, 9, comparator_mean="2", comparator_sd="14.5"), (f"effect-differs-from-figures {OUTCOMES}:9:effect", f"sd-impossible {OUTCOMES}:9:comparator_sd",)),
    Defect("mean-above-the-scale", cell(OUTCOMES, 4, "intervention_mean", "50"), (f"direction-against-figures {OUTCOMES}:4:direction", f"sd-impossible {OUTCOMES}:4:intervention_mean",)),
    Defect("mean-below-the-scale", cell(OUTCOMES, 9, "comparator_mean", "-1"), (f"effect-differs-from-figures {OUTCOMES}:9:effect", f"sd-impossible {OUTCOMES}:9:comparator_mean",)),
    Defect("percent-not-of-events", cell(OUTCOMES, 3, "intervention_percent", "33.4"), (f"percent-not-from-n {OUTCOMES}:3:intervention_percent",)),
    Defect("percent-of-no-count", cells(OUTCOMES, 3, comparator_percent="31.5", comparator_events=""), (f"effect-differs-from-figures {OUTCOMES}:3:effect", f"percent-not-from-n {OUTCOMES}:3:comparator_percent",)),
    Defect("arms-too-large", cell(OUTCOMES, 8, "intervention_n", "42"), (f"arms-do-not-add-up {OUTCOMES}:8:intervention_n",)),
    # ---- text
    Defect("bidi-control", cell(GLOSSARY, 2, "meaning", "Bells \u202erung"), (f"text-hidden-characters {GLOSSARY}:2:meaning",)),
    Defect("zero-width", cell(APPRAISALS, 3, "reason", "in\u200bvented"), (f"text-hidden-characters {APPRAISALS}:3:reason",)),
    Defect("escape-character", cell(STUDIES, 2, "limits", "red \x1b[31m"), (f"text-hidden-characters {STUDIES}:2:limits",)),
    Defect("hidden-in-the-bibliography", text(BIBLIOGRAPHY, "Bells for the home", "Bells for the\u2060 home"), (f"text-hidden-characters {BIBLIOGRAPHY}:71:title",)),
    Defect("homoglyph", cell(STUDIES, 2, "population", "80 \u0430dults"), (f"text-mixed-scripts {STUDIES}:2:population",)),
    Defect("homoglyph-greek", cell(CERTAINTY, 2, "reason", "Two small tri\u03b1ls."), (f"text-mixed-scripts {CERTAINTY}:2:reason",)),
    Defect("formula", cell(STUDIES, 2, "protocol", "=1+2"), (f"text-formula {STUDIES}:2:protocol",)),
    Defect("formula-at-sign", cell(STUDIES, 2, "protocol", "@SUM(A1)"), (f"text-formula {STUDIES}:2:protocol",)),
    Defect("formula-full-width", cell(STUDIES, 2, "protocol", "\uff1d1+2"), (f"text-formula {STUDIES}:2:protocol", f"text-without-glyph {STUDIES}:2:protocol")),
    Defect("no-glyph-for-a-name", cell(STUDIES, 2, "limits", "Read in \u5c71\u7530 only."), (f"text-without-glyph {STUDIES}:2:limits",)),
    Defect("markup", cell(STUDIES, 2, "protocol", "a <b>bold</b> bell"), (f"text-markup {STUDIES}:2:protocol",)),
    Defect("script-address", cell(STUDIES, 2, "protocol", "javascript:alert(1)"), (f"text-markup {STUDIES}:2:protocol",)),
    Defect("entity", cell(STUDIES, 2, "protocol", "bells &amp; whistles"), (f"text-markup {STUDIES}:2:protocol",)),
    Defect("too-long", cell(STUDIES, 2, "protocol", "bell " * 4001), (f"text-too-long {STUDIES}:2:protocol",)),
    # ---- acceptances
    Defect("accepted-and-gone", accepted("citation-not-listed", "c01"), (f"acceptance-settled {ACCEPTED}:2:code",)),
    Defect(
        "accepted-and-changed",
        both(cell(STUDIES, 3, "analysis_unit", "eyes"), accepted("study-unit-of-analysis", "muellbrandt-2018", "0" * 16)),
        (f"study-unit-of-analysis {STUDIES}:3:analysis_unit", f"acceptance-outdated {ACCEPTED}:2:facts"),
    ),
    # ---- reading: schema and keys
    Defect("empty-cell", cell(STUDIES, 2, "finding", ""), (f"cell-not-allowed {STUDIES}:2:finding",)),
    Defect("effect-not-of-its-figures", cell(OUTCOMES, 6, "effect", "-4.5"), (f"effect-differs-from-figures {OUTCOMES}:6:effect",)),
    Defect("direction-not-of-its-figures", cell(OUTCOMES, 4, "intervention_mean", "2.5"), (f"direction-against-figures {OUTCOMES}:4:direction",)),
    Defect("pooled-twice", both(cell(OUTCOMES, 2, "pool", "rest"), cell(OUTCOMES, 3, "pool", "rest")), (f"pool-counts-study-twice {OUTCOMES}:3:pool",)),
    Defect("pooled-without-figures", cells(OUTCOMES, 8, pool="spells", intervention_mean=""), (f"pool-without-measure {OUTCOMES}:8:pool",)),
    # ---- appraisals and certainty
    Defect(
        "answers-lead-elsewhere",
        both(appraisal(tool="RoB2", domain="1.2", judgement="N"), appraisal(tool="RoB2", domain="D1", judgement="low")),
        (f"appraisal-against-answers {APPRAISALS}:6:judgement",),
    ),
    Defect("pedro-total", appraisal(tool="PEDro", domain="total", judgement="9"), (f"pedro-total-differs {APPRAISALS}:5:judgement",)),
    Defect("domain-of-no-tool", appraisal(tool="RoB2", domain="6.1", judgement="Y"), (f"cell-not-allowed {APPRAISALS}:5:domain",)),
    Defect("judgement-of-no-tool", appraisal(tool="design", domain="02_blinding", judgement="yes"), (f"cell-not-allowed {APPRAISALS}:5:judgement",)),
    Defect("proposal-of-yesterday", rating(judgement="not_serious", judged_by="proposed"), (f"certainty-outdated {CERTAINTY}:4:judgement", *[f"certainty-outdated {CERTAINTY}:4:domain"] * 6)),
    Defect("committee-against-rules", rating(judgement="not_serious", judged_by="committee"), (f"certainty-differs-from-rules {CERTAINTY}:4:judgement",)),
    Defect("judgement-of-no-domain", rating(judgement="low", judged_by="committee"), (f"cell-not-allowed {CERTAINTY}:4:judgement",)),
    Defect("word-of-no-list", cell(STUDIES, 2, "fit", "tests_interventions"), (f"cell-not-allowed {STUDIES}:2:fit",)),
    Defect("id-with-capitals", cell(CONCLUSIONS, 3, "conclusion_id", "Restless-thumb"), (f"cell-not-allowed {CONCLUSIONS}:3:conclusion_id",)),
    Defect("n-with-a-point", cell(STUDIES, 2, "n_enrolled", "80.5"), (f"cell-type {STUDIES}:2:n_enrolled",)),
    Defect("date-of-no-calendar", cell(CERTAINTY, 2, "date", "2024-02-30"), (f"cell-type {CERTAINTY}:2:date",)),
    Defect("percent-above-hundred", cell(OUTCOMES, 5, "intervention_percent", "101"), (f"cell-not-allowed {OUTCOMES}:5:intervention_percent",)),
    Defect("p-of-one-word", cell(OUTCOMES, 2, "p_value", "significant"), (f"cell-not-allowed {OUTCOMES}:2:p_value",)),
    Defect("key-twice", cell(CITATIONS, 3, "citation_id", "c01"), (f"key-duplicate {CITATIONS}:3:citation_id",)),
    Defect("outcome-of-no-study", cell(OUTCOMES, 2, "study_id", "harrowgate-2016"), (f"key-unknown {OUTCOMES}:2:study_id",)),
    Defect("citation-of-no-entry", cell(CITATIONS, 2, "citation_key", "harrowgate2016"), (f"key-unknown {CITATIONS}:2:citation_key",)),
    Defect("listing-of-no-entry", cell(LISTINGS, 2, "citation_key", "harrowgate2016"), (f"key-unknown {LISTINGS}:2:citation_key",)),
    Defect("study-of-no-entry", cell(STUDIES, 2, "citation_keys", "harrowgate2015;nobody"), (f"key-unknown {STUDIES}:2:citation_keys",)),
    Defect("inside-no-study", cell(STUDIES, 2, "included_in", "nobody-2000"), (f"key-unknown {STUDIES}:2:included_in",)),
    Defect("column-missing", without_column(GLOSSARY, "meaning"), (f"table-header {GLOSSARY}:1:meaning",)),
    Defect("cell-missing", content(GLOSSARY, lambda old: old + b"gong,Gong\n"), (f"table-shape {GLOSSARY}:3:meaning",)),
    Defect("quote-open", content(GLOSSARY, lambda old: old + b'gong,"Gong,x\n'), (f"table-shape {GLOSSARY}:3",)),
    Defect("not-utf-8", content(GLOSSARY, lambda old: old + b"gong,Gong,\xff\n"), (f"table-encoding {GLOSSARY}:3",)),
    # ---- reading: bibliography and guideline
    Defect("doi-with-address", text(BIBLIOGRAPHY, "{10.9999/jis.2015.21}", "{https://doi.org/10.9999/jis.2015.21}"), (f"bibliography-field {BIBLIOGRAPHY}:10:doi",)),
    Defect("no-title", text(BIBLIOGRAPHY, "  title = {Bells for the home},\n", ""), (f"bibliography-field {BIBLIOGRAPHY}:71:entry",)),
    Defect("percent-bare", text(BIBLIOGRAPHY, "{Bells for the home}", "{Bells for 5% of the home}"), (f"bibliography-percent {BIBLIOGRAPHY}:73:title",)),
    Defect("no-toml", text(GUIDELINE, '"Reviewed"', "Reviewed"), (f"guideline-form {GUIDELINE}",)),
    # ---- reading: integrity
    Defect("more-analysed", cell(STUDIES, 2, "n_analysed", "81"), (f"analysed-exceeds-enrolled {STUDIES}:2:n_analysed",)),
    Defect("more-events", cell(OUTCOMES, 5, "intervention_events", "31"), (f"events-exceed-n {OUTCOMES}:5:intervention_events",)),
    Defect("interval-backwards", cells(OUTCOMES, 6, ci_low="-2.8", ci_high="-8.2"), (f"interval-reversed {OUTCOMES}:6:ci_low",)),
    Defect("effect-outside", cell(OUTCOMES, 6, "effect", "-9"), (f"effect-outside-interval {OUTCOMES}:6:effect",)),
    Defect("no-comparator-to-favour", cell(OUTCOMES, 5, "contrast", "within_arm"), (f"direction-without-comparator {OUTCOMES}:5:direction",)),
    Defect("own-parent", cell(CONCLUSIONS, 3, "parent_id", "restless-thumb"), (f"parent-circle {CONCLUSIONS}:3:parent_id",)),
    Defect("report-twice", cell(STUDIES, 3, "citation_keys", "muellbrandt2018;harrowgate2015"), (f"report-in-two-studies {STUDIES}:3:citation_keys",)),
    Defect("notices-without-columns", content(NOTICES, lambda old: old.replace(b"RetractionNature", b"Nature", 1)), (f"notices-header {NOTICES}:1",)),
]  # fmt: skip

#: Changes that are not defects: variants that a careful author might write.
HARMLESS = [
    Defect("accent-lost", cell(CITATIONS, 4, "cited_as", "Velasquine, 2020")),
    Defect("umlaut-lost", cell(CITATIONS, 3, "cited_as", "Mullbrandt et al., 2018")),
    Defect("umlaut-in-letters", cell(CITATIONS, 3, "cited_as", "Muellbrandt, 2018")),
    Defect("umlaut-in-letters-in-the-list", cell(LISTINGS, 3, "authors", "Muellbrandt K, Ostrander PA, Quillfeather R")),
    Defect("umlaut-decomposed", cell(CITATIONS, 3, "cited_as", "Mu\u0308llbrandt, 2018")),
    Defect("capitals", cell(CITATIONS, 2, "cited_as", "HARROWGATE, 2015")),
    Defect("two-authors-with-a-sign", cell(CITATIONS, 2, "cited_as", "Harrowgate & Tindlewick, 2015")),
    Defect("three-authors", cell(CITATIONS, 4, "cited_as", "Velásquine, Dunmarrow, and Brackenshaw (2020)")),
    Defect("year-with-a-letter", cell(CITATIONS, 2, "cited_as", "Harrowgate, 2015a")),
    Defect("et-al-in-the-list", cell(LISTINGS, 5, "authors", "Velásquine M, et al")),
    Defect("one-initial-of-two", cell(LISTINGS, 2, "authors", "Harrowgate J, Tindlewick S")),
    Defect("american-spelling", cell(LISTINGS, 2, "title", "Soft bells for restless thumb: a randomized trial")),
    Defect("title-in-capitals", cell(LISTINGS, 2, "title", "Soft Bells for Restless Thumb: A Randomised Trial")),
    Defect("pages-with-a-dash", cell(LISTINGS, 2, "pages", "21–29")),
    Defect("title-of-a-code-in-capitals", cell(CODES, 2, "printed_title", "EVENING HICCUP")),
    Defect("range-with-words-of-its-codes", cell(CODES, 3, "printed_title", "Restless thumb, right, left")),
    Defect("no-code-book", lambda project: project.write(TITLES, project.rows(TITLES)[:1])),
    Defect("no-code-table", lambda project: project.write(CODES, project.rows(CODES)[:1])),
    Defect("no-lists", lambda project: project.write(LISTINGS, project.rows(LISTINGS)[:1])),
    Defect("notice-of-another-paper", notice(OriginalPaperDOI="10.9999/jis.2015.210", RetractionNature="Retraction")),
    Defect("null-at-the-limit", cells(OUTCOMES, 2, ci_high="0", p_value="0.05")),
    Defect("p-at-the-level", cell(OUTCOMES, 2, "p_value", ">0.04")),
    Defect("spread-at-its-largest", cells(OUTCOMES, 4, intervention_mean="5", intervention_sd="5.1")),
    Defect("percent-rounded-up", cells(OUTCOMES, 3, intervention_percent="33")),
    Defect("everybody-in-both-arms", both(cell(STUDIES, 5, "design_detail", "RCT, cross-over"), figures(8, intervention_n="48", comparator_n="48"))),
    Defect("careful-finding", cell(STUDIES, 2, "finding", "No difference could be shown.")),
    Defect("negative-number-in-text", cell(STUDIES, 2, "limits", "-3 points is small.")),
    Defect("greek-letter-alone", cell(STUDIES, 2, "limits", "An α error of 0.05 was allowed.")),
    Defect("name-in-another-script", cell(STUDIES, 2, "limits", "Колокол rings.")),
    Defect("names-and-signs-of-europe", cell(STUDIES, 2, "limits", "K\u0171mpfel and Y\u0131lmaz: \u2265 2 \u2192 3")),
    Defect("less-than-sign", cell(STUDIES, 2, "limits", "p < 0.05 & n > 30")),
    Defect("as-long-as-allowed", cell(STUDIES, 2, "limits", "b" * 20_000)),
    Defect("due-today", text(GUIDELINE, "2024-03-01", "2023-06-01")),
]  # fmt: skip


@pytest.fixture
def clean(tmp_path: Path) -> Project:
    """A copy of the fictional review without findings."""
    return Project(Path(shutil.copytree(CLEAN, tmp_path / "clean")))


def findings(folder: Path) -> tuple[Finding, ...]:
    """The report of a check: defects of reading, then open findings of the audit."""
    review, problems = read_review(folder)
    return (*problems, *(audit(review, today=TODAY).open if review is not None else ()))


def lines(found: tuple[Finding, ...]) -> list[str]:
    return sorted(f"{finding.code} {finding.place}" for finding in found)


# ---- seeded defects


def test_a_clean_folder_has_no_finding() -> None:
    """A folder without defects gives no findings."""
    assert () == findings(CLEAN)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_found_at_its_place(clean: Project, defect: Defect) -> None:
    """One defect gives exactly its findings, with file, row and column."""
    defect.damage(clean)

    assert sorted(defect.expected) == lines(findings(clean.folder))


@pytest.mark.parametrize("defect", HARMLESS, ids=lambda defect: defect.name)
def test_what_is_no_defect_is_not_reported(clean: Project, defect: Defect) -> None:
    """Lost diacritics, another style and numbers at their limits are not reported."""
    defect.damage(clean)

    assert [] == lines(findings(clean.folder))


def test_every_rule_has_a_seeded_defect() -> None:
    """Every rule of the audit has a defect that it finds, so that none can be lost silently."""
    seeded = {line.split(" ")[0] for defect in DEFECTS for line in defect.expected}

    assert set() == {rule.code for rule in (*RULES, *ACCEPTANCE_RULES)} - seeded


def test_the_seeded_defects_are_many_and_different() -> None:
    """There are at least sixty uniquely named defects, including the defects of reading."""
    names = Counter(defect.name for defect in (*DEFECTS, *HARMLESS))
    seeded = {line.split(" ")[0] for defect in DEFECTS for line in defect.expected}

    assert (True, [], set()) == (
        len(DEFECTS) >= 60,
        [name for name, count in names.items() if count > 1],
        READING - seeded,
    )


def test_a_shifted_title_names_the_code_it_belongs_to(clean: Project) -> None:
    """For the title of a neighbouring code, the finding names that code."""
    clean.change(CODES, 2, "printed_title", "Restless thumb")
    (finding,) = findings(clean.folder)

    assert finding.message.endswith("that is the title of Q80.0 to Q80.9, so the rows may have shifted")


def test_a_defect_names_the_conclusions_it_concerns(clean: Project) -> None:
    """A defect of a study concerns every conclusion for which the study is cited, and no other."""
    clean.change(STUDIES, 2, "fit", "indirect")

    assert [("restless-thumb",)] == [finding.conclusions for finding in findings(clean.folder)]


# ---- accepted findings


def acceptance(code: str, subject: str, reason: str = "Seen, and it stands.", who: str = "A. Tester") -> list[str]:
    """The arguments of `weigh check` that accept a finding."""
    return ["check", *DAY, "--accept", code, subject, "--reason", reason, "--who", who]


@pytest.mark.long
def test_an_accepted_finding_is_written_down_and_folded(clean: Project, run_weigh: RunWeigh) -> None:
    """Accepting inserts a row in order; the finding is then counted but not shown, and --strict passes."""
    clean.change(STUDIES, 3, "analysis_unit", "eyes")
    clean.change(STUDIES, 2, "fit", "indirect")
    run_weigh("--review", clean.folder, *acceptance("study-unit-of-analysis", "muellbrandt-2018"))
    given = run_weigh("--review", clean.folder, *acceptance("study-indirect", "harrowgate-2015"))
    checked = run_weigh("--review", clean.folder, "check", *DAY, "--strict")
    rows = clean.rows(ACCEPTED)

    assert (0, "Accepted study-indirect on harrowgate-2015: ") == (given.returncode, given.stdout[:44])
    assert [
        ["study-indirect", "harrowgate-2015", "Seen, and it stands.", "A. Tester", "2024-06-01"],
        ["study-unit-of-analysis", "muellbrandt-2018", "Seen, and it stands.", "A. Tester", "2024-06-01"],
    ] == [cells[:5] for cells in rows[1:]]
    assert (0, "No findings. 2 accepted findings hidden.") == (checked.returncode, checked.stdout.splitlines()[-1])


def test_one_accepted_finding_is_counted_as_one(clean: Project, run_weigh: RunWeigh) -> None:
    """The last line of a check states how many findings are hidden."""
    clean.change(STUDIES, 3, "analysis_unit", "eyes")
    run_weigh("--review", clean.folder, *acceptance("study-unit-of-analysis", "muellbrandt-2018"))
    checked = run_weigh("--review", clean.folder, "check", *DAY, "--strict")

    assert (0, True) == (checked.returncode, "1 accepted finding hidden" in checked.stdout)


@pytest.mark.parametrize("empty", ["reason", "who"])
def test_an_acceptance_without_reason_or_name_is_refused(clean: Project, run_weigh: RunWeigh, empty: str) -> None:
    """A finding cannot be accepted without a reason and a name: exit code 2, one sentence, nothing written."""
    clean.change(STUDIES, 3, "analysis_unit", "eyes")
    before = clean.path(ACCEPTED).read_bytes()
    refused = run_weigh(
        "--review", clean.folder, *acceptance("study-unit-of-analysis", "muellbrandt-2018", **{empty: " "})
    )

    assert (2, "", before) == (refused.returncode, refused.stdout, clean.path(ACCEPTED).read_bytes())
    assert "weigh: an acceptance needs a reason and a name; give --reason and --who\n" == refused.stderr


def test_an_unknown_finding_cannot_be_accepted(clean: Project, run_weigh: RunWeigh) -> None:
    """An unknown finding is refused with the nearest existing one."""
    clean.change(STUDIES, 3, "analysis_unit", "eyes")
    refused = run_weigh("--review", clean.folder, *acceptance("study-unit-of-analysis", "mullbrandt-2018"))

    assert (2, 2) == (refused.returncode, len(clean.rows(ACCEPTED)) + 1)
    assert refused.stderr.endswith("; did you mean study-unit-of-analysis muellbrandt-2018?\n")


def accept_now(project: Project, code: str, subject: str) -> None:
    """Accept a finding in this process, as the command does."""
    from weigh.audit.acceptance import accept

    review = load_review(project.folder)
    accept(project.folder, audit(review, today=TODAY), code, subject, reason="Seen.", who="A. Tester", when=TODAY)


def test_a_finding_that_changes_is_open_again(clean: Project) -> None:
    """An acceptance applies to the facts reviewed, not to others."""
    clean.change(STUDIES, 3, "analysis_unit", "eyes")
    accept_now(clean, "study-unit-of-analysis", "muellbrandt-2018")
    accepted_before = lines(findings(clean.folder))
    clean.change(STUDIES, 3, "analysis_unit", "hands")

    assert [] == accepted_before
    assert [
        f"acceptance-outdated {ACCEPTED}:2:facts",
        f"study-unit-of-analysis {STUDIES}:3:analysis_unit",
    ] == lines(findings(clean.folder))


def test_a_finding_that_changed_can_be_accepted_anew(clean: Project) -> None:
    """Accepting again replaces the older row, so that each finding has one row."""
    clean.change(STUDIES, 3, "analysis_unit", "eyes")
    accept_now(clean, "study-unit-of-analysis", "muellbrandt-2018")
    clean.change(STUDIES, 3, "analysis_unit", "hands")
    accept_now(clean, "study-unit-of-analysis", "muellbrandt-2018")

    assert ([], 2) == (lines(findings(clean.folder)), len(clean.rows(ACCEPTED)))


def test_an_acceptance_of_what_is_gone_is_reported(clean: Project) -> None:
    """A resolved finding leaves a row that can be removed."""
    clean.change(STUDIES, 3, "analysis_unit", "eyes")
    accept_now(clean, "study-unit-of-analysis", "muellbrandt-2018")
    clean.change(STUDIES, 3, "analysis_unit", "patients")

    assert [f"acceptance-settled {ACCEPTED}:2:code"] == lines(findings(clean.folder))


def test_an_accepted_overdue_review_stays_accepted_tomorrow(clean: Project) -> None:
    """The passage of a day is not a new fact: a finding accepted yesterday is still accepted."""
    clean.replace(GUIDELINE, "2024-03-01", "2023-03-01")
    accept_now(clean, "review-overdue", "CG-TEST-02")
    tomorrow = audit(load_review(clean.folder), today=TODAY + dt.timedelta(days=1))

    assert () == tomorrow.open


def test_pages_do_not_call_an_accepted_overdue_review_settled(clean: Project) -> None:
    """Pages do not depend on the clock, so they do not report that an overdue review has been resolved."""
    clean.replace(GUIDELINE, "2024-03-01", "2023-03-01")
    accept_now(clean, "review-overdue", "CG-TEST-02")

    assert () == audit(load_review(clean.folder)).open


# ---- the command


@pytest.mark.parametrize(
    ("damage", "strict", "code"),
    [
        (cell(STUDIES, 2, "fit", "indirect"), False, 0),
        (cell(STUDIES, 2, "fit", "indirect"), True, 1),
        (cell(OUTCOMES, 4, "intervention_mean", "50"), False, 2),
        (cell(STUDIES, 2, "finding", ""), False, 2),
        (cell(OUTCOMES, 2, "p_value", "0.01"), True, 0),
    ],
    ids=["guideline", "guideline-strict", "data-error-of-the-audit", "data-error-of-reading", "data-warning-strict"],
)
def test_the_exit_code_says_what_was_found(
    clean: Project, run_weigh: RunWeigh, damage: Damage, strict: bool, code: int
) -> None:
    """A question for the committee fails only a strict run, a broken folder every run."""
    damage(clean)
    checked = run_weigh("--review", clean.folder, "check", *DAY, *(["--strict"] if strict else []))

    assert (code, "") == (checked.returncode, checked.stderr)


def test_a_clean_folder_passes_a_strict_check(run_weigh: RunWeigh) -> None:
    """Without findings, a strict run ends with 0 and says so."""
    checked = run_weigh("--review", CLEAN, "check", *DAY, "--strict")

    assert (0, "", "No findings.") == (checked.returncode, checked.stderr, checked.stdout.splitlines()[-1])


def test_json_of_a_finding_has_the_documented_keys(clean: Project, run_weigh: RunWeigh) -> None:
    """Other programs rely on ten keys of a finding, in this order."""
    clean.change(STUDIES, 2, "fit", "indirect")
    (found,) = json.loads(run_weigh("--review", clean.folder, "check", *DAY, "--format", "json").stdout)

    assert [
        "code",
        "kind",
        "severity",
        "subject",
        "file",
        "row",
        "column",
        "message",
        "fix",
        "conclusions",
    ] == list(found)
    assert ("study-indirect", STUDIES, 2, "fit", ["restless-thumb"]) == tuple(
        found[key] for key in ("code", "file", "row", "column", "conclusions")
    )


def test_sarif_fits_its_schema(clean: Project, run_weigh: RunWeigh) -> None:
    """Findings that are open, accepted or without a row make a valid SARIF 2.1.0 log."""
    from jsonschema import Draft4Validator

    clean.change(STUDIES, 2, "fit", "indirect")
    clean.change(STUDIES, 3, "analysis_unit", "eyes")
    clean.path(NOTICES).unlink()
    accept_now(clean, "study-unit-of-analysis", "muellbrandt-2018")
    log = json.loads(run_weigh("--review", clean.folder, "check", *DAY, "--format", "sarif").stdout)
    schema = json.loads(SARIF_SCHEMA.read_text(encoding="utf-8"))

    assert [] == [error.message for error in Draft4Validator(schema).iter_errors(log)]
    assert {"study-indirect": False, "notices-not-checked": False, "study-unit-of-analysis": True} == {
        result["ruleId"]: "suppressions" in result for result in log["runs"][0]["results"]
    }


@pytest.mark.long
def test_sarif_of_a_broken_folder_fits_its_schema(clean: Project, run_weigh: RunWeigh) -> None:
    """A defect of reading, which no rule of the audit describes, makes a valid log too."""
    from jsonschema import Draft4Validator

    clean.change(STUDIES, 2, "finding", "")
    log = json.loads(run_weigh("--review", clean.folder, "check", *DAY, "--format", "sarif").stdout)
    schema = json.loads(SARIF_SCHEMA.read_text(encoding="utf-8"))

    assert [] == [error.message for error in Draft4Validator(schema).iter_errors(log)]
    assert ["cell-not-allowed"] == [result["ruleId"] for result in log["runs"][0]["results"]]


# ---- hostile text

HOSTILE = {
    "bidi": ("note \u202egnp.exe", "text-hidden-characters"),
    "zero-width": ("pa\u200bin", "text-hidden-characters"),
    "homoglyph": ("p\u0430in relief", "text-mixed-scripts"),
    "formula": ('=HYPERLINK("https://evil.example","here")', "text-formula"),
    "markup": ("<img src=x onerror=alert(1)>", "text-markup"),
    "endless": ("bell" * 25_000, "text-too-long"),
}


#: Columns whose values depend on the instrument named in another column.
CLOSED = {
    ("appraisals", "domain"): "tool",  # a judgement for an unknown domain is not checked; seeded above
    ("appraisals", "judgement"): "instrument",
    ("certainty", "judgement"): "instrument",
}


def string_columns(project: Project) -> dict[str, dict[str, str]]:
    """The string columns of every table, each with its constraint: none, a pattern, an enum, or the values of an instrument."""
    package = json.loads(project.path("evidence/datapackage.json").read_text(encoding="utf-8"))
    return {
        f"evidence/{resource['path']}": {
            f["name"]: next(
                (kind for kind in ("enum", "pattern") if kind in f.get("constraints", {})),
                CLOSED.get((resource["name"], f["name"]), "free"),
            )
            for f in resource["schema"]["fields"]
            if f["type"] == "string" and f["name"] != "included_in"  # keys of studies, which reading checks
        }
        for resource in package["resources"]
    }


def sign_off(project: Project) -> None:
    """Sign a conclusion, so that the table has a row."""
    review = load_review(project.folder)
    name = next(iter(review.conclusions))
    given = {"who": "A. Member", "role": "chair", "vote": SignoffVote.AGREE, "dissent": "", "when": dt.date(2021, 3, 1)}
    sign(review, name, ("one line",), **given)  # type: ignore[arg-type]


def plant(project: Project, kind: str, hostile: str) -> list[str]:
    """Write a hostile text into the first row of every string column of a kind; return the places, sorted."""
    candidate()(project)
    accepted("study-indirect", "harrowgate-2015")(project)
    sign_off(project)
    places = []
    for file, columns in string_columns(project).items():
        rows = project.rows(file)
        for column in (name for name, asked in columns.items() if kind == asked):
            rows[1][rows[0].index(column)] = hostile
            places.append(f"{file}:2:{column}")
        project.write(file, rows)
    return sorted(places)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_in_any_free_column_is_flagged(clean: Project, name: str) -> None:
    """Deceptive text is found at its cell in every text column of every table."""
    hostile, code = HOSTILE[name]
    places = plant(clean, "free", hostile)

    assert [f"{code} {place}" for place in places] == [line for line in lines(findings(clean.folder)) if code in line]


@pytest.mark.parametrize("kind", ["pattern", "enum", "instrument"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_in_any_closed_column_is_refused(clean: Project, name: str, kind: str) -> None:
    """In every constrained column, the same text is refused at its cell, in a message of normal length."""
    places = plant(clean, kind, HOSTILE[name][0])
    review, problems = read_review(clean.folder)
    refused = {f"{f.place}": len(f.message) for f in problems if "cell-not-allowed" == f.code}

    assert (None, set()) == (review, set(places) - set(refused))
    assert [] == [place for place, length in refused.items() if length > 1000]


def fragments(folder: Path) -> list[str]:
    """The HTML of everything that weigh shows of a review."""
    from weigh.summary.audit import summarise_audit
    from weigh.summary.conclusion import summarise
    from weigh.summary.overview import overview

    review = load_review(folder)
    things = [*(summarise(name, review) for name in review.conclusions), summarise_audit(review), overview(review)]
    drawn = {"bias", "effects", "harvest", "map", "report"}  # slow, and hostile text in figures has its own tests
    shown = [show(thing, part) for thing in things for part in parts(thing) if part not in drawn]
    return [each.html for each in shown]


@pytest.mark.long
@pytest.mark.parametrize("name", ["formula", "markup"])
def test_hostile_text_is_shown_escaped(clean: Project, name: str) -> None:
    """Planted in every text column, none of its tags or quotation marks reaches a page as markup."""
    hostile = HOSTILE[name][0]
    plant(clean, "free", hostile)
    shown = fragments(clean.folder)

    assert ([], True) == (
        [html for html in shown if hostile in html],
        any("evil" in h or "onerror" in h for h in shown),
    )


@pytest.mark.long
@pytest.mark.parametrize("name", ["bidi", "zero-width", "homoglyph", "endless"])
def test_hostile_text_ends_no_check_with_a_traceback(clean: Project, run_weigh: RunWeigh, name: str) -> None:
    """Whatever a cell contains, a check ends with findings, each with a place, and not with a traceback."""
    plant(clean, "free", HOSTILE[name][0])
    checked = run_weigh("--review", clean.folder, "check", *DAY, "--format", "json")

    assert ("", True) == (checked.stderr, checked.returncode in {0, 2})
    assert [] == [found for found in json.loads(checked.stdout) if not found["file"]]


@pytest.mark.parametrize(
    ("column", "expected"),
    [("limits", f"text-too-long {STUDIES}:2:limits"), ("fit", f"cell-not-allowed {STUDIES}:2:fit")],
)
def test_a_cell_of_a_megabyte_is_one_finding_of_common_length(clean: Project, column: str, expected: str) -> None:
    """An overlong cell is reported at its place and not repeated in the message."""
    clean.change(STUDIES, 2, column, "bell" * 250_000)
    (found,) = findings(clean.folder)

    assert (expected, True) == (f"{found.code} {found.place}", len(str(found)) < 1000)
