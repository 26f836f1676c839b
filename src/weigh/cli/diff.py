"""`weigh diff`: what changed between two states of a review."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.app import Format, app, session


@app.command()
def diff(
    before: Annotated[
        str,
        typer.Argument(
            metavar="A", help="The earlier state: a git revision, a review folder, or the build folder of a run."
        ),
    ],
    after: Annotated[
        str,
        typer.Argument(
            metavar="B", help="The later state, in the same form. Default: the current review.", show_default=False
        ),
    ] = "",
    output: Annotated[Format, typer.Option("--format", help="The output format.")] = Format.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write changes.ipynb and changes.html into DIR.", show_default=False),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Print a draft of the next row of evidence/history.csv instead.")
    ] = False,
) -> None:
    """Compare two states of the review, conclusion by conclusion.

    Lists the conclusions whose verdict, certainty or votes changed, and why; new and settled findings; and added, edited and removed rows.

    Exit codes: 0, compared, whether or not anything changed; 2, a state cannot be read; 3, the notebook failed.

    Example: weigh diff HEAD~1 --out changes
    """
    from weigh.render.states import changes_between

    folder = session.folder()
    changes = changes_between(before, after, folder)
    if history:
        from weigh.changes.history import history_csv
        from weigh.text.characters import visible

        print(visible(history_csv(changes)), end="")
    elif output is Format.JSON:
        print(json.dumps(changes.as_json(), indent=1, ensure_ascii=False))
    else:
        from weigh.changes.words import changes_text

        print(changes_text(changes))
    if out is not None:
        from weigh.render.change_report import write_report

        notebook, page = write_report(changes, before, after, folder, out)
        print(f"Wrote {notebook} and {page}", file=sys.stderr)  # apart from the changes themselves, which may be JSON
