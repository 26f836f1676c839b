"""`weigh propose`: certainty ratings by the rules."""

from __future__ import annotations

from weigh.cli.app import app, session


@app.command()
def propose() -> None:
    """Write proposed certainty ratings; the committee's are kept.

    Rates every conclusion by the rules of GRADE and writes the ratings into evidence/certainty.csv, replacing earlier proposals.

    Exit codes: 0, written; 2, the review folder is invalid or cannot be written; 4, another command is changing the tables.

    Example: weigh propose
    """
    from weigh.assessment.proposals import propose as write

    print(write(session.folder()))
