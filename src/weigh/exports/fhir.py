"""The summaries as a FHIR R5 Bundle: references, comparisons, results, certainty and conclusions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weigh.errors import WeighError
from weigh.evidence.model import Guideline, Reference
from weigh.exports.bindings import problems
from weigh.exports.fhir_evidence import body_evidence, outcome_evidence, variables_of
from weigh.exports.fhir_parts import Part, as_json, coded, full_url, pruned, quantity, reference_to, resource_id, said
from weigh.exports.packet import Packet
from weigh.summary.conclusion import StudyLine, Summary
from weigh.wording import guideline_dates as imprint
from weigh.wording import sentences as wording

__all__ = ["fhir_bundle"]

#: The code systems of weigh's own terms, which no other system defines.
_VERDICT, _RISK, _POSITION = (f"urn:weigh:{name}" for name in ("verdict", "risk-of-bias", "position"))


def fhir_bundle(packet: Packet) -> bytes:
    """A Bundle (collection) of Citation, EvidenceVariable, Evidence and ArtifactAssessment as JSON.

    Every number comes from the tables or the results; numbers that were not seen are omitted. The same evidence gives
    the same bytes.

    Args:
        packet: the conclusions to export.

    Raises:
        ModuleNotFoundError: fhir.resources is not installed.
        WeighError: the bundle is not valid FHIR, which is a defect of weigh.
    """
    from fhir.resources.bundle import Bundle

    bundle = {
        "resourceType": "Bundle",
        "id": resource_id("weigh", packet.review.guideline.number),
        "identifier": {"system": "urn:weigh:guideline", "value": said(packet.review.guideline.number)},
        "type": "collection",
        "entry": [
            {"fullUrl": full_url(resource["resourceType"], resource["id"]), "resource": resource}
            for resource in _resources(packet)
        ],
    }
    text = as_json(bundle)
    try:
        Bundle.model_validate_json(text)
    except ValueError as error:
        raise WeighError(
            f"the FHIR export contains an invalid resource ({error}); report this as a defect of weigh"
        ) from error
    if wrong := problems(bundle):
        raise WeighError(f"the FHIR export is not valid FHIR ({wrong[0]}); report this as a defect of weigh")
    return text.encode("utf-8")


def _resources(packet: Packet) -> Iterator[Part]:
    guideline = packet.review.guideline
    whole = _guideline(guideline)
    references = {r.key: r for s in packet.summaries for r in s.dossier.references}
    citations = {key: _citation(reference) for key, reference in sorted(references.items())}
    studies: dict[str, StudyLine] = {}
    for summary in packet.summaries:
        for line in summary.studies:
            if line.item.study.study_id not in studies or studies[line.item.study.study_id].background:
                studies[line.item.study.study_id] = line
    yield whole
    yield from citations.values()
    for name in sorted(studies):
        line = studies[name]
        cited = (
            citations[line.item.reports[0].key]
            if line.item.reports and line.item.reports[0].key in citations
            else whole
        )
        variables = variables_of(line.item)
        yield from variables.values()
        for outcome in line.item.outcomes:
            measured, evidence = outcome_evidence(line.item, outcome, variables, cited)
            yield measured
            yield evidence
        yield _study_assessment(line, cited)
    for summary in sorted(packet.summaries, key=lambda s: s.conclusion_id):
        for measured, evidence in body_evidence(summary, whole):
            yield measured
            yield evidence
        yield _conclusion_assessment(summary, whole)


def _guideline(guideline: Guideline) -> Part:
    published, reviewed = guideline.publish_date, guideline.last_review_date
    notes = [said(guideline.text_note), *imprint.missing(guideline)]
    made = {
        "resourceType": "Citation",
        "id": resource_id("guideline", guideline.number),
        "identifier": [{"system": "urn:weigh:guideline", "value": said(guideline.number)}],
        "title": said(f"{guideline.subject} ({guideline.number})"),
        "status": "active",
        "date": published.isoformat() if published else None,
        "lastReviewDate": reviewed.isoformat() if reviewed else None,
        "publisher": said(guideline.publisher),
        "note": [{"text": note} for note in notes if note],
    }
    return pruned(made)


def _citation(reference: Reference) -> Part:
    identifiers = [
        {"system": system, "value": said(value)}
        for system, value in (("https://doi.org", reference.doi), ("https://pubmed.ncbi.nlm.nih.gov", reference.pmid))
        if said(value)
    ]
    pages = reference.get("pages")
    form = pruned(
        {
            "publishedIn": pruned({"title": said(reference.get("journal") or reference.get("publisher"))}),
            "volume": said(reference.get("volume")),
            "issue": said(reference.get("number")),
            "publicationDateText": said(reference.year),
            "pageString": said(pages),
        }
    )
    authors = ", ".join(f"{family} {given}".strip() for family, given in reference.authors)
    artifact = pruned(
        {
            "identifier": identifiers,
            "title": [{"text": said(reference.title)}] if said(reference.title) else [],
            "publicationForm": [form] if form else [],
            "webLocation": [{"url": said(reference.link)}] if reference.link else [],
            "contributorship": {"summary": [{"value": said(f"{authors}{', et al' if reference.et_al else ''}")}]}
            if said(authors)
            else {},
        }
    )
    return pruned(
        {
            "resourceType": "Citation",
            "id": resource_id("reference", reference.key),
            "identifier": [{"system": "urn:weigh:reference", "value": said(reference.key)}],
            "title": said(reference.title),
            "status": "active",
            "citedArtifact": artifact,
            "note": [{"text": said(reference.get("note"))}] if said(reference.get("note")) else [],
        }
    )


def _study_assessment(line: StudyLine, cited: Part) -> Part:
    bias = line.bias
    overall = bias.overall.value if bias.overall else None
    components = [
        _content(
            "classifier",
            f"{wording.BIAS_DOMAIN[j.domain]}: {wording.RISK[j.risk]}. {j.reason}",
            classifier=coded(_RISK, (j.risk.value, wording.RISK[j.risk])),
            of=wording.BIAS_DOMAIN[j.domain],
        )
        for j in bias.judgements
    ]
    content = _content(
        "classifier" if overall else "comment",
        f"Risk of bias, {', '.join(bias.tools) or 'no instrument'}: {wording.RISK[bias.overall]}. {bias.reason}",
        classifier=coded(_RISK, (overall, wording.RISK[bias.overall])) if overall else None,
        of="risk of bias",
    )
    return pruned(
        {
            "resourceType": "ArtifactAssessment",
            "id": resource_id("bias", line.item.study.study_id),
            "identifier": [{"system": "urn:weigh:study", "value": said(line.item.study.study_id)}],
            "title": said(f"Risk of bias of {line.name}"),
            "artifactReference": reference_to("Citation", cited),
            "content": [pruned(content | {"component": components})],
        }
    )


def _conclusion_assessment(summary: Summary, whole: Part) -> Part:
    conclusion, judgement = summary.dossier.conclusion, summary.judgement
    votes = judgement.votes
    components = [
        _content(
            "classifier",
            conclusion.statement,
            classifier=coded(_POSITION, (conclusion.position.value, wording.POSITION[conclusion.position])),
            of="position of the guideline",
        ),
        *(
            _content("rating", words, number=quantity(count), of=words)
            for words, count in (
                ("studies that favour the intervention", votes.favours_intervention),
                ("studies that favour the comparator", votes.favours_comparator),
                ("studies with no clear direction", votes.no_clear_direction),
            )
        ),
        *(_content("comment", reason, of="reason for discussion") for reason in summary.discuss),
        *(_content("comment", point.text, of=f"not verified: {point.name}") for point in summary.not_verified),
    ]
    content = _content(
        "rating",
        summary.verdict_sentence,
        classifier=coded(_VERDICT, (summary.verdict.value, wording.VERDICT[summary.verdict])),
        of="verdict",
    )
    return pruned(
        {
            "resourceType": "ArtifactAssessment",
            "id": resource_id("conclusion", summary.conclusion_id),
            "identifier": [{"system": "urn:weigh:conclusion", "value": said(summary.conclusion_id)}],
            "title": said(summary.question),
            "artifactReference": reference_to("Citation", whole),
            "content": [pruned(content | {"component": components})],
        }
    )


def _content(
    kind: str, summary: str | None, *, of: str, classifier: Part | None = None, number: Part | None = None
) -> dict[str, Any]:
    """One content element of an assessment: its kind, subject and text, with its code or number."""
    return pruned(
        {
            "informationType": kind,
            "summary": said(summary),
            "type": coded("", None, of),
            "classifier": [classifier] if classifier else [],
            "quantity": number,
        }
    )
