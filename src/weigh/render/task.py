"""The input and output of a run: its folders, options, progress callbacks and report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from weigh.render.sources import CELL_TIMEOUT, Engine

if TYPE_CHECKING:
    from weigh.render.digest import Digest
    from weigh.render.worker import Rendered

__all__ = ["How", "RunReport", "Task", "Watch"]


@dataclass(frozen=True, slots=True)
class Task:
    """One review folder to render into one build folder."""

    review_folder: Path
    out: Path
    #: The conclusions to render; empty for all.
    conclusion_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class How:
    """The options of a run: workers, engine, time limit per cell, and whether to render fresh reports as well."""

    jobs: int | None = None
    engine: Engine | None = None
    cluster: str | None = None
    timeout: int = CELL_TIMEOUT
    force: bool = False
    #: The date of the digest; without it, no digest is made.
    digest_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Progress callbacks: the number of notebooks known so far, and each outcome as soon as it is ready."""

    on_start: Callable[[int], object] = lambda total: None
    on_done: Callable[[Rendered], object] = lambda rendered: None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: the folder, the reports rendered and why, the fresh ones, and the error of each failed one.

    With `--explain`, `changed` lists the files of the review that differ from the last run.
    """

    folder: Path
    rendered: tuple[str, ...]
    fresh: tuple[str, ...]
    failed: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    digest: Digest | None = None
    changed: tuple[str, ...] = ()
