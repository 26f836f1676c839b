"""The time of an import is linear in the length of its text, whatever the text."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from weigh.errors import GuidelineTextError
from weigh.importer.guideline import read_guideline

#: Seconds after which the reading of one text, of about half a megabyte, is stopped.
LONGEST = 10
#: The allowed time ratio for four times the text: more than four, because the machine is shared.
TIMES = 10
#: Times too short to compare.
GRACE = 0.5

HEAD = "Subject: Lamps\nGuideline #: CG-FIC-1\n\nClinical Indications\n\nMedically Necessary:\n\n{position}\n\nCoding\n\n{coding}\n\n"
BODY = "Discussion\n\n{discussion}\n\nDefinitions\n\n{definitions}\n\nReferences\n\n1. Ardenwood Q, Birch V. Light. Lantern. 2011;4(1):11-19.\n{references}\n"
TAIL = "\nHistory\n\nStatus\tDate\tAction\n{history}\n"
PLAIN = {
    "position": "Lamps are considered medically necessary for restless thumb.",
    "coding": "CPT\n99071\tLamp",
    "discussion": "Lamps help (Ardenwood, 2011).",
    "definitions": "Lamp: A light.",
    "references": "",
    "history": "New\t01/02/2020\tFirst.",
}


def within(part: str, text: Callable[[int], str]) -> Callable[[int], bytes]:
    """Return a guideline with one worst-case part."""
    return lambda size: (HEAD + BODY + TAIL).format(**{**PLAIN, part: text(size)}).encode()


def entries(size: int) -> str:
    return "\n".join(
        f"{n}. Name{_letters(n)} Q. Title {n}. Lantern. {1950 + n % 70};4(1):11-19." for n in range(2, size)
    )


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:06d}")


def cited_and_listed(size: int) -> bytes:
    """Return as many citations as entries, each a near match of many entries."""
    cited = "; ".join(f"Nome{_letters(n)}, {1950 + n % 70}" for n in range(2, size))
    parts = {**PLAIN, "discussion": f"Lamps ({cited}).", "references": entries(size)}
    return (HEAD + BODY + TAIL).format(**parts).encode()


#: Each with a length that takes well under a second in linear time.
TEXTS: dict[str, tuple[str, Callable[[int], bytes], int]] = {
    "names-in-an-entry": (
        "txt",
        within("references", lambda n: "2. " + "Aa " * n + ". Title. Lantern. 2011;4:1-2."),
        30_000,
    ),
    "authors-in-an-entry": ("txt", within("references", lambda n: "2. " + "Aa B, " * n), 20_000),
    "et-al-in-an-entry": ("txt", within("references", lambda n: "2. Aa B, " + "et al, " * n), 20_000),
    "points-in-an-entry": ("txt", within("references", lambda n: "2. Aa B. " + "U.S. " * n + "2011;"), 20_000),
    "years-in-an-entry": ("txt", within("references", lambda n: "2. Aa B. T. J. " + "2011;4(1):1-2, " * n), 10_000),
    "addresses-in-an-entry": ("txt", within("references", lambda n: "2. Aa. " + "Available at: http://a " * n), 5_000),
    "dates-in-an-entry": ("txt", within("references", lambda n: "2. Aa. " + "Accessed on May 5, " * n), 5_000),
    "lines-of-numbers": ("txt", within("references", lambda n: "\n".join(f"{k}." for k in range(2, n))), 10_000),
    "lines-without-numbers": ("txt", within("references", lambda n: "Aa B\n" * n), 20_000),
    "entries": ("txt", within("references", entries), 1_500),
    "names-in-the-text": ("txt", within("discussion", lambda n: "Aa " * n), 50_000),
    "names-and-names": ("txt", within("discussion", lambda n: "Aa and " * n + "(2011)"), 20_000),
    "names-with-commas": ("txt", within("discussion", lambda n: "(" + "Aa, " * n + "2011)"), 20_000),
    "particles": ("txt", within("discussion", lambda n: "van der de la " * n + "(2011)"), 10_000),
    "et-al-in-the-text": ("txt", within("discussion", lambda n: "Aa et al, " * n), 20_000),
    "colleagues": ("txt", within("discussion", lambda n: "Aa and colleagues " * n), 10_000),
    "open-parentheses": ("txt", within("discussion", lambda n: "(" * n), 50_000),
    "nested-parentheses": ("txt", within("discussion", lambda n: "(" * n + "Aa, 2011" + ")" * n), 30_000),
    "unclosed-citations": ("txt", within("discussion", lambda n: "(Ardenwood, 2011; " * n), 10_000),
    "open-brackets": ("txt", within("discussion", lambda n: "[" * n), 50_000),
    "unclosed-numbers": ("txt", within("discussion", lambda n: "[1, " * n), 30_000),
    "semicolons": ("txt", within("discussion", lambda n: "(" + ";" * n + ")"), 100_000),
    "citations-in-one": ("txt", within("discussion", lambda n: "(" + "Ardenwood, 2011; " * n + ")"), 2_500),
    "years-in-one": ("txt", within("discussion", lambda n: "(Ardenwood" + ", 2011" * n + ")"), 5_000),
    "numbers-in-one": ("txt", within("discussion", lambda n: "Lamps [1] and [" + "1," * n + "1]."), 5_000),
    "ranges": ("txt", within("discussion", lambda n: "Lamps [1]. " + "Lamps [1-999999999]. " * n), 3_000),
    "superscripts": ("txt", within("discussion", lambda n: "Lamps.¹ " + "Lamps." + "¹" * n), 50_000),
    "glued-numbers": ("txt", within("discussion", lambda n: "Lamps.1 " + "lamps.1,1-1 " * n), 1_000),
    "digits": ("txt", within("discussion", lambda n: "1234567890" * n), 20_000),
    "points": ("txt", within("discussion", lambda n: "a. " * n), 50_000),
    "blanks": ("txt", within("discussion", lambda n: "a" + " " * n + "b"), 50_000),
    "tabs": ("txt", within("coding", lambda n: "CPT\n99071" + "\t" * n + "x"), 100_000),
    "ranges-of-codes": ("txt", within("coding", lambda n: "ICD-10 Diagnosis\n" + "M10.1-" * n), 20_000),
    "codes": ("txt", within("coding", lambda n: "CPT\n" + "99071\tLamp\n" * n), 5_000),
    "lines-of-position": ("txt", within("position", lambda n: PLAIN["position"] + "\n" + "A. Lamps; and\n" * n), 3_000),
    "deep-criteria": (
        "txt",
        within(
            "position",
            lambda n: (
                "Lamps are considered medically necessary for restless thumb when all of the following are met:\n"
                + "".join(f"{' ' * k}- any of the following:\n" for k in range(n))
            ),
        ),
        250,
    ),
    "considered": ("txt", within("position", lambda n: "Lamps are considered medically necessary for " * n), 3_000),
    "commas-in-a-statement": (
        "txt",
        within(
            "position",
            lambda n: (
                "Lamps are considered not medically necessary for all other indications, including, but not limited to "
                + "thumbs, " * n
                + "and knees."
            ),
        ),
        3_000,
    ),
    "terms": ("txt", within("definitions", lambda n: "Lamp: " * n), 20_000),
    "dates": ("txt", within("history", lambda n: "New\t" + "01/02/2020 " * n), 10_000),
    "rows-of-history": ("txt", within("history", lambda n: "New\t01/02/2020\tFirst.\n" * n), 5_000),
    "pages": ("txt", within("discussion", lambda n: "head\nlamp\nfoot\n1/2\f" * n), 4_000),
    "hyphens": ("txt", within("discussion", lambda n: "lamp-\n" * n), 10_000),
    "headings": ("txt", within("discussion", lambda n: "References\n\n" * n), 5_000),
    "cited-and-listed": ("txt", cited_and_listed, 1_000),
    "stars": ("md", within("discussion", lambda n: "*" * n + "a" + "_" * n), 30_000),
    "links": ("md", within("discussion", lambda n: "[a](" * n), 20_000),
    "pipes": ("md", within("coding", lambda n: "| CPT |\n| --- |\n" + "|" * n), 50_000),
    "hashes": ("md", within("discussion", lambda n: "# a\n" * n), 10_000),
    "open-elements": ("html", lambda n: b"<h2>Discussion</h2>" + b"<div>" * n + b"lamps", 5_000),
    "open-tables": ("html", lambda n: b"<h2>Coding</h2>" + b"<table><tr><td>" * n + b"99071", 2_000),
    "open-superscripts": ("html", lambda n: b"<h2>Discussion</h2><p>lamps" + b"<sup>1" * n, 5_000),
    "signs-of-html": ("html", lambda n: b"<p>" + b"<" * n + b"&" * n, 20_000),
    "comments": ("html", lambda n: b"<p>" + b"<!-- " * n, 20_000),
    "one-line": ("txt", lambda n: b"Lamps help. " * n, 40_000),
    "empty-lines": ("txt", lambda n: b"\n" * n, 20_000),
}


class TooLongError(Exception):
    """A reading was stopped because it exceeded its time limit."""


@contextmanager
def at_most(limit: float) -> Iterator[None]:
    """Stop the block after a number of seconds of process time."""

    def stop(_signal: int, _frame: object) -> None:
        raise TooLongError(f"more than {limit} seconds")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def seconds(content: bytes, name: str, limit: float = LONGEST) -> float:
    """Return the process time of one reading or refusal, which other processes do not affect."""
    start = time.process_time()
    with at_most(limit):
        try:
            read_guideline(content, name)
        except GuidelineTextError as refused:
            assert "\n" not in str(refused)
    return time.process_time() - start


@pytest.mark.long
@pytest.mark.parametrize("text", TEXTS)
def test_time_grows_as_the_text_does(text: str) -> None:
    """No part of the reader takes quadratic time, whatever the text contains."""
    suffix, make, size = TEXTS[text]
    short = seconds(make(size), f"hard.{suffix}")
    long = seconds(make(4 * size), f"hard.{suffix}")

    assert long < TIMES * short + GRACE


@pytest.mark.long
@pytest.mark.parametrize("unit", [b"Lamps help ", b"Lamps help (Ardenwood, 2011). ", b"Lamps help\n", b"(", b"1 "])
def test_the_longest_text_that_is_read(unit: bytes) -> None:
    """A text of 20 MB, in one line or in millions, is read or refused with one sentence; nothing hangs."""
    head = b"Subject: Lamps\n\nDiscussion\n\n"
    content = head + unit * ((20_000_000 - len(head)) // len(unit))

    assert seconds(content, "long.txt", limit=150) < 120
