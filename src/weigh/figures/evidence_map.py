"""The evidence map: what has been studied, and where there are gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weigh.evidence.vocabulary import Verdict
from weigh.figures.drawing import MEASURE, Canvas, Drawing, canvas
from weigh.figures.lettering import BODY, SMALL, clean, flow, headed, leading, shorten, text_width, wrap
from weigh.figures.look import CERTAINTY_LOOK, FAINT, MUTED, PAPER, VERDICT_LOOK
from weigh.wording.sentences import VERDICT, listed, lower_first, plural

__all__ = ["MapCell", "evidence_map"]

#: Diameter of a bubble in inches by the number of participants.
SIZES = (
    (50, 0.18, "fewer than 50"),
    (301, 0.235, "50 to 300"),
    (1001, 0.295, "301 to 1000"),
    (None, 0.36, "more than 1000"),
)
_UNKNOWN = 0.235  # hollow, so that its size is not read as a number
_UNKNOWN_WORDS = "n ?"
_DOT = 0.045
_NARROWEST, _WIDEST = 0.41, 1.1
_UPRIGHT = 0.86  # the narrowest column with a horizontal head
_TURNED = 1.5  # inches for a turned head
_GUTTER = 0.1
_ROW = 0.57
_EMPTY_ROW = 0.32
_SIGN, _APART = 0.11, 0.045  # inches across the sign of a verdict, and between it and the letter before it
_MIDDLE = 0.22  # from the top of a row to the middle of its bubbles


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCell:
    """One cell of the map; `certainty` is a key of `CERTAINTY_LOOK`."""

    row: str
    column: str
    studies: int
    participants: int | None
    certainty: str | None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Map:
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], MapCell]
    label: float
    column: float

    @property
    def width(self) -> float:
        return max(MEASURE, self.label + self.column * len(self.columns))

    def studied(self, row: str, column: str) -> MapCell | None:
        cell = self.cells.get((row, column))
        return cell if cell is not None and cell.studies > 0 else None

    @property
    def empty(self) -> int:
        return sum(self.studied(row, column) is None for row in self.rows for column in self.columns)

    @property
    def bare_rows(self) -> list[str]:
        return [row for row in self.rows if not any(self.studied(row, column) for column in self.columns)]

    @property
    def bare_columns(self) -> list[str]:
        return [column for column in self.columns if not any(self.studied(row, column) for row in self.rows)]


def evidence_map(cells: Sequence[MapCell], rows: Sequence[str], columns: Sequence[str], *, name: str) -> Drawing | None:
    """The evidence and gap map: a bubble where there are studies, a dot where there are none.

    After the maps of Snilstveit et al. (2016): the area of a bubble shows the number of participants, in four steps;
    its colour and the letter below it show the certainty. The gaps are the message, so they are counted.

    Args:
        cells: the evidence; a missing cell, or a cell without studies, is a gap.
        rows: the row heads, in order.
        columns: the column heads, in order.
        name: a name for the content, which makes the ids inside the SVG unique on a page.

    Returns:
        The drawing, or None if the map has no rows or no columns.

    Raises:
        ValueError: a cell is repeated or outside the map, or its certainty is unknown.
    """
    row_heads, column_heads = (tuple(dict.fromkeys(clean(head) for head in heads)) for heads in (rows, columns))
    found: dict[tuple[str, str], MapCell] = {}
    for cell in cells:
        place = (clean(cell.row), clean(cell.column))
        if place in found or place[0] not in row_heads or place[1] not in column_heads:
            raise ValueError(f"{cell.row}, {cell.column}: {'repeated in' if place in found else 'outside'} the map")
        if cell.certainty not in CERTAINTY_LOOK:
            raise ValueError(f"{cell.row}, {cell.column}: unknown certainty {cell.certainty!r}")
        found[place] = cell
    if not row_heads or not column_heads:
        return None
    natural = max(text_width(head, BODY) for head in row_heads)
    label = min(max(natural, 1.0), 1.6 if len(column_heads) > 6 else 2.4) + _GUTTER
    column = min(max((MEASURE - label) / len(column_heads), _NARROWEST), _WIDEST)
    table = _Map(rows=row_heads, columns=column_heads, cells=found, label=label, column=column)
    return Drawing(_draw(table, name), _caption(table), _alternative(table))


def _step(participants: int) -> int:
    return next(index for index, (limit, _, _) in enumerate(SIZES) if limit is None or participants < limit)


def _across(cell: MapCell) -> float:
    across = _UNKNOWN if cell.participants is None else SIZES[_step(cell.participants)][1]
    return max(across, text_width(_count(cell), SMALL, True) + 0.05)


def _count(cell: MapCell) -> str:
    return str(cell.studies) if cell.studies < 1000 else f"{min(cell.studies // 1000, 99)}k"


def _draw(table: _Map, name: str) -> str:
    turned = table.column < _UPRIGHT
    room, limit = (_TURNED, 2) if turned else (table.column - 0.08, 4)
    heads = [wrap(headed(head), room, SMALL, bold=True, limit=limit) for head in table.columns]
    if turned:
        head = 0.16 + max(text_width(line, SMALL, True) for lines in heads for line in lines)
    else:
        head = 0.14 + leading(SMALL) * max(len(lines) for lines in heads)
    labels = [wrap(headed(row), table.label - _GUTTER, BODY, limit=3) for row in table.rows]
    talls = [_tall(table, row, len(lines)) for row, lines in zip(table.rows, labels, strict=True)]
    tops = [head + sum(talls[:index]) for index in range(len(talls))]
    foot = head + sum(talls)
    samples, places = _placed(_legend(table), table.width)
    with canvas(foot + 0.3 + 0.34 * places[-1][1] + 0.22, table.width) as sheet:
        for index, lines in enumerate(heads):
            x = table.label + table.column * (index + 0.5)
            for number, words in enumerate(lines):
                shift = leading(SMALL) * (number - (len(lines) - 1) / 2)
                if turned:
                    sheet.text(x + shift, head - 0.08, words, size=SMALL, bold=True, turned=True)
                else:
                    top = head - 0.14 - leading(SMALL) * (len(lines) - 1 - number)
                    sheet.text(x, top, words, size=SMALL, bold=True, across="center")
        empty = []
        for row, top, tall, lines in zip(table.rows, tops, talls, labels, strict=True):
            sheet.rule(top, width=0.3 if top > head else 0.6)
            y = top + (_MIDDLE if tall >= _ROW else tall / 2)
            sheet.lines(0, max(y - leading(BODY) * (len(lines) - 1) / 2, top + 0.12), lines, size=BODY)
            for at, column in enumerate(table.columns):
                middle = (table.label + table.column * (at + 0.5), y)
                _draw_cell(sheet, table.cells.get((row, column)), middle, table.column)
                empty += [] if table.studied(row, column) else [middle]
        sheet.dots(empty, _DOT, FAINT)
        sheet.rule(foot)
        for item, (left, line) in zip(samples, places, strict=True):
            _draw_sample(sheet, item, left, foot + 0.3 + 0.34 * line)
        return sheet.svg("map", name)


def _tall(table: _Map, row: str, lines: int) -> float:
    """The height of a row; without a bubble, the height of its label suffices."""
    known = [table.cells[row, column] for column in table.columns if (row, column) in table.cells]
    if not known:
        return max(_EMPTY_ROW, leading(BODY) * lines + 0.12)
    return _ROW + (0.13 if any(cell.studies > 0 and _is_hollow(cell) for cell in known) else 0)


def _is_hollow(cell: MapCell | None) -> bool:
    return cell is not None and cell.participants is None


def _placed(groups: Sequence[Sequence[_Sample]], width: float) -> tuple[list[_Sample], list[tuple[float, int]]]:
    """The entries of the legend and their positions: each group starts a new line."""
    samples: list[_Sample] = []
    places: list[tuple[float, int]] = []
    for group in groups:
        first = places[-1][1] + 1 if places else 0
        samples += group
        places += [(left, first + line) for left, line in flow([item.width for item in group], width)]
    return samples, places


def _draw_cell(sheet: Canvas, cell: MapCell | None, middle: tuple[float, float], width: float) -> None:
    x, y = middle
    if cell is None:
        return
    letter, note = "", ""
    if cell.studies > 0:
        look = CERTAINTY_LOOK[cell.certainty]
        hollow = cell.participants is None
        fill, ink, dashes = (PAPER, CERTAINTY_LOOK[None].ink, "--") if hollow else (look.fill, look.ink, "-")
        sheet.circle(x, y, _across(cell), fill=fill, edge=look.edge, width=1.0, dashes=dashes)
        sheet.text(x, y, _count(cell), size=SMALL, bold=True, colour=ink, across="center")
        letter, note = look.letter, _UNKNOWN_WORDS if hollow else ""
    _draw_below(sheet, x, y + 0.255, letter, cell.verdict)
    if note:
        sheet.text(x, y + 0.385, shorten(note, width - 0.03, SMALL), size=SMALL, across="center")


def _draw_below(sheet: Canvas, x: float, y: float, letter: str, verdict: Verdict | None) -> None:
    """The letter of the certainty and the sign of the verdict, side by side and centred."""
    wide = text_width(letter, SMALL) if letter else 0.0
    whole = wide + (_SIGN + (_APART if letter else 0.0) if verdict else 0.0)
    if letter:
        sheet.text(x - whole / 2, y, letter, size=SMALL)
    if verdict:
        look = VERDICT_LOOK[verdict]
        sheet.sign(look.shape, x + whole / 2 - _SIGN / 2, y, _SIGN, colour=look.colour)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """One entry of the legend: a bubble or a sign, with its label."""

    words: str
    sign: str = ""
    verdict: Verdict | None = None
    across: float = 0.0
    fill: str = PAPER
    edge: str = MUTED
    ink: str = MUTED
    dashes: str = "-"

    @property
    def room(self) -> float:
        return max(self.across, text_width(self.sign, SMALL, True), _SIGN if self.verdict else 0.0) + 0.07

    @property
    def width(self) -> float:
        return self.room + text_width(self.words, SMALL)


def _legend(table: _Map) -> list[list[_Sample]]:
    """The legend below the map, in groups: only what appears in the map."""
    shown = [cell for cell in table.cells.values() if cell.studies > 0]
    colours = [
        _Sample(words=look.words, sign=look.letter, across=0.2, fill=look.fill, edge=look.edge, ink=look.ink)
        for key, look in CERTAINTY_LOOK.items()
        if any(cell.certainty == key for cell in shown)
    ]
    used = {_step(cell.participants) for cell in shown if cell.participants is not None}
    sizes = [
        _Sample(words=f"{words} participants", across=across)
        for index, (_limit, across, words) in enumerate(SIZES)
        if index in used
    ]
    if any(_is_hollow(cell) for cell in shown):
        sizes.append(_Sample(words="n ?: not known", across=_UNKNOWN, dashes="--"))
    signs = [_Sample(words="in the bubble: number of studies", sign="3")] if shown else []
    if table.empty:
        signs.append(_Sample(words="no study", across=_DOT, fill=FAINT, edge=FAINT))
    given = {cell.verdict for cell in table.cells.values()}
    signs += [_Sample(words=_named(verdict), verdict=verdict) for verdict in VERDICT_LOOK if verdict in given]
    return [group for group in (colours, sizes, signs) if group]


def _named(verdict: Verdict) -> str:
    return lower_first(VERDICT[verdict])


def _draw_sample(sheet: Canvas, item: _Sample, left: float, y: float) -> None:
    x = left + (item.room - 0.07) / 2
    if item.across:
        sheet.circle(x, y, item.across, fill=item.fill, edge=item.edge, dashes=item.dashes)
    if item.sign:
        sheet.text(x, y, item.sign, size=SMALL, bold=bool(item.across), colour=item.ink, across="center")
    if item.verdict:
        look = VERDICT_LOOK[item.verdict]
        sheet.sign(look.shape, x, y, _SIGN, colour=look.colour)
    sheet.text(left + item.room, y, item.words, size=SMALL, colour=MUTED)


def _caption(table: _Map) -> str:
    combinations = plural(len(table.rows) * len(table.columns), "combination")
    says = [f"no study for {table.empty} of {combinations}" if table.empty else "studies for every combination"]
    if table.bare_rows:
        says.append(f"no study at all for {listed(table.bare_rows)}")
    return f"What has been studied, and with what certainty: {'; '.join(says)}."


def _alternative(table: _Map) -> str:
    sentences = []
    for row in table.rows:
        parts = [_cell_words(column, table.cells.get((row, column))) for column in table.columns]
        said = "; ".join(part for part in parts if part)
        sentences.append(f"{row}: {said or 'no study'}.")
    combinations = plural(len(table.rows) * len(table.columns), "combination")
    sentences.append(f"Without a study: {table.empty} of {combinations}.")
    for what, bare in (("Rows", table.bare_rows), ("Columns", table.bare_columns)):
        if bare:
            sentences.append(f"{what} without any study: {listed(bare)}.")
    return " ".join(sentences)


def _cell_words(column: str, cell: MapCell | None) -> str:
    if cell is None:
        return ""
    verdict = f", {_named(cell.verdict)}" if cell.verdict else ""
    if cell.studies <= 0:
        return f"{column}: no study{verdict}" if verdict else ""
    people = "participants not known" if cell.participants is None else plural(cell.participants, "participant")
    count = plural(cell.studies, "study", "studies")
    return f"{column}: {count}, {people}, {CERTAINTY_LOOK[cell.certainty].words}{verdict}"
