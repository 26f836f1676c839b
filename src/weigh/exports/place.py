"""The destination of an export: checked before any work, and written in one step when the export is complete."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from weigh.errors import WeighError
from weigh.evidence.inputs import EVIDENCE
from weigh.evidence.write import put_folder, sync_folder, write_file, writing
from weigh.exports.formats import Format

__all__ = ["put", "refuse_unfit"]

_DESCRIBED = "datapackage.json"


def refuse_unfit(out: Path, to: Format, review: Path) -> None:
    """Refuse an unsuitable destination for an export.

    Args:
        out: the file, or the folder for a format with several files.
        to: the format.
        review: the review folder, whose evidence an export must not change.

    Raises:
        WeighError: it is a link, is inside the evidence folder, is a folder instead of a file or a file instead of a
            folder, has the suffix of another format, or is a folder with files that weigh did not export.
        OSError: it cannot be read.
    """
    if out.is_symlink():
        raise WeighError(f"{out}: is a link; name the {'folder' if to.is_folder else 'file'} itself with --out")
    if out.resolve().is_relative_to((review / EVIDENCE).resolve()):
        raise WeighError(f"{out}: is inside the evidence folder of the review; choose another destination with --out")
    if to.is_folder:
        if out.exists():
            _refuse_strangers(out, to)
    elif out.is_dir():
        raise WeighError(
            f"{out}: is a folder, but {to} is a single file; name the file with --out, such as {out / f'packet{to.suffix}'}"
        )
    elif out.exists() and not out.is_file():
        raise WeighError(f"{out}: is not a regular file; choose another one with --out")
    elif out.suffix.lower() != to.suffix:
        raise WeighError(f"{out}: the name of a {to} file must end in {to.suffix}; change it with --out")


def _refuse_strangers(out: Path, to: Format) -> None:
    """Refuse a file, and a folder with files that an export did not write."""
    if not out.is_dir():
        raise WeighError(f"{out}: is a file, but {to} is a folder of files; name a folder with --out")
    strangers = sorted({path.name for path in out.iterdir()} - _made_there(out))
    if strangers:
        raise WeighError(
            f"{out}: contains {strangers[0]}, which weigh did not export; choose another folder with --out"
        )


def _made_there(folder: Path) -> set[str]:
    """The files that an export wrote to a folder, as listed in its data package."""
    try:
        package = json.loads((folder / _DESCRIBED).read_bytes())
        if package["made_by"].startswith("weigh "):
            return {_DESCRIBED, *(resource["path"] for resource in package["resources"])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return set()


def put(content: bytes | Mapping[str, bytes], out: Path) -> None:
    """Write an export to a temporary file or folder and move it to its destination when it is complete.

    Raises:
        WeighError: no space, or no write permission.
    """
    place = out.resolve()  # "." and ".." have no name from which to derive a temporary one
    with writing(out, "choose another destination with --out"):
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            write_file(place, content)
            return
        with _beside(place, "new") as new, _beside(place, "old") as old:
            new.mkdir()
            for name, each in content.items():
                write_file(new / name, each, sync=False)
            sync_folder(new)
            put_folder(new, place, old)


@contextmanager
def _beside(out: Path, word: str) -> Iterator[Path]:
    """The path of a temporary folder next to the destination, unique to this process and deleted at the end."""
    path = out.with_name(f".{out.name}.{os.getpid()}.{word}")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
