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
from weigh.evidence.vocabulary import Certainty, Domain
from weigh.wording.effect_words import CERTAINTY, effect_sentence
from weigh.wording.outcomes import result_words, short_direction
from weigh.wording.sentences import domain_words, plural

__all__ = ["MOST_OUTCOMES", "FindingsRow", "findings_table"]

#: Readers do not take in larger tables (GRADE guidelines 12).
MOST_OUTCOMES = 7
#: The number of results per study in a row; those with figures come first.
_MOST_RESULTS = 2


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
        results=tuple((part.item.name, _study_words(part)) for part in body.contributions),
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
    counts = Counter(short_direction(outcome.direction) for outcome in rest)
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
