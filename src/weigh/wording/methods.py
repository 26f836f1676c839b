"""Every rule that weigh applies, as printed on the methods page: its text, its source, and whether the source was read."""

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

#: The basis of a rule: a source that was read, a source cited from memory, or a rule that weigh proposes.
READ, RECALLED, OWN = "source read", "from memory, not re-read", "weigh's own rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRule:
    """One rule: its topic, its name, its text, its source and its basis (`standing`: READ, RECALLED or OWN)."""

    topic: str
    name: str
    text: str
    source: str
    standing: str


def method_rules() -> tuple[MethodRule, ...]:
    """All rules by topic, in the order in which they apply to a result."""
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
        NotFoundError: the topic does not exist; the message lists the topics.
    """
    found = tuple(rule for rule in method_rules() if rule.topic == topic)
    if not found:
        raise NotFoundError(
            f"no rules on {topic!r}; the topics are {listed(dict.fromkeys(r.topic for r in method_rules()))}"
        )
    return Rules(topic, found)


_Row = tuple[str, str, str, str, str]

_VOTES: tuple[_Row, ...] = (
    (
        "Votes",
        "which results vote",
        "A result votes if it was seen, compares arms, has a direction and measures a benefit. Changes within one arm, harms, process outcomes "
        "and laboratory outcomes are shown but do not vote. “Not significant” never counts as favouring the comparator.",
        "Cochrane Handbook, chapter 12",
        READ,
    ),
    (
        "Votes",
        "one vote per study",
        f"The direction of a study is the one shared by at least {AGREEMENT:.0%} of its results within each outcome domain, and then by at least {AGREEMENT:.0%} "
        "of its domains; otherwise the study shows no clear direction. Several reports of one study count once.",
        "Thomson and Thomas 2013",
        RECALLED,
    ),
    (
        "Votes",
        "counting",
        "Studies are counted by the side that they favour, whatever the effect size or the p value. Studies without a clear direction are shown but "
        "excluded from the denominator. The count addresses only whether there is any evidence of an effect.",
        "Cochrane Handbook, chapter 12.2.1.3",
        RECALLED,
    ),
    (
        "Votes",
        "sign test",
        "A two-sided exact binomial test of the proportion that favours the intervention against one half. "
        f"With fewer than {ENOUGH_STUDIES} studies that favour a side, its p value cannot reach 0.05, so it is not given. Studies differ in size, so the "
        "number that favours a side is not truly binomial (Nikolakopoulos 2020).",
        "Cochrane Handbook, chapter 12; Nikolakopoulos 2020",
        READ,
    ),
    (
        "Votes",
        "intervals",
        "The proportion is given with its 95% Wilson score interval; the data also hold the exact Clopper-Pearson interval.",
        "Wilson 1927; Clopper and Pearson 1934",
        RECALLED,
    ),
    (
        "Votes",
        "fit",
        "A study may test the intervention itself; only the drug, if both arms received the procedure; the intervention as an add-on to care that both "
        "arms received; or the question indirectly, against an active comparator or as one of many treatments in a review. All of these vote; the votes "
        "of direct tests are also counted separately. A study that does not test the intervention has no vote.",
        "Fit is a judgement in the table of studies, with its reason",
        OWN,
    ),
)

_BIAS: tuple[_Row, ...] = (
    (
        "Risk of bias",
        "which instrument",
        "RoB 2 if it was used, otherwise ROBINS-I, otherwise PEDro items together with a proposal based on the report (design). A study without an "
        "appraisal is marked as not appraised. Judgements from all instruments are mapped to five columns; the worst in each column counts.",
        "",
        OWN,
    ),
    (
        "Risk of bias",
        "PEDro",
        "The total is recalculated from items 2 to 11. Allocation is judged by items 2 and 3, blinding by 5 and 7, and missing data by 8 and 9: low risk if "
        "both are met, high risk if neither is, otherwise some concerns.",
        "Items: PEDro scale as printed in PMC4674007, table 1; the mapping to columns is weigh's own rule",
        OWN,
    ),
    (
        "Risk of bias",
        "RoB 2, randomisation",
        "Derived from the answers to the signalling questions by the algorithm of the guidance.",
        "Syst Rev 2021;10:171, table 2",
        READ,
    ),
    (
        "Risk of bias",
        "RoB 2, other domains and overall",
        "Derived from the answers by the algorithms of August 2019. Overall: low if all domains are low, high if any is high, otherwise some concerns; "
        "several domains with some concerns become high only with a written reason.",
        "Guidance of August 2019; Cochrane Handbook, table 8.2.b",
        RECALLED,
    ),
    (
        "Risk of bias",
        "ROBINS-I",
        "The overall judgement is the worst of the seven domains. Judgements on domains are entered with their reasons, because ROBINS-I 2016 gives "
        "criteria for them but no algorithm.",
        "ROBINS-I 2016",
        RECALLED,
    ),
    (
        "Risk of bias",
        "design",
        "A proposal for each domain, based on the part of the report that was seen. The overall judgement is never better than some concerns. Funding "
        "is shown but is not a domain of bias.",
        "",
        OWN,
    ),
)

_EFFECTS: tuple[_Row, ...] = (
    (
        "Effects",
        "risk ratio, odds ratio",
        "Analysed on the natural logarithm scale, with variances 1/a − 1/n₁ + 1/c − 1/n₂ and 1/a + 1/b + 1/c + 1/d, respectively.",
        "Cochrane Handbook, chapter 10",
        READ,
    ),
    (
        "Effects",
        "zero cells",
        "Half an event is added to every cell of a study only if one of its cells is zero. A study without events in either arm carries no information "
        "about a ratio; it is excluded from the ratio, and the page states this.",
        "Cochrane Handbook, chapter 10",
        RECALLED,
    ),
    (
        "Effects",
        "differences",
        "Risk difference with variance Σp(1−p)/n; mean difference with variance sd₁²/n₁ + sd₂²/n₂; standardised mean difference as Hedges' g with the exact factor J.",
        "Cochrane Handbook, chapters 6 and 10; Hedges 1981",
        READ,
    ),
    (
        "Effects",
        "from an interval or a p value",
        "If arm figures do not suffice, the standard error is the width of the 95% interval divided by 3.92, or the effect divided by the normal "
        "quantile of an exact two-sided p value. A p value printed with “<” or “>” or as “not significant” yields no standard error.",
        "Cochrane Handbook, chapter 6",
        RECALLED,
    ),
    (
        "Effects",
        "reported and calculated",
        "The effect reported by the source and the effect calculated from its figures are shown together; the audit reports differences beyond rounding.",
        "",
        OWN,
    ),
)

_POOLING: tuple[_Row, ...] = (
    (
        "Pooling",
        "what is pooled",
        "Only outcomes that an analyst has assigned to the same pool. A single study is shown, not pooled; two are shown and marked as too few.",
        "Cochrane Handbook, chapter 10",
        RECALLED,
    ),
    (
        "Pooling",
        "model",
        "Random effects, with the between-study variance estimated by restricted maximum likelihood; for comparison, a common-effect model and the estimators of "
        "DerSimonian and Laird and of Paule and Mandel. The page states whether the choice of method determines if the interval excludes no difference.",
        "PyMARE; reference sets in validation/README.md",
        READ,
    ),
    (
        "Pooling",
        "interval",
        "Knapp and Hartung, from the t distribution with k − 1 degrees of freedom; their variance factor is held at 1 or above, so that it never narrows the interval.",
        "Knapp and Hartung 2003; the lower bound as recommended for few studies of unequal size",
        READ,
    ),
    (
        "Pooling",
        "heterogeneity",
        "Q; the between-study variance with its Q-profile interval; I² both from Q and from that variance, labelled accordingly; a prediction interval with three or more "
        "studies. No test of funnel-plot asymmetry with fewer than ten studies.",
        "Cochrane Handbook, chapters 10 and 13; Viechtbauer 2007",
        RECALLED,
    ),
)

_WORDS: tuple[_Row, ...] = (
    (
        "Words",
        "words by certainty",
        "High: “reduces”. Moderate: “probably reduces”. Low: “may reduce”. Very low: “the evidence is very uncertain about the effect”. “No effect” is never "
        "written with low or very low certainty; an audit rule checks for it.",
        "GRADE guidelines 26, as tabled in the ACIP GRADE handbook, chapter 11 (low and very low from memory)",
        RECALLED,
    ),
    (
        "Words",
        "flip test",
        "Each study is omitted in turn, each GRADE judgement of the deciding outcome is moved by one step, and one new, well-conducted trial is added; changes "
        "that alter the verdict or the certainty are listed. Robust: no change of the first two kinds alters the verdict.",
        "",
        OWN,
    ),
    (
        "Words",
        "SWiM statement",
        "Nine reporting items, generated from the data.",
        "BMJ 2020;368:l6890, table 1",
        READ,
    ),
)


def _verdicts() -> tuple[_Row, ...]:
    return tuple(("Verdict", f"{VERDICT[verdict]}: {name}", text, "", OWN) for name, (verdict, text) in RULES.items())


def _certainty() -> tuple[_Row, ...]:
    def standing(source: str) -> str:
        if "weigh's own rule" in source:
            return OWN
        return RECALLED if "from memory" in source else READ

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
            f"Critical outcomes: {listed(domain_words(domain) for domain in CRITICAL)}. "
            "Very low if there are only changes within one arm; not rated if no result was seen.",
            "GRADE guidelines 11; the choice of critical outcomes is a proposal",
            OWN,
        ),
        (
            "Certainty",
            "meaning of the levels",
            " ".join(f"{CERTAINTY[level].capitalize()}: {meaning}." for level, meaning in CERTAINTY_MEANING.items()),
            "BMC Medicine 2012;10:33, table 1",
            READ,
        ),
        (
            "Certainty",
            "who judges",
            "Every judgement is a proposal by these rules until the committee enters its own, which then replaces it.",
            "",
            OWN,
        ),
    )
