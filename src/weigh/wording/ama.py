"""References in AMA style (11th edition), formatted by citeproc with the CSL file in this package."""

from __future__ import annotations

import datetime as dt
import html
import re
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from weigh.evidence.model import Reference

__all__ = ["ama_html", "ama_text", "csl_style", "plain_text"]

_STYLE = "american-medical-association.csl"
_CSL_TYPES = {
    "article": "article-journal",
    "book": "book",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "incollection": "chapter",
    "inbook": "chapter",
    "techreport": "report",
    "manual": "report",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
}


def ama_html(references: Sequence[Reference]) -> tuple[str, ...]:
    """One HTML fragment per reference, in the order given: journals in italics, everything else escaped, no links."""
    return tuple(_entry(reference) for reference in references)


def ama_text(references: Sequence[Reference]) -> tuple[str, ...]:
    """One plain-text entry per reference, in the order given."""
    return tuple(plain_text(fragment) for fragment in ama_html(references))


def plain_text(fragment: str) -> str:
    """A fragment of `ama_html` as plain text."""
    return html.unescape(re.sub(r"<[^>]+>", "", fragment))


@cache
def csl_style() -> Any:
    """The parsed AMA style."""
    from citeproc import CitationStylesStyle

    with as_file(files("weigh.wording") / _STYLE) as path, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CitationStylesStyle(str(path), validate=False)


def _entry(reference: Reference) -> str:
    """One reference, formatted on its own so that its neighbours cannot affect it, and without its number."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    identifier = "reference"  # citeproc lower-cases ids, so keys that differ in case would replace each other
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        source = CiteProcJSON([_csl_item(reference) | {"id": identifier}])
        bibliography = CitationStylesBibliography(csl_style(), source, formatter.html)
        bibliography.register(Citation([CitationItem(identifier)]))
        rendered = str(bibliography.bibliography()[0])
    text = re.sub(r"^\s*1\.\s*", "", rendered).strip()
    return " ".join(text.split())


def _csl_item(reference: Reference) -> dict[str, Any]:
    """The CSL JSON of a reference, with every value escaped because citeproc's HTML formatter escapes nothing."""

    def field(name: str) -> str | None:
        value = reference.get(name)
        return None if value is None else html.escape(value, quote=False)

    authors: list[dict[str, str]] = [
        {"family": html.escape(family, quote=False), "given": html.escape(given, quote=False)}
        if given
        else {"literal": html.escape(family, quote=False)}
        for family, given in reference.authors
    ]
    if reference.et_al:
        authors.append({"literal": "et al"})
    item: dict[str, Any] = {
        "type": _CSL_TYPES.get(reference.kind, "webpage" if reference.get("url") else "document"),
        "title": html.escape(reference.title, quote=False),
        "author": authors,
        "container-title": field("journal") or field("booktitle") or field("howpublished"),
        "container-title-short": field("shortjournal"),
        "volume": field("volume"),
        "issue": field("number"),
        "page": field("pages"),
        "publisher": field("publisher"),
        "DOI": field("doi"),
        "PMID": field("pmid"),
        "URL": None if reference.doi else field("url"),
        "issued": _date_parts(reference.year),
        "accessed": _date_parts(reference.get("urldate")),
    }
    return {name: value for name, value in item.items() if value is not None}


def _date_parts(text: str | None) -> dict[str, list[list[int]]] | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        year = re.match(r"\d{4}", text)
        return {"date-parts": [[int(year.group())]]} if year else None
    return {"date-parts": [[day.year, day.month, day.day]]}
