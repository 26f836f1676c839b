"""`weigh sign`: a committee member's vote on a conclusion."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.app import app, session
from weigh.errors import WeighError
from weigh.evidence.vocabulary import SignoffVote


@app.command()
def sign(  # noqa: PLR0917  (typer makes options of them)
    conclusion_id: Annotated[str, typer.Argument(metavar="ID", help="A conclusion_id in evidence/conclusions.csv.")],
    who: Annotated[str, typer.Option(help="Your name.")],
    role: Annotated[str, typer.Option(help="Your role on the committee.")],
    vote: Annotated[SignoffVote, typer.Option(help="Your vote on the guideline's conclusion, given this evidence.")],
    dissent: Annotated[str, typer.Option(help="Your reasons, if you dissent.", show_default=False)] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The build folder that holds the page you read. Default: build in the review folder.",
            show_default=False,
        ),
    ] = None,
    date: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The date of the vote. Default: today.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Sign a conclusion as its page reads now.

    Records your vote in evidence/signoffs.csv, bound to the exact text of the page. The page then shows your vote and, if its text changes later, what changed.

    Exit codes: 0, signed; 2, the page is out of date, or a required option is missing; 4, another command is changing the tables.

    Example: weigh sign epicondylitis --who "A. Member" --role chair --vote agree
    """
    from weigh.evidence.lock import editing
    from weigh.evidence.review import load_review
    from weigh.pages.signed import lines_of
    from weigh.pages.signing import refuse_read_only
    from weigh.pages.signing import sign as write
    from weigh.render.current import current_page
    from weigh.wording.sentences import SIGNOFF

    folder, day = session.folder().resolve(), date.date() if date else dt.date.today()
    if day > dt.date.today():
        raise WeighError(f"--date: {day} is in the future; give the date of the vote")
    lines = lines_of(current_page(load_review(folder), conclusion_id, session.build(out)))
    refuse_read_only(folder)
    with editing(folder):
        review = load_review(folder)  # others may have signed meanwhile
        row = write(review, conclusion_id, lines, who=who, role=role, vote=vote, dissent=dissent, when=day)
    print(f"{row.conclusion_id}: {row.who} signed {len(lines)} lines, SHA-256 {row.sha256}, and {SIGNOFF[row.vote]}")
    print("Run weigh render to show the vote on the page.")
