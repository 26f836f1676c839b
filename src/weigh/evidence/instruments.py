"""The domains and permitted judgements of each appraisal instrument, for appraisals.csv and certainty.csv."""

from __future__ import annotations

import re
from types import MappingProxyType

from weigh.evidence.vocabulary import Certainty, Risk

__all__ = ["DESIGN", "GRADE", "PEDRO", "ROB2", "ROBINS_I", "TOOLS", "judgements_for"]

PEDRO, ROB2, ROBINS_I, DESIGN = "PEDro", "RoB2", "ROBINS-I", "design"
_RISKS = tuple(risk.value for risk in Risk)
_LEVELS = ("low", "some_concerns", "high")
_ROBINS = ("low", "moderate", "serious", "critical", "no_information")
_DOWN = ("not_serious", "serious", "very_serious")

_PEDRO_ITEMS = (
    "01_eligibility_criteria",
    "02_random_allocation",
    "03_concealed_allocation",
    "04_baseline_comparability",
    "05_blind_subjects",
    "06_blind_therapists",
    "07_blind_assessors",
    "08_adequate_follow_up",
    "09_intention_to_treat",
    "10_between_group_comparisons",
    "11_point_estimates_and_variability",
)

#: Tool -> (pattern of a domain, permitted judgements), in the order in which the patterns are tried.
TOOLS = MappingProxyType(
    {
        ROB2: (
            (re.compile(r"1\.[1-3]|2\.[1-7]|3\.[1-4]|4\.[1-5]|5\.[1-3]"), ("Y", "PY", "PN", "N", "NI", "NA")),
            (re.compile(r"D[1-5]|overall"), _LEVELS),
        ),
        ROBINS_I: ((re.compile(r"D[1-7]|overall"), _ROBINS),),
        PEDRO: (
            (re.compile("|".join(_PEDRO_ITEMS)), ("yes", "no")),
            (re.compile("total"), tuple(str(total) for total in range(11))),
        ),
        DESIGN: (
            (
                re.compile(
                    "01_allocation|02_blinding|03_missing_data|04_unit_of_analysis|05_selection_of_result|06_funding"
                ),
                _RISKS,
            ),
        ),
    }
)
#: GRADE domains and their permitted judgements.
GRADE = MappingProxyType(
    {
        "start": (Certainty.HIGH.value, Certainty.LOW.value),
        "risk_of_bias": _DOWN,
        "inconsistency": _DOWN,
        "indirectness": _DOWN,
        "imprecision": _DOWN,
        "publication_bias": ("undetected", "suspected", "strongly_suspected"),
        "large_effect": ("no", "large", "very_large"),
        "dose_response": ("no", "yes"),
        "plausible_confounding": ("no", "yes"),
        "overall": tuple(level.value for level in Certainty),
    }
)


def judgements_for(tool: str, domain: str) -> tuple[str, ...] | None:
    """The permitted judgements for a domain of a tool, or None where the tool has no such domain.

    >>> judgements_for("PEDro", "02_random_allocation"), judgements_for("RoB2", "6.1")
    (('yes', 'no'), None)
    """
    return next((words for pattern, words in TOOLS.get(tool, ()) if pattern.fullmatch(domain)), None)
