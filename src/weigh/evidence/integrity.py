"""Defects of our own folder that no table schema can see: numbers that cannot be, keys that lead nowhere."""

from __future__ import annotations

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

__all__ = [
    "check_appraisal",
    "check_certainty",
    "check_criteria",
    "check_direction",
    "check_keys",
    "check_outcome",
    "check_parents",
    "check_reports",
    "check_signed",
    "check_study",
]


def check_study(study: Study) -> Iterator[Finding]:
    """More units analysed than enrolled cannot be."""
    if study.n_enrolled is not None and study.n_analysed is not None and study.n_analysed > study.n_enrolled:
        yield data_finding(
            "analysed-exceeds-enrolled",
            study.at("n_analysed"),
            f"{study.study_id} has {study.n_analysed} analysed but {study.n_enrolled} enrolled",
            "correct the one that is wrong",
            subject=study.study_id,
        )


def check_outcome(outcome: Outcome) -> Iterator[Finding]:
    """Events within n, an interval in order and around its effect, no side without a comparison."""
    for arm in ("intervention", "comparator"):
        events, n = getattr(outcome, f"{arm}_events"), getattr(outcome, f"{arm}_n")
        if events is not None and n is not None and events > n:
            yield data_finding(
                "events-exceed-n",
                outcome.at(f"{arm}_events"),
                f"{outcome.outcome_id} has {events} events among {n}",
                "correct the one that is wrong",
                subject=outcome.outcome_id,
            )
    low, high, effect = outcome.ci_low, outcome.ci_high, outcome.effect
    if low is not None and high is not None and low > high:
        yield data_finding(
            "interval-reversed",
            outcome.at("ci_low"),
            f"{outcome.outcome_id} has an interval from {low} to {high}",
            "write the lower limit first",
            subject=outcome.outcome_id,
        )
    elif effect is not None and ((low is not None and effect < low) or (high is not None and effect > high)):
        yield data_finding(
            "effect-outside-interval",
            outcome.at("effect"),
            f"{outcome.outcome_id} has an effect of {effect} outside its interval, {low} to {high}",
            "correct the one that is wrong",
            subject=outcome.outcome_id,
        )


def check_direction(outcome: Outcome) -> Iterator[Finding]:
    """A change within one arm cannot favour the comparator."""
    if outcome.contrast is Contrast.WITHIN_ARM and outcome.direction is Direction.FAVOURS_COMPARATOR:
        yield data_finding(
            "direction-without-comparator",
            outcome.at("direction"),
            f"{outcome.outcome_id} favours a comparator but is a change within one arm",
            "correct the direction or the contrast",
            subject=outcome.outcome_id,
        )


def check_appraisal(appraisal: Appraisal) -> Iterator[Finding]:
    """Domain and judgement are ones that the instrument has."""
    tool, domain, judgement = appraisal.tool, appraisal.domain, appraisal.judgement
    if (allowed := judgements_for(tool, domain)) is None:
        yield data_finding(
            "cell-not-allowed",
            appraisal.at("domain"),
            f"{tool} has no domain “{shorten(domain)}”",
            "write a domain as evidence/README.md lists it",
            subject=appraisal.study_id,
        )
    elif judgement not in allowed:
        yield _no_such_judgement(appraisal, judgement, allowed, appraisal.study_id)


def check_certainty(row: CertaintyJudgement) -> Iterator[Finding]:
    """The judgement is one that the GRADE domain has."""
    allowed = GRADE.get(row.domain)
    if allowed is None:  # a schema of the folder's own may allow more than weigh knows
        yield data_finding(
            "cell-not-allowed",
            row.at("domain"),
            f"GRADE has no domain “{shorten(row.domain)}”",
            "write one of " + ", ".join(GRADE),
            subject=row.conclusion_id,
        )
    elif row.judgement not in allowed:
        yield _no_such_judgement(row, row.judgement, allowed, row.conclusion_id)


