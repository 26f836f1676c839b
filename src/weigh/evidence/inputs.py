"""Where a review folder is, and what it is read from: its files by the hash of their bytes."""

from __future__ import annotations

import hashlib
from importlib.resources import as_file, files
from pathlib import Path

from weigh.errors import NotFoundError, ReviewNotFoundError

__all__ = ["DESCRIPTOR", "EVIDENCE", "SIGNED", "find_review", "inputs_of", "packaged", "sha256"]

EVIDENCE = "evidence"
#: The folder of what was signed: texts, each in a file that is named by the SHA-256 of its bytes.
SIGNED = f"{EVIDENCE}/signed"
DESCRIPTOR = f"{EVIDENCE}/datapackage.json"


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def find_review(start: Path | None = None) -> Path:
    """The nearest folder from `start` (default: the working folder) upwards that holds evidence/datapackage.json."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / DESCRIPTOR).is_file():
            return folder
    raise ReviewNotFoundError(
        f"{start}: neither this folder nor one above it holds {DESCRIPTOR}; name one with --review"
    )


def inputs_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file that a review folder is read from, by its path in the folder."""
    evidence = folder / EVIDENCE
    paths = (
        [path for path in evidence.iterdir() if path.suffix in (".csv", ".json", ".toml")] if evidence.is_dir() else []
    )
    paths += sorted((folder / SIGNED).glob("*.txt"))  # what members of the committee put their names to
    bibliography = folder / "references.bib"
    paths += [bibliography] if bibliography.is_file() else []
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()) for path in sorted(paths)}


def packaged(path: str) -> Path:
    """A file that travels with the package: beside its modules, or in the repository that it is run from.

    Raises:
        NotFoundError: it does not travel with this one.
    """
    with as_file(files("weigh")) as package:
        for candidate in (package / path, package.parents[1] / path):
            if candidate.is_file():
                return candidate
    raise NotFoundError(f"{path}: does not travel with this weigh; install it anew")
