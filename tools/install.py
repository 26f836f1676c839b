"""Install the packages of a lock into .venv and show the progress; the Makefile calls it.

usage: install.py [--check] reports|all

`reports` installs requirements-reports.lock, what rendering needs; `all` installs requirements.lock, which holds the same
versions and everything else. `--check` installs nothing and exits with 1 if something is missing. Standard library only:
it runs on a machine where nothing is installed yet.
"""

from __future__ import annotations

import compileall
import fcntl
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

VENV = Path(".venv")
#: Written last, removed first: without it .venv is incomplete, or an older Makefile made it.
STAMP = VENV / ".installed.json"
LOCKS = {"reports": Path("requirements-reports.lock"), "all": Path("requirements.lock")}
#: A line with which pip begins the next package; and the one that lists the packages before it unpacks them.
BEGUN = re.compile(r"(?:Collecting|Processing|Requirement already satisfied:) (\S+)")
UNPACKING = "Installing collected packages: "
LEFT_OUT = re.compile(r"Ignoring \S+: markers ")
PINNED = re.compile(r"^[\w.-]+==", re.MULTILINE)
#: Test suites inside packages: nothing imports them.
SUITES = re.compile(r"[\\/]tests?[\\/]")


class InstallError(Exception):
    """An installation that could not be completed."""


