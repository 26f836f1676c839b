"""Published numbers, as printed, with the computation of each.

Sources: the data sets of the R package metadat and the numbers in the README, the reference pages and the tests of the
R package metafor 5.1 (Viechtbauer), most of which reproduce a paper or a book; R7 from Boon and Thomson 2021. A few are
our own computations, listed in validation/README.md. The sets:

- R1 the trials of BCG vaccine (Colditz et al. 1994; Berkey et al. 1995)
- R2 hospital stay after stroke (Normand 1999)
- R3 example 1 of Viechtbauer 2005
- R4 teacher expectations (Raudenbush and Bryk 1985; Raudenbush 2009)
- R5 aspirin in pregnancy (CLASP; DerSimonian and Kacker 2007)
- R6 lidocaine (Hine et al. 1989; Normand 1999)
- R7 votes by direction
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from weigh.assessment.votes import sign_test, wilson_interval
from weigh.statistics.effects import (
    Effect,
    NotEstimable,
    hedges_g,
    log_odds_ratio,
    log_risk_ratio,
    mean_difference,
    risk_difference,
)
from weigh.statistics.heterogeneity import typical_variance, weigh_at
from weigh.statistics.pooling import (
    Estimator,
    Interval,
    Pooled,
    cumulative,
    i2_interval,
    leave_one_out,
    pool,
    tau2_interval,
)
from weigh.statistics.rare_events import PooledCounts, Table, mantel_haenszel_risk_ratio, peto_odds_ratio
from weigh.statistics.small_studies import egger

COMMON, DL, REML, PM, ML, HE = Estimator
WALD, KNAPP_HARTUNG = Interval
Value = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Case:
    """A printed number and its computation here.

    Where the last digit differs, `differs` gives the reason and `ours` the value obtained; `early` is the value at the
    point where metafor stops, which must equal the printed digits.
    """

    set: str
    quantity: str
    printed: str
    value: Value
    differs: str = ""
    ours: str = ""
    early: Value | None = None

    @property
    def name(self) -> str:
        return f"{self.set} {self.quantity}"


# Printed numbers without a computation: another definition, or an estimator that is not implemented.
NOT_OFFERED = {
    ("R1", "standard error of tau², REML", "0.1664"): "no standard error of tau² is shown; its Q-profile interval is",
    ("R1", "Egger, mixed model: t", "-0.7812"): "the regression with multiplicative dispersion is offered",
    ("R1", "Egger, mixed model: p", "0.4512"): "the regression with multiplicative dispersion is offered",
    ("R1", "Egger, mixed model: limit", "-0.5104"): "the regression with multiplicative dispersion is offered",
    ("R1", "Egger, mixed model: limit, low", "-1.2123"): "the regression with multiplicative dispersion is offered",
    ("R1", "Egger, mixed model: limit, high", "0.1915"): "the regression with multiplicative dispersion is offered",
    ("R3", "tau², HS", "0.2282"): "Hunter and Schmidt's estimator is not offered",
    ("R3", "tau², SJ", "0.1992"): "Sidik and Jonkman's estimator is not offered",
}

#: Why metafor's last digit may differ.
STOPS_EARLY = "metafor stops iterating when tau² changes by less than 0.00001, short of the optimum"
COARSE_ROOT = "metafor looks for the limits of tau² with a tolerance of 0.00012"
FROM_ROUNDED = "computed by hand from two figures of four digits"

# ---- the data

# Positive and negative, vaccinated and not; then the year.
BCG = (
    (4, 119, 11, 128, 1948),
    (6, 300, 29, 274, 1949),
    (3, 228, 11, 209, 1960),
    (62, 13536, 248, 12619, 1977),
    (33, 5036, 47, 5761, 1973),
    (180, 1361, 372, 1079, 1953),
    (8, 2537, 10, 619, 1973),
    (505, 87886, 499, 87892, 1980),
    (29, 7470, 45, 7232, 1968),
    (17, 1699, 65, 1600, 1961),
    (186, 50448, 141, 27197, 1974),
    (5, 2493, 3, 2338, 1969),
    (27, 16886, 29, 17825, 1976),
)
BCG_TABLES: list[Table] = [(a, a + b, c, c + d) for a, b, c, d, _ in BCG]
BCG_BY_YEAR = [
    table for _, table in sorted(zip([row[4] for row in BCG], BCG_TABLES, strict=True), key=lambda row: row[0])
]

NORMAND = (  # n, mean, SD of either arm
    (155, 55, 47, 156, 75, 64),
    (31, 27, 7, 32, 29, 4),
    (75, 64, 17, 71, 119, 29),
    (18, 66, 20, 18, 137, 48),
    (8, 14, 8, 13, 18, 11),
    (57, 19, 7, 52, 18, 4),
    (34, 52, 45, 33, 41, 34),
    (110, 21, 16, 183, 31, 27),
    (60, 30, 27, 52, 23, 20),
)
VIECHTBAUER = (
    (-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232),
    (0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040),
)
RAUDENBUSH = (  # the variances to four decimals, as in metadat
    (0.03, 0.12, -0.14, 1.18, 0.26, -0.06, -0.02, -0.32, 0.27, 0.80, 0.54, 0.18, -0.02, 0.23, -0.18, -0.06, 0.30, 0.07, -0.07),
    (0.0156, 0.0216, 0.0279, 0.1391, 0.1362, 0.0106, 0.0106, 0.0484, 0.0269, 0.0630, 0.0912, 0.0497, 0.0835, 0.0841, 0.0253, 0.0279, 0.0193, 0.0088, 0.0303),
)  # fmt: skip
CLASP: tuple[Table, ...] = (
    (5, 156, 8, 74),
    (5, 303, 17, 303),
    (12, 565, 9, 477),
    (69, 1570, 94, 1565),
    (9, 103, 11, 105),
    (313, 4659, 352, 4650),
)
HINE: tuple[Table, ...] = (
    (2, 39, 1, 43),
    (4, 44, 4, 44),
    (6, 107, 4, 110),
    (7, 103, 5, 100),
    (7, 110, 3, 106),
    (11, 154, 4, 146),
)

Studies = tuple[tuple[float, ...], tuple[float, ...]]


def had(result: Effect | NotEstimable | PooledCounts) -> Effect:
    assert isinstance(result, Effect), result
    return result


def counted(result: PooledCounts | NotEstimable) -> PooledCounts:
    assert isinstance(result, PooledCounts), result
    return result


def studies(effects: Sequence[Effect], scale: float = 1.0) -> Studies:
    return tuple(effect.estimate * scale for effect in effects), tuple(effect.variance * scale**2 for effect in effects)


BCG_RR = [had(log_risk_ratio(*table)) for table in BCG_TABLES]
BCG_OR = [had(log_odds_ratio(*table)) for table in BCG_TABLES]
BCG_RD = [had(risk_difference(*table)) for table in BCG_TABLES]
BCG_YEARS = [had(log_risk_ratio(*table)) for table in BCG_BY_YEAR]
NORMAND_MD = [had(mean_difference(m1, s1, n1, m2, s2, n2, pooled_sd=True)) for n1, m1, s1, n2, m2, s2 in NORMAND]
NORMAND_G = [had(hedges_g(m1, s1, n1, m2, s2, n2)) for n1, m1, s1, n2, m2, s2 in NORMAND]
CLASP_OR = [had(log_odds_ratio(*table)) for table in CLASP]
HINE_RD = [had(risk_difference(*table)) for table in HINE]


# ---- metafor's stopping point


def stopped(data: Studies, estimator: Estimator) -> float:
    """tau² by Fisher scoring from Hedges and Olkin's estimate (Viechtbauer 2005), stopped where metafor stops."""
    now = pool(*data, estimator=HE, interval=WALD).tau2
    for _ in range(100):
        at = weigh_at(*data, now)
        squares, cubes = sum(w**2 for w in at.weights), sum(w**3 for w in at.weights)
        gain = sum((w * residual) ** 2 for w, residual in zip(at.weights, at.residuals, strict=True))
        if estimator is ML:
            step = (gain - at.total) / squares
        else:
            step = (gain - at.total + squares / at.total) / (squares - 2 * cubes / at.total + (squares / at.total) ** 2)
        now = max(0.0, now + step)
        if abs(step) < 1e-5:
            return now
    raise ArithmeticError("no convergence in 100 steps")


