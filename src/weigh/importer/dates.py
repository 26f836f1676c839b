"""Parse dates as printed in guidelines."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["DAY", "MONTH", "YEAR", "parse_day"]

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in _MONTHS).replace(
    "Sep(?:tember)?", "Sept?(?:ember)?"
)
YEAR = r"(?:1[6-9]|20)\d\d"
#: A date in one of the formats that `parse_day` reads.
DAY = (
    rf"(?:\d{{1,2}}[/-]\d{{1,2}}[/-]{YEAR}|{YEAR}-\d{{1,2}}-\d{{1,2}}|(?:{MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+{YEAR}"
    rf"|\d{{1,2}}\s+(?:{MONTH})\.?,?\s+{YEAR}|\d{{1,2}}\.\d{{1,2}}\.{YEAR})"
)
_FORMS = (
    re.compile(rf"(?P<month>\d{{1,2}})[/-](?P<day>\d{{1,2}})[/-](?P<year>{YEAR})\Z"),
    re.compile(rf"(?P<year>{YEAR})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})\Z"),
    re.compile(rf"(?P<name>{MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>{YEAR})\Z", re.IGNORECASE),
    re.compile(rf"(?P<day>\d{{1,2}})\s+(?P<name>{MONTH})\.?,?\s+(?P<year>{YEAR})\Z", re.IGNORECASE),
    re.compile(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>{YEAR})\Z"),
)


def parse_day(text: str) -> date | None:
    """Return a date, or None if the text is not a date or names a day that does not exist.

    With slashes or hyphens, the month comes first, as in documents of American payers.

    >>> parse_day("01/03/2024"), parse_day("3 March 2021"), parse_day("June 31, 2020")
    (datetime.date(2024, 1, 3), datetime.date(2021, 3, 3), None)
    """
    for form in _FORMS:
        if (found := form.match(text.strip())) is not None:
            parts = found.groupdict()
            month = parts.get("month") or next(
                place for place, name in enumerate(_MONTHS, 1) if name[:3].lower() == parts["name"][:3].lower()
            )
            try:
                return date(int(parts["year"]), int(month), int(parts["day"]))
            except ValueError:
                return None
    return None
