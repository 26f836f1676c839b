"""The pages of the site: conclusions and whole-review pages from executed notebooks, the others from summaries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from weigh.audit.audit import ACCEPTANCE_RULES
from weigh.audit.audit import RULES as AUDIT_RULES
from weigh.display.shown import environment
from weigh.evidence.model import Guideline
from weigh.evidence.review import Review
from weigh.pages.executed import cells_of
from weigh.pages.layout import page, search_script, unstyled
from weigh.pages.prose import contents, prose
from weigh.pages.signed import lines_of, signed_line, signed_section, standings
from weigh.pages.signing import Signature
from weigh.pages.studies import StudyEntry
from weigh.summary.conclusion import Summary
from weigh.summary.overview import Overview
from weigh.summary.parts import PARTS, parts_of

if TYPE_CHECKING:
    from weigh.changes.compare import Changes

__all__ = [
    "PAGE_TITLES",
    "changes_page",
    "conclusion_page",
    "history_page",
    "index_page",
    "review_page",
    "terms_page",
]

#: Notebooks on the whole review that become a separate page; the overview becomes the index.
PAGE_TITLES = {
    "audit": "Audit",
    "methods": "How is a verdict made?",
    "evidence_map": "The evidence at a glance",
    "criteria": "The criteria as a checklist",
}

#: The number of headings from which a page has a table of contents.
_WORTH_A_LIST = 5
_PROSE = "-prose"  # suffix of the id of a cell that introduces another one
_NOTEBOOK_ONLY = frozenset({"notebook-only", "parameters", "injected-parameters"})


def conclusion_page(notebook: str, summary: Summary, signed: Sequence[Signature] = ()) -> str:
    """The page of a conclusion from its executed notebook: prose and outputs, with the code in a disclosure.

    Args:
        notebook: its text, executed by this run; stored outputs never reach a page.
        summary: the summary that the notebook shows, for the title.
        signed: the signatures on the page, which are shown but are not part of the signed text.
    """
    address = f"{summary.conclusion_id}.html"
    empty = frozenset(part.name for part in PARTS) - {part.name for part in parts_of(summary)}
    bare = _notebook_page(notebook, summary.question, summary.guideline, current=address, without=empty)
    if not signed:
        return bare
    found = standings(signed, lines_of(bare))
    top, section = signed_line(found), signed_section(found)
    return _notebook_page(
        notebook, summary.question, summary.guideline, current=address, before=top, after=section, without=empty
    )


def review_page(name: str, notebook: str, guideline: Guideline) -> str:
    """The page of a notebook on the whole review, one of `PAGE_TITLES`; the audit page ends with a table of its rules."""
    rules = ""
    if name == "audit":
        template = environment().get_template("rules.html.j2")
        rules = Markup(template.render(rules=(*AUDIT_RULES, *ACCEPTANCE_RULES)))
    title = f"{PAGE_TITLES[name]}: guideline {guideline.number}"
    return _notebook_page(notebook, title, guideline, current=f"{name}.html", after=rules)


def changes_page(notebook: str, changes: Changes) -> str:
    """The page of changes between two states, which links to no other page.

    Args:
        notebook: the text of the executed notebook on the changes.
        changes: the same changes, for the title.
    """
    guideline = {"number": changes.number}
    return _notebook_page(notebook, f"What changed: guideline {changes.number}", guideline, alone=True)


def history_page(review: Review) -> str:
    """The page of the guideline's history: who did what, and when the next review is due."""
    rows = sorted(review.history, key=lambda row: (row.date is None, row.date or dt.date.min), reverse=True)
    dated, undated = [row for row in rows if row.date], [row for row in rows if not row.date]
    return page(
        "history",
        f"What was reviewed, and when? Guideline {review.guideline.number}",
        review.guideline,
        current="history.html",
        rows=(*dated, *undated),
    )


def terms_page(review: Review) -> str:
    """The page of the terms that the guideline defines and the devices that it names."""
    return page(
        "terms",
        f"What do the terms mean? Guideline {review.guideline.number}",
        review.guideline,
        current="terms.html",
        terms=sorted(review.glossary, key=lambda term: term.term.casefold()),
        devices=sorted(review.devices, key=lambda device: device.name.casefold()),
    )


def index_page(overview: Overview, studies: Sequence[StudyEntry], linked: Collection[str], picture: str = "") -> str:
    """The index: the conclusions in order of need for discussion, the map, and every cited study.

    Args:
        overview: all conclusions.
        studies: all cited studies.
        linked: ids of the conclusions that have a page.
        picture: the evidence map as HTML; empty if it was not drawn.
    """
    guideline = overview.guideline
    groups = [
        (verdict, [line for line in overview.lines if line.verdict is verdict])
        for verdict, count in overview.verdict_counts.items()
        if count
    ]
    return page(
        "index",
        f"Guideline {guideline.number}: {guideline.subject}",
        guideline,
        current="index.html",
        script=search_script(),
        o=overview,
        groups=groups,
        studies=studies,
        is_draft=bool(studies) and not any(study.is_read for study in studies),
        linked=linked,
        picture=unstyled(picture),
    )


def _notebook_page(
    notebook: str,
    title: str,
    guideline: Guideline | dict[str, str],
    *,
    current: str = "",
    alone: bool = False,
    before: str = "",
    after: str = "",
    without: frozenset[str] = frozenset(),
) -> str:
    cells = [
        cell
        for cell in cells_of(notebook)
        if not _NOTEBOOK_ONLY & set(cell["metadata"].get("tags", ()))
        and str(cell.get("id", "")).removesuffix(_PROSE) not in without
    ]
    headings = [found for cell in cells if cell["cell_type"] == "markdown" for found in contents(cell["source"])]
    return page(
        "notebook",
        title,
        guideline,
        current=current,
        alone=alone,
        contents=headings if len(headings) >= _WORTH_A_LIST else (),
        cells=cells,
        source="\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code"),
        before=before,
        after=after,
        prose=prose,
        unstyled=unstyled,
    )