class Counter:
    """Progress in one line: rewritten on a terminal, written about five times into a log."""

    def __init__(self, words: str, total: int) -> None:
        self.words, self.total = words, total
        self.terminal = sys.stdout.isatty()
        self.shown = -1
        self.show(0)

    def show(self, done: int) -> None:
        """Show how many are done; a number that was shown before is not repeated."""
        step = max(1, self.total // 5)
        if done == self.shown or (not self.terminal and self.shown >= 0 and done < min(self.total, self.shown + step)):
            return
        self.shown = done
        line = f"{self.words}: {done} of {self.total}"
        print(f"\r{line}\x1b[K" if self.terminal else line, end="" if self.terminal else "\n", flush=True)

    def close(self) -> None:
        """End the line on a terminal."""
        if self.terminal:
            print(flush=True)


def main(arguments: list[str]) -> int:
    """Install, or check, what the arguments name, and return the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # pip, too, must not go on alone
    try:
        name = arguments[-1]
        if arguments[:-1] == ["--check"]:
            found = stamp()
            return 0 if installed(name, found) and found.get("weigh") == project() else 1
        with LOCKS[name].open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # a second call at the same time waits, and then finds everything there
            install(name)
    except InstallError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the next call starts the installation again.", file=sys.stderr)
        return 130
    return 0


def stamp() -> dict[str, Any]:
    """What the finished installation recorded; empty where none finished, here and with this .venv."""
    try:
        found: dict[str, Any] = json.loads(STAMP.read_text(encoding="utf-8"))
        # Scripts hold the absolute path of .venv, so those of a moved or copied one run the old folder's, or nothing.
        usable = found["place"] == str(VENV.resolve()) and found["python"] == version()
    except (OSError, ValueError, KeyError, TypeError, subprocess.SubprocessError):
        return {}
    return found if usable else {}


def version() -> str:
    """The version of the Python in .venv: an upgrade of the system can replace it, and its packages are then not found."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        return sys.version
    command = [VENV / "bin" / "python", "-c", "import sys; print(sys.version, end='')"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def installed(name: str, found: dict[str, Any]) -> bool:
    """Whether the lock of that name, as it is now, is in .venv."""
    return found.get(name) == digest(LOCKS[name])


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def project() -> str:
    """A hash of the part of pyproject.toml that an installation of weigh itself reads."""
    try:
        read = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise InstallError(f"pyproject.toml cannot be read: {problem}") from problem
    parts = [read.get("project"), read.get("build-system"), read.get("tool", {}).get("hatch")]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def install(name: str) -> None:
    """Bring .venv to the lock of that name: nothing, what is missing, or everything."""
    found, wanted = stamp(), project()
    if not installed(name, found):
        # Only what is complete is added to. Anything else may hold half a package, or versions of another lock.
        grows = name == "all" and "all" not in found and installed("reports", found)
        if VENV.is_symlink() and not grows:  # --clear would empty a folder that another checkout uses
            raise InstallError(f"{VENV} is a link to an installation of another checkout; remove the link")
        STAMP.unlink(missing_ok=True)
        if not grows:
            print(f"Creating {VENV}", flush=True)
            run("could not create .venv", sys.executable, "-m", "venv", "--clear", str(VENV))
        add(LOCKS[name])
        found = {part: digest(lock) for part, lock in LOCKS.items() if part in {name, "reports"}}
    if found.get("weigh") != wanted:
        STAMP.unlink(missing_ok=True)
        offline = ("--no-index", "--no-deps", "--no-build-isolation")
        run("could not install weigh itself", *pip(), "-qq", *offline, "-e", ".")
    found |= {"place": str(VENV.resolve()), "python": version(), "weigh": wanted}
    written = STAMP.with_suffix(".new")
    written.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    written.replace(STAMP)


def pip() -> tuple[str, ...]:
    """The command that installs into .venv."""
    return (str(VENV / "bin" / "python"), "-m", "pip", "install", "--no-input", "--no-color")


def run(problem: str, *command: str) -> None:
    """Run a command whose output matters only if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise InstallError(f"{done.stdout}{done.stderr}{problem} (exit code {done.returncode}; see above)")


def add(lock: Path) -> None:
    """Install a lock into .venv, package by package."""
    # Wheels only: to build one from source, pip would fetch tools that no hash in the lock covers. They are compiled
    # afterwards, on all cores; pip uses one.
    command = (
        *pip(),
        "--progress-bar=off",
        "--no-compile",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        str(lock),
    )
    unset = {"PIP_QUIET", "PIP_VERBOSE"}  # they would change the lines that are counted
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace"
        )
        try:
            report_fetching(process, lock)
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if code:
            errors.seek(0)
            raise InstallError(f"{errors.read()}could not install {lock} (pip's exit code {code}; see above)")
    compile_packages()


def report_fetching(process: subprocess.Popen[str], lock: Path) -> None:
    """Count the packages that pip reports while it fetches them, then those that it unpacks."""
    assert process.stdout is not None
    total = len(PINNED.findall(lock.read_text(encoding="utf-8")))
    begun: set[str] = set()
    counter = None
    for line in process.stdout:
        total -= bool(LEFT_OUT.match(line))  # all of these come before the first package
        if match := BEGUN.match(line.strip()):
            counter = counter or Counter(f"Fetching {total} packages of {lock}", total)
            begun.add(match[1])
            counter.show(min(len(begun), total))
        elif line.startswith(UNPACKING):
            if counter:
                counter.close()
            report_unpacking(process, line.count(",") + 1)
            break
    for _ in process.stdout:
        pass


def report_unpacking(process: subprocess.Popen[str], total: int) -> None:
    """Count the packages as they appear in .venv; pip reports none of them before all are there."""
    before = unpacked()
    counter = Counter(f"Installing {total} packages", total)
    while process.poll() is None:
        counter.show(min(unpacked() - before, total))
        time.sleep(0.2)
    if process.returncode == 0:
        counter.show(total)
    counter.close()


def unpacked() -> int:
    """How many packages .venv holds."""
    return sum(1 for _ in VENV.glob("lib/python*/site-packages/*.dist-info/METADATA"))


def compile_packages() -> None:
    """Compile what was installed, so that the first run need not, and a user without write access never."""
    files = [path for path in sources() if not Path(cache_from_source(path)).exists()]
    counter = Counter(f"Compiling {len(files)} files", len(files))
    try:
        with ProcessPoolExecutor() as workers:
            for done, _ in enumerate(workers.map(compile_file, files, chunksize=25), start=1):
                counter.show(done)
    except (OSError, ImportError):  # no shared memory for a pool here
        for done, path in enumerate(files, start=1):
            compile_file(path)
            counter.show(done)
    counter.close()


def sources() -> Iterator[str]:
    """The Python files of the installed packages, without their test suites."""
    for path in VENV.resolve().glob("lib/python*/site-packages/**/*.py"):
        if not SUITES.search(str(path.relative_to(VENV.resolve()))):
            yield str(path)


def compile_file(path: str) -> None:
    """Compile a file; one that does not compile is a template or for another Python, and stays as it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compileall.compile_file(path, quiet=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
