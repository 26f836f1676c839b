"""Which reports are stale, decided by a hash of everything that each is made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from weigh.evidence.inputs import inputs_of, sha256
from weigh.render.build import read_record

__all__ = ["RECORDED", "Stamp", "code_stamp", "jobs_of", "nothing_to_do", "reason", "versions"]

#: Packages that can change the bytes of a page; run.json records their versions.
RECORDED = ("weigh", "citeproc-py", "ipykernel", "jinja2", "matplotlib", "mistune", "papermill", "pymare", "scipy")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The hashes of what one report is made from: its evidence, its notebook, and the code with its dependencies."""

    evidence: str
    notebook: str
    code: str

    def as_json(self) -> dict[str, str]:
        """The stamp as stored in run.json."""
        return {"evidence": self.evidence, "notebook": self.notebook, "code": self.code}


@cache
def versions() -> dict[str, str]:
    """The versions of the recorded packages."""
    return {name: version(name) for name in RECORDED}


@cache
def code_stamp() -> str:
    """Hash weigh itself, including templates and data, and the versions of its dependencies."""
    digest = hashlib.sha256(json.dumps(versions(), sort_keys=True).encode("utf-8"))
    with as_file(files("weigh")) as package:
        for path in sorted(package.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".ipynb":
                digest.update(f"{path.relative_to(package).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def nothing_to_do(out: Path, folder: Path, notebooks: Mapping[str, str]) -> bool:
    """Whether a build is complete and made from exactly the current files.

    Files are only hashed; no table is parsed.

    Args:
        out: the build folder.
        folder: the review folder.
        notebooks: the SHA-256 of each source notebook, by name.
    """
    record = read_record(out)
    return (
        bool(record)
        and record.get("read") == inputs_of(folder)  # first: an edited table is the most common cause
        and record.get("notebooks") == dict(notebooks)
        and record.get("code") == code_stamp()
        and all(job.get("status") == "rendered" for job in jobs_of(record).values())
        and not any(
            _not_as_made(out, outputs)
            for outputs in (record.get("pages", {}), *(job["outputs"] for job in jobs_of(record).values()))
        )
    )


def reason(out: Path, record: Mapping[str, Any], name: str, stamp: Stamp) -> str:
    """Return why a report must be rendered again; empty if it is fresh."""
    job = jobs_of(record).get(name)
    if not job:
        return "it has not been rendered before"
    if job.get("status") != "rendered":
        return "it failed last time"
    before = job.get("stamp", {})
    if before.get("evidence") != stamp.evidence:
        return "its evidence changed"
    if before.get("notebook") != stamp.notebook:
        return "its notebook changed"
    if before.get("code") != stamp.code:
        return "weigh or one of its dependencies changed"
    lost = _not_as_made(out, job.get("outputs", {}))
    return f"{lost} is missing or was modified" if lost else ""


def jobs_of(record: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the records of run.json for all reports: those of conclusions and those about the whole review."""
    return {**record.get("conclusions", {}), **record.get("whole_review", {})}


def _not_as_made(out: Path, outputs: Mapping[str, str]) -> str:
    """Return the first file of a build that is missing or modified; empty if none is."""
    for name, digest in outputs.items():
        try:
            if sha256((out / name).read_bytes()) != digest:
                return name
        except OSError:
            return name
    return ""
