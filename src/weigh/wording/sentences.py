"""Sentences: what a verdict, a vote or a study may be said to mean, in the words that its certainty permits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.assessment.verdict import Judgement
from weigh.assessment.votes import ENOUGH_STUDIES, Votes
from weigh.evidence.model import Conclusion, Outcome, Study
from weigh.evidence.vocabulary import (
    AuthorView,
    Basis,
    BiasDomain,
    ComparatorType,
    Contrast,
    Design,
    Direction,
    Domain,
    Extraction,
    Fit,
    Position,
    Risk,
    SignoffVote,
    Stance,
    Verdict,
)
from weigh.wording.effect_words import CERTAINTY

__all__ = [
    "BASIS",
    "BIAS_DOMAIN",
    "COMPARATOR",
    "DESIGN",
    "EXTRACTION",
    "FIT",
    "MEASURE",
    "POSITION",
    "RISK",
    "SIGNOFF",
    "VERDICT",
    "VERDICT_MEANING",
    "beyond_verdict",
    "certainty_words",
    "direction_words",
    "domain_words",
    "listed",
    "lower_first",
    "outcome_words",
    "plural",
    "question",
    "reasons_to_discuss",
    "size_words",
    "study_name",
    "verdict_sentence",
    "vote_sentences",
]

POSITION = {
    Position.NOT_MEDICALLY_NECESSARY: "Not medically necessary",
    Position.MEDICALLY_NECESSARY: "Medically necessary",
}
VERDICT = {
    Verdict.BACKED: "Backed",
    Verdict.UNCERTAIN: "Uncertain",
    Verdict.MIXED: "Mixed",
    Verdict.CONTESTED: "Contested",
    Verdict.NOT_TESTED: "Not tested",
    Verdict.NO_EVIDENCE: "No evidence cited",
}
VERDICT_MEANING = {
    Verdict.BACKED: "the cited evidence backs the conclusion, with at least moderate certainty",
    Verdict.UNCERTAIN: "the cited evidence neither establishes the conclusion nor speaks against it",
    Verdict.MIXED: "some results speak for the conclusion and others against it",
    Verdict.CONTESTED: "the cited evidence speaks against the conclusion",
    Verdict.NOT_TESTED: "studies are cited, and none of them tests the intervention",
    Verdict.NO_EVIDENCE: "no study is cited for the conclusion",
}
BASIS = {
    Basis.NAMED_IN_POSITION: "named in the position statement",
    Basis.DISCUSSED: "discussed in the text",
    Basis.CODE_ONLY: "only in the code table",
    Basis.CATCH_ALL: "covered by “all other indications”",
}
DESIGN = {
    Design.RANDOMISED_TRIAL: "randomised trial",
    Design.COMPARATIVE_UNCLEAR: "comparative study, randomisation not stated",
    Design.NON_RANDOMISED_COMPARISON: "comparison without randomisation",
    Design.BEFORE_AFTER: "before-and-after study",
    Design.SINGLE_ARM: "study without a comparison group",
    Design.SYSTEMATIC_REVIEW: "systematic review",
    Design.NARRATIVE_REVIEW: "narrative review",
    Design.LABORATORY: "laboratory study",
    Design.NOT_KNOWN: "design not known",
}
COMPARATOR = {
    ComparatorType.NO_TREATMENT: "no treatment",
    ComparatorType.SHAM: "sham",
    ComparatorType.PLACEBO: "placebo",
    ComparatorType.SAME_CARE_WITHOUT: "the same care without it",
    ComparatorType.ACTIVE: "another active treatment",
    ComparatorType.SETTING: "another way of giving it",
    ComparatorType.VARIOUS: "various",
    ComparatorType.NONE: "none",
    ComparatorType.NOT_KNOWN: "not known",
}
FIT = {
    Fit.TESTS_INTERVENTION: "tests the intervention",
    Fit.TESTS_DRUG_ONLY: "tests the drug only",
    Fit.ADD_ON: "tests it as an add-on",
    Fit.INDIRECT: "indirect",
    Fit.NOT_TESTED: "does not test it",
    None: "not known",
}
EXTRACTION = {
    Extraction.VERIFIED: "verified against the record",
    Extraction.PARTIAL: "partly verified",
    Extraction.UNVERIFIED: "not verified",
    Extraction.NOT_FOUND: "record not found",
}
RISK = {
    Risk.LOW: "low risk of bias",
    Risk.SOME_CONCERNS: "some concerns",
    Risk.HIGH: "high risk of bias",
    Risk.NO_INFORMATION: "no information",
    None: "not appraised",
}
BIAS_DOMAIN = {
    BiasDomain.ALLOCATION: "allocation",
    BiasDomain.BLINDING: "blinding",
    BiasDomain.MISSING_DATA: "missing data",
    BiasDomain.SELECTED_RESULT: "selected result",
    BiasDomain.UNIT_OF_ANALYSIS: "unit of analysis",
}
MEASURE = {
    "RR": "risk ratio",
    "OR": "odds ratio",
    "RD": "risk difference",
    "MD": "mean difference",
    "SMD": "standardised mean difference",
}
_BLINDING = {"double": "double-blind", "single": "single-blind", "observer": "observer-blind", "none": "not blinded"}


def question(conclusion: Conclusion, intervention: str) -> str:
    """The question that a conclusion answers.

    >>> from weigh.evidence.model import Place
    >>> from weigh.evidence.vocabulary import Basis, Position
    >>> question(Conclusion(place=Place("x"), conclusion_id="a", position=Position.MEDICALLY_NECESSARY,
    ...     condition="neck pain", drug_class=None, basis=Basis.DISCUSSED, parent_id=None, statement=""), "massage")
    'Does massage help with neck pain?'
    """
    return f"Does {intervention} help with {conclusion.condition}?"


def plural(count: int, noun: str, many: str | None = None) -> str:
    """A count with its noun.

    >>> plural(1, "study", "studies"), plural(0, "study", "studies")
    ('1 study', '0 studies')
    """
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def listed(parts: Iterable[str]) -> str:
    """Parts as prose.

    >>> listed(["pain", "strength", "motion"])
    'pain, strength and motion'
    """
    items = list(parts)
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def study_name(item: StudyEvidence) -> str:
    """First author and year of the main report, with the years of further reports."""
    main, *others = item.reports
    return ", ".join([main.short, *(report.year or report.short for report in others)])


def direction_words(direction: Direction, intervention: str) -> str:
    """A direction for a reader; "no clear direction" never becomes "no effect"."""
    return {
        Direction.FAVOURS_INTERVENTION: f"favours {intervention}",
        Direction.FAVOURS_COMPARATOR: "favours the comparator",
        Direction.NO_CLEAR_DIRECTION: "no clear direction",
        Direction.NOT_COMPARATIVE: "not comparative",
    }[direction]


def size_words(study: Study) -> str:
    """Design and size: what a reader needs to know of a study's weight in one line."""
    parts = [DESIGN[study.design]]
    if study.blinding:
        parts.append(_BLINDING[study.blinding])
    unit = study.n_unit or "participants"
    if study.design is Design.SYSTEMATIC_REVIEW:
        unit += " in all its trials"
    if study.n_enrolled is not None:
        analysed = study.n_analysed
        parts.append(
            f"{study.n_enrolled} {unit}"
            + (f", {analysed} analysed" if analysed not in (None, study.n_enrolled) else "")
        )
    elif study.n_analysed is not None:
        parts.append(f"{study.n_analysed} {unit} analysed")
    return ", ".join(parts)


