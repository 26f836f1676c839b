"""The result of each conclusion is the one that was agreed on; the difference is the message of a failing test.

Where a change is meant, write the results anew, read their difference, and commit them with what caused it:

    WEIGH_RENEW_GOLDEN=1 .venv/bin/python -m pytest -q tests/test_golden.py
    git diff tests/data/golden
"""

from __future__ import annotations

import difflib
import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import OUTCOMES, ROOT, Project

from weigh.audit.audit import audit
from weigh.summary.conclusion import Summary, summarise

GOLDEN = ROOT / "tests" / "data" / "golden"
RENEW = "WEIGH_RENEW_GOLDEN"
CONCLUSIONS = [row[0] for row in Project(ROOT).rows("evidence/conclusions.csv")[1:]]


def difference(path: Path, result: str) -> str:
    golden = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = difflib.unified_diff(golden.splitlines(), result.splitlines(), path.name, "now", lineterm="", n=2)
    return "\n".join(lines)


@pytest.mark.parametrize("conclusion_id", CONCLUSIONS)
def test_a_result_is_the_one_agreed_on(summaries: dict[str, Summary], conclusion_id: str) -> None:
    """Verdict, votes, reasons and fingerprint of a conclusion are as committed, or the difference is shown."""
    path = GOLDEN / f"{conclusion_id}.json"
    result = json.dumps(summaries[conclusion_id].as_json(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get(RENEW):
        path.write_text(result, encoding="utf-8")
    found = difference(path, result)

    if found:
        pytest.fail(
            f"{found}\n\nIf this is meant: {RENEW}=1 .venv/bin/python -m pytest -q tests/{Path(__file__).name}",
            pytrace=False,
        )


def test_one_direction_changes_its_conclusions_only(summaries: dict[str, Summary], tmp_path: Path) -> None:
    """A result read the other way changes the conclusions that cite its study, and not a byte of any other."""
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence")
    shutil.copy(ROOT / "references.bib", tmp_path)
    project = Project(tmp_path)
    rows = project.rows(OUTCOMES)
    place = next(number for number, row in enumerate(rows, 1) if "nirschl-2003-01" == row[0])
    project.change(OUTCOMES, place, "direction", "favours_comparator")
    review = project.review()
    audited = audit(review)
    now = {name: summarise(name, review, audited).as_json() for name in review.conclusions}

    assert {"epicondylitis", "inflammatory-musculoskeletal-disorders"} == {
        name for name, summary in summaries.items() if summary.as_json() != now[name]
    }


def test_no_result_is_left_of_a_conclusion_that_is_gone() -> None:
    """There is a result for each conclusion, and none for what is not there any more."""
    assert sorted(CONCLUSIONS) == sorted(path.stem for path in GOLDEN.glob("*"))
