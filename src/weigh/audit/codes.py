"""Rules on conclusions and codes: positions taken without evidence, and titles that do not belong to their codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from weigh.audit.rule import Context, Defect, Rule, rule
from weigh.evidence.model import CodeRange, CodeTitle
from weigh.evidence.vocabulary import Basis, Position
from weigh.text.names import fold
from weigh.wording import sentences as wording

__all__ = ["RULES", "above", "printed_and_true", "title_agrees"]

_TEXT = "the text as read"
_BOOK = "ICD-10-CM"


@rule(
    "conclusion-without-evidence",
    family="conclusions",
    severity="error",
    whose="a question to the committee",
    means="A conclusion that the guideline names or discusses rests on no cited study.",
    settle="Cite the evidence, or state that there is none.",
)
def conclusion_without_evidence(context: Context) -> Iterator[Defect]:
    """Report conclusions named or discussed without a cited study; code-only and catch-all conclusions are exempt."""
    for name, dossier in context.dossiers.items():
        conclusion = dossier.conclusion
        if not dossier.evidence and conclusion.basis in (Basis.NAMED_IN_POSITION, Basis.DISCUSSED):
            position = wording.POSITION[conclusion.position].lower()
            message = f"{conclusion.condition}: declared {position}, but no study is cited for it"
            yield Defect(subject=name, place=conclusion.at("conclusion_id"), message=message, conclusions=(name,))


@rule(
    "code-without-evidence",
    family="codes",
    severity="warning",
    whose="a question to the committee",
    means="The code table denies a diagnosis for which the guideline cites no study.",
    settle="Cite the evidence for the denial, or remove the code.",
)
def code_without_evidence(context: Context) -> Iterator[Defect]:
    """Report diagnoses denied by code without a cited study."""
    for code in context.review.codes:
        dossier = context.dossiers.get(code.conclusion_id or "")
        if (
            dossier is not None
            and code.first
            and code.position is Position.NOT_MEDICALLY_NECESSARY
            and not dossier.evidence
        ):
            yield _defect(
                code,
                "conclusion_id",
                f"{code.label} ({code.printed_title or 'no title'}) is denied, but no study is cited for it",
            )


@rule(
    "code-unknown",
    family="codes",
    severity="error",
    whose=_TEXT,
    means="The code does not exist in the release of the code book used.",
    settle="Compare with the code book; the code may belong to another release.",
)
def code_unknown(context: Context) -> Iterator[Defect]:
    """Report codes that are not in the code book."""
    book = _book(context)
    for code in _in_book(context):
        for column in ("first", "last"):
            value = getattr(code, column)
            if value is not None and value not in book:
                yield _defect(code, column, f"{value} is not a code of {_release(context)}")


@rule(
    "code-not-billable",
    family="codes",
    severity="warning",
    whose=_TEXT,
    means="The code is a category; claims use the codes below it.",
    settle="List the codes below it, or a range of them.",
)
def code_not_billable(context: Context) -> Iterator[Defect]:
    """Report categories printed in place of billable codes."""
    book = _book(context)
    for code in _in_book(context):
        for column in ("first", "last"):
            value = getattr(code, column)
            if value in book and not book[value].billable:
                yield _defect(code, column, f"{value} is not billable: it is a category in {_release(context)}")


@rule(
    "code-title-mismatch",
    family="codes",
    severity="error",
    whose=_TEXT,
    means="The title printed beside a code is not the title of that code.",
    settle="Compare with the code book; the rows of the text as read may have shifted.",
)
def title_mismatch(context: Context) -> Iterator[Defect]:
    """Report codes printed with a title that is not theirs."""
    book = _book(context)
    rows = _in_book(context)
    for code in rows:
        true = _true_title(code, book)
        if true and code.printed_title and not title_agrees(code, book):
            neighbour = next(
                (
                    other
                    for other in rows
                    if other is not code and fold(_true_title(other, book)) == fold(code.printed_title)
                ),
                None,
            )
            shifted = f"; that is the title of {neighbour.label}, so the rows may have shifted" if neighbour else ""
            yield _defect(
                code,
                "printed_title",
                f"{code.label} is printed as “{code.printed_title}”; its title is “{true}”{shifted}",
            )


@rule(
    "code-title-without-code",
    family="codes",
    severity="error",
    whose=_TEXT,
    means="The code table prints a title without a code.",
    settle="Compare with the code book; the rows of the text as read may have shifted.",
)
def title_without_code(context: Context) -> Iterator[Defect]:
    """Report titles printed without a code."""
    book = _book(context)
    for code in context.review.codes:
        if code.first is None and code.printed_title:
            owner = next((entry.code for entry in book.values() if fold(entry.title) == fold(code.printed_title)), None)
            hint = f"; it is the title of {owner}" if owner else ""
            yield _defect(code, "printed_title", f"“{code.printed_title}” is printed without a code{hint}")


@rule(
    "code-range-skips",
    family="codes",
    severity="note",
    whose=_TEXT,
    means="A range omits codes of the category whose title it carries.",
    settle="State whether the codes are omitted deliberately.",
)
def range_skips(context: Context) -> Iterator[Defect]:
    """Report ranges that do not cover the whole category."""
    book = _book(context)
    for code in _in_book(context):
        category = above(code, book)
        if category is None or code.last is None or code.first is None:
            continue
        below = [c for c in book if c.startswith(category.code) and book[c].billable]
        outside = [c for c in below if not code.first <= c <= code.last]
        if outside:
            yield _defect(
                code, "last", f"{code.label} omits {', '.join(outside)} of {category.code} ({category.title})"
            )


@rule(
    "indication-without-code",
    family="codes",
    severity="note",
    whose=_TEXT,
    means="An indication is named or discussed, but the code table has no diagnosis code for it.",
    settle="Add the diagnosis codes, or state that all other codes are meant.",
)
def indication_without_code(context: Context) -> Iterator[Defect]:
    """Report indications without a diagnosis code."""
    if not context.review.codes:
        return
    for name, dossier in context.dossiers.items():
        if not dossier.codes and dossier.conclusion.basis in (Basis.NAMED_IN_POSITION, Basis.DISCUSSED):
            message = f"{dossier.conclusion.condition}: no diagnosis code in the code table"
            yield Defect(
                subject=name, place=dossier.conclusion.at("conclusion_id"), message=message, conclusions=(name,)
            )


def _defect(code: CodeRange, column: str, message: str) -> Defect:
    users = (code.conclusion_id,) if code.conclusion_id else ()
    return Defect(subject=code.row_id, place=code.at(column), message=message, conclusions=users)


def _book(context: Context) -> dict[str, CodeTitle]:
    return {entry.code: entry for entry in context.review.code_titles}


def _in_book(context: Context) -> list[CodeRange]:
    """The rows of a code system in the snapshot; none where there is no snapshot."""
    return [code for code in context.review.codes if code.system == _BOOK and code.first and context.review.code_titles]


def _release(context: Context) -> str:
    return context.review.code_titles[0].release


def above(code: CodeRange, book: dict[str, CodeTitle]) -> CodeTitle | None:
    """The nearest category in the snapshot above a code or above both ends of a range; None where there is none."""
    first, last = code.first or "", code.last or code.first or ""
    above_both = [c for c in book if c not in (first, last) and first.startswith(c) and last.startswith(c)]
    return book[max(above_both, key=len)] if above_both else None


def _true_title(code: CodeRange, book: dict[str, CodeTitle]) -> str:
    """The title of a single code or, for a range, of the category above it."""
    if code.first is None:
        return ""
    if code.last in (None, code.first):
        return book[code.first].title if code.first in book else ""
    category = above(code, book)
    return category.title if category and code.first in book and code.last in book else ""


def title_agrees(code: CodeRange, book: dict[str, CodeTitle]) -> bool:
    """Whether the printed title belongs to the code or, for a range, to its category or the codes in it."""
    printed, true = code.printed_title or "", _true_title(code, book)
    if fold(printed) == fold(true):
        return True
    if code.last in (None, code.first):
        return False
    category = above(code, book)
    below = {w for c, entry in book.items() if category and c.startswith(category.code) for w in _words(entry.title)}
    return fold(printed).startswith(fold(true)) and _words(printed) <= below


def printed_and_true(
    codes: Iterable[CodeRange], titles: Iterable[CodeTitle]
) -> Iterator[tuple[CodeRange, str, bool | None]]:
    """Each row of the code table with its true title and whether the printed title agrees; None where unknown."""
    book = {entry.code: entry for entry in titles}
    for code in codes:
        if code.first is None:
            yield code, "", False
        elif code.system != _BOOK or not book or not code.printed_title:
            yield code, "", None
        else:
            true = _true_title(code, book)
            yield code, true, title_agrees(code, book) if true else None


def _words(title: str) -> set[str]:
    return {fold(word) for word in title.split()} - {""}


RULES: tuple[Rule, ...] = (
    conclusion_without_evidence,
    code_without_evidence,
    title_mismatch,
    title_without_code,
    code_unknown,
    code_not_billable,
    range_skips,
    indication_without_code,
)
