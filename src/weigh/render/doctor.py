"""Checks of the machine before a run."""

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

#: Bytes for two builds of a large guideline: the old one stays until the new one is complete.
_SPACE = 200_000_000
_FONT = "DejaVu Sans"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: whether it passed, and a sentence about it."""

    ok: bool
    words: str


def examine(folder: Path, out: Path) -> Iterator[Check]:
    """Check Python, packages, kernel, font, evidence, disk space and permissions, in this order.

    Args:
        folder: the review folder.
        out: the build folder of the planned run.
    """
    from weigh.evidence.review import read_review

    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Check(sys.version_info >= (3, 11), f"Python {python} (3.11 or later is required)")
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
            wrong.append(f"{requirement.name} is not installed; {requirement} is required")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} is {found}; {requirement} is required")
    for words in wrong:
        yield Check(False, f"{words}: reinstall from requirements.lock")
    if not wrong:
        yield Check(True, f"{len(needed)} packages installed as declared")


def _kernel() -> Check:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        found = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Check(False, "Jupyter kernel python3 not found: reinstall ipykernel")
    return Check(True, f"Jupyter kernel python3: {found.display_name}")


def _engine() -> Check:
    from weigh.render.kernels.fork_server import can_fork

    if can_fork():
        return Check(True, "kernels are forked from a preloaded process")
    return Check(True, "this system cannot fork kernels, so each is a new interpreter: slower, with identical results")


def _sockets() -> Check:
    try:
        refuse_long_temporary_folder()
    except WeighError as error:
        return Check(False, str(error))
    return Check(True, f"{tempfile.gettempdir()}: short enough a path for sockets")


def _font() -> Check:
    import logging

    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from matplotlib import font_manager

    try:
        font_manager.findfont(_FONT, fallback_to_default=False)
    except ValueError:
        return Check(False, f"font {_FONT} not found: reinstall matplotlib, which includes it")
    return Check(True, f"font {_FONT}, used to measure text in figures")


def _evidence(folder: Path, review: Review | None, defects: int) -> Check:
    from weigh.wording.sentences import plural

    if review is None:
        return Check(
            False, f"{folder}: {plural(defects, 'defect')}, so it cannot be rendered: run weigh check for a list"
        )
    return Check(
        True, f"{folder}: guideline {review.guideline.number}, {len(review.conclusions)} conclusions, no defects"
    )


def _place(out: Path, number: str | None) -> Iterator[Check]:
    """Check disk space and, by trying, the permission to create and replace the build folder."""
    from weigh.render.build import Build, read_record, refuse_other_guideline

    parent = out.resolve().parent
    while not parent.exists():
        parent = parent.parent
    free = shutil.disk_usage(parent).free
    yield Check(free > _SPACE, f"{free // 1_000_000} MB free at {parent} ({_SPACE // 1_000_000} MB required)")
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
