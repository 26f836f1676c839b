"""The traffic light plot: the risk of bias of each study, domain by domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weigh.figures.drawing import MEASURE, Canvas, Drawing, canvas
from weigh.figures.lettering import BODY, SMALL, clean, flow, headed, leading, shorten, text_width, wrap
from weigh.figures.look import MUTED, RISK_LOOK
from weigh.wording.sentences import plural

__all__ = ["TrafficCell", "TrafficRow", "traffic_light"]

OVERALL = "Overall"
_APART = 0.22  # inches between the domains and the overall judgement
_CIRCLE = 0.24
_NARROWEST, _WIDEST = 0.36, 0.95
_GUTTER = 0.12
_HEAD_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficCell:
    """One judgement: its letter, its level (a key of `RISK_LOOK`), and a reason for the text alternative."""

    letter: str
    level: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficRow:
    """One study with its judgements in the order of the domains."""

    label: str
    sub: str = ""
    cells: tuple[TrafficCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """The positions of the columns."""

    label: float
    column: float
    domains: tuple[str, ...]
    apart: bool

    def centre(self, index: int) -> float:
        shift = _APART if self.apart and index == len(self.domains) - 1 else 0.0
        return self.label + self.column * (index + 0.5) + shift

    @property
    def width(self) -> float:
        return max(MEASURE, self.label + self.column * len(self.domains) + (_APART if self.apart else 0.0))


def traffic_light(rows: Sequence[TrafficRow], domains: Sequence[str], *, name: str) -> Drawing | None:
    """The traffic light plot: one row per study, one column per domain, the overall judgement last and set apart.

    After McGuinness and Higgins (2021, robvis), in colours that also differ in lightness, each with its own letter and
    outline.

    Args:
        rows: the studies, in drawing order.
        domains: the column heads. A last head that starts with "overall" is set apart; if rows have one cell more than
            there are domains, that cell is the overall judgement.
        name: a name for the content, which makes the ids inside the SVG unique on a page.

    Returns:
        The drawing, or None if there are no rows or no columns.

    Raises:
        ValueError: the number of cells in a row differs from the number of columns, or a level is unknown.
    """
    heads = tuple(clean(domain) for domain in domains)
    if rows and len(rows[0].cells) == len(heads) + 1:
        heads = (*heads, OVERALL)
    if not rows or not heads:
        return None
    for row in rows:
        if len(row.cells) != len(heads):
            raise ValueError(f"{row.label}: {plural(len(row.cells), 'judgement')} for {plural(len(heads), 'column')}")
        for cell in row.cells:
            if cell.level not in RISK_LOOK:
                raise ValueError(f"{row.label}: unknown level {cell.level!r}; levels are {', '.join(RISK_LOOK)}")
    apart = heads[-1].casefold().startswith("overall") and len(heads) > 1
    return Drawing(_draw(rows, _grid(rows, heads, apart), name), _caption(rows, heads), _alternative(rows, heads))


def _grid(rows: Sequence[TrafficRow], heads: tuple[str, ...], apart: bool) -> _Grid:
    natural = max(max(text_width(clean(r.label), BODY, True), text_width(clean(r.sub), SMALL)) for r in rows)
    label = min(max(natural, 1.0), 2.3) + _GUTTER
    column = (MEASURE - label - (_APART if apart else 0.0)) / len(heads)
    return _Grid(label=label, column=min(max(column, _NARROWEST), _WIDEST), domains=heads, apart=apart)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heads:
    """The wrapped heads, and a key if they are numbers."""

    lines: list[list[str]]
    bold: bool = True
    key: tuple[str, ...] = ()


def _heads(grid: _Grid) -> _Heads:
    """The heads in full if every word fits, in bold if possible; otherwise numbers with a key."""
    for bold in (True, False):
        heads = [wrap(headed(domain), grid.column - 0.05, SMALL, bold=bold) for domain in grid.domains]
        if all(len(lines) <= _HEAD_LINES and not any(line.endswith("…") for line in lines) for lines in heads):
            return _Heads(lines=heads, bold=bold)
    last = len(grid.domains) - 1
    whole = OVERALL if text_width(OVERALL, SMALL, True) <= grid.column + _APART else "All"
    short = [whole if grid.apart and index == last else f"D{index + 1}" for index in range(last + 1)]
    key = (f"{a}: {headed(b)}" for a, b in zip(short, grid.domains, strict=True) if a.casefold() != b.casefold())
    return _Heads(lines=[[words] for words in short], key=tuple(shorten(part, grid.width, SMALL) for part in key))


def _draw(rows: Sequence[TrafficRow], grid: _Grid, name: str) -> str:
    heads = _heads(grid)
    tall = 0.36 if any(clean(row.sub) for row in rows) else 0.3
    head = 0.14 + leading(SMALL) * max(len(lines) for lines in heads.lines)
    foot = head + tall * len(rows)
    used = [level for level in RISK_LOOK if any(cell.level == level for row in rows for cell in row.cells)]
    legend = flow([0.3 + text_width(RISK_LOOK[level].words, SMALL) for level in used], grid.width)
    keys = flow([text_width(part, SMALL) for part in heads.key], grid.width)
    legend_top = foot + 0.22
    key_top = legend_top + 0.3 * (legend[-1][1] + 1)
    height = key_top + leading(SMALL) * (keys[-1][1] + 1 if keys else 0) - (0.0 if keys else 0.08)
    with canvas(height, grid.width) as sheet:
        sheet.text(0, head - 0.14, "Study", size=SMALL, bold=True)
        for index, lines in enumerate(heads.lines):
            top = head - 0.14 - leading(SMALL) * (len(lines) - 1)
            sheet.lines(grid.centre(index), top, lines, bold=heads.bold, across="center")
        for index, row in enumerate(rows):
            sheet.rule(head - 0.02 + tall * index, width=0.3 if index else 0.6)
            _draw_row(sheet, row, head - 0.02 + tall * (index + 0.5), grid)
        sheet.rule(foot - 0.02)
        for level, (left, line) in zip(used, legend, strict=True):
            y = legend_top + 0.3 * line
            _draw_light(sheet, left + 0.12, y, TrafficCell(letter=RISK_LOOK[level].letter, level=level))
            sheet.text(left + 0.3, y, RISK_LOOK[level].words, size=SMALL, colour=MUTED)
        for words, (left, line) in zip(heads.key, keys, strict=True):
            sheet.text(left, key_top + leading(SMALL) * line, words, size=SMALL, colour=MUTED)
        return sheet.svg("traffic", name)


def _draw_row(sheet: Canvas, row: TrafficRow, y: float, grid: _Grid) -> None:
    sub = clean(row.sub)
    room = grid.label - _GUTTER
    sheet.text(0, y - (0.075 if sub else 0.0), shorten(row.label, room, BODY, bold=True), bold=True)
    if sub:
        sheet.text(0, y + 0.085, shorten(sub, room, SMALL), size=SMALL, colour=MUTED)
    for index, cell in enumerate(row.cells):
        _draw_light(sheet, grid.centre(index), y, cell)


def _draw_light(sheet: Canvas, x: float, y: float, cell: TrafficCell) -> None:
    look = RISK_LOOK[cell.level]
    if look.width:
        sheet.circle(x, y, _CIRCLE, fill=look.fill, edge=look.edge, width=look.width, dashes=look.dashes)
    letter = shorten(cell.letter, _CIRCLE - 0.05, BODY, bold=True)
    sheet.text(x, y, letter, bold=True, colour=look.ink, across="center")


def _caption(rows: Sequence[TrafficRow], heads: Sequence[str]) -> str:
    if heads[-1].casefold().startswith("overall"):
        what, cells = "overall judgement", [row.cells[-1] for row in rows]
        whole = plural(len(rows), "study", "studies")
    else:
        what, cells = "all judgements", [cell for row in rows for cell in row.cells]
        whole = plural(len(cells), "judgement")
    counts = [(sum(cell.level == level for cell in cells), look.words) for level, look in RISK_LOOK.items()]
    said = ", ".join(f"{count} {words}" for count, words in counts if count)
    return f"Risk of bias by study and domain; {what} of {whole}: {said}."


def _alternative(rows: Sequence[TrafficRow], heads: Sequence[str]) -> str:
    sentences = []
    for row in rows:
        parts = []
        for head, cell in zip(heads, row.cells, strict=True):
            reason = clean(cell.reason).rstrip(".")
            says = f"{RISK_LOOK[cell.level].words} ({clean(cell.letter)})"
            parts.append(f"{head}: {says}{f', {reason}' if reason else ''}")
        sub = clean(row.sub)
        sentences.append(f"{clean(row.label)}{f' ({sub})' if sub else ''}: {'; '.join(parts)}.")
    return " ".join(sentences)
