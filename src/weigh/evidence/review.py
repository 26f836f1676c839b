"""Reads a review folder into one immutable Review."""

from __future__ import annotations

import dataclasses
import enum
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from weigh.errors import EvidenceError, NotFoundError
from weigh.evidence import integrity
from weigh.evidence.bibliography import BIBLIOGRAPHY, read_bibliography
from weigh.evidence.cells import data_finding, shorten
from weigh.evidence.inputs import DESCRIPTOR, EVIDENCE, SIGNED, find_review, inputs_of, sha256
from weigh.evidence.model import (
    Acceptance,
    Appraisal,
    Candidate,
    CertaintyJudgement,
    Citation,
    CodeRange,
    CodeTitle,
    Conclusion,
    Criterion,
    Device,
    Finding,
    Guideline,
    HistoryRow,
    Listing,
    Outcome,
    Place,
    Record,
    Reference,
    Signoff,
    Study,
    Term,
    study_name,
)
from weigh.evidence.notices import NOTICES, Notices, read_notices
from weigh.evidence.p_value import PValue
from weigh.evidence.tables import Row, Tables, did_you_mean, read_tables
from weigh.text.glance import Glance, one_line
from weigh.text.latest import Latest
from weigh.text.lean import collector_paused

__all__ = ["GUIDELINE", "TABLES", "Review", "load_review", "read_review", "remember"]

GUIDELINE = f"{EVIDENCE}/guideline.toml"

#: The record class of each table; a field of the class is a column of the table.
TABLES: Mapping[str, type[Record]] = {
    "conclusions": Conclusion,
    "criteria": Criterion,
    "citations": Citation,
    "listings": Listing,
    "studies": Study,
    "outcomes": Outcome,
    "appraisals": Appraisal,
    "certainty": CertaintyJudgement,
    "codes": CodeRange,
    "code_titles": CodeTitle,
    "candidates": Candidate,
    "history": HistoryRow,
    "devices": Device,
    "glossary": Term,
    "accepted": Acceptance,
    "signoffs": Signoff,
}
#: Tables that every folder must have; the others may be absent.
REQUIRED = ("conclusions", "citations", "studies", "outcomes")
_LIST_SEPARATOR = ";"
_LONGEST_GUIDELINE = 20_000  # bytes
_LONGEST_INTERVAL = 1200  # months

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, kw_only=True)
class Review(Glance):
    """All evidence on one guideline, as stored in the folder.

    Tables are tuples in row order, except that `conclusions`, `studies` and `references` are mappings by id.
    """

    folder: Path = field(compare=False)
    guideline: Guideline
    conclusions: Mapping[str, Conclusion]
    criteria: tuple[Criterion, ...]
    citations: tuple[Citation, ...]
    listings: tuple[Listing, ...]
    studies: Mapping[str, Study]
    outcomes: tuple[Outcome, ...]
    appraisals: tuple[Appraisal, ...]
    certainty: tuple[CertaintyJudgement, ...]
    codes: tuple[CodeRange, ...]
    code_titles: tuple[CodeTitle, ...]
    candidates: tuple[Candidate, ...]
    history: tuple[HistoryRow, ...]
    devices: tuple[Device, ...]
    glossary: tuple[Term, ...]
    accepted: tuple[Acceptance, ...]
    signoffs: tuple[Signoff, ...]
    references: Mapping[str, Reference]
    notices: Notices | None  # None: no notice file, so not checked
    inputs: Mapping[str, str]  # sha256 of every file read, by its path in the folder

    def __repr__(self) -> str:
        counts = f"{len(self.conclusions)} conclusions, {len(self.studies)} studies, {len(self.outcomes)} outcomes"
        return one_line(self, f"{self.guideline.number} {self.guideline.subject}: {counts}")

    def conclusion(self, conclusion_id: str) -> Conclusion:
        """One conclusion.

        Raises:
            NotFoundError: the folder has no such conclusion; the message suggests the nearest id.
        """
        try:
            return self.conclusions[conclusion_id]
        except KeyError:
            hint = did_you_mean(conclusion_id, self.conclusions)
            raise NotFoundError(
                f"{EVIDENCE}/conclusions.csv: no conclusion {conclusion_id!r}{hint or '; see the column conclusion_id'}"
            ) from None

    def study_name(self, study_id: str) -> str:
        """The name of a study for readers."""
        return study_name([self.references[key] for key in self.studies[study_id].citation_keys])

    @cached_property
    def outcomes_by_study(self) -> Mapping[str, tuple[Outcome, ...]]:
        """The outcomes of each study, in table order."""
        grouped: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            grouped.setdefault(outcome.study_id, []).append(outcome)
        return {study: tuple(outcomes) for study, outcomes in grouped.items()}

    @cached_property
    def study_of_report(self) -> Mapping[str, Study]:
        """The study of each report, by citation key."""
        return {key: study for study in self.studies.values() for key in study.citation_keys}


