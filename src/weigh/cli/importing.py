"""The command that drafts a review folder from a guideline's text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.app import app

_SHOWN = 20


@app.command("import")
def import_(
    guideline: Annotated[Path, typer.Argument(metavar="GUIDELINE", help="Its text: .txt, .md, .html or .pdf.")],
    *,
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of the draft: new or empty.", show_default=False)
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Only print every line with its number and what became of it.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Bring a revised text into a draft; what a person entered stays.")
    ] = False,
) -> None:
    """Draft the review folder of a guideline: statements, references, citations, codes, history, all to be confirmed.

    IMPORT.md in the folder says what was found, what was guessed, and what to do next. Nothing is filled in that the text does not print. PDF needs the extra pdf-import. Exit code 0: drafted. 2: nothing was written.

    Example: weigh import guideline.txt --into reviews/lamp-therapy
    """
    from weigh.errors import WeighError
    from weigh.importer.drafting.folder import content_of, import_guideline
    from weigh.importer.drafting.import_report import REPORT
    from weigh.importer.found import Use
    from weigh.importer.guideline import lines_of
    from weigh.text.characters import visible
    from weigh.wording.sentences import plural

    if lines:
        for number, use, line in lines_of(content_of(guideline), guideline.name):
            print(visible(f"{number:>6}  {use.value.replace('_', ' '):<14}  {line}"))
        return
    if into is None:
        raise WeighError("--into is missing; name a new folder for the draft")
    done = import_guideline(guideline, into, update=update)
    found = done.found
    missing = sum(use is Use.NOT_UNDERSTOOD for use in found.uses)
    print(
        visible(
            f"{guideline.name}: {plural(len(found.entries), 'reference')}, {plural(len(found.mentions), 'citation')}, "
            f"{plural(len(found.statements), 'statement')}, {plural(len(found.codes), 'row')} of codes; "
            f"{missing} of {plural(len(found.uses), 'line')} not understood."
        )
    )
    for change in done.changes[:_SHOWN]:
        print(visible(f"  {change.words()}"))
    if len(done.changes) > _SHOWN:
        print(f"  and {len(done.changes) - _SHOWN} more")
    if not done.written:
        print(visible(f"{into}: nothing changed; it is what this text gives."))
    else:
        print(visible(f"{into}: {'brought up to date' if update else 'drafted'}. Read {into / REPORT} next."))
