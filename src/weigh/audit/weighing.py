"""What the weighing finds: sizes that disagree, outcomes pooled twice, judgements that do not follow from their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from weigh.assessment import rob2
from weigh.assessment.appraisal import pedro_score
from weigh.assessment.certainty import COMMITTEE, OVERALL, PROPOSED, proposals
from weigh.assessment.votes import NOT_BENEFIT
from weigh.audit.rule import Context, Rule, Trouble, on_outcome, rule
from weigh.evidence.instruments import PEDRO, ROB2
from weigh.evidence.model import Appraisal
from weigh.evidence.vocabulary import Contrast, Direction, Domain
from weigh.statistics.effects import Effect
from weigh.statistics.outcome_effects import computed_effect, disagreement, natural_measure, usable_effect
from weigh.text.numbers import number
from weigh.wording.effect_words import CERTAINTY

__all__ = ["RULES"]

_OURS = "our tables, or the source"


@rule(
    "effect-differs-from-figures",
    family="results",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="The effect that the source reports is not the one that the figures of the arms give.",
    settle="Compare with the source: it may adjust its effect; say so in the note, or correct the figure that is wrong.",
)
def effect_differs_from_figures(context: Context) -> Iterator[Trouble]:
    """Reported and computed effect, beyond rounding."""
    for outcome in context.review.outcomes:
        if words := disagreement(outcome):
            yield on_outcome(context, outcome, "effect", words)


@rule(
    "direction-against-figures",
    family="results",
    kind="data",
    severity="note",
    whose="the evidence",
    means="The direction is given as not clear, and the interval that follows from the figures of the arms excludes no difference.",
    settle="Read the source again: which side do the figures favour, and does it count people or parts of people?",
)
def direction_against_figures(context: Context) -> Iterator[Trouble]:
    """No clear direction in words, a clear one in figures."""
    for outcome in context.review.outcomes:
        measure = natural_measure(outcome)
        if (
            measure is None
            or outcome.direction is not Direction.NO_CLEAR_DIRECTION
            or outcome.contrast is not Contrast.BETWEEN_ARMS
            or outcome.domain in NOT_BENEFIT - {Domain.HARM}
        ):
            continue
        effect = computed_effect(outcome, measure)
        if isinstance(effect, Effect) and (effect.low > 0 or effect.high < 0):
            _estimate, low, high = effect.shown
            null = 1 if effect.measure.is_ratio else 0
            yield on_outcome(
                context,
                outcome,
                "direction",
                f"no clear direction, but the figures give {effect.measure.value} {number(low)} to {number(high)}, which excludes {null}",
            )


@rule(
    "pool-counts-study-twice",
    family="results",
    kind="data",
    severity="error",
    whose="our tables",
    means="A pooled analysis holds two outcomes of one study, whose people would count twice.",
    settle="Keep one outcome of each study in a pool.",
)
def pool_counts_study_twice(context: Context) -> Iterator[Trouble]:
    """One study, one outcome in a pool."""
    pooled = [outcome for outcome in context.review.outcomes if outcome.pool]
    counts = Counter((outcome.pool, outcome.study_id) for outcome in pooled)
    seen: set[tuple[str | None, str]] = set()
    for outcome in pooled:
        key = (outcome.pool, outcome.study_id)
        if counts[key] > 1 and key in seen:
            message = f"{outcome.study_id} stands in the pool {outcome.pool} {counts[key]} times"
            yield on_outcome(context, outcome, "pool", message)
        seen.add(key)


@rule(
    "pool-without-measure",
    family="results",
    kind="data",
    severity="warning",
    whose="our tables",
    means="An outcome is named for a pool, and no effect can be worked out for it.",
    settle="Enter the figures that the source prints, or take the outcome out of the pool.",
)
def pool_without_measure(context: Context) -> Iterator[Trouble]:
    """In a pool without figures."""
    for outcome in context.review.outcomes:
        measure = natural_measure(outcome)
        if outcome.pool and (measure is None or not isinstance(usable_effect(outcome, measure), Effect)):
            yield on_outcome(context, outcome, "pool", f"named for the pool {outcome.pool}, and gives no effect")


@rule(
    "appraisal-against-answers",
    family="studies",
    kind="data",
    severity="warning",
    whose="our tables",
    means="A RoB 2 judgement is not the one that its answers lead to.",
    settle="Correct the answer or the judgement; where a person judges otherwise on purpose, the reason of the row says why, and the finding is accepted.",
)
def appraisal_against_answers(context: Context) -> Iterator[Trouble]:
    """Answers to RoB 2 and a judgement beside them."""
    by_study: dict[str, dict[str, Appraisal]] = {}
    for row in context.review.appraisals:
        if row.tool == ROB2:
            by_study.setdefault(row.study_id, {})[row.domain] = row
    for study_id, rows in by_study.items():
        answers = {name: row.judgement for name, row in rows.items() if name[:1].isdigit()}
        for domain in rob2.answered_domains(answers):
            given, ruled = rows.get(domain), rob2.judge_domain(domain, answers)
            if given is not None and given.judgement != ruled.value:
                message = f"{study_id}: {domain} is judged “{given.judgement}”, its answers lead to “{ruled.value}”"
                yield _on_appraisal(context, given, message)


@rule(
    "pedro-total-differs",
    family="studies",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="The PEDro total as published is not the number of items 2 to 11 that are met.",
    settle="Compare with the PEDro record; the total that weigh shows is counted from the items.",
)
def pedro_total_differs(context: Context) -> Iterator[Trouble]:
    """The published total against the items."""
    by_study: dict[str, list[Appraisal]] = {}
    for row in context.review.appraisals:
        if row.tool == PEDRO:
            by_study.setdefault(row.study_id, []).append(row)
    for study_id, rows in by_study.items():
        met, judged = pedro_score(rows)
        for row in rows:
            if row.domain == "total" and judged and row.judgement != str(met):
                message = f"{study_id}: the published PEDro total is {row.judgement}, its items give {met} of {judged}"
                yield _on_appraisal(context, row, message)


def _on_appraisal(context: Context, row: Appraisal, message: str) -> Trouble:
    users = context.conclusions_by_study.get(row.study_id, ())
    return Trouble(subject=row.study_id, place=row.at("judgement"), message=message, conclusions=users)


@rule(
    "certainty-outdated",
    family="conclusions",
    kind="data",
    severity="warning",
    whose="our tables",
    means="A proposal kept in certainty.csv is not what the rules propose now; pages show what they propose now.",
    settle="Run `weigh propose` and look at what moved.",
)
def certainty_outdated(context: Context) -> Iterator[Trouble]:
    """Kept proposals against those of today."""
    for name, dossier in context.dossiers.items():
        kept = {row.domain: row for row in dossier.certainty if row.judged_by == PROPOSED}
        now = {rating.domain: rating for rating in proposals(context.assessments[name])} if kept else {}
        for domain in sorted(now.keys() - kept.keys()):
            first = next(iter(kept.values()))
            message = f"{name}: {domain} has no row; the rules propose “{now[domain].judgement}”"
            yield Trouble(subject=name, place=first.at("domain"), message=message, conclusions=(name,))
        for domain, row in kept.items():
            rating = now.get(domain)
            said = f"the rules now propose “{rating.judgement}”" if rating else "the rules propose nothing now"
            if rating is not None and rating.judgement == row.judgement:
                if rating.reason == row.reason:
                    continue
                said = "the rules now give another reason"
            yield Trouble(
                subject=name,
                place=row.at("judgement"),
                message=f"{name}: {domain} is kept as “{row.judgement}”; {said}",
                conclusions=(name,),
            )


@rule(
    "certainty-differs-from-rules",
    family="conclusions",
    severity="note",
    whose="the committee's judgement",
    means="The committee judged otherwise than the rules propose; its judgement is what counts.",
    settle="Nothing, where the reason says why; else look at the judgement again.",
)
def certainty_differs_from_rules(context: Context) -> Iterator[Trouble]:
    """The committee and the rules."""
    for name, dossier in context.dossiers.items():
        judged = [row for row in dossier.certainty if row.judged_by == COMMITTEE]
        if not judged:
            continue
        proposed = {rating.domain: rating.judgement for rating in proposals(context.without_committee(name))}
        for row in judged:
            found = proposed.get(row.domain)
            if found is not None and found != row.judgement:
                words = {level.value: text for level, text in CERTAINTY.items()} if row.domain == OVERALL else {}
                said, rules = (words.get(j, j.replace("_", " ")) for j in (row.judgement, found))
                yield Trouble(
                    subject=name,
                    place=row.at("judgement"),
                    message=f"{name}: the committee judged {row.domain.replace('_', ' ')} “{said}”, the rules propose “{rules}”",
                    conclusions=(name,),
                )


RULES: tuple[Rule, ...] = (
    pool_counts_study_twice,
    effect_differs_from_figures,
    direction_against_figures,
    pool_without_measure,
    appraisal_against_answers,
    pedro_total_differs,
    certainty_outdated,
    certainty_differs_from_rules,
)
