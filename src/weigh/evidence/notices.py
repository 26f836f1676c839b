"""Retractions, corrections and expressions of concern: matches the Retraction Watch file to the references."""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from weigh.evidence.cells import data_finding
from weigh.evidence.inputs import EVIDENCE
from weigh.evidence.model import Finding, Place, Reference

__all__ = ["NOTICES", "Notice", "Notices", "read_notices"]

NOTICES = f"{EVIDENCE}/notices.csv"
_COLUMNS = ("Title", "RetractionDate", "OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature")
#: What the file contains in place of an unknown DOI or PMID.
_UNKNOWN = frozenset({"", "0", "unavailable"})
_DOI_PREFIX = re.compile(r"\Ahttps?://(dx\.)?doi\.org/")
_NOT_ALPHANUMERIC = {code: None for code in range(128) if not chr(code).isalnum()}
#: Shorter titles are too common to identify one paper.
_SHORTEST_TITLE = 25


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the file that matches a reference: the match, its nature, reason and date."""

    nature: str
    date: str
    matched_by: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Notices:
    """The notices on the references of a review, by citation key, and the number of rows read."""

    rows: int
    by_reference: Mapping[str, tuple[Notice, ...]]


def read_notices(folder: Path, references: Iterable[Reference]) -> tuple[Notices | None, tuple[Finding, ...]]:
    """Match the references of a review with evidence/notices.csv, row by row.

    Rows are matched by DOI, else by PMID, else by title; the notice records which.

    Returns:
        The notices, or None where the folder has no such file (not checked, as opposed to none found), and findings on
        the file itself.
    """
    path = folder / NOTICES
    if not path.is_file():
        return None, ()
    index = _Index(references)
    hits: dict[str, list[Notice]] = {}
    rows = 0
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            header = next(reader, [])
            missing = [column for column in _COLUMNS if column not in header]
            if missing:
                fix = "use the file as downloaded from Retraction Watch"
                return None, (
                    data_finding("notices-header", Place(NOTICES, 1), f"missing columns: {', '.join(missing)}", fix),
                )
            for cells in reader:
                if not cells:
                    continue
                rows += 1
                row = dict(zip(header, cells, strict=False))
                if any(column not in row for column in _COLUMNS):
                    place = Place(NOTICES, reader.line_num)
                    return None, (data_finding("notices-form", place, "the row ends early", "download the file again"),)
                for key, how in index.find(row):
                    place = Place(NOTICES, reader.line_num, "OriginalPaperDOI")
                    notice = Notice(
                        row["RetractionNature"].strip(),
                        _date(row["RetractionDate"]),
                        how,
                        row.get("Reason", "").strip("; +"),
                        place,
                    )
                    hits.setdefault(key, []).append(notice)
    except (UnicodeDecodeError, csv.Error) as error:
        return None, (
            data_finding("notices-form", Place(NOTICES), f"not a CSV file in UTF-8 ({error})", "download it again"),
        )
    return Notices(rows, {key: tuple(found) for key, found in hits.items()}), ()


def _date(text: str) -> str:
    """A date in ISO form: the file writes 2/1/2021 0:00 for 1 February 2021; other forms are left unchanged.

    >>> _date("2/1/2021 0:00"), _date("2021-02-01")
    ('2021-02-01', '2021-02-01')
    """
    match = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text.strip())
    return f"{match[3]}-{int(match[1]):02d}-{int(match[2]):02d}" if match else text.strip()


class _Index:
    """References by DOI, by PMID and by folded title."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self.doi: defaultdict[str, list[str]] = defaultdict(list)
        self.pmid: defaultdict[str, list[str]] = defaultdict(list)
        self.title: defaultdict[str, list[str]] = defaultdict(list)
        for reference in references:
            if reference.doi:
                self.doi[reference.doi.casefold()].append(reference.key)
            if reference.pmid:
                self.pmid[reference.pmid].append(reference.key)
            if len(title := _fold_title(reference.title)) >= _SHORTEST_TITLE:
                self.title[title].append(reference.key)

    def find(self, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        doi = _DOI_PREFIX.sub("", row["OriginalPaperDOI"].strip().casefold())
        pmid = row["OriginalPaperPubMedID"].strip()
        if doi not in _UNKNOWN and doi in self.doi:
            yield from ((key, "DOI") for key in self.doi[doi])
        elif pmid not in _UNKNOWN and pmid in self.pmid:
            yield from ((key, "PMID") for key in self.pmid[pmid])
        elif self.title and (title := _fold_title(row["Title"])) in self.title:
            yield from ((key, "title") for key in self.title[title])


def _fold_title(title: str) -> str:
    if title.isascii():
        return title.lower().translate(_NOT_ALPHANUMERIC)
    return "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if c.isalnum())
