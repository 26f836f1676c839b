"""Evidence and EvidenceVariable of FHIR R5: one result of a study, and all evidence in one outcome domain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from weigh.assessment.dossier import StudyEvidence
from weigh.assessment.grade import RatedBody
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Certainty
from weigh.exports.fhir_parts import (
    ATTRIBUTE,
    STATISTIC,
    Part,
    coded,
    pruned,
    quantity,
    reference_to,
    resource_id,
    said,
)
from weigh.summary.conclusion import Summary
from weigh.wording import sentences as wording
from weigh.wording.effect_words import CERTAINTY

__all__ = ["body_evidence", "outcome_evidence", "variables_of"]

_CERTAINTY_TYPE = {
    "risk_of_bias": ("RiskOfBias", "Risk of bias"),
    "inconsistency": ("Inconsistency", "Inconsistency"),
    "indirectness": ("Indirectness", "Indirectness"),
    "imprecision": ("Imprecision", "Imprecision"),
    "publication_bias": ("PublicationBias", "Publication bias"),
    "large_effect": ("LargeEffect", "Large effect"),
}
_CERTAINTY_RATING = {
    Certainty.HIGH: ("high", "High quality"),
    Certainty.MODERATE: ("moderate", "Moderate quality"),
    Certainty.LOW: ("low", "Low quality"),
    Certainty.VERY_LOW: ("very-low", "Very low quality"),
}
_CONCERN = {
    "not_serious": ("no-concern", "no serious concern"),
    "serious": ("serious-concern", "serious concern"),
    "very_serious": ("very-serious-concern", "very serious concern"),
    "extremely_serious": ("extremely-serious-concern", "extremely serious concern"),
}
_TYPE_SYSTEM, _RATING_SYSTEM = "http://hl7.org/fhir/certainty-type", "http://hl7.org/fhir/certainty-rating"


def variables_of(item: StudyEvidence) -> dict[str, Part]:
    """The population, the intervention and the comparator of a study, by role."""
    study = item.study
    texts = {
        "population": study.population or study.condition,
        "exposure": study.intervention,
        "referenceExposure": study.comparator or wording.COMPARATOR[study.comparator_type],
    }
    return {role: _variable(role.lower(), study.study_id, text) for role, text in texts.items() if said(text)}


def _variable(kind: str, name: str, text: str | None) -> Part:
    return pruned(
        {
            "resourceType": "EvidenceVariable",
            "id": resource_id(kind, name),
            "identifier": [{"system": f"urn:weigh:{kind}", "value": said(name)}],
            "title": said(text),
            "status": "active",
        }
    )


def outcome_evidence(
    item: StudyEvidence, outcome: Outcome, variables: dict[str, Part], cited: Part
) -> tuple[Part, Part]:
    """The outcome measured and the result of one study, with its numbers as in the table."""
    when = f" ({outcome.timepoint})" if outcome.timepoint else ""
    measured = _variable("outcome-measure", outcome.outcome_id, f"{outcome.measure}{when}")
    notes = [
        f"Direction: {wording.direction_words(outcome.direction, 'the intervention')}.",
        f"Contrast: {outcome.contrast.value.replace('_', ' ')}.",
        f"Source: {outcome.source} ({wording.EXTRACTION[outcome.extraction]}).",
        outcome.note,
    ]
    if outcome.p_value and outcome.p_value.exact is None:
        notes.append(f"p as printed: {outcome.p_value.printed}")
    evidence = {
        "resourceType": "Evidence",
        "id": resource_id("outcome", outcome.outcome_id),
        "identifier": [{"system": "urn:weigh:outcome", "value": said(outcome.outcome_id)}],
        "title": said(f"{item.name}: {outcome.measure}{when}"),
        "status": "active",
        "citeAsReference": reference_to("Citation", cited),
        "note": [{"text": said(note)} for note in notes if said(note)],
        "variableDefinition": _definitions({**variables, "measuredVariable": measured}),
        "studyDesign": [coded("", None, item.study.design_detail or wording.DESIGN[item.study.design])],
        "statistic": [statistic for statistic in (_effect(outcome), *_arms(outcome)) if statistic],
    }
    return measured, pruned(evidence)


def _definitions(variables: dict[str, Part]) -> list[Part]:
    return [
        {
            "variableRole": coded("variable-role", (role, re.sub(r"([A-Z])", r" \1", role).lower())),
            "observed": reference_to("EvidenceVariable", variable),
        }
        for role, variable in variables.items()
    ]


def _effect(outcome: Outcome) -> Part | None:
    """The effect that the source reports, with its interval and p value; None if it reports none of these."""
    estimates = []
    if outcome.ci_low is not None or outcome.ci_high is not None:
        limits = pruned(
            {"low": quantity(outcome.ci_low, outcome.unit), "high": quantity(outcome.ci_high, outcome.unit)}
        )
        estimates.append(
            {"type": coded("attribute-estimate-type", ATTRIBUTE["interval"]), "level": Decimal("0.95"), "range": limits}
        )
    if outcome.p_value and outcome.p_value.exact is not None:
        estimates.append(
            {"type": coded("attribute-estimate-type", ATTRIBUTE["p"]), "quantity": quantity(outcome.p_value.exact)}
        )
    if outcome.effect is None and not estimates:
        return None
    measure = outcome.effect_measure
    return pruned(
        {
            "description": said(f"{measure} as reported by the source" if measure else "as reported by the source"),
            "statisticType": coded("statistic-type", STATISTIC.get(measure or ""), measure or "not stated"),
            "quantity": quantity(outcome.effect, None if measure in ("RR", "OR", "HR", "SMD") else outcome.unit),
            "attributeEstimate": estimates,
        }
    )


def _arms(outcome: Outcome) -> Iterator[Part]:
    """The figures of each arm, as printed."""
    for arm in ("intervention", "comparator"):
        n, mean, sd, events, percent = (
            getattr(outcome, f"{arm}_{name}") for name in ("n", "mean", "sd", "events", "percent")
        )
        size = {"numberOfParticipants": n} if n is not None else None
        what = f"{arm} arm"
        spread = (
            [{"type": coded("attribute-estimate-type", ATTRIBUTE["sd"]), "quantity": quantity(sd, outcome.unit)}]
            if sd is not None
            else []
        )
        if mean is not None:
            kind = coded("statistic-type", STATISTIC["mean"])
            yield pruned(
                {
                    "description": what,
                    "statisticType": kind,
                    "quantity": quantity(mean, outcome.unit),
                    "sampleSize": size,
                    "attributeEstimate": spread,
                }
            )
        if events is not None:
            kind = coded("statistic-type", STATISTIC["count"])
            yield pruned({"description": what, "statisticType": kind, "numberOfEvents": events, "sampleSize": size})
        if percent is not None:
            kind = coded("statistic-type", STATISTIC["proportion"])
            yield pruned(
                {"description": what, "statisticType": kind, "quantity": quantity(percent, "%"), "sampleSize": size}
            )
        if size and mean is None and events is None and percent is None:
            yield {"description": what, "sampleSize": size}


def body_evidence(summary: Summary, whole: Part) -> Iterator[tuple[Part, Part]]:
    """All evidence on a conclusion in each outcome domain: its amount and its certainty."""
    conclusion = summary.dossier.conclusion
    shown = {row.domain: row for row in summary.outcomes}
    for rated in summary.judgement.assessment.bodies:
        domain = rated.body.domain
        name = f"{summary.conclusion_id}.{domain.value}"
        measured = _variable("outcome-domain", name, wording.domain_words(domain))
        row = shown.get(domain)
        size = {"numberOfStudies": len(rated.body.contributions), "numberOfParticipants": rated.body.participants}
        yield (
            measured,
            pruned(
                {
                    "resourceType": "Evidence",
                    "id": resource_id("body", name),
                    "identifier": [{"system": "urn:weigh:body", "value": said(name)}],
                    "title": said(f"{conclusion.condition}: {wording.domain_words(domain)}"),
                    "status": "active",
                    "citeAsReference": reference_to("Citation", whole),
                    "note": [{"text": said(row.what_happens)}] if row and said(row.what_happens) else [],
                    "variableDefinition": _definitions({"measuredVariable": measured}),
                    "synthesisType": coded("", None, "synthesis without meta-analysis, by direction of effect"),
                    "statistic": [{"description": "the evidence as a whole", "sampleSize": pruned(size)}],
                    "certainty": [_certainty(rated)],
                }
            ),
        )


def _certainty(rated: RatedBody) -> Part:
    parts = []
    for rating in rated.ratings:
        kind = _CERTAINTY_TYPE.get(rating.domain)
        parts.append(
            pruned(
                {
                    "description": said(rating.reason),
                    "type": coded(_TYPE_SYSTEM, kind, rating.domain.replace("_", " ")),
                    "rating": coded(_RATING_SYSTEM, _CONCERN.get(rating.judgement), rating.judgement.replace("_", " ")),
                    "rater": "the committee" if rating.judged_by == "committee" else "proposed by the rules of weigh",
                }
            )
        )
    return pruned(
        {
            "type": coded(_TYPE_SYSTEM, ("Overall", "Overall certainty")),
            "rating": coded(_RATING_SYSTEM, _CERTAINTY_RATING[rated.level], CERTAINTY[rated.level]),
            "subcomponent": parts,
        }
    )
