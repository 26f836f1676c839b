"""`weigh export`: the summaries in other formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weigh.cli.app import app, session
from weigh.exports.formats import Format


@app.command()
def export(
    conclusion_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help="The conclusions to export. Default: all.", show_default=False),
    ] = None,
    *,
    to: Annotated[
        Format,
        typer.Option(
            help="xlsx: a workbook to filter. docx: a packet to edit. pdf: a packet to print. fhir: resources for "
            "other systems. csv: tables with exact values for programs."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="PATH", help="The file to write, or for csv the folder.")],
) -> None:
    """Export the summaries to XLSX, DOCX, PDF, FHIR or CSV.

    Every number is the one that the pages show. If a format needs a package that is not installed, the command says how to install it.

    Exit codes: 0, written; 2, nothing written, and any existing file is unchanged.

    Example: weigh export carpal-tunnel-syndrome --to docx --out packet.docx
    """
    from weigh.evidence.review import load_review
    from weigh.exports.formats import exported
    from weigh.exports.packet import packet_of
    from weigh.exports.place import put, refuse_unfit
    from weigh.text.characters import visible
    from weigh.wording.sentences import plural

    folder = session.folder()
    refuse_unfit(out, to, folder)
    packet = packet_of(load_review(folder), conclusion_ids or ())
    content = exported(packet, to)
    put(content, out)
    files = "" if isinstance(content, bytes) else f" in {plural(len(content), 'file')}"
    print(visible(f"{out}: {plural(len(packet.summaries), 'conclusion')} as {to}{files}"))
