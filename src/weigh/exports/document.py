"""The editable packet: the summaries as a Word document with real headings, tables and figures that have words."""

from __future__ import annotations

from weigh import __version__
from weigh.evidence.vocabulary import Contrast
from weigh.exports.chapter import conclusion
from weigh.exports.columns import told
from weigh.exports.guard import seen
from weigh.exports.packet import Packet
from weigh.exports.paper import About, Paper, Strong
from weigh.figures.lettering import headed
from weigh.figures.look import CERTAINTY_SIGN, DIRECTION_LOOK, VERDICT_LOOK
from weigh.pages.studies import StudyEntry, study_entries
from weigh.summary.conclusion import Summary
from weigh.wording import guideline_dates as imprint
from weigh.wording import sentences as wording
from weigh.wording.disclaimers import EVIDENCE_AID
from weigh.wording.effect_words import CERTAINTY, CERTAINTY_MEANING
from weigh.wording.outcomes import result_words

__all__ = ["document"]

_FRONT = (("how_to_read", "How to read this packet"), ("glance", "The conclusions at a glance"))
_BACK = (("study_by_study", "Study by study"), ("provenance", "From what this packet was made"))


def document(packet: Packet) -> bytes:
    """The packet as a Word document: the same evidence gives the same bytes on one machine.

    Args:
        packet: the conclusions to write.
    """
    guideline = packet.review.guideline
    paper = Paper(
        About(
            title=f"{guideline.subject} ({guideline.number}): what the cited evidence says",
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
    paper.say("In Word, F9 in these lines adds the numbers of the pages.", muted=True)
    _how_to_read(paper, guideline.intervention)
    _glance(paper, packet)
    for (anchor, head), one in zip(conclusions, told(packet), strict=True):
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
        "Each conclusion begins a page, those that need discussion most come first. The first lines say what matters: the "
        "verdict, how sure one may be of it, and why a member may want to discuss it. “Not verified” and “not seen” mean "
        "what they say: such a fact is a finding in neither direction. A verdict is fragile where leaving out one study, or "
        "moving one judgement by a step, would change it."
    )
    paper.table(
        "A verdict says how the cited evidence bears on the conclusion, not whether the conclusion is right.",
        ("Verdict", "What it means"),
        [
            ((Strong(f"{look.sign} {wording.VERDICT[verdict]}"),), wording.VERDICT_MEANING[verdict])
            for verdict, look in VERDICT_LOOK.items()
        ],
        (1, 3),
    )
    paper.table(
        "Certainty is rated by GRADE; where it says “proposed”, the committee has not confirmed it.",
        ("Certainty", "What it means"),
        [
            ((Strong(f"{sign} {CERTAINTY[level].capitalize()}"),), CERTAINTY_MEANING[level])
            for level, sign in CERTAINTY_SIGN.items()
        ],
        (1, 3),
    )
    paper.table(
        "Studies are counted by the side that their comparisons favour, whatever the p: “not significant” is no sign that a "
        "treatment fails.",
        ("Mark", "What it means"),
        [(look.sign, wording.direction_words(each, intervention)) for each, look in DIRECTION_LOOK.items()],
        (1, 3),
    )


def _glance(paper: Paper, packet: Packet) -> None:
    anchor, head = _FRONT[1]
    paper.heading(head, 1, anchor=anchor)
    paper.table(
        "All conclusions of this packet, those that need discussion first.",
        ("Conclusion", "Verdict", "Certainty", "Studies", "How firm", "Why discuss it"),
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
        "Every cited study once, in the order of their names, with each outcome that was read and its figures as printed."
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
        ("Read in", f"{study.source} ({wording.EXTRACTION[study.extraction]})"),
        ("In the text as read", entry.cited_as),
    )
    for name, fact in facts:
        if fact:
            paper.say((Strong(f"{name}: "), fact))
    if not line.item.outcomes:
        paper.say("No outcome was seen.")
        return
    paper.table(
        f"Outcomes of {entry.name}. “Better” and “worse” are with the intervention.",
        ("Outcome", "What was found", "Votes", "Read in"),
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
    paper.say(
        "A verdict counts directions. It does not say how large an effect is, and it gives every study the same weight. "
        "Only comparisons between arms vote, and only on benefits. What was not seen stays empty: no gap was filled from memory."
    )
    paper.say(
        f"Made by weigh {__version__} from the review folder of {guideline.number}. Text of the guideline as read: SHA-256 "
        f"{guideline.text_sha256}. The same evidence gives the same packet; once edited, it is no longer what weigh made."
    )
    paper.table(
        "Fingerprint of all that is said of each conclusion.",
        ("Conclusion", "Fingerprint"),
        [((Strong(_head(summary)),), summary.fingerprint) for summary in packet.summaries],
        (1, 2),
    )
