"""The installation into .venv, with the real pip and packages made for the test: what is there, what is added, what is replaced."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import install
import pytest
from conftest import ROOT

REPORTS, ALL = "requirements-reports.lock", "requirements.lock"

BACKEND = """
import zipfile


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "demo-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("demo-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: demo\\nVersion: 1\\n")
        wheel.writestr("demo-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: demo\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("demo-1.dist-info/RECORD", "")
    return name
"""


@dataclass(frozen=True)
class Clone:
    """A project with the Makefile of this one, and locks that name packages of the folder beside it."""

    folder: Path
    wheels: Path

    def lock(self, file: str, *names: str, broken: bool = False) -> None:
        """Write a lock that pins packages, or one whose hashes fit none."""
        lines = ["# by hand"]
        for name in names:
            (wheel,) = self.wheels.glob(f"{name}-1-*.whl")
            digest = "0" * 64 if broken else hashlib.sha256(wheel.read_bytes()).hexdigest()
            lines.append(f"{name}==1 \\\n    --hash=sha256:{digest}")
        lines.append("elsewhere==1 ; sys_platform == 'elsewhere' \\\n    --hash=sha256:" + "0" * 64)
        (self.folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def make(self, target: str, fails: bool = False) -> str:
        """What a target prints."""
        unset = ("MAKE", "MFLAGS", "PYTHON", "PIP_", "VIRTUAL_ENV")
        own = {key: value for key, value in os.environ.items() if not key.startswith(unset)}
        offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        done = subprocess.run(
            ["make", target], cwd=self.folder, env=own | offline, capture_output=True, encoding="utf-8", check=False
        )
        assert fails == bool(done.returncode), done.stdout + done.stderr
        return done.stdout + (done.stderr if fails else "")

    def packages(self) -> set[str]:
        """The packages in .venv, but for those of a new one."""
        found = (path.name.partition("-")[0] for path in self.folder.glob(".venv/lib/*/site-packages/*.dist-info"))
        return set(found) - {"pip", "setuptools"}

    @property
    def mark(self) -> Path:
        """A file that lasts as long as .venv is added to, and goes when it is replaced."""
        return self.folder / ".venv" / "mark"


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone in a path with a space, before the first call."""
    made = Clone(tmp_path / "a clone", tmp_path / "wheels")
    (made.folder / "tools").mkdir(parents=True)
    made.wheels.mkdir()
    for name in ("alpha", "beta", "gamma"):
        info = f"{name}-1.dist-info"
        with zipfile.ZipFile(made.wheels / f"{name}-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.py", "NAME = 1\n")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    for name in ("Makefile", "tools/install.py"):
        shutil.copy(ROOT / name, made.folder / name)
    system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (made.folder / "pyproject.toml").write_text(f'{system}[project]\nname = "demo"\nversion = "1"\n', encoding="utf-8")
    (made.folder / "backend.py").write_text(BACKEND, encoding="utf-8")
    made.lock(REPORTS, "alpha", "beta")
    made.lock(ALL, "alpha", "beta", "gamma")
    return made


@pytest.mark.long
def test_the_reports_get_their_packages_and_the_tests_add_the_rest(clone: Clone) -> None:
    """The first call installs the lock of the reports, a second call nothing, and another target only what is missing."""
    first = clone.make("install-reports")
    reports = clone.packages()
    clone.mark.touch()
    second, third = clone.make("install-reports"), clone.make("install")

    assert ({"alpha", "beta", "demo"}, {"alpha", "beta", "demo", "gamma"}) == (reports, clone.packages())
    assert "Fetching 2 packages of requirements-reports.lock: 2 of 2\nInstalling 2 packages: 0 of 2\n" in first
    assert ("", True) == (second, clone.mark.exists())
    assert "Installing 1 packages: 1 of 1\n" in third
    assert "" == clone.make("install") + clone.make("install-reports")


@pytest.mark.long
def test_an_installation_that_failed_is_started_again(clone: Clone) -> None:
    """A failed installation exits with a sentence and the reason of pip, and the next call leaves nothing of it."""
    clone.make("install-reports")
    clone.lock(ALL, "gamma", broken=True)
    clone.mark.touch()
    said = clone.make("install", fails=True)
    clone.lock(ALL, "alpha", "beta", "gamma")
    clone.make("install-reports")

    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said
    assert "could not install requirements.lock (pip's exit code 1; see above)" in said
    assert ({"alpha", "beta", "demo"}, False) == (clone.packages(), clone.mark.exists())


@pytest.mark.long
def test_another_lock_replaces_what_the_old_one_installed(clone: Clone) -> None:
    """Of a package that a new lock no longer names, nothing is left; new times of the same lock change nothing."""
    clone.make("install")
    clone.mark.touch()
    os.utime(clone.folder / ALL)
    same = clone.make("install")
    kept = clone.mark.exists()
    clone.lock(REPORTS, "alpha")
    clone.lock(ALL, "alpha", "gamma")
    clone.make("install")

    assert ("", True) == (same, kept)
    assert ({"alpha", "demo", "gamma"}, False) == (clone.packages(), clone.mark.exists())


@pytest.mark.long
@pytest.mark.parametrize("how", ["older Makefile", "moved", "another Python"])
def test_a_venv_that_does_not_fit_is_replaced(clone: Clone, how: str) -> None:
    """A .venv of an older Makefile, of another path or of a Python that was upgraded is made again, and works."""
    clone.make("install-reports")
    clone.mark.touch()
    stamp = clone.folder / install.STAMP
    if how == "older Makefile":
        stamp.unlink()
        (clone.folder / ".venv" / ".installed").touch()
    elif how == "moved":
        clone = Clone(clone.folder.rename(clone.folder.with_name("another clone")), clone.wheels)
    else:
        stamp.write_text(
            re.sub(r'"python": "3\.', '"python": "2.', stamp.read_text(encoding="utf-8")), encoding="utf-8"
        )
    clone.make("install-reports")
    pip = subprocess.run([clone.folder / ".venv/bin/pip", "--version"], capture_output=True, text=True, check=True)

    assert ({"alpha", "beta", "demo"}, False) == (clone.packages(), clone.mark.exists())
    assert str(clone.folder) in pip.stdout


def test_a_link_to_another_installation_is_never_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where .venv is a link, what it leads to is left alone, and one sentence says so."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").touch()
    (tmp_path / ".venv").symlink_to(other)
    for name in (REPORTS, ALL, "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)

    assert 1 == install.main(["reports"])
    assert "remove the link" in capsys.readouterr().err
    assert ["kept"] == [path.name for path in other.iterdir()]


def test_a_log_gets_a_line_for_each_fifth(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the output is no terminal, progress is a few whole lines, the first and the last among them."""
    counter = install.Counter("Installing 97 packages", 97)
    for done in range(98):
        counter.show(done)
    counter.close()
    shown = [int(line.split()[3]) for line in capsys.readouterr().out.splitlines()]

    assert [0, 19, 38, 57, 76, 95, 97] == shown


def test_a_terminal_gets_one_line_that_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal the count is rewritten in place."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    counter = install.Counter("Installing 3 packages", 3)
    for done in (1, 2, 3):
        counter.show(done)
    counter.close()

    assert "".join(f"\rInstalling 3 packages: {n} of 3\x1b[K" for n in range(4)) + "\n" == capsys.readouterr().out
