"""Every rule that weigh applies, in words, with its source and whether that source was read: what the methods page prints."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.assessment import grade
from weigh.assessment.bodies import CRITICAL
from weigh.assessment.verdict import RULES
from weigh.assessment.votes import AGREEMENT, ENOUGH_STUDIES
from weigh.errors import NotFoundError
from weigh.wording.effect_words import CERTAINTY, CERTAINTY_MEANING
from weigh.wording.sentences import VERDICT, domain_words, listed

__all__ = ["OWN", "READ", "RECALLED", "MethodRule", "Rules", "method_rules", "rules"]

#: How well a rule is founded: its source was read, it stands as remembered, or it is weigh's own proposal.
READ, RECALLED, OWN = "source read", "as remembered, not re-read", "weigh's own rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRule:
    """One rule: the topic under which it stands, its name, what it says, where it comes from and how well founded it is."""

    topic: str
    name: str
    text: str
    source: str
    standing: str


def method_rules() -> tuple[MethodRule, ...]:
    """All rules, topic by topic, in the order in which a number passes through them."""
    rows = (*_VOTES, *_verdicts(), *_BIAS, *_EFFECTS, *_POOLING, *_certainty(), *_WORDS)
    return tuple(
        MethodRule(topic=topic, name=name, text=text, source=source, standing=standing)
        for topic, name, text, source, standing in rows
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules on one topic."""

    topic: str
    rules: tuple[MethodRule, ...]


def rules(topic: str) -> Rules:
    """The rules on one topic, such as "Votes".

    Raises:
        NotFoundError: there is no rule on that topic; the message names the topics.
    """
    found = tuple(rule for rule in method_rules() if rule.topic == topic)
    if not found:
        raise NotFoundError(
            f"no rule on {topic!r}; topics are {listed(dict.fromkeys(r.topic for r in method_rules()))}"
        )
    return Rules(topic, found)


_Row = tuple[str, str, str, str, str]

_VOTES: tuple[_Row, ...] = (
    (
        "Votes",
        "which results vote",
        "A result votes when it compares arms, has a direction, bears on a benefit, and was seen. Changes within one arm, harms, procedures and "
        "laboratory results are shown and do not vote. “Not significant” is never counted as favouring the comparator.",
        "Cochrane Handbook, chapter 12",
        READ,
    ),
    (
        "Votes",
        "one vote a study",
        f"The results of a study agree within a kind of outcome, and its kinds of outcome among each other, where at least {AGREEMENT:.0%} point one way; "
        "else the study shows no clear direction. Several reports of one study are one study.",
        "Thomson and Thomas 2013",
        RECALLED,
    ),
    (
        "Votes",
        "counting",
        "Studies are counted by the side that they favour, whatever the size or the p-value. Studies without a clear direction are shown and "
        "leave the denominator. It answers only whether there is any evidence of an effect.",
        "Cochrane Handbook, chapter 12.2.1.3",
        RECALLED,
    ),
    (
        "Votes",
        "sign test",
        "A two-sided exact binomial test of the share that favours the intervention against one half. "
        f"With fewer than {ENOUGH_STUDIES} studies that favour a side it cannot reach 0.05, so it is not given. Studies differ in size, so the "
        "number that favours a side is not truly binomial (Nikolakopoulos 2020).",
        "Cochrane Handbook, chapter 12; Nikolakopoulos 2020",
        READ,
    ),
    (
        "Votes",
        "intervals",
        "The share carries Wilson's score interval; the exact interval of Clopper and Pearson stands beside it in the data.",
        "Wilson 1927; Clopper and Pearson 1934",
        RECALLED,
    ),
    (
        "Votes",
        "fit",
        "A study may test the intervention itself; the drug only, where both arms had the procedure; the intervention as an add-on to care that both "
        "arms had; or bear on the question indirectly, against another active treatment or as one line of a review. All of these vote, and the votes "
        "of the first kind alone are shown beside them. A study that does not test the intervention has no vote.",
        "Fit is a judgement in the table of studies, with its reason",
        OWN,
    ),
)

_BIAS: tuple[_Row, ...] = (
    (
        "Risk of bias",
        "which instrument",
        "RoB 2 where somebody used it, else ROBINS-I, else PEDro items beside what was read off the report (design). Where nobody has appraised a "
        "study, the page says so. Judgements of different instruments are brought to five columns; the worst in a column counts.",
        "",
        OWN,
    ),
    (
        "Risk of bias",
        "PEDro",
        "The total is recomputed from items 2 to 11. Allocation is judged by items 2 and 3, blinding by 5 and 7, missing data by 8 and 9: low where "
        "both are met, high where neither is, else some concerns.",
        "PEDro scale as printed in PMC4674007, table 1, for the items; the columns are weigh's",
        OWN,
    ),
    (
        "Risk of bias",
        "RoB 2, randomisation",
        "From the answers to the questions by the algorithm of the guidance.",
        "Syst Rev 2021;10:171, table 2",
        READ,
    ),
    (
        "Risk of bias",
        "RoB 2, other domains and overall",
        "From the answers by the algorithms of August 2019. Overall: low where all are low, high where one is high, else some concerns; several "
        "concerns become high only with a written reason.",
        "Guidance of August 2019; Cochrane Handbook, table 8.2.b",
        RECALLED,
    ),
    (
        "Risk of bias",
        "ROBINS-I",
        "Overall is the worst of the seven domains. The judgement on a domain is entered with its reason: the algorithms from questions to domains "
        "are not part of weigh, because the guidance could not be read.",
        "ROBINS-I 2016",
        RECALLED,
    ),
    (
        "Risk of bias",
        "design",
        "A proposal read off the part of the report that was seen, domain by domain. Overall never better than some concerns. Funding is shown and "
        "is no domain of bias.",
        "",
        OWN,
    ),
)

