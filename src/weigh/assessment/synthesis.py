"""The synthesis of one outcome across studies, and the sentences that describe its method and result.

Method: Cochrane Handbook chapter 10. Results of other methods are shown as a sensitivity analysis; the main method is
fixed in advance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.statistics.effects import Effect, Measure
from weigh.statistics.pooling import Estimator, Interval, Pooled, pool
from weigh.text.numbers import number

__all__ = ["Synthesis", "synthesise"]

_RANDOM = (Estimator.DL, Estimator.REML, Estimator.PM)
_WAYS = (
    (Estimator.COMMON, Interval.WALD),
    *((estimator, Interval.WALD) for estimator in _RANDOM),
    (Estimator.REML, Interval.KNAPP_HARTUNG),
    (Estimator.DL, Interval.KNAPP_HARTUNG),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesis:
    """The studies of one outcome, pooled where there are two or more.

    `main` uses REML with the guarded Knapp-Hartung interval, None for one study. `others` holds the results of all
    methods, including the main one; `flips` is whether they disagree on the interval excluding no difference.
    `statement` describes the synthesis in sentences.
    """

    labels: tuple[str, ...]
    effects: tuple[Effect, ...]
    main: Pooled | None
    others: tuple[Pooled, ...]
    flips: bool
    statement: tuple[str, ...]


def synthesise(labels: Sequence[str], effects: Sequence[Effect]) -> Synthesis:
    """Pool the effects of the labelled studies, or show the only one.

    Args:
        labels: one short name per study.
        effects: their effects, all of one measure.

    Raises:
        ValueError: there is no study, the sequences differ in length, the effects have several measures, or figures
            cannot be pooled.
    """
    if not effects:
        raise ValueError("no study to pool")
    if len(labels) != len(effects):
        raise ValueError(f"{len(labels)} labels for {len(effects)} effects")
    measures = {effect.measure for effect in effects}
    if len(measures) > 1:
        raise ValueError(f"effects of several measures cannot be pooled: {', '.join(sorted(measures))}")
    main: Pooled | None = None
    others: tuple[Pooled, ...] = ()
    if len(effects) > 1:
        estimates, variances = [effect.estimate for effect in effects], [effect.variance for effect in effects]
        main = pool(estimates, variances)
        others = tuple(pool(estimates, variances, estimator=how, interval=interval) for how, interval in _WAYS)
    return Synthesis(
        labels=tuple(labels),
        effects=tuple(effects),
        main=main,
        others=others,
        flips=len({way.significant for way in others}) > 1,
        statement=tuple(_statement(effects[0].measure, main, others)),
    )


def _statement(measure: Measure, main: Pooled | None, others: Sequence[Pooled]) -> list[str]:
    if main is None:
        return ["One study: shown, not pooled."]
    estimate, low, high = (number(measure.shown(value)) for value in (main.estimate, main.low, main.high))
    sentences = [
        f"Pooled {measure} {estimate}, 95% interval {low} to {high}, from {main.k} studies.",
        f"The model has random effects; the variance between studies (tau²) is estimated by {main.estimator}.",
        f"The interval is by the Knapp-Hartung method, with t on {_degrees(main)}; "
        "its standard error is not allowed to fall below the conventional one.",
    ]
    if main.k == 2:
        sentences.insert(0, "Two studies: both are shown; two are too few to estimate how much effects vary.")
    else:
        sentences += _variation(measure, main)
    if len({way.significant for way in others}) > 1:
        does = _listed([way.method for way in others if way.significant])
        does_not = _listed([way.method for way in others if not way.significant])
        sentences.append(
            "Whether the interval excludes no difference depends on the method: "
            f"it does with {does} but not with {does_not}."
        )
    return sentences


def _variation(measure: Measure, main: Pooled) -> list[str]:
    scale = " on the log scale" if measure.is_ratio else ""
    limits = f"{number(main.tau2_low)} to {number(main.tau2_high)}"
    sentences = [f"The variance between studies is {number(main.tau2)}{scale}, 95% interval {limits} (Q-profile)."]
    if main.i2_tau2 is not None:
        sentences.append(
            f"I² is {main.i2_q:.0f}% from Q (Higgins and Thompson) "
            f"and {main.i2_tau2:.0f}% from tau² (Cochrane since 2024)."
        )
    if main.prediction_low is not None and main.prediction_high is not None:
        low, high = (number(measure.shown(value)) for value in (main.prediction_low, main.prediction_high))
        sentences.append(
            f"The effect in a new study is expected to lie between {measure} {low} and {high} "
            f"(95% prediction interval, t on {_degrees(main)})."
        )
    return sentences


def _degrees(main: Pooled) -> str:
    return "1 degree of freedom" if main.df == 1 else f"{main.df} degrees of freedom"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
