"""Commands that read a review: check it, show a conclusion, propose certainty, take the codes' titles."""

from __future__ import annotations

import datetime as dt
import json
from enum import StrEnum
from typing import Annotated

import typer

from weigh.cli.app import CANNOT_RUN, FINDINGS, Format, app, session
from weigh.display.conclusion import (
    show_flip,
    show_header,
    show_outcomes,
    show_references,
    show_sides,
    show_studies,
    show_unverified,
    show_verdict,
)


class CheckFormat(StrEnum):
    """How to print findings."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


@app.command()
def check(  # noqa: PLR0917  (typer makes options of them)
    output: Annotated[CheckFormat, typer.Option("--format", help="How to print the findings.")] = CheckFormat.TEXT,
    strict: Annotated[bool, typer.Option(help="Exit 1 where a finding on the guideline is not accepted.")] = False,
    show_accepted: Annotated[bool, typer.Option("--show-accepted", help="Print accepted findings too.")] = False,
    accept: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="CODE SUBJECT", help="Accept a finding instead.", show_default=False),
    ] = None,
    reason: Annotated[str, typer.Option(help="With --accept: why it is accepted.")] = "",
    who: Annotated[str, typer.Option(help="With --accept: who looked at it.")] = "",
    today: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day to judge by. Default: today.", show_default=False),
    ] = None,
) -> None:
    """Validate the review folder, then audit guideline, bibliography, codes and studies.

    Exit code 0: fine. 1: with --strict, a finding on the guideline is not accepted. 2: the folder is broken; every defect is named with file, row and column.

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
    accepted = audited.accepted if audited else ()
    if output is CheckFormat.JSON:
        print(json.dumps([finding.as_json() for finding in findings], indent=1, ensure_ascii=False))
    elif output is CheckFormat.SARIF:
        from weigh.audit.sarif import sarif

        print(json.dumps(sarif(findings, accepted), indent=1, ensure_ascii=False))
    else:
        from weigh.audit.listing import report_lines
        from weigh.text.characters import visible

        print(visible("\n".join(report_lines(review, problems, audited, show_accepted=show_accepted))))
    if review is None or any(finding.kind == "data" and finding.severity == "error" for finding in findings):
        raise typer.Exit(CANNOT_RUN)
    if strict and any(finding.kind == "guideline" for finding in findings):
        raise typer.Exit(FINDINGS)


@app.command()
def propose() -> None:
    """Write what the rules propose on certainty into evidence/certainty.csv; the committee's rows stay.

    Exit code 0: fine. 2: the folder is broken or cannot be written.

    Example: weigh propose
    """
    from weigh.assessment.proposals import propose as write
    from weigh.evidence.review import load_review

    folder = session.folder()
    print(write(load_review(folder), folder))


@app.command()
def show(
    conclusion_id: Annotated[str, typer.Argument(metavar="ID", help="An id of evidence/conclusions.csv.")],
    output: Annotated[Format, typer.Option("--format", help="How to print the conclusion.")] = Format.TEXT,
) -> None:
    """Show one conclusion: verdict, votes, what speaks for and against it, studies, what was not verified.

    Example: weigh show epicondylitis
    """
    from weigh.evidence.review import load_review
    from weigh.summary.conclusion import summarise

    summary = summarise(conclusion_id, load_review(session.folder()))
    if output is Format.JSON:
        print(json.dumps(summary.as_json(), indent=1, ensure_ascii=False))
        return
    from weigh.text.characters import visible

    parts = (
        show_header,
        show_verdict,
        show_sides,
        show_outcomes,
        show_studies,
        show_unverified,
        show_flip,
        show_references,
    )
    print(visible("\n\n".join(part(summary).text for part in parts)))


codes = typer.Typer(
    no_args_is_help=True, help="The codes of the guideline.\n\nExample: weigh codes snapshot", rich_markup_mode=None
)
app.add_typer(codes, name="codes")


@codes.command()
def snapshot() -> None:
    """Write evidence/code_titles.csv: the titles of the codes concerned, from the installed code book.

    Example: weigh codes snapshot
    """
    from weigh.evidence.codebook import CODE_TITLES, snapshot
    from weigh.evidence.review import load_review

    review = load_review(session.folder())
    path = review.folder / CODE_TITLES
    path.write_bytes(snapshot(review.codes).encode("utf-8"))
    print(f"{path}: written")


@codes.callback()
def _codes() -> None:
    """The codes of the guideline.

    Example: weigh codes snapshot
    """
