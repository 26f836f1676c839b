"""Advice on packages that are not installed: commands that a person can copy, from a clone and from a wheel."""

from __future__ import annotations

import re
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from weigh.text.installing import how_to_install, needs

NAMES = ["distributed", "fhir.resources", "ipywidgets", "openpyxl", "pypdfium2", "simple-icd-10-cm", "weasyprint"]


@pytest.mark.parametrize("name", NAMES)
def test_the_command_names_the_package_with_the_versions_that_weigh_declares(name: str) -> None:
    """The command calls this very Python, and the version that the tests run with is one that it allows."""
    python, *call, wanted = shlex.split(how_to_install(name))

    assert (sys.executable, ["-m", "pip", "install"]) == (str(Path.cwd() / python), call)
    assert (canonicalize_name(name), True) == (canonicalize_name(Requirement(wanted).name), ">=" in wanted)
    assert Requirement(wanted).specifier.contains(version(name))


def test_a_python_outside_the_working_folder_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works from the folder in which it is printed, in a path with a space too."""
    python = tmp_path / "a clone" / ".venv" / "bin" / "python"
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.chdir(tmp_path)
    inside = shlex.split(how_to_install("openpyxl"))
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")

    assert ("a clone/.venv/bin/python", str(python)) == (inside[0], shlex.split(how_to_install("openpyxl"))[0])


def test_a_cell_gets_a_command_without_a_path() -> None:
    """What a notebook prints is the same on every machine."""
    assert how_to_install("ipywidgets", in_notebook=True).startswith("%pip install 'ipywidgets")


def test_the_sentence_names_the_work_and_every_package() -> None:
    """One command brings all that the work needs."""
    sentence = needs("an export to xlsx", "openpyxl", "python-docx")

    assert sentence.startswith("an export to xlsx needs the package openpyxl, which is not installed; run: ")
    assert [True, True] == [f"'{name}" in sentence for name in ("openpyxl", "python-docx")]


def test_no_message_names_a_package_that_is_not_published() -> None:
    """Nobody is told to install `weigh[...]` from a registry, or an extra of it."""
    wrong = re.compile(r"weigh\[|install (weigh with|the) (its )?extra|needs? the extra|The extras? \w+")
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.j2")]

    assert [] == [path.name for path in sources if wrong.search(path.read_text(encoding="utf-8"))]