def outcome_words(outcomes: Sequence[Outcome], others: Sequence[Outcome] = ()) -> str:
    """Domains by time point, such as "pain and symptoms (2 days after last treatment)".

    Where `others` hold the same domain at the same time, the measure is named instead, so that the two can be told apart.
    """
    shared = {(other.domain, other.timepoint) for other in others}
    by_time: dict[str, dict[str, None]] = {}
    for outcome in outcomes:
        words = outcome.measure if (outcome.domain, outcome.timepoint) in shared else domain_words(outcome.domain)
        by_time.setdefault(outcome.timepoint or "time not stated", {})[words] = None
    return "; ".join(f"{listed(words)} ({time})" for time, words in by_time.items())


def domain_words(domain: Domain) -> str:
    """A domain as prose."""
    return domain.value.replace("_", " ")


def verdict_sentence(dossier: Dossier, judgement: Judgement, intervention: str) -> str:
    """The verdict in one or two sentences, each number with its class."""
    votes, cited = judgement.votes, len(dossier.evidence)
    certainty = certainty_words(judgement)
    benefit = sum(vote.benefit for vote in judgement.study_votes)
    many = f"Of the {votes.k} cited studies with a comparison"
    one = "The one cited study with a comparison"
    none_found = f"{one} found no clear benefit" if votes.k == 1 else f"{many}, none found a clear benefit"
    favour = (
        f"{one} favours {intervention}"
        if votes.k == 1
        else f"{many}, {'all' if votes.favours_intervention == votes.k else votes.favours_intervention} favour {intervention}"
    )
    ways = (
        f"{one} found benefit on one outcome, arm or time"
        if votes.k == 1
        else f"{many}, {benefit} found benefit on some outcome or at some time"
    )
    undecided = "It is not shown to work, and not shown not to work."
    cited_words = plural(cited, "study is", "studies are")
    sentences = {
        "nothing-cited": "The guideline cites no study for this conclusion.",
        "none-tests": f"{cited_words} cited, and none tests {intervention}: nothing cited says whether it helps.",
        "no-comparison": f"{cited_words} cited, and no result that compares {intervention} with something else was seen. {undecided}",
        "benefit": f"{favour}. That speaks against the conclusion; the certainty {certainty}.",
        "both-ways": f"The results point both ways. {ways}; other results show no clear benefit. The certainty {certainty}.",
        "no-benefit": f"{none_found}; the certainty {certainty}. {undecided}",
        "no-benefit-certain": f"{none_found}; the certainty {certainty}.",
        "benefit-certain": f"{favour}; the certainty {certainty}.",
        "benefit-uncertain": f"{favour}, which speaks for the conclusion; the certainty {certainty}, so it does not settle the question.",
        "no-benefit-for-necessary": f"{none_found}. That speaks against the conclusion; the certainty {certainty}.",
    }
    return sentences[judgement.rule]


