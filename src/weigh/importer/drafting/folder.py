"""Import a guideline into a folder: write a new draft atomically, or update an existing one from a revised text."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weigh.errors import GuidelineTextError, WeighError
from weigh.evidence.inputs import DESCRIPTOR, EVIDENCE
from weigh.evidence.lock import editing
from weigh.evidence.write import sync_folder, unwritable, write_file, writing
from weigh.importer.drafting.draft import BIBLIOGRAPHY, GUIDELINE, draft_of, files_of, tables_of
from weigh.importer.drafting.import_report import REPORT, report_text
from weigh.importer.drafting.state import STATE, read_base, state_text, updated
from weigh.importer.drafting.update import Change
from weigh.importer.found import FoundGuideline
from weigh.importer.guideline import read_guideline
from weigh.importer.source.reading import LONGEST_TEXT

__all__ = ["Imported", "content_of", "import_guideline"]

_ELSEWHERE = "free some space or get write permission there, or choose another folder with --into"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import found, and what it changed in the folder."""

    found: FoundGuideline
    written: tuple[str, ...]
    changes: tuple[Change, ...] = ()


def import_guideline(source: Path, into: Path, *, update: bool = False) -> Imported:
    """Draft the review folder of a guideline, or update an earlier draft from a revised text.

    Args:
        source: the file with the guideline's text.
        into: the folder of the draft; created if missing. Importing the same text again into an untouched draft changes
            nothing.
        update: whether to update an earlier draft, keeping people's edits.

    Raises:
        GuidelineTextError: the text cannot be read.
        WeighError: the folder must not or cannot be written.
    """
    found = read_guideline(content_of(source), source.name)
    _refuse_links(into)
    if update:
        _drafted(into)  # refuse before creating a lock
        with editing(into):
            return _update(found, into)
    draft = draft_of(found)
    files = {**files_of(draft), STATE: state_text(draft), REPORT: report_text(draft)}
    if (into / DESCRIPTOR).exists():
        if all(_text(into / name) == text for name, text in files.items()):
            return Imported(found=found, written=())
        raise WeighError(
            f"{into}: already contains a review; update it with --update, or choose another folder with --into"
        )
    _refuse_foreign_files(into, files)
    _write_new(into, files)
    return Imported(found=found, written=tuple(files))


def content_of(source: Path) -> bytes:
    """Return the bytes of a guideline's file.

    Raises:
        GuidelineTextError: the file is missing, too long or unreadable.
    """
    try:
        size = source.stat().st_size
        if size > LONGEST_TEXT:
            raise GuidelineTextError(
                f"{source}: {size:,} bytes exceed the limit of {LONGEST_TEXT:,}; import it in parts"
            )
        return source.read_bytes()
    except FileNotFoundError:
        raise GuidelineTextError(f"{source}: no such file; pass the text of a guideline") from None
    except IsADirectoryError:
        raise GuidelineTextError(f"{source}: is a folder; pass the file with the text of the guideline") from None
    except OSError as error:
        raise GuidelineTextError(f"{source}: cannot be read ({error.strerror}); check its permissions") from error


def _drafted(into: Path) -> tuple[str, dict[str, str]]:
    """Return the record of the last import, and the current files of the draft.

    Raises:
        WeighError: the folder has no draft, or a file that every draft has is missing.
    """
    kept = _text(into / STATE)
    if kept is None:
        raise WeighError(f"{into / STATE}: missing, so this folder has no draft; omit --update to create one")
    names = [BIBLIOGRAPHY, GUIDELINE, *(f"{EVIDENCE}/{name}.csv" for name in tables_of())]
    files = {name: text for name in names if (text := _text(into / name)) is not None}
    for name in (BIBLIOGRAPHY, GUIDELINE):
        if name not in files:
            raise WeighError(f"{into / name}: missing; restore it from version control")
    return kept, files


def _update(found: FoundGuideline, into: Path) -> Imported:
    kept, files = _drafted(into)
    draft, written, changes = updated(found, read_base(kept, str(into / STATE)), files)
    state = state_text(draft)
    if state != kept or written:  # importing the same text again keeps the last report
        written = {**written, REPORT: report_text(draft, changes), STATE: state}
    for name, text in written.items():
        with writing(into / name, _ELSEWHERE):
            write_file(into / name, text.encode("utf-8"), inside=into)
    return Imported(found=found, written=tuple(written), changes=tuple(changes))


def _text(path: Path) -> str | None:
    """Return the text of a file, or None if there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise WeighError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def _refuse_links(into: Path) -> None:
    """Refuse symbolic links, which may lead into another review."""
    for path in (into, into / EVIDENCE, *(into / EVIDENCE).glob("*"), into / BIBLIOGRAPHY, into / REPORT, into / STATE):
        if path.is_symlink():
            raise WeighError(f"{path}: is a symbolic link; pass the folder itself with --into")
    if into.exists() and not into.is_dir():
        raise WeighError(f"{into}: is a file; pass a folder with --into")


def _refuse_foreign_files(into: Path, files: Mapping[str, str]) -> None:
    """Refuse a folder with other files, except those left by an interrupted import."""
    ours = {Path(name).parts[0] for name in files}
    foreign = sorted(
        path.name for path in (into.iterdir() if into.is_dir() else ()) if path.name not in ours and not _is_left(path)
    )
    if foreign:
        raise WeighError(f"{into}: contains {foreign[0]}; choose a new or empty folder with --into")


def _is_left(path: Path) -> bool:
    return path.name.startswith(".weigh-import-")


def _write_new(into: Path, files: Mapping[str, str]) -> None:
    """Write a draft to a temporary folder and move it into place; `evidence/`, which marks a review folder, last."""
    new = into / f".weigh-import-{os.getpid()}"
    try:
        into.mkdir(parents=True, exist_ok=True)
        for left in (path for path in into.iterdir() if _is_left(path)):
            shutil.rmtree(left)
        for name, text in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, text.encode("utf-8"), sync=False)
        for folder in (new / EVIDENCE, new):
            sync_folder(folder)
        for name in sorted({Path(name).parts[0] for name in files}, key=lambda name: (name == EVIDENCE, name)):
            (new / name).replace(into / name)
        sync_folder(into)
    except OSError as error:
        raise unwritable(into, error, _ELSEWHERE) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
