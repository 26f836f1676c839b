"""The figures of a notebook, each drawn from a summary, with a caption and its numbers in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

from weigh.assessment.pools import Member, Pool, favoured_above
from weigh.display.shown import Shown, fragment
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import BiasDomain, Design, Direction, Fit
from weigh.figures import (
    Drawing,
    ForestRow,
    HarvestBar,
    HarvestRow,
    MapCell,
    TrafficCell,
    TrafficRow,
    effect_direction,
    evidence_map,
    forest,
    harvest,
    traffic_light,
)
from weigh.figures.look import RISK_LOOK
from weigh.statistics.effects import Effect, Measure
from weigh.statistics.outcome_effects import usable_effect
from weigh.statistics.pooling import Pooled
from weigh.summary.conclusion import StudyLine, Summary
from weigh.summary.overview import MappedStudy, Overview, OverviewLine
from weigh.text.numbers import number
from weigh.wording import report_words as words
from weigh.wording import sentences as wording

__all__ = ["show_bias", "show_directions", "show_effects", "show_harvest", "show_map"]

#: Suitability of a design to answer the question, which sets the height of a bar.
_SUITABILITY = {Design.RANDOMISED_TRIAL: 3, Design.SYSTEMATIC_REVIEW: 3, Design.NON_RANDOMISED_COMPARISON: 2}


def _svg(drawing: Drawing | None) -> Markup:
    return Markup(drawing.svg) if drawing else Markup()  # weigh's own figure, whose texts matplotlib has escaped


def show_directions(summary: Summary) -> Shown:
    """The effect direction plot."""
    drawing = effect_direction(summary)
    text = drawing.alternative if drawing else words.NO_OUTCOME_TO_DRAW
    return Shown(fragment("figure", s=summary, drawing=drawing, svg=_svg(drawing)), text)


def show_bias(summary: Summary) -> Shown:
    """The traffic light plot of risk of bias, with the reasons."""
    lines = [line for line in summary.studies if not line.background and line.item.study.fit is not Fit.NOT_TESTED]
    appraised = [line for line in lines if line.bias.overall is not None]
    rows = [TrafficRow(label=line.name, sub=", ".join(line.bias.tools), cells=_cells(line)) for line in appraised]
    heads = [wording.BIAS_DOMAIN[domain] for domain in BiasDomain]
    drawing = traffic_light(rows, [*heads, "overall"], name=f"bias-{summary.conclusion_id}")
    text = [f"{line.name}: {wording.RISK[line.bias.overall]}. {line.bias.reason}" for line in lines]
    return Shown(
        fragment("bias", lines=lines, drawing=drawing, svg=_svg(drawing)),
        "\n".join(text) or words.NO_STUDY,
    )


def _cells(line: StudyLine) -> tuple[TrafficCell, ...]:
    judgements = [line.bias.of(domain) for domain in BiasDomain]
    levels = [judgement.risk.value if judgement else "not_appraised" for judgement in judgements]
    levels.append(line.bias.overall.value if line.bias.overall else "not_appraised")
    return tuple(TrafficCell(letter=RISK_LOOK[level].letter, level=level) for level in levels)


def show_effects(summary: Summary) -> Shown:
    """Forest plots: each pooled analysis, and single comparisons whose effect size is reported or can be calculated."""
    drawn: list[tuple[Drawing | None, Markup, Sequence[str]]] = []
    for pool in summary.pools:
        sentences = pool.synthesis.statement if pool.synthesis else (pool.reason,)
        drawing = _forest_of_pool(pool, summary)
        drawn.append((drawing, _svg(drawing), (f"Pool “{pool.name}”.", *sentences, *_left_out(pool))))
    for measure in (Measure.RR, Measure.SMD):
        if drawing := _forest_of_single(summary, measure):
            drawn.append((drawing, _svg(drawing), ()))
    text = [
        line
        for drawing, _markup, sentences in drawn
        for line in ((drawing.alternative,) if drawing else ()) + tuple(sentences)
    ]
    return Shown(
        fragment("forest", drawings=drawn),
        "\n".join(text) or words.NO_EFFECT_SIZES,
    )


def _left_out(pool: Pool) -> tuple[str, ...]:
    return tuple(
        f"{member.name} is not pooled: {member.effect.reason}."
        for member in pool.members
        if not isinstance(member.effect, Effect)
    )


def _forest_of_pool(pool: Pool, summary: Summary) -> Drawing | None:
    usable = [member for member in pool.members if isinstance(member.effect, Effect)]
    if not usable or pool.measure is None:
        return None
    main = pool.synthesis.main if pool.synthesis else None
    weights = main.weights if main else [None] * len(usable)
    rows = [_row(member, member.name, weight) for member, weight in zip(usable, weights, strict=True)]
    shown = [main, *(_contrast(pool, main))] if main else []
    return forest(
        rows,
        name=f"pool-{summary.conclusion_id}-{pool.name}",
        ratio=pool.measure.is_ratio,
        measure=wording.MEASURE[pool.measure.value],
        favours=_favours(pool.favours, summary.intervention),
        summary_rows=[_pooled_row(pooled, pool.measure) for pooled in shown],
        prediction=_prediction(main, pool.measure),
    )


def _contrast(pool: Pool, main: Pooled) -> list[Pooled]:
    """The results of other methods that lead to a different answer."""
    if pool.synthesis is None or not pool.synthesis.flips:
        return []
    return [other for other in pool.synthesis.others if other.significant is not main.significant]


def _forest_of_single(summary: Summary, measure: Measure) -> Drawing | None:
    """Results of single studies in one measure.

    Standardised mean differences are reversed if necessary so that the right side favours the intervention, and omitted
    if it is unknown which side they favour.
    """
    rows, turned, sides = [], False, set()
    for line in summary.studies:
        for outcome in line.vote.outcomes:
            effect = usable_effect(outcome, measure)
            if not isinstance(effect, Effect):
                continue
            member = Member(item=line.item, outcome=outcome, effect=effect)
            side = favoured_above(outcome, effect)
            if measure is Measure.SMD and side is None:
                continue
            if measure is Measure.SMD and side != "intervention":
                turned = True
                member = Member(item=line.item, outcome=outcome, effect=effect.turned())
            else:
                sides.add(side)
            rows.append(_row(member, line.name, None))
    above = "intervention" if measure is Measure.SMD else sides.pop() if len(sides) == 1 else None
    note = "Results on scales where lower values are better have been reversed." if turned else ""
    return forest(
        rows,
        name=f"effects-{measure.value.lower()}-{summary.conclusion_id}",
        ratio=measure.is_ratio,
        measure=wording.MEASURE[measure.value],
        favours=_favours(above, summary.intervention),
        note=note,
    )


def _row(member: Member, name: str, weight: float | None) -> ForestRow:
    if not isinstance(member.effect, Effect):
        raise TypeError(f"{name} has no effect to draw")
    outcome = member.outcome
    estimate, low, high = member.effect.shown
    text = f"{number(estimate)} ({number(low)} to {number(high)})"
    if (printed := _as_printed(outcome, estimate)) is not None:
        low, high = float(printed[0]), float(printed[1])
        text = f"{outcome.effect} ({printed[0]} to {printed[1]})".replace("-", "\N{MINUS SIGN}")
    counts = ""
    if outcome.intervention_events is not None and outcome.comparator_events is not None:
        counts = f"{outcome.intervention_events} of {outcome.intervention_n} v {outcome.comparator_events} of {outcome.comparator_n}"
    elif outcome.intervention_n is not None and outcome.comparator_n is not None:
        counts = f"{outcome.intervention_n} v {outcome.comparator_n}"
    when = f"{outcome.timepoint}: " if outcome.timepoint else ""
    return ForestRow(
        label=name,
        sub=f"{when}{outcome.measure}",
        estimate=estimate,
        low=low,
        high=high,
        weight=weight,
        counts=counts,
        text=text,
    )


def _as_printed(outcome: Outcome, estimate: float) -> tuple[Decimal, Decimal] | None:
    """The limits as reported, if the row shows the reported effect; calculated limits would differ by rounding."""
    shown = outcome.effect is not None and math.isclose(estimate, float(outcome.effect), rel_tol=1e-9)
    if not shown or outcome.ci_low is None or outcome.ci_high is None:
        return None
    return outcome.ci_low, outcome.ci_high


def _pooled_row(pooled: Pooled, measure: Measure) -> ForestRow:
    estimate, low, high = _shown(pooled, measure)
    return ForestRow(
        label=f"Pooled, {pooled.k} studies",
        sub=pooled.method,
        estimate=estimate,
        low=low,
        high=high,
        text=f"{number(estimate)} ({number(low)} to {number(high)})",
        summary=True,
    )


def _shown(pooled: Pooled, measure: Measure) -> tuple[float, float, float]:
    return measure.shown(pooled.estimate), measure.shown(pooled.low), measure.shown(pooled.high)


def _prediction(pooled: Pooled | None, measure: Measure) -> tuple[float, float] | None:
    if pooled is None or pooled.prediction_low is None or pooled.prediction_high is None:
        return None
    return measure.shown(pooled.prediction_low), measure.shown(pooled.prediction_high)


def _favours(above: str | None, intervention: str) -> tuple[str, str]:
    """The labels under the left and the right end of an axis."""
    if above is None:
        return f"lower with {intervention}", f"higher with {intervention}"
    sides = (f"favours {intervention}", "favours the comparator")
    return sides if above == "comparator" else (sides[1], sides[0])


def show_harvest(conclusions: Overview) -> Shown:
    """The harvest plot of a review: one row per conclusion, one bar per study, in the column of its direction."""
    rows = []
    for line in conclusions.lines:
        bars = tuple(_bar(study, study.direction) for study in line.mapped if study.direction is not None)
        if bars:
            rows.append(HarvestRow(label=line.condition, bars=bars))
    drawing = harvest(rows, name="harvest", intervention=conclusions.guideline.intervention)
    nothing = "No cited study has a result that compares arms."
    return Shown(
        fragment("drawing", label="Harvest plot", drawing=drawing, svg=_svg(drawing), nothing=nothing),
        drawing.alternative if drawing else nothing,
    )


def _bar(study: MappedStudy, direction: Direction) -> HarvestBar:
    return HarvestBar(
        study=study.name,
        column=direction,
        suitability=_SUITABILITY.get(study.design, 1),
        quality=RISK_LOOK[study.risk.value if study.risk else "not_appraised"].letter,
        direct=study.fit is Fit.TESTS_INTERVENTION,
    )


def show_map(conclusions: Overview) -> Shown:
    """The evidence map: conclusions by drug class, with their studies, participants and certainty."""
    by_name = sorted(conclusions.lines, key=lambda line: line.condition.casefold())
    cells = [_cell(line) for line in by_name if not all(study.background for study in line.mapped)]
    rows = [line.condition for line in by_name]
    columns = sorted({line.drug_class for line in by_name}, key=str.casefold)
    drawing = evidence_map(cells, rows, columns, name="map")
    nothing = "There is no conclusion to map."
    return Shown(
        fragment("drawing", label="Evidence map", drawing=drawing, svg=_svg(drawing), nothing=nothing),
        drawing.alternative if drawing else nothing,
    )


def _cell(line: OverviewLine) -> MapCell:
    own = [study for study in line.mapped if not study.background]
    known = [study.participants for study in own if study.direction is not None and study.participants is not None]
    return MapCell(
        row=line.condition,
        column=line.drug_class,
        studies=len(own),
        participants=sum(known) if known else None,
        certainty=line.certainty.value if line.certainty else None,
        verdict=line.verdict,
    )
