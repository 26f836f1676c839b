"""The summary of findings: at most seven outcomes, each with its participants, results, certainty and meaning.

After the format that readers understood best in a randomised comparison (Carrasco-Labra et al., J Clin Epidemiol
2016;74:7): participants and studies with the outcome, figures with what they count, and reasons with the certainty.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from weigh.assessment.bodies import Contribution
from weigh.assessment.certainty import COMMITTEE, Assessment
from weigh.assessment.grade import RatedBody
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Certainty, ComparatorType, Direction, Domain
from weigh.statistics.effects import Effect, Measure
from weigh.statistics.outcome_effects import computed_effect
from weigh.text.numbers import interval, number
from weigh.wording.effect_words import CERTAINTY, effect_sentence
from weigh.wording.sentences import COMPARATOR, domain_words, plural, study_name

__all__ = ["MOST_OUTCOMES", "FindingsRow", "computed_words", "findings_table", "result_words"]

#: Readers do not take in larger tables (GRADE guidelines 12).
MOST_OUTCOMES = 7
#: The number of results per study in a row; those with figures come first.
_MOST_RESULTS = 2
_LONGEST_UNIT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsRow:
    """One outcome of the table; `results` contains one pair per study: its name and its results."""

    domain: Domain
    label: str
    critical: bool
    people: str
    results: tuple[tuple[str, str], ...]
    certainty: Certainty
    confirmed: bool
    reasons: tuple[str, ...]
    what_happens: str

    @property
    def certainty_words(self) -> str:
        """The level of certainty as prose."""
        return CERTAINTY[self.certainty]


def findings_table(assessment: Assessment, intervention: str) -> tuple[FindingsRow, ...]:
    """The rows of the table, critical outcomes first, at most seven."""
    return tuple(_row(rated, intervention) for rated in assessment.bodies[:MOST_OUTCOMES])


def _row(rated: RatedBody, intervention: str) -> FindingsRow:
    body = rated.body
    studies = plural(len(body.contributions), "study", "studies")
    people = f"{body.participants} {body.units}" if body.participants is not None else "number not seen"
    unknown = (
        f"; size unknown for {plural(body.unknown_sizes, 'study', 'studies')}"
        if body.participants is not None and body.unknown_sizes
        else ""
    )
    return FindingsRow(
        domain=body.domain,
        label=domain_words(body.domain),
        critical=body.critical,
        people=f"{people}; {studies}{unknown}",
        results=tuple((study_name(part.item), _study_words(part)) for part in body.contributions),
        certainty=rated.level,
        confirmed=any(rating.judged_by == COMMITTEE for rating in rated.ratings),
        reasons=tuple(f"{_DOMAIN[rating.domain]}: {rating.reason}" for rating in rated.main_reasons),
        what_happens=effect_sentence(
            intervention, body.domain, body.direction if not _split(rated) else None, rated.level
        ),
    )


_DOMAIN = {
    "start": "starting level",
    "risk_of_bias": "risk of bias",
    "inconsistency": "inconsistency",
    "indirectness": "indirectness",
    "imprecision": "imprecision",
    "publication_bias": "publication bias",
    "large_effect": "large effect",
    "dose_response": "dose-response",
    "plausible_confounding": "confounding would reduce the effect",
}


def _split(rated: RatedBody) -> bool:
    """Whether the evidence is a single study whose own results disagree, so that it has no direction."""
    return any(part.split for part in rated.body.contributions) and len(rated.body.contributions) == 1


def _study_words(part: Contribution) -> str:
    """The results of one study on an outcome: those with figures in full, the others counted by direction."""
    ordered = sorted(part.outcomes, key=lambda outcome: not _has_figures(outcome))
    full = [outcome for outcome in ordered[:_MOST_RESULTS] if _has_figures(outcome)] or ordered[:1]
    rest = [outcome for outcome in ordered if outcome not in full]
    counts = Counter(_DIRECTION[outcome.direction] for outcome in rest)
    more = [f"{words} on {plural(count, 'further result')}" for words, count in counts.items()]
    return "; ".join([*(result_words(outcome, part.item.study.comparator_type) for outcome in full), *more])


def _has_figures(outcome: Outcome) -> bool:
    return any(
        value is not None
        for value in (
            outcome.effect,
            outcome.intervention_mean,
            outcome.intervention_events,
            outcome.intervention_percent,
        )
    )


def result_words(outcome: Outcome, comparator: ComparatorType | None = None) -> str:
    """One result: the direction, the measure and time point, the figures of both arms, the effect and the p value.

    An active comparator is named, because "worse" then does not mean that the intervention harms.
    """
    parts = [part for part in (_arms_words(outcome), _effect_words(outcome), _p_words(outcome)) if part]
    what = ", ".join(part for part in (outcome.measure, outcome.timepoint) if part)
    than = _THAN_ACTIVE.get(outcome.direction, "") if comparator is ComparatorType.ACTIVE else ""
    return f"{_DIRECTION[outcome.direction]}{than} ({what}): {', '.join(parts) or 'no figures seen'}"


_DIRECTION = {
    Direction.FAVOURS_INTERVENTION: "better",
    Direction.FAVOURS_COMPARATOR: "worse",
    Direction.NO_CLEAR_DIRECTION: "no clear difference",
    Direction.NOT_COMPARATIVE: "not compared",
}
_THAN_ACTIVE = {
    Direction.FAVOURS_INTERVENTION: f" than {COMPARATOR[ComparatorType.ACTIVE]}",
    Direction.FAVOURS_COMPARATOR: f" than {COMPARATOR[ComparatorType.ACTIVE]}",
    Direction.NO_CLEAR_DIRECTION: f" from {COMPARATOR[ComparatorType.ACTIVE]}",
}


def _arms_words(outcome: Outcome) -> str:
    one, other = _arm(outcome, "intervention"), _arm(outcome, "comparator")
    return f"{one} against {other}" if one and other else ""


def _arm(outcome: Outcome, arm: str) -> str:
    n, mean, events, percent = (getattr(outcome, f"{arm}_{name}") for name in ("n", "mean", "events", "percent"))
    if events is not None:
        return f"{events} of {n}" if n is not None else f"{events}"
    if mean is not None:
        return _printed(mean) + (_unit(outcome) if arm == "comparator" else "")
    return f"{percent}%" if percent is not None else ""


def _printed(value: object) -> str:
    """A figure as printed in the source, with a typographic minus sign."""
    return str(value).replace("-", "\N{MINUS SIGN}")


def _unit(outcome: Outcome) -> str:
    """The unit, unless the cell contains a remark on it."""
    return f" {outcome.unit}" if outcome.unit and len(outcome.unit) <= _LONGEST_UNIT else ""


def _effect_words(outcome: Outcome) -> str:
    if outcome.effect is not None:
        limits = ""
        if outcome.ci_low is not None:
            limits = f" (95% CI {_printed(outcome.ci_low)} to {_printed(outcome.ci_high)})"
        unit = _unit(outcome) if outcome.effect_measure == Measure.MD else ""
        return f"{outcome.effect_measure} {_printed(outcome.effect)}{unit}{limits}"
    return computed_words(outcome)


def computed_words(outcome: Outcome) -> str:
    """The effect calculated from the arm figures; empty if they do not suffice.

    Events give the difference per 100 people and the ratio; means give the difference and its standardised form.
    """
    if outcome.intervention_events is not None:
        difference, ratio = computed_effect(outcome, Measure.RD), computed_effect(outcome, Measure.RR)
        words = []
        if isinstance(difference, Effect):
            estimate, low, high = (100 * value for value in difference.shown)
            side = "more" if estimate > 0 else "fewer"
            shown = f"{number(abs(estimate))} {side}" if estimate else "as many"
            words.append(f"{shown} in 100 ({interval(low, high)})")
        if isinstance(ratio, Effect):
            words.append(_shown(ratio))
        return ", ".join(words)
    found = [computed_effect(outcome, measure) for measure in (Measure.MD, Measure.SMD)]
    return ", ".join(_shown(effect) for effect in found if isinstance(effect, Effect))


def _shown(effect: Effect) -> str:
    estimate, low, high = effect.shown
    return f"{effect.measure.value} {number(estimate)} ({interval(low, high)})"


def _p_words(outcome: Outcome) -> str:
    if outcome.p_value is None:
        return ""
    if outcome.p_value == "NS":
        return "p not significant"
    return f"p {outcome.p_value[0]} {outcome.p_value[1:]}" if outcome.p_value[0] in "<>" else f"p = {outcome.p_value}"
