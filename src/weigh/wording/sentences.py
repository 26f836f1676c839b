"""Sentences about verdicts, votes and studies, in the words that the certainty permits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from weigh.assessment.dossier import Dossier
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
    "either",
    "listed",
    "lower_first",
    "outcome_words",
    "plural",
    "question",
    "size_words",
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
    Verdict.NOT_TESTED: "studies are cited, but none of them tests the intervention",
    Verdict.NO_EVIDENCE: "no study is cited for the conclusion",
}
BASIS = {
    Basis.NAMED_IN_POSITION: "named in the position statement",
    Basis.DISCUSSED: "discussed in the text",
    Basis.CODE_ONLY: "listed only in the code table",
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
    ComparatorType.SETTING: "another mode of delivery",
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
    """The question that a conclusion answers, as the title of its page.

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
    """Parts as prose, the last two joined by "and".

    >>> listed(["pain", "strength", "motion"])
    'pain, strength and motion'
    """
    return _joined(parts, " and ")


def either(parts: Iterable[str]) -> str:
    """Parts as prose, the last two joined by "or".

    >>> either(["pain", "strength", "motion"])
    'pain, strength or motion'
    """
    return _joined(parts, " or ")


def _joined(parts: Iterable[str], last: str) -> str:
    items = list(parts)
    return last.join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def direction_words(direction: Direction, intervention: str) -> str:
    """A direction in words; "no clear direction" never becomes "no effect"."""
    return {
        Direction.FAVOURS_INTERVENTION: f"favours {intervention}",
        Direction.FAVOURS_COMPARATOR: "favours the comparator",
        Direction.NO_CLEAR_DIRECTION: "no clear direction",
        Direction.NOT_COMPARATIVE: "not comparative",
    }[direction]


def size_words(study: Study) -> str:
    """The design and size of a study, in one line."""
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
    """Outcome domains by time point, such as "pain and symptoms (2 days after last treatment)".

    If `others` include the same domain at the same time, the measure is named instead, to distinguish the two.
    """
    shared = {(other.domain, other.timepoint) for other in others}
    by_time: dict[str, dict[str, None]] = {}
    for outcome in outcomes:
        words = outcome.measure if (outcome.domain, outcome.timepoint) in shared else domain_words(outcome.domain)
        by_time.setdefault(outcome.timepoint or "time not stated", {})[words] = None
    return "; ".join(f"{listed(words)} ({time})" for time, words in by_time.items())


def domain_words(domain: Domain) -> str:
    """The name of an outcome domain as prose."""
    return domain.value.replace("_", " ")


def verdict_sentence(dossier: Dossier, judgement: Judgement, intervention: str) -> str:
    """The verdict in one or two sentences; every number names what it counts."""
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
    none_tests = "it does not test" if cited == 1 else "none tests"
    sentences = {
        "nothing-cited": "The guideline cites no study for this conclusion.",
        "none-tests": f"{cited_words} cited, but {none_tests} {intervention}: nothing cited shows whether it helps.",
        "no-comparison": f"{cited_words} cited, but no result that compares {intervention} with something else was seen. {undecided}",
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
    """The predicate of a sentence about the certainty, marked if it is only proposed."""
    if judgement.certainty is None:
        return "could not be rated"
    return f"is {CERTAINTY[judgement.certainty]}{'' if judgement.confirmed else ' (proposed)'}"


def vote_sentences(judgement: Judgement, intervention: str) -> tuple[str, ...]:
    """The votes in words: all studies, studies with split results, the sign test, then direct tests of the intervention."""
    if judgement.votes.k == 0:
        return ("No study has a vote.",)
    direct = judgement.direct_votes
    sentences = [_count_words(judgement.votes, intervention)]
    if split := sum(vote.split for vote in judgement.study_votes):
        sentences.append(
            f"{plural(split, 'study has', 'studies have')} no clear direction because {'its' if split == 1 else 'their'} own results disagree."
        )
    sentences.append(_test_words(judgement.votes, intervention))
    if direct.k == 0:
        alone = judgement.votes.k == 1
        sentences.append(
            f"{'It does not compare' if alone else 'None of them compares'} {intervention} itself with no {intervention}: "
            f"{'it tests' if alone else 'they test'} the drug alone, {intervention} as an add-on to other care, or "
            f"{intervention} against another treatment."
        )
    elif direct != judgement.votes:
        sentences.append(f"Among studies that test {intervention} itself, {_count_words(direct, intervention)}")
    return tuple(sentences)


def _count_words(votes: Votes, intervention: str) -> str:
    favour = plural(votes.favours_intervention, "study favours", "studies favour")
    return (
        f"{favour} {intervention}, {votes.favours_comparator} the comparator, "
        f"and {votes.no_clear_direction} {'shows' if votes.no_clear_direction == 1 else 'show'} no clear direction."
    )


#: The largest number of studies that is too small for a test, and the two-sided p value if all favour one side.
_FEW = ENOUGH_STUDIES - 1
_P_OF_FEW = 0.5 ** (_FEW - 1)


def _test_words(votes: Votes, intervention: str) -> str:
    if not votes.enough_studies or votes.proportion is None:
        return f"Too few studies to test: a sign test needs at least {ENOUGH_STUDIES} that favour a side ({_FEW} of {_FEW} give p = {_P_OF_FEW})."
    return (
        f"Of the studies that favour a side, the proportion that favour {intervention} is {votes.proportion:.2f} "
        f"(95% CI {votes.ci_low:.2f} to {votes.ci_high:.2f}; sign test p = {votes.sign_test_p:.4g})."
    )


SIGNOFF = {
    SignoffVote.AGREE: "agrees with the conclusion",
    SignoffVote.DISAGREE: "disagrees with the conclusion",
    SignoffVote.ABSTAIN: "abstains",
}


def lower_first(sentence: str) -> str:
    """A sentence with a lower-case first letter, to continue another one."""
    return sentence[:1].lower() + sentence[1:]
