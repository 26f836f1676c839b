"""Files and tables are written whole or not at all, by any number of processes, on any disk."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import ROOT, Project, RunWeigh
from test_faults import permitted, sentences, sh, weigh

from weigh.audit.acceptance import ACCEPTED
from weigh.errors import WeighError
from weigh.evidence.lock import editing
from weigh.evidence.write import LEFTOVERS, csv_text, put_folder, write_file, write_table

WEIGH = str(Path(sys.executable).with_name("weigh"))
SRC = ROOT / "src" / "weigh"
CERTAINTY = "evidence/certainty.csv"
#: So large that the disk takes its time.
SIZE = 4_000_000
#: A process that writes one file again and again, all of one letter, until it is stopped.
WRITER = (
    "import itertools, sys; from pathlib import Path; from weigh.evidence.write import write_file\n"
    "for letter in itertools.cycle(b'ab'):\n"
    f"    write_file(Path(sys.argv[1]), bytes([letter]) * {SIZE}); print('written', flush=True)"
)


def temporary(folder: Path) -> list[Path]:
    return list(folder.rglob(LEFTOVERS))


def accepting(folder: Path, code: str, subject: str) -> list[str]:
    said = ["--reason", "Seen.", "--who", "A. Tester"]
    return [WEIGH, "--review", str(folder), "check", "--accept", code, subject, *said]


def all_at_once(commands: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Start all commands before waiting for the first; their exit codes and errors."""
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for command in commands
    ]
    return [(process.returncode, err) for process in started for _out, err in [process.communicate()]]


# ---- a file


def test_a_new_file_gets_the_usual_rights_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    """A replaced file keeps its permission bits; a new one has those that any new file here has."""
    (tmp_path / "usual").touch()
    old = tmp_path / "old"
    old.touch()
    old.chmod(0o640)
    for path in (old, tmp_path / "new"):
        write_file(path, b"content")
    bits = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    assert (0o640, bits["usual"]) == (bits["old"], bits["new"])
    assert [b"content", b"content"] == [old.read_bytes(), (tmp_path / "new").read_bytes()]