_EFFECTS: tuple[_Row, ...] = (
    (
        "Effects",
        "risk ratio, odds ratio",
        "Analysed as natural logarithms, with the variances 1/a − 1/n₁ + 1/c − 1/n₂ and 1/a + 1/b + 1/c + 1/d.",
        "Cochrane Handbook, chapter 10",
        READ,
    ),
    (
        "Effects",
        "zero cells",
        "Half an event is added to every cell of a study only where one of its cells is zero. A study without an event in either arm tells nothing of "
        "a ratio and is left out of it, which is said.",
        "Cochrane Handbook, chapter 10",
        RECALLED,
    ),
    (
        "Effects",
        "differences",
        "Difference of risks with variance Σp(1−p)/n; difference of means with sd₁²/n₁ + sd₂²/n₂; standardised: Hedges' g with the exact factor J.",
        "Cochrane Handbook, chapters 6 and 10; Hedges 1981",
        READ,
    ),
    (
        "Effects",
        "from an interval or a p-value",
        "Where arm figures do not suffice: the width of a 95% interval over 3.92, or the effect over the quantile of an exact two-sided p-value. "
        "A p-value printed as “<”, “>” or “not significant” gives none.",
        "Cochrane Handbook, chapter 6",
        RECALLED,
    ),
    (
        "Effects",
        "reported and worked out",
        "The effect that the source prints and the one that its figures give stand side by side; where they differ by more than rounding, the audit says so.",
        "",
        OWN,
    ),
)

_POOLING: tuple[_Row, ...] = (
    (
        "Pooling",
        "what is pooled",
        "Only outcomes that an analyst named as one pool. One study is shown, not pooled; two are shown, and said to be too few.",
        "Cochrane Handbook, chapter 10",
        RECALLED,
    ),
    (
        "Pooling",
        "model",
        "Random effects, variance between studies by restricted maximum likelihood; common effect, DerSimonian and Laird, and Paule and Mandel beside it. "
        "Where the method decides whether the interval excludes no difference, the page says so.",
        "PyMARE; reference sets in validation/README.md",
        READ,
    ),
    (
        "Pooling",
        "interval",
        "Knapp and Hartung with t on k − 1 degrees of freedom, and a guard: their factor is never below one, so the interval never narrows.",
        "Knapp and Hartung 2003; the guard as recommended for few, unequal studies",
        READ,
    ),
    (
        "Pooling",
        "heterogeneity",
        "Q; the variance between studies with its Q-profile interval; I² both from Q and from that variance, each named; a prediction interval from three studies on. "
        "No test of a funnel plot below ten studies.",
        "Cochrane Handbook, chapters 10 and 13; Viechtbauer 2007",
        RECALLED,
    ),
)

_WORDS: tuple[_Row, ...] = (
    (
        "Words",
        "words by certainty",
        "High: “reduces”. Moderate: “probably reduces”. Low: “may reduce”. Very low: “the evidence is very uncertain about the effect”. “No effect” is not "
        "said beside low or very low certainty; a check looks for it.",
        "GRADE guidelines 26, as tabled in the ACIP GRADE handbook, chapter 11 (low and very low as remembered)",
        RECALLED,
    ),
    (
        "Words",
        "flip test",
        "Each study is left out in turn, each GRADE judgement of the deciding outcome moved by one step, and one new, well-made trial added: what would "
        "change the verdict or the certainty is listed. Robust: neither of the first two kinds changes the verdict.",
        "",
        OWN,
    ),
    (
        "Words",
        "SWiM statement",
        "Nine items, written from the data.",
        "BMJ 2020;368:l6890, table 1",
        READ,
    ),
)


def _verdicts() -> tuple[_Row, ...]:
    return tuple(("Verdict", f"{VERDICT[verdict]}: {name}", text, "", OWN) for name, (verdict, text) in RULES.items())


def _certainty() -> tuple[_Row, ...]:
    def standing(source: str) -> str:
        if "weigh's rule" in source:
            return OWN
        return RECALLED if "remembered" in source else READ

    rules = tuple(
        ("Certainty", name.replace("_", " "), text, source, standing(source))
        for name, (text, source) in grade.RULES.items()
    )
    return (
        *rules,
        (
            "Certainty",
            "overall",
            "The lowest certainty among the critical outcomes that have a comparison. "
            f"Critical: {listed(domain_words(domain) for domain in CRITICAL)}. "
            "Only changes within one arm: very low. Nothing seen: not rated.",
            "GRADE guidelines 11; which outcomes are critical is a proposal",
            OWN,
        ),
        (
            "Certainty",
            "what a level means",
            " ".join(f"{CERTAINTY[level].capitalize()}: {meaning}." for level, meaning in CERTAINTY_MEANING.items()),
            "BMC Medicine 2012;10:33, table 1",
            READ,
        ),
        (
            "Certainty",
            "who judges",
            "Every judgement is proposed by these rules until the committee enters its own, which then counts.",
            "",
            OWN,
        ),
    )
