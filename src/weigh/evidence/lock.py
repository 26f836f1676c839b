"""Locks that name their owner and cannot outlive it: one run at a time on a build, one writer on the tables."""

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
from weigh.evidence.inputs import EVIDENCE
from weigh.evidence.write import LEFTOVERS, TRY_AGAIN, unwritable

__all__ = ["editing", "exclusive", "lock_path"]

_PAUSE = 0.05  # seconds between two tries
#: Seconds within which the owner of a new lock has written its name into it, even on a busy machine.
_SIGNED = 2.0
#: Seconds to wait for others that change the same tables; each takes one or two.
_PATIENCE = 60.0
#: In the evidence, because some users may write there and not in the folder above.
_TABLES_LOCK = f"{EVIDENCE}/.tables.lock"


def lock_path(folder: Path) -> Path:
    """The file that locks a build folder: beside it, because the folder itself is replaced."""
    return folder.parent / f".{folder.name}.lock"


@contextmanager
def exclusive(folder: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Hold a build folder for this process.

    The operating system holds the lock (flock), so a process that dies in any way releases it: a killed run leaves a
    file without a lock, which the next run takes.

    Args:
        folder: the folder.
        patience: seconds to wait for another process that holds it.

    Raises:
        BusyError: another process holds the folder; the message names it.
        WeighError: the lock file cannot be written.
    """
    with _held(lock_path(folder), folder, patience, "choose another folder with --out"):
        yield


@contextmanager
def editing(folder: Path, *, patience: float = _PATIENCE) -> Iterator[None]:
    """Hold the tables of a review folder, from reading one to writing it, so that no other process's row is lost.

    Args:
        folder: the review folder.
        patience: seconds to wait for another process that holds them.

    Raises:
        BusyError: another process still holds them; the message names it.
        WeighError: the evidence cannot be written.
    """
    with _held(folder / _TABLES_LOCK, folder / EVIDENCE, patience, TRY_AGAIN):
        for left in (folder / EVIDENCE).rglob(LEFTOVERS):
            left.unlink(missing_ok=True)  # of a writer that was killed: no other is at work here
        yield


@contextmanager
def _held(path: Path, place: Path, patience: float, advice: str) -> Iterator[None]:
    descriptor = _acquire(path, place, time.monotonic() + patience, advice)
    try:
        _sign(descriptor, path, advice)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path, place: Path, until: float, advice: str) -> int:
    signed = time.monotonic() + _SIGNED
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise unwritable(path, error, advice) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 4096, 0).decode("utf-8", "replace")
            os.close(descriptor)
            if time.monotonic() < (until if owner else max(until, signed)):
                time.sleep(_PAUSE)
                continue
            raise BusyError(f"{place}: busy, {_words(owner)}; wait until it is done, or stop it") from None
        # An owner that released it between our open and our lock has removed the file: then this lock is on nothing.
        with contextlib.suppress(FileNotFoundError):
            if os.fstat(descriptor).st_ino == path.stat(follow_symlinks=False).st_ino:
                return descriptor
        os.close(descriptor)


def _sign(descriptor: int, path: Path, advice: str) -> None:
    """Write into a lock who holds it."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(_owner()).encode("utf-8"), 0)
    except OSError as error:  # a full disk takes an empty file and nothing more
        raise unwritable(path, error, advice) from error


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
        return "another process has just taken it"
