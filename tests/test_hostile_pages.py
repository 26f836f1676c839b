"""Forty texts that would be something else, in every text field of a review: on every page each of them is text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from hostile_texts import HOSTILE_TEXTS, hostile_everywhere
from test_display import OF_ALL, OF_AUDIT, OF_ONE, Fragment
from test_signoff import signature

from weigh.audit.audit import audit
from weigh.coverage.checklist import checklist
from weigh.coverage.decision import apply
from weigh.display.criteria import show_checklist, show_decision, show_ways
from weigh.display.reprs import html_of
from weigh.display.show import show
from weigh.evidence.review import Review
from weigh.pages.signed import signed_line, signed_section, standings
from weigh.pages.site import history_page, index_page, terms_page
from weigh.pages.studies import study_entries, study_page
from weigh.summary.audit import summarise_audit
from weigh.summary.conclusion import summarise
from weigh.summary.overview import overview_of
from weigh.text.characters import hidden_characters

#: What a page of ours is made of; anything else came out of a table.
TAGS = frozenset(
    [
        "a",
        "article",
        "aside",
        "b",
        "body",
        "br",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "head",
        "header",
        "html",
        "i",
        "input",
        "ins",
        "label",
        "li",
        "link",
        "main",
        "meta",
        "nav",
        "ol",
        "p",
        "pre",
        "script",
        "section",
        "small",
        "span",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "svg",
        "g",
        "path",
        "defs",
        "use",
        "text",
        "tspan",
        "rect",
        "circle",
        "line",
        "clippath",
        "pattern",
        "clipPath",
        "symbol",
    ]
)
ADDRESS = re.compile(r"(https?://|#|[\w./-]+\.html|$)")


@pytest.fixture(scope="module")
def pages(mini: Review) -> Mapping[str, str]:
    """Every fragment and every page of a review that holds each text in every field of free text."""
    review = hostile_everywhere(mini)
    audited = audit(review)
    summaries = [summarise(name, review, audited) for name in review.conclusions]
    every, checked = overview_of(review.guideline, summaries), summarise_audit(review)
    entries = study_entries(summaries)
    made = {f"{s.conclusion_id}: {name}": show(s, name).html for s in summaries for name in OF_ONE}
    made |= {name: show(every, name).html for name in OF_ALL} | {name: show(checked, name).html for name in OF_AUDIT}
    made |= {f"study {entry.study_id}": study_page(entry, review.guideline) for entry in entries}
    made |= {
        "index": index_page(every, entries, list(review.conclusions), made["map"]),
        "history": history_page(review),
        "terms": terms_page(review),
        "checklist": show_checklist(checklist(review)).html,
        "ways": show_ways(checklist(review)).html,
        "decision": show_decision(apply({}, [], "c-script", review)).html,
        "review": html_of(review),
    }
    return made | {f"signed {name}": _signed(text) for name, (text, _shown) in HOSTILE_TEXTS.items()}


@pytest.fixture(scope="module")
def texts(pages: Mapping[str, str]) -> Callable[[str], str]:
    """What a reader sees of a page, without spaces; each page is read once."""
    return cache(lambda name: _flat(Fragment(pages[name]).text))


def _signed(text: str) -> str:
    """Who signed, where the name, the reasons and what was signed are all one of the texts."""
    member: dict[str, Any] = {"role": text, "dissent": text}
    found = standings((signature((text, "gone"), text, **member),), (text, "new"))
    return str(signed_line(found) + signed_section(found))


def test_there_are_forty() -> None:
    """The number that the tests of exports and pages speak of."""
    assert 40 <= len(HOSTILE_TEXTS)


def test_no_text_becomes_markup(pages: Mapping[str, str]) -> None:
    """No page has a tag, a handler or an address that came out of a table, and each is closed as it was opened."""
    for name, html in pages.items():
        page = Fragment(html)
        scripts = page.tags.count("script")

        assert [] == sorted({tag for tag in page.tags if tag not in TAGS}), name
        assert (1 if name == "index" else 0) == scripts, name
        assert [] == [attribute for attribute, _value in page.attributes if attribute.startswith("on")], name
        assert [] == [value for value in page.values("href") if not ADDRESS.match(value)], name
        assert [] == page.values("src") + page.values("action") + page.values("formaction"), name
        assert [] == page.wrong + page.open, name


def test_nothing_is_hidden(pages: Mapping[str, str]) -> None:
    """A character that cannot be seen, or that turns the order of words round, stands on no page: its code point does."""
    shown = {
        name: html for name, html in pages.items() if not name.endswith(": result")
    }  # data, for programs, and exact

    assert {} == {name: found for name, html in shown.items() if (found := hidden_characters(html))}


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_each_text_is_there_to_be_read(texts: Callable[[str], str], name: str) -> None:
    """Each text stands where its field does: on its conclusion, its study, the index, the record and the lists."""
    text, seen = HOSTILE_TEXTS[name]
    wanted = {_flat(words)[:200] for words in (text, seen) if words is not None}
    places = [
        f"c-{name}: header",
        f"c-{name}: candidates",
        f"study s-{name}",
        "stiff-joints: cards",
        "stiff-joints: references",
        "index",
        "history",
        "terms",
        "checklist",
        "findings",
        f"signed {name}",
    ]

    assert [] == [place for place in places if not any(words in texts(place) for words in wanted)]


def _flat(text: str) -> str:
    return "".join(text.split())
