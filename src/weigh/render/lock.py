"""One run at a time on a build folder: a lock that names its owner and cannot outlive it."""

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

_PAUSE = 0.05  # seconds between two tries
#: Seconds within which who takes a lock has written its name into it, on a busy machine too.
_SIGNED = 2.0


def lock_path(folder: Path) -> Path:
    """Where the lock of a build folder stands: beside it, because the folder itself is replaced."""
    return folder.parent / f".{folder.name}.lock"


@contextmanager
def exclusive(folder: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold a build folder, or a file, for this process.

    The kernel of the system holds the lock (flock), so a process that dies in whatever way lets go of it: what a
    killed run leaves is a file without a lock, which the next run takes.

    Args:
        folder: the folder or file.
        patience: seconds to wait for another that holds it.

    Raises:
        BusyError: another run holds the folder; the message names it.
        WeighError: the place of the lock cannot be written.
    """
    path = lock_path(folder)
    descriptor = _acquire(path, folder, time.monotonic() + patience)
    try:
        _sign(descriptor, path)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path, folder: Path, until: float) -> int:
    signed = time.monotonic() + _SIGNED
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
            if time.monotonic() < (until if owner else max(until, signed)):
                time.sleep(_PAUSE)
                continue
            raise BusyError(f"{folder}: busy, {_words(owner)}; wait until it is done, or stop it") from None
        # An owner that let go between our open and our lock has removed the file: then this lock is on nothing.
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(descriptor).st_ino == path.stat(follow_symlinks=False).st_ino:
                return descriptor
        os.close(descriptor)


def _sign(descriptor: int, path: Path) -> None:
    """Write into a lock who holds it."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(_owner()).encode("utf-8"), 0)
    except OSError as error:  # a disk that is full takes an empty file and nothing more
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
        return f"process {found['pid']} of {found['user']} on {found['host']} holds it since {found['started']}"
    except (ValueError, KeyError, TypeError):
        return "another run has just taken it"
