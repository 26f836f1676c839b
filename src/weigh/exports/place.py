"""Where an export goes: refused before any work where it cannot go there, and put there in one step when it is whole."""

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
    """Refuse a place that an export must not take.

    Args:
        out: the file, or the folder for a format of many files.
        to: the format.
        review: the review folder, whose evidence no export may touch.

    Raises:
        WeighError: it is a link, lies in the evidence, is a folder where a file is needed or a file where a folder is, has
            a name of another format, or is a folder with files that no export made.
        OSError: it cannot be looked at.
    """
    if out.is_symlink():
        raise WeighError(f"{out}: is a link; name the {'folder' if to.is_folder else 'file'} itself with --out")
    if out.resolve().is_relative_to((review / EVIDENCE).resolve()):
        raise WeighError(f"{out}: lies in the evidence of the review; choose another place with --out")
    if to.is_folder:
        if out.exists():
            _refuse_strangers(out, to)
    elif out.is_dir():
        raise WeighError(
            f"{out}: is a folder, and {to} is one file; name it with --out, such as {out / f'packet{to.suffix}'}"
        )
    elif out.exists() and not out.is_file():
        raise WeighError(f"{out}: is no ordinary file; choose another one with --out")
    elif out.suffix.lower() != to.suffix:
        raise WeighError(f"{out}: a file of {to} has a name that ends in {to.suffix}; choose such a name with --out")


def _refuse_strangers(out: Path, to: Format) -> None:
    """Refuse a file, and a folder with anything that an export did not write there."""
    if not out.is_dir():
        raise WeighError(f"{out}: is a file, and {to} is a folder of files; name a folder with --out")
    strangers = sorted({path.name for path in out.iterdir()} - _made_there(out))
    if strangers:
        raise WeighError(
            f"{out}: holds {strangers[0]}, which no export of weigh made; choose another folder with --out"
        )


def _made_there(folder: Path) -> set[str]:
    """The files that an export wrote into a folder, as its own description names them."""
    try:
        package = json.loads((folder / _DESCRIBED).read_bytes())
        if package["made_by"].startswith("weigh "):
            return {_DESCRIBED, *(resource["path"] for resource in package["resources"])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return set()


def put(content: bytes | Mapping[str, bytes], out: Path) -> None:
    """Write an export beside its place and put it there when it is complete; until then, what is there stays.

    Raises:
        WeighError: no space, or no right to write.
    """
    place = out.resolve()  # "." and ".." have no name to write beside
    with writing(out, "choose another place with --out"):
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
    """The path of a folder beside a place, for this process alone; it is deleted at the end."""
    path = out.with_name(f".{out.name}.{os.getpid()}.{word}")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
