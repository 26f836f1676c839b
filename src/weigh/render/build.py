"""The build folder: written beside the old one and swapped in atomically once complete."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from weigh.errors import WeighError
from weigh.evidence.inputs import sha256
from weigh.evidence.write import put_folder, sync_folder, unwritable, write_file, writing
from weigh.render.digest import DIGEST_FILES

__all__ = [
    "BUILD",
    "ELSEWHERE",
    "MARKER",
    "STUDY_PAGES",
    "Build",
    "default_build",
    "read_record",
    "refuse_other_guideline",
    "replace_in",
]

#: The name of a review's own build folder, within the review folder.
BUILD = "build"

#: What to do where a build folder cannot be written or must not be.
ELSEWHERE = "choose another folder with --out"

#: Written last: its presence means that the build is complete.
MARKER = "run.json"
#: Other files of a build: the state that `weigh diff` compares, and the digest of `weigh run`.
_OTHER_FILES = ("state.json", *DIGEST_FILES)
#: The folder of the study pages in a build.
STUDY_PAGES = "site/studies"
_FOLDERS = {"notebooks": ".ipynb", "results": ".json", "site": ".html", STUDY_PAGES: ".html"}


def read_record(folder: Path) -> dict[str, Any]:
    """Return the run.json of a build; empty if missing or unreadable."""
    try:
        record = json.loads((folder / MARKER).read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def default_build(review_folder: Path) -> Path:
    """The build folder of a review where none is named; relative to the working folder where that is the review."""
    return Path(BUILD) if review_folder.resolve() == Path.cwd() else review_folder / BUILD


def refuse_other_guideline(folder: Path, record: Mapping[str, Any], number: str) -> None:
    """Refuse a build folder that holds the reports of another guideline.

    Args:
        folder: the build folder.
        record: its run.json.
        number: the guideline whose reports are to be written or read there.

    Raises:
        WeighError: the build is that of another guideline.
    """
    held = record.get("guideline", number)
    if held != number:
        raise WeighError(
            f"{folder}: holds the reports of guideline {held}, not of {number}; {ELSEWHERE}, or delete this one"
        )


class Build:
    """A build in progress.

    It is written beside the build folder until `commit` swaps it in; a run that ends earlier, for whatever reason, leaves
    the folder unchanged. Files that are not rewritten are carried over from the old build.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._new = folder.parent / f".{folder.name}.new"
        self._old = folder.parent / f".{folder.name}.old"
        #: Temporary files of the run, deleted by `commit`.
        self.scratch = self._new / ".scratch"

    def open(self) -> None:
        """Clean up after a killed run, and start from the contents of the old build.

        Raises:
            WeighError: the folder cannot be written, is a link, or holds files that weigh did not write.
        """
        try:
            self.refuse_unfit()
            if self._old.exists() and not self.folder.exists():
                self._old.rename(self.folder)  # a run was killed between the two renames of `commit`
            shutil.rmtree(self._old, ignore_errors=True)
            shutil.rmtree(self._new, ignore_errors=True)
            if self.folder.exists():
                shutil.copytree(self.folder, self._new, copy_function=_link)
            for name in _FOLDERS:
                (self._new / name).mkdir(parents=True, exist_ok=True)
            (self._new / MARKER).unlink(missing_ok=True)
            self.scratch.mkdir()
        except OSError as error:
            raise self._cannot(error) from error

    def write(self, files: Mapping[str, str]) -> dict[str, str]:
        """Write files, given by their paths in the folder.

        Returns:
            The SHA-256 of each file.

        Raises:
            WeighError: no space or no write permission.
        """
        try:
            return _written(self._new, files)
        except OSError as error:
            raise self._cannot(error) from error

    def has_page(self, conclusion_id: str) -> bool:
        """Whether the conclusion has a page."""
        return (self._new / "site" / f"{conclusion_id}.html").is_file()

    def read(self, name: str) -> str:
        """Return the text of a file of the build; empty if there is none."""
        try:
            return (self._new / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def prune(self, reports: Collection[str], studies: Collection[str]) -> tuple[str, ...]:
        """Remove the files of conclusions and studies that are no longer in the review."""
        removed = []
        for name, suffix in _FOLDERS.items():
            keep = studies if name == STUDY_PAGES else reports
            for path in sorted((self._new / name).iterdir()):
                if path.name.startswith(".") or (path.suffix == suffix and path.stem not in keep):
                    path.unlink()
                    removed.append(f"{name}/{path.name}")
        return tuple(removed)

    def commit(self, record: Mapping[str, Any]) -> None:
        """Write run.json and replace the old build with the new one, atomically."""
        self.write({MARKER: json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n"})
        try:
            shutil.rmtree(self.scratch)
            for name in ("", *_FOLDERS):
                sync_folder(self._new / name)
            put_folder(self._new, self.folder, self._old)
        except OSError as error:
            raise self._cannot(error) from error

    def discard(self) -> None:
        """Delete this build."""
        shutil.rmtree(self._new, ignore_errors=True)

    def clear_leftovers(self) -> None:
        """Remove the previous build that a run killed after `commit` left behind."""
        shutil.rmtree(self._old, ignore_errors=True)
        shutil.rmtree(self._new, ignore_errors=True)

    def refuse_unfit(self) -> None:
        """Refuse a folder that a run must not replace.

        Raises:
            WeighError: it is a link, or holds files that weigh did not write.
            OSError: it is not a folder, or cannot be read.
        """
        if self.folder.is_symlink():
            raise WeighError(f"{self.folder}: is a symbolic link; pass the folder itself with --out")
        if not self.folder.exists():
            return
        ours = {*_FOLDERS, MARKER, *_OTHER_FILES}
        foreign = sorted(path.name for path in self.folder.iterdir() if path.name not in ours)
        if foreign:
            raise WeighError(
                f"{self.folder}: contains {foreign[0]}, which weigh did not write; choose another folder with --out"
            )

    def _cannot(self, error: OSError) -> WeighError:
        return unwritable(self.folder, error, ELSEWHERE)


def replace_in(folder: Path, files: Mapping[str, str]) -> None:
    """Replace files of a finished build that belong to no report, each atomically.

    Raises:
        WeighError: no space or no write permission.
    """
    with writing(folder, ELSEWHERE):
        _written(folder, files)
        sync_folder(folder)


def _written(folder: Path, files: Mapping[str, str]) -> dict[str, str]:
    hashes = {}
    for name, text in files.items():
        target = folder / name
        content = text.encode("utf-8")
        hashes[name] = sha256(content)
        if target.is_symlink():
            target.unlink()
        elif target.is_file() and target.read_bytes() == content:
            continue
        write_file(target, content, sync=False)
    return hashes


def _link(source: str, target: str) -> str:
    """Hard-link an unchanged file, or copy it if the file system has no hard links."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target
