"""Retractions, corrections and expressions of concern: the Retraction Watch file as it is downloaded, and whom it hits."""

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
#: What the file writes where it knows no DOI or PMID.
_UNKNOWN = frozenset({"", "0", "unavailable"})
_DOI_PREFIX = re.compile(r"\Ahttps?://(dx\.)?doi\.org/")
_NOT_ALPHANUMERIC = {code: None for code in range(128) if not chr(code).isalnum()}
#: Titles shorter than this are too common to stand for one paper.
_SHORTEST_TITLE = 25


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the file that names a reference: how it was matched, what it is, since when."""

    nature: str
    date: str
    matched_by: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Notices:
    """The notices that hit references of a review, by citation key, and how many rows were read."""

    rows: int
    by_reference: Mapping[str, tuple[Notice, ...]]


def read_notices(folder: Path, references: Iterable[Reference]) -> tuple[Notices | None, tuple[Finding, ...]]:
    """Look the references of a review up in evidence/notices.csv, row by row.

    Matched by DOI, else by PMID, else by title; a title alone is said to be so.

    Returns:
        The notices, or None where the folder has no such file: not checked is not the same as none.
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
                fix = "take the file as Retraction Watch gives it"
                return None, (
                    data_finding(
                        "notices-header", Place(NOTICES, 1), f"the columns {', '.join(missing)} are missing", fix
                    ),
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
    """The file writes 2/1/2021 0:00 for the first of February; anything else stays as it is.

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
