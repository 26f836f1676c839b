"""The sheets of studies: what each is, what it measured and how it was appraised, in words and with figures as printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from weigh.evidence.model import Appraisal
from weigh.evidence.vocabulary import Direction
from weigh.exports.columns import (
    NAME,
    NARROW,
    PROSE,
    WIDE,
    Cited,
    Column,
    Kind,
    Measured,
    Schema,
    Table,
    Told,
    Value,
    plain,
    spaced,
    yes,
)
from weigh.wording import sentences as wording

__all__ = ["appraisal_sheet", "outcome_sheet", "study_sheet"]

_EFFECT = (
    ("measure", "Worked out: measure", Kind.STRING, "Measure of the effect that weigh works out from the arm figures."),
    ("estimate", "Worked out: effect", Kind.NUMBER, "That effect, a ratio as a ratio, to six significant figures."),
    ("ci_low", "Worked out: 95% from", Kind.NUMBER, "Lower limit of its 95% interval."),
    ("ci_high", "Worked out: 95% to", Kind.NUMBER, "Upper limit of its 95% interval."),
    ("origin", "Worked out: from", Kind.STRING, "From what it was worked out."),
    ("note", "Worked out: note", Kind.STRING, "Which rule was applied."),
)
_OF_CITED: tuple[Column[Cited], ...] = (
    Column(
        name="Conclusion",
        meaning="The indication for which it is cited.",
        value=lambda row: row.told.condition,
        width=NAME,
    ),
    Column(
        name="Study",
        meaning="First author and year, with the years of further reports.",
        value=lambda row: row.line.name,
        width=NAME,
    ),
)


def study_sheet(schema: Schema, every: Sequence[Told]) -> Table[Cited]:
    """A row for each study and conclusion."""

    def field(name: str, head: str, width: int = NARROW, words: Callable[[Any], Value] = plain) -> Column[Cited]:
        return schema.column("studies", name, lambda row: row.line.item.study, shown_as=head, width=width, words=words)

    def column(name: str, meaning: str, value: Callable[[Cited], Value], width: int = NARROW) -> Column[Cited]:
        return Column(name=name, meaning=meaning, value=value, width=width)

    return Table(
        name="Studies",
        meaning="One row for each study and conclusion: a study that is cited for two conclusions stands twice, and is one.",
        rows=[cited for one in every for cited in one.cited],
        columns=(
            *_OF_CITED,
            column(
                "Vote", "What it says on the conclusion, or why it has no vote.", lambda row: row.line.vote_words, NAME
            ),
            column(
                "Background",
                "Whether it is cited to explain, neither for nor against.",
                lambda row: yes(row.line.background),
            ),
            field("finding", "What it found", PROSE),
            field("fit", "Fit", 18, wording.FIT.__getitem__),
            field("fit_reason", "Why that fit", WIDE),
            field("design", "Design", 18, wording.DESIGN.__getitem__),
            field("design_detail", "Design in words", WIDE),
            field("blinding", "Blinding"),
            field("n_enrolled", "Enrolled"),
            field("n_analysed", "Analysed"),
            field("n_unit", "What was counted"),
            field("condition", "Condition studied", NAME),
            field("population", "People", WIDE),
            field("drug", "Drug", NAME),
            field("intervention", "Intervention", WIDE),
            field("comparator", "Comparator", WIDE),
            field("comparator_type", "Kind of comparator", 18, wording.COMPARATOR.__getitem__),
            field("protocol", "Protocol", WIDE),
            field("follow_up", "Follow-up", 18),
            field("author_conclusion", "Authors conclude", WIDE),
            field("author_view", "Authors' side", words=spaced),
            field("adverse_events", "Harms", WIDE),
            field("limits", "Limits", WIDE),
            field("not_seen", "Not seen", WIDE),
            column(
                "Risk of bias",
                "Overall, by the instruments named beside it.",
                lambda row: wording.RISK[row.line.bias.overall],
                18,
            ),
            column("Why that risk", "What decides it.", lambda row: row.line.bias.reason, WIDE),
            column("Instruments", "With what it was appraised.", lambda row: ", ".join(row.line.bias.tools)),
            field("outside_definition", "Outside the guideline's definition", WIDE),
            field("registration", "Registration", 18),
            field("extraction", "Checked", 18, wording.EXTRACTION.__getitem__),
            field("source", "Read in", WIDE),
            column("As cited", "As the text prints it.", lambda row: row.line.cited_as, NAME),
            column("Link", "Where its main report is found.", lambda row: row.line.link, WIDE),
            field("study_id", "Study id", 18),
        ),
    )


def outcome_sheet(schema: Schema, every: Sequence[Told]) -> Table[Measured]:
    """A row for each outcome, study and conclusion."""

    def field(name: str, head: str, width: int = NARROW, words: Callable[[Any], Value] = plain) -> Column[Measured]:
        return schema.column("outcomes", name, lambda row: row.outcome, shown_as=head, width=width, words=words)

    def effect(name: str, head: str, kind: Kind, meaning: str) -> Column[Measured]:
        return Column(name=head, meaning=meaning, kind=kind, value=lambda row: row.effect(name), width=NARROW)

    arms = [
        (f"{arm}_{name}", f"{arm.capitalize()}: {head}")
        for arm in ("intervention", "comparator")
        for name, head in (
            ("n", "n"),
            ("mean", "mean"),
            ("sd", "SD"),
            ("events", "events"),
            ("percent", "percent"),
        )
    ]
    return Table(
        name="Outcomes",
        meaning="One row for each outcome, study and conclusion; figures as the source prints them.",
        rows=[row for one in every for cited in one.cited for row in cited.measured],
        columns=(
            *(
                Column(name=each.name, meaning=each.meaning, value=_of_cited(each), width=each.width)
                for each in _OF_CITED
            ),
            field("domain", "Outcome", words=spaced),
            field("measure", "Measure", WIDE),
            field("timepoint", "When", 18),
            field("timepoint_days", "Days"),
            field("direction", "Direction", 18, _direction),
            Column(
                name="Votes",
                meaning="Whether it votes on the conclusion: only comparisons between arms do, on benefits, where they were seen.",
                value=lambda row: yes(row.votes),
                width=NARROW,
            ),
            field("contrast", "Contrast", words=spaced),
            *(field(*arm) for arm in arms),
            field("unit", "Unit"),
            field("effect_measure", "Reported measure"),
            field("effect", "Reported effect"),
            field("ci_low", "Reported 95% from"),
            field("ci_high", "Reported 95% to"),
            field("p_value", "p as printed"),
            field("effect_favours", "Above no difference favours"),
            field("significant", "Called significant", words=yes),
            *(effect(*column) for column in _EFFECT),
            field("scale_min", "Scale from"),
            field("scale_max", "Scale to"),
            field("pool", "Pool"),
            field("note", "Note", WIDE),
            field("extraction", "Checked", 18, wording.EXTRACTION.__getitem__),
            field("source", "Read in", WIDE),
            field("outcome_id", "Outcome id", 20),
        ),
    )


def _of_cited(column: Column[Cited]) -> Callable[[Measured], Value]:
    return lambda row: column.value(row.cited)


def _direction(direction: Direction) -> str:
    return wording.direction_words(direction, "the intervention")


def appraisal_sheet(schema: Schema, every: Sequence[Told]) -> Table[tuple[Cited, Appraisal]]:
    """A row for each judgement on a cited study."""

    def field(name: str, head: str, width: int) -> Column[tuple[Cited, Appraisal]]:
        return schema.column("appraisals", name, lambda row: row[1], shown_as=head, width=width)

    found = {cited.study_id: cited for one in every for cited in one.cited}
    return Table(
        name="Appraisals",
        meaning="One row for each risk-of-bias judgement on a cited study.",
        rows=[(cited, row) for _id, cited in sorted(found.items()) for row in cited.line.item.appraisals],
        columns=(
            Column(name="Study", meaning="The study.", value=lambda row: row[0].line.name, width=NAME),
            field("tool", "Instrument", NARROW),
            field("domain", "Item or domain", NAME),
            field("judgement", "Judgement", 18),
            field("reason", "Why", PROSE),
            field("source", "Read in", WIDE),
            field("study_id", "Study id", 18),
        ),
    )
