"""The machine-readable tables: one value per cell, linked by keys, in the terms of the result JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from weigh.audit.audit import whose_of
from weigh.evidence.model import Finding
from weigh.exports.columns import (
    Column,
    ConclusionEntry,
    Kind,
    Schema,
    Table,
    Value,
    conclusion_entries,
    findings_of,
    plain,
)
from weigh.exports.packet import Packet
from weigh.exports.tidy_columns import ID, OF_CONCLUSION, Row, item
from weigh.exports.tidy_evidence import appraisals, outcomes, references, studies, study_votes
from weigh.exports.tidy_pools import pool_members, pooled, pools

__all__ = ["tidy_tables"]

_VOTES = (
    ("favours_intervention", Kind.INTEGER, "Studies that favour the intervention."),
    ("favours_comparator", Kind.INTEGER, "Studies that favour the comparator."),
    ("no_clear_direction", Kind.INTEGER, "Studies without a clear direction; never read as no effect."),
    ("k", Kind.INTEGER, "Studies with a vote."),
    (
        "proportion",
        Kind.NUMBER,
        "Proportion that favours the intervention among studies that favour a side; empty if none does.",
    ),
    ("ci_low", Kind.NUMBER, "Lower limit of its 95% Wilson interval."),
    ("ci_high", Kind.NUMBER, "Upper limit of its 95% Wilson interval."),
    ("exact_low", Kind.NUMBER, "Lower limit of its exact 95% Clopper-Pearson interval."),
    ("exact_high", Kind.NUMBER, "Upper limit of its exact 95% Clopper-Pearson interval."),
    ("p_value", Kind.NUMBER, "Two-sided exact sign test against one half."),
    ("enough_studies", Kind.BOOLEAN, "Whether enough studies favour a side for a sign test to reach p < 0.05."),
)


def tidy_tables(packet: Packet) -> tuple[Table[Any], ...]:
    """All tables; a table precedes those that refer to it."""
    schema, every = Schema(packet.review), conclusion_entries(packet)
    return (
        _conclusions(schema, every),
        _reasons(every),
        _votes(every),
        studies(schema, every),
        study_votes(every),
        outcomes(schema, every),
        _bodies(every),
        _certainty(every),
        appraisals(schema, every),
        pools(every),
        pool_members(every),
        pooled(every),
        _flips(every),
        _findings(packet),
        references(every),
    )


def _conclusions(schema: Schema, every: Sequence[ConclusionEntry]) -> Table[ConclusionEntry]:
    def result(name: str, meaning: str) -> Column[ConclusionEntry]:
        return Column(name=name, meaning=meaning, value=lambda one: plain(one.result[name]))

    return Table(
        name="conclusions",
        meaning="The conclusions with their verdicts.",
        key=("conclusion_id",),
        rows=every,
        columns=(
            *schema.columns("conclusions", lambda one: one.summary.dossier.conclusion),
            Column(
                name="question",
                meaning="The question that the conclusion answers.",
                value=lambda one: one.summary.question,
            ),
            result("verdict", "How the cited evidence bears on the conclusion."),
            result("verdict_rule", "The rule that determined the verdict."),
            result("certainty", "GRADE certainty of the evidence as a whole; empty if it could not be rated."),
            result("certainty_judged_by", "proposed (by the rules) or committee."),
            result("certainty_reason", "The reason for that certainty."),
            Column(
                name="badge",
                meaning="Robustness of the verdict to a single change: robust, fragile or nothing_to_test.",
                value=lambda one: plain(one.result["flip"]["badge"]),
            ),
            Column(
                name="flip_summary", meaning="The same in one sentence.", value=lambda one: one.summary.flip_summary
            ),
            result("verdict_sentence", "The verdict in one or two sentences."),
            Column(
                name="studies",
                kind=Kind.INTEGER,
                meaning="Studies cited for it, including those cited as background.",
                value=lambda one: len(one.result["studies"]),
            ),
            Column(
                name="notices_checked",
                kind=Kind.BOOLEAN,
                meaning="Whether the references were checked for retractions and corrections.",
                value=lambda one: one.summary.notices_checked,
            ),
            result("fingerprint", "SHA-256 of the input of the summary."),
        ),
    )


def _numbered(every: Sequence[ConclusionEntry], rows: Callable[[ConclusionEntry], Sequence[Row]]) -> tuple[Row, ...]:
    """The rows of each conclusion with its id, numbered from 1."""
    return tuple(
        {"conclusion_id": one.conclusion_id, "number": number, **row}
        for one in every
        for number, row in enumerate(rows(one), 1)
    )


def _reasons(every: Sequence[ConclusionEntry]) -> Table[Row]:
    return Table(
        name="reasons",
        meaning="Why a member may want to discuss a conclusion; no row if no reason was identified.",
        key=("conclusion_id", "number"),
        foreign=OF_CONCLUSION,
        rows=_numbered(every, lambda one: [{"reason": reason} for reason in one.result["discuss"]]),
        columns=(
            ID,
            item("number", Kind.INTEGER, "Its position among the reasons, from 1."),
            item("reason", Kind.STRING, "The reason."),
        ),
    )


def _votes(every: Sequence[ConclusionEntry]) -> Table[Row]:
    ways = (("all", "votes"), ("direct", "direct_votes"))
    return Table(
        name="votes",
        meaning="Studies by direction, whatever their size or p value.",
        key=("conclusion_id", "counted"),
        foreign=OF_CONCLUSION,
        rows=[
            {"conclusion_id": one.conclusion_id, "counted": word, **one.result[name]}
            for one in every
            for word, name in ways
        ],
        columns=(
            ID,
            item(
                "counted", Kind.STRING, "all: every study with a vote; direct: those that test the intervention itself."
            ),
            *(item(*column) for column in _VOTES),
        ),
    )


def _bodies(every: Sequence[ConclusionEntry]) -> Table[Row]:
    return Table(
        name="bodies",
        meaning="The evidence in each outcome domain, and its certainty.",
        key=("conclusion_id", "domain"),
        foreign=OF_CONCLUSION,
        rows=_numbered(every, lambda one: [{**body, "k": len(body["studies"])} for body in one.result["outcomes"]]),
        columns=(
            ID,
            item("domain", Kind.STRING, "The outcome domain."),
            item("number", Kind.INTEGER, "Its position among the outcomes, critical ones first."),
            item("critical", Kind.BOOLEAN, "Whether the outcome is critical."),
            item(
                "participants",
                Kind.INTEGER,
                "Participants (or other units) with a result; empty if not seen for any study.",
            ),
            item("k", Kind.INTEGER, "The number of studies."),
            item("direction", Kind.STRING, "The direction on which the studies agree; empty if they disagree."),
            item("certainty", Kind.STRING, "Its GRADE certainty."),
        ),
    )


def _certainty(every: Sequence[ConclusionEntry]) -> Table[Row]:
    return Table(
        name="certainty",
        meaning="The GRADE judgements behind the certainty in each outcome domain.",
        key=("conclusion_id", "outcome", "domain"),
        foreign=OF_CONCLUSION,
        rows=[
            {"conclusion_id": one.conclusion_id, "outcome": body["domain"], **rating}
            for one in every
            for body in one.result["outcomes"]
            for rating in body["ratings"]
        ],
        columns=(
            ID,
            item("outcome", Kind.STRING, "The outcome domain."),
            item("domain", Kind.STRING, "The GRADE domain."),
            item("judgement", Kind.STRING, "The judgement."),
            item("change", Kind.INTEGER, "Levels added or subtracted."),
            item("reason", Kind.STRING, "The reason."),
            item("judged_by", Kind.STRING, "proposed (by the rules) or committee."),
        ),
    )


def _flips(every: Sequence[ConclusionEntry]) -> Table[Row]:
    return Table(
        name="flips",
        meaning="Single-step changes that would alter a verdict or its certainty.",
        key=("conclusion_id", "number"),
        foreign=OF_CONCLUSION,
        rows=_numbered(every, lambda one: one.result["flip"]["changes"]),
        columns=(
            ID,
            item("number", Kind.INTEGER, "Its position among the changes, from 1."),
            item("kind", Kind.STRING, "A study omitted, a judgement moved by one step, or a new trial."),
            item("subject", Kind.STRING, "The study, the GRADE domain, or the outcome domain."),
            item("detail", Kind.STRING, "The judgement, or the direction of the new trial."),
            item("participants", Kind.INTEGER, "Size of the new trial."),
            item("verdict", Kind.STRING, "The resulting verdict."),
            item("certainty", Kind.STRING, "The resulting certainty; empty if no evidence would be left to rate."),
        ),
    )


def _findings(packet: Packet) -> Table[tuple[int, Finding]]:
    def part(name: str, meaning: str, kind: Kind = Kind.STRING) -> Column[tuple[int, Finding]]:
        def value(row: tuple[int, Finding]) -> Value:
            found = row[1].as_json()[name]
            return ";".join(found) if isinstance(found, list) else plain(found)

        return Column(name=name, meaning=meaning, kind=kind, value=value)

    return Table(
        name="findings",
        meaning="The open findings of the audit.",
        key=("number",),
        rows=list(enumerate(findings_of(packet), 1)),
        columns=(
            Column(name="number", kind=Kind.INTEGER, meaning="Its position in the audit.", value=lambda row: row[0]),
            part("code", "The rule."),
            part(
                "kind", "data: a defect of the review folder; guideline: a defect of the guideline, for the committee."
            ),
            part("severity", "error, warning or note."),
            Column(name="about", meaning="Whose defect it is.", value=lambda row: whose_of(row[1])),
            part("subject", "The subject of the finding."),
            part("file", "The file."),
            part("row", "The row, the header being row 1.", Kind.INTEGER),
            part("column", "The column."),
            part("message", "The finding."),
            part("fix", "How to resolve it."),
            part("conclusions", "The conclusions concerned, separated by semicolons; empty if the finding is general."),
        ),
    )
