"""Rules on citations, reference lists and bibliographic records, compared with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weigh.audit.matching import MatchKind
from weigh.audit.rule import Context, Defect, Rule, rule
from weigh.evidence.model import Citation, Listing, Reference
from weigh.evidence.vocabulary import ReferenceList
from weigh.text.names import Author, fold, near, parse_authors, same

__all__ = ["RULES"]

_TEXT = "the text as read"


def _entry(listing: Listing) -> str:
    """How a message identifies an entry: number, list, authors and year."""
    return f"no. {listing.number} of the {listing.list.value.replace('_', '-')} list ({listing.authors}{f', {listing.year}' if listing.year else ''})"


def _defect(citation: Citation, message: str, fix: str = "", column: str = "cited_as") -> Defect:
    return Defect(
        subject=citation.citation_id,
        place=citation.at(column),
        message=message,
        fix=fix,
        conclusions=(citation.conclusion_id,),
    )


def _near_misses(context: Context, kind: MatchKind) -> Iterator[Defect]:
    for match in context.matches:
        if match.kind is kind:
            yield _defect(
                match.citation,
                f"“{match.citation.cited_as}” is a {match.confidence} match of {_entry(match.listings[0])}: {match.difference}",
            )


@rule(
    "citation-name-mismatch",
    family="citations",
    severity="warning",
    whose=_TEXT,
    means="The text and the list spell an author's name differently; a match is proposed, and neither spelling is changed.",
    settle="Compare both with the record; the error may lie in the text as read.",
)
def name_mismatch(context: Context) -> Iterator[Defect]:
    """Report citations that differ from an entry only in the spelling of a name."""
    yield from _near_misses(context, MatchKind.NAME)


@rule(
    "citation-year-mismatch",
    family="citations",
    severity="warning",
    whose=_TEXT,
    means="The text and the list give different years, such as the online and the print date of one paper.",
    settle="Compare both with the record; cite the year given in the list.",
)
def year_mismatch(context: Context) -> Iterator[Defect]:
    """Report citations that differ from an entry only in the year."""
    yield from _near_misses(context, MatchKind.YEAR)


@rule(
    "citation-ambiguous",
    family="citations",
    severity="warning",
    whose=_TEXT,
    means="The citation matches more than one entry of the lists, and none is chosen.",
    settle="Specify the entry.",
)
def ambiguous(context: Context) -> Iterator[Defect]:
    """Report citations that match several entries."""
    for match in context.matches:
        if match.kind is MatchKind.AMBIGUOUS:
            entries = "; ".join(_entry(listing) for listing in match.listings)
            yield _defect(
                match.citation, f"“{match.citation.cited_as}” matches {len(match.listings)} entries: {entries}"
            )


@rule(
    "citation-not-listed",
    family="citations",
    severity="error",
    whose=_TEXT,
    means="No entry of the lists matches the citation, even approximately.",
    settle="Identify the cited work and list it.",
)
def not_listed(context: Context) -> Iterator[Defect]:
    """Report citations that match no entry."""
    for match in context.matches:
        if match.kind is MatchKind.NOT_LISTED and context.review.listings:
            yield _defect(match.citation, f"“{match.citation.cited_as}” is in no reference list")


@rule(
    "citation-key-differs",
    family="citations",
    severity="warning",
    whose="our tables",
    kind="data",
    means="citations.csv assigns a citation to a reference other than the only entry that matches it.",
    settle="Correct citation_key, list or number, or explain the assignment in the note.",
)
def key_differs(context: Context) -> Iterator[Defect]:
    """Report citations whose key disagrees with the lists."""
    for match in context.matches:
        keys = {listing.citation_key for listing in match.listings}
        key = match.citation.citation_key
        if key is not None and keys and key not in keys:
            yield _defect(
                match.citation,
                f"“{match.citation.cited_as}” is assigned to {key}, but the lists have {', '.join(sorted(keys))}",
                column="citation_key",
            )


@rule(
    "reference-never-cited",
    family="citations",
    severity="note",
    whose=_TEXT,
    means="A listed reference is never cited in the text. Websites for additional information are exempt.",
    settle="Cite it where it is used, or remove it from the list.",
)
def never_cited(context: Context) -> Iterator[Defect]:
    """Report entries that are listed but never cited."""
    possible = {listing.citation_key for match in context.matches for listing in match.listings}
    cited = {citation.citation_key for citation in context.review.citations} | possible
    for listing in context.review.listings:
        if listing.citation_key not in cited and listing.list is not ReferenceList.WEBSITE:
            yield Defect(
                subject=listing.citation_key,
                place=listing.at("citation_key"),
                message=f"{_entry(listing)} is listed but never cited",
            )


@rule(
    "citation-first-author-differs",
    family="citations",
    severity="warning",
    whose=_TEXT,
    means="The citation names an author other than the first author in the record.",
    settle="Cite the first author in the record.",
)
def first_author(context: Context) -> Iterator[Defect]:
    """Report citations under the name of a later author."""
    for match in context.matches:
        reference = context.review.references.get(match.citation.citation_key or "")
        if reference is None or not match.cited.names or _as_listed(reference, "author") or not reference.authors:
            continue
        name, first = match.cited.names[0], reference.authors[0][0]
        later = [family for family, _ in reference.authors[1:] if same(name, family)]
        if later and not same(name, first):
            yield _defect(
                match.citation,
                f"“{match.citation.cited_as}” names {later[0]}, but the first author in the record is {first}",
            )


@rule(
    "reference-listing-error",
    family="citations",
    severity="note",
    whose=_TEXT,
    means="An entry of the list differs from the record seen: in a name, the order of names, initials, title, year, volume, issue or pages.",
    settle="Compare with the journal; the error may lie in the text as read.",
)
def listing_error(context: Context) -> Iterator[Defect]:
    """Report each field in which an entry differs from the record."""
    for listing in context.review.listings:
        reference = context.review.references.get(listing.citation_key)
        if reference is None:
            continue
        differences = [*_author_differences(listing, reference), *_field_differences(listing, reference)]
        for column, difference in differences:
            yield Defect(
                subject=listing.citation_key, place=listing.at(column), message=f"{_entry(listing)}: {difference}"
            )


def _as_listed(reference: Reference, field: str) -> bool:
    """Whether a field was copied from the list, which makes a comparison meaningless."""
    return field in (reference.get("aslisted") or "").replace(" ", "").split(",")


def _author_differences(listing: Listing, reference: Reference) -> Iterator[tuple[str, str]]:
    printed = parse_authors(listing.authors)
    record = [Author(family, given.replace(".", "").replace(" ", "")) for family, given in reference.authors if given]
    if _as_listed(reference, "author") or not record:
        return
    ahead = record[: len(printed)]
    if (
        len(printed) > 1
        and {fold(a.family) for a in printed} == {fold(a.family) for a in ahead}
        and not _agree(printed, ahead)
    ):
        yield "authors", f"the record has the authors in the order {', '.join(a.family for a in ahead)}"
        ahead = sorted(ahead, key=lambda a: [fold(p.family) for p in printed].index(fold(a.family)))
    for one, other in zip(printed, ahead, strict=False):
        if not same(one.family, other.family):
            kind = "spells" if near(one.family, other.family) else "has"
            yield "authors", f"the list has {one.family}, the record {kind} {other.family}"
        elif _parts_differ(one.family, other.family) or (one.initials and not other.initials.startswith(one.initials)):
            yield "authors", f"the list has {one.family} {one.initials}, the record has {other.family} {other.initials}"


def _agree(printed: tuple[Author, ...], record: list[Author]) -> bool:
    return all(same(one.family, other.family) for one, other in zip(printed, record, strict=False))


def _parts_differ(one: str, other: str) -> bool:
    """Whether two names differ only in a particle that one of them lacks."""
    return len(one.split()) != len(other.split())


def _field_differences(listing: Listing, reference: Reference) -> Iterator[tuple[str, str]]:
    for column, field in (("year", "year"), ("volume", "volume"), ("issue", "number"), ("pages", "pages")):
        printed, record = getattr(listing, column), reference.get(field)
        if _as_listed(reference, field) or record is None:
            continue
        if printed is None:
            if column in ("issue", "pages") and reference.kind == "article":
                yield column, f"the {column} is missing; the record has {record}"
        elif _digits(record) not in _digits(printed):
            yield column, f"the {column} is {printed}; the record has {record}"
    if not _as_listed(reference, "title") and reference.kind == "article":
        yield from _title_difference(listing.title, reference.title)


def _digits(text: str) -> str:
    return re.sub(r"[\s–—−-]+", "-", text).casefold()


def _title_difference(printed: str, record: str) -> Iterator[tuple[str, str]]:
    """The words in which two titles differ, ignoring British and American spelling."""
    one, other = (re.findall(r"\w+", _american(title)) for title in (printed, record))
    if one != other and fold("".join(one)) != fold("".join(other)):
        ours, theirs = ([w for w in a if w not in b] for a, b in ((one, other), (other, one)))
        yield "title", f"the title differs: “{' '.join(ours) or '…'}” instead of “{' '.join(theirs) or '…'}”"


def _american(title: str) -> str:
    return re.sub(r"is(e|ed|es|ing|ation)\b", r"iz\1", title.casefold()).replace("aes", "es").replace("colour", "color")


RULES: tuple[Rule, ...] = (
    name_mismatch,
    year_mismatch,
    ambiguous,
    not_listed,
    key_differs,
    never_cited,
    first_author,
    listing_error,
)
