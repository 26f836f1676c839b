"""`weigh apply`: the guideline's criteria for one request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.app import Format, app, session


@app.command()
def apply(
    facts: Annotated[
        Path, typer.Option(metavar="FILE", help="The codes and documented facts, in TOML.", show_default=False)
    ],
    output: Annotated[Format, typer.Option("--format", help="The output format.")] = Format.TEXT,
) -> None:
    """Apply the medical-necessity criteria to one request.

    Prints the answer, the criteria that lead to it, and the missing facts that could change it. This is an aid to reading the guideline, not a coverage decision and not advice on care.

    Exit codes: 0, answered, whatever the answer; 2, the file is not a valid request, or the review folder is invalid.

    Example: weigh apply --facts docs/examples/request.toml
    """
    from weigh.coverage.decision import decide
    from weigh.coverage.request import read_request
    from weigh.evidence.review import load_review

    review = load_review(session.folder())
    decision = decide(read_request(facts, review), review)
    if output is Format.JSON:
        print(json.dumps(decision.as_json(), indent=1, ensure_ascii=False))
        return
    from weigh.display.show import show

    print(f"Guideline {decision.guideline.number}: {show(decision).text}")