def at_stop(data: Studies, estimator: Estimator, interval: Interval, quantity: str) -> float:
    """A figure of the pooled result at the tau² where metafor stops."""
    tau2, typical = stopped(data, estimator), typical_variance(data[1])
    at = weigh_at(*data, tau2)
    factor = at.squares / (len(data[0]) - 1) if interval is KNAPP_HARTUNG else 1.0
    se = math.sqrt(factor / at.total)
    return {
        "estimate": at.mean,
        "statistic": at.mean / se,
        "i2_tau2": 100 * tau2 / (tau2 + typical),
        "h2": 1 + tau2 / typical,
        "prediction_high": at.mean + 1.959963984540054 * math.sqrt(tau2 + se * se),
    }[quantity]


# ---- the cases


def each(where: str, quantity: str, printed: str, values: Callable[[], Sequence[float]]) -> Iterator[Case]:
    """One case per study; the values are computed once, on first use."""
    digits = printed.split()

    @cache
    def once() -> Sequence[float]:
        found = values()
        assert len(digits) == len(found), f"{where} {quantity}: {len(found)} values"
        return found

    for place, figure in enumerate(digits):
        yield Case(where, f"{quantity}, {place + 1}", figure, lambda place=place: once()[place])


def pooled(
    where: str,
    name: str,
    data: Studies,
    estimator: Estimator,
    interval: Interval = WALD,
    *,
    ratio: bool = False,
    differs: dict[str, str] | None = None,
    **printed: str,
) -> Iterator[Case]:
    """One case per named figure of a pooled result; Knapp-Hartung without the guard, as in metafor."""

    @cache
    def once() -> Pooled:
        return pool(*data, estimator=estimator, interval=interval, guard=False)

    def figure(quantity: str) -> float:
        if quantity == "tau":
            return math.sqrt(once().tau2)
        value = float(getattr(once(), quantity))
        return math.exp(value) if ratio and quantity not in {"tau2", "q"} else value

    for quantity, digits in printed.items():
        case = Case(where, f"{name}, {quantity}", digits, lambda quantity=quantity: figure(quantity))
        if differs and quantity in differs:
            early = partial(at_stop, data, estimator, interval, quantity)
            case = replace(case, differs=STOPS_EARLY, ours=differs[quantity], early=early)
        yield case


