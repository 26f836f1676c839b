"""The command line: arguments to calls to an exit code; the only room that prints."""

from weigh.cli import (  # each adds its commands, in this order
    applying,  # noqa: F401
    exporting,  # noqa: F401
    importing,  # noqa: F401
    reading,  # noqa: F401
    running,  # noqa: F401
    signing,  # noqa: F401
)
from weigh.cli.app import app, main

__all__ = ["app", "main"]