_latest = Latest[Review]()


def remember(review: Review) -> None:
    """Make `load_review` return this review while the files of its folder are unchanged."""
    _latest.put(review, review.folder, inputs_of(review.folder))


def load_review(folder: Path | str | None = None) -> Review:
    """Read a review folder, reusing the last review that this process read if the folder is byte-identical.

    Args:
        folder: the folder; by default the nearest one from the working folder upwards.

    Returns:
        The review; immutable, so it may be shared.

    Raises:
        ReviewNotFoundError: there is no such folder.
        EvidenceError: the folder violates its schema; the error lists every defect with file, row and column.
    """
    path = Path(folder) if folder is not None else find_review()
    before = inputs_of(path)
    if known := _latest.get(path, before):
        return known
    review, problems = read_review(path)
    if review is None:
        raise EvidenceError([str(problem) for problem in problems if problem.severity == "error"])
    return _latest.put(review, path, before)  # hashes from before reading, so that a later change is detected


def read_review(folder: Path) -> tuple[Review | None, tuple[Finding, ...]]:
    """Read a review folder and its data findings; the Review is None if one of them is an error."""
    with collector_paused():
        return _read_review(folder)


def _read_review(folder: Path) -> tuple[Review | None, tuple[Finding, ...]]:
    tables = read_tables(folder)
    references, bibliography_problems = read_bibliography(folder)
    guideline, guideline_problems = _read_guideline(folder)
    notices, notice_problems = read_notices(folder, references)
    problems = [
        *tables.problems,
        *_column_problems(tables),
        *bibliography_problems,
        *guideline_problems,
        *notice_problems,
    ]
    if problems or guideline is None:
        return None, tuple(problems)
    try:
        records = {name: tuple(_record(cls, row) for row in tables.rows.get(name, ())) for name, cls in TABLES.items()}
    except _UnreadableCellError as error:
        return None, (error.finding,)
    review = Review(
        folder=folder,
        guideline=guideline,
        references={reference.key: reference for reference in references},
        notices=notices,
        inputs=_input_hashes(folder, tables, typing.cast("tuple[Signoff, ...]", records["signoffs"])),
        **{
            **records,
            "conclusions": {c.conclusion_id: c for c in typing.cast("tuple[Conclusion, ...]", records["conclusions"])},
            "studies": {s.study_id: s for s in typing.cast("tuple[Study, ...]", records["studies"])},
        },  # type: ignore[arg-type]
    )
    found = tuple(_rule_findings(review))
    return (None if any(finding.severity == "error" for finding in found) else review), found


def _rule_findings(review: Review) -> Iterator[Finding]:
    keys = set(review.references)
    for conclusion in review.conclusions.values():
        yield from integrity.check_file_name(conclusion, "conclusion_id")
    for study in review.studies.values():
        yield from integrity.check_file_name(study, "study_id")
        yield from integrity.check_study(study)
    for outcome in review.outcomes:
        yield from integrity.check_outcome(outcome)
        yield from integrity.check_direction(outcome)
    for appraisal in review.appraisals:
        yield from integrity.check_appraisal(appraisal)
    for row in review.certainty:
        yield from integrity.check_certainty(row)
    yield from integrity.check_keys(tuple(review.studies.values()), "citation_keys", keys, BIBLIOGRAPHY)
    yield from integrity.check_keys(tuple(review.studies.values()), "included_in", set(review.studies), "studies.csv")
    yield from integrity.check_keys(review.citations, "citation_key", keys, BIBLIOGRAPHY)
    yield from integrity.check_keys(review.listings, "citation_key", keys, BIBLIOGRAPHY)
    yield from integrity.check_reports(tuple(review.studies.values()))
    yield from integrity.check_signed(review.signoffs, review.folder)
    yield from integrity.check_parents(review.conclusions)
    yield from integrity.check_criteria(review.criteria)
    yield from integrity.check_parents({criterion.criterion_id: criterion for criterion in review.criteria})


def _column_problems(tables: Tables) -> Iterator[Finding]:
    """Tables and columns that weigh reads but the folder's schema lacks."""
    if not tables.rows and tables.problems:
        return
    for name, cls in TABLES.items():
        place = Place(DESCRIPTOR)
        if name not in tables.columns:
            if name in REQUIRED:
                yield data_finding(
                    "schema-table", place, f"the schema lacks the table {name}", "copy it from the template"
                )
            continue
        for column in (f.name for f in dataclasses.fields(cls) if f.name != "place"):
            if column not in tables.columns[name]:
                yield data_finding(
                    "schema-column",
                    place,
                    f"the table {name} lacks the column {column}",
                    "add it to the schema and the table",
                )


