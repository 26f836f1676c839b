"""Office files as ZIP archives whose bytes depend only on their content, not on the clock."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

__all__ = ["without_clock"]

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time in a ZIP archive
_UNIX = 3
_ORDINARY_FILE = 0o644 << 16


def without_clock(content: bytes, changed: Mapping[str, Callable[[bytes], bytes]] | None = None) -> bytes:
    """An archive with its members in the same order, all with the same time and permissions.

    Args:
        content: the archive.
        changed: functions that rewrite the content of members, by member name.
    """
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(written, "w", compression=zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = _UNIX
            member.external_attr = _ORDINARY_FILE
            made = (changed or {}).get(name, bytes)
            new.writestr(member, made(old.read(name)))
    return written.getvalue()
