"""What a person who clones the project relies on before any of its code runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest
from conftest import NO_HARFBUZZ, NO_PANGO
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_faults import permitted, sh

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCK_OF_REPORTS = (ROOT / "requirements-reports.lock").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

#: A rule of the Makefile that a person calls by name.
TARGETS = re.findall(r"^([a-z][a-z-]*):(?!=)", MAKEFILE, flags=re.MULTILINE)

#: One pinned requirement with the lines that continue it.
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?P<rest>[^\n]*\n(?:[ \t]+[^\n]*\n)*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command free of the variables that a surrounding `make` hands down."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def declared() -> list[str]:
    """Every requirement that pyproject.toml names: to run, in any extra, and to build."""
    project = PYPROJECT["project"]
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    return [*project["dependencies"], *extras, *PYPROJECT["build-system"]["requires"]]


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the files that an install reads, and no .venv."""
    (tmp_path / "tools").mkdir()
    for name in ("Makefile", "requirements.lock", "requirements-reports.lock", "pyproject.toml", "tools/install.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


# ---- the environments


def test_environment_yml_is_what_regenerating_gives(tmp_path: Path) -> None:
    """A person who installs with conda gets the dependencies that pyproject.toml names today."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "binder").mkdir()
    done = run(SCRIPTS / "pyproject2conda", "project", cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    for name in ("environment.yml", "binder/environment.yml"):
        fresh = (tmp_path / name).read_text(encoding="utf-8")
        committed = (ROOT / name).read_text(encoding="utf-8")
        assert fresh == committed, f"{name} is stale: run make environment"


@pytest.mark.parametrize("lock", [LOCK, LOCK_OF_REPORTS], ids=["all", "reports"])
def test_the_lock_names_no_place_to_download_from(lock: str) -> None:
    """The lock installs from whatever index a machine is set up with, and from no address of ours."""
    named = [line for line in lock.splitlines() if re.search(r"https?:|file:|://|^-|--(?!hash=)", line)]
    assert [] == named


@pytest.mark.parametrize("requirement", [pytest.param(line, id=Requirement(line).name) for line in declared()])
def test_the_lock_pins_what_is_declared(requirement: str) -> None:
    """Each declared dependency, whatever the extra, is locked to versions that its declaration allows."""
    wanted = Requirement(requirement)
    name = canonicalize_name(wanted.name)
    versions = [pin["version"] for pin in PINNED.finditer(LOCK) if canonicalize_name(pin["name"]) == name]
    assert versions, f"requirements.lock does not hold {name}: run make lock"
    refused = [version for version in versions if version not in wanted.specifier]
    assert [] == refused, f"requirements.lock is older than pyproject.toml on {name}: run make lock"


def pins_of(lock: str) -> dict[tuple[str, str], frozenset[str]]:
    """The hashes of each version that a lock pins; one package can have several, for several versions of Python."""
    return {(pin["name"], pin["version"]): frozenset(HASH.findall(pin["rest"])) for pin in PINNED.finditer(lock)}


def test_the_reports_run_on_the_versions_that_are_tested() -> None:
    """The lock of the reports is a part of the full one, version by version and hash by hash."""
    reports, everything = pins_of(LOCK_OF_REPORTS), pins_of(LOCK)

    assert {} == {pin: hashes for pin, hashes in reports.items() if everything.get(pin) != hashes}


def test_the_reports_need_no_tool_of_developers() -> None:
    """The lock of the reports holds what weigh itself and its installation need, and of other extras nothing."""
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["build"]]
    others = [line for name, lines in extras.items() if name != "build" for line in lines]
    locked = {canonicalize_name(name) for name, _version in pins_of(LOCK_OF_REPORTS)}

    assert set() == {canonicalize_name(Requirement(line).name) for line in needed} - locked
    assert set() == {canonicalize_name(Requirement(line).name) for line in others} & locked


@pytest.mark.parametrize("lock", [LOCK, LOCK_OF_REPORTS], ids=["all", "reports"])
def test_every_locked_package_has_a_hash(lock: str) -> None:
    """No package is installed whose content was not fixed when the lock was made."""
    pins = list(PINNED.finditer(lock))
    assert len(re.findall(r"^\w", lock, flags=re.MULTILINE)) == len(pins), "a line of the lock is not a pin"
    assert [] == [pin["name"] for pin in pins if not HASH.search(pin["rest"])]


# ---- the commands


def test_help_names_every_target() -> None:
    """Whoever types `make help` learns of every target, each with a few words."""
    done = run("make", "help", cwd=ROOT)
    listed = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert sorted(TARGETS) == sorted(listed)


def test_every_target_is_phony() -> None:
    """A file that happens to be called `test` or `lab` does not keep a target from running."""
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert phony is not None
    assert sorted(TARGETS) == sorted(phony[1].split())


def test_the_readme_names_the_two_commands_and_no_unknown_one() -> None:
    """The README's first steps are `make reports` and `make test`, and every `make` in it works."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`|\$ )(?:PYTHON=\S+ )?make ([a-z][a-z-]*)", readme, flags=re.MULTILINE))
    assert {"reports", "test"} == named & {"reports", "test"}
    assert set() == named - set(TARGETS)


@pytest.mark.parametrize(
    ("fails_on", "sentence"),
    [
        ("sys.version_info", "weigh needs Python 3.11 or newer"),
        ("ensurepip", "weigh needs the venv module"),
    ],
)
def test_a_python_that_cannot_do_is_refused_in_one_sentence(checkout: Path, fails_on: str, sentence: str) -> None:
    """A Python that is too old or lacks venv is named on stderr, and nothing is created."""
    python = script(checkout / "python", f'case "$*" in *{fails_on}*) exit 1;; -V) echo Python 3.9.0;; esac')
    done = run("make", "test", f"PYTHON={python}", cwd=checkout)
    assert 0 != done.returncode
    first, *others = done.stderr.splitlines()
    assert sentence == first[: len(sentence)]
    assert [] == [line for line in others if not line.startswith("make: ")]
    assert not (checkout / ".venv").exists()


def test_a_missing_python_is_refused_in_one_sentence(checkout: Path) -> None:
    """Where there is no such Python at all, the sentence says so and how to name another."""
    done = run("make", "reports", "PYTHON=python-of-nowhere", cwd=checkout)
    assert 0 != done.returncode
    assert "there is no python-of-nowhere here; name another: PYTHON=" in done.stderr.splitlines()[0]


@pytest.mark.parametrize(("user", "wanted"), [("0", True), ("1000", False)])
def test_jupyterlab_is_allowed_to_run_as_root_and_says_so(tmp_path: Path, user: str, wanted: bool) -> None:
    """As root, `make lab` passes the option without which JupyterLab refuses, and says so in a line; else it does not."""
    script(tmp_path / "id", f"echo {user}")
    done = run("make", "--dry-run", "lab", cwd=ROOT, PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert 0 == done.returncode, done.stderr
    assert wanted == ("You are root: JupyterLab is started with --allow-root" in done.stdout)
    assert (2 if wanted else 0) == done.stdout.count("--allow-root")


# ---- the design


def test_rooms_import_downwards_only() -> None:
    """The contracts on imports in pyproject.toml hold."""
    done = run(SCRIPTS / "lint-imports", "--no-cache", "--no-logo", cwd=ROOT)
    assert 0 == done.returncode, done.stdout + done.stderr


# ---- what is committed


def committed_texts() -> dict[str, str]:
    """Every file that git tracks or would add, as text; a file that is not UTF-8 is no text."""
    done = run(
        "git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT
    )
    assert 0 == done.returncode, done.stderr
    texts = {}
    for name in filter(None, done.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            try:
                texts[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return texts


def test_no_file_names_a_place_of_one_machine() -> None:
    """No committed text holds a path or a package index that only one machine knows."""
    # Each in two parts, so that this file is no exception.
    hosts = ["files." + "pythonhosted", "pypi." + "org", "registry." + "npmjs", "registry." + "yarnpkg"]
    machine = re.compile("|".join([r"(?<![\w.~})-])/wo" + "rk/", re.escape("../sha" + "red"), *map(re.escape, hosts)]))
    texts = committed_texts()
    assert {"pyproject.toml", "requirements.lock"} <= texts.keys(), "git lists too few files"
    found = [
        f"{name}:{number}: {match[0]}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), start=1)
        for match in machine.finditer(line)
    ]
    assert [] == found


@pytest.mark.long
def test_what_a_machine_cannot_test_is_said_in_one_line(tmp_path: Path) -> None:
    """Without a browser its tests are left out, and a line says how many and how to have them."""
    pytest_command = [
        SCRIPTS / "python",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_site.py",
        "-m",
        "not long",
    ]
    done = run(*pytest_command, cwd=ROOT, PATH=str(tmp_path))
    lines = [line for line in done.stdout.splitlines() if line.startswith("Left out: ")]

    assert 0 == done.returncode
    assert 1 == len(lines)
    assert lines[0].endswith("tests, no chromium here; on Debian: apt install chromium")


@pytest.mark.long
@pytest.mark.usefixtures("prints_pdf")
@pytest.mark.parametrize(
    ("library", "reason"), [("libpango-1.0.so.0", NO_PANGO), ("libharfbuzz-subset.so.0", NO_HARFBUZZ)]
)
def test_a_missing_library_is_named_in_one_line(library: str, reason: str) -> None:
    """Where a library of PDF is missing, its tests are left out, all others pass, and a line names it and its package."""
    known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    paths = [line.split()[-1] for line in known.splitlines() if line.split()[:1] == [library]]
    if not paths:
        pytest.skip(f"/sbin/ldconfig does not list {library}")
    within = permitted("unshare", "-rm", *sh("; ".join(f"mount --bind /dev/null {Path(p).resolve()}" for p in paths)))
    quiet = ("-q", "-p", "no:cacheprovider", "tests/test_exports.py", "-k", "the_same_packet")
    done = run(*within, SCRIPTS / "python", "-m", "pytest", *quiet, cwd=ROOT)
    lines = [line for line in done.stdout.splitlines() if line.startswith("Left out: ")]

    assert 0 == done.returncode, done.stdout + done.stderr
    assert [f"Left out: 1 test, {reason}"] == lines
    assert "1 passed, 1 skipped" in done.stdout
