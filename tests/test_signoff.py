"""Sign-off: a vote is bound to the text of a page, the page shows it, and says what moved when it is another page."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from conftest import MINI, OUTCOMES, ROOT, WCAG, Project, needs_chromium, render

from weigh.errors import BusyError, EvidenceError, WeighError
from weigh.evidence.inputs import inputs_of, sha256
from weigh.evidence.lock import editing
from weigh.evidence.model import Place, Signoff
from weigh.evidence.review import Review, load_review, read_review
from weigh.evidence.vocabulary import SignoffVote
from weigh.pages.signed import Move, lines_of, signed_line, signed_section, standings
from weigh.pages.signing import SIGNOFFS, Signature, content_hash, sign, signatures
from weigh.render.current import current_page
from weigh.render.run import explain
from weigh.render.task import Task
from weigh.summary.conclusion import summarise
from weigh.wording.outcomes import p_words

RunWeigh = Callable[..., CompletedProcess[str]]
DAY = dt.date(2024, 3, 1)
NAME = "brisk-elbow"
GRIP = "Grip of the hand"
PAGE = """<nav>Site</nav><main id="main"><h1 id="q">Does it <b>help</b>?<a class="here" href="#q">#</a></h1>
<details class="contents"><summary>On this page</summary><ul><li>Parts</li></ul></details>
<p><span aria-hidden="true">▲</span> First   line<br>goes on<span>, and on</span>.</p>
<table><tr><th>Pain<span class="weight">9 people</span></th><td>5 of 9</td><td><ul><li>one</li><li>two</li></ul></td></tr></table>
<dl><dt>Design</dt><dd>a trial</dd><dt>Size</dt><dd>9</dd></dl>
<figure><div role="img" aria-label="Up at  2 days"><svg><text>hidden</text><path d=""/></svg></div><figcaption>Seen</figcaption></figure>
<section data-signoff><p>A. Member</p></section><details class="code"><pre>code</pre></details><p>Last &lt;b&gt;</p>
<section class="weigh provenance"><p>made</p></section></main><footer>f</footer>"""


def signed(review: Review, lines: tuple[str, ...], who: str = "A. Member", **more: object) -> Review:
    given = {"role": "chair", "vote": SignoffVote.AGREE, "dissent": "", "when": DAY} | more
    sign(review, NAME, lines, who=who, **given)  # type: ignore[arg-type]
    return load_review(review.folder)


def signature(lines: tuple[str, ...], who: str = "A. Member", **more: Any) -> Signature:
    """A signature that stands in no table."""
    given = {"signoff_id": "s-1", "role": "chair", "vote": SignoffVote.AGREE, "dissent": None, "date": DAY} | more
    place = Place(SIGNOFFS, 2)
    row = Signoff(place=place, conclusion_id=NAME, who=who, sha256=content_hash(lines), **given)
    return Signature(signoff=row, lines=lines)


def shown(found: tuple[Signature, ...], lines: tuple[str, ...]) -> str:
    standing = standings(found, lines)
    return signed_line(standing) + signed_section(standing)


def words(html: str) -> str:
    """The text of a fragment."""
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_data = found.append  # type: ignore[method-assign]
    parser.feed(html)
    return " ".join("".join(found).split())


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / SIGNOFFS).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def command(home: Path, *more: str, name: str = NAME) -> tuple[str, ...]:
    said = ("--who", "A. Member", "--role", "chair", "--vote", "agree", "--date", "2024-03-01")
    return ("--review", str(home / "review"), "sign", name, *said, "--out", str(home / "build"), *more)


@dataclass(frozen=True)
class Story:
    """A page before it was signed, when two members had signed it, and when its evidence had changed; what was said."""

    home: Path
    before: str
    signed: str
    changed: str
    said: list[tuple[int, str, str]]
    stale: CompletedProcess[str]
    reasons: dict[str, str]
    hashes: list[dict[str, str]]


@pytest.fixture(scope="module")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review folder with a build of one conclusion."""
    home = tmp_path_factory.mktemp("signed")
    shutil.copytree(MINI, home / "review")
    render(home / "review", [NAME], out=home / "build")
    return home


