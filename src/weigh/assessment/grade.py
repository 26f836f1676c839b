"""GRADE: the ratings of one body of evidence as the rules propose them, each with its reason.

Sources: GRADE guidelines 3 to 9 (starting level and domains); Murad et al., Evid Based Med 2017;22:85 (bodies that are
not pooled); GRADE guidelines 6 (imprecision of a risk ratio); Cochrane Handbook chapter 14. Rules that are weigh's own
are marked as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from weigh.assessment.bodies import Body, Contribution
from weigh.assessment.dossier import joined
from weigh.evidence.vocabulary import Certainty, Design, Direction, Fit, Risk
from weigh.statistics.effects import Effect, Measure
from weigh.statistics.outcome_effects import computed_effect, natural_measure, reported_effect
from weigh.text.numbers import number, significant

__all__ = ["ENOUGH_PARTICIPANTS", "LEVELS", "RULES", "SMALL", "STEP", "RatedBody", "Rating", "level_of", "rate"]

#: Murad 2017: "400 or less is concerning".
ENOUGH_PARTICIPANTS = 400
#: A study or a body below this is very small: a quarter of 400, which is weigh's own rule.
SMALL = 100
#: GRADE guidelines 6: a relative change of a quarter is appreciable.
APPRECIABLE_RATIO = (0.75, 1.25)
#: Half a standard deviation, a common threshold for an important difference (Norman, Sloan and Wyrwich 2003).
APPRECIABLE_SMD = 0.5

#: From lowest to highest.
LEVELS = (Certainty.VERY_LOW, Certainty.LOW, Certainty.MODERATE, Certainty.HIGH)
#: The change in levels for each judgement.
STEP = {
    "not_serious": 0,
    "serious": -1,
    "very_serious": -2,
    "undetected": 0,
    "suspected": -1,
    "strongly_suspected": -2,
    "no": 0,
    "large": 1,
    "very_large": 2,
    "yes": 1,
}

#: The rules as printed on the methods page: domain, rule, source.
RULES = MappingProxyType(
    {
        "start": (
            "High if every study is a randomised trial or a review of such trials; low if any is not, or does not state it.",
            "GRADE guidelines 3",
        ),
        "risk_of_bias": (
            "Not serious if most studies are at low risk; very serious if every study is at high risk in two or more domains; "
            "otherwise serious. A study not appraised counts as having some concerns.",
            "Murad 2017: judged across studies; the thresholds are weigh's own rule",
        ),
        "inconsistency": (
            "By direction: serious if fewer than 70% of the studies agree. A single study cannot be inconsistent.",
            "Murad 2017",
        ),
        "indirectness": (
            "Serious if most studies bear on the question only indirectly (an active comparator, another use, a review of many "
            "treatments), or give the procedure to both arms and show no benefit of the drug, which cannot establish that the procedure has no effect.",
            "GRADE guidelines 8; indirectness is taken from the column fit, with its reason",
        ),
        "imprecision": (
            f"Serious with {ENOUGH_PARTICIPANTS} participants or fewer, or if their number was not seen, or if the interval of the largest "
            f"study includes both no difference and an appreciable one (a risk ratio of 0.75 or 1.25, half a standard deviation). "
            f"Very serious if two of these apply, or with fewer than {SMALL} participants and no result called significant by its source.",
            f"Murad 2017; GRADE guidelines 6; half a standard deviation from memory; the number {SMALL} is weigh's own rule",
        ),
        "publication_bias": (
            f"Suspected if two or more studies all favour the intervention and each has fewer than {SMALL} participants. "
            "No test of funnel-plot asymmetry with fewer than ten studies.",
            "Murad 2017: only small positive studies",
        ),
        "large_effect": (
            "Only for evidence that starts low and is not rated down: up one level for a risk ratio above 2 or below 0.5 in every study, two "
            "levels for above 5 or below 0.2.",
            "GRADE guidelines 9 (thresholds from memory, not re-read)",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One GRADE domain of one body: the judgement, the change in levels, the reason, and who judged."""

    domain: str
    judgement: str
    change: int
    reason: str
    judged_by: str = "proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedBody:
    """A body of evidence with its ratings and the resulting certainty."""

    body: Body
    ratings: tuple[Rating, ...]
    level: Certainty

    @property
    def main_reasons(self) -> tuple[Rating, ...]:
        """The ratings that raised or lowered the certainty."""
        return tuple(rating for rating in self.ratings if rating.change and rating.domain != "start")


