"""What a review folder is read from: its files by the hash of their bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["inputs_of", "sha256"]


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def inputs_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file that a review folder is read from, by its path in the folder."""
    evidence = folder / "evidence"
    paths = (
        [path for path in evidence.iterdir() if path.suffix in (".csv", ".json", ".toml")] if evidence.is_dir() else []
    )
    bibliography = folder / "references.bib"
    paths += [bibliography] if bibliography.is_file() else []
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()) for path in sorted(paths)}
