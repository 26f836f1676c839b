"""The command itself: its options, its exit codes, and the one place where an error becomes a sentence."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from weigh import __version__
from weigh.errors import EvidenceError, WeighError

__all__ = ["CANNOT_RUN", "FAILED_REPORT", "FINDINGS", "INTERRUPTED", "ORDER", "Format", "app", "main", "say", "session"]

FINDINGS = 1
CANNOT_RUN = 2
FAILED_REPORT = 3
INTERRUPTED = 130

#: The commands as a review uses them, from its first draft to its exports.
ORDER = (
    "import",
    "check",
    "show",
    "render",
    "run",
    "diff",
    "apply",
    "sign",
    "propose",
    "codes",
    "export",
    "doctor",
)


class _InOrderOfUse(TyperGroup):
    """The commands, listed in the order of use; typer lists groups last."""

    def list_commands(self, ctx: object) -> list[str]:
        return sorted(self.commands, key=ORDER.index)


app = typer.Typer(
    name="weigh",
    cls=_InOrderOfUse,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"


class _Session:
    """The options given before the command; the review folder is searched for only when a command needs it."""

    review: Path | None = None

    def folder(self) -> Path:
        """The review folder: the one named with --review, or the nearest one upwards."""
        from weigh.evidence.inputs import find_review

        return self.review if self.review is not None else find_review()

    def build(self, out: Path | None) -> Path:
        """The build folder: the one named with --out, or the review's own."""
        from weigh.render.build import default_build

        return out if out is not None else default_build(self.folder())


#: The options before the command, filled in when weigh is called.
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
            metavar="DIR",
            help="The review folder. Default: the nearest folder, from here upwards, that contains evidence/.",
            show_default=False,
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Weigh the evidence that a medical policy cites for its conclusions."""
    session.review = review


def main() -> None:
    """Run the command line; every error that weigh raises on purpose becomes a sentence and an exit code."""
    try:
        app(prog_name="weigh", standalone_mode=True)
    except WeighError as error:
        say(error)
        sys.exit(error.exit_code)
    except OSError as error:  # a file that may not be read, a disk that fails: wherever it was met
        place = f"{error.filename}: " if error.filename else ""
        print(f"weigh: {place}{error.strerror or error}; check permissions and free space there", file=sys.stderr)
        sys.exit(CANNOT_RUN)
    finally:
        gc.freeze()  # otherwise the interpreter examines every object once more before it ends


def say(error: WeighError) -> None:
    """Print an error as its sentences, one for each defect of a broken folder."""
    sentences: Iterable[object] = error.problems if isinstance(error, EvidenceError) else (error,)
    for sentence in sentences:
        print(f"weigh: {sentence}", file=sys.stderr)
