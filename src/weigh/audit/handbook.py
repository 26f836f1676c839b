"""Generates docs/findings.md, the page that explains every finding, from the rules."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from weigh.audit.audit import ACCEPTANCE_RULES, RULES
from weigh.audit.listing import FAMILY_TITLES
from weigh.audit.rule import FAMILIES, Rule

__all__ = ["findings_page"]

_HEAD = """# Findings

All findings of `weigh check`, their meaning and how to resolve them. `make findings` generates this page from the rules.

A finding of kind *guideline* is a question for the committee or concerns the text as read; it does not change the exit
code unless `--strict` is given. A finding of kind *data* concerns this folder; if it is an error, the exit code is 2.
"""


def findings_page() -> str:
    """The content of docs/findings.md as Markdown: one table of findings per family, in rule order."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD.rstrip()
    ordered = sorted((*RULES, *ACCEPTANCE_RULES), key=lambda rule: FAMILIES.index(rule.family))
    for family, rules in groupby(ordered, key=lambda rule: rule.family):
        yield f"\n## {FAMILY_TITLES[family]}\n"
        yield "| code | kind | severity | meaning | resolution |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (_row(rule) for rule in rules)


def _row(rule: Rule) -> str:
    return f"| `{rule.code}` | {rule.kind} | {rule.severity} | {rule.means} | {rule.settle} |"
