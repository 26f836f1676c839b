"""The sheets of the workbook, to filter and sort: words for readers, and every number as a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from weigh.assessment.certainty import COMMITTEE
from weigh.audit.audit import whose_of
from weigh.evidence.model import Finding
from weigh.evidence.vocabulary import Certainty
from weigh.exports.columns import (
    NAME,
    NARROW,
    PROSE,
    WIDE,
    Column,
    ConclusionEntry,
    Kind,
    Schema,
    Table,
    Value,
    conclusion_entries,
    findings_of,
    plain,
    spaced,
    yes,
)
from weigh.exports.packet import Packet
from weigh.exports.study_sheets import appraisal_sheet, outcome_sheet, study_sheet
from weigh.summary.conclusion import ReferenceLine
from weigh.wording import sentences as wording
from weigh.wording.effect_words import CERTAINTY

__all__ = ["sheets"]

Row = Mapping[str, Any]

_VOTES = (
    ("k", "Studies with a vote", "Studies whose comparisons between arms count."),
    (
        "favours_intervention",
        "Favour the intervention",
        "Studies that favour the intervention, whatever their p value.",
    ),
    ("favours_comparator", "Favour the comparator", "Studies that favour the comparator, whatever their p value."),
    ("no_clear_direction", "No clear direction", "Studies without a clear direction; never read as no effect."),
    (
        "proportion",
        "Proportion for it",
        "Proportion that favours the intervention among studies that favour a side; empty if none does.",
    ),
    ("ci_low", "Proportion, 95% from", "Lower limit of the 95% Wilson interval of that proportion."),
    ("ci_high", "Proportion, 95% to", "Upper limit of the 95% Wilson interval of that proportion."),
    ("exact_low", "Proportion, exact 95% from", "Lower limit of its exact 95% Clopper-Pearson interval."),
    ("exact_high", "Proportion, exact 95% to", "Upper limit of its exact 95% Clopper-Pearson interval."),
    ("p_value", "Sign test p", "Two-sided exact sign test against one half."),
    ("enough_studies", "Enough to test", "Whether enough studies favour a side for a sign test to reach p < 0.05."),
)
_POOLED = (
    ("estimator", "Estimator", Kind.STRING, "Estimator of the between-study variance, or common effect."),
    ("interval", "Interval by", Kind.STRING, "Method for the interval."),
    ("scale", "Scale", Kind.STRING, "log: effect and limits are natural logarithms of ratios."),
    ("k", "Studies", Kind.INTEGER, "Number of studies pooled."),
    ("estimate", "Effect", Kind.NUMBER, "Pooled effect."),
    ("se", "Standard error", Kind.NUMBER, "Its standard error."),
    ("low", "95% from", Kind.NUMBER, "Lower limit of its 95% interval."),
    ("high", "95% to", Kind.NUMBER, "Upper limit of its 95% interval."),
    ("p_value", "p", Kind.NUMBER, "Its p value."),
    ("tau2", "tau²", Kind.NUMBER, "Between-study variance."),
    ("i2_q", "I² from Q", Kind.NUMBER, "I² from Q, in percent."),
    ("i2_tau2", "I² from tau²", Kind.NUMBER, "I² from the between-study variance, in percent."),
    ("prediction_low", "New study, 95% from", Kind.NUMBER, "Lower limit of the 95% prediction interval."),
    ("prediction_high", "New study, 95% to", Kind.NUMBER, "Upper limit of the 95% prediction interval."),
)


def sheets(packet: Packet) -> tuple[Table[Any], ...]:
    """The sheets of a packet in reading order; the first column names the subject of a row."""
    schema, every = Schema(packet.review), conclusion_entries(packet)
    return (
        _conclusions(every),
        study_sheet(schema, every),
        outcome_sheet(schema, every),
        _certainty(every),
        appraisal_sheet(schema, every),
        _pools(every),
        _findings(packet),
        _references(every),
    )


def _certainty_words(value: str | None) -> str:
    return CERTAINTY[Certainty(value)] if value else "not rated"


def _column(
    name: str, meaning: str, value: Callable[[ConclusionEntry], Value], width: int = NARROW
) -> Column[ConclusionEntry]:
    return Column(name=name, meaning=meaning, value=value, width=width)


def _vote_columns(source: str, prefix: str = "", meaning: str = "") -> tuple[Column[ConclusionEntry], ...]:
    """The columns of one count of votes; `prefix` and `meaning` state which studies it counts."""

    def value(name: str) -> Callable[[ConclusionEntry], Value]:
        def of(one: ConclusionEntry) -> Value:
            found = one.result[source][name]
            return yes(found) if isinstance(found, bool) else plain(found)

        return of

    return tuple(
        _column(prefix + (wording.lower_first(head) if prefix else head), meaning + means, value(name))
        for name, head, means in _VOTES
    )


def _position(one: ConclusionEntry) -> Value:
    return wording.POSITION[one.summary.dossier.conclusion.position]


def _verdict(one: ConclusionEntry) -> Value:
    return wording.VERDICT[one.summary.verdict]


def _certainty_of(one: ConclusionEntry) -> Value:
    return _certainty_words(one.result["certainty"])


def _judged_by(one: ConclusionEntry) -> Value:
    judged_by = one.result["certainty_judged_by"]
    return "the committee" if judged_by == COMMITTEE else judged_by


def _not_verified(one: ConclusionEntry) -> Value:
    return "; ".join(point.name for point in one.summary.not_verified)


def _drug_class(one: ConclusionEntry) -> Value:
    return one.summary.dossier.conclusion.drug_class


def _statement(one: ConclusionEntry) -> Value:
    return one.summary.dossier.conclusion.statement


def _codes(one: ConclusionEntry) -> Value:
    return "; ".join(f"{code.system} {code.label}" for code in one.summary.dossier.codes)


_ANSWER: tuple[Column[ConclusionEntry], ...] = (
    _column("Conclusion", "The indication.", lambda one: one.condition, NAME),
    _column("Position", "The position of the guideline.", _position, NAME),
    _column("Verdict", "How the cited evidence bears on the conclusion.", _verdict, 16),
    _column("Certainty", "GRADE certainty of the evidence as a whole.", _certainty_of),
    _column("Judged by", "Whether the committee has judged that certainty, or the rules propose it.", _judged_by),
    _column(
        "Robustness",
        "Fragile: omitting one study, or moving one GRADE judgement by one step, would change the verdict.",
        lambda one: one.summary.badge,
    ),
    _column(
        "Reasons for discussion",
        "Why a member may want to discuss it; empty if no reason was identified.",
        lambda one: "\n".join(one.result["discuss"]),
        PROSE,
    ),
    _column(
        "Verdict in words", "The verdict in one or two sentences.", lambda one: one.result["verdict_sentence"], PROSE
    ),
    _column(
        "Studies cited",
        "Studies cited for it, including those cited as background.",
        lambda one: len(one.result["studies"]),
    ),
)
_VOTE_COLUMNS = (
    *_vote_columns("votes"),
    *_vote_columns("direct_votes", "Direct only: ", "Of the studies that test the intervention itself. "),
)
_BACKGROUND: tuple[Column[ConclusionEntry], ...] = (
    _column("If one thing changed", "How robust the verdict is.", lambda one: one.summary.flip_summary, WIDE),
    _column("Reason for certainty", "What decides the certainty.", lambda one: one.result["certainty_reason"], WIDE),
    _column("Not verified", "Studies whose record or results were not seen.", _not_verified, NAME),
    _column("Findings", "The number of audit findings on it.", lambda one: len(one.result["findings"])),
    _column("Drug class", "The drug or class that the conclusion is about.", _drug_class, NAME),
    _column("Statement", "The conclusion in our own words.", _statement, WIDE),
    _column("Codes", "Codes of the guideline's table that belong to it.", _codes, NAME),
    _column("Id", "The id of the conclusion, which never changes.", lambda one: one.conclusion_id, NAME),
    _column(
        "Fingerprint",
        "SHA-256 of everything the summary is computed from: equal fingerprints mean that nothing has changed.",
        lambda one: one.result["fingerprint"],
        NAME,
    ),
)


def _conclusions(every: Sequence[ConclusionEntry]) -> Table[ConclusionEntry]:
    return Table(
        name="Conclusions",
        meaning="One row per conclusion, in order of need for discussion.",
        rows=every,
        columns=(*_ANSWER, *_VOTE_COLUMNS, *_BACKGROUND),
    )


def _certainty(every: Sequence[ConclusionEntry]) -> Table[Row]:
    def item(name: str, head: str, meaning: str, width: int = 14, words: Callable[[Any], Value] = plain) -> Column[Row]:
        return Column(name=head, meaning=meaning, value=lambda row: words(row[name]), width=width)

    return Table(
        name="Certainty",
        meaning="One row per GRADE judgement in each outcome domain.",
        rows=[
            {"condition": one.condition, "body": body, **body, **rating, "outcome": body["domain"]}
            for one in every
            for body in one.result["outcomes"]
            for rating in body["ratings"]
        ],
        columns=(
            item("condition", "Conclusion", "The indication.", NAME),
            item("outcome", "Outcome", "The outcome domain.", words=spaced),
            item("critical", "Critical", "Whether the outcome is critical.", words=yes),
            item(
                "participants",
                "Participants",
                "Participants (or other units) with a result; empty if not seen for any study.",
            ),
            item("studies", "Studies", "The number of studies.", words=len),
            item(
                "direction",
                "Direction",
                "The direction on which the studies agree; empty if they disagree.",
                18,
                spaced,
            ),
            item("certainty", "Certainty", "The GRADE certainty of this outcome.", words=_certainty_words),
            item("domain", "GRADE domain", "The domain judged.", 18, spaced),
            item("judgement", "Judgement", "The judgement.", words=spaced),
            item("change", "Levels", "Levels added or subtracted."),
            item("reason", "Reason", "The reason.", PROSE),
            item("judged_by", "Judged by", "proposed (by the rules) or committee."),
        ),
    )


def _pools(every: Sequence[ConclusionEntry]) -> Table[Row]:
    def item(name: str, head: str, kind: Kind, meaning: str, width: int = 14) -> Column[Row]:
        return Column(name=head, meaning=meaning, kind=kind, value=lambda row: plain(row.get(name)), width=width)

    return Table(
        name="Pools",
        meaning="One row per pool and method; empty if no outcomes were judged similar enough to pool.",
        rows=[row for one in every for row in _ways(one)],
        columns=(
            item("condition", "Conclusion", Kind.STRING, "The indication.", NAME),
            item("pool", "Pool", Kind.STRING, "Name of the analysis, from the column pool of outcomes.", 18),
            item("measure", "Measure", Kind.STRING, "Common measure; empty if there is none."),
            item("above_favours", "Above favours", Kind.STRING, "Side that values above the null favour."),
            item("main", "Main method", Kind.STRING, "Whether this is the main method."),
            *(item(*column) for column in _POOLED),
            item("statement", "In words", Kind.STRING, "The result in words, or why there is none.", PROSE),
        ),
    )


def _ways(one: ConclusionEntry) -> Iterator[Row]:
    """Each pool of a conclusion by every method applied; one row if it could not be pooled."""
    for pool in one.result["pooled"] or ():
        named = {name: pool[name] for name in ("pool", "measure", "above_favours")}
        named |= {"condition": one.condition, "statement": " ".join(pool["statement"])}
        for way in pool["others"]:
            yield named | {"main": yes(way == pool["main"])} | way
        if not pool["others"]:
            yield named


def _findings(packet: Packet) -> Table[Finding]:
    conditions = {name: conclusion.condition for name, conclusion in packet.review.conclusions.items()}

    def column(name: str, meaning: str, value: Callable[[Finding], Value], width: int) -> Column[Finding]:
        return Column(name=name, meaning=meaning, value=value, width=width)

    return Table(
        name="Findings",
        meaning="One row per open finding of the audit.",
        rows=findings_of(packet),
        columns=(
            column("Subject", "The subject of the finding.", lambda each: each.subject, NAME),
            column("Severity", "error, warning or note.", lambda each: each.severity, NARROW),
            column("About", "The review folder, the guideline text, or a question for the committee.", whose_of, 18),
            column("Finding", "The finding.", lambda each: each.message, PROSE),
            column("What to do", "How to resolve it.", lambda each: each.fix, WIDE),
            column(
                "Conclusions",
                "The conclusions concerned; empty if the finding is general.",
                lambda each: "; ".join(conditions[name] for name in each.conclusions),
                WIDE,
            ),
            column("Place", "File, row and column; the header is row 1.", lambda each: str(each.place), WIDE),
            column("Rule", "The audit rule.", lambda each: each.code, NAME),
        ),
    )


def _references(every: Sequence[ConclusionEntry]) -> Table[tuple[ConclusionEntry, ReferenceLine]]:
    def part(name: str, head: str, meaning: str, width: int) -> Column[tuple[ConclusionEntry, ReferenceLine]]:
        return Column(name=head, meaning=meaning, value=lambda row: plain(getattr(row[1], name)), width=width)

    return Table(
        name="References",
        meaning="One row per reference of each conclusion.",
        rows=[(one, line) for one in every for line in one.summary.references],
        columns=(
            Column(name="Conclusion", meaning="The indication.", value=lambda row: row[0].condition, width=NAME),
            part("number", "Number", "Its number on the page of the conclusion.", NARROW),
            part("text", "Reference", "In AMA style.", 80),
            part("link", "Link", "Its address.", WIDE),
            part("note", "Note", "Parts not checked against its record.", WIDE),
            part("key", "Key", "Its key in references.bib.", 20),
        ),
    )