def rate(body: Body, overrides: dict[str, Rating] | None = None) -> RatedBody:
    """Rate one body of evidence on every GRADE domain.

    Args:
        body: the evidence on one outcome domain.
        overrides: judgements of the committee by GRADE domain, each of which replaces the proposal.
    """
    proposed = [
        _start(body),
        _risk_of_bias(body),
        _inconsistency(body),
        _indirectness(body),
        _imprecision(body),
        _publication_bias(body),
    ]
    ratings = [(overrides or {}).get(rating.domain, rating) for rating in proposed]
    unspoilt = ratings[0].judgement == Certainty.LOW and not any(rating.change for rating in ratings[1:])
    if unspoilt and "large_effect" not in (overrides or {}) and (upgrade := _large_effect(body)):
        ratings.append(upgrade)
    named = {rating.domain for rating in ratings}
    ratings += [rating for name, rating in (overrides or {}).items() if name not in named]
    return RatedBody(body=body, ratings=tuple(ratings), level=level_of(ratings))


def level_of(ratings: Sequence[Rating]) -> Certainty:
    """The certainty that follows from ratings: the starting level (the first rating) plus the changes of the others."""
    place = LEVELS.index(Certainty(ratings[0].judgement)) + sum(rating.change for rating in ratings[1:])
    return LEVELS[max(0, min(place, len(LEVELS) - 1))]


def _names(parts: Iterable[Contribution]) -> str:
    return joined(part.item.name for part in parts)


def _many(count: int, total: int) -> str:
    if total == 1:
        return "the one study"
    return f"all {total} studies" if count == total else f"{count} of {total} studies"


def _start(body: Body) -> Rating:
    trials = (Design.RANDOMISED_TRIAL, Design.SYSTEMATIC_REVIEW)
    others = [part for part in body.contributions if part.item.study.design not in trials]
    if not others:
        reviews = sum(part.item.study.design is Design.SYSTEMATIC_REVIEW for part in body.contributions)
        what = "Randomised trials only" if not reviews else "Randomised trials, or reviews of trials"
        return Rating(domain="start", judgement="high", change=0, reason=f"{what}.")
    listed = _names(others)
    return Rating(
        domain="start", judgement="low", change=0, reason=f"Not randomised, or randomisation not stated: {listed}."
    )


def _risk_of_bias(body: Body) -> Rating:
    parts = body.contributions
    low = sum(part.bias.overall is Risk.LOW for part in parts)
    high = [part for part in parts if part.bias.overall is Risk.HIGH]
    unappraised = [part for part in parts if part.bias.overall is None]
    grave = [part for part in high if len(part.bias.concerns) > 1]
    if low * 2 > len(parts):
        judgement = "not_serious"
        reason = f"{_many(low, len(parts)).capitalize()} at low risk of bias."
    elif len(grave) == len(parts):
        judgement, reason = (
            "very_serious",
            f"High risk of bias in two or more domains: {_many(len(grave), len(parts))}.",
        )
    else:
        judgement = "serious"
        clauses = []
        if high:
            clauses.append(f"high risk of bias: {_names(high)}")
        if some := [part for part in parts if part.bias.overall is Risk.SOME_CONCERNS]:
            clauses.append(f"some concerns: {_names(some)}")
        if unappraised:
            clauses.append(f"not appraised: {_names(unappraised)}")
        reason = "; ".join(clauses)
        reason = f"{reason[:1].upper()}{reason[1:]}."
    return Rating(domain="risk_of_bias", judgement=judgement, change=STEP[judgement], reason=reason)


def _inconsistency(body: Body) -> Rating:
    parts = body.contributions
    if len(parts) == 1:
        own = " Its own results differ." if parts[0].split else ""
        return Rating(
            domain="inconsistency",
            judgement="not_serious",
            change=0,
            reason=f"One study: whether studies agree cannot be seen.{own}",
        )
    if body.direction is not None:
        return Rating(
            domain="inconsistency", judgement="not_serious", change=0, reason="The studies point the same way."
        )
    by_side = joined(f"{part.item.name}: {_side(part)}" for part in parts)
    return Rating(
        domain="inconsistency", judgement="serious", change=-1, reason=f"The studies point different ways ({by_side})."
    )


def _side(part: Contribution) -> str:
    if part.split:
        return "results differ"
    return {
        Direction.FAVOURS_INTERVENTION: "for the intervention",
        Direction.FAVOURS_COMPARATOR: "for the comparator",
    }.get(part.direction, "no clear direction")


