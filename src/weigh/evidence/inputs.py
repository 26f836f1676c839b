"""Locating a review folder, and hashing the files from which it is read."""

from __future__ import annotations

import hashlib
from importlib.resources import as_file, files
from pathlib import Path

from weigh.errors import NotFoundError, ReviewNotFoundError

__all__ = ["DESCRIPTOR", "EVIDENCE", "SIGNED", "find_review", "inputs_of", "packaged", "sha256"]

EVIDENCE = "evidence"
#: The folder of signed texts, each in a file named by the SHA-256 of its bytes.
SIGNED = f"{EVIDENCE}/signed"
DESCRIPTOR = f"{EVIDENCE}/datapackage.json"


def sha256(content: bytes) -> str:
    """The SHA-256 of the bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def find_review(start: Path | None = None) -> Path:
    """The nearest folder with evidence/datapackage.json, from `start` (default: the working folder) upwards.

    Raises:
        ReviewNotFoundError: neither `start` nor any folder above it holds the file.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / DESCRIPTOR).is_file():
            return folder
    raise ReviewNotFoundError(
        f"{start}: no {DESCRIPTOR} in this folder or any folder above it; name a review folder with --review"
    )


def inputs_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file from which a review is read, by path relative to the folder."""
    evidence = folder / EVIDENCE
    paths = (
        [path for path in evidence.iterdir() if path.suffix in (".csv", ".json", ".toml")] if evidence.is_dir() else []
    )
    paths += sorted((folder / SIGNED).glob("*.txt"))  # the texts that committee members signed
    bibliography = folder / "references.bib"
    paths += [bibliography] if bibliography.is_file() else []
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()) for path in sorted(paths)}


def packaged(path: str) -> Path:
    """A file shipped with the package: beside its modules, or in the repository when run from a clone.

    Raises:
        NotFoundError: this installation lacks the file.
    """
    with as_file(files("weigh")) as package:
        for candidate in (package / path, package.parents[1] / path):
            if candidate.is_file():
                return candidate
    raise NotFoundError(f"{path}: missing from this installation; reinstall weigh")
