"""The change report in words: sections of lines, from which text, Markdown and HTML are made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from weigh.changes.cell_words import pair_words, value_words
from weigh.changes.compare import Changes
from weigh.changes.findings import Fate, FindingChange
from weigh.changes.moves import Move, VoteMove
from weigh.changes.rows import Cell, RowChange, RowChangeKind
from weigh.changes.state import SPLIT, StudyState
from weigh.evidence.vocabulary import Direction, Position
from weigh.text.characters import visible
from weigh.wording import sentences as wording
from weigh.wording.sentences import plural

__all__ = ["Line", "Section", "brief", "changes_markdown", "changes_text", "escaped", "section_text", "sections"]

#: Every compared table with its heading, in the order of a reviewer's interest.
_TABLES = {
    "studies": "Studies",
    "outcomes": "Outcomes",
    "appraisals": "Risk-of-bias judgements",
    "certainty": "Certainty judgements",
    "references": "References",
    "notices": "Notices about references",
    "citations": "Citations",
    "listings": "Reference lists",
    "codes": "Codes",
    "conclusions": "Conclusions of the guideline",
    "criteria": "Medical-necessity criteria",
    "candidates": "Known studies not cited",
    "history": "Guideline history",
    "devices": "Devices",
    "glossary": "Glossary",
}
#: The cells that describe an added or removed row in one line, besides its name.
_TELLING = {
    "outcomes": ("direction",),
    "appraisals": ("judgement",),
    "certainty": ("judgement",),
    "studies": ("fit",),
    "citations": ("stance",),
    "codes": ("position",),
    "candidates": ("direction",),
    "references": ("title",),
    "notices": ("matched_by",),
}
#: The kind of a row, placed before its name in a list of rows from several tables.
_WHAT = {
    "conclusions": "conclusion",
    "citations": "citation",
    "studies": "study",
    "outcomes": "outcome",
    "appraisals": "risk of bias,",
    "certainty": "certainty,",
}
_SIDES = (Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION)
_FATES = {
    Fate.NEW: "New findings",
    Fate.SETTLED: "Settled findings",
    Fate.CHANGED: "Changed findings",
    Fate.ACCEPTED: "Accepted findings",
    Fate.REOPENED: "Findings no longer accepted",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, with its sub-items."""

    text: str
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines; `level` is 2 for a conclusion, 1 for any other section."""

    title: str
    lines: tuple[Line, ...]
    level: int = 1


def brief(changes: Changes) -> tuple[str, ...]:
    """Return the opening sentences: the number of changed conclusions, and caveats about the comparison."""
    if changes.nothing:
        return ("Nothing changed.",)
    count = len(changes.moved)
    sentences = [
        f"{count} of {plural(changes.conclusions, 'conclusion')} changed."
        if count
        else f"None of the {changes.conclusions} conclusions changed."
        if changes.conclusions > 1
        else "The conclusion did not change."
    ]
    for kind, words in ((RowChangeKind.ADDED, "added"), (RowChangeKind.GONE, "removed")):
        if count := sum(move.kind is kind for move in changes.moves):
            sentences.append(f"{plural(count, 'conclusion was', 'conclusions were')} {words}.")
    number = next((cell for cell in changes.guideline if cell.column == "number"), None)
    if number:
        sentences.append(f"The states belong to different guidelines, {number.before} and {number.after}.")
    if changes.weigh.moved:
        sentences.append(
            f"The states were made by weigh {changes.weigh.before} and weigh {changes.weigh.after}, so rules may also differ."
        )
    return tuple(sentences)


def sections(changes: Changes) -> tuple[Section, ...]:
    """Return all changes: a section per changed conclusion, then the findings, then the rows by table."""
    found = [_move_section(move, changes) for move in changes.moves]
    found += [
        Section(heading, tuple(_finding_line(change) for change in changes.findings if change.fate is fate))
        for fate, heading in _FATES.items()
    ]
    found += [
        Section(_TABLES.get(table, table), tuple(_row_lines(table, changes)))
        for table in dict.fromkeys((*_TABLES, *changes.rows))
    ]
    found.append(Section("Guideline", tuple(Line(_pair(cell, changes)) for cell in changes.guideline)))
    return tuple(section for section in found if section.lines)


def changes_text(changes: Changes) -> str:
    """Return the change report for a terminal, with invisible characters written as code points."""
    return "\n\n".join([visible("\n".join(brief(changes))), *(section_text(section) for section in sections(changes))])


def section_text(section: Section) -> str:
    """Return one section as lines of text."""
    lines = [section.title]
    for line in section.lines:
        lines += [f"  {line.text}", *(f"    - {under}" for under in line.under)]
    return visible("\n".join(lines))


def changes_markdown(changes: Changes) -> str:
    """Return the change report as Markdown, with all text from tables escaped."""
    blocks = ["\n".join(escaped(sentence) for sentence in brief(changes))]
    for section in sections(changes):
        lines = [
            f"- {escaped(line.text)}" + "".join(f"\n  - {escaped(u)}" for u in line.under) for line in section.lines
        ]
        blocks.append(f"## {escaped(section.title)}\n\n" + "\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Escape text so that Markdown shows it literally."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", visible(text))


def _move_section(move: Move, changes: Changes) -> Section:
    position = wording.POSITION[Position(move.position)].lower()
    return Section(f"{_start(move.condition)} ({position})", tuple(_move_lines(move, changes)), level=2)


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def _move_lines(move: Move, changes: Changes) -> Iterator[Line]:
    if move.kind is not RowChangeKind.EDITED:
        verdict, certainty = move.value("verdict"), move.value("certainty")
        words = _value(verdict, changes, after=move.kind is RowChangeKind.ADDED)
        rated = _value(certainty, changes, after=move.kind is RowChangeKind.ADDED)
        what = "Added" if move.kind is RowChangeKind.ADDED else "Removed"
        yield Line(f"{what}; verdict {words}, certainty {rated}.")
        return
    if position := move.value("position"):
        yield Line(f"Position: {pair_words(position, changes.intervention)}.")
    verdict = move.value("verdict")
    unchanged = f"{value_words('verdict', move.verdict, changes.intervention)} (unchanged)"
    yield Line(f"Verdict: {pair_words(verdict, changes.intervention) if verdict else unchanged}.")
    if move.value("certainty") or move.value("judged_by"):
        yield Line(f"Certainty: {_certainty(move)}.", tuple(_rating(cell, changes) for cell in move.ratings))
    if move.votes_moved or move.studies:
        yield Line(_counts(move, changes.intervention), tuple(_vote(study, changes) for study in move.studies))
    yield _why(move, changes)


def _why(move: Move, changes: Changes) -> Line:
    if move.why:
        return Line("Why:", tuple(f"{_WHAT[change.table]} {_row(change, changes)}" for change in move.why))
    if changes.weigh.moved:
        return Line(
            f"Why: no row explains it; the rules of weigh {changes.weigh.before} and {changes.weigh.after} differ."
        )
    return Line("Why: no row explains it; the rules of weigh changed between the two states.")


def _certainty(move: Move) -> str:
    """Describe the change of level and, if new, the committee's judgement."""
    level, judged = move.value("certainty"), move.value("judged_by")
    if level is None:
        return "confirmed by the committee" if judged and judged.after == "committee" else "a proposal again"
    words = pair_words(level, "")
    if judged and judged.after == "committee":
        return f"{words}, as judged by the committee"
    return words