def r1() -> Iterator[Case]:
    rr, odds = studies(BCG_RR), studies(BCG_OR)
    yield from each(
        "R1",
        "log RR",
        "-0.8893 -1.5854 -1.3481 -1.4416 -0.2175 -0.7861 -1.6209 0.0120 -0.4694 -1.3713 -0.3394 0.4459 -0.0173",
        lambda: rr[0],
    )
    yield from each(
        "R1",
        "variance of log RR",
        "0.3256 0.1946 0.4154 0.0200 0.0512 0.0069 0.2230 0.0040 0.0564 0.0730 0.0124 0.5325 0.0714",
        lambda: rr[1],
    )
    yield from pooled(
        "R1", "log RR, common", rr, COMMON, estimate="-0.4303", low="-0.5097", high="-0.3509", statistic="-10.6247", q="152.2330", q_df="12"
    )  # fmt: skip
    yield from pooled("R1", "RR, common", rr, COMMON, ratio=True, estimate="0.6503", low="0.6007", high="0.7040")
    yield from pooled(
        "R1", "log RR, DL", rr, DL, estimate="-0.7141", low="-1.0644", high="-0.3638", statistic="-3.9952", tau2="0.3088", tau="0.5557", i2_q="92.1173", i2_tau2="92.1173", h2="12.6861", tau2_low="0.1197", tau2_high="1.1115"
    )  # fmt: skip
    yield from pooled("R1", "RR, DL", rr, DL, ratio=True, estimate="0.4896", low="0.3449", high="0.6950")
    for place, (tau2, i2) in enumerate((("0.1197", "81.9177"), ("1.1115", "97.6781"))):
        side = ("low", "high")[place]
        yield Case("R1", f"Q-profile tau², {side}", tau2, lambda place=place: tau2_interval(*rr)[place])
        case = Case("R1", f"Q-profile I², {side}", i2, lambda place=place: i2_interval(*rr)[place])
        yield replace(case, differs=COARSE_ROOT, ours="81.9206") if side == "low" else case
    yield from pooled(
        "R1", "log RR, REML", rr, REML, estimate="-0.7145", se="0.1798", statistic="-3.9744", low="-1.0669", high="-0.3622", tau2="0.3132", tau="0.5597", i2_tau2="92.22", h2="12.86"
    )  # fmt: skip
    yield from pooled(
        "R1", "log RR, REML with Knapp-Hartung", rr, REML, KNAPP_HARTUNG, estimate="-0.7145", se="0.1808", df="12", statistic="-3.9522", p_value="0.0019", low="-1.1084", high="-0.3206"
    )  # fmt: skip
    yield from pooled(
        "R1", "RR, REML with Knapp-Hartung", rr, REML, KNAPP_HARTUNG, ratio=True, estimate="0.49", low="0.33", high="0.73", prediction_low="0.14", prediction_high="1.76"
    )  # fmt: skip
    yield from pooled(
        "R1", "log OR, common", odds, COMMON, estimate="-0.4361", low="-0.5190", high="-0.3533", statistic="-10.3190", q="163.1649"
    )  # fmt: skip
    yield from pooled("R1", "OR, common", odds, COMMON, ratio=True, estimate="0.6465", low="0.5951", high="0.7024")
    yield from pooled(
        "R1", "log OR, DL", odds, DL, estimate="-0.7474", low="-1.1242", high="-0.3706", statistic="-3.8873", se="0.1923", tau2="0.3663", i2_q="92.6455", i2_tau2="92.6455"
    )  # fmt: skip
    yield from pooled("R1", "OR, DL", odds, DL, ratio=True, estimate="0.4736", low="0.3249", high="0.6903")
    yield from pooled("R1", "log OR, DL with Knapp-Hartung, no guard", odds, DL, KNAPP_HARTUNG, se="0.1872")
    for side, digits, ours in (("low", "-1.1664", "-1.1663"), ("high", "-0.3284", "-0.3285")):
        name = f"log OR, DL with Knapp-Hartung, guard, {side}"
        yield Case("R1", name, digits, lambda side=side: getattr(pool(*odds, estimator=DL), side), FROM_ROUNDED, ours)
    yield from pooled(
        "R1", "OR, ML", odds, ML, ratio=True, estimate="0.4762", low="0.3360", high="0.6749", tau2="0.3025"
    )
    yield Case("R1", "Q-profile tau² of log OR, low", "0.1302", lambda: tau2_interval(*odds)[0], COARSE_ROOT, "0.1301")
    yield Case("R1", "Q-profile tau² of log OR, high", "1.1812", lambda: tau2_interval(*odds)[1])
    yield from pooled("R1", "log OR, ML", odds, ML, prediction_low="-1.875", prediction_high="0.391")
    yield from pooled(
        "R1", "OR, ML with Knapp-Hartung", odds, ML, KNAPP_HARTUNG, ratio=True, low="0.3175", high="0.7141"
    )
    rd = studies(BCG_RD)
    yield from pooled(
        "R1", "RD, common", rd, COMMON, estimate="-0.0009", low="-0.0014", high="-0.0005", statistic="-4.0448", q="276.4737"
    )  # fmt: skip
    yield from pooled(
        "R1", "RD, DL", rd, DL, estimate="-0.0071", low="-0.0101", high="-0.0040", statistic="-4.5128", i2_q="95.6596"
    )
    yield from r1_counts()
    yield from r1_sequences()


