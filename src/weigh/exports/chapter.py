"""The chapter of one conclusion in the editable packet: from what matters to what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from weigh.audit.audit import whose_of
from weigh.display.conclusion import show_since
from weigh.display.figures import show_bias, show_directions, show_effects
from weigh.display.shown import Shown
from weigh.evidence.model import Candidate
from weigh.evidence.vocabulary import Extraction, Fit, Position
from weigh.exports.columns import Told
from weigh.exports.paper import Cell, Line, Paper, Strong
from weigh.figures.drawing import Picture, pictures
from weigh.figures.look import CERTAINTY_SIGN, DIRECTION_LOOK, VERDICT_LOOK
from weigh.summary.conclusion import Point, StudyLine, Summary
from weigh.summary.parts import parts_of
from weigh.text.numbers import number
from weigh.wording import sentences as wording
from weigh.wording.effect_words import CERTAINTY
from weigh.wording.summary_of_findings import FindingsRow

__all__ = ["conclusion"]

_NOT_REPORTED = "NR"


def conclusion(paper: Paper, one: Told) -> None:
    """One conclusion, from what matters to what it rests on; where no study is cited, only what is not empty for it."""
    summary = one.summary
    _question(paper, summary)
    for part in parts_of(summary):
        if part.on_paper:
            paper.heading(part.heading, 2)
            _WRITERS[part.name](paper, one)
    paper.say(f"Fingerprint of all that is said of this conclusion: {summary.fingerprint}", muted=True)


def _question(paper: Paper, summary: Summary) -> None:
    asked = summary.dossier.conclusion
    paper.say((Strong(summary.question),))
    paper.say((Strong(f"{wording.POSITION[asked.position]}. "), asked.statement))
    narrower = wording.listed([c.condition for c in summary.dossier.narrower])
    takes_in = f" It includes {narrower}." if narrower else ""
    paper.say(f"The conclusion is {wording.BASIS[asked.basis]}.{takes_in} {_codes(summary)}", muted=True)


def _codes(summary: Summary) -> str:
    if not summary.dossier.codes:
        return "The code table lists no diagnosis code for this conclusion."
    necessary = summary.dossier.conclusion.position is Position.MEDICALLY_NECESSARY
    shown = "; ".join(
        f"{code.system} {code.label}" + (f" ({code.printed_title})" if code.printed_title else "")
        for code in summary.dossier.codes
    )
    return f"{'Codes covered under criteria' if necessary else 'Codes denied'}, as printed: {shown}."


def _verdict(paper: Paper, one: Told) -> None:
    summary = one.summary
    level, confirmed = summary.judgement.certainty, summary.judgement.confirmed
    certainty = (
        f"{CERTAINTY_SIGN[level]} {CERTAINTY[level]}{'' if confirmed else ', proposed'}"
        if level
        else "could not be rated"
    )
    word = f"{VERDICT_LOOK[summary.verdict].sign} {wording.VERDICT[summary.verdict]}. "
    paper.say((Strong(word), f"Certainty: {certainty}."))
    paper.say(summary.verdict_sentence)
    paper.say((Strong(f"{summary.badge}. "), summary.flip_summary))
    paper.say(" ".join(summary.vote_sentences))
    if summary.judgement.votes.k:
        _votes(paper, one)
    paper.heading("Why a member may want to discuss this", 2)
    _discuss(paper, one)


def _votes(paper: Paper, one: Told) -> None:
    intervention = one.summary.intervention
    counted = (("All studies with a vote", "votes"), (f"Those that test {intervention} itself", "direct_votes"))
    rows: list[Sequence[Cell]] = []
    for words, name in counted:
        votes = one.result[name]
        sides = [str(votes[side]) for side in ("favours_intervention", "favours_comparator", "no_clear_direction", "k")]
        share, p = "–", "–"
        if votes["proportion"] is not None:
            share, low, high, p = (number(votes[key]) for key in ("proportion", "ci_low", "ci_high", "p_value"))
            share = f"{share} ({low} to {high})"
        rows.append((words, *sides, share, p))
    paper.table(
        "Studies counted by direction. The share is of those that favour a side, with its 95% interval by Wilson; a dash: none does.",
        (
            "Counted",
            f"Favour {intervention}",
            "Favour the comparator",
            "No clear direction",
            "In all",
            "Share for it",
            "Sign test p",
        ),
        rows,
        (24, 14, 14, 12, 9, 17, 10),
    )


def _discuss(paper: Paper, one: Told) -> None:
    if one.summary.discuss:
        paper.points(one.summary.discuss)
    else:
        paper.say("Nothing found that calls for discussion. Findings of the audit are listed further down.")


def _sides(paper: Paper, one: Told) -> None:
    summary = one.summary
    nothing: list[Line] = ["No cited study seen."]
    sides = [[_point(point) for point in points] or nothing for points in (summary.speaks_for, summary.speaks_against)]
    paper.table(
        "What the cited studies say, on each side.",
        ("Speaks for the conclusion", "Speaks against it"),
        [tuple(sides)],
        (1, 1),
    )
    if summary.does_not_test:
        paper.say((Strong(f"Does not test {summary.intervention}"),))
        paper.points([_point(point) for point in summary.does_not_test])


def _point(point: Point) -> Line:
    caveat = f" {point.caveat}" if point.caveat else ""
    return Strong(point.name), f": {point.text} ({point.weight}){caveat}"


def _findings_table(paper: Paper, one: Told) -> None:
    summary = one.summary
    if summary.outcomes:
        bodies = len(summary.judgement.assessment.bodies)
        part = f"; the first {len(summary.outcomes)} of {bodies}" if bodies > len(summary.outcomes) else ""
        paper.table(
            f"What was compared, outcome by outcome{part}. “Better” and “worse” are with {summary.intervention}.",
            ("Outcome and people", "What each study found", "Certainty, and why", "What happens"),
            [_findings_row(row) for row in summary.outcomes],
            (18, 40, 24, 18),
        )
    else:
        paper.say("No between-arm result of a cited study was seen, so there is nothing to summarise.")
    level = summary.judgement.certainty
    by = ", as the committee judged it" if summary.judgement.confirmed else ""
    words = CERTAINTY[level] if level else "not rated"
    paper.say(f"Certainty of all evidence: {words}{by}. {summary.judgement.assessment.reason}")


def _findings_row(row: FindingsRow) -> Sequence[Cell]:
    confirmed = " (with judgements by the committee)" if row.confirmed else ""
    found: list[Line] = [(Strong(name), f": {words}") for name, words in row.results]
    sure: list[Line] = [(Strong(f"{CERTAINTY_SIGN[row.certainty]} {row.certainty_words}"), confirmed), *row.reasons]
    return [(Strong(row.label.capitalize()),), row.people], found, sure, row.what_happens


def _drawn(show: Callable[[Summary], Shown], summary: Summary) -> tuple[list[Picture], list[str]]:
    """The figures of a part, and the sentences that stand with them."""
    with pictures() as found:
        shown = show(summary)
    alternatives = {line for picture in found for line in picture.drawing.alternative.splitlines()}
    return found, [line for line in shown.text.splitlines() if line not in alternatives]


def _directions(paper: Paper, one: Told) -> None:
    found, sentences = _drawn(show_directions, one.summary)
    marks = [
        f"{look.sign} {wording.direction_words(each, one.summary.intervention)}"
        for each, look in DIRECTION_LOOK.items()
    ]
    legend = (
        f"{' · '.join(marks)} · hollow: a change within one arm, which does not vote · ? not verified · larger marks: 50 to "
        "300 participants, more than 300."
    )
    for picture in found:
        paper.picture(picture, legend)
    for sentence in sentences:
        paper.say(sentence)


def _effects(paper: Paper, one: Told) -> None:
    found, sentences = _drawn(show_effects, one.summary)
    for picture in found:
        paper.picture(picture)
    for sentence in sentences:
        paper.say(sentence)


def _bias(paper: Paper, one: Told) -> None:
    found, _sentences = _drawn(show_bias, one.summary)
    for picture in found:
        paper.picture(picture)
    paper.points([_bias_words(line) for line in one.summary.studies if not line.background and _tests(line)])


def _tests(line: StudyLine) -> bool:
    return line.item.study.fit is not Fit.NOT_TESTED


def _bias_words(line: StudyLine) -> Line:
    tools = f" ({wording.listed(line.bias.tools)})" if line.bias.tools else ""
    funding = f" Funding: {line.bias.remark}" if line.bias.remark else ""
    return Strong(line.name), f": {wording.RISK[line.bias.overall]}{tools}. {line.bias.reason}{funding}"


def _studies(paper: Paper, one: Told) -> None:
    paper.table(
        f"The cited studies. {_NOT_REPORTED}: not reported in the part read.",
        ("Study", "Design and size", "Compared with", "What it found", "Vote", "Fit", "Checked"),
        [
            (
                (Strong(line.name),),
                line.size,
                line.item.study.comparator or wording.COMPARATOR[line.item.study.comparator_type],
                line.item.study.finding,
                line.vote_words,
                "cited as background" if line.background else wording.FIT[line.item.study.fit],
                wording.EXTRACTION[line.item.study.extraction],
            )
            for line in one.summary.studies
        ],
        (14, 16, 15, 24, 12, 10, 11),
    )


def _unverified(paper: Paper, one: Told) -> None:
    summary = one.summary
    if summary.not_verified:
        paper.points([(Strong(point.name), f", not seen: {point.text}") for point in summary.not_verified])
    else:
        paper.say("The record or the abstract of every cited study was seen.")
    partial = [line.name for line in summary.studies if line.item.study.extraction is Extraction.PARTIAL]
    if partial:
        paper.say(f"Seen in part, or in a secondary source: {wording.listed(partial)}.")


def _candidates(paper: Paper, one: Told) -> None:
    summary = one.summary
    if not summary.dossier.candidates:
        paper.say("None found so far; no systematic search was made.")
        return
    paper.table(
        "Known studies that the guideline does not cite. They do not count towards the verdict.",
        ("Study", "Design", "Compared with", "What it found", "Direction", "Checked"),
        [_candidate(each, summary.intervention) for each in summary.dossier.candidates],
        (24, 14, 14, 22, 13, 13),
    )


def _candidate(each: Candidate, intervention: str) -> Sequence[Cell]:
    size = f", n = {each.n_enrolled}" if each.n_enrolled else ""
    found: list[Line] = [each.finding or _NOT_REPORTED, *([each.note] if each.note else [])]
    return (
        each.citation,
        f"{wording.DESIGN[each.design]}{size}",
        each.comparator or _NOT_REPORTED,
        found,
        wording.direction_words(each.direction, intervention) if each.direction else "not known",
        [wording.EXTRACTION[each.extraction], each.source],
    )


def _since(paper: Paper, one: Told) -> None:
    if one.summary.since:
        paper.points(one.summary.since)
    else:
        paper.say(show_since(one.summary).text)
    paper.say("No search for newer studies was made.", muted=True)


def _findings(paper: Paper, one: Told) -> None:
    summary = one.summary
    if summary.findings:
        paper.table(
            "What the audit found and nobody has accepted.",
            ("Severity", "What does not fit", "What to do"),
            [
                ([(Strong(each.severity),), whose_of(each)], f"{each.message}.", f"{each.fix} [{each.code}]")
                for each in summary.findings
            ],
            (16, 50, 34),
        )
    else:
        paper.say("The audit found nothing that concerns this conclusion.")
    if not summary.notices_checked:
        paper.say("Retractions and corrections of the references were not checked: no notice file was given.")


def _flip(paper: Paper, one: Told) -> None:
    paper.say((Strong(f"{one.summary.badge}. "), one.summary.flip_summary))
    if one.summary.flip_changes:
        paper.points(one.summary.flip_changes)
    else:
        paper.say("No one-step change alters the verdict or the certainty.")


def _swim(paper: Paper, one: Told) -> None:
    for item in one.summary.swim:
        paper.say((Strong(f"{item.number}. {item.topic}. "), item.text))


def _references(paper: Paper, one: Told) -> None:
    if not one.summary.references:
        paper.say("The guideline cites no reference for this conclusion.")
    for line in one.summary.references:
        paper.say(" ".join(filter(None, (f"{line.number}. {line.text}", line.link, line.note))))
    for citation in one.summary.dossier.unresolved:
        paper.say(
            f"“{citation.cited_as}” (line {citation.text_line} of the text as read): {citation.note or ''}".strip()
        )


#: What writes each part of the table of contents; a part without a writer is an error of the program, found by a test.
_WRITERS: Mapping[str, Callable[[Paper, Told], None]] = {
    "verdict": _verdict,
    "sides": _sides,
    "outcomes": _findings_table,
    "directions": _directions,
    "effects": _effects,
    "bias": _bias,
    "studies": _studies,
    "unverified": _unverified,
    "candidates": _candidates,
    "findings": _findings,
    "since": _since,
    "flip": _flip,
    "swim": _swim,
    "references": _references,
}
