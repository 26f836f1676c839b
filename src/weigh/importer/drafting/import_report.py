"""IMPORT.md: what was found in a guideline, what was guessed, and what to do next, most important first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from weigh.audit.matching import MatchKind
from weigh.evidence.vocabulary import ReferenceList
from weigh.importer.drafting.draft import Draft
from weigh.importer.drafting.update import Change
from weigh.importer.entry import EntryKind
from weigh.importer.found import CitationStyle, FoundGuideline, ListedEntry, Mention, Use

__all__ = ["REPORT", "report_text"]

REPORT = "IMPORT.md"
_STYLES = {
    CitationStyle.AUTHOR_YEAR: "by author and year",
    CitationStyle.BRACKETS: "by numbers in brackets",
    CitationStyle.PARENTHESES: "by numbers in parentheses",
    CitationStyle.SUPERSCRIPT: "by superscript numbers",
    CitationStyle.NONE: "style not recognised",
}
_USES = {
    Use.HEADER: "document header",
    Use.HEADING: "headings",
    Use.POSITION: "statements and criteria",
    Use.CODE: "codes",
    Use.PROSE: "prose, searched for citations",
    Use.TERM: "terms",
    Use.REFERENCE: "references",
    Use.INDEX: "index",
    Use.HISTORY: "history",
    Use.BLANK: "empty",
    Use.FURNITURE: "page headers, footers and navigation",
    Use.NOT_UNDERSTOOD: "not understood",
}
_MOST = 400  # items per list; the others are only counted


def report_text(draft: Draft, changes: Sequence[Change] = ()) -> str:
    """Return the report on a draft; `changes` lists the differences from the text imported before."""
    found = draft.found
    blocks = [
        _head(found),
        _changes(changes),
        _next(draft),
        _matches(found),
        _uncited(found),
        _guessed(draft),
        _remarks(draft),
        _account(found),
    ]
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block) + "\n"


def _head(found: FoundGuideline) -> Iterator[str]:
    header = found.header
    yield f"# Import of {_shown(header.number or found.name)}"
    yield ""
    yield (
        f"`weigh import` read {_count(len(found.uses), 'line')} of {_shown(found.name)} (SHA-256 {found.sha256}) and drafted "
        "this folder. **Nothing in it is verified.** A cell is empty if the text does not give its value."
    )
    yield ""
    lists = Counter(entry.list for entry in found.entries)
    in_lists = ", ".join(f"{lists[which]} {which.value.replace('_', '-')}" for which in ReferenceList if lists[which])
    kinds = Counter(mention.kind for mention in found.mentions)
    yield "| item | found |"
    yield "| --- | --- |"
    for name, value in (
        ("number", header.number),
        ("subject", header.subject),
        ("status", header.status),
        ("published", header.publish_date.isoformat() if header.publish_date else ""),
        ("last reviewed", header.last_review_date.isoformat() if header.last_review_date else ""),
        ("publisher", header.publisher),
    ):
        yield f"| {name} | {_shown(value) if value else 'not printed'} |"
    yield f"| references | {len(found.entries)}{f' ({in_lists})' if in_lists else ''} |"
    matched = ", ".join(f"{count} {kind.value.replace('_', ' ')}" for kind, count in sorted(kinds.items()))
    yield f"| citations, {_STYLES[found.style]} | {len(found.mentions)}{f' ({matched})' if matched else ''} |"
    positions = Counter(statement.position.value.replace("_", " ") for statement in found.statements)
    stated = ", ".join(f"{count} {position}" for position, count in sorted(positions.items()))
    yield f"| statements | {len(found.statements)}{f' ({stated})' if stated else ''} |"
    yield f"| code rows | {len(found.codes)} |"
    yield f"| history rows | {len(found.history)} |"
    yield f"| terms, devices, index words | {len(found.terms)}, {len(found.devices)}, {len(found.index)} |"


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    yield "## Differences from the text imported before"
    yield ""
    for change in changes[:_MOST]:
        yield f"- {change.words()}"
    yield from _more(len(changes))


def _next(draft: Draft) -> Iterator[str]:
    """What to do next, most important first."""
    found = draft.found
    doubtful = [mention for mention in found.mentions if mention.kind is not MatchKind.EXACT]
    unread = [entry for entry in found.entries if entry.entry.kind is EntryKind.UNREAD]
    missing = sum(use is Use.NOT_UNDERSTOOD for use in found.uses)
    conclusions = draft.tables["conclusions"]
    yield "## What to do next, most important first"
    yield ""
    steps = [
        f"Check {_count(len(conclusions), 'conclusion')} in `evidence/conclusions.csv` against the text: position, "
        "condition and drug are taken from its wording. Merge, split or rename them now; ids must not change later."
    ]
    if missing:
        steps.append(f"Check {_count(missing, 'line')} not understood (listed at the end) for missed statements.")
    if doubtful:
        steps.append(f"Resolve {_count(len(doubtful), 'citation')} without an exact match (below).")
    if unread:
        numbers = _some(f"{entry.list.value.replace('_', '-')} {entry.number}" for entry in unread)
        steps.append(f"Enter the fields of {_count(len(unread), 'list entry', 'list entries')} by hand: {numbers}.")
    if draft.tables["criteria"]:
        steps.append("Reword the criteria in `evidence/criteria.csv`, and check how they are combined (all or any).")
    if draft.tables["studies"]:
        steps.append(
            f"Find the records of {_count(len(draft.tables['studies']), 'study', 'studies')}: enter DOI and PMID in "
            "`references.bib`, then design, arms and results for each study (`evidence/README.md`). Several reports of "
            "one study share one row."
        )
    if found.codes:
        steps.append("Run `weigh codes snapshot`, then `weigh check`, which compares each printed title with its code.")
    if found.terms:
        steps.append(
            "Write the meanings in `evidence/glossary.csv` and the actions in `evidence/history.csv` in your own words."
        )
    steps.append("Run `weigh check` and `weigh render` at any time: they report what is still missing.")
    yield from (f"{place}. {step}" for place, step in enumerate(steps, 1))


def _matches(found: FoundGuideline) -> Iterator[str]:
    doubtful = [mention for mention in found.mentions if mention.kind is not MatchKind.EXACT]
    if not doubtful:
        return
    entries = {(entry.list, entry.number): entry for entry in found.entries}
    yield "## Citations without an exact match"
    yield ""
    for mention in doubtful[:_MOST]:
        candidates = "; ".join(_entry(entries[each]) for each in mention.entries) or "no entry"
        yield f"- line {mention.line}: “{_shown(mention.cited_as)}”, {_match_words(mention)}: {candidates}"
    yield from _more(len(doubtful))


def _match_words(mention: Mention) -> str:
    match mention.kind:
        case MatchKind.AMBIGUOUS:
            return f"ambiguous, {len(mention.entries)} entries match and none was chosen"
        case MatchKind.NOT_LISTED:
            return "not listed"
        case _:
            return f"a probable match ({_shown(mention.difference)})"


def _uncited(found: FoundGuideline) -> Iterator[str]:
    if not found.never_cited and not found.cited_or_not:
        return
    yield "## Entries not cited in the text"
    yield ""
    for entry in found.never_cited[:_MOST]:
        yield f"- {_entry(entry)}"
    yield from _more(len(found.never_cited))
    for count, entries in found.cited_or_not[:_MOST]:
        yield f"- at least {count} of these, which match only ambiguous citations: {'; '.join(_entry(entry) for entry in entries)}"


def _guessed(draft: Draft) -> Iterator[str]:
    yield "## What was guessed"
    yield ""
    yield "- The conclusion and the stance of each citation: from the words around it."
    yield "- The condition and drug of each study: from the first sentence that cites it. Its design: from its title."
    if draft.tables["codes"]:
        yield "- The conclusion of each code: from its printed title."
    if draft.tables["history"]:
        yield "- The action at each review: only the sections and documents named in its row."
    keys = [row for row in draft.tables["listings"] if row["citation_key"][-1:].isalpha()]
    if keys:
        yield f"- The letters at the end of {len(keys)} keys: they distinguish entries with the same name and year; the text does not print them."


def _remarks(draft: Draft) -> Iterator[str]:
    if not draft.remarks:
        return
    yield "## Remarks"
    yield ""
    for remark in draft.remarks[:_MOST]:
        where = f"line {remark.line}: " if remark.line else ""
        yield f"- {where}{_shown(remark.what)}"
    yield from _more(len(draft.remarks))


def _account(found: FoundGuideline) -> Iterator[str]:
    """Every line of the file, counted once."""
    counts = Counter(found.uses)
    yield "## Use of every line"
    yield ""
    yield f"Lines are numbered as read; `weigh import {_shown(found.name)} --lines` lists them."
    yield ""
    yield "| use | lines |"
    yield "| --- | ---: |"
    for use, name in _USES.items():
        if counts[use]:
            yield f"| {name} | {counts[use]} |"
    yield f"| total | {sum(counts.values())} |"
    for use, heading in (
        (Use.NOT_UNDERSTOOD, "Not understood"),
        (Use.FURNITURE, "Page headers, footers and navigation"),
    ):
        numbers = [number for number, one in enumerate(found.uses, 1) if one is use]
        if numbers:
            yield ""
            yield f"{heading}: {'line' if len(numbers) == 1 else 'lines'} {_ranges(numbers)}."


def _ranges(numbers: Sequence[int]) -> str:
    """Format numbers as ranges: `3, 7-9`."""
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_MOST]]
    return ", ".join(shown) + (f" and {len(ranges) - _MOST} more places" if len(ranges) > _MOST else "")


def _entry(entry: ListedEntry) -> str:
    name = ", ".join(entry.entry.authors[:1]) or entry.entry.text[:60]
    more = " et al" if len(entry.entry.authors) > 1 or entry.entry.et_al else ""
    year = f", {entry.entry.year}" if entry.entry.year else ""
    return f"no. {entry.number} of the {entry.list.value.replace('_', '-')} list ({_shown(name)}{more}{year})"


def _more(count: int) -> Iterator[str]:
    if count > _MOST:
        yield f"- and {count - _MOST} more, in the tables"


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _shown(text: str) -> str:
    """Escape text so that Markdown shows it literally, on one line."""
    flat = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#~" else sign for sign in flat)
