"""How to install a package that weigh needs only for some work: one sentence for a clone and for an installed wheel."""

from __future__ import annotations

import shlex
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

__all__ = ["how_to_install", "needs"]


def needs(what: str, package: str, *others: str, in_notebook: bool = False) -> str:
    """The sentence for work that a missing package stops.

    Args:
        what: the work, such as "an export to pdf".
        package: the package that was not found, as the registry names it.
        others: packages that the same work needs, and that the same command installs.
        in_notebook: whether the command is for a cell.
    """
    command = how_to_install(package, *others, in_notebook=in_notebook)
    return f"{what} needs the package {package}, which is not installed; run: {command}"


def how_to_install(*packages: str, in_notebook: bool = False) -> str:
    """The command that installs packages for the Python that runs weigh, whether from a clone or from a wheel.

    Args:
        packages: as the registry names them; the command adds the versions that weigh works with.
        in_notebook: whether the command is for a cell, where it names no path.
    """
    wanted = " ".join(shlex.quote(_with_versions(package)) for package in packages)
    return f"%pip install {wanted}" if in_notebook else f"{_python()} -m pip install {wanted}"


def _python() -> str:
    """The interpreter as a person in this folder calls it."""
    path = Path(sys.executable)
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def _with_versions(package: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    try:
        for line in requires("weigh") or ():
            found = Requirement(line)
            if canonicalize_name(found.name) == canonicalize_name(package):
                return f"{found.name}{found.specifier}"
    except (PackageNotFoundError, InvalidRequirement):  # run from its sources without being installed
        pass
    return package
