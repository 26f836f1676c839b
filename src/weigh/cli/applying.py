"""The command that reads the guideline's criteria for one request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.app import Format, app, session
from weigh.display.criteria import show_decision


@app.command()
def apply(
    facts: Annotated[
        Path, typer.Option(metavar="FILE", help="Codes and documented facts, in TOML.", show_default=False)
    ],
    output: Annotated[Format, typer.Option("--format", help="How to print the decision.")] = Format.TEXT,
) -> None:
    """Read the criteria of medical necessity for one request: what follows, by which way, and which facts are missing.

    An aid to reading the guideline: not a coverage decision, and not advice on care.

    Exit code 0: whatever follows. 2: the file is no request, or the folder is broken.

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

    print(f"Guideline {decision.guideline.number}: {show_decision(decision).text}")
