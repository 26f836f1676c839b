"""The command line: arguments to calls to an exit code; the only room that prints.

Each command is one file, and importing it adds the command; `app.ORDER` says in which order `weigh --help` lists them.
"""

from weigh.cli import apply, check, codes, diff, doctor, export, import_, propose, render, run, show, sign  # noqa: F401
from weigh.cli.app import app, main

__all__ = ["app", "main"]
