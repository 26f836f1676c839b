"""Sign-off: votes of committee members on a conclusion, bound to the text of the page that they read."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from weigh.audit.odd_cells import LONGEST
from weigh.errors import EvidenceError, WeighError
from weigh.evidence.inputs import EVIDENCE, SIGNED, sha256
from weigh.evidence.model import Signoff
from weigh.evidence.review import Review, read_review
from weigh.evidence.vocabulary import SignoffVote
from weigh.evidence.write import csv_text, write_file, write_table, writing
from weigh.text.characters import hidden_characters

__all__ = ["SIGNOFFS", "Signature", "content_hash", "refuse_read_only", "sign", "signatures"]

SIGNOFFS = f"{EVIDENCE}/signoffs.csv"
_LONGEST_ID = 50  # characters, which leaves room for a number
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The latest vote of one member on a conclusion; `lines` is the signed text, None if it is not available.

    `earlier` are the votes of the same member that it superseded, oldest first.
    """

    signoff: Signoff
    lines: tuple[str, ...] | None
    earlier: tuple[Signoff, ...] = ()

    def __repr__(self) -> str:
        return f"<Signature {self.signoff.conclusion_id}: {self.signoff.who}, {self.signoff.vote.value}>"


def _content(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8")


def content_hash(lines: Sequence[str]) -> str:
    """The SHA-256 of the lines of a page, as written to a file."""
    return sha256(_content(lines))


def signatures(review: Review, conclusion_id: str) -> tuple[Signature, ...]:
    """The latest vote of each member on a conclusion, by date; a new vote of a member supersedes earlier ones.

    The latest is the one with the highest number, because votes may be recorded later with an earlier date.
    """
    votes: dict[str, list[Signoff]] = {}
    for signoff in sorted(review.signoffs, key=lambda row: _number(row.signoff_id)):
        if signoff.conclusion_id == conclusion_id:
            votes.setdefault(_person(signoff.who), []).append(signoff)
    by_date = sorted(votes.values(), key=lambda rows: (rows[-1].date, _number(rows[-1].signoff_id)))
    return tuple(
        Signature(signoff=last, lines=_signed_lines(review.folder, last.sha256), earlier=tuple(before))
        for *before, last in by_date
    )


def _person(who: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", who).casefold().split())


def _number(signoff_id: str) -> int:
    last = signoff_id.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0


def _signed_lines(folder: Path, digest: str) -> tuple[str, ...] | None:
    try:
        content = (folder / SIGNED / f"{digest}.txt").read_bytes()
        return tuple(content.decode("utf-8").splitlines()) if sha256(content) == digest else None
    except (OSError, UnicodeDecodeError):
        return None


def refuse_read_only(folder: Path) -> None:
    """Refuse a review folder that cannot record signatures, before reading it.

    Raises:
        WeighError: this user has no write permission for its evidence.
    """
    if not os.access(folder / EVIDENCE, os.W_OK):
        raise WeighError(f"{SIGNOFFS}: no write permission; sign in a copy of the review folder that you can write to")


def sign(
    review: Review,
    conclusion_id: str,
    lines: Sequence[str],
    *,
    who: str,
    role: str,
    vote: SignoffVote,
    dissent: str,
    when: dt.date,
) -> Signoff:
    """Record the vote of a member in signoffs.csv, and the text that was read in a file.

    Call it within `weigh.evidence.lock.editing`, with a review read there, so that the number of the vote is unique.

    Args:
        review: the review.
        conclusion_id: the id of the conclusion.
        lines: the page of the conclusion, line by line.
        who: name of the member.
        role: role in the committee.
        vote: the vote on the guideline's conclusion.
        dissent: the reasons for a dissenting vote; may be empty otherwise.
        when: the date of the vote.

    Raises:
        WeighError: a field is missing or not allowed in a table, the page is empty, or the member has already signed
            the same text with the same vote.
        EvidenceError: the row would break the schema of the folder; the table is unchanged.
    """
    who, role, dissent = (_plain(*given) for given in (("--who", who), ("--role", role), ("--dissent", dissent)))
    if not who or not role:
        raise WeighError("a sign-off needs a name and a role; give --who and --role")
    if vote is SignoffVote.DISAGREE and not dissent:
        raise WeighError("a vote to disagree needs reasons; give --dissent")
    if not lines:
        raise WeighError(f"{conclusion_id}: its page has no text to sign; render it again")
    digest = content_hash(lines)
    given = (_person(who), digest, vote, dissent)
    for known in (signature.signoff for signature in signatures(review, conclusion_id)):
        if given == (_person(known.who), known.sha256, known.vote, known.dissent or ""):
            raise WeighError(f"{conclusion_id}: {who} signed the same text on {known.date}; nothing was written")
    row = {
        "signoff_id": _next_id(review, conclusion_id),
        "conclusion_id": conclusion_id,
        "who": who,
        "role": role,
        "vote": vote.value,
        "dissent": dissent,
        "date": when.isoformat(),
        "sha256": digest,
    }
    text = review.folder / SIGNED / f"{digest}.txt"
    with writing(text):
        text.parent.mkdir(exist_ok=True)
        write_file(text, _content(lines), inside=review.folder)
    return _add(review.folder, row)


def _next_id(review: Review, conclusion_id: str) -> str:
    """The id of the next vote on a conclusion: a number above all that its ids, or ids like them, have had."""
    stem = conclusion_id[:_LONGEST_ID].rstrip("-")
    numbers = [
        _number(row.signoff_id)
        for row in review.signoffs
        if row.conclusion_id == conclusion_id or row.signoff_id.rpartition("-")[0] == stem
    ]
    return f"{stem}-{max(numbers, default=0) + 1}"


def _plain(option: str, given: str) -> str:
    """A text on one line, as allowed in a cell.

    Raises:
        WeighError: it contains invisible characters, starts like a formula, or is too long.
    """
    text = " ".join(given.split())
    if odd := hidden_characters(text) or tuple(f"U+{ord(c):04X}" for c in text if "\ud800" <= c <= "\udfff"):
        raise WeighError(f"{option}: contains invisible characters ({', '.join(odd)}); type it again")
    if text.startswith(_FORMULA):
        raise WeighError(f"{option}: starts like a formula, which a spreadsheet would run; start with a word")
    if len(text) > LONGEST:
        raise WeighError(f"{option}: has {len(text):,} characters; shorten it to at most {LONGEST:,}")
    return text


def _add(folder: Path, row: dict[str, str]) -> Signoff:
    """Add the row, and remove it again if it breaks the schema of the folder."""
    try:
        before = (folder / SIGNOFFS).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise WeighError(
            f"{SIGNOFFS}: the file is missing; add it, and its table in the schema, as in the template folder"
        ) from None
    header, *rows = csv.reader(io.StringIO(before, newline=""))
    write_table(folder, SIGNOFFS, csv_text(header, [*rows, [row.get(name, "") for name in header]]))
    review, problems = read_review(folder)
    written = next((s for s in review.signoffs if s.signoff_id == row["signoff_id"]), None) if review else None
    if written is None:
        write_table(folder, SIGNOFFS, before)
        raise EvidenceError([str(problem) for problem in problems] or [f"{SIGNOFFS}: the row could not be read back"])
    return written
