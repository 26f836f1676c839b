"""Faults of disks, users, namespaces, kernels and inputs: each gives one sentence and keeps the last good build.

Faults are real, not mocked: a full disk is a small tmpfs, another user is another user id. Where a machine does not permit
one, the test is skipped with the reason.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
import pytest
from conftest import BIBLIOGRAPHY, CONCLUSIONS, GUIDELINE, MINI, OUTCOMES, ROOT, STUDIES, Project, RunWeigh, render
from test_render import hashes, notebook

from weigh.errors import RenderError, ReviewNotFoundError
from weigh.evidence.lock import lock_path
from weigh.evidence.review import read_review
from weigh.render.notebooks import check_parameters, execute
from weigh.render.sources import REVIEW_NOTEBOOKS, Engine, find_notebook
from weigh.text.characters import _DRAWN, _glyphs

WEIGH = Path(sys.executable).with_name("weigh")
DESCRIPTOR = "evidence/datapackage.json"
#: The conclusion that most tests render: it has studies, pooled effects and figures.
ONE = "brisk-elbow"
#: A user without a name or permissions, who owns nothing here.
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


# ---- tools for making faults


def permitted(*command: str) -> tuple[str, ...]:
    """Return a wrapper command, or skip the test if this machine does not permit it."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        words = tried.stderr.strip().rpartition(": ")[2]
        pytest.skip(f"not permitted here: {shlex.join(command[:2])}: {words}")  # one reason, whatever the paths
    return command


def sh(script: str, *arguments: str) -> tuple[str, ...]:
    """Return a shell command that runs a script and then executes the command that follows."""
    return ("sh", "-ec", f'{script}; exec "$@"', "sh", *arguments)


def as_nobody() -> tuple[str, ...]:
    """Return a wrapper that runs a command as another user who can read this Python and this repository.

    These are often below a home folder that other users cannot enter. The command therefore gets its own mount namespace,
    in which the closed parent folders contain nothing else.
    """
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    needed = sorted(
        {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT, Path(os.path.realpath(WEIGH)).parent}
    )
    closed = {top for path in needed for top in reversed(path.parents) if not top.stat().st_mode & 0o001}
    steps = []
    for top in sorted(top for top in closed if not any(other in top.parents for other in closed)):
        inside = [path for path in needed if path.is_relative_to(top)]
        inside = [path for path in inside if not any(other in path.parents for other in inside)]
        held = [f"/mnt/held-{number}" for number in range(len(inside))]
        steps += ["mount -t tmpfs -o mode=755 none /mnt"]
        steps += [
            f"mkdir {hold} && mount --bind {shlex.quote(str(path))} {hold}"
            for path, hold in zip(inside, held, strict=True)
        ]
        steps += [f"mount -t tmpfs -o mode=755 none {shlex.quote(str(top))}"]
        for path, hold in zip(inside, held, strict=True):
            steps += [f"mkdir -p {shlex.quote(str(path))} && mount --move {hold} {shlex.quote(str(path))}"]
        steps += ["umount /mnt"]
    view = permitted("unshare", "-m", *sh("; ".join(steps or [":"])))
    # The shell in between drops the capabilities that setpriv still has when it starts a command.
    return permitted(*view, *NOBODY, *sh(":"))


