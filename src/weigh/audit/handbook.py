"""The page that explains every finding, made from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from weigh.audit.audit import ACCEPTANCE_RULES, RULES
from weigh.audit.listing import FAMILY_TITLES
from weigh.audit.rule import Rule

__all__ = ["findings_page"]

_HEAD = """# Findings

What `weigh check` can find, what it means, and how to settle it. This page is made from the rules; `make findings` writes it.

A finding of the kind *guideline* is a question to the committee or concerns the text as read; it never fails a run unless
`--strict` is given. A finding of the kind *data* concerns this folder; where it is an error, the check ends with 2.
"""


def findings_page() -> str:
    """docs/findings.md as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD.rstrip()
    for family, rules in groupby((*RULES, *ACCEPTANCE_RULES), key=lambda rule: rule.family):
        yield f"\n## {FAMILY_TITLES[family]}\n"
        yield "| code | kind | severity | what it means | how to settle it |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (_row(rule) for rule in rules)


def _row(rule: Rule) -> str:
    return f"| `{rule.code}` | {rule.kind} | {rule.severity} | {rule.means} | {rule.settle} |"
