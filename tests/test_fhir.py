"""The FHIR export: read back by the library of the resources and by our own bindings, every number as the tables hold it."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from conftest import ROOT, Project
from hostile_texts import HOSTILE_TEXTS, hostile_review

from weigh.evidence.review import Review, load_review
from weigh.exports.bindings import problems
from weigh.exports.fhir import fhir_bundle
from weigh.exports.fhir_parts import as_json, resource_id
from weigh.exports.packet import packet_of

pytest.importorskip("fhir.resources", reason="no fhir.resources here; make test installs it")

Bundle = dict[str, Any]


def read(content: bytes) -> Bundle:
    """The bundle with exact numbers, once the library has taken it."""
    from fhir.resources.bundle import Bundle as Model

    Model.model_validate_json(content)
    return json.loads(content, parse_float=Decimal)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def bundle(real: Review) -> Bundle:
    return read(fhir_bundle(packet_of(real)))


def resources(bundle: Bundle, kind: str) -> dict[str, Any]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return {resource["id"]: resource for resource in found if resource["resourceType"] == kind}


def by_identifier(bundle: Bundle, kind: str, system: str) -> dict[str, Any]:
    return {
        identifier["value"]: resource
        for resource in resources(bundle, kind).values()
        for identifier in resource.get("identifier", ())
        if identifier["system"] == f"urn:weigh:{system}"
    }


def statistic(evidence: Any, display: str, description: str) -> Any:
    return next(
        (
            s
            for s in evidence.get("statistic", ())
            if s.get("description") == description
            and display in [c["display"] for c in s.get("statisticType", {}).get("coding", ())]
        ),
        {},
    )


# ---- what stands in it


def test_the_bundle_keeps_every_binding(bundle: Bundle, mini: Review) -> None:
    """Neither review breaks a required binding, an id or a reference."""
    assert [] == problems(bundle)
    assert [] == problems(read(fhir_bundle(packet_of(mini))))


def test_everything_has_its_resource(bundle: Bundle, real: Review) -> None:
    """Each cited reference, outcome of a cited study, study and conclusion is there under its own id."""
    packet = packet_of(real)
    cited = {line.item.study.study_id: line for s in packet.summaries for line in s.studies}
    outcomes = {o.outcome_id for line in cited.values() for o in line.item.outcomes}

    assert set(real.conclusions) == by_identifier(bundle, "ArtifactAssessment", "conclusion").keys()
    assert cited.keys() == by_identifier(bundle, "ArtifactAssessment", "study").keys()
    assert outcomes == by_identifier(bundle, "Evidence", "outcome").keys()
    assert {r.key for s in packet.summaries for r in s.dossier.references} == by_identifier(
        bundle, "Citation", "reference"
    ).keys()


def test_every_figure_of_a_table_is_in_the_bundle(bundle: Bundle, real: Review) -> None:
    """Effects, limits, p values, arms: exactly the digits of the table, and nothing where the table has nothing."""
    found = by_identifier(bundle, "Evidence", "outcome")
    checked = 0
    for outcome in real.outcomes:
        if outcome.outcome_id not in found:
            continue
        evidence = found[outcome.outcome_id]
        effect = next((s for s in evidence.get("statistic", ()) if "reported by the source" in s["description"]), {})
        estimates = {e["type"]["coding"][0]["display"]: e for e in effect.get("attributeEstimate", ())}
        limits = estimates.get("Confidence interval", {}).get("range", {})

        assert outcome.effect == effect.get("quantity", {}).get("value")
        assert (outcome.ci_low, outcome.ci_high) == tuple(limits.get(side, {}).get("value") for side in ("low", "high"))
        p = estimates.get("P-value", {}).get("quantity", {}).get("value")
        assert p is None or (outcome.p_value is not None and outcome.p_value.exact == p)
        notes = " ".join(note["text"] for note in evidence["note"])
        assert p is not None or not outcome.p_value or f"p as printed: {outcome.p_value}" in notes
        for arm in ("intervention", "comparator"):
            mean, count, share = (statistic(evidence, name, f"{arm} arm") for name in ("Mean", "Count", "Proportion"))
            assert getattr(outcome, f"{arm}_mean") == mean.get("quantity", {}).get("value")
            assert getattr(outcome, f"{arm}_events") == count.get("numberOfEvents")
            assert getattr(outcome, f"{arm}_percent") == share.get("quantity", {}).get("value")
            sizes = {
                s["sampleSize"]["numberOfParticipants"]
                for s in evidence.get("statistic", ())
                if s.get("description") == f"{arm} arm" and "sampleSize" in s
            }
            assert {getattr(outcome, f"{arm}_n")} - {None} == sizes
        checked += 1
    assert checked > 50


def test_verdicts_votes_and_certainty_are_those_of_the_results(bundle: Bundle, real: Review) -> None:
    """Each conclusion carries the verdict, the votes and, outcome by outcome, the certainty of its result."""
    assessments = by_identifier(bundle, "ArtifactAssessment", "conclusion")
    bodies = by_identifier(bundle, "Evidence", "body")
    for summary in packet_of(real).summaries:
        result = summary.as_json()
        (content,) = assessments[summary.conclusion_id]["content"]
        votes = [c["quantity"]["value"] for c in content["component"] if "quantity" in c]

        assert result["verdict"] == content["classifier"][0]["coding"][0]["code"]
        assert result["verdict_sentence"] == content["summary"]
        wanted = ["favours_intervention", "favours_comparator", "no_clear_direction"]
        assert [result["votes"][name] for name in wanted] == votes
        for body in result["outcomes"]:
            evidence = bodies[f"{summary.conclusion_id}.{body['domain']}"]
            size = evidence["statistic"][0]["sampleSize"]
            (certainty,) = evidence["certainty"]
            assert body["certainty"].replace("_", "-") == certainty["rating"]["coding"][0]["code"]
            assert (body["participants"], len(body["studies"])) == (
                size.get("numberOfParticipants"),
                size["numberOfStudies"],
            )
            assert [rating["reason"] for rating in body["ratings"]] == [
                part["description"] for part in certainty["subcomponent"]
            ]


def test_a_committee_is_told_from_a_rule(project: Project) -> None:
    """Who rated the certainty is said of each judgement."""
    raters = {
        part["rater"]
        for evidence in by_identifier(
            read(fhir_bundle(packet_of(load_review(project.folder)))), "Evidence", "body"
        ).values()
        for certainty in evidence["certainty"]
        for part in certainty["subcomponent"]
    }

    assert "proposed by the rules of weigh" in raters


# ---- what must not happen


@pytest.mark.long
def test_hostile_texts_stay_text(mini: Review) -> None:
    """Each hostile text in every text field comes back as that text, with control characters shown."""
    content = fhir_bundle(packet_of(hostile_review(mini)))
    text = content.decode("utf-8")
    read(content)

    for name, (_planted, shown) in HOSTILE_TEXTS.items():
        if shown is not None:
            assert json.dumps(shown, ensure_ascii=False)[1:-1].strip() in text, name
    assert not re.search(r"\\\\u00[01]", text)
    assert [] == problems(json.loads(text))


@pytest.mark.parametrize(
    ("kind", "path", "value", "words"),
    [
        ("Citation", ("status",), "nonsense", "Citation.status: 'nonsense' is not one of"),
        ("Evidence", ("status",), "final", "Evidence.status"),
        ("EvidenceVariable", ("status",), "", "EvidenceVariable.status"),
        (
            "ArtifactAssessment",
            ("content", 0, "informationType"),
            "verdict",
            "ArtifactAssessment.content.informationType",
        ),
        ("Evidence", ("citeAsReference", "reference"), "urn:uuid:0", "urn:uuid:0 is not in the bundle"),
        ("Evidence", ("id",), "a b", "is not a valid id of FHIR"),
        ("Evidence", ("id",), "x" * 65, "is not a valid id of FHIR"),
    ],
)
def test_a_broken_bundle_is_found(bundle: Bundle, kind: str, path: tuple[Any, ...], value: str, words: str) -> None:
    """A code outside its binding, a reference to nowhere and a bad id are each named."""
    broken = copy.deepcopy(bundle)
    part = next(entry["resource"] for entry in broken["entry"] if entry["resource"]["resourceType"] == kind)
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value

    assert any(words in problem for problem in problems(broken))


def test_a_resource_that_stands_twice_is_found(bundle: Bundle) -> None:
    """The same resource twice is a problem of its id and of its address."""
    broken = copy.deepcopy(bundle)
    broken["entry"].append(broken["entry"][0])

    assert 2 == sum("duplicate" in problem for problem in problems(broken))


@pytest.mark.parametrize(("one", "other"), [("a_b", "a b"), ("x" * 80, "x" * 81), ("Ä", "Ö"), ("a.b", "a-b")])
def test_ids_are_told_apart(one: str, other: str) -> None:
    """Names that clean to the same letters, or are too long, still have ids of their own."""
    ids = {resource_id("outcome", one), resource_id("outcome", other)}

    assert 2 == len(ids)
    assert all(0 < len(found) <= 64 for found in ids)


def test_a_decimal_keeps_its_digits() -> None:
    """1.50 is not 1.5, and no digit of a float is made up."""
    assert '"value": 1.50' in as_json({"value": Decimal("1.50")})
    assert '"value": 0.1\n' in as_json({"value": Decimal("0.1")})


@pytest.mark.long
def test_the_same_evidence_gives_the_same_bytes(real: Review) -> None:
    """Another process with another hash seed makes the same bundle."""
    code = (
        "import sys; from pathlib import Path; from weigh.exports.fhir import fhir_bundle; from weigh.exports.packet import packet_of;"
        f"from weigh.evidence.review import load_review; sys.stdout.buffer.write(fhir_bundle(packet_of(load_review(Path({str(ROOT)!r})))))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": "7"})

    assert fhir_bundle(packet_of(real)) == other.stdout


def test_one_conclusion_alone(real: Review) -> None:
    """A part of the review exports what it needs and no more."""
    bundle = read(fhir_bundle(packet_of(real, ["keratoconus"])))

    assert {"keratoconus"} == by_identifier(bundle, "ArtifactAssessment", "conclusion").keys()
    assert [] == problems(bundle)