def _no_such_judgement(record: Record, value: str, allowed: tuple[str, ...], subject: str) -> Finding:
    return data_finding(
        "cell-not-allowed",
        record.at("judgement"),
        f"“{shorten(value)}” is not a judgement on this domain{did_you_mean(value, allowed)}",
        "write one of " + ", ".join(allowed),
        subject=subject,
    )


def check_keys(records: tuple[Record, ...], column: str, known: set[str], where: str) -> Iterator[Finding]:
    """Every key of a column that may hold several stands in `known`."""
    for record in records:
        value = getattr(record, column)
        for key in (value,) if isinstance(value, str) else value or ():
            if key not in known:
                yield data_finding(
                    "key-unknown",
                    record.at(column),
                    f"{where} holds no {key}{did_you_mean(key, known)}",
                    "name an existing key, or add the entry that is missing",
                    subject=key,
                )


def check_signed(signoffs: Iterable[Signoff], folder: Path) -> Iterator[Finding]:
    """The text that each signature stands under is at hand, to the byte: else nobody can say what moved since."""
    for row in signoffs:
        name = f"{SIGNED}/{row.sha256}.txt"
        try:
            trouble = "" if sha256((folder / name).read_bytes()) == row.sha256 else "was altered"
        except OSError:
            trouble = "is missing"
        if trouble:
            words = f"the text that {row.who} signed, {name}, {trouble}"
            fix = "restore it from the history of the folder"
            yield data_finding("signed-text", row.at("sha256"), words, fix, subject=row.signoff_id, severity="warning")


def check_parents(tree: Mapping[str, Conclusion | Criterion]) -> Iterator[Finding]:
    """No conclusion and no criterion, each by its id, is its own parent."""
    for name, record in tree.items():
        seen: set[str] = set()
        current = record.parent_id
        while current is not None and current in tree and current not in seen:
            if current == name:
                yield data_finding(
                    "parent-circle",
                    record.at("parent_id"),
                    f"{name} is its own parent by way of {record.parent_id}",
                    "break the circle",
                    subject=name,
                )
                break
            seen.add(current)
            current = tree[current].parent_id


def check_reports(studies: tuple[Study, ...]) -> Iterator[Finding]:
    """A report belongs to one study, so that no trial is counted twice."""
    owner: dict[str, str] = {}
    for study in studies:
        for key in dict.fromkeys(study.citation_keys):
            twice = study.citation_keys.count(key) > 1
            other = owner.setdefault(key, study.study_id)
            if twice or other != study.study_id:
                yield data_finding(
                    "report-in-two-studies",
                    study.at("citation_keys"),
                    f"{key} is named twice in {study.study_id}"
                    if twice
                    else f"{key} is a report of {study.study_id} and of {other}",
                    "name each report once, in one study",
                    subject=key,
                )


def check_criteria(criteria: Sequence[Criterion]) -> Iterator[Finding]:
    """Every group holds something, no fact does, and there is one root: else a tree would be true or false of nothing."""
    parents = {row.parent_id for row in criteria}
    roots = [row for row in criteria if row.parent_id is None]
    for row in roots[1:]:
        message = f"{row.criterion_id} is a second root beside {roots[0].criterion_id}"
        yield _criteria_defect(
            row, "parent_id", message, "put both below one root that says whether one or all must hold"
        )
    for row in criteria:
        if row.kind is CriterionKind.FACT and row.criterion_id in parents:
            yield _criteria_defect(
                row, "kind", f"{row.criterion_id} is a fact and has criteria below it", "write all_of or any_of"
            )
        elif row.kind is not CriterionKind.FACT and row.criterion_id not in parents:
            message = f"{row.criterion_id} joins criteria and has none below it"
            yield _criteria_defect(row, "kind", message, "add what it joins, or make it a fact")


def _criteria_defect(row: Criterion, column: str, message: str, fix: str) -> Finding:
    return data_finding("criteria-form", row.at(column), message, fix, subject=row.criterion_id)
