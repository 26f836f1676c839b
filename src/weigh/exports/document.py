"""The editable packet: the summaries as a Word document with headings, tables, and figures with alternative text."""

from __future__ import annotations

from weigh import __version__
from weigh.evidence.vocabulary import Contrast
from weigh.exports.chapter import conclusion
from weigh.exports.columns import conclusion_entries
from weigh.exports.guard import seen
from weigh.exports.packet import Packet
from weigh.exports.paper import About, Paper, Strong
from weigh.figures.lettering import headed
from weigh.figures.look import CERTAINTY_SIGN, DIRECTION_LOOK, VERDICT_LOOK
from weigh.pages.studies import StudyEntry, study_entries
from weigh.summary.conclusion import Summary
from weigh.wording import guideline_dates as imprint
from weigh.wording import report_words as words
from weigh.wording import sentences as wording
from weigh.wording.disclaimers import EVIDENCE_AID
from weigh.wording.effect_words import CERTAINTY, CERTAINTY_MEANING
from weigh.wording.outcomes import result_words

__all__ = ["document"]

_FRONT = (("how_to_read", "How to read this packet"), ("glance", "The conclusions at a glance"))
_BACK = (("study_by_study", "Study by study"), ("provenance", "Provenance"))


def document(packet: Packet) -> bytes:
    """The packet as a Word document; on one machine, the same evidence gives the same bytes.

    Args:
        packet: the conclusions to write.
    """
    guideline = packet.review.guideline
    paper = Paper(
        About(
            title=f"{guideline.subject} ({guideline.number}): the cited evidence",
            subject=guideline.subject,
            author=f"weigh {__version__}",
            remark=EVIDENCE_AID,
            day=guideline.last_review_date or imprint.NO_DAY,
        )
    )
    paper.footer(f"Guideline {guideline.number} · {wording.lower_first(EVIDENCE_AID)}")
    _cover(paper, packet)
    conclusions = [(f"conclusion_{number}", _head(summary)) for number, summary in enumerate(packet.summaries, 1)]
    paper.contents([*_FRONT, *conclusions, *_BACK])
    paper.say("In Word, press F9 within these lines to add page numbers.", muted=True)
    _how_to_read(paper, guideline.intervention)
    _glance(paper, packet)
    for (anchor, head), one in zip(conclusions, conclusion_entries(packet), strict=True):
        paper.heading(head, 1, anchor=anchor)
        conclusion(paper, one)
    _study_by_study(paper, packet)
    _provenance(paper, packet)
    return paper.finished()


def _head(summary: Summary) -> str:
    return _headed(summary.dossier.conclusion.condition)


def _headed(text: str) -> str:
    return headed(seen(text))


def _cover(paper: Paper, packet: Packet) -> None:
    guideline = packet.review.guideline
    paper.title(_headed(guideline.subject), f"Evidence packet for the committee · guideline {guideline.number}")
    facts = (
        *imprint.facts(guideline),
        ("Conclusions", str(len(packet.summaries))),
        ("Fingerprint", packet.overview.fingerprint),
    )
    for name, fact in facts:
        paper.say((Strong(f"{name}: "), fact))
    paper.say(f"This packet is {wording.lower_first(EVIDENCE_AID)}. {guideline.text_note}")


def _how_to_read(paper: Paper, intervention: str) -> None:
    anchor, head = _FRONT[0]
    paper.heading(head, 1, anchor=anchor)
    paper.say(
        "Each conclusion starts on a new page; those that most need discussion come first. A section opens with the "
        "verdict, its certainty, and the reasons for discussion. A fact marked “not verified” or “not seen” counts for "
        f"neither side. {words.FRAGILE}"
    )
    paper.table(
        f"{words.VERDICT_KEY}.",
        ("Verdict", "What it means"),
        [
            ((Strong(f"{look.sign} {wording.VERDICT[verdict]}"),), wording.VERDICT_MEANING[verdict])
            for verdict, look in VERDICT_LOOK.items()
        ],
        (1, 3),
    )
    paper.table(
        f"{words.CERTAINTY_KEY}.",
        ("Certainty", "What it means"),
        [
            ((Strong(f"{sign} {CERTAINTY[level].capitalize()}"),), CERTAINTY_MEANING[level])
            for level, sign in CERTAINTY_SIGN.items()
        ],
        (1, 3),
    )
    paper.table(
        f"{words.VOTE_KEY}.",
        ("Sign", "What it means"),
        [(look.sign, wording.direction_words(each, intervention)) for each, look in DIRECTION_LOOK.items()],
        (1, 3),
    )


