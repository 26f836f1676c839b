"""The sheets of studies, outcomes and appraisals: in words, with figures as printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from weigh.evidence.model import Appraisal, Record
from weigh.evidence.vocabulary import Direction
from weigh.exports.columns import (
    NAME,
    NARROW,
    PROSE,
    WIDE,
    Cited,
    Column,
    ConclusionEntry,
    Kind,
    Measured,
    Schema,
    Table,
    Value,
    plain,
    spaced,
    yes,
)
from weigh.wording import sentences as wording
from weigh.wording.outcomes import figures_of

__all__ = ["appraisal_sheet", "outcome_sheet", "study_sheet"]

R = TypeVar("R")

_EFFECT = (
    ("measure", "Calculated: measure", Kind.STRING, "Measure of the effect calculated from the arm figures."),
    ("estimate", "Calculated: effect", Kind.NUMBER, "That effect, to six significant figures; ratios as ratios."),
    ("ci_low", "Calculated: 95% from", Kind.NUMBER, "Lower limit of its 95% interval."),
    ("ci_high", "Calculated: 95% to", Kind.NUMBER, "Upper limit of its 95% interval."),
    ("origin", "Calculated: from", Kind.STRING, "The figures used."),
    ("note", "Calculated: note", Kind.STRING, "The correction applied, if any."),
)
_OF_CITED: tuple[Column[Cited], ...] = (
    Column(
        name="Conclusion",
        meaning="The indication for which it is cited.",
        value=lambda row: row.entry.condition,
        width=NAME,
    ),
    Column(
        name="Study",
        meaning="First author and year, with the years of further reports.",
        value=lambda row: row.line.name,
        width=NAME,
    ),
)


def _of_study(name: str, meaning: str, value: Callable[[Cited], Value], width: int = NARROW) -> Column[Cited]:
    return Column(name=name, meaning=meaning, value=value, width=width)


_VOTE: tuple[Column[Cited], ...] = (
    _of_study("Vote", "Its vote on the conclusion, or why it has none.", lambda row: row.line.vote_words, NAME),
    _of_study(
        "Background",
        "Whether it is cited as background, neither for nor against.",
        lambda row: yes(row.line.background),
    ),
)
_RISK_OF_BIAS: tuple[Column[Cited], ...] = (
    _of_study(
        "Risk of bias",
        "Overall, by the instruments named.",
        lambda row: wording.RISK[row.line.bias.overall],
        18,
    ),
    _of_study("Reason for risk of bias", "What decides the judgement.", lambda row: row.line.bias.reason, WIDE),
    _of_study("Instruments", "The instruments of the appraisal.", lambda row: ", ".join(row.line.bias.tools)),
)
_AS_CITED: tuple[Column[Cited], ...] = (
    _of_study("As cited", "As printed in the text.", lambda row: row.line.cited_as, NAME),
    _of_study("Link", "The address of its main report.", lambda row: row.line.link, WIDE),
)


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of a review table, shown as a column of a sheet."""

    name: str
    head: str
    width: int = NARROW
    words: Callable[[Any], Value] = plain


_RESEARCH = (
    _Field("finding", "What it found", PROSE),
    _Field("fit", "Fit", 18, wording.FIT.__getitem__),
    _Field("fit_reason", "Reason for fit", WIDE),
    _Field("design", "Design", 18, wording.DESIGN.__getitem__),
    _Field("design_detail", "Design in words", WIDE),
    _Field("blinding", "Blinding"),
    _Field("n_enrolled", "Enrolled"),
    _Field("n_analysed", "Analysed"),
    _Field("n_unit", "Unit of count"),
    _Field("condition", "Condition studied", NAME),
    _Field("population", "People", WIDE),
    _Field("drug", "Drug", NAME),
    _Field("intervention", "Intervention", WIDE),
    _Field("comparator", "Comparator", WIDE),
    _Field("comparator_type", "Kind of comparator", 18, wording.COMPARATOR.__getitem__),
    _Field("protocol", "Protocol", WIDE),
    _Field("follow_up", "Follow-up", 18),
    _Field("author_conclusion", "Authors conclude", WIDE),
    _Field("author_view", "Authors' side", words=spaced),
    _Field("adverse_events", "Harms", WIDE),
    _Field("limits", "Limits", WIDE),
    _Field("not_seen", "Not seen", WIDE),
)
_RECORD = (
    _Field("outside_definition", "Outside the guideline's definition", WIDE),
    _Field("registration", "Registration", 18),
    _Field("extraction", "Checked", 18, wording.EXTRACTION.__getitem__),
    _Field("source", "Source", WIDE),
)


def study_sheet(schema: Schema, every: Sequence[ConclusionEntry]) -> Table[Cited]:
    """One row per study and conclusion."""

    def fields(*wanted: _Field) -> tuple[Column[Cited], ...]:
        return _columns(schema, "studies", lambda row: row.line.item.study, wanted)

    return Table(
        name="Studies",
        meaning="One row per study and conclusion: a study cited for two conclusions has two rows but is one study.",
        rows=[cited for one in every for cited in one.cited],
        columns=(
            *_OF_CITED,
            *_VOTE,
            *fields(*_RESEARCH),
            *_RISK_OF_BIAS,
            *fields(*_RECORD),
            *_AS_CITED,
            *fields(_Field("study_id", "Study id", 18)),
        ),
    )