def weigh(*arguments: str | Path, within: Sequence[str] = (), **variables: str) -> CompletedProcess[str]:
    """Run weigh inside a wrapper, such as a namespace."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [*within, str(WEIGH), *map(str, arguments)]
    return subprocess.run(
        command, env=environment | variables, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=240
    )


def sentences(done: CompletedProcess[str], exit_code: int) -> list[str]:
    """Return the messages of a failed run, after checking its exit code and that it printed only sentences."""
    messages = done.stderr.splitlines()
    assert (exit_code, True) == (done.returncode, bool(messages)), done.stderr
    assert [] == [line for line in messages if not line.startswith("weigh: ")]
    return messages


def left_by(folder: Path) -> list[str]:
    """Return processes, such as kernels and their children, that still run in a folder after time to exit."""
    until = time.monotonic() + 20
    while (found := _working_in(folder)) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def _working_in(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the fictional review that tests and other users may read and copy."""
    out = tmp_path_factory.mktemp("finished") / "build"
    done = weigh("--review", MINI, "render", "--out", out)
    assert 0 == done.returncode, done.stderr
    return out


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that, unlike pytest's own, every user may enter, with a home for another user in it."""
    with tempfile.TemporaryDirectory(prefix="weigh-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "home").mkdir()
        shutil.chown(folder / "home", *((65534, 65534) if os.getuid() == 0 else (os.getuid(), os.getgid())))
        yield folder


@pytest.fixture
def lacking(finished: Path, tmp_path: Path) -> Path:
    """A build without the page of one conclusion, so that a run has one report to render."""
    out = Path(shutil.copytree(finished, tmp_path / "build"))
    (out / "site" / f"{ONE}.html").unlink()
    return out


# ---- 14: hostile JSON and TOML

HOSTILE_JSON = {
    "deep": lambda old: "[" * 100_000,
    "deep-objects": lambda old: '{"a":' * 100_000,
    "name-twice": lambda old: old.replace('"resources"', '"resources": [], "resources"', 1),
    "inner-name-twice": lambda old: old.replace('"fields"', '"fields": [], "fields"', 1),
    "not-a-number": lambda old: old.replace('"minimum": 0', '"minimum": NaN', 1),
    "infinite": lambda old: old.replace('"minimum": 0', '"minimum": 1e999', 1),
    "endless-number": lambda old: old.replace('"minimum": 0', '"minimum": ' + "9" * 5000, 1),
    "path-upwards": lambda old: old.replace('"path": "studies.csv"', '"path": "../studies.csv"', 1),
    "path-absolute": lambda old: old.replace('"path": "studies.csv"', '"path": "/etc/passwd"', 1),
    "path-remote": lambda old: old.replace('"path": "studies.csv"', '"path": "https://evil.example/studies.csv"', 1),
    "schema-remote": lambda old: old.replace('"schema": {', '"schema": "https://evil.example/s.json", "other": {', 1),
}

HOSTILE_TOML = {
    "deep": lambda old: "x = " + "[" * 10_000,
    "name-of-many-parts": lambda old: "a." * 100_000 + "b = 1",
    "name-twice": lambda old: old + '\nnumber = "another"\n',
    "infinite": lambda old: old.replace("months = 12", "months = inf"),
    "endless-number": lambda old: old.replace("months = 12", "months = " + "9" * 5000),
    "beyond-any-calendar": lambda old: old.replace("months = 12", "months = " + "9" * 400),
    "no-such-day": lambda old: old.replace("2020-06-01", "2020-13-01"),
    "nul": lambda old: old + "\0",
}


@pytest.mark.parametrize("name", HOSTILE_JSON)
def test_a_hostile_descriptor_is_one_sentence(project: Project, name: str) -> None:
    """Extreme nesting, numbers, names or addresses in datapackage.json give one sentence, quickly."""
    path = project.path(DESCRIPTOR)
    old = path.read_text(encoding="utf-8")
    new = HOSTILE_JSON[name](old)
    assert old != new
    path.write_text(new, encoding="utf-8")
    started = time.monotonic()
    with pytest.raises(ReviewNotFoundError, match=r"^evidence/datapackage\.json: ") as caught:
        read_review(project.folder)

    assert 1 == len(str(caught.value).splitlines())
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", HOSTILE_TOML)
def test_a_hostile_guideline_is_one_finding(project: Project, name: str) -> None:
    """Extreme nesting, numbers or names in guideline.toml give one finding, quickly."""
    path = project.path(GUIDELINE)
    old = path.read_text(encoding="utf-8")
    new = HOSTILE_TOML[name](old)
    assert old != new
    path.write_text(new, encoding="utf-8")
    started = time.monotonic()
    review, problems = read_review(project.folder)

    assert (None, [GUIDELINE]) == (review, [problem.place.file for problem in problems])
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("key", ["profile", "$schema"])
def test_a_descriptor_causes_no_download(project: Project, key: str) -> None:
    """An address in datapackage.json is never requested; the folder is read as if it were absent."""
    path = project.path(DESCRIPTOR)
    old = path.read_text(encoding="utf-8")
    path.write_text(old.replace("{", f'{{"{key}": "https://evil.example/profile.json",', 1), encoding="utf-8")
    review, problems = read_review(project.folder)

    assert review is not None, problems


# ---- 16 and 17: nothing from outside reaches a page


@pytest.mark.long
def test_a_page_embeds_no_file_that_evidence_names(project: Project, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """Image markup in the evidence is shown as text: the file is neither read nor linked."""
    canary = "canary-of-" + "a-neighbour"
    for place in (tmp_path / "canary.png", project.folder / "canary.png", project.folder / "evidence" / "canary.png"):
        place.write_text(canary, encoding="utf-8")
    sources = ("../canary.png", "../../canary.png", "canary.png", "evidence/canary.png", str(tmp_path / "canary.png"))
    images = " ".join(f"<img src={source}> ![x]({source})" for source in (*sources, "../../../../../../etc/passwd"))
    project.change(STUDIES, 2, "finding", images)
    project.change(OUTCOMES, 2, "note", images)
    project.change(CONCLUSIONS, 2, "statement", images)
    out = tmp_path / "build"
    done = run_weigh("--review", project.folder, "render", "--out", out)
    everything = {path: path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file()}

    assert 0 == done.returncode, done.stderr
    assert any("canary.png" in page for path, page in everything.items() if path.suffix == ".html")
    assert [] == [path for path, page in everything.items() if canary in page or "root:x:0:0" in page]
    assert [] == [path for path, page in everything.items() if path.suffix == ".html" and "<img" in page.lower()]


HOSTILE_OUTPUT = "<script>stored-by-" + "somebody</script>"


@pytest.mark.long
def test_stored_outputs_of_a_notebook_reach_nothing(project: Project, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """Outputs and metadata stored in a source notebook appear in no file of the build."""
    own = project.folder / "notebooks"
    shutil.copytree(ROOT / "notebooks", own)
    for path in own.glob("*.ipynb"):
        stored = nbformat.read(path, as_version=4)
        for cell in stored.cells:
            cell.metadata["note"] = HOSTILE_OUTPUT
            if cell.cell_type == "code":
                data = {
                    "text/html": HOSTILE_OUTPUT,
                    "text/plain": HOSTILE_OUTPUT,
                    "application/javascript": HOSTILE_OUTPUT,
                }
                cell.outputs = [nbformat.v4.new_output("display_data", data)]
        stored.metadata["title"] = HOSTILE_OUTPUT
        nbformat.write(stored, path)
    out = tmp_path / "build"
    done = run_weigh("--review", project.folder, "render", ONE, "--out", out)

    assert 0 == done.returncode, done.stderr
    pages = {path.name: path.read_text(encoding="utf-8") for path in (out / "site").rglob("*.html")}
    executed = [nbformat.read(path, as_version=4) for path in (out / "notebooks").iterdir()]
    assert f"{ONE}.html" in pages
    assert [] == [name for name, page in pages.items() if "stored-by" in page]
    outputs = [str(output) for each in executed for cell in each.cells for output in cell.get("outputs", ())]
    assert [] == [output for output in outputs if "stored-by" in output]
    assert [] == [each.metadata for each in executed if "stored-by" in str(each.metadata)]


# ---- 18: parameters are data


@pytest.mark.parametrize(
    "name",
    [
        "x = __import__('os').getpid(); y",
        "conclusion_id = 1; x",
        "conclusion_id\nimport os",
        "conclusion_id=",
        "",
        "conclusion_id ",
        "__builtins__",
        "CONCLUSION_ID",
        "ⅽonclusion_id",  # noqa: RUF001  (a Roman numeral, which Python reads as the letter)
    ],
)
def test_an_invalid_parameter_name_is_refused(name: str) -> None:
    """The name of a parameter must be one that the notebook declares, and is never run as code."""
    with pytest.raises(RenderError, match=r"^conclusion\.ipynb: no parameter "):
        check_parameters(find_notebook("conclusion", MINI), {name: "1"})


VALUES = {
    "quotes": "'\"'''\"\"\"",
    "backslashes": '\\\\" \\',
    "named-character": "\\N{SNOWMAN} \\x41 \\u0041",
    "code": '"; import os; os._exit(3); "',
    "lines": "a\nb\r\nc\u2028d\x00e",
    "braces": "{conclusion_id} {{}} %s $HOME `id`",
    "comment": "# x",
    "astral": "\U0001f600",
}


@pytest.mark.long
@pytest.mark.parametrize("engine", Engine)
def test_a_value_arrives_unchanged(project: Project, engine: Engine) -> None:
    """Quotes, escapes and code in a parameter value reach the notebook as plain text."""
    path = notebook(project, "print(ascii(conclusion_id))")
    for value in (*VALUES.values(), "\n".join(VALUES.values())):
        executed = execute(path, {"conclusion_id": value}, project.folder, timeout=30, engine=engine)
        assert [ascii(value) + "\n"] == [output.text for output in executed.cells[-1].outputs]


@pytest.mark.long
@pytest.mark.parametrize("value", ["\ud800", float("inf"), float("nan"), 1e999])
def test_an_unusual_value_is_refused_or_arrives_unchanged(project: Project, value: object) -> None:
    """A lone surrogate or a non-finite number is refused with one sentence or reaches the notebook unchanged."""
    path = notebook(project, "print(ascii(conclusion_id))")
    try:
        executed = execute(path, {"conclusion_id": value}, project.folder, timeout=30)
    except RenderError as error:
        assert str(error).startswith("conclusion.ipynb: ")
    else:
        assert [ascii(value) + "\n"] == [output.text for output in executed.cells[-1].outputs]


# ---- 19 and 20: kernels that die, hang, wait for input or start processes

STEPS = 4


def steps(project: Project, at: int, source: str) -> Path:
    """Give the review a notebook of several cells, one of which has the given source."""
    path = notebook(project, "0")
    stored = nbformat.read(path, as_version=4)
    sources = [source if step == at else f"done = {step}" for step in range(STEPS)]
    stored.cells[1:] = [nbformat.v4.new_code_cell(code, id=f"step-{step}") for step, code in enumerate(sources)]
    nbformat.write(stored, path)
    return path


@pytest.mark.long
@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("at", range(STEPS))
def test_a_kernel_that_is_killed_fails_at_its_cell(project: Project, engine: Engine, at: int) -> None:
    """If the kernel dies in any cell, the report fails and the error names that cell."""
    path = steps(project, at, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(RenderError, match=rf"^conclusion\.ipynb: [^\n]*\bstep-{at}\b[^\n]*$"):
        execute(path, {}, project.folder, timeout=30, engine=engine)

    assert [] == left_by(project.folder)


ENDLESS = {
    "loop": "while True:\n    pass",
    "deaf": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True:\n    pass",
    "stubborn": "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    "stopped": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "deadlock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "child": "import subprocess\nsubprocess.Popen(['sleep', '600'])\nwhile True:\n    pass",
    "read": "import os\nos.read(os.pipe()[0], 1)",
}
LIMIT = 2


@pytest.mark.long
@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_cell_is_stopped(project: Project, engine: Engine, name: str) -> None:
    """A cell that loops, hangs or ignores signals is stopped soon after its limit and leaves no process."""
    path = steps(project, 1, ENDLESS[name])
    started = time.monotonic()
    with pytest.raises(RenderError, match=r"^conclusion\.ipynb: [^\n]+$"):
        execute(path, {}, project.folder, timeout=LIMIT, engine=engine)

    assert time.monotonic() - started < LIMIT + 20  # 10 for a cold engine on a busy machine
    assert [] == left_by(project.folder)


@pytest.mark.long
@pytest.mark.parametrize("engine", Engine)
def test_a_cell_that_asks_gets_no_answer(project: Project, engine: Engine) -> None:
    """A prompt for input in an unattended run fails at once instead of waiting."""
    path = steps(project, 1, "input('Go on? ')")
    with pytest.raises(RenderError, match=r"the cell step-1 failed with StdinNotImplementedError"):
        execute(path, {}, project.folder, timeout=120, engine=engine)

    assert [] == left_by(project.folder)


@pytest.mark.long
def test_a_run_with_a_report_that_hangs_ends(project: Project, tmp_path: Path) -> None:
    """A hanging report fails, the others are rendered, and no process is left running."""
    path = steps(project, 1, f"import time\nif conclusion_id == {ONE!r}:\n    time.sleep(600)")
    for name in REVIEW_NOTEBOOKS:
        shutil.copy(path, path.with_name(f"{name}.ipynb"))
    started = time.monotonic()
    report = render(project.folder, [ONE, "humming-ear"], out=tmp_path / "build", timeout=LIMIT)

    assert ([ONE], True) == (list(report.failed), "humming-ear" in report.rendered)
    assert time.monotonic() - started < 60
    assert [] == left_by(project.folder)


# ---- 22: no space


def on_a_full_disk(finished: Path, spare: int, tmp_path: Path) -> tuple[CompletedProcess[str], Path]:
    """Force a run on a disk with the old build and `spare` free bytes; return its result and the final contents."""
    disk, after = tmp_path / "disk", tmp_path / "after"
    disk.mkdir()
    after.mkdir()
    pages = sum(-(-path.stat().st_size // 4096) for path in finished.rglob("*") if path.is_file())
    script = (
        'mount -t tmpfs -o size="$1" none "$2"; cp -r "$3" "$2/build"; disk=$2; after=$4; shift 4; '
        'set +e; "$@"; code=$?; cp -r "$disk/." "$after"; exit $code'
    )
    size = str(pages * 4096 + spare)
    within = ("unshare", "-rm", "sh", "-ec", script, "sh", size, str(disk), str(finished), str(after))
    permitted("unshare", "-rm", *sh('mount -t tmpfs -o size=64k none "$1"; shift', str(disk)))
    return weigh("--review", MINI, "render", "--force", "--out", disk / "build", within=within), after


@pytest.mark.long
@pytest.mark.parametrize("spare", [0, 4_096, 32_768])
def test_a_full_disk_leaves_the_old_build(finished: Path, tmp_path: Path, spare: int) -> None:
    """Whenever the disk fills up, the run gives one sentence with the place, and the old build is unchanged."""
    done, after = on_a_full_disk(finished, spare, tmp_path)
    (message,) = sentences(done, 2)

    assert "No space left on device" in message
    assert str(tmp_path / "disk") in message
    assert (hashes(finished), (finished / "run.json").read_bytes()) == (
        hashes(after / "build"),
        (after / "build" / "run.json").read_bytes(),
    )
    assert ["build"] == [path.name for path in after.iterdir()]


@pytest.mark.long
@pytest.mark.parametrize("limit", [0, 1_000, 20_000])
def test_a_limit_on_the_size_of_files_leaves_the_old_build(lacking: Path, limit: int) -> None:
    """Exceeding a file size limit gives one sentence and keeps the old build."""
    before, marker = hashes(lacking), (lacking / "run.json").read_bytes()
    within = permitted("prlimit", f"--fsize={limit}")
    done = weigh("--review", MINI, "render", "--out", lacking, within=within)

    assert "File too large" in " ".join(sentences(done, 2))
    assert (before, marker) == (hashes(lacking), (lacking / "run.json").read_bytes())
    assert ["build"] == [path.name for path in lacking.parent.iterdir()]


# ---- 24: permissions and other users


@pytest.mark.long
@pytest.mark.parametrize("closed", ["parent", "build"])
def test_an_unwritable_place_is_one_sentence(finished: Path, public: Path, closed: str) -> None:
    """A folder of another user is unchanged and named in one sentence."""
    within, place = as_nobody(), public / "place"
    out = Path(shutil.copytree(finished, place / "build"))
    if closed == "build":  # replaceable, but with unreadable contents
        shutil.chown(place, 65534, 65534)
        (out / "notebooks").chmod(0o700)
    done = weigh("--review", MINI, "render", "--force", "--out", out, within=within, HOME=str(public / "home"))
    (message,) = sentences(done, 2)

    assert ("Permission denied" in message, str(place) in message) == (True, True)
    assert hashes(finished) == hashes(out)
    assert ["build"] == [path.name for path in place.iterdir()]


@pytest.mark.long
@pytest.mark.parametrize("file", [OUTCOMES, DESCRIPTOR, GUIDELINE, BIBLIOGRAPHY])
@pytest.mark.parametrize("command", ["check", pytest.param("render", marks=pytest.mark.long)])
def test_unreadable_evidence_is_one_sentence(public: Path, file: str, command: str) -> None:
    """An unreadable table, schema, guideline or bibliography is named with the reason."""
    within, project = as_nobody(), Project(Path(shutil.copytree(MINI, public / "review")))
    project.path(file).chmod(0o600)
    out = ("--out", public / "home" / "build") if command == "render" else ()
    done = weigh("--review", project.folder, command, *out, within=within, HOME=str(public / "home"))
    (message,) = sentences(done, 2)

    assert (file in message, "Permission denied" in message) == (True, True)


@pytest.mark.long
def test_another_user_gets_the_same_bytes(public: Path, finished: Path) -> None:
    """A user who can write only the build folder renders the same bytes as root, from read-only evidence."""
    within, project = as_nobody(), Project(Path(shutil.copytree(MINI, public / "review")))
    out = public / "home" / "build"
    done = weigh("--review", project.folder, "render", "--out", out, within=within, HOME="/nonexistent")

    assert 0 == done.returncode, done.stderr
    assert {65534} == {path.stat().st_uid for path in out.rglob("*")}
    assert hashes(finished) == hashes(out)
    assert sorted(path.name for path in MINI.iterdir()) == sorted(path.name for path in project.folder.iterdir())


# ---- 28, 29, 30 and 34: identical bytes in any environment

NO_FONTS = 'for place in /usr/share/fonts /usr/local/share/fonts; do if [ -d "$place" ]; then mount -t tmpfs none "$place"; fi; done'
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "no-network": ("unshare", "-rn"),
    "no-fonts": ("unshare", "-rm", *sh(NO_FONTS)),
    "no-environment": ("env", "-i", "LC_ALL=C"),
    "no-home": ("env", "HOME=/nonexistent", "XDG_CACHE_HOME=/nonexistent", "MPLCONFIGDIR=/nonexistent"),
    "umask": sh("umask 077"),
    "far-east": ("env", "TZ=Pacific/Kiritimati"),
    "far-west": ("env", "TZ=America/Los_Angeles"),
    "another-hash-seed": ("env", "PYTHONHASHSEED=77", "PYTHONOPTIMIZE=2"),
    "another-way-to-draw": ("env", "MPLBACKEND=agg", "SOURCE_DATE_EPOCH=1"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_same_bytes_elsewhere(lacking: Path, finished: Path, tmp_path: Path, name: str) -> None:
    """Without network, fonts, environment or home, or with another time zone or umask, the bytes are identical."""
    within = permitted(*ELSEWHERE[name])
    # An empty cache folder, so that no font list from before the fault is used.
    done = weigh("--review", MINI, "render", "--out", lacking, within=within, XDG_CACHE_HOME=str(tmp_path / "cache"))

    assert (0, "1 notebooks rendered") == (done.returncode, done.stdout.partition(",")[0]), done.stderr
    assert hashes(finished) == hashes(lacking)


@pytest.mark.long
def test_a_leap_day_changes_nothing(project: Project, tmp_path: Path) -> None:
    """A guideline dated 29 February or in the year 9999 renders like any other."""
    for day in ("2020-02-29", "9999-12-31"):
        project.replace(GUIDELINE, project_day(project), day)
        done = weigh("--review", project.folder, "check")
        assert (0, "") == (done.returncode, done.stderr)
    done = weigh("--review", project.folder, "render", ONE, "--out", tmp_path / "build")

    assert 0 == done.returncode, done.stderr


def project_day(project: Project) -> str:
    line = next(
        line for line in project.path(GUIDELINE).read_text(encoding="utf-8").splitlines() if "last_review" in line
    )
    return line.split(" = ")[1]


UNUSUAL = "Kűmpfel-Yılmaz-山田-🜁"  # noqa: RUF001  (the dotless i of a Turkish name)


@pytest.mark.long
def test_unusual_letters_are_drawn_without_system_fonts(project: Project, tmp_path: Path) -> None:
    """Names inside and outside the figure font's character set give the same bytes with and without other fonts."""
    path = project.path(BIBLIOGRAPHY)
    path.write_text(path.read_text(encoding="utf-8").replace("{Ardenwood,", f"{{{UNUSUAL},"), encoding="utf-8")
    builds = []
    for name, within in (("with", ()), ("without", permitted("unshare", "-rm", *sh(NO_FONTS)))):
        out, cache = tmp_path / name, tmp_path / f"cache-{name}"
        done = weigh("--review", project.folder, "render", ONE, "--out", out, within=within, XDG_CACHE_HOME=str(cache))
        assert (0, "") == (done.returncode, done.stderr)
        builds.append(hashes(out))

    assert builds[0] == builds[1]
    assert UNUSUAL in (tmp_path / "with" / "site" / f"{ONE}.html").read_text(encoding="utf-8")


def test_the_letters_assumed_drawable_have_glyphs() -> None:
    """Every letter that is assumed to be in the font, without opening it, is in the font."""
    every = (
        chr(point) for point in range(0x10000) if unicodedata.category(chr(point)) not in ("Cc", "Cf", "Cn", "Co", "Cs")
    )
    assumed = [letter for letter in every if _DRAWN.fullmatch(letter)]

    assert len(assumed) > 1000
    assert [] == [letter for letter in assumed if ord(letter) not in _glyphs()]


# ---- 25 and 26: ids and links

BAD_IDS = ["../x", "/etc/x", "a/../../b", "CON/x", "x\\y", ".hidden", "trailing.", "x" * 300, "x y", "X", "-x", "~root"]


@pytest.mark.parametrize("bad", BAD_IDS)
def test_an_id_that_is_not_a_safe_file_name_is_refused(project: Project, bad: str) -> None:
    """A conclusion id that is not a safe file name is a finding at its cell, before any use."""
    project.change(CONCLUSIONS, 3, "conclusion_id", bad)
    review, problems = read_review(project.folder)

    assert review is None
    assert f"{CONCLUSIONS}:3:conclusion_id" in [str(problem.place) for problem in problems]


def test_an_id_that_leads_out_of_the_build_writes_nothing(project: Project, tmp_path: Path) -> None:
    """A run of a review with an id that is a path reports its cell and writes no file."""
    project.change(CONCLUSIONS, 3, "conclusion_id", "../../humming-ear")
    messages = sentences(weigh("--review", project.folder, "render", "--out", tmp_path / "place" / "build"), 2)

    assert any(line.startswith(f"weigh: {CONCLUSIONS}:3:conclusion_id: ") for line in messages), messages
    assert [] == [path for path in tmp_path.rglob("*.html") if project.folder not in path.parents]


@pytest.mark.long
@pytest.mark.parametrize("asked", ["../x", "-x", f"{ONE}/../{ONE}"])
def test_a_requested_id_is_never_a_path(tmp_path: Path, asked: str) -> None:
    """An id on the command line is only looked up, never used as a path."""
    done = weigh("--review", MINI, "render", "--out", tmp_path / "build", "--", asked)

    assert "no conclusion" in " ".join(sentences(done, 2))
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("file", [OUTCOMES, BIBLIOGRAPHY, GUIDELINE, DESCRIPTOR, "evidence"])
def test_a_link_out_of_the_folder_is_refused(project: Project, tmp_path: Path, file: str) -> None:
    """Evidence that links outside the review is named and not read; a link inside it is allowed."""
    path, outside, inside = project.path(file), tmp_path / "outside", project.folder / "inside"
    path.rename(inside)
    path.symlink_to(inside)
    assert read_review(project.folder)[0] is not None

    path.unlink()
    shutil.move(inside, outside)
    path.symlink_to(outside)
    review, problems = read_review(project.folder)

    assert (None, {(f"{file}", "file-outside")}) == (
        review,
        {(p.place.file, p.code) for p in problems if p.code == "file-outside"},
    )


@pytest.mark.long
def test_a_hard_link_in_a_build_is_not_written_through(lacking: Path, finished: Path, tmp_path: Path) -> None:
    """A file of the build with a hard link elsewhere is replaced, and the other file is unchanged."""
    outside = tmp_path / "outside.html"
    outside.write_text("not ours", encoding="utf-8")
    os.link(outside, lacking / "site" / f"{ONE}.html")
    done = weigh("--review", MINI, "render", "--out", lacking)

    assert 0 == done.returncode, done.stderr
    assert ("not ours", 1) == (outside.read_text(encoding="utf-8"), outside.stat().st_nlink)
    assert hashes(finished) == hashes(lacking)


# ---- 21, 23 and 32: leftovers of a killed run


@pytest.mark.long
def test_another_pid_namespace_takes_the_lock_of_the_dead(lacking: Path, finished: Path) -> None:
    """The lock file of a dead run is void, even if its process id now belongs to another process."""
    within = permitted("unshare", "-rpf", "--mount-proc")
    owner = {"pid": 1, "host": os.uname().nodename, "user": "root", "started": "2020-01-01T00:00:00+00:00"}
    lock_path(lacking).write_text(json.dumps(owner), encoding="utf-8")
    (lacking.parent / ".build.new" / "site").mkdir(parents=True)
    done = weigh("--review", MINI, "render", "--out", lacking, within=within)

    assert 0 == done.returncode, done.stderr
    assert hashes(finished) == hashes(lacking)
    assert ["build"] == [path.name for path in lacking.parent.iterdir()]


@pytest.mark.long
def test_a_lock_holds_across_pid_namespaces(lacking: Path) -> None:
    """A run in a container with its own process ids is refused while a run outside holds the folder."""
    within = permitted("unshare", "-rpf", "--mount-proc")
    code = (
        "import sys; from pathlib import Path; from weigh.evidence.lock import exclusive\n"
        f"with exclusive(Path({str(lacking)!r})):\n    print('held', flush=True); sys.stdin.readline()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert "held\n" == holder.stdout.readline()
    done = weigh("--review", MINI, "render", "--out", lacking, within=within)
    holder.communicate("done\n")

    assert f"busy, process {holder.pid} of " in " ".join(sentences(done, 4))


@pytest.mark.long
def test_a_crash_of_the_machine_leaves_the_build(project: Project, finished: Path, tmp_path: Path) -> None:
    """When a whole pid namespace is killed mid-run, the old build is intact, and one command finishes the work."""
    within = permitted("unshare", "-rpf", "--mount-proc", "--kill-child")
    out = Path(shutil.copytree(finished, tmp_path / "build"))
    before = hashes(out)
    command = [*within, str(WEIGH), "--review", str(project.folder), "render", "--force", "--out", str(out)]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not (tmp_path / ".build.new").is_dir() and run.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()

    assert [] == left_by(project.folder)
    assert before == hashes(out)
    done = weigh("--review", project.folder, "render", "--force", "--out", out)
    assert 0 == done.returncode, done.stderr
    assert before == hashes(out)
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.startswith(".build")]


# ---- 27: inputs with new modification times


@pytest.mark.long
def test_a_touched_file_is_not_a_changed_one(
    finished: Path, project: Project, tmp_path: Path, run_weigh: RunWeigh
) -> None:
    """Evidence with a new modification time but the same bytes renders nothing."""
    out = Path(shutil.copytree(finished, tmp_path / "build"))
    for path in project.folder.rglob("*"):
        os.utime(path, (0, 4_000_000_000))
    done = run_weigh("--review", project.folder, "render", "--out", out)

    assert (0, "0 notebooks rendered") == (done.returncode, done.stdout.partition(",")[0])


# ---- 34: an incomplete Python environment


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    """The doctor names a missing package and the remedy, without a traceback."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.metadata as m, sys\n"
        "sys.modules['pymare'] = None\n"
        "find = m.Distribution.from_name.__func__\n"
        "def from_name(cls, name):\n"
        "    if name.lower() == 'pymare':\n"
        "        raise m.PackageNotFoundError(name)\n"
        "    return find(cls, name)\n"
        "m.Distribution.from_name = classmethod(from_name)\n",
        encoding="utf-8",
    )
    done = weigh("--review", MINI, "doctor", "--out", tmp_path / "build", PYTHONPATH=str(tmp_path))

    assert 2 == done.returncode
    assert "NO  pymare is not installed; pymare" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_the_doctor_needs_no_network(tmp_path: Path) -> None:
    """Without a network, the doctor passes."""
    done = weigh("--review", MINI, "doctor", "--out", tmp_path / "build", within=permitted("unshare", "-rn"))

    assert (0, []) == (done.returncode, [line for line in done.stdout.splitlines() if line.startswith("NO")])


@pytest.mark.long
def test_the_doctor_reports_an_unwritable_place(public: Path) -> None:
    """The doctor reports that the user cannot write the parent of the build folder."""
    within = as_nobody()
    done = weigh("--review", MINI, "doctor", "--out", public / "build", within=within, HOME=str(public / "home"))

    complaint = f"NO  {public}: cannot be written (Permission denied): choose another folder with --out"
    assert (2, [complaint]) == (done.returncode, [line for line in done.stdout.splitlines() if line.startswith("NO")])
