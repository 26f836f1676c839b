"""What a run needs of its machine, looked at before the run."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from weigh.errors import WeighError
from weigh.render.sources import refuse_long_temporary_folder

if TYPE_CHECKING:
    from weigh.evidence.review import Review

__all__ = ["Check", "examine"]

#: Bytes that a build of a large guideline takes, twice: the old one stands until the new one is whole.
_SPACE = 200_000_000
_FONT = "DejaVu Sans"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is as it should be, and a sentence on it."""

    ok: bool
    words: str


def examine(folder: Path, out: Path) -> Iterator[Check]:
    """Look at Python, packages, kernel, font, evidence, space and rights, one after the other.

    Args:
        folder: the review folder.
        out: the build folder of the run to come.
    """
    from weigh.evidence.review import read_review

    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Check(sys.version_info >= (3, 11), f"Python {python} (3.11 or newer is needed)")
    yield from _packages()
    yield _kernel()
    yield _engine()
    yield _sockets()
    yield _font()
    review, problems = read_review(folder)
    yield _evidence(folder, review, len(problems))
    yield from _place(out, review.guideline.number if review else None)


def _packages() -> Iterator[Check]:
    from packaging.requirements import Requirement

    wrong = []
    needed = [Requirement(line) for line in requires("weigh") or ()]
    needed = [requirement for requirement in needed if requirement.marker is None or requirement.marker.evaluate()]
    for requirement in needed:
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} is not installed; {requirement} is needed")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} is {found}; {requirement} is needed")
    for words in wrong:
        yield Check(False, f"{words}: install requirements.lock anew")
    if not wrong:
        yield Check(True, f"{len(needed)} packages as declared")


def _kernel() -> Check:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        found = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Check(False, "no Jupyter kernel python3: install ipykernel anew")
    return Check(True, f"Jupyter kernel python3: {found.display_name}")


def _engine() -> Check:
    from weigh.render.kernels.fork_server import possible

    if possible():
        return Check(True, "kernels are forked from one that has all imports done")
    return Check(
        True, "each kernel is a new interpreter, as this system cannot fork them: slower, and otherwise the same"
    )


def _sockets() -> Check:
    try:
        refuse_long_temporary_folder()
    except WeighError as error:
        return Check(False, str(error))
    return Check(True, f"sockets fit into {tempfile.gettempdir()}")


def _font() -> Check:
    import logging

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from matplotlib import font_manager

    try:
        font_manager.findfont(_FONT, fallback_to_default=False)
    except ValueError:
        return Check(False, f"the font {_FONT} is not found: it comes with matplotlib, install that anew")
    return Check(True, f"the font {_FONT}, from which figures are measured")


def _evidence(folder: Path, review: Review | None, defects: int) -> Check:
    from weigh.wording.sentences import plural

    if review is None:
        return Check(False, f"{folder}: {plural(defects, 'defect')}, so it cannot be rendered: weigh check names them")
    return Check(
        True, f"{folder}: guideline {review.guideline.number}, {len(review.conclusions)} conclusions, no defect"
    )


def _place(out: Path, number: str | None) -> Iterator[Check]:
    """Space, and the right to make and replace the build folder, tried by doing it."""
    from weigh.render.build import Build, read_record, refuse_other_guideline

    parent = out.resolve().parent
    while not parent.exists():
        parent = parent.parent
    free = shutil.disk_usage(parent).free
    yield Check(free > _SPACE, f"{free // 1_000_000} MB free at {parent} ({_SPACE // 1_000_000} MB are enough)")
    try:
        with tempfile.TemporaryDirectory(prefix=".weigh-", dir=parent):
            pass
    except OSError as error:
        yield Check(False, f"{parent}: cannot be written ({error.strerror}): choose another folder with --out")
        return
    try:
        Build(out).refuse_unfit()
        if number is not None:
            refuse_other_guideline(out, read_record(out), number)
    except (WeighError, OSError) as error:
        yield Check(False, str(error))
    else:
        yield Check(True, f"{out} can be replaced by a new build")