def _glance(paper: Paper, packet: Packet) -> None:
    anchor, head = _FRONT[1]
    paper.heading(head, 1, anchor=anchor)
    paper.table(
        "All conclusions of this packet, in order of need for discussion.",
        ("Conclusion", "Verdict", "Certainty", "Studies", "Robustness", "Reason for discussion"),
        [
            (
                (Strong(_headed(line.condition)),),
                f"{VERDICT_LOOK[line.verdict].sign} {wording.VERDICT[line.verdict]}",
                CERTAINTY[line.certainty] if line.certainty else "not rated",
                str(line.studies),
                line.badge,
                line.why,
            )
            for line in packet.overview.lines
        ],
        (22, 14, 11, 9, 12, 32),
    )


def _study_by_study(paper: Paper, packet: Packet) -> None:
    anchor, head = _BACK[0]
    paper.heading(head, 1, anchor=anchor)
    entries = study_entries(packet.summaries)
    paper.say(
        "Every cited study once, in alphabetical order, with each outcome that was read and its figures as printed."
        if entries
        else "No study is cited."
    )
    for entry in entries:
        paper.heading(entry.name, 2)
        _study(paper, entry)


def _study(paper: Paper, entry: StudyEntry) -> None:
    line, study = entry.line, entry.line.item.study
    paper.points([f"{_headed(use.condition)}: {use.words}" for use in entry.uses])
    facts = (
        ("Design", study.design_detail or wording.DESIGN[study.design]),
        ("Size", line.size),
        ("Condition", study.condition),
        ("People", study.population),
        ("Drug", study.drug),
        ("Intervention", study.intervention),
        ("Comparator", study.comparator),
        ("Protocol", study.protocol),
        ("Follow-up", study.follow_up),
        ("Registration", study.registration),
        ("Fit", f"{wording.FIT[study.fit].capitalize()}. {study.fit_reason}"),
        ("What it found", study.finding),
        ("Authors conclude", study.author_conclusion),
        ("Harms", study.adverse_events),
        ("Limits", study.limits),
        ("Not seen", study.not_seen),
        ("Source", f"{study.source} ({wording.EXTRACTION[study.extraction]})"),
        ("Cited as", entry.cited_as),
    )
    for name, fact in facts:
        if fact:
            paper.say((Strong(f"{name}: "), fact))
    if not line.item.outcomes:
        paper.say(words.NO_OUTCOMES)
        return
    paper.table(
        f"Outcomes of {entry.name}. “Better” and “worse” refer to the intervention.",
        ("Outcome", "What was found", "Votes", "Source"),
        [
            (
                wording.domain_words(outcome.domain),
                [result_words(outcome, line.item.study.comparator_type), *([outcome.note] if outcome.note else [])],
                "yes" if outcome in line.vote.outcomes else "no, within one arm" if _within(outcome.contrast) else "no",
                f"{outcome.source} ({wording.EXTRACTION[outcome.extraction]})",
            )
            for outcome in line.item.outcomes
        ],
        (14, 50, 11, 25),
    )


def _within(contrast: Contrast) -> bool:
    return contrast is Contrast.WITHIN_ARM


def _provenance(paper: Paper, packet: Packet) -> None:
    anchor, head = _BACK[1]
    guideline = packet.review.guideline
    paper.heading(head, 1, anchor=anchor)
    paper.say(words.LIMITS)
    paper.say(
        f"Generated by weigh {__version__} from the review folder of {guideline.number}. SHA-256 of the guideline text as "
        f"read: {guideline.text_sha256}. The same evidence gives the same packet; an edited copy may differ from it."
    )
    paper.table(
        "Fingerprint of the content on each conclusion.",
        ("Conclusion", "Fingerprint"),
        [((Strong(_head(summary)),), summary.fingerprint) for summary in packet.summaries],
        (1, 2),
    )
