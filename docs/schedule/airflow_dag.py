"""Two DAGs for Airflow 3: the weekly run, and the notebook of each conclusion in a separate task.

They require the Airflow providers `standard` and `papermill`. weigh stays in its own environment, in which
`.venv/bin/python -m ipykernel install --sys-prefix --name weigh` (also run by `make lab`) installs the kernel that the
second DAG requests.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import os
from pathlib import Path
from typing import Any

from airflow.providers.papermill.operators.papermill import PapermillOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

REVIEW = Path(os.environ.get("WEIGH_REVIEW", "/srv/weigh"))
EXECUTED = REVIEW / "executed"  # not within build/, which a run replaces as a whole
MONDAYS_AT_SIX = "0 6 * * 1"


class ReportOperator(PapermillOperator):
    """Run papermill in the review folder, where the notebook finds its evidence and its kernel."""

    def execute(self, context: Any) -> Any:
        """Execute the notebook; each Airflow task is a separate process, so it may change its working folder."""
        EXECUTED.mkdir(exist_ok=True)
        os.environ["JUPYTER_PATH"] = str(REVIEW / ".venv" / "share" / "jupyter")
        with contextlib.chdir(REVIEW):
            return super().execute(context)


def conclusion_ids() -> list[str]:
    """Return the ids of all conclusions of the review."""
    with (REVIEW / "evidence" / "conclusions.csv").open(encoding="utf-8", newline="") as stream:
        return [row["conclusion_id"] for row in csv.DictReader(stream)]


with DAG(
    "weigh",
    description="Check the evidence, render what changed and report the changes",
    schedule=MONDAYS_AT_SIX,
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    max_active_runs=1,
):
    BashOperator(
        task_id="run",
        bash_command=".venv/bin/weigh run",
        cwd=str(REVIEW),
        append_env=True,
        skip_on_exit_code=4,  # another run is in progress and does the work
        execution_timeout=dt.timedelta(hours=2),
    )

with DAG(
    "weigh_reports",
    description="Execute the notebook of each conclusion in a separate task",
    schedule=None,
    max_active_tasks=2,
):
    for conclusion_id in conclusion_ids():
        ReportOperator(
            task_id=conclusion_id,
            input_nb=str(REVIEW / "notebooks" / "conclusion.ipynb"),
            output_nb=str(EXECUTED / f"{conclusion_id}.ipynb"),
            parameters={"conclusion_id": conclusion_id},
            kernel_name="weigh",
            execution_timeout=dt.timedelta(minutes=15),
        )
