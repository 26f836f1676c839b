"""Fictional guidelines in many styles are read correctly: `data/guidelines` holds texts and expected results."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from weigh.importer.found import Clause, FoundGuideline, Use
from weigh.importer.guideline import read_guideline

FOLDER = Path(__file__).parent / "data" / "guidelines"
TRUTHS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
NAMES = sorted(TRUTHS)
#: An HTML page has no source lines; its line numbers are tested elsewhere.
LINED = [name for name in NAMES if not TRUTHS[name]["file"].endswith(".html")]
#: Words that a condition may contain besides the expected ones: `the treatment of`, `individuals with`.
MORE_WORDS = 8

each = pytest.mark.parametrize("name", NAMES)


def content(name: str) -> bytes:
    return (FOLDER / TRUTHS[name]["file"]).read_bytes()


@cache
def found(name: str) -> FoundGuideline:
    return read_guideline(content(name), TRUTHS[name]["file"])


def lines(name: str) -> list[str]:
    """Return the lines of the file, with any line ends; line n has index n - 1."""
    text = content(name).decode("utf-8-sig")
    every = re.split(r"\r\n|\n|\r|\f", text)
    return every[:-1] if not every[-1] else every


def at(name: str, line: int) -> int:
    """Return a line number of the file; 0 for an HTML page, whose lines are paragraphs, rows and items."""
    return line if name in LINED else 0


def words(text: str) -> str:
    return " ".join(re.findall(r"[\w'-]+", text.lower()))


def names_condition(read: str, condition: str) -> bool:
    """Return whether the condition that was read contains the expected one and little else."""
    return f" {words(condition)} " in f" {words(read)} " and len(words(read).split()) <= (
        len(condition.split()) + MORE_WORDS
    )


def day(value: Any) -> str | None:
    return value.isoformat() if value else None


def test_the_corpus_is_complete() -> None:
    """Every text has expected results and vice versa, and all citation styles occur."""
    texts = {path.name for path in FOLDER.iterdir() if path.suffix != ".json"}

    assert texts == {truth["file"] for truth in TRUTHS.values()}
    assert {"author_year", "brackets", "parentheses", "superscript", "none"} == {t["style"] for t in TRUTHS.values()}
    assert 16 <= len(NAMES)


@each
def test_the_header(name: str) -> None:
    """Number, subject, status and dates are read as printed, and an invalid date stays empty."""
    header = found(name).header

    assert TRUTHS[name]["header"] == {
        "number": header.number,
        "subject": header.subject,
        "status": header.status,
        "publish_date": day(header.publish_date),
        "last_review_date": day(header.last_review_date),
    }


@each
def test_the_sections(name: str) -> None:
    """Every section begins at its heading, in any order and wording."""
    begun = {(section.kind, at(name, section.first)) for section in found(name).sections}

    assert [] == [s for s in TRUTHS[name]["sections"] if (s["kind"], at(name, s["line"])) not in begun]


@each
def test_the_references(name: str) -> None:
    """Every list entry is read with every printed field, and nothing else is read as an entry."""
    truth = TRUTHS[name]["references"]
    entries = found(name).entries

    assert [(r["list"], r["number"], at(name, r["line"])) for r in truth] == [
        (e.list, e.number, at(name, e.first)) for e in entries
    ]
    for expected, listed in zip(truth, entries, strict=True):
        entry = listed.entry
        printed = {
            "kind": entry.kind,
            "authors": list(entry.authors),
            "et_al": entry.et_al,
            "title": entry.title,
            "source": entry.source,
            "year": entry.year,
            "volume": entry.volume,
            "issue": entry.issue,
            "pages": entry.pages,
            "doi": entry.doi,
            "pmid": entry.pmid,
            "url": entry.url,
            "accessed": day(entry.accessed),
        }
        assert {key: expected[key] for key in printed if key in expected} == {
            key: value for key, value in printed.items() if key in expected
        }


@each
def test_the_keys(name: str) -> None:
    """Every entry has a unique key that is valid in BibTeX."""
    keys = [entry.key for entry in found(name).entries]

    assert len(keys) == len({key.lower() for key in keys})
    assert [] == [key for key in keys if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{2,63}", key)]


@each
def test_the_citations(name: str) -> None:
    """Exactly the places that cite references are found, with line and match, and no match is forced."""
    assert [
        (c["cited_as"], at(name, c["line"]), c["match"], [tuple(e) for e in c["entries"]])
        for c in TRUTHS[name]["citations"]
    ] == [(" ".join(m.cited_as.split()), at(name, m.line), m.kind, list(m.entries)) for m in found(name).mentions]
    assert TRUTHS[name]["style"] == found(name).style


@each
def test_a_difference_is_described(name: str) -> None:
    """An inexact match describes the difference; an exact one has none."""
    for mention in found(name).mentions:
        assert (mention.kind in ("name", "year", "ambiguous")) == bool(mention.difference) or (
            "not_listed" == mention.kind
        )


def has_condition(truth: str, read: str) -> bool:
    """Return whether a condition is the expected one; after a question mark, none is also correct."""
    wanted = truth.removesuffix("?")
    return (truth in ("", f"{wanted}?") and not read) or (bool(wanted) and names_condition(read, wanted))


@each
def test_the_conditions(name: str) -> None:
    """A citation for a condition has that condition; any other has none, or that of the preceding sentences."""
    mentions = found(name).mentions
    truth = TRUTHS[name]["citations"]
    assert len(truth) == len(mentions)

    assert [] == [
        (c["cited_as"], c["line"], c["condition"], m.condition)
        for c, m in zip(truth, mentions, strict=True)
        if not has_condition(c.get("condition", m.condition), m.condition)
    ]


@each
def test_what_is_never_cited(name: str) -> None:
    """Every entry to which no citation can refer is listed."""
    assert [tuple(entry) for entry in TRUTHS[name]["never_cited"]] == [
        (entry.list, entry.number) for entry in found(name).never_cited
    ]


@each
def test_the_statements(name: str) -> None:
    """Exactly the coverage statements are found, with line and indication."""
    truth = [s for s in TRUTHS[name]["statements"] if not s["catch_all"]]
    named = [s for s in found(name).statements if not s.catch_all]

    assert [(s["position"], at(name, s["line"])) for s in truth] == [(s.position, at(name, s.line)) for s in named]
    assert [] == [
        (s["condition"], f.condition)
        for s, f in zip(truth, named, strict=True)
        if not names_condition(f.condition, s["condition"])
    ]


@each
def test_what_covers_all_the_rest(name: str) -> None:
    """A statement about all indications not named is found at its line, and nowhere else."""
    truth = {(s["position"], at(name, s["line"])) for s in TRUTHS[name]["statements"] if s["catch_all"]}

    assert truth == {(s.position, at(name, s.line)) for s in found(name).statements if s.catch_all}


def clauses(clause: Clause) -> Iterator[tuple[str, str, int]]:
    """Yield the nodes of a tree in the order of the text.

    A line that both states a fact and introduces a list, such as `Treatment of winter gloom when any of these`, may give
    a separate clause with the same label and line; it does not count as another node.
    """
    own = [child for child in clause.children if child.label == clause.label]
    if own and own[-1].children and len(own) == len(clause.children):
        yield from clauses(own[-1])
        return
    yield clause.label.strip(".()"), str(clause.kind), clause.line
    for child in clause.children:
        if child not in own:
            yield from clauses(child)


def nodes(tree: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    yield tree["label"], tree["kind"], tree["line"]
    for child in tree["children"]:
        yield from nodes(child)


@each
def test_the_criteria(name: str) -> None:
    """The criteria of a statement form the expected tree, with lines and combinations."""
    named = (s for s in found(name).statements if not s.catch_all)
    truths = (s for s in TRUTHS[name]["statements"] if not s["catch_all"])
    for truth, statement in zip(truths, named, strict=True):
        if truth["criteria"] is None:
            continue
        assert statement.criteria is not None
        expected, tree = (
            [(label, kind, at(name, line)) for label, kind, line in every]
            for every in (nodes(truth["criteria"]), clauses(statement.criteria))
        )
        # a root has no siblings, so its label and exact line are not compared
        assert (expected[0][1], expected[1:]) == (tree[0][1], tree[1:])


@each
def test_the_codes(name: str) -> None:
    """Exactly the rows of the code tables are read, as printed; numbers elsewhere are not read as codes."""
    truth = TRUTHS[name]["codes"]
    codes = found(name).codes

    assert [(c["system"], c["first"], c["last"], c["title"], at(name, c["line"])) for c in truth] == [
        (c.system, c.first, c.last, c.title, at(name, c.line)) for c in codes
    ]
    assert [] == [
        (t["first"], t["position"], c.position)
        for t, c in zip(truth, codes, strict=True)
        if t["position"] and t["position"] != c.position
    ]


@each
def test_the_history(name: str) -> None:
    """Every history row is read in order, with its date if valid."""
    truth = TRUTHS[name]["history"]
    rows = found(name).history

    assert [(h["status"], h["date"], at(name, h["line"])) for h in truth] == [
        (h.status, day(h.date), at(name, h.line)) for h in rows
    ]
    for expected, row in zip(truth, rows, strict=True):
        if "organization" in expected:
            assert (expected["organization"], expected["document"]) == (row.organization, row.document)


@each
def test_the_terms_and_the_index(name: str) -> None:
    """Every defined term and index word is read."""
    assert [(t["term"], at(name, t["line"])) for t in TRUTHS[name]["terms"]] == [
        (t.term, at(name, t.line)) for t in found(name).terms
    ]
    assert TRUTHS[name]["index"] == list(found(name).index)


@pytest.mark.parametrize("name", LINED)
def test_every_line_is_accounted_for(name: str) -> None:
    """Every line has exactly one use, and it is the expected one where given."""
    uses = found(name).uses
    truth = TRUTHS[name]
    text = lines(name)
    due = {
        Use.REFERENCE: truth["references"],
        Use.CODE: truth["codes"],
        Use.HISTORY: truth["history"],
        Use.TERM: truth["terms"],
        Use.HEADING: truth["sections"],
        Use.POSITION: truth["statements"],
    }

    assert len(text) == len(uses) == sum(Counter(uses).values())
    assert [] == [(use, fact["line"]) for use, facts in due.items() for fact in facts if use != uses[fact["line"] - 1]]
    assert [] == [
        n for n, (line, use) in enumerate(zip(text, uses, strict=True), 1) if (not line.strip()) != (Use.BLANK == use)
    ]


@pytest.mark.parametrize("name", LINED)
def test_few_lines_are_not_understood(name: str) -> None:
    """At most 15% of the lines of a guideline with a known outline are not understood."""
    read = found(name)
    lost = [n for n, use in enumerate(read.uses, 1) if Use.NOT_UNDERSTOOD == use]

    assert len(lost) <= 0.15 * len(read.uses)


def test_page_headers_and_footers() -> None:
    """Exactly the page headers, footers and numbers are set apart."""
    text = lines("river-stone")
    of_pages = [
        n
        for n, line in enumerate(text, 1)
        if re.fullmatch(r"Stone Alliance Clinical Guideline|RS-21 River Stone Compression|\d/\d", line)
    ]

    assert of_pages == [n for n, use in enumerate(found("river-stone").uses, 1) if Use.FURNITURE == use]
    assert 12 == len(of_pages)


@pytest.mark.parametrize("name", LINED)
@pytest.mark.parametrize("form", ["utf-16", "crlf", "cr", "mark"])
def test_the_encoding_does_not_matter(name: str, form: str) -> None:
    """The same text in another encoding or with other line ends gives the same guideline."""
    text = content(name).decode("utf-8-sig").replace("\r\n", "\n")
    other = {
        "utf-16": text.encode("utf-16"),
        "crlf": text.replace("\n", "\r\n").encode(),
        "cr": text.replace("\n", "\r").encode(),
        "mark": text.encode("utf-8-sig"),
    }[form]

    again = read_guideline(other, TRUTHS[name]["file"])
    assert found(name) == dataclasses.replace(again, sha256=found(name).sha256)


@pytest.mark.long
@each
def test_an_incomplete_text_is_read(name: str) -> None:
    """A text without its beginning or end is read without an error or a lost line."""
    text = content(name).decode("utf-8-sig")
    for tenth in range(10):
        place = len(text) * tenth // 10
        for part in (text[:place], text[place:]):
            read = read_guideline(part.encode(), TRUTHS[name]["file"])
            entries = {(entry.list, entry.number) for entry in read.entries}
            every = re.split(r"\r\n|\n|\r|\f", part)

            assert len(entries) == len(read.entries)
            assert {entry for mention in read.mentions for entry in mention.entries} <= entries
            assert name not in LINED or len(every) - (not every[-1]) == len(read.uses)


def test_an_enumeration_across_lines() -> None:
    """Numbers in parentheses that enumerate parts of a sentence are not citations, even across a line end."""
    entries = "\n".join(f"{n}. Birchmere {'ABCDE'[n]}. Lamps. Lantern. 201{n};1:1-2." for n in range(1, 5))
    text = 'Felt helps (1,2).\nThe aims were "(1) calm, (2) a firmer grip, and\n(3) fewer aids." Moss helps (4).\n'
    read = read_guideline(f"Subject: Felt\n\nDiscussion\n\n{text}\nReferences\n\n{entries}\n".encode(), "felt.txt")

    assert [("(1)", 5), ("(2)", 5), ("(4)", 7)] == [(m.cited_as, m.line) for m in read.mentions]