def r1_counts() -> Iterator[Case]:
    mh, peto = counted(mantel_haenszel_risk_ratio(BCG_TABLES)), counted(peto_odds_ratio(BCG_TABLES))
    for name, result, digits, ratios in (
        ("Mantel-Haenszel RR", mh, ("-0.4537", "-0.5308", "-0.3766", "152.5676"), ("0.6353", "0.5881", "0.6862")),
        ("Peto OR", peto, ("-0.4744", "-0.5541", "-0.3948", "167.7302"), ("0.6222", "0.5746", "0.6738")),
    ):
        for quantity, printed in zip(("estimate", "low", "high", "q"), digits, strict=True):
            yield Case("R1", f"{name}, log, {quantity}", printed, lambda r=result, q=quantity: getattr(r, q))
        for quantity, printed in zip(("estimate", "low", "high"), ratios, strict=True):
            yield Case("R1", f"{name}, {quantity}", printed, lambda r=result, q=quantity: math.exp(getattr(r, q)))
    yield Case("R1", "Mantel-Haenszel RR, z", "-11.5338", lambda: mh.estimate / mh.se)
    yield Case("R1", "Peto OR, z", "-11.6689", lambda: peto.estimate / peto.se)


def r1_sequences() -> Iterator[Case]:
    test = cache(lambda: egger(*studies(BCG_RR)))
    for quantity, printed in {
        "statistic": "-1.4013", "df": "11", "p_value": "0.1887", "limit": "-0.1909", "limit_low": "-0.6753", "limit_high": "0.2935"
    }.items():  # fmt: skip
        yield Case("R1", f"Egger, {quantity}", printed, lambda quantity=quantity: float(getattr(test(), quantity)))
    years = studies(BCG_YEARS)
    for case in each(
        "R1",
        "cumulative REML by year",
        "-0.889311 -1.325003 -0.97208 -1.001094 -1.101424 -0.973464 -0.901251 -0.788566 -0.865607 -0.785211 -0.708206 -0.794768 -0.714532",
        lambda: [step.estimate for step in cumulative(*years)],
    ):
        k = int(case.quantity.rpartition(" ")[2])
        ours = {4: "-1.001096", 5: "-1.101426", 10: "-0.785210"}.get(k, "")
        early = partial(at_stop, (years[0][:k], years[1][:k]), REML, WALD, "estimate")
        yield replace(case, differs=STOPS_EARLY, ours=ours, early=early) if ours else case
    firsts = [BCG_BY_YEAR[:k] for k in range(1, 14)]
    yield from each(
        "R1",
        "cumulative Mantel-Haenszel by year",
        "-0.889311 -1.351739 -0.827295 -0.837892 -0.894003 -0.850672 -0.835785 -0.774442 -0.789605 -0.666015 -0.635076 -0.775798 -0.45371",
        lambda: [counted(mantel_haenszel_risk_ratio(tables)).estimate for tables in firsts],
    )
    yield from each(
        "R1",
        "cumulative Peto by year",
        "-0.860383 -1.240086 -0.957016 -0.964222 -1.000315 -0.940979 -0.924632 -0.850145 -0.871198 -0.726791 -0.691247 -0.816134 -0.474446",
        lambda: [counted(peto_odds_ratio(tables)).estimate for tables in firsts],
    )
    without = cache(lambda: leave_one_out(*studies(BCG_RR)))
    for place, estimate, tau2 in ((4, "-0.6284", "0.2628"), (8, "-0.7948", "0.2732")):
        yield Case("R1", f"without trial {place}", estimate, lambda place=place: without()[place - 1].estimate)
        yield Case("R1", f"without trial {place}, tau²", tau2, lambda place=place: without()[place - 1].tau2)


