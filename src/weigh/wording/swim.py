"""The SWiM statement: how the studies on a conclusion were synthesised without pooling, generated from the data.

Source: Campbell et al., Synthesis without meta-analysis (SWiM) in systematic reviews, BMJ 2020;368:l6890, table 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.assessment.dossier import Dossier
from weigh.assessment.pools import Pool
from weigh.assessment.verdict import Judgement
from weigh.assessment.votes import AGREEMENT, ENOUGH_STUDIES
from weigh.evidence.vocabulary import Direction, Extraction, Fit
from weigh.wording.effect_words import CERTAINTY
from weigh.wording.outcomes import figures_of
from weigh.wording.sentences import domain_words, listed, plural
from weigh.wording.summary_of_findings import FindingsRow

__all__ = ["SwimItem", "swim_statement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwimItem:
    """One of the nine reporting items: its number, its topic and its text for this conclusion."""

    number: int
    topic: str
    text: str


def swim_statement(
    dossier: Dossier, judgement: Judgement, rows: Sequence[FindingsRow], pools: Sequence[Pool]
) -> tuple[SwimItem, ...]:
    """The nine items for one conclusion; empty if no study is cited, because there is then no synthesis to report."""
    if not dossier.evidence:
        return ()
    texts = (
        ("Grouping of studies", _grouping(dossier, judgement)),
        ("Metric", _metric(judgement)),
        ("Method of synthesis", _method(pools)),
        ("Which results count", _priorities(dossier, judgement)),
        ("Heterogeneity", _heterogeneity(judgement)),
        ("Certainty", _certainty(judgement)),
        ("Presentation", _PRESENTATION),
        ("Results", _results(rows)),
        ("Limitations", _limitations(dossier, judgement)),
    )
    return tuple(SwimItem(number=n, topic=topic, text=text) for n, (topic, text) in enumerate(texts, 1))


_PRESENTATION = (
    "An effect direction plot, a summary-of-findings table and one card per study. Studies appear in the order in which "
    "the text cites them, outcomes by their importance to patients, and the results of one study by time point."
)


def _grouping(dossier: Dossier, judgement: Judgement) -> str:
    kinds = [domain_words(rated.body.domain) for rated in judgement.assessment.bodies]
    drugs = list(dict.fromkeys(item.study.drug for item in dossier.evidence if item.study.drug))
    groups = (
        f"by outcome domain ({listed(kinds)})" if kinds else "together, because none has a result that compares arms"
    )
    together = (
        f" Different drugs and doses are combined ({'; '.join(drugs)}), because there are too few studies to separate them."
        if len(drugs) > 1
        else ""
    )
    return (
        f"The studies that the guideline cites for this conclusion are grouped {groups}.{together} "
        "The groups follow weigh's list of outcome domains; no protocol was written before the studies were read, and the groups have not changed since."
    )


def _metric(judgement: Judgement) -> str:
    outcomes = [outcome for vote in judgement.study_votes for outcome in vote.outcomes]
    sized = sum(bool(figures_of(outcome).calculated) or outcome.effect is not None for outcome in outcomes)
    if not outcomes:
        return "Not applicable: no result compares arms."
    return (
        "The direction of each result as the source reports it, whatever its p value; no result was transformed. "
        f"An effect size is reported or can be calculated for {sized} of {plural(len(outcomes), 'result')}{', and is also shown' if sized else ''}."
    )


def _method(pools: Sequence[Pool]) -> str:
    votes = (
        f"Vote counting by direction of effect: one vote per study and outcome domain, for a side if at least {AGREEMENT:.0%} of its results agree; "
        f"an exact sign test if at least {ENOUGH_STUDIES} studies favour a side."
    )
    done = [pool for pool in pools if pool.synthesis is not None and pool.synthesis.main is not None]
    if done:
        return f"{votes} Also pooled: {listed(pool.name for pool in done)}."
    if pools:
        return f"{votes} Not pooled: {' '.join(pool.reason or 'only one study.' for pool in pools)}"
    return f"{votes} No meta-analysis: no two studies report figures for an outcome that the analysts judged similar enough to pool."


def _priorities(dossier: Dossier, judgement: Judgement) -> str:
    no_vote = [
        f"{item.name} ({vote.reason})"
        for item, vote in zip(dossier.evidence, judgement.study_votes, strict=True)
        if vote.direction is None
    ]
    text = "Every cited study with a comparison between arms that was seen has a vote, whatever its risk of bias; studies that test the intervention itself are also counted separately."
    return f"{text} Without a vote: {'; '.join(no_vote)}." if no_vote else text


def _heterogeneity(judgement: Judgement) -> str:
    bodies = [rated.body for rated in judgement.assessment.bodies]
    several = [body for body in bodies if len(body.contributions) > 1]
    if not several:
        return "No outcome domain has more than one study, so the studies cannot be compared."
    apart = [domain_words(body.domain) for body in several if body.direction is None]
    same = [domain_words(body.domain) for body in several if body.direction is not None]
    parts = []
    if apart:
        parts.append(f"the studies disagree in direction on {listed(apart)}")
    if same:
        parts.append(f"they agree on {listed(same)}")
    return f"Assessed by direction, without a test: {'; '.join(parts)}."


def _certainty(judgement: Judgement) -> str:
    assessment = judgement.assessment
    if assessment.level is None:
        return assessment.reason
    by = "judged by the committee" if judgement.confirmed else "proposed by rule and not confirmed by the committee"
    return f"GRADE, adapted for evidence that is not pooled (Murad 2017): {CERTAINTY[assessment.level]}, {by}. {assessment.reason}"


def _results(rows: Sequence[FindingsRow]) -> str:
    if not rows:
        return "No result compares arms."
    return " ".join(
        f"{row.label.capitalize()} ({listed(name for name, _found in row.results)}; certainty {row.certainty_words}): {row.what_happens}"
        for row in rows
    )


def _limitations(dossier: Dossier, judgement: Judgement) -> str:
    parts = ["A direction does not convey the size of an effect, and all studies count equally."]
    indirect = [i.name for i in dossier.evidence if i.study.fit in (Fit.INDIRECT, Fit.TESTS_DRUG_ONLY, Fit.ADD_ON)]
    if indirect:
        parts.append(f"Not a comparison with and without the intervention itself: {listed(indirect)}.")
    unseen = [i.name for i in dossier.evidence if i.study.extraction is not Extraction.VERIFIED]
    if unseen:
        parts.append(f"Not fully verified: {listed(unseen)}.")
    bound = [o for vote in judgement.study_votes for o in vote.outcomes if o.direction is Direction.NO_CLEAR_DIRECTION]
    if bound:
        parts.append("“No clear direction” does not mean that there is no effect.")
    parts.append("Only the studies cited by the guideline are included; other studies were not searched for.")
    return " ".join(parts)