@pytest.fixture
def home(first_build: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_build, tmp_path / "home"))


@pytest.fixture(scope="module")
def story(first_build: Path, tmp_path_factory: pytest.TempPathFactory, run_weigh: RunWeigh) -> Story:
    """Two members sign at the same moment, the page is rendered, a study gains an outcome, it is rendered again."""
    home = Path(shutil.copytree(first_build, tmp_path_factory.mktemp("story") / "home"))
    review, out = home / "review", home / "build"
    page = out / "site" / f"{NAME}.html"
    before, hashes = page.read_text(encoding="utf-8"), [site_of(out)]
    weigh = Path(sys.executable).with_name("weigh")
    votes = (("--who", "A. Member"), ("--who", "B. Member", "--vote", "disagree", "--dissent", "One trial, p < 0.05."))
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    running = [subprocess.Popen([weigh, *command(home, *vote)], **pipes) for vote in votes]
    told = [process.communicate(timeout=120) for process in running]
    said = [(process.returncode, *texts) for process, texts in zip(running, told, strict=True)]
    reasons = dict(explain(Task(review, out)).reasons)
    render(review, [NAME], out=out)
    after = page.read_text(encoding="utf-8")
    hashes.append(site_of(out))
    header, row, *_others = Project(review).rows(OUTCOMES)
    new = dict(zip(header, row, strict=True)) | {"outcome_id": "ardenwood-2011-99", "measure": GRIP}
    Project(review).add(OUTCOMES, **new)
    stale = run_weigh(*command(home, "--who", "C. Member"))
    render(review, [NAME], out=out)
    return Story(home, before, after, page.read_text(encoding="utf-8"), said, stale, reasons, hashes)


def site_of(out: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()) for path in (out / "site").glob("*.html")}


# ---- what is signed


def test_lines_are_what_a_reader_sees() -> None:
    """Paragraphs, rows and the words of figures; no code, no icons, no list of parts, no older signature, no provenance."""
    expected = (
        "Does it help?",
        "First line goes on, and on.",
        "Pain 9 people | 5 of 9 | one two",
        "Design: a trial",
        "Size: 9",
        "Up at 2 days",
        "Seen",
        "Last <b>",
    )

    assert expected == lines_of(PAGE)


def test_every_number_of_the_page_is_signed(story: Story) -> None:
    """Verdict, votes, figures of outcomes and references of the conclusion stand in what is signed."""
    text = "\n".join(lines_of(story.before))
    summary = summarise(NAME, load_review(MINI))

    assert summary.question in text
    assert summary.verdict_sentence in text
    assert all(reason in text for reason in summary.discuss)
    assert all(reference.text.split(".")[0] in text for reference in summary.references)
    assert all(p_words(o.p_value) in text and o.measure in text for line in summary.studies for o in line.item.outcomes)


def test_what_varies_without_meaning_is_not_signed(story: Story) -> None:
    """Neither the version of weigh nor the fingerprint is part of what is signed."""
    text = "\n".join(lines_of(story.before))
    fingerprint = summarise(NAME, load_review(MINI)).fingerprint

    assert fingerprint in story.before
    assert fingerprint not in text
    assert "weigh 0." not in text


# ---- the record


def test_a_vote_is_bound_to_the_text(project: Project) -> None:
    """The row holds the hash of the lines, and the lines stand in a file of that name."""
    review = signed(load_review(project.folder), ("one", "two"))
    (found,) = signatures(review, NAME)
    text = f"evidence/signed/{found.signoff.sha256}.txt"

    assert (content_hash(("one", "two")), ("one", "two")) == (found.signoff.sha256, found.lines)
    assert (DAY, "A. Member", SignoffVote.AGREE) == (found.signoff.date, found.signoff.who, found.signoff.vote)
    assert found.signoff.sha256 == sha256(project.path(text).read_bytes()) == review.inputs[text]
    assert () == signatures(review, "humming-ear")