def r2() -> Iterator[Case]:
    md = studies(NORMAND_MD)
    yield from each("R2", "MD", "-20 -2 -55 -71 -4 1 11 -10 7", lambda: md[0])
    yield from each("R2", "variance of MD, pooled SD", "40.5863 2.0468 15.2809 150.2222 20.1923 1.2235 95.3756 8.0321 20.6936", lambda: md[1])  # fmt: skip
    yield from each("R2", "MD, low", "-32.4864 -4.8041 -62.6616 -95.0223 -12.8073 -1.168 -8.1411 -15.5547 -1.9159", lambda: [effect.low for effect in NORMAND_MD])  # fmt: skip
    yield from each("R2", "MD, high", "-7.5136 0.8041 -47.3384 -46.9777 4.8073 3.168 30.1411 -4.4453 15.9159", lambda: [effect.high for effect in NORMAND_MD])  # fmt: skip
    yield from pooled("R2", "MD, common", md, COMMON, estimate="-3.4939", low="-5.0265", high="-1.9613")
    yield from pooled("R2", "MD, DL", md, DL, estimate="-14.0972", low="-24.4454", high="-3.7490", tau2="218.7216")
    yield from pooled("R2", "MD, REML", md, REML, estimate="-15.1217", low="-32.6716", high="2.4282", tau2="685.1965")
    yield from each("R2", "Hedges' g", "-0.3552 -0.3479 -2.3176 -1.8880", lambda: [g.estimate for g in NORMAND_G[:4]])
    yield from each(
        "R2", "variance of Hedges' g", "0.0131 0.0645 0.0458 0.1606", lambda: [g.variance for g in NORMAND_G[:4]]
    )


def r3() -> Iterator[Case]:
    for estimator, tau2, i2, h2 in (
        (HE, "0.1484", "68.7988", "3.205"),
        (DL, "0.2768", "80.4447", "5.1137"),
        (ML, "0.1967", "74.5098", "3.9231"),
        (REML, "0.2232", "76.8399", "4.3178"),
    ):
        differs = {ML: {"i2_tau2": "74.5097"}, REML: {"i2_tau2": "76.8398", "h2": "4.3177"}}.get(estimator)
        yield from pooled("R3", estimator.value, VIECHTBAUER, estimator, tau2=tau2, i2_tau2=i2, h2=h2, differs=differs)
    yield from pooled("R3", "EB, which is PM", VIECHTBAUER, PM, tau2="0.192", i2_tau2="74.0511", h2="3.8537")


