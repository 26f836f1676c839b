"""`weigh codes`: the guideline's codes and their titles in the code book."""

from __future__ import annotations

import typer

from weigh.cli.app import app, session

codes = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(codes, name="codes")


@codes.callback()
def _codes() -> None:
    """Maintain the table of official code titles.

    Example: weigh codes snapshot
    """


@codes.command()
def snapshot() -> None:
    """Write evidence/code_titles.csv from the installed code book.

    The table holds the official titles of the guideline's ICD-10-CM codes and of their neighbours, so that `weigh check` needs no code book.

    Exit codes: 0, written; 2, the code book is not installed, or the review folder is invalid or cannot be written; 4, another command is changing the tables.

    Example: weigh codes snapshot
    """
    from weigh.evidence.codebook import write_snapshot

    print(f"{write_snapshot(session.folder())}: written")
