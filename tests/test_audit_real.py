"""The exact findings of the audit on the guideline of this repository."""

from __future__ import annotations

from collections import defaultdict

import pytest
from conftest import ROOT

from weigh.audit.audit import audit
from weigh.audit.claims import overclaims
from weigh.evidence.codebook import CODE_TITLES, snapshot
from weigh.evidence.model import Finding
from weigh.evidence.review import Review
from weigh.summary.conclusion import Summary

Found = dict[str, list[Finding]]


@pytest.fixture(scope="module")
def found(real: Review) -> Found:
    """The open findings on this repository by code, in the order of the report, without those that depend on the date."""
    by_code: Found = defaultdict(list)
    for finding in audit(real).open:
        by_code[finding.code].append(finding)
    return by_code


def subjects(findings: list[Finding]) -> list[str]:
    return sorted(finding.subject for finding in findings)


def differences(findings: list[Finding]) -> list[str]:
    """The spellings of text and list, as the messages end."""
    return [finding.message.rpartition(": ")[2] for finding in findings]


def test_the_name_pairs(found: Found) -> None:
    """Three names differ between text and list, and no fourth match is proposed."""
    assert [
        "the text has Bakhtiary, the list has Bakhtiari",
        "the text has Vranken, the list has Franken",
        "the text has Mehrsai, the list has Mehraei",
    ] == differences(found["citation-name-mismatch"])


def test_the_year_pair(found: Found) -> None:
    """One work is cited with its online year and listed with its print year."""
    assert [("“Sayegh and Strauch (2014)”", "the text has 2014, the list has 2015")] == [
        (finding.message.partition(" is a ")[0], difference)
        for finding, difference in zip(
            found["citation-year-mismatch"], differences(found["citation-year-mismatch"]), strict=True
        )
    ]


def test_the_ambiguous_citation(found: Found) -> None:
    """One citation matches two entries, and neither is chosen."""
    assert ["“FDA, 2023” matches 2 entries"] == [
        finding.message.partition(":")[0] for finding in found["citation-ambiguous"]
    ]


def test_every_citation_is_listed(found: Found) -> None:
    """Every citation in the text has an exact or approximate match."""
    assert [] == found["citation-not-listed"]


def test_what_is_listed_and_never_cited(found: Found) -> None:
    """Four entries of the lists are never cited."""
    assert ["anderson2003", "niedfeldt2001", "spierings2008", "yu2019"] == subjects(found["reference-never-cited"])


def test_the_conclusion_without_evidence(found: Found) -> None:
    """One conclusion named in the text rests on no study."""
    assert ["temporomandibular-disorders"] == subjects(found["conclusion-without-evidence"])


def test_the_codes_without_evidence(found: Found) -> None:
    """No denied diagnosis of the code table has a supporting study."""
    assert [f"nmn-{number}" for number in range(1, 8)] == subjects(found["code-without-evidence"])


def test_the_titles_that_slipped(found: Found) -> None:
    """Three rows carry the title of another code, and a fourth title has no code."""
    assert (["mn-3", "mn-4", "mn-5"], ["mn-6"]) == (
        subjects(found["code-title-mismatch"]),
        subjects(found["code-title-without-code"]),
    )


@pytest.mark.parametrize(
    ("code", "studies"),
    [
        ("study-does-not-test", {"bennett-2007", "anderson-2003", "pierce-2010"}),
        ("study-indirect", {"bakhtiary-2013"}),
        ("study-counted-twice", {"lombardo-2017"}),
        ("study-finding-differs", {"neeter-2003", "dardas-2014", "nirschl-2003", "pierce-2010"}),
    ],
)
def test_studies_that_are_not_what_they_are_cited_for(found: Found, code: str, studies: set[str]) -> None:
    """The studies with questionable use are named."""
    assert set() == studies - set(subjects(found[code]))


def test_no_finding_blocks_a_run(found: Found) -> None:
    """The folder of this repository has no data error, only questions for the committee and points to check."""
    assert [] == [str(f) for findings in found.values() for f in findings if ("data", "error") == (f.kind, f.severity)]


@pytest.mark.parametrize("word", ["anthem", "payer"])
def test_findings_speak_of_the_guideline_and_not_of_its_owner(found: Found, word: str) -> None:
    """The findings concern a text and its evidence, so no reviewer is named in them."""
    assert [] == [str(f) for findings in found.values() for f in findings if word in f"{f.message} {f.fix}".casefold()]


@pytest.mark.long
def test_the_code_titles_are_those_of_the_code_book(real: Review) -> None:
    """The snapshot of the code book equals what the installed book gives, byte for byte."""
    assert (ROOT / CODE_TITLES).read_text(encoding="utf-8") == snapshot(real.codes)


def test_no_sentence_of_a_page_claims_too_much(summaries: dict[str, Summary]) -> None:
    """Every sentence that weigh writes itself stays within the wording permitted for unjudged certainty."""
    for name, summary in summaries.items():
        sentences = (summary.verdict_sentence, *summary.vote_sentences, *summary.discuss)
        assert () == overclaims(" ".join(sentences), summary.judgement.certainty), name
