"""The command by which a member of the committee signs a conclusion."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.app import app, session
from weigh.errors import WeighError
from weigh.evidence.vocabulary import SignoffVote

#: Seconds to wait for others who sign in the same folder; each takes one or two.
_PATIENCE = 60.0


@app.command()
def sign(  # noqa: PLR0917  (typer makes options of them)
    conclusion_id: Annotated[str, typer.Argument(metavar="ID", help="An id of evidence/conclusions.csv.")],
    who: Annotated[str, typer.Option(help="Your name.")],
    role: Annotated[str, typer.Option(help="Your role in the committee.")],
    vote: Annotated[SignoffVote, typer.Option(help="On the guideline's conclusion, given this evidence.")],
    dissent: Annotated[str, typer.Option(help="Your reasons, where you see it otherwise.")] = "",
    out: Annotated[Path, typer.Option(help="The build folder whose page you read.")] = Path("build"),
    date: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day of the vote. Default: today.", show_default=False),
    ] = None,
) -> None:
    """Sign a conclusion as its page stands; the page shows it, and says what moved when it changes.

    Exit code 0: signed. 2: the page is not up to date, or something is missing. 4: somebody else is signing.

    Example: weigh sign epicondylitis --who "A. Member" --role chair --vote agree
    """
    from weigh.evidence.review import load_review
    from weigh.pages.signed import lines_of
    from weigh.pages.signing import SIGNOFFS, refuse_read_only
    from weigh.pages.signing import sign as write
    from weigh.render.current import current_page
    from weigh.render.lock import exclusive
    from weigh.wording.sentences import SIGNOFF

    folder, day = session.folder().resolve(), date.date() if date else dt.date.today()
    if day > dt.date.today():
        raise WeighError(f"--date: {day} is still to come; give the day of the vote")
    lines = lines_of(current_page(load_review(folder), conclusion_id, out))
    refuse_read_only(folder)
    with exclusive(folder / SIGNOFFS, patience=_PATIENCE):
        review = load_review(folder)  # others may have signed meanwhile
        row = write(review, conclusion_id, lines, who=who, role=role, vote=vote, dissent=dissent, when=day)
    print(f"{row.conclusion_id}: {row.who} signed {len(lines)} lines, SHA-256 {row.sha256}, and {SIGNOFF[row.vote]}")
    print("weigh render shows it on the page")