def _columns(
    schema: Schema, table: str, record: Callable[[R], Record], wanted: Sequence[_Field]
) -> tuple[Column[R], ...]:
    return tuple(
        schema.column(table, each.name, record, shown_as=each.head, width=each.width, words=each.words)
        for each in wanted
    )


def _direction(direction: Direction) -> str:
    return wording.direction_words(direction, "the intervention")


def _of_cited(column: Column[Cited]) -> Callable[[Measured], Value]:
    return lambda row: column.value(row.cited)


_MEASURED_IN: tuple[Column[Measured], ...] = tuple(
    Column(name=each.name, meaning=each.meaning, value=_of_cited(each), width=each.width) for each in _OF_CITED
)
_VOTES: Column[Measured] = Column(
    name="Votes",
    meaning="Whether it votes on the conclusion: only comparisons between arms that were seen and measure a benefit do.",
    value=lambda row: yes(row.votes),
    width=NARROW,
)
_WHAT = (
    _Field("domain", "Outcome", words=spaced),
    _Field("measure", "Measure", WIDE),
    _Field("timepoint", "When", 18),
    _Field("timepoint_days", "Days"),
    _Field("direction", "Direction", 18, _direction),
)


def _written(name: str, meaning: str, part: str, width: int = NAME) -> Column[Measured]:
    return Column(
        name=name, meaning=meaning, value=lambda row: getattr(figures_of(row.outcome), part) or None, width=width
    )


#: As the pages print them; the columns after these hold the same figures as numbers.
_AS_ON_PAGES: tuple[Column[Measured], ...] = (
    _written("Intervention arm", "The figures of the intervention arm, as on the pages.", "intervention"),
    _written("Comparator arm", "The figures of the comparator arm, as on the pages.", "comparator"),
    _written("Effect", "The reported effect with its 95% interval, as on the pages.", "effect", WIDE),
    _written("Calculated effect", "The effect calculated from the arms, as on the pages.", "calculated", WIDE),
    _written("p", "The p value, as on the pages.", "p", 18),
)
_FIGURES = (
    *(
        _Field(f"{arm}_{name}", f"{arm.capitalize()}: {head}")
        for arm in ("intervention", "comparator")
        for name, head in (("n", "n"), ("mean", "mean"), ("sd", "SD"), ("events", "events"), ("percent", "percent"))
    ),
    _Field("unit", "Unit"),
    _Field("effect_measure", "Reported measure"),
    _Field("effect", "Reported effect"),
    _Field("ci_low", "Reported 95% from"),
    _Field("ci_high", "Reported 95% to"),
    _Field("p_value", "p as printed"),
    _Field("effect_favours", "Above null favours"),
    _Field("significant", "Called significant", words=yes),
)
_READ = (
    _Field("scale_min", "Scale from"),
    _Field("scale_max", "Scale to"),
    _Field("pool", "Pool"),
    _Field("note", "Note", WIDE),
    _Field("extraction", "Checked", 18, wording.EXTRACTION.__getitem__),
    _Field("source", "Source", WIDE),
    _Field("outcome_id", "Outcome id", 20),
)


def outcome_sheet(schema: Schema, every: Sequence[ConclusionEntry]) -> Table[Measured]:
    """One row per outcome, study and conclusion."""

    def fields(*wanted: _Field) -> tuple[Column[Measured], ...]:
        return _columns(schema, "outcomes", lambda row: row.outcome, wanted)

    def calculated(name: str, head: str, kind: Kind, meaning: str) -> Column[Measured]:
        return Column(name=head, meaning=meaning, kind=kind, value=lambda row: row.effect(name), width=NARROW)

    return Table(
        name="Outcomes",
        meaning="One row per outcome, study and conclusion; figures as printed in the source.",
        rows=[row for one in every for cited in one.cited for row in cited.measured],
        columns=(
            *_MEASURED_IN,
            *fields(*_WHAT),
            _VOTES,
            *fields(_Field("contrast", "Contrast", words=spaced)),
            *_AS_ON_PAGES,
            *fields(*_FIGURES),
            *(calculated(*column) for column in _EFFECT),
            *fields(*_READ),
        ),
    )


_APPRAISAL = (
    _Field("tool", "Instrument"),
    _Field("domain", "Item or domain", NAME),
    _Field("judgement", "Judgement", 18),
    _Field("reason", "Reason", PROSE),
    _Field("source", "Source", WIDE),
    _Field("study_id", "Study id", 18),
)


def appraisal_sheet(schema: Schema, every: Sequence[ConclusionEntry]) -> Table[tuple[Cited, Appraisal]]:
    """One row per judgement on a cited study."""
    found = {cited.study_id: cited for one in every for cited in one.cited}
    return Table(
        name="Appraisals",
        meaning="One row per risk-of-bias judgement on a cited study.",
        rows=[(cited, row) for _id, cited in sorted(found.items()) for row in cited.line.item.appraisals],
        columns=(
            Column(name="Study", meaning="The study.", value=lambda row: row[0].line.name, width=NAME),
            *_columns(schema, "appraisals", lambda row: row[1], _APPRAISAL),
        ),
    )