def test_a_new_vote_takes_the_place_of_the_old_one(project: Project) -> None:
    """Two members count as two, one who votes again as one, on whatever day; all rows stay in the table."""
    old = {"conclusion_id": NAME, "who": "A. Member", "role": "chair", "vote": "agree", "sha256": "0" * 64}
    for number in (10, 9):
        project.add(SIGNOFFS, signoff_id=f"{NAME}-{number}", date=f"2024-02-{number}".replace("-9", "-09"), **old)
    review = signed(load_review(project.folder), ("one",), when=DAY - dt.timedelta(days=60))
    review = signed(review, ("one",), "B. Member", vote=SignoffVote.DISAGREE, dissent="One trial only.")

    assert [f"{NAME}-11", f"{NAME}-12"] == [s.signoff.signoff_id for s in signatures(review, NAME)]
    assert ["A. Member", "B. Member"] == [s.signoff.who for s in signatures(review, NAME)]
    assert [[f"{NAME}-9", f"{NAME}-10"], []] == [[e.signoff_id for e in s.earlier] for s in signatures(review, NAME)]
    assert 4 == len(review.signoffs)


def test_a_vote_that_was_replaced_is_shown_beside_the_one_that_counts() -> None:
    """The page hides no vote: what a member said before stands below what holds now, with its day and its reasons."""
    now = signature(("one",))
    before = signature(("none",), date=DAY - dt.timedelta(days=9), vote=SignoffVote.DISAGREE, dissent="<b>Too few</b>")
    found = shown((dataclasses.replace(now, earlier=(before.signoff,)),), ("one",))

    assert "This vote supersedes one of 2024-02-21 (disagrees with the conclusion: <b>Too few</b>)." in words(found)
    assert "<b>Too few" not in found
    assert "supersedes" not in shown((now,), ("one",))


def test_conclusions_with_long_ids_of_one_beginning_are_told_apart(project: Project) -> None:
    """Sign-offs of two conclusions whose ids differ at the end alone have ids of their own."""
    names = ["long-" * 11 + end for end in ("a", "b")]
    header, first, *others = project.rows("evidence/conclusions.csv")
    at = header.index("conclusion_id")
    new = [[*first[:at], name, *first[at + 1 :]] for name in names]
    project.write("evidence/conclusions.csv", [header, *sorted([first, *others, *new])])
    for name in names:
        kind = {"role": "chair", "vote": SignoffVote.AGREE, "dissent": "", "when": DAY}
        sign(load_review(project.folder), name, ("one",), who="A. Member", **kind)  # type: ignore[arg-type]

    assert names == [row["conclusion_id"] for row in rows(project.folder)]
    assert [] == [f for f in project.findings() if "signoffs" in str(f.place)]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"who": " "}, "needs a name and a role; give --who and --role"),
        ({"role": ""}, "needs a name and a role; give --who and --role"),
        ({"vote": SignoffVote.DISAGREE}, "needs reasons; give --dissent"),
        ({"who": "A\u202eB"}, r"--who: contains invisible characters \(U\+202E\); type it again"),
        ({"who": "A\u0000B"}, r"--who: contains invisible characters \(U\+0000\)"),
        ({"role": "chair\udcff"}, r"--role: contains invisible characters \(U\+DCFF\)"),
        ({"who": '=HYPERLINK("https://evil.example")'}, "--who: starts like a formula"),
        ({"dissent": "@SUM(1)"}, "--dissent: starts like a formula"),
        ({"dissent": "no " * 20_000}, "--dissent: has 59,999 characters; shorten it to at most 20,000"),
        ({"lines": ()}, "has no text to sign"),
    ],
)
def test_a_vote_that_cannot_stand_is_refused(project: Project, more: dict[str, Any], said: str) -> None:
    """Nothing is written without a name, a role, the reasons of a vote against, or with words that are not what they seem."""
    before = inputs_of(project.folder)
    given = {"lines": ("one",), "who": "A. Member"} | more
    with pytest.raises(WeighError, match=said):
        signed(load_review(project.folder), **given)

    assert before == inputs_of(project.folder)


