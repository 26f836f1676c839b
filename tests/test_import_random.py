"""Random guidelines: exactly what was printed is found, and damage leads to no forced match."""

from __future__ import annotations

import re
import unicodedata

import pytest
from guideline_texts import Guideline, damaged, guidelines
from hypothesis import HealthCheck, given, settings

from weigh.audit.matching import MatchKind
from weigh.importer.found import CitationStyle, FoundGuideline, Use
from weigh.importer.guideline import read_guideline

QUICK = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
THOROUGH = settings(QUICK, max_examples=500)


def read(text: str) -> FoundGuideline:
    return read_guideline(text.encode(), "random.txt")


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("ł", "l"))
    return "".join(sign for sign in plain if sign.isalnum())


def all_is_found(guideline: Guideline) -> None:
    found = read(guideline.text)

    assert (guideline.number, guideline.subject, guideline.published, guideline.reviewed) == (
        found.header.number,
        found.header.subject,
        found.header.publish_date,
        found.header.last_review_date,
    )
    assert [(work.place, work.line) for work in guideline.works] == [
        ((e.list, e.number), e.first) for e in found.entries
    ]
    for work, listed in zip(guideline.works, found.entries, strict=True):
        assert (work.kind, work.fields) == (
            listed.entry.kind,
            {name: getattr(listed.entry, name) for name in work.fields},
        )
    assert [(cited.cited_as, cited.line, [cited.entry], MatchKind.EXACT) for cited in guideline.cited] == [
        (" ".join(m.cited_as.split()), m.line, list(m.entries), m.kind) for m in found.mentions
    ]
    assert [] == [
        (cited.cited_as, cited.condition, mention.condition)
        for cited, mention in zip(guideline.cited, found.mentions, strict=True)
        if cited.condition and cited.condition not in " ".join(mention.condition.lower().split())
    ]
    assert (guideline.style if guideline.cited else CitationStyle.NONE) == found.style
    assert [(c.system, c.first, c.last, c.title, c.position, c.line) for c in guideline.codes] == [
        (c.system, c.first, c.last, c.title, c.position, c.line) for c in found.codes
    ]
    assert [(row.status, row.date, row.line) for row in guideline.history] == [
        (row.status, row.date, row.line) for row in found.history
    ]
    assert list(guideline.statements) == [
        (s.position, s.condition.lower().removeprefix("the treatment of ").removeprefix("treatment of "), s.line)
        for s in found.statements
        if not s.catch_all
    ]
    assert list(guideline.terms) == [term.term for term in found.terms]
    assert guideline.lines == len(found.uses)
    assert [] == [n for n, use in enumerate(found.uses, 1) if Use.NOT_UNDERSTOOD == use]


def nothing_is_forced(text: str, misprinted: frozenset[str]) -> None:
    found = read(text)
    entries = {(listed.list, listed.number): listed for listed in found.entries}

    every = re.split(r"\r\n|\n|\r|\f", text)
    assert len(every) - (not every[-1]) == len(found.uses)
    assert len(entries) == len(found.entries)
    for mention in found.mentions:
        assert set(mention.entries) <= entries.keys()
        if MatchKind.EXACT != mention.kind:
            continue
        (place,) = mention.entries
        listed = entries[place]
        assert [] == [name for name in misprinted if listed.entry.text.startswith(name)]
        if CitationStyle.AUTHOR_YEAR == found.style:
            name = fold(re.split(r",| et al| and | & |\(", mention.cited_as)[0])
            assert name in fold(listed.entry.text)
            assert re.findall(r"\d{4}", mention.cited_as)[-1] in listed.entry.text
        else:
            assert str(listed.printed_number) == re.sub(r"\D", "", mention.cited_as)
    dated = [row.date for row in found.history if row.date]
    assert [] == [day for day in dated if not 1900 < day.year < 2100]


@pytest.mark.long
@QUICK
@given(guidelines())
def test_what_was_printed_is_found(guideline: Guideline) -> None:
    """Exactly the printed header, entries, citations, codes, history and statements are found, with their lines."""
    all_is_found(guideline)


@pytest.mark.long
@QUICK
@given(damaged())
def test_damage_forces_no_match(damage: tuple[str, frozenset[str]]) -> None:
    """A damaged text is read to its end, every line has a use, and no citation gets an entry that it does not name."""
    nothing_is_forced(*damage)


@pytest.mark.long
@THOROUGH
@given(guidelines())
def test_what_was_printed_is_found_in_many(guideline: Guideline) -> None:
    """What was printed is found in many random guidelines."""
    all_is_found(guideline)


@pytest.mark.long
@THOROUGH
@given(damaged())
def test_damage_forces_no_match_in_many(damage: tuple[str, frozenset[str]]) -> None:
    """Damage forces no match in many random guidelines."""
    nothing_is_forced(*damage)
