"""The sheets of the workbook: what a person filters and sorts, in words, with every number as a number."""

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
    Kind,
    Schema,
    Table,
    Told,
    Value,
    findings_of,
    plain,
    spaced,
    told,
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
    ("favours_intervention", "Favour the intervention", "Studies that favour the intervention, whatever their p."),
    ("favours_comparator", "Favour the comparator", "Studies that favour the comparator, whatever their p."),
    ("no_clear_direction", "No clear direction", "Studies without a clear direction; never read as no effect."),
    (
        "proportion",
        "Share for it",
        "Share that favours the intervention, of the studies that favour a side; empty where none does.",
    ),
    ("ci_low", "Share, 95% from", "Lower limit of the 95% interval of that share by Wilson."),
    ("ci_high", "Share, 95% to", "Upper limit of the 95% interval of that share by Wilson."),
    ("exact_low", "Share, exact 95% from", "Lower limit of its exact 95% interval by Clopper and Pearson."),
    ("exact_high", "Share, exact 95% to", "Upper limit of its exact 95% interval by Clopper and Pearson."),
    ("p_value", "Sign test p", "Two-sided exact sign test against one half."),
    ("enough_studies", "Enough to test", "Whether enough studies favour a side for a sign test to reach p < 0.05."),
)
_POOLED = (
    ("estimator", "Estimator", Kind.STRING, "Estimator of the variance between studies, or a common effect."),
    ("interval", "Interval by", Kind.STRING, "How the interval is had."),
    ("scale", "Scale", Kind.STRING, "log: effect and limits are natural logarithms of ratios."),
    ("k", "Studies", Kind.INTEGER, "Studies pooled."),
    ("estimate", "Effect", Kind.NUMBER, "Pooled effect."),
    ("se", "Standard error", Kind.NUMBER, "Its standard error."),
    ("low", "95% from", Kind.NUMBER, "Lower limit of its 95% interval."),
    ("high", "95% to", Kind.NUMBER, "Upper limit of its 95% interval."),
    ("p_value", "p", Kind.NUMBER, "Its p."),
    ("tau2", "tau²", Kind.NUMBER, "Variance between studies."),
    ("i2_q", "I² from Q", Kind.NUMBER, "I² from Q, in percent."),
    ("i2_tau2", "I² from tau²", Kind.NUMBER, "I² from the variance between studies, in percent."),
    ("prediction_low", "New study, 95% from", Kind.NUMBER, "Lower limit of the 95% prediction interval."),
    ("prediction_high", "New study, 95% to", Kind.NUMBER, "Upper limit of the 95% prediction interval."),
)


def sheets(packet: Packet) -> tuple[Table[Any], ...]:
    """The sheets of a packet in the order in which a reader needs them; the first column names what a row is about."""
    schema, every = Schema(packet.review), told(packet)
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


def _column(name: str, meaning: str, value: Callable[[Told], Value], width: int = NARROW) -> Column[Told]:
    return Column(name=name, meaning=meaning, value=value, width=width)


def _vote_columns(source: str, prefix: str = "", meaning: str = "") -> tuple[Column[Told], ...]:
    """The columns of one count of votes; `prefix` and `meaning` state which studies it counts."""

    def value(name: str) -> Callable[[Told], Value]:
        def of(one: Told) -> Value:
            found = one.result[source][name]
            return yes(found) if isinstance(found, bool) else plain(found)

        return of

    return tuple(
        _column(prefix + (wording.lower_first(head) if prefix else head), meaning + means, value(name))
        for name, head, means in _VOTES
    )


def _position(one: Told) -> Value:
    return wording.POSITION[one.summary.dossier.conclusion.position]


def _verdict(one: Told) -> Value:
    return wording.VERDICT[one.summary.verdict]


def _certainty_of(one: Told) -> Value:
    return _certainty_words(one.result["certainty"])


def _judged_by(one: Told) -> Value:
    judged_by = one.result["certainty_judged_by"]
    return "the committee" if judged_by == COMMITTEE else judged_by


def _not_verified(one: Told) -> Value:
    return "; ".join(point.name for point in one.summary.not_verified)


def _drug_class(one: Told) -> Value:
    return one.summary.dossier.conclusion.drug_class


def _statement(one: Told) -> Value:
    return one.summary.dossier.conclusion.statement


def _codes(one: Told) -> Value:
    return "; ".join(f"{code.system} {code.label}" for code in one.summary.dossier.codes)