def test_the_same_vote_twice_is_refused(project: Project) -> None:
    """A second press of the key signs nothing; a new opinion on the same text does."""
    review = signed(load_review(project.folder), ("one",))
    with pytest.raises(WeighError, match="signed the same text on 2024-03-01"):
        signed(review, ("one",), "a.  MEMBER")
    review = signed(review, ("one",), vote=SignoffVote.ABSTAIN)

    assert [SignoffVote.ABSTAIN] == [s.signoff.vote for s in signatures(review, NAME)]


def test_who_signs_what_was_signed_before_signs_again(project: Project) -> None:
    """A member whose page went back to what it was before signs that too."""
    review = load_review(project.folder)
    for text in ("one", "two", "one"):
        review = signed(review, (text,))

    assert [("one",)] == [s.lines for s in signatures(review, NAME)]


def test_a_table_that_breaks_is_put_back(project: Project) -> None:
    """A row that the folder's own schema does not allow is taken out again, and the sentence names its cell."""
    schema = '"description": "Role in the committee.", "constraints": {"required": true'
    project.replace("evidence/datapackage.json", schema, f'{schema}, "pattern": "[a-z]+"')
    before = project.path(SIGNOFFS).read_bytes()
    with pytest.raises(EvidenceError, match=rf"{SIGNOFFS}:2:role: "):
        signed(load_review(project.folder), ("one",), role="Chair")

    assert before == project.path(SIGNOFFS).read_bytes()


def test_markup_in_the_words_of_a_member_is_text() -> None:
    """Name, role and reasons that look like markup are shown as letters, as is what moved."""
    evil = "<script>alert(1)</script>"
    vote = {"role": evil, "vote": SignoffVote.DISAGREE, "dissent": evil}
    html = shown((signature((f"{evil} a b c", f"gone {evil}"), evil, **vote),), (f"{evil} a b d", f"new {evil}" * 3))

    assert "<script>" not in html
    assert 4 + 6 == words(html).count(evil)


@pytest.mark.parametrize("change", ["missing", "altered", "not text"])
def test_a_signed_text_that_is_not_there_is_said(project: Project, change: str) -> None:
    """The page says that a signed text is gone, whether the signature holds or not, and the check names the file."""
    signed(load_review(project.folder), ("one",))
    path = next((project.folder / "evidence" / "signed").iterdir())
    path.unlink() if change == "missing" else path.write_bytes(b"two\n" if change == "altered" else b"\xff")
    again, problems = read_review(project.folder)

    assert again is not None
    assert [("signed-text", "warning")] == [(finding.code, finding.severity) for finding in problems]
    assert f"{path.stem}.txt, {'is missing' if change == 'missing' else 'was altered'}" in problems[0].message
    assert "so the changes cannot be shown" in words(shown(signatures(again, NAME), ("another",)))
    assert "The copy of the signed text in evidence/signed is missing or was altered." in words(
        shown(signatures(again, NAME), ("one",))
    )
    healed = signed(again, ("one",), "B. Member")
    assert () == read_review(healed.folder)[1]


# ---- what moved


def test_moved_passages_are_named() -> None:
    """Sentences that changed stand beside what they were; those that are gone, and new, are told apart; rows stay whole."""
    before = ("Head. All 5 of 9 people got better. Foot.", "Pain | 5 of 9 | yes", "Gone for good")
    after = ("Head. All 4 of 9 people got better. Foot.", "Pain | 4 of 9 | yes", "Grip | 1 of 2 | no")
    kept, broken = (standings([signature(before)], lines)[0] for lines in (before, after))
    old, new = broken.moved[0].marked

    assert (True, ()) == (kept.valid, kept.moved)
    assert not broken.valid
    assert (
        Move(before="All 5 of 9 people got better.", after="All 4 of 9 people got better."),
        Move(before="Pain | 5 of 9 | yes", after="Pain | 4 of 9 | yes"),
        Move(before="Gone for good", after=None),
        Move(before=None, after="Grip | 1 of 2 | no"),
    ) == broken.moved
    assert ("All <del>5</del> of 9 people got better.", "All <ins>4</ins> of 9 people got better.") == (old, new)


