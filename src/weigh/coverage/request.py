"""A documented request (codes, facts and condition), read from a TOML file or from values in a notebook."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weigh.errors import NotFoundError, WeighError
from weigh.evidence.cells import shorten
from weigh.evidence.model import CodeRange
from weigh.evidence.review import Review
from weigh.evidence.tables import did_you_mean
from weigh.evidence.vocabulary import CriterionKind

__all__ = ["Request", "is_diagnosis", "make_request", "matches_row", "read_request"]

_KEYS = ("codes", "condition", "facts")
_LONGEST = 20_000  # bytes; parsing a key of 100,000 parts takes tomllib a minute
_CODE = re.compile(r"[A-Z0-9]{2,8}(\.[A-Z0-9]{1,4})?")
_DIAGNOSES = "ICD-10-CM"
_DIAGNOSIS = re.compile(r"([A-Z][0-9][0-9A-Z])\.?([0-9A-Z]{1,4})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The documentation of one request; facts that are absent are not documented.

    `condition` is the id of the conclusion that the service is for, where stated.
    """

    codes: tuple[str, ...] = ()
    condition: str | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)


def read_request(path: Path, review: Review) -> Request:
    """Read a facts file.

    Args:
        path: a TOML file with `codes`, `condition` and a table `facts`, each optional.
        review: the review to whose criteria and conclusions the ids refer.

    Raises:
        NotFoundError: there is no such file, or it contains an unknown id.
        WeighError: the file is not a valid request.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_LONGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"{path}: no such file; create it with the codes and documented facts") from None
    except IsADirectoryError:
        raise WeighError(f"{path}: this is a folder; name the file with the documented facts") from None
    if len(content) > _LONGEST:
        raise WeighError(f"{path}: the file has more than {_LONGEST:,} bytes; shorten it")
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise WeighError(f"{path}: the file starts with a byte order mark; save it as UTF-8 without one")
    try:
        values = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise WeighError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:  # an overlong number raises a plain ValueError
        raise WeighError(f"{path}: not valid TOML ({shorten(str(error))}); correct the file") from error
    return make_request(values, review, str(path))


def make_request(values: Mapping[str, Any], review: Review, where: str = "request") -> Request:
    """A request from plain values, checked for their types and against the review.

    Args:
        values: `codes`, `condition` and `facts`, each optional.
        review: the review to whose criteria and conclusions the ids refer.
        where: the name of the source in messages.

    Raises:
        NotFoundError: an id is unknown; the message suggests the nearest one.
        WeighError: a value has the wrong type.
    """
    for name in values:
        if name not in _KEYS:
            hint = did_you_mean(name, _KEYS) or f"; use {', '.join(_KEYS)}"
            raise WeighError(f"{where}: unknown key {_quoted(name)}{hint}")
    return Request(
        codes=_codes(values.get("codes", ()), where),
        condition=_condition(values.get("condition"), review, where),
        facts=_facts(values.get("facts", {}), review, where),
    )


def _codes(values: Any, where: str) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise WeighError(f'{where}: codes must be a list; write codes = ["...", "..."]')
    found: dict[str, str] = {}
    for value in values:
        if not isinstance(value, str):
            raise WeighError(f"{where}: codes must be strings; quote {_quoted(value)}")
        code = value.strip().upper()
        if not _CODE.fullmatch(code):
            raise WeighError(f"{where}: {_quoted(value)} is not a code; write one code per string")
        plain = code.replace(".", "")
        if plain in found:
            raise WeighError(f"{where}: codes contains {found[plain]} twice; list each code once")
        found[plain] = code
    return tuple(found.values())


def _condition(value: Any, review: Review, where: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise WeighError(f"{where}: condition must be a string; write the id of one conclusion in quotes")
    if value not in review.conclusions:
        hint = did_you_mean(value, review.conclusions) or "; see the column conclusion_id of evidence/conclusions.csv"
        raise NotFoundError(f"{where}: condition: unknown conclusion {_quoted(value)}{hint}")
    return value


def _facts(values: Any, review: Review, where: str) -> dict[str, bool]:
    if not isinstance(values, Mapping):
        raise WeighError(
            f"{where}: facts must be a table; write [facts], followed by one line per fact, such as id = true"
        )
    known = {row.criterion_id: row.kind for row in review.criteria}
    facts = [name for name, kind in known.items() if kind is CriterionKind.FACT]
    for name, value in values.items():
        if name not in known:
            hint = did_you_mean(str(name), facts) or f"; {_listed(facts)}"
            raise NotFoundError(f"{where}: [facts]: unknown criterion {_quoted(name)}{hint}")
        if name not in facts:
            raise WeighError(f"{where}: [facts]: {name} is a group of criteria; document the facts below it")
        if not isinstance(value, bool):
            message = (
                f"{where}: {name} is {_quoted(value)}; write true or false, and omit facts that are not documented"
            )
            raise WeighError(message)
    return dict(values)


def _listed(facts: Iterable[str]) -> str:
    names = ", ".join(facts)
    return f"the facts are {names}" if names else "the review folder has no criteria"


def _quoted(value: object) -> str:
    return shorten(repr(value))


def is_diagnosis(code: str) -> bool:
    """Whether a code has the form of an ICD-10-CM diagnosis code, as some device and drug codes also do.

    >>> [is_diagnosis(code) for code in ("G56.00", "G5600", "R61", "97033")]
    [True, True, True, False]
    """
    return _DIAGNOSIS.fullmatch(code) is not None


def matches_row(code: str, row: CodeRange) -> bool:
    """Whether a code of a request equals a code or range in a row of the code table, or lies below or above it.

    Diagnosis codes may be written without the decimal point, as on claims. A category above a listed code matches too,
    because it includes the code; overlooking a denied code would be the worse error.

    >>> from weigh.evidence.model import Place
    >>> from weigh.evidence.vocabulary import Position
    >>> row = CodeRange(place=Place("x"), row_id="a", system="ICD-10-CM", printed_system="ICD-10", first="M26.50",
    ...     last="M26.59", printed_title=None, position=Position.MEDICALLY_NECESSARY, conclusion_id=None)
    >>> [matches_row(code, row) for code in ("M26.52", "M2652", "M26", "M26.6", "97033")]
    [True, True, True, False, False]
    """
    if row.first is None:
        return False
    last = row.last or row.first
    if row.system != _DIAGNOSES:
        return row.first <= code <= last and len(code) == len(row.first)
    if (match := _DIAGNOSIS.fullmatch(code)) and match[2]:
        code = f"{match[1]}.{match[2]}"
    return row.first <= code <= last or code.startswith((row.first, last)) or _is_above(code, row.first)


def _is_above(code: str, first: str) -> bool:
    return len(code) >= len("M26") and first.startswith(code)
