"""The summary of findings: at most seven outcomes, each with its people, its figures, its certainty and what it means.

After the format that readers understood best in a randomised comparison (Carrasco-Labra et al., J Clin Epidemiol
2016;74:7): people and studies beside the outcome, figures with their class, the reasons beside the certainty.
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
from weigh.wording.sentences import domain_words, plural, study_name

__all__ = ["MOST_OUTCOMES", "FindingsRow", "findings_table"]

#: A table with more is not read (GRADE guidelines 12).
MOST_OUTCOMES = 7
#: Results of one study that one row shows; those with figures come first.
_MOST_RESULTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsRow:
    """One outcome of the table. `results` holds a line a study: its name, and what it found."""

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
        """The level as prose."""
        return CERTAINTY[self.certainty]


def findings_table(assessment: Assessment, intervention: str) -> tuple[FindingsRow, ...]:
    """The rows of the table, critical outcomes first, at most seven."""
    return tuple(_row(rated, intervention) for rated in assessment.bodies[:MOST_OUTCOMES])


def _row(rated: RatedBody, intervention: str) -> FindingsRow:
    body = rated.body
    studies = plural(len(body.contributions), "study", "studies")
    people = f"{body.participants} {body.units}" if body.participants is not None else "number not seen"
    if body.participants is not None and body.unknown_sizes:
        people += f", and {plural(body.unknown_sizes, 'study', 'studies')} of unseen size"
    return FindingsRow(
        domain=body.domain,
        label=domain_words(body.domain),
        critical=body.critical,
        people=f"{people}; {studies}",
        results=tuple((study_name(part.item), _study_words(part)) for part in body.contributions),
        certainty=rated.level,
        confirmed=any(rating.judged_by == COMMITTEE for rating in rated.ratings),
        reasons=tuple(f"{_DOMAIN[rating.domain]}: {rating.reason}" for rating in rated.main_reasons),
        what_happens=effect_sentence(
            intervention, body.domain, body.direction if not _split(rated) else None, rated.level
        ),
    )


_DOMAIN = {
    "start": "start",
    "risk_of_bias": "risk of bias",
    "inconsistency": "inconsistency",
    "indirectness": "indirectness",
    "imprecision": "imprecision",
    "publication_bias": "publication bias",
    "large_effect": "large effect",
    "dose_response": "dose and response",
    "plausible_confounding": "confounding works against it",
}


def _split(rated: RatedBody) -> bool:
    """One study whose own results differ: no direction can be claimed for it."""
    return any(part.split for part in rated.body.contributions) and len(rated.body.contributions) == 1


def _study_words(part: Contribution) -> str:
    """What one study found on an outcome: results with figures in full, the others counted by direction."""
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