def test_a_long_list_of_what_moved_is_folded() -> None:
    """The first passages are shown, the others are counted and a click away; all of them are there."""
    moved = tuple(f"Sentence {'x' * number}." for number in range(1, 31))
    html = shown((signature(("one",)),), ("one", *moved))

    assert "Changes since A. Member signed on 2024-03-01: 30 passages" in html
    assert "<summary>And 18 more</summary>" in html
    assert 30 == html.count("New: ")


def test_members_who_signed_the_same_text_share_what_moved() -> None:
    """What moved is said once for each text that was signed, with the names of those who signed it."""
    found = (
        signature(("one",), "A. Member"),
        signature(("one",), "B. Member", vote=SignoffVote.ABSTAIN),
        signature(("two",), "C. Member", date=DAY + dt.timedelta(days=1)),
    )
    text = words(shown(found, ("two",)))

    assert 1 == text.count("Changes since")
    assert "since A. Member signed on 2024-03-01 and B. Member signed on 2024-03-01: 2 passages" in text
    assert "Changed since it was signed. 2 of 3 signatures are no longer valid." in text
    assert "Signed by 3 people between 2024-03-01 and 2024-03-02: 2 agree and 1 abstains." in text


def test_a_page_that_changed_altogether_is_compared_at_once() -> None:
    """Hundreds of passages that all changed are listed within seconds, each gone or new."""
    before, after = (tuple(f"{word} {n} {word}" for n in range(600)) for word in ("old", "new"))
    (found,) = standings([signature(before)], after)

    assert 1200 == len(found.moved)


# ---- the story of a page


def test_two_who_sign_at_once_both_stand_in_the_table(story: Story) -> None:
    """Two processes at the same moment lose nothing: both are told what they signed, and both rows are there."""
    expected = [
        {"who": "A. Member", "vote": "agree", "dissent": ""},
        {"who": "B. Member", "vote": "disagree", "dissent": "One trial, p < 0.05."},
    ]
    lines = lines_of(story.before)
    found = sorted(rows(story.home / "review"), key=lambda row: row["who"])

    assert [(0, ""), (0, "")] == [(code, error) for code, _text, error in story.said]
    assert f"{NAME}: A. Member signed {len(lines)} lines, SHA-256 {content_hash(lines)}" in story.said[0][1]
    assert "and disagrees with the conclusion" in story.said[1][1]
    assert expected == [{key: row[key] for key in expected[0]} for row in found]
    assert {content_hash(lines)} == {row["sha256"] for row in found}
    assert ["signoffs.csv"] == [p.name for p in (story.home / "review" / "evidence").glob("*signoffs*")]
    assert not list((story.home / "review" / "evidence").glob(".*"))


def test_signing_makes_that_page_stale_and_no_other(story: Story) -> None:
    """Of what was rendered only the page of the conclusion is to be made again."""
    assert {NAME} == {name for name, why in story.reasons.items() if "it has not been rendered before" != why}
    assert [f"{NAME}.html"] == [name for name, digest in story.hashes[0].items() if story.hashes[1][name] != digest]


def test_the_page_shows_who_signed_and_says_the_same(story: Story) -> None:
    """Names, roles, votes, reasons and days stand on the page, as text, and what is signed is what it was."""
    text = words(story.signed)

    assert lines_of(story.before) == lines_of(story.signed)
    assert "A. Member" not in story.before
    assert "Signed, and unchanged since. By 2 people on 2024-03-01: 1 agrees and 1 disagrees." in text
    assert "A. Member, chair: agrees with the conclusion, 2024-03-01." in text
    assert "B. Member, chair: disagrees with the conclusion, 2024-03-01. One trial, p < 0.05." in text
    assert 2 == text.count("The page has not changed since.")


def test_a_page_that_is_not_up_to_date_cannot_be_signed(story: Story) -> None:
    """What changed since the page was made must be rendered, and read, before it is signed."""
    assert 2 == story.stale.returncode
    assert (
        "is not up to date, because its evidence changed; run weigh render and read the new page first"
        in story.stale.stderr
    )
    assert 2 == len(rows(story.home / "review"))


