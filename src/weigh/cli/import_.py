"""`weigh import`: a review folder drafted from a guideline's text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from weigh.cli.app import app

if TYPE_CHECKING:
    from weigh.importer.drafting.folder import Imported

_SHOWN = 20


@app.command("import")
def import_(
    guideline: Annotated[
        Path, typer.Argument(metavar="GUIDELINE", help="The text of the guideline: .txt, .md, .html or .pdf.")
    ],
    *,
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder for the draft: new or empty.", show_default=False)
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Only print each line of the text and how it was read.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Merge a revised text into an earlier draft; keep what people entered.")
    ] = False,
) -> None:
    """Draft a review folder from the text of a guideline.

    Extracts statements, references, citations, codes and the revision history, all for a person to confirm; nothing is added that the text does not print. IMPORT.md in the folder lists what was found, what was inferred, and what to do next.

    Exit codes: 0, drafted; 2, nothing written; 4, with --update, another command is changing the tables.

    Example: weigh import guideline.txt --into reviews/lamp-therapy
    """
    from weigh.errors import WeighError
    from weigh.importer.drafting.folder import content_of, import_guideline
    from weigh.importer.guideline import lines_of
    from weigh.text.characters import visible

    if lines:
        for number, use, line in lines_of(content_of(guideline), guideline.name):
            print(visible(f"{number:>6}  {use.value.replace('_', ' '):<14}  {line}"))
        return
    if into is None:
        raise WeighError("--into is missing; name a new folder for the draft")
    _print_import(import_guideline(guideline, into, update=update), guideline, into, update=update)


def _print_import(done: Imported, guideline: Path, into: Path, *, update: bool) -> None:
    from weigh.importer.drafting.import_report import REPORT
    from weigh.importer.found import Use
    from weigh.text.characters import visible
    from weigh.wording.sentences import plural

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
        print(visible(f"{into}: already up to date with this text; nothing written."))
    else:
        print(visible(f"{into}: {'updated' if update else 'drafted'}. Next, read {into / REPORT}."))
