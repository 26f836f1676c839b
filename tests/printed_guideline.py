"""The real review printed as its family prints guidelines: facts from the tables, the sentences around them invented."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from weigh.evidence.model import Citation, Listing
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Basis, Position, ReferenceList, Stance

HEADINGS = {
    ReferenceList.PEER_REVIEWED: "Peer Reviewed Publications:",
    ReferenceList.AUTHORITATIVE: "Government Agency, Medical Society, and Other Authoritative Publications",
    ReferenceList.WEBSITE: "Websites for Additional Information",
}
WORDS = {
    Stance.AGAINST: "The results do not support it",
    Stance.FOR: "It was effective",
    Stance.BACKGROUND: "It is used",
}


def day(text: str) -> str:
    value = date.fromisoformat(text)
    return f"{value:%m/%d/%Y}"


def printed_listing(listing: Listing) -> str:
    """An entry of the lists, with its misprints."""
    start = f"{listing.number}. {listing.authors}. {listing.title}{'' if listing.title.endswith('?') else '.'}"
    if listing.accessed:
        accessed = date.fromisoformat(listing.accessed)
        as_of = f" Current as of June 7, {listing.year}." if listing.year else ""
        return f"{start}{as_of} Available at: <{listing.source}>. Accessed on {accessed:%B} {accessed.day}, {accessed.year}."
    issue = f"({listing.issue})" if listing.issue else ""
    return f"{start} *{listing.source}.* {listing.year}; {listing.volume or ''}{issue}:{listing.pages}."


def _sentence(review: Review, conclusion_id: str, citations: list[Citation]) -> str:
    condition = review.conclusions[conclusion_id].condition
    words = WORDS[citations[0].stance]
    if not citations[0].cited_as.endswith(")"):
        return f"{words} for the treatment of {condition} ({'; '.join(c.cited_as for c in citations)})."
    return f"{citations[0].cited_as} looked at the treatment of {condition}. {words}."


def printed_guideline(review: Review) -> str:
    """The whole text."""
    guideline = review.guideline
    named = [c for c in review.conclusions.values() if c.basis is Basis.NAMED_IN_POSITION]
    covered = [c for c in named if c.position is Position.MEDICALLY_NECESSARY]
    denied = [c for c in named if c.position is Position.NOT_MEDICALLY_NECESSARY]
    lines = [
        f"Subject: {guideline.subject}",
        f"Guideline #: {guideline.number}",
        f"Status: {guideline.status}",
        "",
        f"Publish Date: {day(str(guideline.publish_date))}",
        f"Last Review Date: {day(str(guideline.last_review_date))}",
        "",
        "Clinical Indications",
        "",
        "Medically Necessary:",
        "",
        f"{guideline.subject} is considered **medically necessary** for any of the following indications:",
        "",
        *(f"- {'ABC'[place]}. For the treatment of {c.condition};**or**" for place, c in enumerate(covered)),
        "",
        "Not Medically Necessary:",
        "",
        f"{guideline.subject} is considered **not medically necessary** when these criteria are not met and for all other "
        f"indications, including, but not limited to {', and '.join(f'treatment of {c.condition}' for c in denied)}.",
        "",
        "Coding",
    ]
    for position, heading in (
        (Position.MEDICALLY_NECESSARY, "When services may be Medically Necessary when criteria are met:"),
        (Position.NOT_MEDICALLY_NECESSARY, "When services are Not Medically Necessary:"),
    ):
        rows = [code for code in review.codes if code.position is position]
        lines += ["", heading]
        for system, codes in groupby(rows, key=lambda code: code.printed_system):
            lines += ["", f"{system}\t"]
            lines += [
                f"{c.first or ''}{f'-{c.last}' if c.last else ''}\t{c.printed_title or 'A title that is left out'}"
                for c in codes
            ]
    lines += ["", "Discussion/General Information", ""]
    for (conclusion_id, *_), citations in groupby(
        review.citations, key=lambda c: (c.conclusion_id, c.cited_as.endswith(")") and c.cited_as, c.stance)
    ):
        lines += [_sentence(review, conclusion_id, list(citations)), ""]
    lines += ["Definitions", "", *(f"{term.term}: What is meant.\n" for term in review.glossary), "References", ""]
    for which, heading in HEADINGS.items():
        lines += [heading, "", *(printed_listing(x) for x in review.listings if x.list is which), ""]
    lines += ["Index", "", *(device.name for device in review.devices), "", "History", "", "Status\tDate\tAction"]
    dated = [row for row in review.history if row.status != "Pre-merger"]
    lines += [
        f"{row.status}\t{day(str(row.date))}\t{row.organization} review. Updated References."
        for row in sorted(dated, key=lambda row: str(row.date), reverse=True)
    ]
    lines.append("Pre-Merger Organizations\t\tLast Review Date Document Number Title")
    for row in review.history:
        if row.status == "Pre-merger":
            lines.append(
                f"{row.organization}\t\t{f'{day(str(row.date))} {row.document} A title' if row.date else 'None'}"
            )
    return "\n".join(lines) + "\n"
