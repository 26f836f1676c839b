"""Schedules: the files of docs/schedule install unchanged, call existing commands and handle the exit codes."""

from __future__ import annotations

import ast
import configparser
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import nbformat
import papermill
import pytest
import yaml
from conftest import MINI, OUTCOMES, ROOT, Project, RunWeigh
from test_render import notebook

from weigh.errors import BusyError
from weigh.evidence.lock import exclusive
from weigh.render.sources import REVIEW_NOTEBOOKS

SCHEDULE = ROOT / "docs" / "schedule"
FILES = ("README.md", "airflow_dag.py", "crontab", "github-actions.yml", "weigh.service", "weigh.timer")
HOME = "/srv/weigh"
INTERRUPTED = 130


@pytest.fixture
def installed(project: Project) -> Project:
    """The fictional review with weigh installed in it, as the schedules assume."""
    (project.folder / ".venv").symlink_to(sys.prefix)
    return project


@pytest.fixture(scope="module")
def run_options() -> set[str]:
    """The options of `weigh run`."""
    done = subprocess.run(
        [Path(sys.executable).with_name("weigh"), "run", "--help"], capture_output=True, text=True, check=True
    )
    return set(re.findall(r"--[a-z-]+", done.stdout))


def sh(script: str, folder: Path, *shell: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a scheduler does: with a minimal environment."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)} | variables
    command = [*(shell or ("/bin/sh",)), "-c", script]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=240
    )


def simple_notebooks(project: Project, source: str) -> None:
    """Give the review trivial notebooks, with the given source in that of the conclusions."""
    path = notebook(project, "0")
    for name in REVIEW_NOTEBOOKS:
        shutil.copy(path, path.with_name(f"{name}.ipynb"))
    notebook(project, source)


def test_the_readme_names_every_file_and_option(run_options: set[str]) -> None:
    """The README lists every file of the folder and mentions only existing options."""
    readme = (SCHEDULE / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", readme))

    assert sorted(FILES) == sorted(path.name for path in SCHEDULE.iterdir() if path.is_file())
    assert [] == [name for name in FILES[1:] if f"({name})" not in readme]
    assert set() == named - run_options - {"--engine", "--system", "--now"}


# ---- cron


def crontab() -> tuple[dict[str, str], list[tuple[list[str], str]]]:
    """Return the variables of the crontab, and its jobs as times and commands."""
    variables, jobs = {}, []
    for line in (SCHEDULE / "crontab").read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"([A-Z_]+)=(.*)", line):
            variables[match[1]] = match[2]
        elif line and not line.startswith("#"):
            *times, command = line.split(maxsplit=5)
            jobs.append((times, command))
    return variables, jobs


def test_cron_can_read_its_table() -> None:
    """The one job has five valid time fields and no percent sign, which cron reads as the end of the command."""
    variables, ((times, command),) = crontab()

    assert HOME == variables["REVIEW"]
    assert [] == [
        (time, limit)
        for time, limit in zip(times, (59, 23, 31, 12, 7), strict=True)
        if time != "*" and not 0 <= int(time) <= limit
    ]
    assert "%" not in command


@pytest.mark.long
def test_the_command_of_cron_runs_and_yields_to_another_run(installed: Project) -> None:
    """The crontab's own line renders a review; while another run holds it, it succeeds and says so."""
    variables, ((_times, command),) = crontab()
    done = sh(command, installed.folder.parent, **variables | {"REVIEW": str(installed.folder)})
    assert 0 == done.returncode, done.stderr
    assert {"digest.md", "digest.json", "run.json"} <= {path.name for path in (installed.folder / "build").iterdir()}

    with exclusive(installed.folder / "build"):
        busy = sh(command, installed.folder.parent, **variables | {"REVIEW": str(installed.folder)})
    assert (0, True) == (busy.returncode, "weigh: build: busy, process " in busy.stderr)

    installed.change(OUTCOMES, 2, "study_id", "nobody-1900")
    broken = sh(command, installed.folder.parent, **variables | {"REVIEW": str(installed.folder)})
    assert (True, True) == (broken.returncode not in (0, 4), f"{OUTCOMES}:2:study_id" in broken.stderr)


