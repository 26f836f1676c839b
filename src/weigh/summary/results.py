"""The result of a conclusion as data for files and other programs: every number shown on its page."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from weigh.assessment.appraisal import risk_of_bias
from weigh.assessment.dossier import Dossier
from weigh.assessment.flip import FlipTest
from weigh.assessment.grade import RatedBody
from weigh.assessment.pools import Pool
from weigh.assessment.verdict import Judgement
from weigh.assessment.votes import Votes
from weigh.statistics.effects import Effect, Measure
from weigh.statistics.outcome_effects import computed_effect, natural_measure
from weigh.statistics.pooling import Pooled
from weigh.text.numbers import significant

__all__ = ["result_of"]


def result_of(dossier: Dossier, judgement: Judgement, pools: Sequence[Pool], flip: FlipTest) -> dict[str, Any]:
    """Verdict, votes, certainty, effects, pools and flip test of a conclusion as plain data.

    Numbers are rounded to six significant figures, so that files from different machines are equal. `pooled` is null if
    no outcome is assigned to a pool; ratios are given as ratios, not as logarithms.
    """
    conclusion, assessment = dossier.conclusion, judgement.assessment
    return {
        "conclusion_id": conclusion.conclusion_id,
        "position": conclusion.position.value,
        "condition": conclusion.condition,
        "verdict": judgement.verdict.value,
        "verdict_rule": judgement.rule,
        "certainty": assessment.level.value if assessment.level else None,
        "certainty_judged_by": assessment.judged_by if assessment.level else None,
        "certainty_reason": assessment.reason,
        "votes": _votes(judgement.votes),
        "direct_votes": _votes(judgement.direct_votes),
        "outcomes": [_body(rated) for rated in assessment.bodies],
        "studies": [item.study.study_id for item in (*dossier.evidence, *dossier.background)],
        "study_votes": {
            vote.study_id: {
                "direction": vote.direction.value if vote.direction else None,
                "split": vote.split,
                "reason": vote.reason or None,
                "outcomes": [outcome.outcome_id for outcome in vote.outcomes],
            }
            for vote in judgement.study_votes
        },
        "risk_of_bias": {item.study.study_id: _bias(item) for item in dossier.evidence},
        "effects": {
            outcome.outcome_id: effect
            for vote in judgement.study_votes
            for outcome in vote.outcomes
            if (effect := _computed(outcome))
        },
        "citations": [citation.citation_id for citation in dossier.citations],
        "pooled": [_pool(pool) for pool in pools] or None,
        "flip": {
            "badge": flip.badge.value,
            "changes": [
                {
                    "kind": change.kind.value,
                    "subject": change.subject,
                    "detail": change.detail or None,
                    "participants": change.participants,
                    "verdict": change.verdict.value,
                    "certainty": change.certainty.value if change.certainty else None,
                }
                for change in flip.changes
            ],
        },
    }


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: significant(value) if isinstance(value, float) else value for name, value in values.items()}


def _body(rated: RatedBody) -> dict[str, Any]:
    body = rated.body
    return {
        "domain": body.domain.value,
        "critical": body.critical,
        "participants": body.participants,
        "studies": {
            part.item.study.study_id: "split" if part.split else part.direction.value for part in body.contributions
        },
        "direction": body.direction.value if body.direction else None,
        "certainty": rated.level.value,
        "ratings": [dataclasses.asdict(rating) for rating in rated.ratings],
    }


def _votes(votes: Votes) -> dict[str, Any]:
    keys = {"sign_test_p": "p_value"}  # the keys of the file, which other programs read
    return _rounded({keys.get(name, name): value for name, value in dataclasses.asdict(votes).items()})


def _bias(item: Any) -> dict[str, Any] | None:
    bias = risk_of_bias(item)
    if bias.overall is None:
        return None
    return {
        "overall": bias.overall.value,
        "tools": list(bias.tools),
        "domains": {judgement.domain.value: judgement.risk.value for judgement in bias.judgements},
    }


def _computed(outcome: Any) -> dict[str, Any] | None:
    """The effect calculated from the arm figures of an outcome, in its natural measure."""
    measure = natural_measure(outcome)
    effect = computed_effect(outcome, measure) if measure else None
    return _effect(effect) if isinstance(effect, Effect) else None


def _effect(effect: Effect) -> dict[str, Any]:
    estimate, low, high = effect.shown
    found = {"measure": effect.measure.value, "estimate": estimate, "ci_low": low, "ci_high": high}
    return _rounded(found) | {"origin": effect.origin, "note": effect.note or None}


def _pool(pool: Pool) -> dict[str, Any]:
    synthesis = pool.synthesis
    main = synthesis.main if synthesis else None
    return {
        "pool": pool.name,
        "measure": pool.measure.value if pool.measure else None,
        "above_favours": pool.favours,
        "outcomes": {
            member.outcome.outcome_id: _effect(member.effect)
            if isinstance(member.effect, Effect)
            else {"not_estimable": member.effect.reason}
            for member in pool.members
        },
        "main": _pooled(main, pool.measure) if main else None,
        "others": [_pooled(other, pool.measure) for other in synthesis.others] if synthesis else [],
        "depends_on_method": synthesis.flips if synthesis else None,
        "statement": list(synthesis.statement) if synthesis else [pool.reason],
    }


def _pooled(pooled: Pooled, measure: Measure | None) -> dict[str, Any]:
    values = dataclasses.asdict(pooled)
    values.pop("weights")
    return {"scale": "log" if measure is not None and measure.is_ratio else "as it is"} | _rounded(
        {name: getattr(value, "value", value) for name, value in values.items()}
    )