def _read_guideline(folder: Path) -> tuple[Guideline | None, list[Finding]]:
    place = Place(GUIDELINE)
    try:
        content = (folder / GUIDELINE).read_bytes()
        if len(content) > _LONGEST_GUIDELINE:  # parsing a key of 100,000 parts takes tomllib a minute
            words = f"the file has {len(content):,} bytes; the limit is {_LONGEST_GUIDELINE:,}"
            return None, [data_finding("guideline-form", place, words, "shorten it")]
        values = tomllib.loads(content.decode("utf-8"))
    except FileNotFoundError:
        return None, [data_finding("guideline-missing", place, "the file is missing", "describe the guideline there")]
    except (ValueError, RecursionError) as error:  # an overlong number raises a plain ValueError
        return None, [data_finding("guideline-form", place, f"not valid TOML in UTF-8 ({error})", "correct the file")]
    problems = []
    hints = typing.get_type_hints(Guideline)
    for name, hint in hints.items():
        expected = _kind(hint)
        if name not in values and expected is not hint:
            continue  # optional: not every text prints it
        value = values.get(name)
        if type(value) is not expected or value == "":
            cell = Place(GUIDELINE, None, name)
            state = (
                "is missing" if name not in values else "is empty" if value == "" else f"is not a {expected.__name__}"
            )
            problems.append(
                data_finding("guideline-field", cell, f"{name} {state}", f"write {name} as a {expected.__name__}")
            )
    if isinstance(months := values.get("review_interval_months"), int) and not 1 <= months <= _LONGEST_INTERVAL:
        cell = Place(GUIDELINE, None, "review_interval_months")
        fix = f"write 1 to {_LONGEST_INTERVAL}"
        problems.append(
            data_finding("guideline-field", cell, f"an interval of {shorten(str(months))} months is out of range", fix)
        )
    for name in values.keys() - hints.keys():
        message = f"unknown key {name}{did_you_mean(name, hints)}"
        problems.append(data_finding("guideline-field", Place(GUIDELINE, None, name), message, "remove it"))
    return (None if problems else Guideline(**values)), problems


@cache
def _converters() -> Mapping[str, Mapping[str, Any]]:
    """Converters by record class and field, for fields whose type differs from that of the column."""
    return {
        cls.__name__: {name: c for name, hint in typing.get_type_hints(cls).items() if (c := _converter(hint))}
        for cls in TABLES.values()
    }


def _kind(hint: Any) -> Any:
    """The type of an optional value."""
    if isinstance(hint, types.UnionType):
        return next((kind for kind in typing.get_args(hint) if kind is not types.NoneType), hint)
    return hint


def _converter(hint: Any) -> Any:
    kind = _kind(hint)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind
    if kind is PValue:
        return PValue.parse
    if typing.get_origin(kind) is tuple:
        return lambda cell: tuple(part.strip() for part in cell.split(_LIST_SEPARATOR))
    return None


def _record(cls: type[R], row: Row) -> R:
    converters = _converters()[cls.__name__]
    values: dict[str, Any] = {"place": row.place}
    for f in dataclasses.fields(cls):
        if f.name != "place":
            cell = row.values[f.name]
            values[f.name] = (
                _converted(converters[f.name], cell, row, f.name) if cell is not None and f.name in converters else cell
            )
    return cls(**values)


def _converted(converter: Any, cell: Any, row: Row, column: str) -> Any:
    try:
        return converter(cell)
    except ValueError as error:
        raise _UnreadableCellError(
            _cell_finding(cell, Place(row.place.file, row.place.row, column), converter, error)
        ) from error


def _cell_finding(cell: str, place: Place, converter: Any, error: ValueError) -> Finding:
    """What is wrong with a value that the folder's own schema permits but weigh cannot read."""
    if isinstance(converter, type):
        known = [str(word) for word in converter]  # type: ignore[attr-defined]  # the only types here are enums
        message, fix = f"{cell!r} is unknown to weigh{did_you_mean(cell, known)}", f"use one of {', '.join(known)}"
    else:
        what, _, fix = str(error).partition("; ")
        message = f"“{shorten(cell)}” {what}"
    return data_finding("cell-not-allowed", place, message, fix)


class _UnreadableCellError(Exception):
    """A cell that cannot be read, with its finding."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.message)


def _input_hashes(folder: Path, tables: Tables, signoffs: tuple[Signoff, ...]) -> Mapping[str, str]:
    signed = sorted({f"{SIGNED}/{row.sha256}.txt" for row in signoffs})
    files = [
        DESCRIPTOR,
        GUIDELINE,
        BIBLIOGRAPHY,
        *([NOTICES] if (folder / NOTICES).is_file() else []),
        *(f"{EVIDENCE}/{name}.csv" for name in tables.rows),
        *(file for file in signed if (folder / file).is_file()),
    ]
    return {file: sha256((folder / file).read_bytes()) for file in sorted(files)}
