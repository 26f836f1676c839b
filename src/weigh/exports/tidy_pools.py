"""The tables of pooled analyses: the pools, their members, and the result of each method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weigh.exports.columns import Column, ConclusionEntry, Kind, Table
from weigh.exports.tidy_columns import EFFECT, ID, OF_CONCLUSION, Row, item

__all__ = ["pool_members", "pooled", "pools"]

_POOLED = (
    ("estimator", Kind.STRING, "Estimator of the between-study variance, or common effect."),
    ("interval", Kind.STRING, "Method for the interval."),
    ("guard", Kind.BOOLEAN, "Whether the Knapp-Hartung factor is held at 1 or above."),
    ("scale", Kind.STRING, "log: estimates and limits are natural logarithms of ratios."),
    ("k", Kind.INTEGER, "Number of studies pooled."),
    ("estimate", Kind.NUMBER, "Pooled effect."),
    ("se", Kind.NUMBER, "Its standard error."),
    ("low", Kind.NUMBER, "Lower limit of its 95% interval."),
    ("high", Kind.NUMBER, "Upper limit of its 95% interval."),
    ("statistic", Kind.NUMBER, "Test statistic."),
    ("df", Kind.INTEGER, "Degrees of freedom of t; empty if the normal distribution is used."),
    ("p_value", Kind.NUMBER, "Its p value."),
    ("tau2", Kind.NUMBER, "Between-study variance."),
    ("tau2_low", Kind.NUMBER, "Its lower 95% limit (Q-profile)."),
    ("tau2_high", Kind.NUMBER, "Its upper 95% limit (Q-profile)."),
    ("q", Kind.NUMBER, "Cochran's Q."),
    ("q_df", Kind.INTEGER, "Its degrees of freedom."),
    ("q_p", Kind.NUMBER, "Its p value."),
    ("i2_q", Kind.NUMBER, "I² from Q, in percent."),
    ("i2_tau2", Kind.NUMBER, "I² from the between-study variance, in percent."),
    ("h2", Kind.NUMBER, "H²."),
    ("prediction_low", Kind.NUMBER, "Lower limit of the 95% prediction interval; empty if there is none."),
    ("prediction_high", Kind.NUMBER, "Upper limit of the 95% prediction interval."),
)


def _each_pool(every: Sequence[ConclusionEntry]) -> Iterator[tuple[Row, Row]]:
    """Each pool, preceded by its key."""
    for one in every:
        for pool in one.result["pooled"] or ():
            yield {"conclusion_id": one.conclusion_id, "pool": pool["pool"]}, pool


_POOL: tuple[Column[Row], ...] = (
    ID,
    item("pool", Kind.STRING, "Name of the analysis, from the column pool of outcomes."),
)


def pools(every: Sequence[ConclusionEntry]) -> Table[Row]:
    """The pools of each conclusion."""
    return Table(
        name="pools",
        meaning="Outcomes that an analyst judged similar enough to pool.",
        key=("conclusion_id", "pool"),
        foreign=OF_CONCLUSION,
        rows=[{**name, **pool, "statement": " ".join(pool["statement"])} for name, pool in _each_pool(every)],
        columns=(
            *_POOL,
            item("measure", Kind.STRING, "Common measure; empty if there is none."),
            item("above_favours", Kind.STRING, "Side that values above the null favour; empty if not known."),
            item(
                "depends_on_method",
                Kind.BOOLEAN,
                "Whether the choice of method determines if the interval excludes no difference.",
            ),
            item("statement", Kind.STRING, "The result in words, or why there is none."),
        ),
    )


def pool_members(every: Sequence[ConclusionEntry]) -> Table[Row]:
    """The outcomes of each pool with their effects."""
    nothing = dict.fromkeys(("not_estimable", *(name for name, _kind, _meaning in EFFECT)))
    return Table(
        name="pool_members",
        meaning="The outcomes of each pool with the effects that were pooled.",
        key=("conclusion_id", "pool", "outcome_id"),
        foreign=OF_CONCLUSION,
        rows=[
            {**name, "outcome_id": outcome_id, **nothing, **effect}
            for name, pool in _each_pool(every)
            for outcome_id, effect in pool["outcomes"].items()
        ],
        columns=(
            *_POOL,
            item("outcome_id", Kind.STRING, "The outcome."),
            *(item(*column) for column in EFFECT),
            item("not_estimable", Kind.STRING, "Why its effect cannot be estimated."),
        ),
    )


def pooled(every: Sequence[ConclusionEntry]) -> Table[Row]:
    """Each pool by each method."""
    return Table(
        name="pooled",
        meaning="Each pool by every method applied.",
        key=("conclusion_id", "pool", "estimator", "interval"),
        foreign=OF_CONCLUSION,
        rows=[
            {**name, "main": way == pool["main"], **way} for name, pool in _each_pool(every) for way in pool["others"]
        ],
        columns=(
            *_POOL,
            item("main", Kind.BOOLEAN, "Whether this is the main method."),
            *(item(*column) for column in _POOLED),
        ),
    )
