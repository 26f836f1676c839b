"""From what a person names to a state of the review: a finished run, a review folder, or a revision in git."""

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
#: Defects that a sentence names of a revision that cannot be read; the others are counted.
_NAMED = 2
#: A git that runs in a hook is told of another repository by these.
_GIT_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")


def changes_between(before: str, after: str = "", review_folder: Path | None = None) -> Changes:
    """What changed from one state of a review to another.

    Args:
        before: a git revision, a review folder or the folder of a finished run; empty: the review as it is now.
        after: the same.
        review_folder: the review; by default the nearest one from the working folder upwards.

    Raises:
        WeighError: one of them cannot be read; the sentence says why.
    """
    from weigh.changes.compare import compare
    from weigh.evidence.inputs import find_review

    folder = review_folder or find_review()
    old = state_at(before, folder)
    return compare(old, old if before == after else state_at(after, folder))


def state_at(name: str, review_folder: Path) -> State:
    """The state that a name stands for.

    A folder is taken before a revision of the same name. Nothing is written into the folder or its repository.

    Args:
        name: a git revision of the review folder, a review folder or the folder of a finished run; empty: the review
            folder as it is now.
        review_folder: the review.

    Raises:
        ReviewNotFoundError: a folder that is neither.
        NotFoundError: neither a folder nor a revision.
        EvidenceError: the review folder as it is now breaks its schema.
        WeighError: another folder, a run or a revision that cannot be read, or no git.
    """
    if not name:
        return _of_review(review_folder)
    folder = folder_named(name, review_folder)
    if folder is None:
        return _of_revision(name, review_folder)
    if (folder / _DESCRIPTOR).is_file():
        return _of_named(folder, name, "folder", f"weigh --review {name} check names every defect")
    if (folder / MARKER).is_file():
        return _of_run(folder, name)
    raise ReviewNotFoundError(
        f"{name}: neither a finished run (it holds no {MARKER}) nor a review folder (no {_DESCRIPTOR}); "
        f"name one of these, or a revision in full, such as refs/heads/{Path(name).name}"
    )


def folder_named(name: str, review_folder: Path) -> Path | None:
    """The folder that a name stands for, from the working folder or from the review; None where there is none.

    The name of the default build folder is that of this review, wherever weigh is called: not another guideline's.
    """
    places = (Path(name), review_folder / name)
    try:
        if name == BUILD and (review_folder / BUILD / MARKER).is_file():
            return default_build(review_folder)
        return next((path for path in places if path.is_dir()), None)
    except (OSError, ValueError):  # too long for a path, or no text that could be one
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
        raise WeighError(f"{name}: the run left no {STATE}; render it again with this weigh") from None
    except (OSError, ValueError) as error:
        raise WeighError(f"{name}/{STATE}: cannot be read ({error}); render it again") from error
    except WeighError as error:
        raise WeighError(f"{name}/{STATE}: {error}; render it again with this weigh") from error


def _of_revision(name: str, review_folder: Path) -> State:
    """The review of a revision, unpacked into a temporary folder; no branch is checked out."""
    if name.startswith("-") or "\0" in name or "\n" in name:
        raise NotFoundError(f"{name!r}: neither a folder nor a name that git gives a revision; see git log")
    commit = _commit(name, review_folder)
    held = _git(review_folder, "ls-tree", "--name-only", "-z", commit, "--", _EVIDENCE, _BIBLIOGRAPHY)
    files = [part for part in held.stdout.decode("utf-8", "replace").split("\0") if part]
    if held.returncode or _EVIDENCE not in files:
        raise WeighError(f"{name}: that revision holds no {_EVIDENCE} folder of this review; name a later one")
    as_stored = ("-c", "core.autocrlf=false", "-c", "core.eol=lf")
    packed = _git(review_folder, *as_stored, "archive", "--format=zip", commit, "--", *files)
    if packed.returncode:
        raise WeighError(f"{name}: git cannot give the files of that revision ({_said(packed)}); mend the repository")
    with tempfile.TemporaryDirectory(prefix="weigh-") as scratch:
        with zipfile.ZipFile(io.BytesIO(packed.stdout)) as archive:
            archive.extractall(scratch)
        if not (Path(scratch) / _DESCRIPTOR).is_file():
            raise WeighError(f"{name}: that revision holds no {_DESCRIPTOR}; name a later one")
        advice = "name a later one, or the folder of a run that was finished then"
        return _of_named(Path(scratch), name, "revision", advice)


def _of_named(folder: Path, name: str, what: str, advice: str) -> State:
    """The state of a review that is not the one as it is now, so that each sentence says which it is."""
    from weigh.evidence.review import read_review

    try:
        review, problems = read_review(folder)
    except ReviewNotFoundError as error:  # its schema is none
        raise WeighError(f"{name}: this weigh cannot read the review of that {what} ({error}); {advice}") from error
    if review is None:
        broken = [f"{problem.place}: {problem.message}" for problem in problems if problem.severity == "error"]
        more = f", and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
        said = f"{', '.join(broken[:_NAMED])}{more}"
        raise WeighError(f"{name}: this weigh cannot read the review of that {what} ({said}); {advice}")
    return _state(review)


def _commit(name: str, review_folder: Path) -> str:
    inside = _git(review_folder, "rev-parse", "--git-dir")
    if inside.returncode:
        raise NotFoundError(
            f"{name}: no folder of that name, and the review folder {review_folder} is in no git repository that "
            f"could hold a revision ({_said(inside)}); name a folder"
        )
    found = _git(review_folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if found.returncode:
        raise NotFoundError(f"{name}: neither a folder nor a git revision of the review; see git log for revisions")
    return found.stdout.decode("ascii").strip()


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_ELSEWHERE}
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False, env=environment)
    except OSError as error:
        raise WeighError(
            f"git cannot be started ({error.strerror}), and a revision needs it; install git, or name folders"
        ) from error


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else "without a word"
