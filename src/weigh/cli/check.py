"""`weigh check`: the review folder validated, the guideline audited, and findings accepted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from weigh.cli.app import CANNOT_RUN, FINDINGS, app, session

if TYPE_CHECKING:
    from weigh.audit.audit import Audit
    from weigh.evidence.model import Finding
    from weigh.evidence.review import Review


class CheckFormat(StrEnum):
    """How to print findings."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


@app.command()
def check(  # noqa: PLR0917  (typer makes options of them)
    output: Annotated[CheckFormat, typer.Option("--format", help="The output format.")] = CheckFormat.TEXT,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if any finding on the guideline is not accepted.")
    ] = False,
    show_accepted: Annotated[bool, typer.Option("--show-accepted", help="Also print accepted findings.")] = False,
    accept: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="CODE SUBJECT",
            help="Accept a finding: record it in evidence/accepted.csv and print nothing else.",
            show_default=False,
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="With --accept: why the finding is accepted.", show_default=False)] = "",
    who: Annotated[str, typer.Option(help="With --accept: who reviewed it.", show_default=False)] = "",
    today: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Judge due dates as of this day. Default: today.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Validate the review folder and audit the guideline.

    Validation covers the schema, the keys and impossible values; the audit covers citations, reference lists, codes, studies, claims and due dates. Each finding names its file, row and column.

    Exit codes: 0, valid; 1, with --strict, a finding on the guideline is not accepted; 2, the review folder is invalid; 4, with --accept, another command is changing the tables.

    Example: weigh check --format json
    """
    from weigh.audit.audit import audit
    from weigh.evidence.review import read_review

    folder = session.folder()
    day = today.date() if today else dt.date.today()
    review, problems = read_review(folder)
    audited = audit(review, today=day) if review is not None else None
    if accept is not None and audited is not None:
        from weigh.audit.acceptance import accept as add

        print(add(folder, audited, *accept, reason=reason, who=who, when=day))
        return
    findings = (*problems, *(audited.open if audited else ()))
    print(_report(output, review, problems, audited, show_accepted=show_accepted))
    if review is None or any(finding.kind == "data" and finding.severity == "error" for finding in findings):
        raise typer.Exit(CANNOT_RUN)
    if strict and any(finding.kind == "guideline" for finding in findings):
        raise typer.Exit(FINDINGS)


def _report(
    output: CheckFormat,
    review: Review | None,
    problems: Sequence[Finding],
    audited: Audit | None,
    *,
    show_accepted: bool,
) -> str:
    """The findings in one of the formats."""
    findings = (*problems, *(audited.open if audited else ()))
    if output is CheckFormat.JSON:
        return json.dumps([finding.as_json() for finding in findings], indent=1, ensure_ascii=False)
    if output is CheckFormat.SARIF:
        from weigh.audit.sarif import sarif

        accepted = audited.accepted if audited else ()
        return json.dumps(sarif(findings, accepted), indent=1, ensure_ascii=False)
    from weigh.audit.listing import report_lines
    from weigh.text.characters import visible

    return visible("\n".join(report_lines(review, problems, audited, show_accepted=show_accepted)))
