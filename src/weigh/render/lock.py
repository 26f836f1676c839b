"""One run at a time per build folder: a lock that names its owner and is released when the owner exits."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import getpass
import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weigh.errors import BusyError
from weigh.render.build import unwritable

__all__ = ["exclusive", "lock_path"]

_PAUSE = 0.05  # seconds between attempts
#: Seconds allowed, on a busy machine, for a new owner to write its name into the lock.
_NAMING = 2.0


def lock_path(folder: Path) -> Path:
    """Return the path of a build folder's lock: beside the folder, because the folder itself is replaced."""
    return folder.parent / f".{folder.name}.lock"


@contextmanager
def exclusive(folder: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Lock a build folder, or a file, for this process.

    The operating system holds the lock (flock) and releases it whenever the process ends. A killed run leaves only an
    unlocked file, which the next run takes over.

    Args:
        folder: the folder or file.
        patience: seconds to wait for another holder.

    Raises:
        BusyError: another run holds the lock; the message names it.
        WeighError: the lock file cannot be written.
    """
    path = lock_path(folder)
    descriptor = _acquire(path, folder, time.monotonic() + patience)
    try:
        _write_owner(descriptor, path)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path, folder: Path, until: float) -> int:
    named_by = time.monotonic() + _NAMING
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise unwritable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 4096, 0).decode("utf-8", "replace")
            os.close(descriptor)
            if time.monotonic() < (until if owner else max(until, named_by)):
                time.sleep(_PAUSE)
                continue
            raise BusyError(f"{folder}: busy, {_words(owner)}; wait until it finishes, or stop it") from None
        # If the owner released the lock after we opened the file, it has removed the file: then this lock is void.
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(descriptor).st_ino == path.stat(follow_symlinks=False).st_ino:
                return descriptor
        os.close(descriptor)


def _write_owner(descriptor: int, path: Path) -> None:
    """Write the owner into the lock file."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(_owner()).encode("utf-8"), 0)
    except OSError as error:  # a full disk accepts only an empty file
        raise unwritable(path, error) from error


def _owner() -> dict[str, str | int]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in many containers
        user = str(os.getuid())
    started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": platform.node(), "user": user, "started": started}


def _words(owner: str) -> str:
    try:
        found = json.loads(owner)
        return f"process {found['pid']} of {found['user']} on {found['host']} has held it since {found['started']}"
    except (ValueError, KeyError, TypeError):
        return "another run has just taken it"
