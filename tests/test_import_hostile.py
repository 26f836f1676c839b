"""Hostile text in every place of a guideline is treated as data or reported."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hostile_texts import HOSTILE_TEXTS

from weigh.audit.audit import audit
from weigh.evidence.review import read_review
from weigh.importer.drafting.folder import import_guideline

GUIDELINE = """Subject: Lamps {x}
Guideline #: CG-FIC-1 {x}
Status: Reviewed
Publish Date: 01/03/2024
Last Review Date: 11/09/2023 {x}

Clinical Indications

Medically Necessary:

Lamps are considered medically necessary for winter {x} gloom when ALL of the following criteria are met:

A. The gloom {x} lasts; and
B. There is no {x} sun.

Not Medically Necessary:

Lamps are considered not medically necessary for brisk {x} elbow.

Coding

When services are Not Medically Necessary:

ICD-10 Diagnosis
Q80.0\tBrisk elbow {x}

Discussion

The results do not support lamps for the treatment of brisk {x} elbow (Birch, 2012; {x}, 2013). The Glow® {x} lamp (Lamp {x} Works, Oslo, NO) is one.

Definitions

Lamp {x}: A light {x}.

References

1. Birch T, {x} Q. Elbows {x} by moonlight. Acta {x} Fabul. 2012;5(2):20-29.
2. {x}. {x}. {x} Fabul. 2013;5(2):{x}.
3. {x}

Index

Lamp {x}

History

Status\tDate\tAction
Reviewed {x}\t11/09/2023\tPanel {x} review.
"""


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_it_is_data_in_every_place(name: str, tmp_path: Path) -> None:
    """The draft is valid by its schema, contains every list entry, and writes nothing outside its folder."""
    text = HOSTILE_TEXTS[name][0]
    source = tmp_path / "g.txt"
    source.write_text(GUIDELINE.replace("{x}", text), encoding="utf-8", newline="")
    done = import_guideline(source, tmp_path / "review")
    review, problems = read_review(tmp_path / "review")

    assert [] == [str(problem) for problem in problems if problem.severity == "error"]
    assert review is not None
    assert (
        {entry.key for entry in done.found.entries}
        == set(review.references)
        == {x.citation_key for x in review.listings}
    )
    assert {"g.txt", "review"} == {path.name for path in tmp_path.iterdir()}
    assert all(audit(review).open)


LONG = {
    "letters": "x" * 100_000,
    "words": "word " * 20_000,
    "names": "Aa B, " * 20_000,
    "marks": "*_`" * 20_000,
    "accents": "e" + "\u0301" * 5_000,
}


@pytest.mark.long
@pytest.mark.parametrize("name", LONG)
def test_an_overlong_text_is_read_or_reported(name: str, tmp_path: Path) -> None:
    """A field of a hundred thousand characters does not give a draft that fails its own check."""
    source = tmp_path / "g.txt"
    source.write_text(GUIDELINE.replace("{x}", LONG[name]), encoding="utf-8")
    import_guideline(source, tmp_path / "review")
    _, problems = read_review(tmp_path / "review")

    assert [] == [str(problem)[:300] for problem in problems if problem.severity == "error"]


@pytest.mark.parametrize("path", ["../../evil", "/etc/passwd", "CON", "..", "a/../../b", "\\input{x}", "-rf"])
def test_ids_are_safe_names(path: str, tmp_path: Path) -> None:
    """An id made from any name or condition contains only lower-case letters, digits and hyphens."""
    source = tmp_path / "g.txt"
    source.write_text(GUIDELINE.replace("{x}", path), encoding="utf-8")
    import_guideline(source, tmp_path / "review")
    for table in ("conclusions", "criteria", "studies", "glossary", "devices", "history"):
        with (tmp_path / "review" / "evidence" / f"{table}.csv").open(newline="", encoding="utf-8") as stream:
            for row in csv.reader(stream):
                assert set(row[0]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
