"""Resolve a name to a state of the review: a finished run, a review folder or a git revision."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from weigh.errors import NotFoundError, ReviewNotFoundError, WeighError
from weigh.render.build import BUILD, MARKER, default_build

if TYPE_CHECKING:
    from weigh.changes.compare import Changes
    from weigh.changes.state import State
    from weigh.evidence.review import Review

__all__ = ["changes_between", "folder_named", "state_at"]

_EVIDENCE, _DESCRIPTOR, _BIBLIOGRAPHY = "evidence", "evidence/datapackage.json", "references.bib"
#: The number of defects that an error message lists; it counts the others.
_NAMED = 2
#: Variables that point git, when run from a hook, to another repository.
_GIT_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")


def changes_between(before: str, after: str = "", review_folder: Path | None = None) -> Changes:
    """Return the changes from one state of a review to another.

    Args:
        before: a git revision, a review folder or the folder of a finished run; empty for the current review.
        after: the same.
        review_folder: the review folder; by default the nearest one, from the working folder upwards.

    Raises:
        WeighError: one of the states cannot be read; the message says why.
    """
    from weigh.changes.compare import compare
    from weigh.evidence.inputs import find_review

    folder = review_folder or find_review()
    old = state_at(before, folder)
    return compare(old, old if before == after else state_at(after, folder))


def state_at(name: str, review_folder: Path) -> State:
    """Return the state that a name refers to.

    A folder takes precedence over a revision of the same name. Nothing is written to the folder or its repository.

    Args:
        name: a git revision of the review folder, a review folder or the folder of a finished run; empty for the
            current review folder.
        review_folder: the review folder.

    Raises:
        ReviewNotFoundError: the folder is neither a review folder nor a finished run.
        NotFoundError: the name is neither a folder nor a revision.
        EvidenceError: the current review folder violates its schema.
        WeighError: another folder, a run or a revision cannot be read, or git is missing.
    """
    if not name:
        return _of_review(review_folder)
    folder = folder_named(name, review_folder)
    if folder is None:
        return _of_revision(name, review_folder)
    if (folder / _DESCRIPTOR).is_file():
        return _of_named(folder, name, "folder", f"run weigh --review {name} check for all defects")
    if (folder / MARKER).is_file():
        return _of_run(folder, name)
    raise ReviewNotFoundError(
        f"{name}: neither a finished run (no {MARKER}) nor a review folder (no {_DESCRIPTOR}); "
        f"pass one of these, or the full name of a revision, such as refs/heads/{Path(name).name}"
    )


def folder_named(name: str, review_folder: Path) -> Path | None:
    """Return the folder of that name, relative to the working folder or the review; None if there is none.

    The name of the default build folder means that of this review, wherever weigh is called: not another guideline's.
    """
    places = (Path(name), review_folder / name)
    try:
        if name == BUILD and (review_folder / BUILD / MARKER).is_file():
            return default_build(review_folder)
        return next((path for path in places if path.is_dir()), None)
    except (OSError, ValueError):  # too long for a path, or not a valid one
        return None


def _of_review(folder: Path) -> State:
    from weigh.evidence.review import load_review

    return _state(load_review(folder))


def _state(review: Review) -> State:
    from weigh.audit.audit import audit
    from weigh.changes.state import state_of

    return state_of(review, audit(review))


def _of_run(folder: Path, name: str) -> State:
    from weigh.changes.state import STATE, State

    try:
        return State.from_json(json.loads((folder / STATE).read_bytes()))
    except FileNotFoundError:
        raise WeighError(f"{name}: the run has no {STATE}; render it again with this version of weigh") from None
    except (OSError, ValueError) as error:
        raise WeighError(f"{name}/{STATE}: cannot be read ({error}); render it again") from error
    except WeighError as error:
        raise WeighError(f"{name}/{STATE}: {error}; render it again with this version of weigh") from error


def _of_revision(name: str, review_folder: Path) -> State:
    """Read the review at a revision from a temporary copy, without checking out a branch."""
    if name.startswith("-") or "\0" in name or "\n" in name:
        raise NotFoundError(f"{name!r}: neither a folder nor a valid name of a git revision; see git log")
    commit = _commit(name, review_folder)
    listed = _git(review_folder, "ls-tree", "--name-only", "-z", commit, "--", _EVIDENCE, _BIBLIOGRAPHY)
    files = [part for part in listed.stdout.decode("utf-8", "replace").split("\0") if part]
    if listed.returncode or _EVIDENCE not in files:
        raise WeighError(f"{name}: that revision has no {_EVIDENCE} folder for this review; choose a later one")
    as_stored = ("-c", "core.autocrlf=false", "-c", "core.eol=lf")
    packed = _git(review_folder, *as_stored, "archive", "--format=zip", commit, "--", *files)
    if packed.returncode:
        raise WeighError(
            f"{name}: git cannot read the files of that revision ({_git_error(packed)}); repair the repository"
        )
    with tempfile.TemporaryDirectory(prefix="weigh-") as scratch:
        with zipfile.ZipFile(io.BytesIO(packed.stdout)) as archive:
            archive.extractall(scratch)
        if not (Path(scratch) / _DESCRIPTOR).is_file():
            raise WeighError(f"{name}: that revision has no {_DESCRIPTOR}; choose a later one")
        advice = "choose a later one, or the folder of a run that finished at the time"
        return _of_named(Path(scratch), name, "revision", advice)


def _of_named(folder: Path, name: str, what: str, advice: str) -> State:
    """Return the state of a review other than the current one; error messages say which."""
    from weigh.evidence.review import read_review

    try:
        review, problems = read_review(folder)
    except ReviewNotFoundError as error:  # its schema is invalid
        raise WeighError(
            f"{name}: this version of weigh cannot read the review of that {what} ({error}); {advice}"
        ) from error
    if review is None:
        broken = [f"{problem.place}: {problem.message}" for problem in problems if problem.severity == "error"]
        more = f", and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
        defects = f"{', '.join(broken[:_NAMED])}{more}"
        raise WeighError(f"{name}: this version of weigh cannot read the review of that {what} ({defects}); {advice}")
    return _state(review)


def _commit(name: str, review_folder: Path) -> str:
    inside = _git(review_folder, "rev-parse", "--git-dir")
    if inside.returncode:
        raise NotFoundError(
            f"{name}: no such folder, and {review_folder} is not in a git repository ({_git_error(inside)}); "
            "pass a folder"
        )
    found = _git(review_folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if found.returncode:
        raise NotFoundError(f"{name}: neither a folder nor a git revision of the review; see git log")
    return found.stdout.decode("ascii").strip()


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_ELSEWHERE}
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False, env=environment)
    except OSError as error:
        raise WeighError(
            f"cannot start git ({error.strerror}), which revisions require; install git, or pass folders"
        ) from error


def _git_error(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else "no error message"