def _rating(cell: Cell, changes: Changes) -> str:
    if cell.column == "decided_by":
        return f"deciding outcome: {pair_words(cell, changes.intervention)}"
    return f"{cell.column.replace('_', ' ')}: {pair_words(Cell('judgement', cell.before, cell.after), changes.intervention)}"


def _counts(move: Move, intervention: str) -> str:
    """Describe the vote counts by direction, now and before."""
    now, was = (
        [(votes or {}).get(side.value, 0) for side in _SIDES] for votes in (move.votes_after, move.votes_before)
    )
    words = f"{now[0]} for {intervention}, {now[1]} for the comparator, {now[2]} without a clear direction"
    before = f"before: {was[0]}, {was[1]} and {was[2]}" if move.votes_moved else "unchanged"
    return f"Study votes: {words} ({before})."


def _vote(study: VoteMove, changes: Changes) -> str:
    before, after = (_vote_words(state, changes) for state in (study.before, study.after))
    if before == after:
        return f"{study.name}: still “{after}”, although one of its results changed"
    return f"{study.name}: from “{before}” to “{after}”"


def _vote_words(study: StudyState | None, changes: Changes) -> str:
    if study is None:
        return "not cited for or against"
    if study.direction is None:
        return f"no vote ({study.reason})"
    if study.direction == SPLIT:
        return "differing results"
    return wording.direction_words(Direction(study.direction), changes.intervention)


