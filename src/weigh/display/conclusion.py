"""The parts of a report on one conclusion, as shown in a notebook."""

from __future__ import annotations

import json
from collections.abc import Sequence

from markupsafe import Markup

from weigh.assessment.bodies import participants_of
from weigh.display.shown import Shown, fragment, styled
from weigh.evidence.vocabulary import Extraction
from weigh.summary.conclusion import StudyLine, Summary
from weigh.wording import guideline_dates as imprint
from weigh.wording import report_words as words
from weigh.wording import sentences as wording
from weigh.wording.effect_words import CERTAINTY
from weigh.wording.outcomes import result_words

__all__ = [
    "shares",
    "show_candidates",
    "show_cards",
    "show_findings",
    "show_flip",
    "show_header",
    "show_outcomes",
    "show_provenance",
    "show_references",
    "show_result",
    "show_sides",
    "show_since",
    "show_studies",
    "show_swim",
    "show_unverified",
    "show_verdict",
]


def show_header(summary: Summary) -> Shown:
    """The question, the guideline's position and the codes concerned."""
    position = words.position_words(summary.dossier)
    html = styled(fragment("header", s=summary))
    return Shown(html, f"{summary.question}\n{position} {summary.dossier.conclusion.statement}")


def show_verdict(summary: Summary) -> Shown:
    """The verdict in words, the votes, and why a member may want to discuss it."""
    lines = [
        f"{wording.VERDICT[summary.verdict]}. {summary.verdict_sentence}",
        f"{summary.badge}. {summary.flip_summary}",
        *summary.vote_sentences,
        *summary.discuss,
    ]
    return Shown(fragment("verdict", s=summary), "\n".join(lines))


def show_sides(summary: Summary) -> Shown:
    """The evidence for the conclusion and the evidence against it, side by side."""
    sides = (
        ("for", summary.speaks_for),
        ("against", summary.speaks_against),
        ("does not test it", summary.does_not_test),
    )
    lines = [f"{side}: {point.name}: {point.text}" for side, points in sides for point in points]
    return Shown(fragment("sides", s=summary), "\n".join(lines) or "No study speaks for or against it.")


def show_studies(summary: Summary) -> Shown:
    """The cited studies as a table."""
    lines = [f"{line.name}: {line.size}; {line.vote_words}" for line in summary.studies]
    return Shown(fragment("studies", s=summary), "\n".join(lines) or words.NO_STUDY)


def show_cards(summary: Summary) -> Shown:
    """Each study with its outcomes, limits and sources."""
    text = "\n".join(line for study in summary.studies for line in _card_lines(study)) or "No study is cited."
    cards = tuple(zip(summary.studies, shares(summary.studies), strict=True))
    return Shown(fragment("cards", s=summary, cards=cards), text)


def _card_lines(line: StudyLine) -> tuple[str, ...]:
    """A study as lines of text: its name, size and vote, then one line for each outcome."""
    comparator = line.item.study.comparator_type
    results = [f"  {result_words(outcome, comparator)}" for outcome in line.item.outcomes]
    return (f"{line.name}: {line.size}; {line.vote_words}", *(results or [f"  {words.NO_OUTCOMES}"]))


def shares(lines: Sequence[StudyLine]) -> list[int | None]:
    """The size of each study in percent of the largest; None if unknown, and for reviews, whose totals include other studies."""
    sizes = [participants_of(line.item, ()) for line in lines]
    largest = max((size for size in sizes if size), default=0)
    return [max(1, round(100 * size / largest)) if size else None for size in sizes]


def show_unverified(summary: Summary) -> Shown:
    """What was not seen, or seen only in part."""
    partial = [line.name for line in summary.studies if line.item.study.extraction is Extraction.PARTIAL]
    lines = [f"{point.name}, not seen: {point.text}" for point in summary.not_verified]
    return Shown(fragment("unseen", s=summary, partial=partial), "\n".join(lines) or words.ALL_SEEN)


def show_candidates(summary: Summary) -> Shown:
    """Known relevant studies that the guideline does not cite."""
    lines = [f"{c.citation}: {c.direction or 'direction not known'}" for c in summary.dossier.candidates]
    return Shown(fragment("candidates", s=summary), "\n".join(lines) or words.NO_CANDIDATES)


def show_findings(summary: Summary) -> Shown:
    """The audit findings that concern one conclusion."""
    lines = [f"{finding.severity}: {finding.message}" for finding in summary.findings]
    return Shown(fragment("findings", s=summary), "\n".join(lines) or words.NO_FINDINGS)


def show_since(summary: Summary) -> Shown:
    """What is new since the last review."""
    reviewed = summary.guideline.last_review_date
    nothing = (
        f"Nothing in this review folder is dated later than the last review, on {reviewed}."
        if reviewed
        else f"The date of the last review is {imprint.NOT_PRINTED}, so it is not known what is newer."
    )
    return Shown(fragment("since", s=summary, nothing=nothing), "\n".join(summary.since) or nothing)


def show_references(summary: Summary) -> Shown:
    """The references in AMA style."""
    lines = [f"{reference.number}. {reference.text}" for reference in summary.references]
    return Shown(fragment("references", s=summary), "\n".join(lines) or words.NO_REFERENCES)


def show_provenance(summary: Summary) -> Shown:
    """The fingerprint of the input of the page."""
    return Shown(fragment("provenance", s=summary), f"Fingerprint of the content: {summary.fingerprint}")


def show_result(summary: Summary) -> Shown:
    """The machine-readable result as text, which nbval compares."""
    text = json.dumps(summary.as_json(), indent=1, ensure_ascii=False)
    return Shown(str(Markup("<pre>{}</pre>").format(text)), text)


def show_outcomes(summary: Summary) -> Shown:
    """The summary of findings: for each outcome the results, the certainty and what they mean."""
    lines = [
        f"{row.label} ({row.people}), certainty {CERTAINTY[row.certainty]}: {row.what_happens}"
        for row in summary.outcomes
    ]
    ids = {line.name: line.item.study.study_id for line in summary.studies}
    return Shown(fragment("outcomes", s=summary, ids=ids), "\n".join(lines) or words.NO_RESULTS)


def show_flip(summary: Summary) -> Shown:
    """The flip test: the effect of a single change on the verdict."""
    lines = [f"{summary.badge}. {summary.flip_summary}", *summary.flip_changes]
    return Shown(fragment("flip", s=summary), "\n".join(lines))


def show_swim(summary: Summary) -> Shown:
    """How the studies were synthesised: the nine items of the SWiM statement."""
    lines = [f"{item.number}. {item.topic}: {item.text}" for item in summary.swim]
    return Shown(fragment("swim", s=summary), "\n".join(lines) or words.NO_SYNTHESIS)
