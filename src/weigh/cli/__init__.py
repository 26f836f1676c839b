"""The command line: arguments to calls to an exit code; the only room that prints."""

from weigh.cli import applying, exporting, importing, reading, running, signing  # each adds its commands, in this order # noqa: F401
from weigh.cli.app import app, main

__all__ = ["app", "main"]