def test_a_study_that_gains_an_outcome_breaks_the_signature(story: Story) -> None:
    """The page says at its top that it changed since it was signed, and further down which passages moved."""
    text, top = words(story.changed), story.changed.index("signed-line")
    found = standings(signatures(load_review(story.home / "review"), NAME), lines_of(story.changed))

    assert "Changed since it was signed. No signature is valid any longer." in text
    assert 0 < top < story.changed.index('class="weigh verdict"') < story.changed.index('id="sign-off"')
    one, other = (
        "A. Member signed on 2024-03-01",
        "B. Member signed on 2024-03-01",
    )  # they signed at once: either was first
    assert f"Changes since {one} and {other}" in text or f"Changes since {other} and {one}" in text
    assert [False, False] == [standing.valid for standing in found]
    assert any(GRIP in (move.after or "") for move in found[0].moved)
    assert not any(GRIP in (move.before or "") for move in found[0].moved)
    assert all(move.before != move.after for move in found[0].moved)
    assert f"New: {GRIP}" in text


def test_a_study_of_another_conclusion_breaks_nothing(home: Path) -> None:
    """A page that was signed is not even made again when a study changes that it does not rest on."""
    review, out = home / "review", home / "build"
    lines = lines_of(current_page(load_review(review), NAME, out))
    sign(load_review(review), NAME, lines, who="A", role="chair", vote=SignoffVote.AGREE, dissent="", when=DAY)
    number = [row[1] for row in Project(review).rows(OUTCOMES)].index("fernhollow-2017") + 1
    Project(review).change(OUTCOMES, number, "p_value", "0.04")

    assert lines == lines_of(current_page(load_review(review), NAME, out))


def test_a_text_that_is_altered_makes_its_page_stale(story: Story, tmp_path: Path) -> None:
    """A run notices that a signed text was changed, although no table was."""
    home = Path(shutil.copytree(story.home, tmp_path / "home"))
    task = Task(home / "review", home / "build", [NAME])
    assert NAME not in explain(task).reasons
    next((home / "review" / "evidence" / "signed").iterdir()).write_text("another\n", encoding="utf-8")

    assert "its evidence changed" == explain(task).reasons[NAME]


def test_a_page_that_somebody_changed_cannot_be_signed(home: Path) -> None:
    """A page in the build that is not what the run wrote is refused."""
    page = home / "build" / "site" / f"{NAME}.html"
    page.write_text(page.read_text(encoding="utf-8").replace("brisk elbow", "any elbow"), encoding="utf-8")

    with pytest.raises(WeighError, match=r"\.html is missing or was modified; run weigh render"):
        current_page(load_review(home / "review"), NAME, home / "build")


# ---- the command


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("brisk-elbo", (), "no conclusion 'brisk-elbo'; did you mean brisk-elbow?"),
        ("humming-ear", (), "is not up to date, because it has not been rendered before"),
        (NAME, ("--vote", "disagree"), "needs reasons; give --dissent"),
        (NAME, ("--date", "2999-01-01"), "--date: 2999-01-01 is in the future"),
        (NAME, ("--vote", "perhaps"), "perhaps"),
    ],
)
def test_bad_input_is_a_sentence(home: Path, run_weigh: RunWeigh, name: str, more: tuple[str, ...], said: str) -> None:
    """An unknown id, a page that was not rendered, a missing reason, a day to come: exit 2, and nothing is written."""
    before = inputs_of(home / "review")
    done = run_weigh(*command(home, *more, name=name))

    assert 2 == done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert before == inputs_of(home / "review")


def test_a_folder_without_the_table_is_told_to_add_it(project: Project) -> None:
    """A review whose schema is older than sign-offs cannot be signed in, and is told why."""
    package = project.path("evidence/datapackage.json")
    text = package.read_text(encoding="utf-8")
    start = text.index(',\n  {\n   "name": "signoffs"')
    package.write_text(text[:start] + "\n ]\n}\n", encoding="utf-8")
    project.path(SIGNOFFS).unlink()

    with pytest.raises(WeighError, match=rf"{SIGNOFFS}: the file is missing; add it, and its table in the schema"):
        signed(load_review(project.folder), ("one",))


