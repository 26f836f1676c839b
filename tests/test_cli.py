"""What a person at a terminal and a program that calls weigh rely on: text, JSON and exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from conftest import FAULTS, MINI, OUTCOMES, ROOT, SENTENCE, STUDIES, Fault, Project, RunWeigh
from test_docs import COMMANDS

from weigh.cli.app import ORDER, app
from weigh.summary.conclusion import Summary

# ---- check


def test_check_of_a_whole_folder_is_fine(run_weigh: RunWeigh) -> None:
    """A folder without a fault gives exit code 0, and what it holds is counted."""
    done = run_weigh("--review", MINI, "check")

    assert 0 == done.returncode, done.stdout
    assert "4 conclusions, 6 studies, 13 outcomes, 8 references" in done.stdout
    assert "" == done.stderr


def test_a_fault_of_the_guideline_is_none_of_the_folder(run_weigh: RunWeigh) -> None:
    """What the audit finds in a guideline is told, and is no reason to refuse the folder."""
    done = run_weigh("--review", MINI, "check", "--format", "json")
    kinds = {finding["kind"] for finding in json.loads(done.stdout)}

    assert (0, {"guideline"}) == (done.returncode, kinds)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.issue], ids=lambda fault: fault.name)
def test_one_fault_is_one_sentence_with_its_place(project: Project, run_weigh: RunWeigh, fault: Fault) -> None:
    """One fault in a folder gives exit code 2 and one sentence that says where, what and how to mend it."""
    fault.damage(project)
    done = run_weigh("--review", project.folder, "check")
    lines = [line.strip() for line in done.stdout.splitlines()]
    sentences = [line.removeprefix("error: ") for line in lines if line.startswith(("error: ", "warning: ", "note: "))]

    assert 2 == done.returncode
    assert "Traceback" not in done.stdout + done.stderr
    assert 1 == len(sentences), done.stdout
    match = SENTENCE.fullmatch(sentences[0])
    assert match, sentences[0]
    assert fault.place == match["place"]
    assert fault.word in sentences[0]


def test_check_names_every_fault_at_once(project: Project, run_weigh: RunWeigh) -> None:
    """Faults in different files are all named by one run, so that a person can mend them in one go."""
    for fault in (fault for fault in FAULTS if fault.name in ("not-a-number", "bare-percent", "guideline-key-missing")):
        fault.damage(project)
    done = run_weigh("--review", project.folder, "check")

    assert 2 == done.returncode
    assert 3 == done.stdout.count("error: ")


def test_check_as_json_has_the_keys_that_programs_read(project: Project, run_weigh: RunWeigh) -> None:
    """A finding in JSON has its nine keys, with file, row and column apart."""
    project.change(STUDIES, 2, "n_analysed", "61")
    done = run_weigh("--review", project.folder, "check", "--format", "json")
    (finding,) = json.loads(done.stdout)

    assert 2 == done.returncode
    assert set() == {"code", "kind", "severity", "subject", "file", "row", "column", "message", "fix"} - finding.keys()
    assert (STUDIES, 2, "n_analysed") == (finding["file"], finding["row"], finding["column"])
    assert ("analysed-exceeds-enrolled", "data", "error") == (finding["code"], finding["kind"], finding["severity"])


def test_strict_check_of_a_guideline_with_findings_exits_with_1(run_weigh: RunWeigh) -> None:
    """With --strict, findings on the guideline that nobody accepted are told by the exit code."""
    done = run_weigh("--review", MINI, "check", "--strict")

    assert 1 == done.returncode, done.stderr
    assert "Traceback" not in done.stderr


def test_check_finds_the_folder_upwards(project: Project, run_weigh: RunWeigh) -> None:
    """Without --review, the nearest folder upwards that holds evidence/ is read."""
    done = run_weigh("check", cwd=project.folder / "evidence")

    assert 0 == done.returncode, done.stderr
    assert "CG-TEST-01" in done.stdout


def test_check_of_the_real_review_is_fine(run_weigh: RunWeigh) -> None:
    """The evidence of this repository passes its own check, also under a plain C locale."""
    done = run_weigh("check", cwd=ROOT / "evidence", LC_ALL="C")

    assert 0 == done.returncode, done.stdout
    assert "CG-MED-28" in done.stdout


# ---- show


def test_show_says_what_the_page_says(run_weigh: RunWeigh, mini_summaries: dict[str, Summary]) -> None:
    """The terminal shows question, verdict, each study and each reference of a conclusion."""
    summary = mini_summaries["brisk-elbow"]
    done = run_weigh("--review", MINI, "show", "brisk-elbow")
    expected = [
        summary.question,
        summary.verdict_sentence,
        *summary.discuss,
        *(line.name for line in summary.studies),
        *(reference.text for reference in summary.references),
    ]

    assert 0 == done.returncode, done.stderr
    assert [] == [part for part in expected if part not in done.stdout]


def test_show_as_json_is_the_summary(run_weigh: RunWeigh, mini_summaries: dict[str, Summary]) -> None:
    """A program gets the very object that the notebooks and the pages are made from."""
    done = run_weigh("--review", MINI, "show", "winter-gloom", "--format", "json")

    assert 0 == done.returncode, done.stderr
    assert mini_summaries["winter-gloom"].as_json() == json.loads(done.stdout)


def test_show_of_an_unknown_id_names_the_nearest(run_weigh: RunWeigh) -> None:
    """A misspelt id is refused in one sentence that offers the right one."""
    done = run_weigh("--review", MINI, "show", "brisk-elbo")

    assert 2 == done.returncode
    assert "" == done.stdout
    assert 1 == len(done.stderr.splitlines())
    assert "did you mean brisk-elbow?" in done.stderr


def test_show_of_a_broken_folder_says_what_check_says(project: Project, run_weigh: RunWeigh) -> None:
    """A command that needs the evidence refuses a broken folder with the same sentence, on stderr."""
    project.change(OUTCOMES, 2, "effect", "nine")
    done = run_weigh("--review", project.folder, "show", "brisk-elbow")

    assert 2 == done.returncode
    assert "" == done.stdout
    assert 1 == len(done.stderr.splitlines())
    assert f"{OUTCOMES}:2:effect" in done.stderr


# ---- where there is nothing to run on


def test_no_folder_upwards_is_one_sentence(tmp_path: Path, run_weigh: RunWeigh) -> None:
    """Outside any review folder the sentence names the option that chooses one."""
    done = run_weigh("check", cwd=tmp_path)

    assert 2 == done.returncode
    assert 1 == len(done.stderr.splitlines())
    assert "--review" in done.stderr


def test_a_named_folder_without_evidence_is_one_sentence(tmp_path: Path, run_weigh: RunWeigh) -> None:
    """A folder that is no review folder is refused by the name of the file that it lacks."""
    done = run_weigh("--review", tmp_path, "check")

    assert 2 == done.returncode
    assert 1 == len(done.stderr.splitlines())
    assert "evidence/datapackage.json" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("weight",), ("check", "--format", "yaml"), ("show",), ("show", "a", "b"), ("--reviews", "x", "check")],
)
def test_wrong_arguments_are_refused(run_weigh: RunWeigh, arguments: tuple[str, ...]) -> None:
    """Arguments that weigh does not know give exit code 2 and a hint at --help, not a traceback."""
    done = run_weigh(*arguments)

    assert 2 == done.returncode
    assert "--help" in done.stderr
    assert "Traceback" not in done.stderr


# ---- version and help


def test_version_is_that_of_the_package(run_weigh: RunWeigh) -> None:
    """`weigh --version` prints the version of the installed package, and nothing else."""
    done = run_weigh("--version")

    assert (0, f"weigh {version('weigh')}\n", "") == (done.returncode, done.stdout, done.stderr)


def test_help_lists_the_commands_in_order_of_use(run_weigh: RunWeigh) -> None:
    """`weigh --help` lists every command on one line of 80 columns, its summary whole, in the order of use."""
    done = run_weigh("--help", COLUMNS="80")
    lines = done.stdout.partition("Commands:\n")[2].splitlines()
    registered = [*(each.name or each.callback.__name__ for each in app.registered_commands), "codes"]

    assert list(ORDER) == [line.split()[0] for line in lines]
    assert sorted(ORDER) == sorted(registered)
    assert [] == [line for line in lines if not line.endswith(".") or line.endswith("...") or len(line) > 80]
    assert ("import", "doctor") == (ORDER[0], ORDER[-1])


def test_each_command_is_one_file() -> None:
    """Who looks for a command finds the file of its name."""
    modules = {path.stem for path in (ROOT / "src" / "weigh" / "cli").glob("*.py")}

    assert {"__init__", "app", "rendering"} == modules - {"import_" if name == "import" else name for name in ORDER}
    assert len(ORDER) + 3 == len(modules)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_gives_its_exit_codes(name: str) -> None:
    """Each command says with which codes it ends, and they are those of the README."""
    given = re.search(r"^Exit codes: (.*)$", COMMANDS[name].help or "", flags=re.MULTILINE)

    assert given, COMMANDS[name].help
    assert {"0", "2"} <= set(re.findall(r"(?:^|; )(\d+),", given[1])) <= {"0", "1", "2", "3", "4"}


def test_python_m_weigh_is_weigh(run_weigh: RunWeigh) -> None:
    """`python -m weigh` prints what `weigh` prints, its own name and errors included, with the same exit codes."""
    for arguments in (["--help"], ["render", "--help"], ["weight"], ["--review", "nowhere", "check"]):
        module = subprocess.run(
            [sys.executable, "-m", "weigh", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
        )
        script = run_weigh(*arguments)

        assert (script.returncode, script.stdout, script.stderr) == (module.returncode, module.stdout, module.stderr)


def test_no_command_shows_the_help(run_weigh: RunWeigh) -> None:
    """Whoever types `weigh` alone sees the help, not an error."""
    done = run_weigh()

    assert "Usage: weigh" in done.stdout + done.stderr
    assert "Error" not in done.stdout + done.stderr
