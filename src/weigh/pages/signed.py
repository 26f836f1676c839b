"""The text of a page that a committee member signs, line by line, and what has changed since."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from markupsafe import Markup

from weigh.display.shown import environment
from weigh.evidence.vocabulary import SignoffVote
from weigh.pages.signing import Signature, content_hash
from weigh.wording.sentences import listed, plural

__all__ = ["Move", "Standing", "lines_of", "signed_line", "signed_section", "standings"]

#: Elements that begin and end a line, except within a table row, which is one line.
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "caption",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "ul",
    ]
)
_CELLS = frozenset({"td", "th"})
_EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
_LEFT_OUT = frozenset({"nav", "script", "style", "svg", "template"})
#: Not part of the signed text: code, table of contents, links to headings, provenance, and a figure in words, whose
#: label is read instead.
_ABOUT = frozenset({"code", "contents", "here", "in-words", "provenance"})
_BETWEEN_CELLS = " | "
_STRAY_SPACE = re.compile(r" ([,.;:)])(?= |$)")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“(])")
#: The number of changed passages that a page shows without disclosure.
_SHOWN = 12
#: Two passages with at least this share of words in common count as one changed passage.
_ALIKE = 0.5
#: With more pairs than this, passages are not compared: each counts as removed or new.
_MOST_PAIRS = 2500


class _Lines(HTMLParser):
    """The text within <main>: without icons, whose meaning appears next to them, and with figures as their labels."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._words: list[str] = []
        self._cells: list[str] | None = None
        self._within = False
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _EMPTY:
            self._words += [] if self._hidden else [" "]
            return
        if self._hidden:
            self._hidden.append(tag)
            return
        known = dict(attrs)
        self._begin(tag)
        if known.get("role") == "img":
            self._words.append(known.get("aria-label") or "")
        if (
            tag in _LEFT_OUT
            or _ABOUT & set((known.get("class") or "").split())
            or "data-signoff" in known
            or known.get("role") == "img"
            or known.get("aria-hidden") == "true"
        ):
            self._hidden.append(tag)

    def _begin(self, tag: str) -> None:
        if tag == "tr":
            self._end_line()
            self._cells = []
        elif tag == "dd" and "".join(self._words).strip():
            self._words.append(": ")  # a definition stays on the line of its term
        elif tag in _BLOCKS:
            self._end_line()
        elif tag == "span":
            self._words.append(" ")  # many are shown on a separate line
        if tag == "main":
            self._within = True

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            while self._hidden and self._hidden.pop() != tag:
                pass
        elif tag in _CELLS and self._cells is not None:
            self._cells.append(self._taken())
        elif tag == "tr":
            cells, self._cells = self._cells or [], None
            self._add(_BETWEEN_CELLS.join(cells))
        elif tag == "span":
            self._words.append(" ")
        elif tag == "dd" or (tag in _BLOCKS and tag != "dt"):
            self._end_line()
        if tag == "main":
            self._within = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._words.append(data)

    def _taken(self) -> str:
        words = " ".join("".join(self._words).split())
        self._words.clear()
        return _STRAY_SPACE.sub(r"\1", words)

    def _end_line(self) -> None:
        if self._cells is None:
            self._add(self._taken())
        else:
            self._words.append(" ")

    def _add(self, line: str) -> None:
        if line.strip(_BETWEEN_CELLS) and self._within:
            self.lines.append(line)


