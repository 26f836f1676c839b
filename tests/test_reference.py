"""What is generated for readers is up to date, and the wording of the documentation keeps to its style list."""

from __future__ import annotations

from pathlib import Path

import cli_reference
import prose
import pytest
from conftest import ROOT

COMMANDS = dict(cli_reference.commands_of(cli_reference.typer.main.get_command(cli_reference.app)))


def test_the_command_reference_is_up_to_date() -> None:
    """docs/cli.md is what the help texts give; `make cli-docs` writes it."""
    assert cli_reference.reference() == cli_reference.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_of_a_command_has_purpose_example_and_options(name: str) -> None:
    """A reader finds for each command what it does, a call to copy, and each of its options."""
    section = cli_reference.reference().split(f"\n## weigh {name}\n")[1].split("\n## ")[0]
    purpose = section.strip().splitlines()[0]

    assert purpose.endswith(".")
    assert "```console\n$ weigh " in section
    assert [] == [p.name for p in COMMANDS[name].params if p.param_type_name == "option" and p.opts[0] not in section]


def test_the_documentation_keeps_to_the_style_list(capsys: pytest.CaptureFixture[str]) -> None:
    """No text listed under [tool.prose] uses wording that docs/style.md rules out."""
    code = prose.main([])

    assert "" == capsys.readouterr().out
    assert 0 == code


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_every_page_is_in_the_contents(path: Path) -> None:
    """A page of docs/ that the front page does not list would not be found."""
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")

    assert path.stem == "index" or f"\n{path.stem}\n" in index


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.md", "Fine.\nMend it. `mend` is code.\n\n```\nmend\n```\n", [2]),
        ("a.md", "The row of\nits own.\n", [1]),
        ("a.py", '"""Mend it."""\n\n# told apart; one is told\nmend = 1\nwords = f"{mend} stands in"\n', [1, 3, 5]),
        ("tests/a.py", '"""Mend it."""\n\nwords = "mend"\n', [1]),
        ("a.j2", '<p class="mend">{{ mend }} stands</p>\n', [1]),
        ("a.md", "A unit stands for a number; there is no evidence.\n", []),
    ],
)
def test_the_linter_reads_prose_and_not_code(tmp_path: Path, name: str, text: str, lines: list[int]) -> None:
    """Wording is found in the prose of a file, also across a line break, and not in its code or in a test's data."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")

    assert lines == [hit.line for hit in prose.hits_in(path)]


@pytest.mark.parametrize("row", [0, 1])
def test_the_style_page_names_what_the_linter_rules_out(row: int) -> None:
    """The left column of the style table is wording that the linter finds; the right column is not."""
    page = (ROOT / "docs" / "style.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")][2:]

    assert [row == 0] * len(rows) == [bool(list(prose.hits_of(cells[row]))) for cells in rows]
