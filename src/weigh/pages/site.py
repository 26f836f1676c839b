"""The pages of the site: one a conclusion from its executed notebook, the index and the methods from summaries."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from markupsafe import Markup

from weigh import (
    __version__,
    display,
    lean,  # noqa: F401  (before nbconvert, which imports jsonschema)
)
from weigh.changes.compare import Changes
from weigh.checks.audit import ACCEPTANCE_RULES
from weigh.checks.audit import RULES as AUDIT_RULES
from weigh.model import Guideline
from weigh.summary import Overview, Summary

__all__ = ["PAGE_TITLES", "changes_page", "conclusion_page", "exporter", "index_page", "review_page"]

#: Notebooks on the whole review that become a page of their own; the overview is the index.
PAGE_TITLES = {"audit": "Audit", "methods": "How is a verdict made?", "evidence_map": "The evidence at a glance"}

_NOTEBOOK_ONLY = frozenset({"notebook-only", "parameters", "injected-parameters"})


@cache
def _page_style() -> Markup:
    return Markup(display.environment().get_template("page.css").render())


@cache
def exporter() -> Any:
    """What makes HTML of a notebook, by our own template: it loads nothing from elsewhere and escapes what it is given."""
    from nbconvert import HTMLExporter

    with as_file(files("weigh") / "templates" / "nbconvert") as templates:
        exporter = HTMLExporter(
            template_name="weigh",
            extra_template_basedirs=[str(templates)],
            exclude_anchor_links=True,
            language_code="en",
        )
        exporter.environment.autoescape = True
    return exporter


def conclusion_page(executed: Any, summary: Summary) -> str:
    """The page of a conclusion from its executed notebook: prose and outputs, the code behind a disclosure.

    Args:
        executed: the notebook (nbformat NotebookNode), executed by this run; stored outputs of others never reach a page.
        summary: the summary that the notebook shows, for the title.
    """
    return _notebook_page(executed, summary.question, summary.guideline)


def review_page(name: str, executed: Any, guideline: Guideline) -> str:
    """The page of a notebook on the whole review, one of `PAGE_TITLES`; the audit's ends with the table of all its rules."""
    rules = ""
    if name == "audit":
        template = display.environment().get_template("rules.html.j2")
        rules = Markup(template.render(rules=(*AUDIT_RULES, *ACCEPTANCE_RULES)))
    title = f"{PAGE_TITLES[name]}: guideline {guideline.number}"
    return _notebook_page(executed, title, guideline, css=display.style_sheet(), after=rules)


def changes_page(executed: Any, changes: Changes) -> str:
    """The page of what changed between two states; it stands alone, so it names no other page.

    Args:
        executed: the notebook on the changes, executed.
        changes: the same changes, for the title.
    """
    return _notebook_page(executed, f"What changed: guideline {changes.number}", {"number": changes.number}, nav=False)


def _notebook_page(
    executed: Any,
    title: str,
    guideline: Guideline | dict[str, str],
    css: str = "",
    after: str = "",
    *,
    nav: bool = True,
) -> str:
    cells = [cell for cell in executed.cells if not _NOTEBOOK_ONLY & set(cell.metadata.get("tags", ()))]
    shown = type(executed)(executed | {"cells": cells})
    page = {
        "title": title,
        "style": _page_style() + css,
        "version": __version__,
        "guideline": guideline,
        "after": after,
        "nav": nav,
    }
    html, _resources = exporter().from_notebook_node(shown, resources={"weigh": page})
    return str(html) + "\n"


def index_page(conclusions: Overview, linked: Collection[str]) -> str:
    """The index: what the guideline is, how its conclusions stand, and which need discussion first.

    Args:
        conclusions: all conclusions.
        linked: ids of those that have a page.
    """
    template = display.environment().get_template("index.html.j2")
    return template.render(
        o=conclusions,
        style=_page_style(),
        css=display.style_sheet(),
        counts=Markup(display.show_counts(conclusions).html),
        table=Markup(display.show_overview(conclusions, linked).html),
    )