def certainty_words(judgement: Judgement) -> str:
    """The certainty as the end of a sentence on it, and whether it is only proposed."""
    if judgement.certainty is None:
        return "could not be rated"
    return f"is {CERTAINTY[judgement.certainty]}{'' if judgement.confirmed else ' (proposed)'}"


def vote_sentences(judgement: Judgement, intervention: str) -> tuple[str, ...]:
    """The votes in words: all studies, those whose results differ, then those that test the intervention itself."""
    if judgement.votes.k == 0:
        return ("No study has a vote.",)
    direct = judgement.direct_votes
    sentences = [_count_words(judgement.votes, intervention)]
    if split := sum(vote.split for vote in judgement.study_votes):
        sentences.append(
            f"{plural(split, 'study has', 'studies have')} no clear direction because the results differ within it."
        )
    sentences.append(_test_words(judgement.votes))
    if direct.k == 0:
        sentences.append(
            f"{'It does not set' if judgement.votes.k == 1 else 'None of them sets'} {intervention} itself against no "
            f"{intervention}: what is tested is the drug alone, an add-on to other care, or {intervention} against "
            "another treatment."
        )
    elif direct != judgement.votes:
        sentences.append(
            f"Counting only the studies that test {intervention} itself: {_count_words(direct, intervention)}"
        )
    return tuple(sentences)


def _count_words(votes: Votes, intervention: str) -> str:
    favour = plural(votes.favours_intervention, "study favours", "studies favour")
    return (
        f"{favour} {intervention}, {votes.favours_comparator} the comparator, "
        f"and {votes.no_clear_direction} {'shows' if votes.no_clear_direction == 1 else 'show'} no clear direction."
    )


#: All of the most studies that are too few on one side, and their two-sided p: one half to the power of one less.
_FEW = ENOUGH_STUDIES - 1
_P_OF_FEW = 0.5 ** (_FEW - 1)


def _test_words(votes: Votes) -> str:
    if not votes.enough_studies or votes.proportion is None:
        return f"Too few studies to test: a sign test needs {ENOUGH_STUDIES} that favour a side ({_FEW} of {_FEW} give p = {_P_OF_FEW})."
    return (
        f"Among the studies that favour a side, the share for it is {votes.proportion:.2f} "
        f"(95% CI {votes.ci_low:.2f} to {votes.ci_high:.2f}; sign test p = {votes.p_value:.4g})."
    )


SIGNOFF = {
    SignoffVote.AGREE: "agrees with the conclusion",
    SignoffVote.DISAGREE: "disagrees with the conclusion",
    SignoffVote.ABSTAIN: "abstains",
}
_VERDICT_REASON = {
    Verdict.CONTESTED: "The cited evidence speaks against the conclusion.",
    Verdict.MIXED: "The cited evidence points both ways.",
    Verdict.NO_EVIDENCE: "Nothing is cited that the conclusion could rest on.",
    Verdict.NOT_TESTED: "None of the cited studies tests the intervention.",
}
_NOTHING_FOR_COVERAGE = "Nothing is cited for the coverage."


