"""The review folders that tests read, one of them to be broken at will, and the command line as a person runs it."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from weigh.assessment.dossier import StudyEvidence, gather
from weigh.evidence.model import Finding, Outcome
from weigh.evidence.p_value import PValue
from weigh.evidence.review import Review, load_review, read_review
from weigh.render import run
from weigh.render.task import How, RunReport, Task, Watch
from weigh.summary.conclusion import Summary, summarise

ROOT = Path(__file__).resolve().parent.parent
MINI = ROOT / "tests" / "data" / "mini"

BIBLIOGRAPHY = "references.bib"
CITATIONS = "evidence/citations.csv"
CONCLUSIONS = "evidence/conclusions.csv"
DEVICES = "evidence/devices.csv"
GUIDELINE = "evidence/guideline.toml"
OUTCOMES = "evidence/outcomes.csv"
STUDIES = "evidence/studies.csv"

#: A finding as a line: place, what is wrong, what to do, code.
SENTENCE = re.compile(r"(?P<place>\S+): (?P<what>\S[^;]*.*); (?P<fix>[^;]+) \[(?P<code>[a-z-]+)\]")

# The same examples on every machine and every run, without a clock: a test of today is red tomorrow only for a reason.
settings.register_profile("weigh", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("weigh")

#: What a machine may lack, and how Debian has it: the reasons for which tests are left out.
NO_PANGO = "no Pango here; on Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
NO_HARFBUZZ = "no HarfBuzz-Subset here; on Debian: apt install libharfbuzz-subset0"
CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; on Debian: apt install chromium")
#: The rules of axe that every page keeps.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RunWeigh = Callable[..., "subprocess.CompletedProcess[str]"]


def render(folder: Path, conclusion_ids: Sequence[str] = (), *, out: Path, **how: Any) -> RunReport:
    """Render a folder with two workers where nothing else is told."""
    watch = Watch(on_done=how.pop("on_done", lambda _rendered: None))
    return run.render(Task(folder, out, conclusion_ids), How(**{"jobs": 2} | how), watch)


@pytest.fixture(scope="session")
def prints_pdf() -> None:
    """Leave the test out where WeasyPrint lacks a library of the system.

    Without Pango it cannot be imported; without HarfBuzz-Subset it warns that it will soon need it.
    """
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            from weasyprint.text.ffi import harfbuzz_subset
        except OSError:
            pytest.skip(NO_PANGO)
    if harfbuzz_subset is None:
        pytest.skip(NO_HARFBUZZ)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


class Made(dict[str, Any]):
    """Things that tests share by name, each made when a test first asks for it."""

    def __init__(self, **makers: Callable[[], Any]) -> None:
        super().__init__()
        self.makers = makers

    def __missing__(self, name: str) -> Any:
        made = self[name] = self.makers[name]()
        return made


@dataclass(frozen=True)
class Project:
    """A review folder that a test may break."""

    folder: Path

    def path(self, file: str) -> Path:
        return self.folder / file

    def change(self, file: str, row: int, column: str, value: str) -> None:
        """Write one cell of one table; `row` is the line as findings count it, so the first row of data is 2."""
        rows = self.rows(file)
        rows[row - 1][rows[0].index(column)] = value
        self.write(file, rows)

    def add(self, file: str, **cells: str) -> None:
        """Append a row whose other cells are empty."""
        rows = self.rows(file)
        unknown = cells.keys() - set(rows[0])
        assert not unknown, f"{file} has no column {unknown}"
        self.write(file, [*rows, [cells.get(column, "") for column in rows[0]]])

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace the one place where a text stands."""
        text = self.path(file).read_text(encoding="utf-8")
        assert 1 == text.count(old), f"{old!r} stands {text.count(old)} times in {file}"
        self.path(file).write_bytes(text.replace(old, new).encode("utf-8"))

    def rows(self, file: str) -> list[list[str]]:
        """The cells of a table, its header first."""
        with self.path(file).open(encoding="utf-8", newline="") as stream:
            return list(csv.reader(stream))

    def write(self, file: str, rows: Sequence[Sequence[str]]) -> None:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(rows)
        self.path(file).write_bytes(buffer.getvalue().encode("utf-8"))

    def findings(self) -> tuple[Finding, ...]:
        return read_review(self.folder)[1]

    def review(self) -> Review:
        return load_review(self.folder)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a review folder, the place that must be named and a word that must be said."""

    name: str
    damage: Callable[[Project], None]
    place: str
    word: str
    issue: bool = False  # tried at the command line; the others are tried in process, which is faster


def cell(file: str, row: int, column: str, value: str) -> Callable[[Project], None]:
    return lambda project: project.change(file, row, column, value)


def text(file: str, old: str, new: str) -> Callable[[Project], None]:
    return lambda project: project.replace(file, old, new)


def content(file: str, change: Callable[[bytes], bytes]) -> Callable[[Project], None]:
    def damage(project: Project) -> None:
        path = project.path(file)
        path.write_bytes(change(path.read_bytes()))

    return damage


def without_column(file: str, column: str) -> Callable[[Project], None]:
    def damage(project: Project) -> None:
        rows = project.rows(file)
        index = rows[0].index(column)
        project.write(file, [row[:index] + row[index + 1 :] for row in rows])

    return damage


def twin_entry(project: Project) -> None:
    path = project.path(BIBLIOGRAPHY)
    twin = "\n@misc{Ardenwood2011,\n  author = {Ardenwood, Q.},\n  title = {Another},\n  year = {2012},\n}\n"
    path.write_text(path.read_text(encoding="utf-8") + twin, encoding="utf-8")


FAULTS = [
    # ---- tables
    Fault(
        "unknown-study",
        cell(OUTCOMES, 2, "study_id", "ardenwod-2011"),
        f"{OUTCOMES}:2:study_id",
        "ardenwood-2011?",
        issue=True,
    ),
    Fault(
        "analysed-exceeds-enrolled", cell(STUDIES, 2, "n_analysed", "61"), f"{STUDIES}:2:n_analysed", "60", issue=True
    ),
    Fault(
        "duplicate-key",
        cell(OUTCOMES, 3, "outcome_id", "ardenwood-2011-01"),
        f"{OUTCOMES}:3:outcome_id",
        "ardenwood-2011-01",
        issue=True,
    ),
    Fault(
        "not-utf-8",
        content(STUDIES, lambda old: old.replace(b"One warm ear", b"Une fi\xe8vre")),
        f"{STUDIES}:2",
        "UTF-8",
    ),
    Fault("byte-order-mark", content(STUDIES, lambda old: b"\xef\xbb\xbf" + old), STUDIES, "byte order mark"),
    Fault(
        "carriage-return",
        content(STUDIES, lambda old: old.replace(b"\n", b"\r\n")),
        f"{STUDIES}:1",
        "carriage return",
    ),
    Fault("missing-table", lambda project: project.path(OUTCOMES).unlink(), OUTCOMES, "missing"),
    Fault("missing-column", without_column(DEVICES, "maker"), f"{DEVICES}:1:maker", "maker"),
    Fault(
        "unknown-word",
        cell(OUTCOMES, 2, "direction", "favors_intervention"),
        f"{OUTCOMES}:2:direction",
        "did you mean favours_intervention?",
    ),
    Fault("extra-cell", content(DEVICES, lambda old: old + b"x,X,X,X,one too many\n"), f"{DEVICES}:3:location", "cell"),
    Fault("not-a-number", cell(OUTCOMES, 2, "effect", "nine"), f"{OUTCOMES}:2:effect", "“nine”"),
    Fault(
        "events-exceed-n", cell(OUTCOMES, 14, "intervention_events", "46"), f"{OUTCOMES}:14:intervention_events", "45"
    ),
    Fault("interval-reversed", cell(OUTCOMES, 2, "ci_low", "4.4"), f"{OUTCOMES}:2:ci_low", "4.4 to −4.4"),
    Fault(
        "unknown-citation-key",
        cell(CITATIONS, 2, "citation_key", "ardenwod2011"),
        f"{CITATIONS}:2:citation_key",
        "did you mean ardenwood2011?",
    ),
    Fault(
        "circle-of-parents", cell(CONCLUSIONS, 3, "parent_id", "humming-ear"), f"{CONCLUSIONS}:3:parent_id", "circle"
    ),
    # ---- the bibliography
    Fault(
        "duplicate-bib-key",
        text(BIBLIOGRAPHY, "@article{birchmere2016,", "@article{birchmere2014,"),
        f"{BIBLIOGRAPHY}:28:key",
        "birchmere2014",
        issue=True,
    ),
    Fault("bare-percent", text(BIBLIOGRAPHY, "50\\% less", "50% less"), f"{BIBLIOGRAPHY}:43:title", "\\%", issue=True),
    Fault("online-entry", text(BIBLIOGRAPHY, "@misc{", "@online{"), f"{BIBLIOGRAPHY}:92:entry", "@misc", issue=True),
    Fault(
        "unclosed-brace",
        text(BIBLIOGRAPHY, "title = {Warm light in winter}", "title = {Warm light in winter"),
        f"{BIBLIOGRAPHY}:65:entry",
        "brace",
        issue=True,
    ),
    Fault("keys-differ-in-case", twin_entry, f"{BIBLIOGRAPHY}:103:entry", "case"),
    # ---- the guideline
    Fault("guideline-not-toml", text(GUIDELINE, '"Reviewed"', "Reviewed"), GUIDELINE, "line 5"),
    Fault(
        "guideline-key-unknown", text(GUIDELINE, "text_note", "statis = 1\ntext_note"), f"{GUIDELINE}:statis", "status?"
    ),
    Fault(
        "guideline-key-missing",
        text(GUIDELINE, 'status = "Reviewed"\n', ""),
        f"{GUIDELINE}:status",
        "missing",
    ),
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the fictional review, without a fault."""
    return Project(Path(shutil.copytree(MINI, tmp_path / "review")))