@pytest.mark.long
def test_the_mail_of_the_readme_gets_the_digest(installed: Project) -> None:
    """The --notify example in the README passes the digest to a mail program."""
    simple_notebooks(installed, "conclusion_id")
    readme = (SCHEDULE / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^\$ weigh (run --notify .*)$", readme, flags=re.MULTILINE)
    mail = installed.folder.parent / "bin" / "mail"
    mail.parent.mkdir()
    mail.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > mail.txt\ncat >> mail.txt\n', encoding="utf-8")
    mail.chmod(0o755)
    done = sh(f".venv/bin/weigh {command}", installed.folder, PATH=f"{mail.parent}:/usr/bin:/bin")

    assert 0 == done.returncode, done.stderr
    digest = (installed.folder / "build" / "digest.md").read_text(encoding="utf-8")
    assert "-s\nWhat changed\ncommittee\n" + digest == (installed.folder / "mail.txt").read_text(encoding="utf-8")


# ---- systemd


def unit(name: str) -> configparser.ConfigParser:
    found = configparser.ConfigParser(strict=True, delimiters=("=",), comment_prefixes=("#",), interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(SCHEDULE / name, encoding="utf-8")
    return found


def test_the_service_has_few_permissions_and_handles_exit_codes(run_options: set[str]) -> None:
    """The service runs without root or network and writes one folder; busy and interrupted are not failures."""
    service = unit("weigh.service")["Service"]
    program, command, *arguments = service["ExecStart"].split()

    assert service["User"] not in ("", "root", "0")
    assert {str(BusyError.exit_code), str(INTERRUPTED)} == set(service["SuccessExitStatus"].split())
    assert ("strict", "yes", "yes", "") == tuple(
        service[name] for name in ("ProtectSystem", "PrivateNetwork", "NoNewPrivileges", "CapabilityBoundingSet")
    )
    assert (f"{HOME}/.venv/bin/weigh", "run") == (program, command)
    assert set() == {word for word in arguments if word.startswith("--")} - run_options
    out = Path(arguments[arguments.index("--out") + 1])
    assert service["ReadWritePaths"] == str(out.parent)  # the lock and the new build are beside the build
    assert service["ReadWritePaths"] == f"/var/lib/{service['StateDirectory']}"


def test_the_timer_is_weekly_and_catches_up() -> None:
    """A machine that was off on Monday runs when it is next started."""
    timer = unit("weigh.timer")["Timer"]

    assert ("Mon *-*-* 06:00:00", "true") == (timer["OnCalendar"], timer["Persistent"])
    assert "timers.target" == unit("weigh.timer")["Install"]["WantedBy"]


@pytest.mark.parametrize("damage", ["", "ProtectSytem=strict", "SuccessExitStatus=busy"])
def test_systemd_takes_the_units(installed: Project, tmp_path: Path, damage: str) -> None:
    """`systemd-analyze verify` accepts the units, and detects an error in them."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for name in ("weigh.service", "weigh.timer"):
        text = (SCHEDULE / name).read_text(encoding="utf-8").replace(HOME, str(installed.folder))
        (tmp_path / name).write_text(text.replace("[Service]", f"[Service]\n{damage}"), encoding="utf-8")
    units = [tmp_path / "weigh.service", tmp_path / "weigh.timer"]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "weigh." in line]

    assert bool(damage) == bool(complaints), done.stderr
    assert damage or 0 == done.returncode


# ---- GitHub Actions

WORKFLOW = yaml.safe_load((SCHEDULE / "github-actions.yml").read_text(encoding="utf-8"))
STEPS = WORKFLOW["jobs"]["review"]["steps"]


def test_the_workflow_has_few_permissions_and_fixed_versions() -> None:
    """The workflow may only read, runs one at a time, and uses only GitHub's own actions, pinned to a major version."""
    uses = [step["uses"] for step in STEPS if "uses" in step]

    assert {"contents": "read"} == WORKFLOW["permissions"]
    assert ("review-${{ github.ref }}", False) == tuple(WORKFLOW["concurrency"].values())
    assert uses
    assert [] == [name for name in uses if not re.fullmatch(r"actions/[a-z-]+@v\d+", name)]
    assert {"checkout", "setup-python", "cache", "upload-artifact"} == {re.split("[/@]", name)[1] for name in uses}


def test_the_workflow_refers_to_existing_things(run_options: set[str]) -> None:
    """Every make target, weigh option and path in the workflow exists."""
    scripts = "\n".join(step["run"] for step in STEPS if "run" in step)
    targets = re.findall(r"\bmake (\S+)", scripts)
    paths = WORKFLOW[True]["push"]["paths"]  # YAML 1.1 reads the word "on" as true

    assert targets
    for target in targets:
        assert 0 == subprocess.run(["make", "-n", "-C", ROOT, target], capture_output=True, check=False).returncode
    assert ["run"] == re.findall(r"\.venv/bin/weigh (\S+)", scripts)
    assert set() == set(re.findall(r"--[a-z-]+", scripts)) - run_options
    assert [] == [path for path in paths if not (ROOT / path.split("/")[0]).exists()]


@pytest.mark.long
@pytest.mark.parametrize(("fault", "code", "digest"), [("none", 0, True), ("report", 3, True), ("evidence", 2, False)])
def test_the_step_of_the_workflow_leaves_its_summary(installed: Project, fault: str, code: int, digest: bool) -> None:
    """The job's script puts the digest into the summary, even if a report failed, and keeps the exit code."""
    simple_notebooks(installed, "conclusion_id" if fault != "report" else "1 / (conclusion_id != 'brisk-elbow')")
    if fault == "evidence":
        installed.change(OUTCOMES, 2, "study_id", "nobody-1900")
    (script,) = (step["run"] for step in STEPS if "weigh run" in step.get("run", ""))
    summary = installed.folder.parent / "summary.md"
    done = sh(script, installed.folder, "/bin/bash", "-e", GITHUB_STEP_SUMMARY=str(summary))

    assert code == done.returncode, done.stderr
    assert digest == summary.exists()
    assert not digest or ": changes, " in summary.read_text(encoding="utf-8").splitlines()[0]


# ---- Airflow

DAG = ast.parse((SCHEDULE / "airflow_dag.py").read_text(encoding="utf-8"), "airflow_dag.py")
#: PapermillOperator's names for arguments of papermill.execute_notebook, and the arguments of any operator.
PAPERMILL_WORDS = {"input_nb": "input_path", "output_nb": "output_path"}
OPERATOR_WORDS = {"task_id", "execution_timeout"}


def call_of(name: str) -> dict[str, ast.expr]:
    """Return the keyword arguments of the only call of a function in the DAG file."""
    calls = [node for node in ast.walk(DAG) if isinstance(node, ast.Call) and name == getattr(node.func, "id", None)]
    (call,) = calls
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def test_the_reports_of_the_dag_are_papermill_calls() -> None:
    """The operator's arguments are accepted by papermill and the notebook, and its kernel is the one of `make lab`."""
    words = call_of("ReportOperator")
    passed = {PAPERMILL_WORDS.get(word, word) for word in words.keys() - OPERATOR_WORDS}
    parameters = words["parameters"]

    assert compile(DAG, "airflow_dag.py", "exec")
    assert set() == passed - inspect.signature(papermill.execute_notebook).parameters.keys()
    assert isinstance(parameters, ast.Dict)
    declared = papermill.inspect_notebook(str(ROOT / "notebooks" / "conclusion.ipynb"))
    assert [*declared] == [ast.literal_eval(key) for key in parameters.keys if key]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"ipykernel install --sys-prefix --name {ast.literal_eval(words['kernel_name'])} " in makefile


def test_the_run_of_the_dag_yields_to_another_run() -> None:
    """The DAG calls `weigh run`, and skips the task when the folder is busy."""
    words = call_of("BashOperator")

    assert (".venv/bin/weigh run", BusyError.exit_code) == (
        ast.literal_eval(words["bash_command"]),
        ast.literal_eval(words["skip_on_exit_code"]),
    )


def test_papermill_knows_the_engine() -> None:
    """The engine `weigh` is registered with papermill and can be loaded."""
    (found,) = (point for point in entry_points(group="papermill.engine") if "weigh" == point.name)

    assert callable(found.load().execute_managed_notebook)


# ---- plain papermill


@pytest.fixture(params=[(), ("--engine", "weigh")], ids=["own-engine", "engine-weigh"])
def engine(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Papermill's own engine, and weigh's."""
    return tuple(request.param)


def run_papermill(out: Path, engine: tuple[str, ...], name: str, value: str) -> subprocess.CompletedProcess[str]:
    """Call papermill as a user would, in the fictional review."""
    command = [Path(sys.executable).with_name("papermill"), ROOT / "notebooks" / "conclusion.ipynb", out]
    return subprocess.run(
        [*map(str, command), "-p", name, value, *engine, "--no-progress-bar"],
        cwd=MINI,
        env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )


def last_sentence(done: subprocess.CompletedProcess[str]) -> str:
    return [line for line in done.stderr.splitlines() if line.strip()][-1]


@pytest.mark.long
def test_papermill_executes_a_conclusion(tmp_path: Path, engine: tuple[str, ...], run_weigh: RunWeigh) -> None:
    """The notebook executed by papermill shows the same result as weigh's own commands."""
    done = run_papermill(tmp_path / "out.ipynb", engine, "conclusion_id", "stiff-joints")
    assert 0 == done.returncode, done.stderr

    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    result = json.loads(run_weigh("--review", MINI, "show", "stiff-joints", "--format", "json").stdout)
    shown = "".join(str(output.get("data", {})) for cell in executed.cells for output in cell.get("outputs", ()))
    assert result["verdict_sentence"] in shown
    assert result["fingerprint"][:8] in shown


@pytest.mark.long
def test_papermill_ends_with_a_sentence_on_an_unknown_id(tmp_path: Path, engine: tuple[str, ...]) -> None:
    """For an unknown id, the last line names the closest id, and the exit code is not 0."""
    done = run_papermill(tmp_path / "out.ipynb", engine, "conclusion_id", "stif-joints")

    assert (
        True,
        "NotFoundError: evidence/conclusions.csv: no conclusion 'stif-joints'; did you mean stiff-joints?",
    ) == (
        done.returncode != 0,
        last_sentence(done),
    )


@pytest.mark.long
def test_a_misspelt_parameter_is_refused_by_our_engine(tmp_path: Path) -> None:
    """A parameter that the notebook does not declare ends the run with the closest declared name."""
    done = run_papermill(tmp_path / "out.ipynb", ("--engine", "weigh"), "conclusion_idd", "stiff-joints")

    assert 0 != done.returncode
    assert last_sentence(done).endswith("conclusion.ipynb: no parameter 'conclusion_idd'; did you mean conclusion_id?")


@pytest.mark.long
def test_papermill_itself_warns_of_a_misspelt_parameter(project: Project, tmp_path: Path) -> None:
    """Papermill's own engine warns of an unknown parameter and continues with the default value."""
    path = notebook(project, "conclusion_id")
    command = [Path(sys.executable).with_name("papermill"), path, tmp_path / "out.ipynb", "-p", "conclusion_idd", "y"]
    done = subprocess.run([*map(str, command), "--no-progress-bar"], capture_output=True, text=True, check=False)

    assert (0, True) == (done.returncode, "Passed unknown parameter: conclusion_idd" in done.stderr)
