"""A guideline imported into a folder: a new draft written whole or not at all, or a new text brought into an old one."""

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
from weigh.importer.drafting.report import REPORT, report_text
from weigh.importer.drafting.state import STATE, read_base, state_text, updated
from weigh.importer.drafting.update import Change
from weigh.importer.found import FoundGuideline
from weigh.importer.guideline import read_guideline
from weigh.importer.source.reading import LONGEST_TEXT

__all__ = ["Imported", "content_of", "import_guideline"]

_ELSEWHERE = "free some space or get write permission there, or name another folder with --into"


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import found, and what it did to the folder."""

    found: FoundGuideline
    written: tuple[str, ...]
    changes: tuple[Change, ...] = ()


def import_guideline(source: Path, into: Path, *, update: bool = False) -> Imported:
    """Draft the review folder of a guideline, or bring a revised text into one that was drafted.

    Args:
        source: the file with the guideline's text.
        into: the folder of the draft; it is made where it is missing. Imported again from the same text, with nothing
            touched since, it stays as it is.
        update: whether the folder holds an earlier draft that people have worked in.

    Raises:
        GuidelineTextError: the text cannot be read.
        WeighError: the folder is not one to write into.
    """
    found = read_guideline(content_of(source), source.name)
    _refuse_links(into)
    if update:
        _drafted(into)  # refused before a lock is put there
        with editing(into):
            return _update(found, into)
    draft = draft_of(found)
    files = {**files_of(draft), STATE: state_text(draft), REPORT: report_text(draft)}
    if (into / DESCRIPTOR).exists():
        if all(_text(into / name) == text for name, text in files.items()):
            return Imported(found=found, written=())
        raise WeighError(
            f"{into}: holds a review already; bring this text into it with --update, or name another folder with --into"
        )
    _refuse_strangers(into, files)
    _write_new(into, files)
    return Imported(found=found, written=tuple(files))


def content_of(source: Path) -> bytes:
    """The bytes of a guideline's file.

    Raises:
        GuidelineTextError: it is not there, is too long, or may not be read.
    """
    try:
        size = source.stat().st_size
        if size > LONGEST_TEXT:
            raise GuidelineTextError(
                f"{source}: {size:,} bytes are more than the {LONGEST_TEXT:,} that are read; import it in parts"
            )
        return source.read_bytes()
    except FileNotFoundError:
        raise GuidelineTextError(f"{source}: there is no such file; name the text of a guideline") from None
    except IsADirectoryError:
        raise GuidelineTextError(f"{source}: is a folder; name the file with the text of the guideline") from None
    except OSError as error:
        raise GuidelineTextError(f"{source}: cannot be read ({error.strerror}); look at the rights there") from error


def _drafted(into: Path) -> tuple[str, dict[str, str]]:
    """The state that the last import left, and the files of the draft as they are now.

    Raises:
        WeighError: nothing was drafted here, or a file that every draft has is missing.
    """
    kept = _text(into / STATE)
    if kept is None:
        raise WeighError(f"{into / STATE}: is missing, so nothing was drafted here; leave --update out to draft")
    names = [BIBLIOGRAPHY, GUIDELINE, *(f"{EVIDENCE}/{name}.csv" for name in tables_of())]
    files = {name: text for name in names if (text := _text(into / name)) is not None}
    for name in (BIBLIOGRAPHY, GUIDELINE):
        if name not in files:
            raise WeighError(f"{into / name}: is missing; restore it from the history of the folder")
    return kept, files


def _update(found: FoundGuideline, into: Path) -> Imported:
    kept, files = _drafted(into)
    draft, written, changes = updated(found, read_base(kept, str(into / STATE)), files)
    state = state_text(draft)
    if state != kept or written:  # a text that is read a second time leaves the report of what it changed
        written = {**written, REPORT: report_text(draft, changes), STATE: state}
    for name, text in written.items():
        with writing(into / name, _ELSEWHERE):
            write_file(into / name, text.encode("utf-8"), inside=into)
    return Imported(found=found, written=tuple(written), changes=tuple(changes))


def _text(path: Path) -> str | None:
    """A file as text, or None where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise WeighError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def _refuse_links(into: Path) -> None:
    """Nothing is written through a link: it may lead into another review."""
    for path in (into, into / EVIDENCE, *(into / EVIDENCE).glob("*"), into / BIBLIOGRAPHY, into / REPORT, into / STATE):
        if path.is_symlink():
            raise WeighError(f"{path}: is a link; name the folder itself with --into")
    if into.exists() and not into.is_dir():
        raise WeighError(f"{into}: is a file; name a folder with --into")


def _refuse_strangers(into: Path, files: Mapping[str, str]) -> None:
    """A draft needs a folder of its own; what an import left there when it was stopped is its own."""
    ours = {Path(name).parts[0] for name in files}
    strangers = sorted(
        path.name for path in (into.iterdir() if into.is_dir() else ()) if path.name not in ours and not _is_left(path)
    )
    if strangers:
        raise WeighError(f"{into}: holds {strangers[0]}; name a new or an empty folder with --into")


def _is_left(path: Path) -> bool:
    return path.name.startswith(".weigh-import-")


def _write_new(into: Path, files: Mapping[str, str]) -> None:
    """Write a draft beside its place and put it there; `evidence/`, which makes it a review folder, comes last."""
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
