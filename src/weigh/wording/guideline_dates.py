"""The publisher and the dates of the guideline in words; a fact that its text does not print is reported as missing."""

from __future__ import annotations

import calendar
import datetime as dt

from weigh.evidence.model import Guideline

__all__ = [
    "NOT_PRINTED",
    "NO_DAY",
    "as_printed",
    "due_date",
    "due_words",
    "facts",
    "last_reviewed",
    "missing",
    "published",
    "sentences",
]

NOT_PRINTED = "not printed in the text as read"
#: The date of a file whose format requires one when the guideline has none: the earliest that ZIP can store.
NO_DAY = dt.date(1980, 1, 1)


def as_printed(fact: dt.date | str | None) -> str:
    """A fact about the guideline, or a statement that its text does not print it.

    >>> as_printed(dt.date(2024, 1, 3)), as_printed(None)
    ('2024-01-03', 'not printed in the text as read')
    """
    return NOT_PRINTED if fact is None else str(fact)


def published(guideline: Guideline) -> str:
    """The date of publication, as part of a line."""
    day = guideline.publish_date
    return f"date of publication {NOT_PRINTED}" if day is None else f"published {day}"


def last_reviewed(guideline: Guideline) -> str:
    """The date of the last review, as part of a line."""
    day = guideline.last_review_date
    return f"date of the last review {NOT_PRINTED}" if day is None else f"last reviewed {day}"


def due_date(guideline: Guideline) -> dt.date | None:
    """The date of the last review plus the review interval; None if the guideline prints no date of a last review.

    >>> from types import SimpleNamespace
    >>> due_date(SimpleNamespace(last_review_date=dt.date(2024, 1, 31), review_interval_months=1))
    datetime.date(2024, 2, 29)
    """
    last = guideline.last_review_date
    if last is None:
        return None
    months = last.year * 12 + last.month - 1 + guideline.review_interval_months
    year, month = divmod(months, 12)
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, month + 1, min(last.day, calendar.monthrange(year, month + 1)[1]))


def due_words(guideline: Guideline) -> str:
    """The date by which the next review is due, or why it is not known."""
    due = due_date(guideline)
    return f"not known, because the date of the last review is {NOT_PRINTED}" if due is None else str(due)


def facts(guideline: Guideline) -> tuple[tuple[str, str], ...]:
    """The facts about the guideline on a cover: the name of each, and its value."""
    return (
        ("Publisher", as_printed(guideline.publisher)),
        ("Status", guideline.status),
        ("Published", as_printed(guideline.publish_date)),
        ("Last reviewed", as_printed(guideline.last_review_date)),
        ("Next review due by", due_words(guideline)),
    )


def missing(guideline: Guideline) -> tuple[str, ...]:
    """One sentence for each fact that the text does not print."""
    named = {
        "publisher": guideline.publisher,
        "date of publication": guideline.publish_date,
        "date of the last review": guideline.last_review_date,
    }
    return tuple(f"The guideline’s {name} is {NOT_PRINTED}." for name, fact in named.items() if fact is None)


def sentences(guideline: Guideline) -> str:
    """The dates of the guideline as prose."""
    day, reviewed, due = guideline.publish_date, guideline.last_review_date, due_date(guideline)
    first = f"The guideline was published on {day}" if day else f"The guideline’s date of publication is {NOT_PRINTED}"
    if reviewed:
        joined = f"{first} and last reviewed on {reviewed}" if day else f"{first}; it was last reviewed on {reviewed}"
    else:
        joined = f"{first}; the date of its last review is {NOT_PRINTED}"
    interval = f"The guideline is reviewed about every {guideline.review_interval_months} months"
    then = f"so the next review is due by {due}" if due else "but the date of the next review cannot be given"
    return f"{joined}. {interval}, {then}."
