"""Draft the evidence: unverified rows of citations, reference lists and studies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from weigh.audit.matching import MatchKind
from weigh.evidence.vocabulary import AuthorView, ComparatorType, Design, Extraction
from weigh.importer.citing import listing_of, printed_names
from weigh.importer.drafting.conclusions import Row
from weigh.importer.entry import EntryKind, PrintedEntry
from weigh.importer.found import FoundGuideline, ListedEntry, Mention
from weigh.importer.keys import Names, slug

__all__ = ["draft_citations", "draft_listings", "draft_studies"]

#: Words in a title that suggest a design; the first match counts. Every drafted design needs confirmation.
_DESIGNS = (
    (re.compile(r"\bmeta-?analys[ie]s\b|\bsystematic(?:ally)?\s+review", re.IGNORECASE), Design.SYSTEMATIC_REVIEW),
    (re.compile(r"\brandomi[sz]ed\b|\brandomi[sz]ation\b", re.IGNORECASE), Design.RANDOMISED_TRIAL),
    (
        re.compile(r"\bnon-?randomi[sz]ed\b|\bcohort\b|\bcase-control\b|\bretrospective compar", re.IGNORECASE),
        Design.NON_RANDOMISED_COMPARISON,
    ),
    (re.compile(r"\bin vitro\b|\bcadaver|\brat\b|\brats\b|\bmice\b|\brabbits?\b", re.IGNORECASE), Design.LABORATORY),
    (re.compile(r"\bcase (?:series|reports?)\b", re.IGNORECASE), Design.SINGLE_ARM),
    (
        re.compile(r"\b(?:narrative |comprehensive |literature )?review\b|\boverview\b", re.IGNORECASE),
        Design.NARRATIVE_REVIEW,
    ),
)
_WORDS = re.compile(
    r"\b(?:randomi[sz]ed|controlled|double-?\s?blind(?:ed)?|single-?\s?blind(?:ed)?|observer-?\s?blind(?:ed)?|placebo[- ]controlled|sham[- ]controlled"
    r"|crossover|cross-over|pilot|preliminary|feasibility|prospective|retrospective|cohort|case[- ]control|case series|case report|systematic review"
    r"|meta-?analysis|clinical trial|comparative|multicent(?:er|re)|open[- ]label|in vitro|review)\b",
    re.IGNORECASE,
)
_BLINDING = (
    (re.compile(r"\bdouble-?\s?blind", re.IGNORECASE), "double"),
    (re.compile(r"\bsingle-?\s?blind", re.IGNORECASE), "single"),
    (re.compile(r"\b(?:observer|assessor|evaluator)-?\s?blind", re.IGNORECASE), "observer"),
)
_COCHRANE = re.compile(r"\bCochrane Database\b", re.IGNORECASE)


def draft_listings(found: FoundGuideline) -> Iterator[Row]:
    """Yield the rows of the reference lists, as printed."""
    for entry in found.entries:
        listing = listing_of(entry)
        yield {
            "list": listing.list.value,
            "number": str(listing.number),
            "citation_key": entry.key,
            "authors": listing.authors,
            "title": listing.title,
            "source": listing.source or "",
            "year": listing.year or "",
            "volume": listing.volume or "",
            "issue": listing.issue or "",
            "pages": listing.pages or "",
            "accessed": listing.accessed or "",
        }


def draft_citations(found: FoundGuideline, conclusions: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of the citations; `conclusions` holds the conclusion of each mention, in order.

    A near match is drafted with its probable entry and the difference in a note; if several entries match, none is
    chosen.
    """
    entries = {(entry.list, entry.number): entry for entry in found.entries}
    width = max(2, len(str(len(found.mentions))))
    for place, (mention, conclusion) in enumerate(zip(found.mentions, conclusions, strict=True), 1):
        entry = entries[mention.entries[0]] if len(mention.entries) == 1 else None
        yield {
            "citation_id": f"c{place:0{width}d}",
            "conclusion_id": conclusion,
            "cited_as": mention.cited_as,
            "listed_as": _listed_as(entry) if entry else "",
            "list": entry.list.value if entry else "",
            "number": str(entry.number) if entry else "",
            "citation_key": entry.key if entry else "",
            "stance": mention.stance.value,
            "text_line": str(mention.line),
            "note": _note(mention),
        }


def _listed_as(entry: ListedEntry) -> str:
    year = entry.entry.year or (str(entry.entry.accessed.year) if entry.entry.accessed else "")
    return ", ".join(part for part in (printed_names(entry), year) if part) or entry.entry.text[:120]


def _note(mention: Mention) -> str:
    match mention.kind:
        case MatchKind.NAME | MatchKind.YEAR:
            return f"Near match, to be confirmed: {mention.difference}."
        case MatchKind.AMBIGUOUS:
            return f"{len(mention.entries)} list entries match, so none was chosen."
        case MatchKind.NOT_LISTED:
            return "No list entry matches."
        case MatchKind.EXACT:
            return ""


def draft_studies(found: FoundGuideline) -> Iterator[Row]:
    """Yield one row per article: condition and drug from the first sentence that cites it, design from its title."""
    first: dict[tuple[object, int], Mention] = {}
    for mention in found.mentions:
        if len(mention.entries) == 1:
            first.setdefault(mention.entries[0], mention)
    taken = Names()
    for entry in found.entries:
        if entry.entry.kind is not EntryKind.ARTICLE:
            continue
        cited = first.get((entry.list, entry.number))
        yield {
            "study_id": taken.unique(slug(re.sub(r"(?=(?:\d{4}|nd)[a-z]{0,2}\Z)", "-", entry.key, count=1))),
            "citation_keys": entry.key,
            "condition": cited.condition if cited is not None else "",
            "drug": cited.drug if cited is not None else "",
            "comparator_type": ComparatorType.NOT_KNOWN.value,
            "design": _design(entry.entry).value,
            "design_detail": ", ".join(dict.fromkeys(word.lower() for word in _WORDS.findall(entry.entry.title))),
            "blinding": next((word for words, word in _BLINDING if words.search(entry.entry.title)), ""),
            "fit_reason": "Not assessed yet: drafted from the title.",
            "author_view": AuthorView.NOT_SEEN.value,
            "finding": "Not read yet.",
            "not_seen": "Everything except the title and the citing sentence."
            if cited is not None
            else "Everything except the title; not cited in the text.",
            "extraction": Extraction.UNVERIFIED.value,
            "source": f"ref:{entry.key}; guideline list",
        }


def _design(entry: PrintedEntry) -> Design:
    design = next((design for words, design in _DESIGNS if words.search(entry.title)), None)
    if design is Design.RANDOMISED_TRIAL and re.search(r"\bnon-?randomi[sz]ed\b", entry.title, re.IGNORECASE):
        return Design.NON_RANDOMISED_COMPARISON
    if design is None and _COCHRANE.search(entry.source):
        return Design.SYSTEMATIC_REVIEW
    return design or Design.NOT_KNOWN