def reasons_to_discuss(dossier: Dossier, judgement: Judgement, intervention: str) -> tuple[str, ...]:
    """Why a member may want to discuss a conclusion; empty where nothing calls for it."""
    against = dossier.conclusion.position is Position.NOT_MEDICALLY_NECESSARY
    reasons = [*_verdict_reasons(judgement, against)]
    if contrary := [study_name(item) for item in dossier.evidence if _contrary(item)]:
        theirs = "is cited against {}, and its" if len(contrary) == 1 else "are cited against {}, and their"
        reasons.append(f"{listed(contrary)} {theirs.format(intervention)} authors report benefit.")
    for item, vote in zip(dossier.evidence, judgement.study_votes, strict=True):
        name = study_name(item)
        if item.study.fit is Fit.NOT_TESTED:
            reasons.append(f"{name} is cited but does not test {intervention}: {lower_first(item.study.fit_reason)}")
        elif item.study.fit is Fit.INDIRECT:
            reasons.append(f"{name} bears on the question only indirectly: {lower_first(item.study.fit_reason)}")
        elif vote.direction is None and _improves_within(item):
            reasons.append(f"{name} reports improvement, without a comparison.")
        if len({citation.citation_key for citation in item.citations}) > 1:
            reasons.append(f"{name}: two cited reports are one study, which counts once.")
    reasons.extend(_not_seen_reasons(dossier))
    reasons.extend(_candidate_reasons(dossier, against, intervention))
    return tuple(dict.fromkeys(reasons))


def _contrary(item: StudyEvidence) -> bool:
    """Whether a study that tests the intervention is cited against it while its authors report benefit."""
    used_against = any(citation.stance is Stance.AGAINST for citation in item.citations)
    return used_against and item.study.author_view is AuthorView.BENEFIT and item.study.fit is not Fit.NOT_TESTED


def _verdict_reasons(judgement: Judgement, against: bool) -> list[str]:
    if judgement.verdict is Verdict.NO_EVIDENCE and not against:
        return [_NOTHING_FOR_COVERAGE]
    reason = _VERDICT_REASON.get(judgement.verdict)
    return [reason] if reason else []


def beyond_verdict(reasons: Sequence[str]) -> str:
    """The first reason to discuss a conclusion that its verdict does not say already; the verdict's own where it is alone."""
    said = {_NOTHING_FOR_COVERAGE, *_VERDICT_REASON.values()}
    return next((reason for reason in reasons if reason not in said), next(iter(reasons), ""))


def _improves_within(item: StudyEvidence) -> bool:
    return any(
        outcome.contrast is Contrast.WITHIN_ARM and outcome.direction is Direction.FAVOURS_INTERVENTION
        for outcome in item.outcomes
    )


def _not_seen_reasons(dossier: Dossier) -> list[str]:
    missing = [study_name(item) for item in dossier.evidence if item.study.extraction is Extraction.NOT_FOUND]
    unseen = [
        study_name(item)
        for item in dossier.evidence
        if item.study.extraction is not Extraction.NOT_FOUND
        and item.study.fit is not Fit.NOT_TESTED
        and not any(outcome.extraction in (Extraction.VERIFIED, Extraction.PARTIAL) for outcome in item.outcomes)
    ]
    reasons = []
    if missing:
        reasons.append(f"The record of {listed(missing)} was not found.")
    if unseen:
        reasons.append(f"The results of {listed(unseen)} were not seen.")
    reasons.extend(
        f"“{citation.cited_as}” does not settle which entry of the list is meant." for citation in dossier.unresolved
    )
    return reasons


def _candidate_reasons(dossier: Dossier, against: bool, intervention: str) -> list[str]:
    other_side = Direction.FAVOURS_INTERVENTION if against else Direction.FAVOURS_COMPARATOR
    contrary = [c for c in dossier.candidates if c.direction is other_side]
    if not contrary:
        return []
    side = intervention if against else "the comparator"
    verb = "favours" if len(contrary) == 1 else "favour"
    return [f"{plural(len(contrary), 'known study', 'known studies')} that the guideline does not cite {verb} {side}."]


def lower_first(sentence: str) -> str:
    """A sentence as the end of another one."""
    return sentence[:1].lower() + sentence[1:]
