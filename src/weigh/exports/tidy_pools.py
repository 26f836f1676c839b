"""The tables of what was pooled: the pools, their members, and each method that was tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weigh.exports.columns import Column, Kind, Table, Told
from weigh.exports.tidy_columns import EFFECT, ID, OF_CONCLUSION, Row, item

__all__ = ["pool_members", "pooled", "pools"]

_POOLED = (
    ("estimator", Kind.STRING, "Estimator of the variance between studies, or a common effect."),
    ("interval", Kind.STRING, "How the interval is had."),
    ("guard", Kind.BOOLEAN, "Whether the Knapp-Hartung factor is kept at 1 or more."),
    ("scale", Kind.STRING, "log: estimates and limits are natural logarithms of ratios."),
    ("k", Kind.INTEGER, "Studies pooled."),
    ("estimate", Kind.NUMBER, "Pooled effect."),
    ("se", Kind.NUMBER, "Its standard error."),
    ("low", Kind.NUMBER, "Lower limit of its 95% interval."),
    ("high", Kind.NUMBER, "Upper limit of its 95% interval."),
    ("statistic", Kind.NUMBER, "Test statistic."),
    ("df", Kind.INTEGER, "Degrees of freedom of t; empty where the normal distribution is used."),
    ("p_value", Kind.NUMBER, "Its p."),
    ("tau2", Kind.NUMBER, "Variance between studies."),
    ("tau2_low", Kind.NUMBER, "Lower 95% limit of it (Q-profile)."),
    ("tau2_high", Kind.NUMBER, "Upper 95% limit of it (Q-profile)."),
    ("q", Kind.NUMBER, "Cochran's Q."),
    ("q_df", Kind.INTEGER, "Its degrees of freedom."),
    ("q_p", Kind.NUMBER, "Its p."),
    ("i2_q", Kind.NUMBER, "I² from Q, in percent."),
    ("i2_tau2", Kind.NUMBER, "I² from the variance between studies, in percent."),
    ("h2", Kind.NUMBER, "H²."),
    ("prediction_low", Kind.NUMBER, "Lower limit of the 95% prediction interval; empty where there is none."),
    ("prediction_high", Kind.NUMBER, "Upper limit of the 95% prediction interval."),
)


def _each_pool(every: Sequence[Told]) -> Iterator[tuple[Row, Row]]:
    """Each pool with what tells it apart from the others."""
    for one in every:
        for pool in one.result["pooled"] or ():
            yield {"conclusion_id": one.conclusion_id, "pool": pool["pool"]}, pool


_POOL: tuple[Column[Row], ...] = (
    ID,
    item("pool", Kind.STRING, "Name of the analysis, from the column pool of outcomes."),
)


def pools(every: Sequence[Told]) -> Table[Row]:
    """The pools of each conclusion."""
    return Table(
        name="pools",
        meaning="Outcomes that the table names as alike enough to be pooled.",
        key=("conclusion_id", "pool"),
        foreign=OF_CONCLUSION,
        rows=[{**name, **pool, "statement": " ".join(pool["statement"])} for name, pool in _each_pool(every)],
        columns=(
            *_POOL,
            item("measure", Kind.STRING, "Measure in common; empty where there is none."),
            item("above_favours", Kind.STRING, "Side that values above no difference favour; empty where not known."),
            item(
                "depends_on_method",
                Kind.BOOLEAN,
                "Whether it depends on the method that the interval excludes no difference.",
            ),
            item("statement", Kind.STRING, "The result in sentences, or why there is none."),
        ),
    )


def pool_members(every: Sequence[Told]) -> Table[Row]:
    """The outcomes of each pool with their effects."""
    nothing = dict.fromkeys(("not_estimable", *(name for name, _kind, _meaning in EFFECT)))
    return Table(
        name="pool_members",
        meaning="The outcomes of each pool with the effects that were put together.",
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
            item("not_estimable", Kind.STRING, "Why it has no effect."),
        ),
    )


def pooled(every: Sequence[Told]) -> Table[Row]:
    """Each pool by each method."""
    return Table(
        name="pooled",
        meaning="Each pool by every method that was tried.",
        key=("conclusion_id", "pool", "estimator", "interval"),
        foreign=OF_CONCLUSION,
        rows=[
            {**name, "main": way == pool["main"], **way} for name, pool in _each_pool(every) for way in pool["others"]
        ],
        columns=(
            *_POOL,
            item("main", Kind.BOOLEAN, "Whether it is the method that is reported first."),
            *(item(*column) for column in _POOLED),
        ),
    )
