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
    wording,
)
from weigh.checks.audit import ACCEPTANCE_RULES
from weigh.checks.audit import RULES as AUDIT_RULES
from weigh.model import Guideline
from weigh.summary import Overview, Summary
from weigh.verdict import RULES
from weigh.votes import AGREEMENT, ENOUGH_STUDIES

__all__ = ["audit_page", "conclusion_page", "index_page", "methods_page"]

_NOTEBOOK_ONLY = frozenset({"notebook-only", "parameters", "injected-parameters"})


@cache
def _page_style() -> Markup:
    return Markup(display.environment().get_template("page.css").render())


@cache
def _exporter() -> Any:
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


def audit_page(executed: Any, guideline: Guideline) -> str:
    """The page of the audit from its executed notebook, with the table of all rules."""
    rules = display.environment().get_template("rules.html.j2").render(rules=(*AUDIT_RULES, *ACCEPTANCE_RULES))
    title = f"Audit of guideline {guideline.number}"
    return _notebook_page(executed, title, guideline, css=display.style_sheet(), after=Markup(rules))


def _notebook_page(executed: Any, title: str, guideline: Guideline, css: str = "", after: str = "") -> str:
    cells = [cell for cell in executed.cells if not _NOTEBOOK_ONLY & set(cell.metadata.get("tags", ()))]
    shown = type(executed)(executed | {"cells": cells})
    page = {
        "title": title,
        "style": _page_style() + css,
        "version": __version__,
        "guideline": guideline,
        "after": after,
    }
    html, _resources = _exporter().from_notebook_node(shown, resources={"weigh": page})
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


def methods_page(conclusions: Overview) -> str:
    """The rules by which verdicts are made, as the code applies them."""
    template = display.environment().get_template("methods.html.j2")
    return template.render(
        o=conclusions,
        style=_page_style(),
        css=display.style_sheet(),
        rules=RULES,
        agreement=f"{AGREEMENT:.0%}",
        enough=ENOUGH_STUDIES,
        fit=wording.FIT,
    )
