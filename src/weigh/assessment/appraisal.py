"""Risk of bias of a study, derived from its appraisals by the rules of each instrument.

Judgements come from RoB 2, ROBINS-I, PEDro items, or the tool `design`: proposals based on the part of a report that
was seen. All are mapped to the same five columns, so that studies appraised with different instruments fit one table;
the instrument is always named. A study without appraisals is "not appraised", which is not a judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from weigh.assessment import rob2
from weigh.assessment.dossier import StudyEvidence
from weigh.evidence.instruments import DESIGN, PEDRO, ROB2, ROBINS_I
from weigh.evidence.model import Appraisal
from weigh.evidence.vocabulary import BiasDomain, Risk

__all__ = [
    "DESIGN_DOMAINS",
    "ROBINS_I_DOMAINS",
    "BiasJudgement",
    "RiskOfBias",
    "pedro_score",
    "risk_of_bias",
    "robins_i_overall",
]

_NOT_APPRAISED = "It has not been appraised."
#: Item 1 (eligibility criteria) concerns applicability, not bias, and is not scored.
_UNSCORED = "01"

#: The domains of the tool `design`. Funding is shown but is not a domain of bias.
DESIGN_DOMAINS = MappingProxyType(
    {
        "01_allocation": BiasDomain.ALLOCATION,
        "02_blinding": BiasDomain.BLINDING,
        "03_missing_data": BiasDomain.MISSING_DATA,
        "04_unit_of_analysis": BiasDomain.UNIT_OF_ANALYSIS,
        "05_selection_of_result": BiasDomain.SELECTED_RESULT,
        "06_funding": None,
    }
)
_ROB2_COLUMNS = {
    "D1": BiasDomain.ALLOCATION,
    "D2": BiasDomain.BLINDING,
    "D3": BiasDomain.MISSING_DATA,
    "D4": BiasDomain.BLINDING,
    "D5": BiasDomain.SELECTED_RESULT,
}
#: ROBINS-I (2016): seven domains, by number.
ROBINS_I_DOMAINS = MappingProxyType(
    {
        "D1": BiasDomain.ALLOCATION,  # confounding
        "D2": BiasDomain.ALLOCATION,  # selection of participants
        "D3": BiasDomain.ALLOCATION,  # classification of interventions
        "D4": BiasDomain.BLINDING,  # deviations from intended interventions
        "D5": BiasDomain.MISSING_DATA,
        "D6": BiasDomain.BLINDING,  # measurement of outcomes
        "D7": BiasDomain.SELECTED_RESULT,
    }
)
_ROBINS_I_ORDER = ("low", "moderate", "serious", "critical")
_ROBINS_I_RISK = {
    "low": Risk.LOW,
    "moderate": Risk.SOME_CONCERNS,
    "serious": Risk.HIGH,
    "critical": Risk.HIGH,
    "no_information": Risk.NO_INFORMATION,
}
#: From best to worst; no information ranks below low.
_ORDER = (Risk.LOW, Risk.NO_INFORMATION, Risk.SOME_CONCERNS, Risk.HIGH)
#: PEDro items by column: low if all are met, some concerns if some are, high if none is.
_PEDRO_COLUMNS = {
    BiasDomain.ALLOCATION: ("02", "03"),
    BiasDomain.BLINDING: ("05", "07"),
    BiasDomain.MISSING_DATA: ("08", "09"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasJudgement:
    """One column of the traffic-light plot for one study, with the reasons and the instruments used."""

    domain: BiasDomain
    risk: Risk
    reason: str
    tool: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfBias:
    """The risk of bias of one study.

    `overall` is None where the study was not appraised; `tools` names the instruments, `judgements` holds the columns
    judged, and `remark` anything else recorded, such as funding.
    """

    overall: Risk | None
    reason: str
    tools: tuple[str, ...]
    judgements: tuple[BiasJudgement, ...]
    remark: str = ""

    def of(self, domain: BiasDomain) -> BiasJudgement | None:
        """The judgement in one column, or None where there is none."""
        return next((judgement for judgement in self.judgements if judgement.domain is domain), None)

    @property
    def concerns(self) -> tuple[BiasJudgement, ...]:
        """The columns at high risk."""
        return tuple(judgement for judgement in self.judgements if judgement.risk is Risk.HIGH)


def pedro_score(appraisals: Sequence[Appraisal]) -> tuple[int, int]:
    """The numbers of PEDro items met and judged, excluding item 1; a complete appraisal has ten.

    Source: PEDro scale, last amended 1999. The total is computed from the items, never copied.
    """
    scored = [a for a in appraisals if a.tool == PEDRO and a.domain[:2].isdigit() and a.domain[:2] != _UNSCORED]
    return sum(a.judgement == "yes" for a in scored), len(scored)


def robins_i_overall(judgements: Iterable[str]) -> str:
    """The overall ROBINS-I judgement: the worst domain, or no information if all known domains are low and some unknown.

    Source: ROBINS-I 2016, detailed guidance (worst of the domains). The tool gives criteria but no algorithm from
    signalling questions to a domain, so weigh does not derive domain judgements.

    >>> robins_i_overall(["low", "moderate", "serious"]), robins_i_overall(["low", "no_information"])
    ('serious', 'no_information')
    """
    found = list(judgements)
    known = [judgement for judgement in found if judgement in _ROBINS_I_ORDER]
    worst = max(known, key=_ROBINS_I_ORDER.index, default="no_information")
    return "no_information" if worst == "low" and len(known) < len(found) else worst


def risk_of_bias(item: StudyEvidence) -> RiskOfBias:
    """The risk of bias of a study: from RoB 2, else from ROBINS-I, else from PEDro items and the tool `design`.

    Without a full report, the overall judgement is never low.
    """
    by_tool = {
        tool: {a.domain: a for a in item.appraisals if a.tool == tool} for tool in (ROB2, ROBINS_I, PEDRO, DESIGN)
    }
    if by_tool[ROB2]:
        return _by_rob2(by_tool[ROB2])
    if by_tool[ROBINS_I]:
        return _by_robins_i(by_tool[ROBINS_I])
    if by_tool[PEDRO] or by_tool[DESIGN]:
        return _by_what_was_seen(by_tool[PEDRO], by_tool[DESIGN])
    return RiskOfBias(overall=None, reason=_NOT_APPRAISED, tools=(), judgements=())


def _by_rob2(rows: dict[str, Appraisal]) -> RiskOfBias:
    """Domain judgements as recorded, else derived from the answers; the overall judgement likewise."""
    answers = {domain: row.judgement for domain, row in rows.items() if domain[:1].isdigit()}
    found: dict[str, tuple[Risk, str]] = {
        domain: (rob2.judge_domain(domain, answers), _reasons(rows, domain[1]))
        for domain in rob2.answered_domains(answers)
    }
    found |= {domain: (Risk(row.judgement), row.reason) for domain, row in rows.items() if domain in rob2.DOMAINS}
    given = rows.get("overall")
    level = Risk(given.judgement) if given else rob2.overall([risk for risk, _reason in found.values()])
    judgements = _columns((_ROB2_COLUMNS[domain], risk, reason, ROB2) for domain, (risk, reason) in found.items())
    return RiskOfBias(
        overall=level,
        reason=given.reason if given else _overall_reason(level, judgements),
        tools=(ROB2,),
        judgements=judgements,
    )


def _by_robins_i(rows: dict[str, Appraisal]) -> RiskOfBias:
    domains = {domain: row for domain, row in rows.items() if domain in ROBINS_I_DOMAINS}
    given = rows.get("overall")
    level = _ROBINS_I_RISK[given.judgement if given else robins_i_overall(row.judgement for row in domains.values())]
    judgements = _columns(
        (ROBINS_I_DOMAINS[domain], _ROBINS_I_RISK[row.judgement], row.reason, ROBINS_I)
        for domain, row in domains.items()
    )
    return RiskOfBias(
        overall=level,
        reason=given.reason if given else _overall_reason(level, judgements),
        tools=(ROBINS_I,),
        judgements=judgements,
    )


def _by_what_was_seen(pedro: dict[str, Appraisal], design: dict[str, Appraisal]) -> RiskOfBias:
    """PEDro items and `design` judgements combined; never low overall, because only part of the report was read."""
    items = {domain[:2]: row.judgement == "yes" for domain, row in pedro.items() if domain[:2].isdigit()}
    columns = [
        (column, _pedro_risk([items[number] for number in numbers]), _pedro_reason(numbers, items), PEDRO)
        for column, numbers in _PEDRO_COLUMNS.items()
        if all(number in items for number in numbers)
    ]
    columns += [
        (column, Risk(row.judgement), row.reason, DESIGN)
        for domain, row in design.items()
        if (column := DESIGN_DOMAINS.get(domain)) is not None
    ]
    judgements = _columns(columns)
    funding = design.get("06_funding")
    remark = funding.reason if funding else ""
    if not judgements:  # a published total or a note on funding is not an appraisal
        return RiskOfBias(overall=None, reason=_NOT_APPRAISED, tools=(), judgements=(), remark=remark)
    high = any(judgement.risk is Risk.HIGH for judgement in judgements)
    # Part of a report, or the design alone, cannot establish a low risk of bias.
    level = Risk.HIGH if high else Risk.SOME_CONCERNS
    met, judged = pedro_score(tuple(pedro.values()))
    score = f" PEDro score {met} of {judged}, from the items that the PEDro database prints." if judged else ""
    return RiskOfBias(
        overall=level,
        reason=_overall_reason(level, judgements) + score,
        tools=tuple(tool for tool, rows in ((PEDRO, pedro), (DESIGN, design)) if rows),
        judgements=judgements,
        remark=remark,
    )


def _pedro_risk(met: Sequence[bool]) -> Risk:
    return Risk.LOW if all(met) else Risk.SOME_CONCERNS if any(met) else Risk.HIGH


_PEDRO_ITEM = {
    "02": "random allocation",
    "03": "concealed allocation",
    "05": "blind participants",
    "07": "blind assessors",
    "08": "more than 85% followed up",
    "09": "analysis by intention to treat",
}


def _pedro_reason(numbers: Sequence[str], items: dict[str, bool]) -> str:
    return (
        "PEDro: " + ", ".join(f"{_PEDRO_ITEM[number]} {'yes' if items[number] else 'no'}" for number in numbers) + "."
    )


def _columns(found: Iterable[tuple[BiasDomain, Risk, str, str]]) -> tuple[BiasJudgement, ...]:
    """One judgement per column: the worst of those mapped to it, with all reasons."""
    by_column: dict[BiasDomain, list[tuple[Risk, str, str]]] = {}
    for column, risk, reason, tool in found:
        by_column.setdefault(column, []).append((risk, reason, tool))
    return tuple(
        BiasJudgement(
            domain=column,
            risk=max((risk for risk, _reason, _tool in parts), key=_ORDER.index),
            reason=" ".join(dict.fromkeys(reason for _risk, reason, _tool in parts)),
            tool=" and ".join(dict.fromkeys(tool for _risk, _reason, tool in parts)),
        )
        for column in BiasDomain
        if (parts := by_column.get(column))
    )


def _reasons(rows: dict[str, Appraisal], domain: str) -> str:
    reasons = (row.reason for question, row in rows.items() if question.startswith(f"{domain}."))
    return " ".join(dict.fromkeys(reasons))


def _overall_reason(level: Risk, judgements: Sequence[BiasJudgement]) -> str:
    worst = [j for j in judgements if j.risk is level]
    if level is Risk.HIGH and worst:
        return " ".join(dict.fromkeys(j.reason for j in worst))
    if level is Risk.LOW:
        return "No domain raises concern."
    return "No domain is at high risk, and not every domain could be judged to be low."