def r4() -> Iterator[Case]:
    for estimator, tau2, estimate, se, z, low, high in (
        (COMMON, "0", "0.0604", "0.0365", "1.6553", "-0.0111", "0.1318"),
        (ML, "0.0126", "0.0777", "0.0475", "1.6368", "-0.0153", "0.1708"),
        (REML, "0.0188", "0.0837", "0.0516", "1.6208", "-0.0175", "0.1849"),
        (DL, "0.0259", "0.0893", "0.0558", "1.6009", "-0.02", "0.1987"),
        (HE, "0.0804", "0.1143", "0.0792", "1.4432", "-0.0409", "0.2696"),
    ):
        yield from pooled(
            "R4", estimator.value, RAUDENBUSH, estimator, tau2=tau2, estimate=estimate, se=se, statistic=z, low=low, high=high, differs={"statistic": "1.6369"} if estimator is ML else None
        )  # fmt: skip
    for estimator, se, t, low, high in (
        (COMMON, "0.0515", "1.1733", "-0.0477", "0.1685"),
        (ML, "0.0593", "1.311", "-0.0468", "0.2023"),
        (REML, "0.0616", "1.3593", "-0.0457", "0.2131"),
        (DL, "0.0636", "1.405", "-0.0442", "0.2229"),
        (HE, "0.0711", "1.6078", "-0.0351", "0.2637"),
    ):
        yield from pooled(
            "R4", f"{estimator} with Knapp-Hartung", RAUDENBUSH, estimator, KNAPP_HARTUNG, se=se, statistic=t, low=low, high=high, differs={"statistic": "1.3592"} if estimator is REML else None
        )  # fmt: skip
    yield from pooled("R4", "Cochran's test", RAUDENBUSH, REML, q="35.8295")
    yield from pooled(
        "R4", "REML", RAUDENBUSH, REML, prediction_low="-0.2036", prediction_high="0.3711", differs={"prediction_high": "0.3710"}
    )  # fmt: skip


def r5() -> Iterator[Case]:
    data = studies(CLASP_OR)
    for estimator, tau, estimate, se in (
        (DL, "0.2323", "-0.3240", "0.1540"),
        (REML, "0.1843", "-0.2980", "0.1343"),
        (PM, "0.3681", "-0.3811", "0.2060"),
        (HE, "0.4410", "-0.4035", "0.2327"),
    ):
        yield from pooled("R5", estimator.value, data, estimator, tau=tau, estimate=estimate, se=se)


def r6() -> Iterator[Case]:
    data = studies(HINE_RD, 100)
    yield from each("R6", "RD in percent", "2.8026 0.0000 1.9711 1.7961 3.5334 4.4031", lambda: data[0])
    yield from each("R6", "variance of RD", "17.7575 37.5657 8.1323 10.8998 8.0114 6.1320", lambda: data[1])
    yield from each("R6", "RD, low", "-5.4566 -12.0128 -3.6182 -4.6747 -2.0141 -0.4503", lambda: [100 * effect.low for effect in HINE_RD])  # fmt: skip
    yield from each("R6", "RD, high", "11.0618 12.0128 7.5604 8.2669 9.0810 9.2566", lambda: [100 * effect.high for effect in HINE_RD])  # fmt: skip
    for estimator in (COMMON, DL, REML):
        yield from pooled("R6", estimator.value, data, estimator, estimate="2.9444", low="0.3831", high="5.5058", tau2="0.0000")  # fmt: skip


def r7() -> Iterator[Case]:
    for successes, trials, printed in ((9, 9, "0.0039"), (5, 6, "0.2188"), (10, 12, "0.0386")):
        yield Case("R7", f"sign test {successes}/{trials}", printed, lambda s=successes, t=trials: sign_test(s, t))
    for successes, trials, low, high in (
        (9, 9, "0.701", "1.000"),
        (5, 6, "0.436", "0.970"),
        (10, 12, "0.552", "0.953"),
    ):
        yield Case(
            "R7", f"Wilson {successes}/{trials}, low", low, lambda s=successes, t=trials: wilson_interval(s, t)[0]
        )
        yield Case(
            "R7", f"Wilson {successes}/{trials}, high", high, lambda s=successes, t=trials: wilson_interval(s, t)[1]
        )


CASES = tuple(case for cases in (r1, r2, r3, r4, r5, r6, r7) for case in cases())
