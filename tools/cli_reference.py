"""Write docs/cli.md, the reference of the command line, from the commands themselves: `make cli-docs`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from weigh.cli import app

__all__ = ["PAGE", "commands_of", "reference"]

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

_EXAMPLE = re.compile(r"Examples?:\s+(?=\S)")
_HEAD = """\
# Command reference

<!-- Written by `make cli-docs` from the help texts. -->

Every command also prints this text with `--help`. `weigh` is installed in `.venv/bin`. It works on the nearest folder,
from the working folder upwards, that holds `evidence/`; `weigh --review PATH COMMAND ...` works on another one.
"""


def commands_of(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Each command by the words that call it, in the order of the help; those of a group follow it."""
    for name in group.list_commands(_context(group, "weigh")):
        command, path = group.commands[name], (*words, name)
        if hasattr(command, "commands"):
            yield from commands_of(command, path)
        else:
            yield " ".join(path), command


def reference() -> str:
    """The text of docs/cli.md."""
    group = typer.main.get_command(app)
    commands = list(commands_of(group))
    links = (f"- [`weigh {name}`](#{_anchor(name)}): {_paragraphs(command)[0]}\n" for name, command in commands)
    parts = [_HEAD, "".join(links), *_section("weigh", group)]
    for name, command in commands:
        parts += _section(f"weigh {name}", command)
    return "\n".join(parts)


def _context(command: Any, name: str) -> Any:
    return type(command).context_class(command, info_name=name)


def _section(name: str, command: Any) -> Iterator[str]:
    context = _context(command, name)
    yield f"## {name}\n"
    yield from _prose(command)
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    if table := _parameters(command, context):
        yield table


def _anchor(name: str) -> str:
    return f"weigh-{name}".replace(" ", "-")


def _paragraphs(command: Any) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in (command.help or "").split("\n\n")]


def _prose(command: Any) -> Iterator[str]:
    """The paragraphs of the help; an example becomes a block that can be copied."""
    for paragraph in _paragraphs(command):
        example = _EXAMPLE.match(paragraph)
        yield f"```console\n$ {paragraph[example.end() :]}\n```\n" if example else f"{paragraph}\n"


def _parameters(command: Any, context: Any) -> str:
    """The table of arguments and options, as the help prints them."""
    records = (parameter.get_help_record(context) for parameter in command.params)
    rows = [[cell.strip().replace("|", r"\|") for cell in record] for record in records if record]
    table = "".join(f"| `{names}` | {' '.join(meaning.split())} |\n" for names, meaning in rows)
    return f"| argument or option | meaning |\n| --- | --- |\n{table}" if rows else ""


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
