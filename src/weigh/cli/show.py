"""`weigh show`: one conclusion on the terminal."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from weigh.cli.app import Format, app, session

#: The parts of a report that a terminal has room for.
_PARTS = ("header", "verdict", "sides", "outcomes", "cards", "unverified", "flip", "references")


@app.command()
def show(
    conclusion_id: Annotated[str, typer.Argument(metavar="ID", help="A conclusion_id in evidence/conclusions.csv.")],
    output: Annotated[Format, typer.Option("--format", help="The output format.")] = Format.TEXT,
) -> None:
    """Show one conclusion: verdict, votes, certainty and studies.

    Also shows the evidence for and against it, what has not been verified, and the references.

    Exit codes: 0, shown; 2, the id is unknown, or the review folder is invalid.

    Example: weigh show epicondylitis
    """
    from weigh.evidence.review import load_review
    from weigh.summary.conclusion import summarise

    summary = summarise(conclusion_id, load_review(session.folder()))
    if output is Format.JSON:
        print(json.dumps(summary.as_json(), indent=1, ensure_ascii=False))
        return
    from weigh.display.show import show as shown
    from weigh.text.characters import visible

    print(visible("\n\n".join(shown(summary, part).text for part in _PARTS)))
