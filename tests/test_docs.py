"""The README, the help texts and the data dictionary are accurate."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest
import typer
from conftest import MINI, ROOT, RunWeigh

from weigh.cli import app

README = (ROOT / "README.md").read_text(encoding="utf-8")
DICTIONARY = (ROOT / "evidence" / "README.md").read_text(encoding="utf-8")
PACKAGE = json.loads((ROOT / "evidence" / "datapackage.json").read_text(encoding="utf-8"))
TABLES: dict[str, Any] = {resource["name"]: resource for resource in PACKAGE["resources"]}


def commands_of(group: Any, words: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every command by its words, including those of groups."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        path = (*words, name)
        found |= commands_of(command, path) if hasattr(command, "commands") else {" ".join(path): command}
    return found


COMMANDS = commands_of(typer.main.get_command(app))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_shows_an_example(name: str) -> None:
    """Each command's help ends with an example that can be copied."""
    help_text = COMMANDS[name].help or ""

    assert re.search(rf"^Example: weigh (--review \S+ )?{name}\b", help_text, flags=re.MULTILINE), help_text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_explained(name: str) -> None:
    """Every option and argument has an explanation in the help text."""
    unexplained = [parameter.name for parameter in COMMANDS[name].params if not getattr(parameter, "help", None)]

    assert [] == unexplained


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name: str) -> None:
    """Every command is mentioned in the README."""
    assert re.search(rf"\bweigh (--review \S+ )?{name}\b", README), f"README.md does not name `weigh {name}`"


def test_the_readme_names_no_command_that_is_not_there() -> None:
    """Everything that the README's code calls exists."""
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", README, flags=re.DOTALL))
    named = set(re.findall(r"(?:^|[`$/]\s*|bin/)weigh (?:--review \S+ )?([a-z]+)\b", code, flags=re.MULTILINE))

    assert set() == named - {name.split()[0] for name in COMMANDS}


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_described(table: str) -> None:
    """The data dictionary describes each table and each of its columns."""
    fields = TABLES[table]["schema"]["fields"]
    undescribed = [field["name"] for field in fields if not field.get("description", "").strip()]

    assert TABLES[table]["description"].strip()
    assert [] == undescribed


@pytest.mark.parametrize("table", TABLES)
def test_the_evidence_readme_names_every_table(table: str) -> None:
    """evidence/README.md lists each table."""
    assert f"`{table}.csv`" in DICTIONARY


def test_the_evidence_readme_names_no_table_that_is_not_there() -> None:
    """Each CSV file named in evidence/README.md exists."""
    named = set(re.findall(r"\b([a-z_]+)\.csv\b", DICTIONARY))

    assert set() == named - TABLES.keys()


def test_the_evidence_readme_tells_where_columns_are_described() -> None:
    """The README describes each column itself, or refers to datapackage.json."""
    columns = {field["name"] for resource in TABLES.values() for field in resource["schema"]["fields"]}
    described = all(f"`{column}`" in DICTIONARY for column in columns)

    assert described or re.search(r"`datapackage\.json`[^.]*data dictionary", DICTIONARY)


def test_the_fictional_review_has_the_schema_of_the_real_one() -> None:
    """The schemas of the test folders differ from the real one in name and title only."""
    fictional = json.loads((MINI / "evidence" / "datapackage.json").read_text(encoding="utf-8"))
    copied = {"name", "title"}

    assert PACKAGE["name"] != fictional["name"]
    assert {key: value for key, value in PACKAGE.items() if key not in copied} == {
        key: value for key, value in fictional.items() if key not in copied
    }


def test_the_page_of_findings_is_made_from_the_rules() -> None:
    """docs/findings.md equals what the rules give; if it is stale, run `make findings`."""
    from weigh.audit.handbook import findings_page

    assert findings_page() == (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["check", "show temporomandibular-disorders"])
def test_the_readme_shows_real_output(run_weigh: RunWeigh, command: str) -> None:
    """The output shown in the README is that of the command, except for elided lines."""
    block = next(b for b in README.split("```console\n")[1:] if f"$ weigh {command}\n" in b).split("```")[0]
    shown = block.split(f"$ weigh {command}\n")[1].split("\n$ ")[0].splitlines()
    printed = run_weigh(*command.split()).stdout

    assert shown
    for line in (line for line in shown if line != "..."):
        assert line.removesuffix(" ...") in printed


def test_the_architecture_names_every_room_and_only_files_that_exist() -> None:
    """Each package of weigh has its row, in the layer list too, and each file on the way of a number is there."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    source = ROOT / "src" / "weigh"
    rooms = {path.name for path in source.iterdir() if (path / "__init__.py").is_file()}
    rows = set(re.findall(r"^\| `(\w+)`(?:, `(\w+)`)? \|", text, flags=re.MULTILINE))
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"][
        0
    ]
    files = re.findall(r"`(\w+/\w+\.py)`", text)

    assert rooms | {"errors"} == {name for row in rows for name in row if name}
    assert rooms | {"errors"} == {name for layer in layers["layers"] for name in layer.split(" | ")}
    assert 16 == len(layers["layers"])
    assert files
    assert [] == [file for file in files if not (source / file).is_file()]
