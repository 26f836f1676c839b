"""The tables of the evidence: studies, their votes on each conclusion, outcomes, appraisals and references."""

from __future__ import annotations

from collections.abc import Sequence

from weigh.evidence.model import Appraisal
from weigh.exports.columns import Cited, Column, ConclusionEntry, Kind, Measured, Schema, Table, Value, plain
from weigh.exports.tidy_columns import EFFECT, OF_CONCLUSION, conclusion_id
from weigh.summary.conclusion import ReferenceLine

__all__ = ["appraisals", "outcomes", "references", "studies", "study_votes"]


def studies(schema: Schema, every: Sequence[ConclusionEntry]) -> Table[Cited]:
    """Each study once, however many conclusions it is cited for."""
    found = {cited.study_id: cited for one in every for cited in one.cited}
    return Table(
        name="studies",
        meaning="The cited studies, one row per study, however many conclusions it is cited for.",
        key=("study_id",),
        rows=[found[name] for name in sorted(found)],
        columns=(
            *schema.columns("studies", lambda cited: cited.line.item.study),
            Column(
                name="name",
                meaning="First author and year, with the years of further reports.",
                value=lambda cited: cited.line.name,
            ),
            Column(
                name="risk_of_bias",
                meaning="Overall risk of bias; empty if it has not been appraised.",
                value=lambda cited: plain(cited.line.bias.overall),
            ),
            Column(
                name="risk_of_bias_reason",
                meaning="The reason for that judgement.",
                value=lambda cited: cited.line.bias.reason,
            ),
            Column(
                name="risk_of_bias_tools",
                meaning="The instruments, separated by semicolons.",
                value=lambda cited: plain(cited.line.bias.tools),
            ),
        ),
    )


def study_votes(every: Sequence[ConclusionEntry]) -> Table[Cited]:
    """The vote of each cited study on each conclusion."""

    def vote(name: str, meaning: str, kind: Kind = Kind.STRING) -> Column[Cited]:
        def value(cited: Cited) -> Value:
            votes = cited.entry.result["study_votes"]
            return plain(votes[cited.study_id][name]) if cited.study_id in votes else None

        return Column(name=name, meaning=meaning, kind=kind, value=value)

    return Table(
        name="study_votes",
        meaning="The vote of each cited study on each conclusion.",
        key=("conclusion_id", "study_id"),
        foreign={**OF_CONCLUSION, "study_id": "studies"},
        rows=[cited for one in every for cited in one.cited],
        columns=(
            conclusion_id(lambda cited: cited.entry.conclusion_id),
            Column(name="study_id", meaning="The study.", value=lambda cited: cited.study_id),
            Column(name="cited_as", meaning="As printed in the text.", value=lambda cited: cited.line.cited_as),
            Column(
                name="background",
                kind=Kind.BOOLEAN,
                meaning="Whether it is cited as background only, neither for nor against.",
                value=lambda cited: cited.line.background,
            ),
            vote("direction", "The side that its comparisons favour; empty if it has no vote."),
            vote("split", "Whether its results disagree, which counts as no clear direction.", Kind.BOOLEAN),
            vote("reason", "The reason for having no vote."),
        ),
    )


def outcomes(schema: Schema, every: Sequence[ConclusionEntry]) -> Table[Measured]:
    """Each outcome, for each conclusion that its study is cited for."""

    def effect(name: str, kind: Kind, meaning: str) -> Column[Measured]:
        return Column(name=f"computed_{name}", kind=kind, meaning=meaning, value=lambda row: row.effect(name))

    return Table(
        name="outcomes",
        meaning="Each outcome of each study, for each conclusion that it is cited for; figures as printed in the source.",
        key=("conclusion_id", "outcome_id"),
        foreign={**OF_CONCLUSION, "study_id": "studies"},
        rows=[row for one in every for cited in one.cited for row in cited.measured],
        columns=(
            conclusion_id(lambda row: row.cited.entry.conclusion_id),
            *schema.columns("outcomes", lambda row: row.outcome),
            Column(
                name="votes",
                kind=Kind.BOOLEAN,
                meaning="Whether it votes on the conclusion.",
                value=lambda row: row.votes,
            ),
            *(effect(*column) for column in EFFECT),
        ),
    )


def appraisals(schema: Schema, every: Sequence[ConclusionEntry]) -> Table[Appraisal]:
    """The judgements on the cited studies."""
    found = {cited.study_id: cited.line.item.appraisals for one in every for cited in one.cited}
    return Table(
        name="appraisals",
        meaning="Risk-of-bias judgements on the cited studies.",
        key=("study_id", "tool", "domain"),
        foreign={"study_id": "studies"},
        rows=[row for name in sorted(found) for row in found[name]],
        columns=schema.columns("appraisals", lambda row: row),
    )


def references(every: Sequence[ConclusionEntry]) -> Table[tuple[ConclusionEntry, ReferenceLine]]:
    """The references of each conclusion."""

    def part(name: str, meaning: str, kind: Kind = Kind.STRING) -> Column[tuple[ConclusionEntry, ReferenceLine]]:
        return Column(name=name, meaning=meaning, kind=kind, value=lambda row: plain(getattr(row[1], name)))

    return Table(
        name="references",
        meaning="The references of each conclusion.",
        key=("conclusion_id", "number"),
        foreign=OF_CONCLUSION,
        rows=[(one, line) for one in every for line in one.summary.references],
        columns=(
            conclusion_id(lambda row: row[0].conclusion_id),
            part("number", "Its number on the page of the conclusion.", Kind.INTEGER),
            part("key", "Its key in references.bib."),
            part("text", "The reference in AMA style."),
            part("link", "Its address."),
            part("note", "Parts not checked against its record."),
        ),
    )
