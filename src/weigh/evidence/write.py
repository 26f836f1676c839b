"""The one writer of files, tables and folders: each is complete, on the disk and in place, or the old one is untouched."""

from __future__ import annotations

import csv
import ctypes
import errno
import io
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from weigh.errors import WeighError

__all__ = [
    "LEFTOVERS",
    "TRY_AGAIN",
    "csv_text",
    "put_folder",
    "sync_folder",
    "unwritable",
    "write_file",
    "write_table",
    "writing",
]

#: The temporary files of writers that were killed, by their names.
LEFTOVERS = ".weigh-*.new"
_AT_FDCWD, _EXCHANGE = -100, 2  # of renameat2 in Linux
#: Errors of a disk rather than of a file: their messages name the disk.
_OF_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
#: What to do where evidence cannot be written.
TRY_AGAIN = "free some space or get write permission there, then try again"


def write_file(path: Path, content: bytes, *, inside: Path | None = None, sync: bool = True) -> None:
    """Replace a file in one step, keeping its permission bits.

    The content goes into a temporary file beside it and onto the disk before it takes the file's name. Whatever
    interrupts that leaves the old file, and no temporary one unless the process itself was killed.

    Args:
        path: the file; its folder must exist.
        content: its new content.
        inside: a folder above the file; no folder between the two may be a symbolic link.
        sync: whether to flush the folder too; a caller that writes many files flushes their folders once.

    Raises:
        WeighError: the file, or a folder on the way to it, is a symbolic link.
        OSError: it cannot be written; the old file is unchanged.
    """
    _refuse_links(path, inside)
    beside = path.with_name(f".weigh-{secrets.token_hex(8)}.new")
    try:
        with beside.open("xb") as stream:  # exclusive: never an existing file or link
            _keep_mode(path, stream)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if sync:
        sync_folder(path.parent)


def _refuse_links(path: Path, inside: Path | None) -> None:
    way = [path]
    if inside is not None:
        way += [folder for folder in path.parents if folder != inside and folder.is_relative_to(inside)]
    for step in reversed(way):
        if step.is_symlink():
            raise WeighError(
                f"{step}: is a symbolic link, which weigh does not write through; replace it by what it names"
            )


def _keep_mode(path: Path, stream: BinaryIO) -> None:
    """Give a new file the owner and the permission bits of the one that it replaces, where there is one."""
    try:
        old = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
    with suppress(PermissionError):  # only root may give a file to another user
        os.fchown(stream.fileno(), old.st_uid, old.st_gid)
    os.fchmod(stream.fileno(), stat.S_IMODE(old.st_mode))


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as every CSV file of a review folder holds it: comma, LF, rows sorted by their cells, so by id."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(list(row) for row in rows))
    return buffer.getvalue()


def write_table(folder: Path, file: str, text: str) -> None:
    """Replace a table of a review folder.

    Call it within `weigh.evidence.lock.editing`, together with the reading that the new text rests on.

    Args:
        folder: the review folder.
        file: the table's path in it.
        text: the new content, from `csv_text`.

    Raises:
        WeighError: it cannot be written, or is a symbolic link.
    """
    with writing(folder / file):
        write_file(folder / file, text.encode("utf-8"), inside=folder)


@contextmanager
def writing(place: Path, advice: str = TRY_AGAIN) -> Iterator[None]:
    """Turn an error of the system while something is written into one sentence about the place.

    Raises:
        WeighError: the place cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise unwritable(place, error, advice) from error


def unwritable(place: Path, error: OSError, advice: str = TRY_AGAIN) -> WeighError:
    """The error for a place that cannot be written; where the disk is the reason, its mount point is named."""
    # What copies a folder carries on after a failure and reports them all at the end: file, copy, reason.
    why = str(error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror or error)
    if error.errno in _OF_DISK or any(os.strerror(number) in why for number in _OF_DISK):
        why = f"{why}, on the disk mounted at {_mount_of(place)}"
    return WeighError(f"{place}: cannot be written ({why}); {advice}")


def _mount_of(place: Path) -> Path:
    folder = place.absolute()
    while not os.path.ismount(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


def put_folder(new: Path, place: Path, aside: Path) -> None:
    """Replace a folder by a finished one, in a single step if the system can exchange two names.

    Args:
        new: the finished folder; it is gone afterwards.
        place: where it goes; what was there is deleted.
        aside: where the old folder is kept for a moment on a system that cannot exchange.

    Raises:
        OSError: it cannot be put there; the old folder is still in its place.
    """
    if not place.exists():
        new.rename(place)
    elif _exchange(new, place):
        shutil.rmtree(new, ignore_errors=True)
    else:
        place.rename(aside)
        try:
            new.rename(place)
        except BaseException:  # an interruption too: the caller deletes both `new` and `aside`
            aside.rename(place)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    sync_folder(place.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)
