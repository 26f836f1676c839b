"""Rules on the weighing: effects that disagree, studies pooled twice, judgements that contradict their answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from weigh.assessment import rob2
from weigh.assessment.appraisal import pedro_score
from weigh.assessment.certainty import COMMITTEE, OVERALL, PROPOSED, proposals
from weigh.assessment.votes import NOT_BENEFIT
from weigh.audit.rule import Context, Defect, Rule, on_outcome, rule
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
    means="The effect reported by the source differs from the effect computed from the arm figures.",
    settle="Compare with the source: if its effect is adjusted, state so in the note; otherwise correct the wrong figure.",
)
def effect_differs_from_figures(context: Context) -> Iterator[Defect]:
    """Report effects that differ from the computed ones by more than rounding."""
    for outcome in context.review.outcomes:
        if words := disagreement(outcome):
            yield on_outcome(context, outcome, "effect", words)


@rule(
    "direction-against-figures",
    family="results",
    kind="data",
    severity="note",
    whose="the evidence",
    means="The direction is recorded as not clear, but the interval computed from the arm figures excludes no difference.",
    settle="Check in the source which side the figures favour, and whether it counts people or body parts.",
)
def direction_against_figures(context: Context) -> Iterator[Defect]:
    """Report outcomes recorded as having no clear direction whose figures show one."""
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
    means="A pooled analysis contains two outcomes of one study, whose participants would count twice.",
    settle="Keep one outcome per study in each pooled analysis.",
)
def pool_counts_study_twice(context: Context) -> Iterator[Defect]:
    """Report studies with more than one outcome in a pooled analysis."""
    pooled = [outcome for outcome in context.review.outcomes if outcome.pool]
    counts = Counter((outcome.pool, outcome.study_id) for outcome in pooled)
    seen: set[tuple[str | None, str]] = set()
    for outcome in pooled:
        key = (outcome.pool, outcome.study_id)
        if counts[key] > 1 and key in seen:
            message = f"{outcome.study_id} is in the pooled analysis {outcome.pool} {counts[key]} times"
            yield on_outcome(context, outcome, "pool", message)
        seen.add(key)


@rule(
    "pool-without-measure",
    family="results",
    kind="data",
    severity="warning",
    whose="our tables",
    means="An outcome is assigned to a pooled analysis, but its effect cannot be computed.",
    settle="Enter the figures printed in the source, or remove the outcome from the analysis.",
)
def pool_without_measure(context: Context) -> Iterator[Defect]:
    """Report outcomes assigned to a pooled analysis without a computable effect."""
    for outcome in context.review.outcomes:
        measure = natural_measure(outcome)
        if outcome.pool and (measure is None or not isinstance(usable_effect(outcome, measure), Effect)):
            yield on_outcome(
                context,
                outcome,
                "pool",
                f"assigned to the pooled analysis {outcome.pool}, but its effect cannot be computed",
            )


@rule(
    "appraisal-against-answers",
    family="studies",
    kind="data",
    severity="warning",
    whose="our tables",
    means="A RoB 2 judgement differs from the one implied by the answers to its signalling questions.",
    settle="Correct the answer or the judgement; for a deliberate departure, give the reason in the row and accept the finding.",
)
def appraisal_against_answers(context: Context) -> Iterator[Defect]:
    """Report RoB 2 judgements that contradict the answers beside them."""
    by_study: dict[str, dict[str, Appraisal]] = {}
    for row in context.review.appraisals:
        if row.tool == ROB2:
            by_study.setdefault(row.study_id, {})[row.domain] = row
    for study_id, rows in by_study.items():
        answers = {name: row.judgement for name, row in rows.items() if name[:1].isdigit()}
        for domain in rob2.answered_domains(answers):
            given, ruled = rows.get(domain), rob2.judge_domain(domain, answers)
            if given is not None and given.judgement != ruled.value:
                message = f"{study_id}: {domain} is judged “{given.judgement}”, but its answers imply “{ruled.value}”"
                yield _on_appraisal(context, given, message)


@rule(
    "pedro-total-differs",
    family="studies",
    kind="data",
    severity="warning",
    whose=_OURS,
    means="The published PEDro total differs from the number of items 2 to 11 that are met.",
    settle="Compare with the PEDro record; weigh shows the total counted from the items.",
)
def pedro_total_differs(context: Context) -> Iterator[Defect]:
    """Report published totals that disagree with the items."""
    by_study: dict[str, list[Appraisal]] = {}
    for row in context.review.appraisals:
        if row.tool == PEDRO:
            by_study.setdefault(row.study_id, []).append(row)
    for study_id, rows in by_study.items():
        met, judged = pedro_score(rows)
        for row in rows:
            if row.domain == "total" and judged and row.judgement != str(met):
                message = (
                    f"{study_id}: the published PEDro total is {row.judgement}, but its items give {met} of {judged}"
                )
                yield _on_appraisal(context, row, message)


def _on_appraisal(context: Context, row: Appraisal, message: str) -> Defect:
    users = context.conclusions_by_study.get(row.study_id, ())
    return Defect(subject=row.study_id, place=row.at("judgement"), message=message, conclusions=users)


@rule(
    "certainty-outdated",
    family="conclusions",
    kind="data",
    severity="warning",
    whose="our tables",
    means="A proposal stored in certainty.csv differs from what the rules now propose; pages show the current proposal.",
    settle="Run `weigh propose` and review the changes.",
)
def certainty_outdated(context: Context) -> Iterator[Defect]:
    """Report stored proposals that differ from the current ones."""
    for name, dossier in context.dossiers.items():
        kept = {row.domain: row for row in dossier.certainty if row.judged_by == PROPOSED}
        now = {rating.domain: rating for rating in proposals(context.assessments[name])} if kept else {}
        for domain in sorted(now.keys() - kept.keys()):
            first = next(iter(kept.values()))
            message = f"{name}: {domain} has no row; the rules propose “{now[domain].judgement}”"
            yield Defect(subject=name, place=first.at("domain"), message=message, conclusions=(name,))
        for domain, row in kept.items():
            rating = now.get(domain)
            current = f"the rules now propose “{rating.judgement}”" if rating else "the rules now propose nothing"
            if rating is not None and rating.judgement == row.judgement:
                if rating.reason == row.reason:
                    continue
                current = "the rules now give a different reason"
            yield Defect(
                subject=name,
                place=row.at("judgement"),
                message=f"{name}: {domain} is stored as “{row.judgement}”; {current}",
                conclusions=(name,),
            )


@rule(
    "certainty-differs-from-rules",
    family="conclusions",
    severity="note",
    whose="the committee's judgement",
    means="The committee's judgement differs from the rules' proposal; the committee's judgement counts.",
    settle="Nothing, if the reason explains it; otherwise review the judgement.",
)
def certainty_differs_from_rules(context: Context) -> Iterator[Defect]:
    """Report committee judgements that differ from the proposals."""
    for name, dossier in context.dossiers.items():
        judged = [row for row in dossier.certainty if row.judged_by == COMMITTEE]
        if not judged:
            continue
        proposed = {rating.domain: rating.judgement for rating in proposals(context.without_committee(name))}
        for row in judged:
            found = proposed.get(row.domain)
            if found is not None and found != row.judgement:
                words = {level.value: text for level, text in CERTAINTY.items()} if row.domain == OVERALL else {}
                given, proposal = (words.get(j, j.replace("_", " ")) for j in (row.judgement, found))
                yield Defect(
                    subject=name,
                    place=row.at("judgement"),
                    message=f"{name}: the committee judged {row.domain.replace('_', ' ')} “{given}”; the rules propose “{proposal}”",
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