def test_a_folder_that_cannot_be_written_is_said(home: Path) -> None:
    """Whoever may only read the review is told so in a sentence."""
    read_only = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
    within = ("unshare", "-rm", "sh", "-c", read_only, str(home / "review" / "evidence"))
    if (
        shutil.which("unshare") is None
        or subprocess.run([*within, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no mounts of its own for a process here")
    weigh = str(Path(sys.executable).with_name("weigh"))
    done = subprocess.run([*within, weigh, *command(home)], capture_output=True, encoding="utf-8", check=False)

    assert (2, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    assert f"weigh: {SIGNOFFS}: no write permission" in done.stderr


def test_who_signs_waits_for_another_and_takes_in_what_that_one_wrote(home: Path) -> None:
    """A process that finds the table held waits, reads it again when it may, and neither vote is lost."""
    review, weigh = home / "review", Path(sys.executable).with_name("weigh")
    lines = lines_of(current_page(load_review(review), NAME, home / "build"))
    with editing(review):
        process = subprocess.Popen([weigh, *command(home, "--who", "B. Member")], stdout=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=4)
        signed(load_review(review), lines)

    assert 0 == process.wait(timeout=60)
    assert [("A. Member", f"{NAME}-1"), ("B. Member", f"{NAME}-2")] == [
        (row["who"], row["signoff_id"]) for row in rows(review)
    ]


def test_who_waits_for_another_is_patient_but_not_for_ever(project: Project) -> None:
    """Tables that another process holds for longer than a member waits are said to be busy."""
    with editing(project.folder):
        with pytest.raises(BusyError, match=r"evidence: busy, process "), editing(project.folder, patience=0.2):
            pass
        assert project.path("evidence/.tables.lock").exists()
    assert not project.path("evidence/.tables.lock").exists()


def test_a_table_stays_in_the_form_of_the_folder(project: Project) -> None:
    """Commas and quotes of a reason survive, ends of lines are LF, and rows stand sorted by their id."""
    dissent = 'One trial, "small",\nand short'
    review = signed(load_review(project.folder), ("one",), vote=SignoffVote.DISAGREE, dissent=dissent)
    signed(review, ("one",), "B. Member")
    content = project.path(SIGNOFFS).read_bytes()
    header, *cells = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))

    assert b"\r" not in content
    assert sorted(cells) == cells
    assert 'One trial, "small", and short' == cells[0][header.index("dissent")]


@pytest.mark.long
def test_every_result_of_the_real_review_is_signed(real: Review, tmp_path: Path) -> None:
    """On the page of a real conclusion each study, outcome and reference stands in what is signed, its fingerprint does not."""
    name = "epicondylitis"
    render(ROOT, [name], out=tmp_path / "build")
    lines = lines_of(current_page(real, name, tmp_path / "build"))
    text, summary = "\n".join(lines), summarise(name, real)

    assert all(line.name in text for line in summary.studies)
    assert all(o.measure in text and p_words(o.p_value) in text for line in summary.studies for o in line.item.outcomes)
    assert all(row.what_happens in text for row in summary.outcomes)
    assert summary.fingerprint not in text


# ---- in a browser


@needs_chromium
@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["signed", "changed"])
def test_axe_finds_nothing_on_a_signed_page(
    story: Story, browser: Any, tmp_path: Path, state: str, scheme: str
) -> None:
    """What a page says of its signatures, whole or broken, breaks no rule of WCAG 2.2 AA, also on a phone."""
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "page.html"
    path.write_text(getattr(story, state), encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": 360, "height": 900})
    page = context.new_page()
    page.goto(path.as_uri())
    found = Axe().run(page, context="[data-signoff]", options={"runOnly": WCAG}).response["violations"]
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert [] == [(one["id"], one["nodes"][0]["html"]) for one in found]
    assert width <= 360
