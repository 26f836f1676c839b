"""`weigh doctor`: whether this machine can render."""

from __future__ import annotations

import typer

from weigh.cli.app import CANNOT_RUN, app, session
from weigh.cli.rendering import OutOption


@app.command()
def doctor(out: OutOption = None) -> None:
    """Check that this machine can render the review.

    Checks the packages, the Jupyter kernel, the font, the evidence, free space and permissions.

    Exit codes: 0, a run can start; 2, it cannot: each line that begins with NO says why and what to do.

    Example: weigh doctor --out build
    """
    from weigh.render.doctor import examine

    checks = list(examine(session.folder(), session.build(out)))
    for check in checks:
        print(f"{'yes' if check.ok else 'NO '} {check.words}")
    if not all(check.ok for check in checks):
        raise typer.Exit(CANNOT_RUN)
