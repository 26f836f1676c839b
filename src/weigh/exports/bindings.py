"""Required bindings of FHIR R5: the codes allowed for an element, which fhir.resources does not check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["REQUIRED", "problems"]

_STATUS = frozenset({"draft", "active", "retired", "unknown"})
#: The allowed codes of each bound element that weigh writes, by its path from the resource, without list indices.
REQUIRED: Mapping[str, frozenset[str]] = {
    "Bundle.type": frozenset(
        [
            "document",
            "message",
            "transaction",
            "transaction-response",
            "batch",
            "batch-response",
            "history",
            "searchset",
            "collection",
            "subscription-notification",
        ]
    ),
    "Citation.status": _STATUS,
    "Evidence.status": _STATUS,
    "EvidenceVariable.status": _STATUS,
    "EvidenceVariable.handling": frozenset({"continuous", "dichotomous", "ordinal", "polychotomous"}),
    "ArtifactAssessment.content.informationType": frozenset(
        {"comment", "classifier", "rating", "container", "response", "change-request"}
    ),
    "ArtifactAssessment.content.component.informationType": frozenset(
        {"comment", "classifier", "rating", "container", "response", "change-request"}
    ),
    "ArtifactAssessment.workflowStatus": frozenset(
        [
            "submitted",
            "triaged",
            "waiting-for-input",
            "resolved-no-change",
            "resolved-change-required",
            "deferred",
            "duplicate",
            "applied",
            "published",
            "entered-in-error",
        ]
    ),
    "ArtifactAssessment.disposition": frozenset(
        [
            "unresolved",
            "not-persuasive",
            "persuasive",
            "persuasive-with-modification",
            "not-persuasive-with-modification",
        ]
    ),
}
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


def problems(bundle: Mapping[str, Any]) -> list[str]:
    """The defects of a bundle beyond its structure: codes outside a binding, invalid or duplicate ids, dangling references.

    Args:
        bundle: a Bundle as plain data.
    """
    found = [*_codes("Bundle", bundle)]
    urls = [entry.get("fullUrl") for entry in bundle.get("entry", ())]
    ids: list[tuple[str, str]] = []
    for entry in bundle.get("entry", ()):
        resource = entry.get("resource", {})
        kind = resource.get("resourceType", "")
        ids.append((kind, str(resource.get("id"))))
        if not _ID.fullmatch(str(resource.get("id"))):
            found.append(f"{kind}: {resource.get('id')!r} is not a valid id of FHIR")
        found += _codes(kind, resource)
        found += [
            f"{kind}/{resource.get('id')}: {to} is not in the bundle" for to in _references(resource) if to not in urls
        ]
    found += [f"{kind}/{name}: duplicate id" for kind, name in sorted(set(ids)) if ids.count((kind, name)) > 1]
    found += [f"{url}: duplicate fullUrl" for url in sorted(map(str, set(urls))) if urls.count(url) > 1]
    return found


def _codes(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not (path == "Bundle" and name == "entry"):
                yield from _codes(f"{path}.{name}", part)
    elif isinstance(value, list):
        for part in value:
            yield from _codes(path, part)
    elif path in REQUIRED and value not in REQUIRED[path]:
        yield f"{path}: {value!r} is not one of {', '.join(sorted(REQUIRED[path]))}"


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name == "reference" and isinstance(part, str):
                yield part
            else:
                yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)
