"""A request as somebody documented it: codes, facts, and what the service is for; from a TOML file or from a notebook."""

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

__all__ = ["Request", "is_diagnosis", "make_request", "read_request", "stands_in"]

_KEYS = ("codes", "condition", "facts")
_LONGEST = 20_000  # bytes; to read a name of a hundred thousand parts takes TOML a minute
_CODE = re.compile(r"[A-Z0-9]{2,8}(\.[A-Z0-9]{1,4})?")
_DIAGNOSES = "ICD-10-CM"
_DIAGNOSIS = re.compile(r"([A-Z][0-9][0-9A-Z])\.?([0-9A-Z]{1,4})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is documented of one request; a fact that stands in neither way is not documented.

    `condition` is the conclusion on what the service is for, where somebody said it.
    """

    codes: tuple[str, ...] = ()
    condition: str | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)


def read_request(path: Path, review: Review) -> Request:
    """Read a facts file.

    Args:
        path: a TOML file with `codes`, `condition` and a table `facts`, each of which may be left out.
        review: whose criteria and conclusions the ids are.

    Raises:
        NotFoundError: there is no such file, or an id in it is not known.
        WeighError: the file is no request.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_LONGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"{path}: no such file; write the codes and the documented facts into it") from None
    except IsADirectoryError:
        raise WeighError(f"{path}: a folder; name the file with the documented facts in it") from None
    if len(content) > _LONGEST:
        raise WeighError(f"{path}: the file has more than {_LONGEST:,} bytes; say it shorter")
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise WeighError(f"{path}: the file starts with a byte order mark; save it as UTF-8 without a mark")
    try:
        values = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise WeighError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:  # a number without an end is no error of TOML's own
        raise WeighError(f"{path}: not TOML ({shorten(str(error))}); mend the file") from error
    return make_request(values, review, str(path))


def make_request(values: Mapping[str, Any], review: Review, where: str = "request") -> Request:
    """A request from plain values, each of which must be of its kind and known to the review.

    Args:
        values: `codes`, `condition` and `facts`, each of which may be left out.
        review: whose criteria and conclusions the ids are.
        where: how a message names the source.

    Raises:
        NotFoundError: an id is not known; the message names the nearest one.
        WeighError: a value is of a wrong kind.
    """
    for name in values:
        if name not in _KEYS:
            hint = did_you_mean(name, _KEYS) or f"; it takes {', '.join(_KEYS)}"
            raise WeighError(f"{where}: {_quoted(name)} is not known{hint}")
    return Request(
        codes=_codes(values.get("codes", ()), where),
        condition=_condition(values.get("condition"), review, where),
        facts=_facts(values.get("facts", {}), review, where),
    )


def _codes(values: Any, where: str) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise WeighError(f'{where}: codes is not a list; write codes = ["...", "..."]')
    found: dict[str, str] = {}
    for value in values:
        if not isinstance(value, str):
            raise WeighError(f"{where}: codes holds {_quoted(value)}, which is no text; write the code in quotes")
        code = value.strip().upper()
        if not _CODE.fullmatch(code):
            raise WeighError(f"{where}: codes holds {_quoted(value)}, which is no code; write one code a text")
        plain = code.replace(".", "")
        if plain in found:
            raise WeighError(f"{where}: codes names {found[plain]} twice; name each code once")
        found[plain] = code
    return tuple(found.values())


def _condition(value: Any, review: Review, where: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise WeighError(f"{where}: condition is no text; write the id of one conclusion in quotes")
    if value not in review.conclusions:
        hint = did_you_mean(value, review.conclusions) or "; see the column conclusion_id of evidence/conclusions.csv"
        raise NotFoundError(f"{where}: condition names {_quoted(value)}, which is no conclusion{hint}")
    return value


def _facts(values: Any, review: Review, where: str) -> dict[str, bool]:
    if not isinstance(values, Mapping):
        raise WeighError(
            f"{where}: facts is not a table; write [facts] and below it one line a fact, such as id = true"
        )
    known = {row.criterion_id: row.kind for row in review.criteria}
    facts = [name for name, kind in known.items() if kind is CriterionKind.FACT]
    for name, value in values.items():
        if name not in known:
            hint = did_you_mean(str(name), facts) or f"; {_listed(facts)}"
            raise NotFoundError(f"{where}: facts names {_quoted(name)}, which is no criterion{hint}")
        if name not in facts:
            raise WeighError(f"{where}: facts names {name}, which joins other criteria; document the facts below it")
        if not isinstance(value, bool):
            message = f"{where}: {name} is {_quoted(value)}; write true or false, and leave out what is not documented"
            raise WeighError(message)
    return dict(values)


def _listed(facts: Iterable[str]) -> str:
    names = ", ".join(facts)
    return f"the facts are {names}" if names else "the review folder holds no criteria"


def _quoted(value: object) -> str:
    return shorten(repr(value))


def is_diagnosis(code: str) -> bool:
    """Whether a code has the form of a diagnosis; one of a device or a drug may have it too.

    >>> [is_diagnosis(code) for code in ("G56.00", "G5600", "R61", "97033")]
    [True, True, True, False]
    """
    return _DIAGNOSIS.fullmatch(code) is not None


def stands_in(code: str, row: CodeRange) -> bool:
    """Whether a code of a request is, or is below or above, what a row of the code table prints.

    A diagnosis may be written without its point, as claims carry it. Being above counts too, for a category holds what
    the table names: to overlook a denied code would be the worse error.

    >>> from weigh.evidence.model import Place
    >>> from weigh.evidence.vocabulary import Position
    >>> row = CodeRange(place=Place("x"), row_id="a", system="ICD-10-CM", printed_system="ICD-10", first="M26.50",
    ...     last="M26.59", printed_title=None, position=Position.MEDICALLY_NECESSARY, conclusion_id=None)
    >>> [stands_in(code, row) for code in ("M26.52", "M2652", "M26", "M26.6", "97033")]
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
