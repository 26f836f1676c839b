"""What a run is asked for and what it answers: the folders, how to work, who watches, and what was done."""

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
    #: Which conclusions; all of them where none is named.
    conclusion_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class How:
    """How to render: with how many workers of which kind, how long a cell may take, whether what is fresh too."""

    jobs: int | None = None
    engine: Engine | None = None
    cluster: str | None = None
    timeout: int = CELL_TIMEOUT
    force: bool = False
    #: The day that a digest is judged by; no digest is made without it.
    digest_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how a run goes: the number of notebooks known so far, as it grows, and each outcome when it is ready."""

    on_start: Callable[[int], object] = lambda total: None
    on_done: Callable[[Rendered], object] = lambda rendered: None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: the folder, what it rendered and why, what was fresh, the sentence of each report that failed.

    What a run would do has `changed` beside it: the files of the review that are others than at the last run.
    """

    folder: Path
    rendered: tuple[str, ...]
    fresh: tuple[str, ...]
    failed: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    digest: Digest | None = None
    changed: tuple[str, ...] = ()
