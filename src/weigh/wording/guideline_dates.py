"""Who published the guideline and when, in words: what its text does not print is said to be missing, never made up."""

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
#: The day that a file gives for itself where its format asks for one and the guideline has none: the first of ZIP.
NO_DAY = dt.date(1980, 1, 1)


def as_printed(fact: dt.date | str | None) -> str:
    """A fact of the guideline's own, or that its text prints none.

    >>> as_printed(dt.date(2024, 1, 3)), as_printed(None)
    ('2024-01-03', 'not printed in the text as read')
    """
    return NOT_PRINTED if fact is None else str(fact)


def published(guideline: Guideline) -> str:
    """When it was published, as part of a line."""
    day = guideline.publish_date
    return f"date of publication {NOT_PRINTED}" if day is None else f"published {day}"


def last_reviewed(guideline: Guideline) -> str:
    """When it was last reviewed, as part of a line."""
    day = guideline.last_review_date
    return f"date of the last review {NOT_PRINTED}" if day is None else f"last reviewed {day}"


def due_date(guideline: Guideline) -> dt.date | None:
    """When the next review is due: the last one and the interval; None where no date of the last one is printed.

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
    """By when it is to be reviewed next, or why nobody can say."""
    due = due_date(guideline)
    return f"not known, as the date of the last review is {NOT_PRINTED}" if due is None else str(due)


def facts(guideline: Guideline) -> tuple[tuple[str, str], ...]:
    """What a cover says of the guideline: the name of each fact, and the fact."""
    return (
        ("Publisher", as_printed(guideline.publisher)),
        ("Status", guideline.status),
        ("Published", as_printed(guideline.publish_date)),
        ("Last reviewed", as_printed(guideline.last_review_date)),
        ("Next review due by", due_words(guideline)),
    )


def missing(guideline: Guideline) -> tuple[str, ...]:
    """A sentence on each fact that the text does not print."""
    named = {
        "publisher": guideline.publisher,
        "date of publication": guideline.publish_date,
        "date of the last review": guideline.last_review_date,
    }
    return tuple(f"The guideline’s {name} is {NOT_PRINTED}." for name, fact in named.items() if fact is None)


def sentences(guideline: Guideline) -> str:
    """The dates of the guideline in prose."""
    day, reviewed, due = guideline.publish_date, guideline.last_review_date, due_date(guideline)
    first = f"The guideline was published on {day}" if day else f"The guideline’s date of publication is {NOT_PRINTED}"
    if reviewed:
        joined = f"{first} and last reviewed on {reviewed}" if day else f"{first}; it was last reviewed on {reviewed}"
    else:
        joined = f"{first}; the date of its last review is {NOT_PRINTED}"
    interval = f"It is reviewed about every {guideline.review_interval_months} months"
    then = f"so the next review is due by {due}" if due else "and no date can be given for the next review"
    return f"{joined}. {interval}, {then}."