@pytest.fixture(scope="session")
def mini() -> Review:
    """The fictional review, read once."""
    return load_review(MINI)


@pytest.fixture(scope="session")
def real() -> Review:
    """The review of this repository, read once."""
    return load_review(ROOT)


@pytest.fixture(scope="session")
def summaries(real: Review) -> dict[str, Summary]:
    """The summary of each conclusion of this repository."""
    return {conclusion_id: summarise(conclusion_id, real) for conclusion_id in real.conclusions}


@pytest.fixture(scope="session")
def mini_summaries(mini: Review) -> dict[str, Summary]:
    """The summary of each conclusion of the fictional review."""
    return {conclusion_id: summarise(conclusion_id, mini) for conclusion_id in mini.conclusions}


@pytest.fixture(scope="session")
def evidence(mini: Review) -> dict[str, StudyEvidence]:
    """Each study of the fictional review with what the review holds on it."""
    return {
        item.study.study_id: item for conclusion_id in mini.conclusions for item in gather(mini, conclusion_id).evidence
    }


@pytest.fixture(scope="session")
def outcome(mini: Review) -> Callable[..., Outcome]:
    """Make an outcome that votes for the intervention, changed in the fields that a test names; p as it is printed."""
    voting = next(outcome for outcome in mini.outcomes if "fernhollow-2017-01" == outcome.outcome_id)

    def make(**fields: Any) -> Outcome:
        if printed := fields.get("p_value"):
            fields = fields | {"p_value": PValue.parse(printed)}
        return dataclasses.replace(voting, **fields)

    return make


@pytest.fixture(scope="session")
def run_weigh() -> RunWeigh:
    """Run the command line as a person does: the installed script, in a process and a folder of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*arguments: str | Path, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("weigh"), *map(str, arguments)],
            cwd=cwd,
            env=environment | variables,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Which tests this machine could not run, and how to have them: one line for each reason."""
    reasons = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ") for report in terminalreporter.stats.get("skipped", [])
    )
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"Left out: {count} test{'' if count == 1 else 's'}, {reason}")
