"""The page of a conclusion, provided that it matches the current evidence."""

from __future__ import annotations

import json
from pathlib import Path

from weigh.errors import WeighError
from weigh.evidence.inputs import sha256
from weigh.evidence.review import Review
from weigh.render.build import read_record, refuse_other_guideline
from weigh.render.plan import notebooks_of
from weigh.render.sources import CONCLUSION
from weigh.render.stale import Stamp, code_stamp, jobs_of, reason
from weigh.summary.conclusion import summarise

__all__ = ["current_page"]


def current_page(review: Review, conclusion_id: str, out: Path) -> str:
    """Return the page of a conclusion from a finished build; a new sign-off does not make it out of date.

    Args:
        review: the current review.
        conclusion_id: the conclusion.
        out: the build folder.

    Raises:
        NotFoundError: no such conclusion.
        WeighError: the build has no page for it, an out-of-date one, or holds another guideline.
    """
    summary = summarise(conclusion_id, review)
    name = summary.conclusion_id
    record = read_record(out)
    refuse_other_guideline(out, record, review.guideline.number)
    job = jobs_of(record).get(name, {})
    stamp = Stamp(job.get("stamp", {}).get("evidence", ""), notebooks_of(review.folder)[CONCLUSION], code_stamp())
    why = reason(out, record, name, stamp)
    if not why and _fingerprint(out, name) != summary.fingerprint:
        why = "its evidence changed"
    if why:
        raise WeighError(
            f"{out}: the page of {name} is not up to date, because {why}; run weigh render and read the new page first"
        )
    page = f"site/{name}.html"
    content = (out / page).read_bytes()
    if sha256(content) != job["outputs"].get(page):
        raise WeighError(f"{out}/{page}: has just been rendered again; read it again before you sign")
    return content.decode("utf-8")


def _fingerprint(out: Path, name: str) -> str:
    return str(json.loads((out / "results" / f"{name}.json").read_text(encoding="utf-8")).get("fingerprint"))
