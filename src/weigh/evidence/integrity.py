"""Defects of the review folder beyond the reach of a table schema: impossible numbers and dangling keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from weigh.evidence.cells import data_finding, shorten
from weigh.evidence.inputs import SIGNED, sha256
from weigh.evidence.instruments import GRADE, judgements_for
from weigh.evidence.model import (
    Appraisal,
    CertaintyJudgement,
    Conclusion,
    Criterion,
    Finding,
    Outcome,
    Record,
    Signoff,
    Study,
)
from weigh.evidence.tables import did_you_mean
from weigh.evidence.vocabulary import Contrast, CriterionKind, Direction
from weigh.text.numbers import printed

__all__ = [
    "check_appraisal",
    "check_certainty",
    "check_criteria",
    "check_direction",
    "check_file_name",
    "check_keys",
    "check_outcome",
    "check_parents",
    "check_reports",
    "check_signed",
    "check_study",
]

#: A slug: no separator, no dot, at most 64 characters, and the same name on file systems that ignore case.
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def check_study(study: Study) -> Iterator[Finding]:
    """Report a study with more units analysed than enrolled."""
    if study.n_enrolled is not None and study.n_analysed is not None and study.n_analysed > study.n_enrolled:
        yield data_finding(
            "analysed-exceeds-enrolled",
            study.at("n_analysed"),
            f"{study.study_id} has {study.n_analysed} analysed but only {study.n_enrolled} enrolled",
            "correct the wrong number",
            subject=study.study_id,
        )


def check_outcome(outcome: Outcome) -> Iterator[Finding]:
    """Report events above n, interval limits in reverse order, and an effect outside its interval."""
    for arm in ("intervention", "comparator"):
        events, n = getattr(outcome, f"{arm}_events"), getattr(outcome, f"{arm}_n")
        if events is not None and n is not None and events > n:
            yield data_finding(
                "events-exceed-n",
                outcome.at(f"{arm}_events"),
                f"{outcome.outcome_id} has {events} events among {n}",
                "correct the wrong number",
                subject=outcome.outcome_id,
            )
    low, high, effect = outcome.ci_low, outcome.ci_high, outcome.effect
    limits = " to ".join("not printed" if limit is None else printed(limit) for limit in (low, high))
    if low is not None and high is not None and low > high:
        yield data_finding(
            "interval-reversed",
            outcome.at("ci_low"),
            f"{outcome.outcome_id} has an interval from {printed(low)} to {printed(high)}",
            "write the lower limit first",
            subject=outcome.outcome_id,
        )
    elif effect is not None and ((low is not None and effect < low) or (high is not None and effect > high)):
        yield data_finding(
            "effect-outside-interval",
            outcome.at("effect"),
            f"{outcome.outcome_id} has an effect of {printed(effect)} outside its interval ({limits})",
            "correct the wrong number",
            subject=outcome.outcome_id,
        )


def check_direction(outcome: Outcome) -> Iterator[Finding]:
    """Report a within-arm change recorded as favouring the comparator, which it cannot."""
    if outcome.contrast is Contrast.WITHIN_ARM and outcome.direction is Direction.FAVOURS_COMPARATOR:
        yield data_finding(
            "direction-without-comparator",
            outcome.at("direction"),
            f"{outcome.outcome_id} favours the comparator but is a within-arm change",
            "correct the direction or the contrast",
            subject=outcome.outcome_id,
        )


def check_appraisal(appraisal: Appraisal) -> Iterator[Finding]:
    """Report a domain or judgement that the instrument does not have."""
    tool, domain, judgement = appraisal.tool, appraisal.domain, appraisal.judgement
    if (allowed := judgements_for(tool, domain)) is None:
        yield data_finding(
            "cell-not-allowed",
            appraisal.at("domain"),
            f"{tool} has no domain “{shorten(domain)}”",
            "use a domain listed in evidence/README.md",
            subject=appraisal.study_id,
        )
    elif judgement not in allowed:
        yield _no_such_judgement(appraisal, judgement, allowed, appraisal.study_id)


def check_certainty(row: CertaintyJudgement) -> Iterator[Finding]:
    """Report a GRADE domain or judgement that does not exist."""
    allowed = GRADE.get(row.domain)
    if allowed is None:  # the folder's own schema may permit values unknown to weigh
        yield data_finding(
            "cell-not-allowed",
            row.at("domain"),
            f"GRADE has no domain “{shorten(row.domain)}”",
            "use one of " + ", ".join(GRADE),
            subject=row.conclusion_id,
        )
    elif row.judgement not in allowed:
        yield _no_such_judgement(row, row.judgement, allowed, row.conclusion_id)


def _no_such_judgement(record: Record, value: str, allowed: tuple[str, ...], subject: str) -> Finding:
    return data_finding(
        "cell-not-allowed",
        record.at("judgement"),
        f"“{shorten(value)}” is not a judgement for this domain{did_you_mean(value, allowed)}",
        "use one of " + ", ".join(allowed),
        subject=subject,
    )


def check_keys(records: tuple[Record, ...], column: str, known: set[str], where: str) -> Iterator[Finding]:
    """Report each key of a column, which may hold several per cell, that is not in `known`."""
    for record in records:
        value = getattr(record, column)
        for key in (value,) if isinstance(value, str) else value or ():
            if key not in known:
                yield data_finding(
                    "key-unknown",
                    record.at(column),
                    f"{key} is not in {where}{did_you_mean(key, known)}",
                    "use an existing key, or add the missing entry",
                    subject=key,
                )


def check_file_name(record: Record, column: str) -> Iterator[Finding]:
    """Report an id that cannot be the name of a file, whatever the schema of the folder permits: reports are named by it."""
    value = getattr(record, column)
    if not _FILE_NAME.fullmatch(value):
        message = f"{shorten(value)!r} cannot be the name of a file, and a report is named by its {column}"
        yield data_finding("cell-not-allowed", record.at(column), message, "use lower-case letters, digits and hyphens")


def check_signed(signoffs: Iterable[Signoff], folder: Path) -> Iterator[Finding]:
    """Report a signed text that is missing or altered, without which later changes cannot be identified."""
    for row in signoffs:
        name = f"{SIGNED}/{row.sha256}.txt"
        try:
            trouble = "" if sha256((folder / name).read_bytes()) == row.sha256 else "was altered"
        except OSError:
            trouble = "is missing"
        if trouble:
            words = f"the text that {row.who} signed, {name}, {trouble}"
            fix = "restore it from the version history of the folder"
            yield data_finding("signed-text", row.at("sha256"), words, fix, subject=row.signoff_id, severity="warning")


def check_parents(tree: Mapping[str, Conclusion | Criterion]) -> Iterator[Finding]:
    """Report each conclusion or criterion that is its own ancestor."""
    for name, record in tree.items():
        seen: set[str] = set()
        current = record.parent_id
        while current is not None and current in tree and current not in seen:
            if current == name:
                yield data_finding(
                    "parent-circle",
                    record.at("parent_id"),
                    f"{name} is its own ancestor by way of {record.parent_id}",
                    "break the cycle",
                    subject=name,
                )
                break
            seen.add(current)
            current = tree[current].parent_id


def check_reports(studies: tuple[Study, ...]) -> Iterator[Finding]:
    """Report each reference assigned to two studies, or twice to one, which would count a trial twice."""
    owner: dict[str, str] = {}
    for study in studies:
        for key in dict.fromkeys(study.citation_keys):
            twice = study.citation_keys.count(key) > 1
            other = owner.setdefault(key, study.study_id)
            if twice or other != study.study_id:
                yield data_finding(
                    "report-in-two-studies",
                    study.at("citation_keys"),
                    f"{key} is listed twice in {study.study_id}"
                    if twice
                    else f"{key} is a report of both {study.study_id} and {other}",
                    "list each report once, under one study",
                    subject=key,
                )


def check_criteria(criteria: Sequence[Criterion]) -> Iterator[Finding]:
    """Report an empty group, a fact with criteria below it, or a second root: the tree then has no truth value."""
    parents = {row.parent_id for row in criteria}
    roots = [row for row in criteria if row.parent_id is None]
    for row in roots[1:]:
        message = f"{row.criterion_id} is a second root, after {roots[0].criterion_id}"
        yield _criteria_defect(
            row, "parent_id", message, "put both below one root that states whether any or all must be met"
        )
    for row in criteria:
        if row.kind is CriterionKind.FACT and row.criterion_id in parents:
            yield _criteria_defect(
                row, "kind", f"{row.criterion_id} is a fact but has criteria below it", "write all_of or any_of"
            )
        elif row.kind is not CriterionKind.FACT and row.criterion_id not in parents:
            message = f"{row.criterion_id} is a group with no criteria below it"
            yield _criteria_defect(row, "kind", message, "add its criteria, or make it a fact")


def _criteria_defect(row: Criterion, column: str, message: str, fix: str) -> Finding:
    return data_finding("criteria-form", row.at(column), message, fix, subject=row.criterion_id)