def lines_of(page: str) -> tuple[str, ...]:
    """The text of a page, line by line: paragraphs, table rows, and figures as their labels.

    Args:
        page: the HTML of a page of the site.
    """
    parser = _Lines()
    parser.feed(page)
    parser.close()
    return tuple(parser.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A changed passage (a sentence or a table row): as signed, and as it is now; None if it is new or removed."""

    before: str | None
    after: str | None

    @property
    def marked(self) -> tuple[Markup | None, Markup | None]:
        """Both versions as HTML, with differing words marked."""
        old, new = (None if text is None else text.split() for text in (self.before, self.after))
        if old is None or new is None:
            return _marked("del", old), _marked("ins", new)
        was: list[Markup | None] = []
        now: list[Markup | None] = []
        matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
        for operation, from_a, to_a, from_b, to_b in matcher.get_opcodes():
            same = operation == "equal"
            was.append(_marked("" if same else "del", old[from_a:to_a]))
            now.append(_marked("" if same else "ins", new[from_b:to_b]))
        return Markup(" ").join(filter(None, was)), Markup(" ").join(filter(None, now))


def _marked(tag: str, words: Sequence[str] | None) -> Markup | None:
    """Words within a tag, or unmarked; None if there are none."""
    if not words:
        return None
    text = Markup("{}").format(" ".join(words))
    return Markup(f"<{tag}>{text}</{tag}>") if tag else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One signature compared with the current page: whether it is valid, and what has changed if the signed text exists."""

    signature: Signature
    valid: bool
    moved: tuple[Move, ...] = ()


def standings(signed: Iterable[Signature], lines: Sequence[str]) -> tuple[Standing, ...]:
    """Each signature compared with the lines of the page."""
    digest = content_hash(lines)
    moved: dict[str, tuple[Move, ...]] = {digest: ()}
    found = []
    for signature in signed:
        text = signature.signoff.sha256
        if text not in moved:
            moved[text] = () if signature.lines is None else tuple(_moves(signature.lines, lines))
        found.append(Standing(signature=signature, valid=text == digest, moved=moved[text]))
    return tuple(found)


def _passages(lines: Iterable[str]) -> list[str]:
    """Sentences of prose, and whole table rows, because single cells mean little."""
    return [
        passage for line in lines for passage in ([line] if _BETWEEN_CELLS in line else _END_OF_SENTENCE.split(line))
    ]


def _moves(signed: Iterable[str], lines: Iterable[str]) -> Iterator[Move]:
    before, after = _passages(signed), _passages(lines)
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for operation, from_a, to_a, from_b, to_b in matcher.get_opcodes():
        if operation != "equal":
            yield from _paired(before[from_a:to_a], after[from_b:to_b])


def _paired(gone: Sequence[str], new: Sequence[str]) -> Iterator[Move]:
    """Changed passages with their earlier version, in page order; the others are removed or new."""
    at = 0
    for passage in gone:
        choice = range(at, len(new)) if len(gone) * len(new) <= _MOST_PAIRS else ()
        near = max(choice, key=lambda number: (_likeness(passage, new[number]), -number), default=None)
        if near is None or _likeness(passage, new[near]) < _ALIKE:
            yield Move(before=passage, after=None)
            continue
        for text in new[at:near]:
            yield Move(before=None, after=text)
        yield Move(before=passage, after=new[near])
        at = near + 1
    for text in new[at:]:
        yield Move(before=None, after=text)


def _likeness(one: str, other: str) -> float:
    """The share of words that two passages have in common."""
    here, there = Counter(one.split()), Counter(other.split())
    return 2 * (here & there).total() / max(1, here.total() + there.total())


def signed_line(found: Sequence[Standing]) -> Markup:
    """One line for the top of a page: how many members signed it, how they voted, and whether it has changed since."""
    votes = Counter(standing.signature.signoff.vote for standing in found)
    days = sorted({standing.signature.signoff.date for standing in found})
    return _rendered(
        "signoff_line",
        people=plural(len(found), "person", "people"),
        votes=listed(f"{votes[vote]} {_VOTES[vote][votes[vote] > 1]}" for vote in SignoffVote if votes[vote]),
        when=f"on {days[0]}" if len(days) == 1 else f"between {days[0]} and {days[-1]}",
        broken=sum(not standing.valid for standing in found),
        all=len(found),
    )


_VOTES = {
    SignoffVote.AGREE: ("agrees", "agree"),
    SignoffVote.DISAGREE: ("disagrees", "disagree"),
    SignoffVote.ABSTAIN: ("abstains", "abstain"),
}


def signed_section(found: Sequence[Standing]) -> Markup:
    """The members who signed a page, and what has changed since."""
    changed: dict[str, list[Standing]] = {}
    for standing in found:
        if not standing.valid and standing.signature.lines is not None:
            changed.setdefault(standing.signature.signoff.sha256, []).append(standing)
    return _rendered(
        "signoffs",
        standings=found,
        changed=[
            (
                listed(f"{s.signature.signoff.who} signed on {s.signature.signoff.date}" for s in group),
                plural(len(group[0].moved), "passage"),
                group[0].moved[:_SHOWN],
                group[0].moved[_SHOWN:],
            )
            for group in changed.values()
        ],
    )


def _rendered(template: str, **values: object) -> Markup:
    return Markup(environment().get_template(f"{template}.html.j2").render(**values))
