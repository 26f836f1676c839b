"""The chapter on one conclusion in the editable packet: the answer first, then its basis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from weigh.audit.audit import whose_of
from weigh.display.conclusion import show_since
from weigh.display.figures import show_bias, show_directions, show_effects
from weigh.display.shown import Shown
from weigh.evidence.model import Candidate
from weigh.evidence.vocabulary import Extraction, Fit
from weigh.exports.columns import ConclusionEntry
from weigh.exports.paper import Cell, Line, Paper, Strong
from weigh.figures.drawing import Picture, pictures
from weigh.figures.look import CERTAINTY_SIGN, DIRECTION_LOOK, VERDICT_LOOK
from weigh.summary.conclusion import Point, StudyLine, Summary
from weigh.summary.parts import parts_of
from weigh.text.numbers import number
from weigh.wording import report_words as words
from weigh.wording import sentences as wording
from weigh.wording.effect_words import CERTAINTY
from weigh.wording.summary_of_findings import FindingsRow

__all__ = ["conclusion"]

_NOT_REPORTED = "NR"


def conclusion(paper: Paper, one: ConclusionEntry) -> None:
    """One conclusion, the answer first, then its basis; parts without content are omitted."""
    summary = one.summary
    _question(paper, summary)
    for part in parts_of(summary):
        if part.on_paper:
            paper.heading(part.heading, 2)
            _WRITERS[part.name](paper, one)
    paper.say(f"Fingerprint of the content on this conclusion: {summary.fingerprint}", muted=True)


def _question(paper: Paper, summary: Summary) -> None:
    dossier = summary.dossier
    paper.say((Strong(summary.question),))
    paper.say((Strong(f"{words.position_words(dossier)} "), dossier.conclusion.statement))
    paper.say(f"{words.basis_words(dossier)} {words.codes_words(dossier)}", muted=True)


def _verdict(paper: Paper, one: ConclusionEntry) -> None:
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
    paper.heading(words.DISCUSS, 2)
    _discuss(paper, one)


def _votes(paper: Paper, one: ConclusionEntry) -> None:
    intervention = one.summary.intervention
    counted = (("All studies with a vote", "votes"), (f"Studies that test {intervention} itself", "direct_votes"))
    rows: list[Sequence[Cell]] = []
    for group, name in counted:
        votes = one.result[name]
        sides = [str(votes[side]) for side in ("favours_intervention", "favours_comparator", "no_clear_direction", "k")]
        share, p = "–", "–"
        if votes["proportion"] is not None:
            share, low, high, p = (number(votes[key]) for key in ("proportion", "ci_low", "ci_high", "p_value"))
            share = f"{share} ({low} to {high})"
        rows.append((group, *sides, share, p))
    paper.table(
        "Studies by direction. The proportion refers to the studies that favour a side, with its 95% Wilson interval; a dash means that none does.",
        (
            "Counted",
            f"Favour {intervention}",
            "Favour the comparator",
            "No clear direction",
            "Total",
            "Proportion for it",
            "Sign test p",
        ),
        rows,
        (24, 14, 14, 12, 9, 17, 10),
    )


def _discuss(paper: Paper, one: ConclusionEntry) -> None:
    if one.summary.discuss:
        paper.points(one.summary.discuss)
    else:
        paper.say(f"{words.NO_REASONS}. Audit findings are listed further down.")


def _sides(paper: Paper, one: ConclusionEntry) -> None:
    summary = one.summary
    nothing: list[Line] = [words.NO_SIDE]
    sides = [[_point(point) for point in points] or nothing for points in (summary.speaks_for, summary.speaks_against)]
    paper.table(
        "The cited studies on each side.",
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


def _findings_table(paper: Paper, one: ConclusionEntry) -> None:
    summary = one.summary
    if summary.outcomes:
        paper.table(
            words.outcomes_caption(summary.judgement, len(summary.outcomes), summary.intervention),
            ("Outcome and people", "What each study found", "Certainty and reasons", "What happens"),
            [_findings_row(row) for row in summary.outcomes],
            (18, 40, 24, 18),
        )
    else:
        paper.say(words.NO_RESULTS)
    paper.say(words.overall_certainty(summary.judgement))


def _findings_row(row: FindingsRow) -> Sequence[Cell]:
    confirmed = " (with committee judgements)" if row.confirmed else ""
    found: list[Line] = [(Strong(name), f": {result}") for name, result in row.results]
    sure: list[Line] = [(Strong(f"{CERTAINTY_SIGN[row.certainty]} {row.certainty_words}"), confirmed), *row.reasons]
    return [(Strong(row.label.capitalize()),), row.people], found, sure, row.what_happens


def _drawn(show: Callable[[Summary], Shown], summary: Summary) -> tuple[list[Picture], list[str]]:
    """The figures of a part, and the sentences that accompany them."""
    with pictures() as found:
        shown = show(summary)
    alternatives = {line for picture in found for line in picture.drawing.alternative.splitlines()}
    return found, [line for line in shown.text.splitlines() if line not in alternatives]


def _directions(paper: Paper, one: ConclusionEntry) -> None:
    found, sentences = _drawn(show_directions, one.summary)
    marks = [
        f"{look.sign} {wording.direction_words(each, one.summary.intervention)}"
        for each, look in DIRECTION_LOOK.items()
    ]
    for picture in found:
        paper.picture(picture, f"{'; '.join(marks)}; {words.MARKS}")
    for sentence in sentences:
        paper.say(sentence)


def _effects(paper: Paper, one: ConclusionEntry) -> None:
    found, sentences = _drawn(show_effects, one.summary)
    for picture in found:
        paper.picture(picture)
    for sentence in sentences:
        paper.say(sentence)


def _bias(paper: Paper, one: ConclusionEntry) -> None:
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


def _studies(paper: Paper, one: ConclusionEntry) -> None:
    paper.table(
        f"The cited studies. {_NOT_REPORTED}: not reported in the part that was read.",
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


def _unverified(paper: Paper, one: ConclusionEntry) -> None:
    summary = one.summary
    if summary.not_verified:
        paper.points([(Strong(point.name), f", not seen: {point.text}") for point in summary.not_verified])
    else:
        paper.say(words.ALL_SEEN)
    partial = [line.name for line in summary.studies if line.item.study.extraction is Extraction.PARTIAL]
    if partial:
        paper.say(words.partly_seen(partial))


def _candidates(paper: Paper, one: ConclusionEntry) -> None:
    summary = one.summary
    if not summary.dossier.candidates:
        paper.say(words.NO_CANDIDATES)
        return
    paper.table(
        words.CANDIDATES,
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


def _since(paper: Paper, one: ConclusionEntry) -> None:
    if one.summary.since:
        paper.points(one.summary.since)
    else:
        paper.say(show_since(one.summary).text)
    paper.say(words.NOT_SEARCHED, muted=True)


def _findings(paper: Paper, one: ConclusionEntry) -> None:
    summary = one.summary
    if summary.findings:
        paper.table(
            "Open audit findings.",
            ("Severity", "Finding", "What to do"),
            [
                ([(Strong(each.severity),), whose_of(each)], f"{each.message}.", f"{each.fix} [{each.code}]")
                for each in summary.findings
            ],
            (16, 50, 34),
        )
    else:
        paper.say(words.NO_FINDINGS)
    if not summary.notices_checked:
        paper.say(words.NOTICES_NOT_CHECKED)


def _flip(paper: Paper, one: ConclusionEntry) -> None:
    paper.say((Strong(f"{one.summary.badge}. "), one.summary.flip_summary))
    if one.summary.flip_changes:
        paper.points(one.summary.flip_changes)
    else:
        paper.say(words.NO_CHANGES)


def _swim(paper: Paper, one: ConclusionEntry) -> None:
    for item in one.summary.swim:
        paper.say((Strong(f"{item.number}. {item.topic}. "), item.text))


def _references(paper: Paper, one: ConclusionEntry) -> None:
    if not one.summary.references:
        paper.say(words.NO_REFERENCES)
    for line in one.summary.references:
        paper.say(" ".join(filter(None, (f"{line.number}. {line.text}", line.link, line.note))))
    for citation in one.summary.dossier.unresolved:
        paper.say(
            f"“{citation.cited_as}” (line {citation.text_line} of the text as read): {citation.note or ''}".strip()
        )


#: The writer of each part of the table of contents; a test finds parts without a writer.
_WRITERS: Mapping[str, Callable[[Paper, ConclusionEntry], None]] = {
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