_ANSWER: tuple[Column[Told], ...] = (
    _column("Conclusion", "The indication.", lambda one: one.condition, NAME),
    _column("Position", "What the guideline declares.", _position, NAME),
    _column("Verdict", "How the cited evidence bears on the conclusion.", _verdict, 16),
    _column("Certainty", "GRADE certainty of all evidence on it.", _certainty_of),
    _column("Judged by", "Whether the committee has judged that certainty, or the rules propose it.", _judged_by),
    _column(
        "How firm",
        "Fragile: leaving out one study, or moving one GRADE judgement by a step, would change the verdict.",
        lambda one: one.summary.badge,
    ),
    _column(
        "Why discuss it",
        "Why a member may want to discuss it; empty where nothing was noticed that calls for it.",
        lambda one: "\n".join(one.result["discuss"]),
        PROSE,
    ),
    _column("In a sentence", "The verdict in a sentence or two.", lambda one: one.result["verdict_sentence"], PROSE),
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
_BACKGROUND: tuple[Column[Told], ...] = (
    _column("If one thing changed", "How robust the verdict is.", lambda one: one.summary.flip_summary, WIDE),
    _column("Why that certainty", "What decides it.", lambda one: one.result["certainty_reason"], WIDE),
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


def _conclusions(every: Sequence[Told]) -> Table[Told]:
    return Table(
        name="Conclusions",
        meaning="One row for each conclusion, those that need discussion first.",
        rows=every,
        columns=(*_ANSWER, *_VOTE_COLUMNS, *_BACKGROUND),
    )


def _certainty(every: Sequence[Told]) -> Table[Row]:
    def item(name: str, head: str, meaning: str, width: int = 14, words: Callable[[Any], Value] = plain) -> Column[Row]:
        return Column(name=head, meaning=meaning, value=lambda row: words(row[name]), width=width)

    return Table(
        name="Certainty",
        meaning="One row for each GRADE judgement on each kind of outcome.",
        rows=[
            {"condition": one.condition, "body": body, **body, **rating, "outcome": body["domain"]}
            for one in every
            for body in one.result["outcomes"]
            for rating in body["ratings"]
        ],
        columns=(
            item("condition", "Conclusion", "The indication.", NAME),
            item("outcome", "Outcome", "The kind of outcome.", words=spaced),
            item("critical", "Decides", "Whether it is an outcome that decides.", words=yes),
            item("participants", "Participants", "Units with a result; empty where they were seen of no study."),
            item("studies", "Studies", "How many.", words=len),
            item("direction", "Direction", "Where the studies agree; empty where they disagree.", 18, spaced),
            item("certainty", "Certainty", "The GRADE certainty of this outcome.", words=_certainty_words),
            item("domain", "GRADE domain", "What is judged.", 18, spaced),
            item("judgement", "Judgement", "The judgement.", words=spaced),
            item("change", "Levels", "Levels that it adds or takes."),
            item("reason", "Why", "Why.", PROSE),
            item("judged_by", "Judged by", "proposed by the rules, or committee."),
        ),
    )


def _pools(every: Sequence[Told]) -> Table[Row]:
    def item(name: str, head: str, kind: Kind, meaning: str, width: int = 14) -> Column[Row]:
        return Column(name=head, meaning=meaning, kind=kind, value=lambda row: plain(row.get(name)), width=width)

    return Table(
        name="Pools",
        meaning="One row for each pool and method; empty where the tables name no outcomes as alike enough to be pooled.",
        rows=[row for one in every for row in _ways(one)],
        columns=(
            item("condition", "Conclusion", Kind.STRING, "The indication.", NAME),
            item("pool", "Pool", Kind.STRING, "Name of the analysis, from the column pool of outcomes.", 18),
            item("measure", "Measure", Kind.STRING, "Measure in common; empty where there is none."),
            item("above_favours", "Above favours", Kind.STRING, "Side that values above no difference favour."),
            item("main", "Reported first", Kind.STRING, "Whether it is the method that is reported first."),
            *(item(*column) for column in _POOLED),
            item("statement", "In sentences", Kind.STRING, "The result in sentences, or why there is none.", PROSE),
        ),
    )


def _ways(one: Told) -> Iterator[Row]:
    """Each pool of a conclusion by every method that was tried; one row where it could not be pooled."""
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
        meaning="One row for each finding of the audit that nobody has accepted.",
        rows=findings_of(packet),
        columns=(
            column("Found on", "What it is found on.", lambda each: each.subject, NAME),
            column("Severity", "error, warning or note.", lambda each: each.severity, NARROW),
            column("About", "Our tables, the text as read, or a question to the committee.", whose_of, 18),
            column("What does not fit", "The finding.", lambda each: each.message, PROSE),
            column("What to do", "How to settle it.", lambda each: each.fix, WIDE),
            column(
                "Conclusions",
                "The conclusions that it concerns; empty: no single one.",
                lambda each: "; ".join(conditions[name] for name in each.conclusions),
                WIDE,
            ),
            column("Place", "File, row and column; the header is row 1.", lambda each: str(each.place), WIDE),
            column("Rule", "The rule; the methods of the audit explain it.", lambda each: each.code, NAME),
        ),
    )


def _references(every: Sequence[Told]) -> Table[tuple[Told, ReferenceLine]]:
    def part(name: str, head: str, meaning: str, width: int) -> Column[tuple[Told, ReferenceLine]]:
        return Column(name=head, meaning=meaning, value=lambda row: plain(getattr(row[1], name)), width=width)

    return Table(
        name="References",
        meaning="One row for each reference of each conclusion.",
        rows=[(one, line) for one in every for line in one.summary.references],
        columns=(
            Column(name="Conclusion", meaning="The indication.", value=lambda row: row[0].condition, width=NAME),
            part("number", "Number", "Its number on the page of the conclusion.", NARROW),
            part("text", "Reference", "In AMA style.", 80),
            part("link", "Link", "Where it is found.", WIDE),
            part("note", "Note", "What of it was not checked against its record.", WIDE),
            part("key", "Key", "Its key in references.bib.", 20),
        ),
    )
