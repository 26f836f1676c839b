"""The parts of FHIR resources: ids, codes, quantities and texts; and JSON that keeps every digit of a number."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from weigh.exports.guard import seen

__all__ = [
    "ATTRIBUTE",
    "STATISTIC",
    "Part",
    "as_json",
    "coded",
    "full_url",
    "pruned",
    "quantity",
    "reference_to",
    "resource_id",
    "said",
]

Part = dict[str, Any]
_LONGEST_ID = 64
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
#: Codes of HL7's statistic-type (R5) for the measures in the tables.
STATISTIC: Mapping[str, tuple[str, str]] = {
    "RR": ("C93152", "Relative Risk"),
    "OR": ("C16932", "Odds Ratio"),
    "RD": ("0000424", "Risk Difference"),
    "MD": ("0000457", "Mean Difference"),
    "SMD": ("0000100", "Standardized Mean Difference"),
    "HR": ("C93150", "Hazard Ratio"),
    "mean": ("C53319", "Mean"),
    "count": ("C25463", "Count"),
    "proportion": ("C44256", "Proportion"),
}
#: Codes of HL7's attribute-estimate-type (R5).
ATTRIBUTE: Mapping[str, tuple[str, str]] = {
    "interval": ("C53324", "Confidence interval"),
    "p": ("C44185", "P-value"),
    "sd": ("C53322", "Standard deviation"),
    "i2": ("0000420", "I-squared"),
    "tau2": ("0000421", "Tau squared"),
}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://hl7.org/fhir/5.0.0/weigh")
_EXACT = "\x00"  # occurs in no text, because control characters are made visible


def resource_id(kind: str, name: str) -> str:
    """A unique id of at most 64 letters, digits, hyphens and points."""
    clean = re.sub(r"[^A-Za-z0-9.-]+", "-", f"{kind}-{name}").strip("-")
    if clean == f"{kind}-{name}" and len(clean) <= _LONGEST_ID:
        return clean
    tail = hashlib.sha256(f"{kind}-{name}".encode()).hexdigest()[:12]
    return f"{clean[: _LONGEST_ID - 13].rstrip('-')}-{tail}"


def full_url(kind: str, name: str) -> str:
    """The address of a resource in the bundle, the same on any machine."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{kind}/{name}')}"


def reference_to(kind: str, resource: Part) -> Part:
    """A reference to a resource of the bundle."""
    return {"reference": full_url(kind, resource["id"]), "display": resource.get("title")}


def said(text: str | None) -> str | None:
    """A text as FHIR allows it, with control characters made visible; None if it is blank."""
    shown = seen(text or "")
    return shown if shown.strip() else None


def coded(system: str, code: tuple[str, str] | None, text: str | None = None) -> Part:
    """A concept with a code from an HL7 system, or with a text only.

    Args:
        system: the last part of the address of the system, or the whole address.
        code: code and display.
        text: the meaning in words.
    """
    address = system if ":" in system else f"{_TERMINOLOGY}/{system}"
    coding = [{"system": address, "code": code[0], "display": code[1]}] if code else []
    return pruned({"coding": coding, "text": said(text)})


def quantity(value: Decimal | int | float | None, unit: str | None = None) -> Part | None:
    """A number with its unit; None for None."""
    return None if value is None else pruned({"value": value, "unit": said(unit)})


def pruned(part: Part) -> Part:
    """A part without empty elements, which FHIR does not allow."""
    return {name: value for name, value in part.items() if value is not None and value not in ("", [], {})}


def as_json(resource: Part) -> str:
    """A resource as JSON; decimals keep the digits of the table."""
    text = json.dumps(resource, default=_exactly, ensure_ascii=False, indent=1)
    return re.sub(r'"\\u0000([^"]+)"', r"\1", text) + "\n"


def _exactly(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{_EXACT}{value:f}"
    raise TypeError(f"a resource cannot contain {value!r}")
