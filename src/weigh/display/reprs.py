"""HTML of weigh's objects, for a notebook that shows one as the last value of a cell."""

from __future__ import annotations

import dataclasses
import enum
import inspect
from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Any

from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.audit.audit import Audit
from weigh.display.conclusion import show_header, show_verdict
from weigh.display.review import show_audit, show_conclusions
from weigh.display.shown import fragment, styled
from weigh.evidence.model import Guideline, Outcome, Place, Record, Reference
from weigh.evidence.review import TABLES, Review
from weigh.summary.audit import AuditSummary
from weigh.summary.conclusion import StudyLine, Summary
from weigh.summary.overview import Overview
from weigh.text.characters import visible

__all__ = ["html_of"]

#: Fields of a study that come from other tables.
_JOINED = ("appraisals", "reports", "citations")


def html_of(thing: object) -> str:
    """An object of weigh as self-contained HTML, with its style.

    Raises:
        TypeError: no HTML is defined for objects of this class.
    """
    return styled(_html(thing))


@singledispatch
def _html(thing: Any) -> str:
    raise TypeError(f"weigh.display.reprs defines no HTML for {type(thing).__name__}")


@_html.register
def _review(review: Review) -> str:
    tables = [(name, len(getattr(review, name)), _meaning(cls)) for name, cls in TABLES.items()]
    return fragment("review", r=review, tables=[*tables, ("references", len(review.references), _meaning(Reference))])


def _meaning(cls: type) -> str:
    """The meaning of a record: the first line of the docstring of its class."""
    return (inspect.getdoc(cls) or "").split("\n")[0].replace("`", "")


@_html.register
def _overview(conclusions: Overview) -> str:
    return show_conclusions(conclusions).html


@_html.register
def _summary(summary: Summary) -> str:
    return show_header(summary).html.split("</style>")[-1] + show_verdict(summary).html


@_html.register
def _audit_summary(page: AuditSummary) -> str:
    return show_audit(page).html


@_html.register
def _audit(audited: Audit) -> str:
    return fragment("audit_found", findings=audited.open, accepted=len(audited.accepted))


@_html.register
def _study_line(line: StudyLine) -> str:
    return fragment("study_line", line=line)


@_html.register
def _dossier(dossier: Dossier) -> str:
    return _card("Dossier", dossier.conclusion.conclusion_id, _cells(dossier))


@_html.register
def _study_evidence(item: StudyEvidence) -> str:
    said = _cells(item.study) | {f"its {name}": text for name, text in _cells(item).items() if name in _JOINED}
    return _card("Study", item.study.study_id, said, place=item.study.place, outcomes=item.outcomes)


@_html.register(Record)
@_html.register(Reference)
@_html.register(Guideline)
def _record(record: Record | Reference | Guideline) -> str:
    cells = _cells(record)
    return _card(type(record).__name__, next(iter(cells.values())), cells, place=getattr(record, "place", None))


def _card(
    kind: str, name: str, cells: Mapping[str, str], place: Place | None = None, outcomes: Sequence[Outcome] = ()
) -> str:
    filled = [(column, text) for column, text in cells.items() if text]
    empty = [column for column, text in cells.items() if not text]
    return fragment("record", kind=kind, name=name, cells=filled, empty=empty, place=place, outcomes=outcomes)


def _cells(record: Any) -> dict[str, str]:
    """The fields of a record as words, without its position; empty for an empty cell."""
    names = [f.name for f in dataclasses.fields(record) if f.name != "place"]
    return {name: visible(_words(getattr(record, name))) for name in names}


def _words(value: Any) -> str:
    """A value as in the table; a record as its id."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_words(part)}" for name, part in value.items())
    if isinstance(value, tuple):
        words = list(filter(None, map(_words, value)))
        if len(set(words)) < len(words):  # rows without their own ids
            return f"{len(words)} rows"
        return (", " if all(isinstance(part, str) for part in value) else "; ").join(words)
    if isinstance(value, StudyEvidence):
        return value.study.study_id
    return next(iter(_cells(value).values())) if dataclasses.is_dataclass(value) else str(value)
