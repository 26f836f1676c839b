"""The rule on overclaiming: sentences that claim more than the certainty of the evidence permits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weigh.audit.rule import Context, Defect, Rule, rule
from weigh.evidence.vocabulary import Certainty
from weigh.wording.effect_words import CERTAINTY

__all__ = ["RULES", "overclaims"]

#: Wording that requires at least moderate certainty (GRADE guidelines 26): an unqualified "no effect" or "works".
_FLAT = re.compile(
    r"""\b(
      no\ (clinically\ \w+\ )?(effect|difference|benefit|improvement)
    | without\ (any\ )?(effect|benefit)
    | not\ (effective|beneficial)
    | (is|are|was|were)\ (ineffective|effective|useless|of\ no\ (use|value|benefit))
    | (does|do|did)\ not\ (support|work|help|improve|reduce|relieve|benefit)
    | (proves?|proven|demonstrates?|confirms?)\b
    | fails?\ to\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: Words that qualify a claim, or limit it to what was seen or shown rather than the treatment itself.
_HEDGE = re.compile(
    r"\b(may|might|probably|likely|uncertain|clear|shown|seen|stated|significant|suggests?|reports?|judged|whether|cannot|not\ seen)\b",
    re.IGNORECASE,
)
_ENOUGH = frozenset({Certainty.MODERATE, Certainty.HIGH})


def overclaims(text: str, certainty: Certainty | None) -> tuple[str, ...]:
    """The unqualified claims in a text, sentence by sentence, that need a certainty of moderate or high.

    Empty where the certainty is moderate or high. Source: GRADE guidelines 26 (wording by certainty).

    >>> overclaims("Iontophoresis does not work.", Certainty.LOW)
    ('does not work',)
    >>> overclaims("No clear difference was seen.", Certainty.LOW), overclaims("It does not help.", Certainty.HIGH)
    ((), ())
    """
    if certainty in _ENOUGH:
        return ()
    sentences = re.split(r"(?<=[.;:!?])\s+", text)
    return tuple(
        match.group(0) for sentence in sentences if not _HEDGE.search(sentence) for match in _FLAT.finditer(sentence)
    )


def _level(certainty: Certainty | None) -> str:
    return f"a certainty that is {CERTAINTY[certainty]}" if certainty else "evidence that could not be rated"


@rule(
    "claim-exceeds-certainty",
    family="wording",
    severity="warning",
    whose="our tables",
    means="A sentence in our tables states without qualification that something works or does not, although the certainty is below moderate or not rated.",
    settle="State what was seen and how certain it is.",
)
def claim_exceeds_certainty(context: Context) -> Iterator[Defect]:
    """Report overclaims in the statements of conclusions and the findings of studies and candidates."""
    for name, dossier in context.dossiers.items():
        certainty = context.assessments[name].level
        for words in overclaims(dossier.conclusion.statement, certainty):
            yield Defect(
                subject=name,
                place=dossier.conclusion.at("statement"),
                message=f"“{words}” says more than {_level(certainty)} permits",
                conclusions=(name,),
            )
        for candidate in dossier.candidates:
            if candidate.conclusion_id == name:
                for words in overclaims(candidate.finding or "", certainty):
                    yield Defect(
                        subject=candidate.candidate_id,
                        place=candidate.at("finding"),
                        message=f"“{words}” says more than {_level(certainty)} permits",
                        conclusions=(name,),
                    )
    for study in context.review.studies.values():
        users = context.conclusions_by_study.get(study.study_id, ())
        certainties = [context.assessments[name].level for name in users] or [None]
        for words in overclaims(study.finding, next((c for c in certainties if c not in _ENOUGH), certainties[0])):
            yield Defect(
                subject=study.study_id,
                place=study.at("finding"),
                message=f"“{words}” says more than the certainty permits",
                conclusions=users,
            )


RULES: tuple[Rule, ...] = (claim_exceeds_certainty,)