def _value(cell: Cell | None, changes: Changes, *, after: bool) -> str:
    value = (cell.after if after else cell.before) if cell else None
    return value_words(cell.column if cell else "certainty", value, changes.intervention) if value else "not rated"


def _pair(cell: Cell, changes: Changes) -> str:
    return f"{cell.column.replace('_', ' ')} {pair_words(cell, changes.intervention)}"


def _row_lines(table: str, changes: Changes) -> Iterator[Line]:
    """Describe the rows of one table; rows added or removed with their study are counted there instead."""
    whole = {change.key for change in changes.rows.get("studies", ()) if change.kind is not RowChangeKind.EDITED}
    for change in changes.rows.get(table, ()):
        study = change.cell("study_id")
        with_study = change.kind is not RowChangeKind.EDITED and study and {study.before, study.after} & whole
        if table == "studies" or not with_study:
            yield Line(_row(change, changes) + (_with(change, changes) if change.key in whole else "") + ".")


def _with(change: RowChange, changes: Changes) -> str:
    """Count the outcomes and judgements that were added or removed with a study."""
    parts = []
    for table, noun in (("outcomes", "outcome"), ("appraisals", "risk-of-bias judgement")):
        rows = [row for row in changes.rows.get(table, ()) if row.kind is change.kind]
        cells = [cell for row in rows if (cell := row.cell("study_id"))]
        if count := sum(change.key in (cell.before, cell.after) for cell in cells):
            parts.append(plural(count, noun))
    return f", with {wording.listed(parts)}" if parts else ""


def _row(change: RowChange, changes: Changes) -> str:
    """Describe one row: its name and its changed cells."""
    if change.kind is RowChangeKind.EDITED:
        return f"{_named(change)}: {'; '.join(_pair(cell, changes) for cell in change.cells)}"
    telling = [change.cell(column) for column in _TELLING.get(change.table, ())]
    values = [
        value_words(cell.column, value, changes.intervention)
        for cell in telling
        if cell and (value := cell.after or cell.before)
    ]
    what = "added" if change.kind is RowChangeKind.ADDED else "removed"
    return f"{_named(change)}: {what}" + (f" ({', '.join(values)})" if values else "")


def _named(change: RowChange) -> str:
    """Return the name of the row on one line."""
    return " ".join(change.name.split())


def _finding_line(change: FindingChange) -> Line:
    finding = change.finding
    text = f"{finding.severity}: {finding.message} [{finding.code}]"
    if change.fate is Fate.CHANGED and change.before and change.before.message != finding.message:
        return Line(text, (f"before: {change.before.message}",))
    if change.fate is Fate.CHANGED and change.before:
        return Line(text, (f"before: {change.before.severity}",))
    if change.fate is Fate.ACCEPTED and finding.accepted:
        return Line(text, (f"accepted by {finding.accepted}",))
    return Line(text)
