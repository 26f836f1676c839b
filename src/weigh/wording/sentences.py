"""Sentences: what a verdict, a vote or a study may be said to mean, in the words that its certainty permits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from weigh.assessment.dossier import Dossier, StudyEvidence
from weigh.assessment.verdict import Judgement
from weigh.assessment.votes import ENOUGH_STUDIES, Votes
from weigh.evidence.model import Conclusion, Outcome, Study
from weigh.evidence.vocabulary import (
    Basis,
    BiasDomain,
    ComparatorType,
    Design,
    Direction,
    Domain,
    Extraction,
    Fit,
    Position,
    Risk,
    SignoffVote,
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
    "certainty_words",
    "direction_words",
    "domain_words",
    "listed",
    "lower_first",
    "outcome_words",
    "plural",
    "question",
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
        f"(95% CI {votes.ci_low:.2f} to {votes.ci_high:.2f}; sign test p = {votes.sign_test_p:.4g})."
    )


SIGNOFF = {
    SignoffVote.AGREE: "agrees with the conclusion",
    SignoffVote.DISAGREE: "disagrees with the conclusion",
    SignoffVote.ABSTAIN: "abstains",
}


def lower_first(sentence: str) -> str:
    """A sentence as the end of another one."""
    return sentence[:1].lower() + sentence[1:]
