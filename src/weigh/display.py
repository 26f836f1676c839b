"""What notebooks call: each function shows one part of a summary, as HTML with a stable text beside it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from weigh import __version__, look, wording
from weigh.appraisal import appraisal_words
from weigh.audit_summary import AuditSummary
from weigh.checks.audit import whose_of
from weigh.figures import effect_direction
from weigh.model import Outcome
from weigh.summary import Overview, Summary
from weigh.vocabulary import Extraction

__all__ = [
    "Shown",
    "environment",
    "show_audit",
    "show_candidates",
    "show_citation_matrix",
    "show_code_table",
    "show_counts",
    "show_directions",
    "show_findings",
    "show_header",
    "show_notice_reach",
    "show_overview",
    "show_provenance",
    "show_references",
    "show_result",
    "show_sides",
    "show_studies",
    "show_study_cards",
    "show_unverified",
    "show_verdict",
    "style_sheet",
]


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A fragment for a notebook cell: HTML for a reader, text for a terminal and for nbval.

    Neither holds an address, a date or a random id, so two runs give the same cell.
    """

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


@cache
def environment() -> Environment:
    """The templates of weigh, escaping everything that comes from a table."""
    env = Environment(
        loader=PackageLoader("weigh", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    env.globals.update(
        wording=wording, look=look, arm=_arm_words, effect=_effect_words, whose=whose_of, version=__version__
    )
    return env


@cache
def style_sheet() -> Markup:
    """The style of all fragments, made from `look`."""
    return Markup(environment().get_template("fragments.css").render())


def _fragment(template: str, **values: Any) -> str:
    return environment().get_template(f"{template}.html.j2").render(**values)


def show_header(summary: Summary) -> Shown:
    """The question, the guideline's position and the codes concerned."""
    conclusion = summary.dossier.conclusion
    narrower = [c.condition for c in summary.dossier.narrower]
    html = _fragment("header", s=summary, c=conclusion, narrower=narrower, css=style_sheet())
    return Shown(html, f"{summary.question}\n{wording.POSITION[conclusion.position]}. {conclusion.statement}")


def show_verdict(summary: Summary) -> Shown:
    """The verdict in words, the votes, and why a member may want to discuss it."""
    lines = [
        f"{wording.VERDICT[summary.verdict]}. {summary.verdict_sentence}",
        *summary.vote_sentences,
        *summary.discuss,
    ]
    return Shown(_fragment("verdict", s=summary), "\n".join(lines))


def show_sides(summary: Summary) -> Shown:
    """What speaks for the conclusion and what speaks against it, side by side."""
    sides = (
        ("for", summary.speaks_for),
        ("against", summary.speaks_against),
        ("does not test it", summary.does_not_test),
    )
    lines = [f"{side}: {point.name}: {point.text}" for side, points in sides for point in points]
    return Shown(_fragment("sides", s=summary), "\n".join(lines) or "Nothing speaks for or against.")


def show_studies(summary: Summary) -> Shown:
    """The cited studies as a table."""
    lines = [f"{line.name}: {line.size}; {line.vote_words}" for line in summary.studies]
    return Shown(_fragment("studies", s=summary), "\n".join(lines) or "No study is cited.")


def show_directions(summary: Summary) -> Shown:
    """The effect direction plot."""
    drawing = effect_direction(summary)
    svg = Markup(drawing.svg) if drawing else ""  # our own figure; its texts are escaped by matplotlib
    text = drawing.alternative if drawing else "There is no outcome of a cited study to draw."
    return Shown(_fragment("figure", s=summary, drawing=drawing, svg=svg), text)


def show_study_cards(summary: Summary) -> Shown:
    """Each study with its outcomes, limits and sources."""
    appraised = {line.item.study.study_id: appraisal_words(line.item.appraisals) for line in summary.studies}
    outcomes = sum(len(line.item.outcomes) for line in summary.studies)
    text = f"{wording.plural(len(summary.studies), 'study', 'studies')}, {wording.plural(outcomes, 'outcome')}"
    return Shown(_fragment("cards", s=summary, appraised=appraised), text)


def show_unverified(summary: Summary) -> Shown:
    """What nobody saw, or saw in part."""
    partial = [line.name for line in summary.studies if line.item.study.extraction is Extraction.PARTIAL]
    lines = [f"{point.name}, not seen: {point.text}" for point in summary.not_verified]
    return Shown(_fragment("unseen", s=summary, partial=partial), "\n".join(lines) or "Nothing cited was left unseen.")


def show_candidates(summary: Summary) -> Shown:
    """Studies that are known and that the guideline does not cite."""
    lines = [f"{c.citation}: {c.direction or 'direction not known'}" for c in summary.dossier.candidates]
    return Shown(_fragment("candidates", s=summary), "\n".join(lines) or "None was found so far.")


def show_findings(summary: Summary) -> Shown:
    """What does not fit: the audit's findings that concern one conclusion."""
    lines = [f"{finding.severity}: {finding.message}" for finding in summary.findings]
    return Shown(_fragment("findings", s=summary), "\n".join(lines) or "The audit found nothing.")


def show_audit(page: AuditSummary) -> Shown:
    """All findings, those of no single conclusion first, then conclusion by conclusion."""
    counts = [f"{conclusion.condition}: {len(found)}" for conclusion, found in page.by_conclusion]
    return Shown(_fragment("audit", a=page), f"{len(page.audit.open)} findings\n" + "\n".join(counts))


def show_citation_matrix(page: AuditSummary) -> Shown:
    """Every citation against the list and the record."""
    lines = [f"{line.citation.cited_as}: {line.match} {line.difference}".strip() for line in page.citations]
    return Shown(_fragment("citation_matrix", a=page), "\n".join(lines))


def show_code_table(page: AuditSummary) -> Shown:
    """The code table with the true titles beside the printed ones."""
    lines = [f"{line.code.label}: {line.code.printed_title or '-'} / {line.true_title or '-'}" for line in page.codes]
    return Shown(_fragment("code_table", a=page), "\n".join(lines))


def show_notice_reach(page: AuditSummary) -> Shown:
    """What a retraction or a correction of each reference would hit."""
    lines = [f"{line.reference.short}: {', '.join(line.conditions)}" for line in page.reach]
    return Shown(_fragment("reach", a=page), "\n".join(lines))


def show_references(summary: Summary) -> Shown:
    """The references in AMA style."""
    lines = [f"{reference.number}. {reference.text}" for reference in summary.references]
    return Shown(_fragment("references", s=summary), "\n".join(lines) or "No reference is cited.")


def show_provenance(summary: Summary) -> Shown:
    """From what the page was made."""
    return Shown(_fragment("provenance", s=summary), f"weigh {__version__}, fingerprint {summary.fingerprint}")


def show_result(summary: Summary) -> Shown:
    """The machine-readable result as text: what nbval guards."""
    text = json.dumps(summary.as_json(), indent=1, ensure_ascii=False)
    return Shown(str(Markup("<pre>{}</pre>").format(text)), text)


def show_overview(conclusions: Overview, linked: Collection[str] = ()) -> Shown:
    """All conclusions in one table; `linked` names those that have a page."""
    lines = [f"{s.conclusion_id}: {s.verdict.value}, {len(s.studies)} studies" for s in conclusions.summaries]
    return Shown(_fragment("overview", o=conclusions, linked=frozenset(linked)), "\n".join(lines))


def show_counts(conclusions: Overview) -> Shown:
    """How many conclusions have which verdict."""
    lines = [f"{verdict.value}: {count}" for verdict, count in conclusions.verdict_counts.items()]
    return Shown(_fragment("counts", o=conclusions), "\n".join(lines))


def _arm_words(outcome: Outcome, arm: str) -> str:
    """The figures of one arm as printed."""
    n, mean, sd, events, percent = (
        getattr(outcome, f"{arm}_{name}") for name in ("n", "mean", "sd", "events", "percent")
    )
    parts = []
    if events is not None:
        parts.append(f"{events} of {n}" if n is not None else f"{events} events")
    if mean is not None:
        parts.append(f"{mean}" + (f" (SD {sd})" if sd is not None else ""))
    if percent is not None:
        parts.append(f"{percent}%")
    if n is not None and events is None:
        parts.append(f"n = {n}")
    return ", ".join(parts) or "–"


def _effect_words(outcome: Outcome) -> str:
    """The reported effect with its interval."""
    if outcome.effect is None:
        return "–"
    unit = f" {outcome.unit}" if outcome.unit else ""
    interval = f" ({outcome.ci_low} to {outcome.ci_high})" if outcome.ci_low is not None else ""
    return f"{outcome.effect_measure} {outcome.effect}{interval}{unit}"
