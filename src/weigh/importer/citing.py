"""Find the citations of a guideline: their places, what they are cited for, and how well they match its lists."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from weigh.audit.matching import Match, MatchKind, match_citations
from weigh.evidence.model import Citation, Listing, Place
from weigh.evidence.vocabulary import ReferenceList, Stance
from weigh.importer.context import Conditions, first_named, speaks_against, stance_of
from weigh.importer.found import CitationStyle, ListedEntry, Mention
from weigh.importer.mentions import Known, RawMention, dated_mentions, undated_mentions
from weigh.importer.numbering import numbered_mentions
from weigh.importer.phrases import Phrase, named_in, phrase_of
from weigh.importer.prose import Passage, sentence_ends
from weigh.text.names import parse_authors

__all__ = ["find_mentions", "listing_of", "printed_names"]

#: Characters searched before a citation for what it is cited for.
_LONGEST_SEGMENT = 600
#: The most words in a further item of a list of conditions.
_SHORT = 9
_FEWEST = 2  # numbers that indicate numbered citations
_NOWHERE = Place("text")


def printed_names(entry: ListedEntry) -> str:
    """Return the authors of an entry in one string, as printed in a list."""
    return ", ".join([*entry.entry.authors, *(["et al"] if entry.entry.et_al else [])])


def listing_of(entry: ListedEntry) -> Listing:
    """Return an entry as a row of the listings table; an unparsed entry has its text as title."""
    read = entry.entry
    return Listing(
        place=_NOWHERE,
        list=entry.list,
        number=entry.number,
        citation_key=entry.key or "x",
        authors=printed_names(entry) or "not read",
        title=read.title or read.text,
        source=read.url if read.kind == "website" else read.source or None,
        year=read.year or None,
        volume=read.volume or None,
        issue=read.issue or None,
        pages=read.pages or None,
        accessed=read.accessed.isoformat() if read.accessed else None,
    )


def find_mentions(
    passages: Sequence[Passage], entries: Sequence[ListedEntry], conditions: Iterable[str]
) -> tuple[CitationStyle, tuple[Mention, ...]]:
    """Find every citation.

    Args:
        passages: the prose of the guideline, in order.
        entries: the entries of its lists.
        conditions: the conditions named in its statements.

    Returns:
        The citation style, and each work of each citation, in the order of the text.
    """
    listings = [listing_of(entry) for entry in entries]
    style, raw = _all_mentions(passages, entries)
    matches = match_citations((_citation(mention) for mention in raw), listings)
    kept = [
        (mention, match)
        for mention, match in zip(raw, matches, strict=True)
        if mention.sure or match.kind is not MatchKind.NOT_LISTED
    ]
    return style, tuple(_in_context(passages, kept, Conditions(conditions)))


def _all_mentions(
    passages: Sequence[Passage], entries: Sequence[ListedEntry]
) -> tuple[CitationStyle, list[RawMention]]:
    firsts = [
        author for entry in entries if entry.entry.authors for author in parse_authors(entry.entry.authors[0])[:1]
    ]
    bodies = [a for a in firsts if not a.initials]
    known = Known.of(
        [*(a.family for a in bodies), *(a.acronym for a in bodies)], [a.family for a in firsts if a.initials]
    )
    dated = dated_mentions(passages, known)
    highest = max((entry.number for entry in entries), default=0)
    brackets = numbered_mentions(passages, CitationStyle.BRACKETS, highest)
    raised = numbered_mentions(passages, CitationStyle.SUPERSCRIPT, highest)
    sure = sum(mention.sure for mention in dated)
    if len(brackets) >= _FEWEST and len(brackets) >= sure and any((m.number or 0) <= highest for m in brackets):
        style, numbered = CitationStyle.BRACKETS, brackets
    elif len(raised) >= _FEWEST and len(raised) >= sure:
        style, numbered = CitationStyle.SUPERSCRIPT, raised
    elif dated:
        style, numbered = CitationStyle.AUTHOR_YEAR, undated_mentions(passages, dated, (a.family for a in firsts))
    else:
        style, numbered = _unmarked(passages, highest)
    order = sorted([*dated, *numbered], key=lambda m: (m.passage, m.start, m.at))
    return (style if order else CitationStyle.NONE), order


def _unmarked(passages: Sequence[Passage], highest: int) -> tuple[CitationStyle, list[RawMention]]:
    """Find numbers in parentheses, or unmarked superscripts, in a text without other citations."""
    parentheses = numbered_mentions(passages, CitationStyle.PARENTHESES, highest)
    glued = numbered_mentions(passages, CitationStyle.SUPERSCRIPT, highest, glued=True)
    if len(parentheses) >= _FEWEST and len(parentheses) >= len(glued):
        return CitationStyle.PARENTHESES, parentheses
    if len(glued) >= _FEWEST:
        return CitationStyle.SUPERSCRIPT, glued
    return CitationStyle.NONE, []


def _citation(mention: RawMention) -> Citation:
    return Citation(
        place=_NOWHERE,
        citation_id="x",
        conclusion_id="x",
        cited_as=mention.cited_as,
        listed_as=None,
        list=None,
        number=None,
        citation_key=None,
        stance=Stance.BACKGROUND,
        text_line=0,
        note=None,
    )


@dataclass(slots=True)
class _Group:
    """One citation with all its works, and its context."""

    passage: Passage
    start: int
    end: int
    sentence: str
    phrase: Phrase
    certain: bool  # the text says that the condition is treated, not merely that people have it


def _in_context(
    passages: Sequence[Passage], kept: Sequence[tuple[RawMention, Match]], conditions: Conditions
) -> Iterator[Mention]:
    """Yield each mention with what it is cited for: the words just before it, else the nearest named condition."""
    before, heading = "", ""
    for place, in_passage in groupby(kept, key=lambda pair: pair[0].passage):
        passage = passages[place]
        before = before if passage.heading == heading else ""
        heading = passage.heading
        ends = sentence_ends(passage.text)
        groups: list[tuple[_Group, list[tuple[RawMention, Match]]]] = []
        for (start, end), works in groupby(in_passage, key=lambda pair: (pair[0].start, pair[0].end)):
            cited = list(works)
            last = groups[-1][0] if groups else None
            group = _group(passage, ends, start, end, narrative=cited[0][0].narrative, last=last)
            if group.phrase.condition:
                known = None if group.certain else conditions.named_in(group.phrase.condition)
                group.phrase = replace(group.phrase, condition=known or conditions.add(group.phrase.condition))
            groups.append((group, cited))
        around = first_named(conditions, (passage.heading, passage.text))
        denies = speaks_against(passage.text)
        for group, cited in groups:
            own = group.phrase.condition or first_named(conditions, (group.sentence,)) or around
            before = own or before
            stance = stance_of(group.sentence, denies=denies)
            for mention, match in cited:
                yield Mention(
                    cited_as=mention.cited_as,
                    line=passage.line_at(mention.at),
                    kind=match.kind,
                    entries=tuple(sorted({(x.list, x.number) for x in match.listings}, key=_in_order)),
                    difference=match.difference,
                    condition=before,
                    drug=group.phrase.drug,
                    stance=stance,
                    carried=not own and bool(before),
                )


def _in_order(entry: tuple[ReferenceList, int]) -> tuple[int, int]:
    return list(ReferenceList).index(entry[0]), entry[1]


def _group(passage: Passage, ends: list[int], start: int, end: int, *, narrative: bool, last: _Group | None) -> _Group:
    """Return a citation with its sentence and the condition named next to it."""
    place = bisect_right(ends, start)
    first = ends[place - 1] if place else 0
    stop = ends[min(place, len(ends) - 1)]
    sentence = passage.text[max(first, start - _LONGEST_SEGMENT) : min(stop, end + _LONGEST_SEGMENT)].strip()
    same_sentence = last is not None and last.start >= first
    begin = last.end if same_sentence and last is not None else first
    between = passage.text[max(begin, start - _LONGEST_SEGMENT) : start]
    segment = between.strip(" ,;")
    if narrative:
        after = passage.text[end : min(stop, end + _LONGEST_SEGMENT)]
        phrase, certain = named_in(after) or Phrase(""), bool(_TREATED.search(after))
    else:
        lists = _FURTHER_ITEM.match(between) is not None and not _VERB.search(between)
        continues = same_sentence and last is not None and bool(last.phrase.condition) and lists
        phrase = _condition_before(segment, continues=continues)
        certain = continues or bool(_TREATED.search(segment))
        if continues and last is not None and phrase.condition and not phrase.drug:
            phrase = replace(phrase, drug=last.phrase.drug)
    return _Group(passage, start, end, sentence, phrase, certain)


def _condition_before(segment: str, *, continues: bool) -> Phrase:
    """Return the condition named before a citation; within a list of conditions, the words themselves."""
    words = re.sub(r"\A(?:and|or)\s+", "", segment)
    treated = list(_TREATED.finditer(words))
    if treated:
        phrase = phrase_of(words)
        before = words[: treated[-1].start()].strip(" ,")
        if continues and phrase.condition and not phrase.drug and 0 < len(before.split()) <= _SHORT + 3:
            return Phrase(phrase.condition, re.sub(r"\s*\b(?:for|as|in)(?:\s+the)?\Z", "", before))
        return phrase
    if continues and 0 < len(words.split()) <= _SHORT:
        return Phrase(phrase_of(words).condition)
    return named_in(words) or Phrase("")


#: A further item in a list of conditions, which has no verb; “and adults” is not a condition.
_FURTHER_ITEM = re.compile(
    r"\s*(?:[,;]|(?:and|or)\b)(?!\s*(?:and\s+|or\s+)?(?:adults|children|infants|individuals|patients|others)\s*\Z)"
)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|did|does|do|may|\w{3,}ed|showed|found|lasts)\b", re.IGNORECASE)
_TREATED = re.compile(r"\b(?:treatment|management|prevention|therapy)\s+(?:of|for)\s", re.IGNORECASE)