def test_a_link_is_refused_and_what_it_names_stays(tmp_path: Path) -> None:
    """Neither a file that is a link nor a link on the way to it is written through."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "table.csv").write_bytes(b"not ours")
    review = tmp_path / "review"
    review.mkdir()
    (review / "table.csv").symlink_to(tmp_path / "outside" / "table.csv")
    (review / "evidence").symlink_to(tmp_path / "outside")

    with pytest.raises(WeighError, match=r"review/table\.csv: is a symbolic link"):
        write_file(review / "table.csv", b"ours")
    with pytest.raises(WeighError, match=r"review/evidence: is a symbolic link"):
        write_table(review, "evidence/table.csv", "ours")
    assert b"not ours" == (tmp_path / "outside" / "table.csv").read_bytes()
    assert [] == temporary(tmp_path)


def test_a_failure_leaves_the_old_file_and_no_temporary_one(tmp_path: Path) -> None:
    """What cannot take the name of the file is removed, whatever the reason."""
    (tmp_path / "folder" / "full").mkdir(parents=True)

    with pytest.raises(OSError, match="directory"):
        write_file(tmp_path / "folder", b"a file in the place of a folder")
    assert ["folder"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_process_stopped_while_it_writes_leaves_a_whole_file(tmp_path: Path, how: signal.Signals) -> None:
    """Killed or interrupted at any moment, a writer leaves one whole content; interrupted, no temporary file either."""
    path = tmp_path / "table.csv"
    for turn in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        for _ in range(turn + 1):
            assert "written\n" == process.stdout.readline()
        process.send_signal(how)
        process.communicate()
        content = path.read_bytes()

        assert (SIZE, 1) == (len(content), len(set(content)))
        assert how is signal.SIGKILL or [] == temporary(tmp_path)


def test_many_writers_of_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Writers that hold no lock never write into each other's temporary file: the last one wins, whole."""
    path = tmp_path / "page.html"
    threads = [
        threading.Thread(target=lambda letter=letter: [write_file(path, letter * 100_000) for _ in range(20)])
        for letter in (b"a", b"b", b"c", b"d")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (100_000, 1) == (path.stat().st_size, len(set(path.read_bytes())))
    assert [path] == list(tmp_path.iterdir())


def test_a_table_is_sorted_and_ends_its_lines_alike() -> None:
    """Every table has one dialect: commas, quotes where a cell needs them, LF, rows in the order of their ids."""
    assert 'id,words\na,"one, two"\nb,"say ""three"""\n' == csv_text(
        ("id", "words"), [("b", 'say "three"'), ["a", "one, two"]]
    )


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    """The new folder has the name of the old one, and nothing else is left."""
    for name in ("new", "place"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "which").write_text(name, encoding="utf-8")
    put_folder(tmp_path / "new", tmp_path / "place", tmp_path / "aside")

    assert ["place"] == [path.name for path in tmp_path.iterdir()]
    assert "new" == (tmp_path / "place" / "which").read_text(encoding="utf-8")


# ---- tables that several processes change


def test_twelve_who_accept_at_once_lose_no_row(project: Project, run_weigh: RunWeigh) -> None:
    """Of twelve acceptances written at the same moment each one stands in the table."""
    found = json.loads(run_weigh("--review", project.folder, "check", "--format", "json").stdout)
    wanted = sorted({(finding["code"], finding["subject"]) for finding in found})[:12]
    before = project.rows(ACCEPTED)
    ended = all_at_once([accepting(project.folder, *each) for each in wanted])
    rows = project.rows(ACCEPTED)

    assert [(0, "")] * 12 == ended
    assert wanted == [tuple(row[:2]) for row in rows if row not in before]
    assert sorted(rows[1:]) == rows[1:]
    assert () == project.findings()
    assert [] == [path.name for path in project.path("evidence").iterdir() if path.name.startswith(".")]


def test_who_proposes_waits_for_who_judges(project: Project) -> None:
    """`weigh propose` waits for another that holds the tables, and keeps the row that this one wrote."""
    own = {"conclusion_id": "brisk-elbow", "domain": "imprecision", "judgement": "not_serious", "reason": "Enough."}
    with editing(project.folder):
        process = subprocess.Popen([WEIGH, "--review", str(project.folder), "propose"], stdout=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=4)
        kept = [row for row in project.rows(CERTAINTY) if row[:2] != ["brisk-elbow", "imprecision"]]
        project.write(CERTAINTY, kept)
        project.add(CERTAINTY, **own, judged_by="committee")

    assert 0 == process.wait(timeout=60)
    assert ["committee"] == [row[4] for row in project.rows(CERTAINTY) if row[:2] == ["brisk-elbow", "imprecision"]]


def test_what_a_killed_writer_left_is_removed_by_the_next(project: Project) -> None:
    """A temporary file in the evidence, and a lock that nobody holds, disturb nobody."""
    left = project.path("evidence/.weigh-0123456789abcdef.new")
    left.write_text("half a ta", encoding="utf-8")
    project.path("evidence/.tables.lock").write_text("{}", encoding="utf-8")
    with editing(project.folder):
        assert not left.exists()

    assert not project.path("evidence/.tables.lock").exists()


# ---- a disk that is full


@pytest.mark.parametrize("spare", [0, 4_096])
def test_a_full_disk_leaves_the_tables_and_is_named(project: Project, tmp_path: Path, spare: int) -> None:
    """`weigh propose` on a full disk: one sentence that names the disk, the old table, and nothing beside it."""
    disk, after = tmp_path / "disk", tmp_path / "after"
    disk.mkdir()
    after.mkdir()
    project.write(CERTAINTY, project.rows(CERTAINTY)[:1])
    taken = sum(-(-path.stat().st_size // 4096) for path in project.folder.rglob("*") if path.is_file()) * 4096
    script = (
        'mount -t tmpfs -o size="$1" none "$2"; cp -r "$3/." "$2"; disk=$2; after=$4; shift 4; '
        'set +e; "$@"; code=$?; cp -r "$disk/." "$after"; exit $code'
    )
    places = (str(taken + spare), str(disk), str(project.folder), str(after))
    permitted("unshare", "-rm", *sh('mount -t tmpfs -o size=64k none "$1"; shift', str(disk)))
    done = weigh("--review", disk, "propose", within=("unshare", "-rm", "sh", "-ec", script, "sh", *places))
    (said,) = sentences(done, 2)

    assert f"cannot be written (No space left on device, on the disk mounted at {disk})" in said
    assert {path.relative_to(project.folder): path.read_bytes() for path in project.folder.rglob("*.*")} == {
        path.relative_to(after): path.read_bytes() for path in after.rglob("*.*")
    }


def test_a_limit_on_the_size_of_files_leaves_the_table(project: Project) -> None:
    """A table that may not grow as large as it must stays as it was, and no temporary file is left."""
    project.write(CERTAINTY, project.rows(CERTAINTY)[:1])
    before = project.path(CERTAINTY).read_bytes()
    done = weigh("--review", project.folder, "propose", within=permitted("prlimit", "--fsize=1000"))
    (said,) = sentences(done, 2)

    assert f"weigh: {project.path(CERTAINTY)}: cannot be written (File too large); " in said
    assert before == project.path(CERTAINTY).read_bytes()
    assert [] == temporary(project.folder)


def test_no_other_module_writes_files() -> None:
    """Files are written by one module; a run's own scratch file, which no crash outlives, is the exception."""
    writes = re.compile(r"\.write_(text|bytes)\(|open\([^)\n]*[\"'][wxa]b?[\"']|os\.replace\(|mkstemp")
    sources = {path.relative_to(SRC).as_posix(): path.read_text(encoding="utf-8") for path in SRC.rglob("*.py")}

    assert {"evidence/write.py", "render/snapshot.py"} == {
        name for name, text in sources.items() if writes.search(text)
    }
