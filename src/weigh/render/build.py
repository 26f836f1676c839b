"""The build folder: files written beside and renamed into place, and the final marker written last."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weigh.errors import WeighError

__all__ = ["Build", "sha256"]

_MARKER = "run.json"
_FOLDERS = {"notebooks": ".ipynb", "results": ".json", "site": ".html"}


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Build:
    """A build folder. As long as run.json stands in it, everything else in it belongs to one finished run."""

    folder: Path

    def open(self) -> None:
        """Make the folder ready for a run.

        Raises:
            WeighError: it cannot be written.
        """
        try:
            for name in _FOLDERS:
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            (self.folder / _MARKER).unlink(missing_ok=True)
        except OSError as error:
            raise WeighError(
                f"{self.folder}: cannot be written ({error.strerror}); choose another folder with --out"
            ) from error

    def write(self, files: Mapping[str, str]) -> dict[str, str]:
        """Write files, by path in the folder, each beside its place first; then rename them all.

        Returns:
            The SHA-256 of each.
        """
        staged: list[tuple[Path, Path]] = []
        hashes = {}
        for name, text in files.items():
            target = self.folder / name
            beside = target.with_name(f".{target.name}.new")
            content = text.encode("utf-8")
            with beside.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            staged.append((beside, target))
            hashes[name] = sha256(content)
        for beside, target in staged:
            beside.replace(target)
        return hashes

    def has_page(self, conclusion_id: str) -> bool:
        """Whether the conclusion has a page."""
        return (self.folder / "site" / f"{conclusion_id}.html").is_file()

    def prune(self, keep: Collection[str]) -> tuple[str, ...]:
        """Take out what belongs to conclusions that the review no longer has, and what an interrupted run left."""
        removed = []
        for name, suffix in _FOLDERS.items():
            for path in sorted((self.folder / name).iterdir()):
                if path.name.startswith(".") or (path.suffix == suffix and path.stem not in keep):
                    path.unlink()
                    removed.append(f"{name}/{path.name}")
        return tuple(removed)

    def finish(self, record: Mapping[str, Any]) -> None:
        """Write run.json: from now on the build is whole."""
        self.write({_MARKER: json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n"})
