"""One outcome in figures and words: page, notebook, terminal, document and workbook print what this module returns.

Figures are as the source prints them, with a true minus sign; files for programs hold the cells of the table instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from weigh.evidence.model import Outcome
from weigh.evidence.p_value import PValue
from weigh.evidence.vocabulary import ComparatorType, Direction
from weigh.statistics.effects import Effect, Measure
from weigh.statistics.outcome_effects import computed_effect
from weigh.text.numbers import interval, number, printed
from weigh.wording.sentences import COMPARATOR

__all__ = ["NOT_REPORTED", "Figures", "figures_of", "p_words", "result_words", "short_direction"]

NOT_REPORTED = "figures not reported"
_LONGEST_UNIT = 12
#: Words that name a scale or a count; such a "unit" cannot follow a number.
_NOT_A_UNIT = frozenset({"count", "of", "ratio", "scale", "score", "subgroup", "various"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one outcome as text; empty where the source reports none.

    `effect` is the effect that the source reports, `calculated` the effect that weigh calculates from the arms; both have
    their 95% interval. `p` is never empty.
    """

    intervention: str
    comparator: str
    effect: str
    calculated: str
    p: str

    @property
    def arms(self) -> str:
        """Both arms, or the one that was reported."""
        if self.intervention and self.comparator:
            return f"{self.intervention} vs {self.comparator}"
        return self.intervention or (f"comparator {self.comparator}" if self.comparator else "")


def figures_of(outcome: Outcome) -> Figures:
    """The figures of an outcome as text."""
    return Figures(
        intervention=_arm(outcome, "intervention"),
        comparator=_arm(outcome, "comparator"),
        effect=_reported(outcome),
        calculated=_calculated(outcome),
        p=p_words(outcome.p_value),
    )


def result_words(outcome: Outcome, comparator: ComparatorType | None = None) -> str:
    """One result as a phrase: the direction, the measure and time point, both arms, the effect and the p value.

    A reported effect takes precedence over a calculated one. If the comparator is another active treatment, it is named,
    because "worse" than that does not mean harm.
    """
    found = figures_of(outcome)
    parts = [part for part in (found.arms, found.effect or found.calculated) if part]
    if parts or outcome.p_value is not None:
        parts.append(found.p)
    what = ", ".join(part for part in (outcome.measure, outcome.timepoint) if part)
    than = _THAN_ACTIVE.get(outcome.direction, "") if comparator is ComparatorType.ACTIVE else ""
    return f"{_DIRECTION[outcome.direction]}{than} ({what}): {', '.join(parts) or NOT_REPORTED}"


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


def short_direction(direction: Direction) -> str:
    """A direction as the first words of a result, such as "better"."""
    return _DIRECTION[direction]


def p_words(p: PValue | None) -> str:
    """A p value for a reader.

    >>> [p_words(PValue.parse(text)) for text in ("0.010", "<.05", "NS", "0.000")]
    ['p = 0.010', 'p < 0.05', 'not significant (p not printed)', 'p < 0.001']
    >>> p_words(None)
    'p not reported'
    """
    if p is None:
        return "p not reported"
    return f"p {p.relation} {p.value}" if p.value is not None else "not significant (p not printed)"


def _arm(outcome: Outcome, arm: str) -> str:
    """The figures of one arm: events of n, a mean with SD and n, or a percentage with n."""
    n, mean, sd, events, percent = (
        getattr(outcome, f"{arm}_{name}") for name in ("n", "mean", "sd", "events", "percent")
    )
    size = f"n = {n}" if n is not None else ""
    parts = []
    if events is not None:
        counted = f"{events} of {n}" if n is not None else f"{events} events"
        parts.append(counted + (f" ({printed(percent)}%)" if percent is not None else ""))
        size = ""
    elif percent is not None and mean is None:
        parts.append(f"{printed(percent)}%" + (f" ({size})" if size else ""))
        size = ""
    if mean is not None:
        share = f"{printed(percent)}%" if percent is not None and events is None else ""
        spread = f"SD {printed(sd)}" if sd is not None else ""
        beside = ", ".join(filter(None, (spread, share, size)))
        parts.append(printed(mean) + _unit(outcome) + (f" ({beside})" if beside else ""))
        size = ""
    return ", ".join([*parts, *([size] if size else [])])


def _unit(outcome: Outcome) -> str:
    """The unit with the space before it; empty if the cell contains a scale or a count instead of a unit.

    A remark in parentheses after the unit is omitted.
    """
    unit = (outcome.unit or "").partition(" (")[0]
    if unit == "%":
        return unit
    is_unit = unit[:1].isalpha() and len(unit) <= _LONGEST_UNIT and not _NOT_A_UNIT & set(unit.casefold().split())
    return f" {unit}" if is_unit else ""


def _reported(outcome: Outcome) -> str:
    """The effect that the source reports, with its interval."""
    limits = _limits(outcome.ci_low, outcome.ci_high)
    if outcome.effect is None:
        return limits
    measure = f"{outcome.effect_measure} " if outcome.effect_measure else ""
    unit = _unit(outcome) if outcome.effect_measure == Measure.MD else ""
    return f"{measure}{printed(outcome.effect)}{unit}" + (f" ({limits})" if limits else "")


def _limits(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"95% CI {printed(low)} to {printed(high)}"
    if low is not None:
        return f"95% CI from {printed(low)}"
    return f"95% CI up to {printed(high)}" if high is not None else ""


def _calculated(outcome: Outcome) -> str:
    """The effect calculated from the arms: for events the difference in 100 and its ratio, for means MD and SMD."""
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
    units = {Measure.MD: _unit(outcome), Measure.SMD: ""}
    found = [(computed_effect(outcome, measure), unit) for measure, unit in units.items()]
    return ", ".join(_shown(effect, unit) for effect, unit in found if isinstance(effect, Effect))


def _shown(effect: Effect, unit: str = "") -> str:
    estimate, low, high = effect.shown
    return f"{effect.measure.value} {number(estimate)}{unit} ({interval(low, high)})"