def _indirectness(body: Body) -> Rating:
    parts = body.contributions
    indirect = [p for p in parts if p.item.study.fit is Fit.INDIRECT or p.item.study.outside_definition]
    drug_only = [
        p
        for p in parts
        if p not in indirect
        and p.item.study.fit is Fit.TESTS_DRUG_ONLY
        and p.direction is not Direction.FAVOURS_INTERVENTION
    ]
    if 2 * (len(indirect) + len(drug_only)) <= len(parts):
        few = [*indirect, *drug_only]
        aside = f" Less direct: {_names(few)}." if few else ""
        return Rating(
            domain="indirectness",
            judgement="not_serious",
            change=0,
            reason=f"Most studies bear on the question directly.{aside}"
            if len(parts) > 1
            else "The study bears on the question directly.",
        )
    clauses = []
    if indirect:
        clauses.append(f"bears on the question only indirectly: {_names(indirect)}")
    if drug_only:
        clauses.append(f"tests the drug only, both arms had the procedure: {_names(drug_only)}")
    text = "; ".join(clauses)
    return Rating(domain="indirectness", judgement="serious", change=-1, reason=f"{text[:1].upper()}{text[1:]}.")


def _imprecision(body: Body) -> Rating:
    total, unknown = body.participants, body.unknown_sizes
    if total is None:
        size = "How many people or parts gave the results was not seen."
    else:
        more = f", not counting {unknown} {'study' if unknown == 1 else 'studies'} of unseen size" if unknown else ""
        size = f"{total} {body.units}{more}."
    few = total is None or total <= ENOUGH_PARTICIPANTS
    wide = _wide(body)
    tiny = total is not None and total < SMALL and not any(o.significant for o in body.outcomes)
    judgement = "very_serious" if (few and wide) or tiny else "serious" if few or wide else "not_serious"
    limit = f" {ENOUGH_PARTICIPANTS} or fewer is of concern." if few and total is not None else ""
    none_clear = f" Fewer than {SMALL}, and no result that its source calls significant." if tiny else ""
    return Rating(
        domain="imprecision", judgement=judgement, change=STEP[judgement], reason=f"{size}{limit}{none_clear}{wide}"
    )


def _wide(body: Body) -> str:
    """A sentence if the interval of the largest study includes both no difference and an appreciable one, else empty."""
    sized = [part for part in body.contributions if part.participants is not None]
    largest = max(sized, key=lambda part: part.participants or 0, default=None)
    if largest is None:
        return ""
    for outcome in largest.outcomes:
        measure = natural_measure(outcome)
        if measure is None:
            continue
        # An important difference is agreed in standard deviations, not in the unit of a mean difference.
        effect = computed_effect(outcome, Measure.SMD if measure is Measure.MD else measure)
        if not isinstance(effect, Effect):
            effect = reported_effect(outcome)
        if isinstance(effect, Effect) and _undecided(effect):
            _estimate, low, high = effect.shown
            return f" The interval of {largest.item.name} ({effect.measure.value} {number(low)} to {number(high)}) includes no difference and an appreciable one."
    return ""


def _undecided(effect: Effect) -> bool:
    _estimate, low, high = effect.shown
    if effect.measure in (Measure.RR, Measure.OR):
        return low <= 1 <= high and (low < APPRECIABLE_RATIO[0] or high > APPRECIABLE_RATIO[1])
    if effect.measure is Measure.SMD:
        return low <= 0 <= high and (low < -APPRECIABLE_SMD or high > APPRECIABLE_SMD)
    return False


def _publication_bias(body: Body) -> Rating:
    parts = body.contributions
    positive = all(part.direction is Direction.FAVOURS_INTERVENTION and not part.split for part in parts)
    small = all(part.participants is not None and part.participants < SMALL for part in parts)
    if len(parts) > 1 and positive and small:
        return Rating(
            domain="publication_bias",
            judgement="suspected",
            change=-1,
            reason=f"{len(parts)} studies, all small and all favourable.",
        )
    why = (
        "One study: nothing to compare."
        if len(parts) == 1
        else "Not only small favourable studies; too few for a test."
    )
    return Rating(domain="publication_bias", judgement="undetected", change=0, reason=why)


def _large_effect(body: Body) -> Rating | None:
    ratios = []
    for part in body.contributions:
        effects = [computed_effect(outcome, Measure.RR) for outcome in part.outcomes]
        found = [effect.shown[0] for effect in effects if isinstance(effect, Effect)]
        if not found:
            return None
        ratios += found
    if not ratios or not (min(ratios) > 1 or max(ratios) < 1):  # ratios on both sides of 1 are not one large effect
        return None
    smallest = significant(
        min(max(ratio, 1 / ratio) for ratio in ratios)
    )  # a 2 that has passed through logarithms must not exceed 2
    if smallest <= 2:
        return None
    judgement = "very_large" if smallest > 5 else "large"
    return Rating(
        domain="large_effect",
        judgement=judgement,
        change=STEP[judgement],
        reason=f"The smallest ratio of risks among the studies is {number(smallest)}.",
    )
