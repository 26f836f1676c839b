"""The command itself: its options, its exit codes, and the one place where an error becomes a sentence."""

from __future__ import annotations

import gc
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from weigh import __version__
from weigh.errors import EvidenceError, WeighError

__all__ = ["CANNOT_RUN", "FAILED_REPORT", "FINDINGS", "INTERRUPTED", "Format", "app", "main", "say", "session"]

FINDINGS = 1
CANNOT_RUN = 2
FAILED_REPORT = 3
INTERRUPTED = 130

app = typer.Typer(
    name="weigh",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Weighs the evidence that a medical policy cites for its conclusions.",
)


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


class _Session:
    """What the options before the command say; the review folder is looked for only when a command needs it."""

    review: Path | None = None

    def folder(self) -> Path:
        from weigh.evidence.inputs import find_review

        return self.review if self.review is not None else find_review()


#: The options before the command, filled in when it is called.
session = _Session()


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"weigh {__version__}")
        raise typer.Exit


@app.callback()
def options(
    review: Annotated[
        Path | None,
        typer.Option(
            help="The review folder. Default: the nearest one upwards that holds evidence/.", show_default=False
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Weighs the evidence that a medical policy cites for its conclusions."""
    session.review = review


def main() -> None:
    """Run the command line; every error that weigh raises on purpose becomes a sentence and an exit code."""
    try:
        app(standalone_mode=True)
    except WeighError as error:
        say(error)
        sys.exit(error.exit_code)
    except OSError as error:  # a file that may not be read, a disk that fails: wherever it was met
        place = f"{error.filename}: " if error.filename else ""
        print(f"weigh: {place}{error.strerror or error}; look at the rights and the space there", file=sys.stderr)
        sys.exit(CANNOT_RUN)
    finally:
        gc.freeze()  # else the interpreter looks at every object once more before it ends


def say(error: WeighError) -> None:
    """Print an error as its sentences, one for each defect of a broken folder."""
    for sentence in error.problems if isinstance(error, EvidenceError) else (error,):
        print(f"weigh: {sentence}", file=sys.stderr)
