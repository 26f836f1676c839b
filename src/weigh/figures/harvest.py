"""The harvest plot: the direction of each study by topic, and the suitability of its design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weigh.evidence.vocabulary import Direction
from weigh.figures.drawing import MEASURE, Canvas, Drawing, canvas
from weigh.figures.lettering import BODY, SMALL, clean, flow, headed, leading, shorten, text_width, wrap
from weigh.figures.look import DIRECTION_LOOK, MUTED, PAPER, RISK_LOOK, RULE
from weigh.wording.sentences import listed, plural

__all__ = ["HarvestBar", "HarvestRow", "harvest"]

COLUMNS = (Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION, Direction.FAVOURS_INTERVENTION)
_HEIGHTS = {1: 0.14, 2: 0.27, 3: 0.40}  # height in inches by suitability of the design
_HATCH = "/////"
_BAR = 0.13
_LINE = 0.78  # one line of bars with the letters above and the numbers below
_BASE = 0.57  # from the top of a line to the foot of its bars
_PAD = 0.12
_HEAD = SMALL + 0.5
_SIGN = 0.12  # inches across the mark of a direction
_KEYS = 3
_LETTERS = {look.letter: look.words for look in RISK_LOOK.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestBar:
    """One study under a topic.

    `suitability` of its design, from 1 to 3, sets the height of the bar; `quality` is one or two letters above it. A bar
    that is not `direct` does not test the intervention itself and is hatched.
    """

    study: str
    column: Direction
    suitability: int
    quality: str
    direct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestRow:
    """One topic with its studies."""

    label: str
    bars: tuple[HarvestBar, ...]


def harvest(rows: Sequence[HarvestRow], *, name: str, intervention: str) -> Drawing | None:
    """The harvest plot: one row per topic, one column per hypothesis, one bar per study.

    After Ogilvie et al. (2008): the height of a bar shows the suitability of the study design; the letter above it, the
    quality of execution. Bars are ordered by height; their numbers refer to the key below.

    Args:
        rows: the topics, in drawing order.
        name: a name for the content, which makes the ids inside the SVG unique on a page.
        intervention: the intervention, which the right column favours.

    Returns:
        The drawing, or None if there are no studies.

    Raises:
        ValueError: a bar has a column or a suitability that does not exist in the plot.
    """
    for row in rows:
        for bar in row.bars:
            if bar.column not in COLUMNS or bar.suitability not in _HEIGHTS:
                raise ValueError(
                    f"{bar.study}: the plot has no place for {bar.column} with suitability {bar.suitability}"
                )
    studies = dict.fromkeys(clean(bar.study) for row in rows for bar in row.bars)
    if not studies:
        return None
    numbers = {study: index + 1 for index, study in enumerate(studies)}
    svg = _draw(rows, numbers, clean(intervention), name)
    return Drawing(svg, _caption(rows, clean(intervention)), _alternative(rows, numbers, clean(intervention)))


def _head(column: Direction, intervention: str) -> str:
    if column is Direction.NO_CLEAR_DIRECTION:
        return "No clear direction"
    return f"Favours {intervention if column is Direction.FAVOURS_INTERVENTION else 'the comparator'}"


def _count(row: HarvestRow) -> str:
    return plural(len({clean(bar.study) for bar in row.bars}), "study", "studies")


def _cell(row: HarvestRow, column: Direction) -> list[HarvestBar]:
    """The bars of a cell, the tallest first, otherwise in the given order."""
    return sorted((bar for bar in row.bars if bar.column is column), key=lambda bar: -bar.suitability)


def _draw(rows: Sequence[HarvestRow], numbers: Mapping[str, int], intervention: str, name: str) -> str:
    natural = max(text_width(word, BODY, True) for row in rows for word in (*clean(row.label).split(), "9 studies"))
    label = min(max(natural, 1.15), 1.6) + _PAD
    column = (MEASURE - label) / len(COLUMNS)
    pitch = max(0.19, text_width(str(len(numbers)), SMALL) + 0.06)
    fit = int((column - 2 * _PAD) / pitch)
    labels = [wrap(headed(row.label), label - _PAD, BODY, bold=True, limit=5) for row in rows]
    heads = [wrap(_head(c, intervention), column - _PAD - 0.3, _HEAD, bold=True, limit=3) for c in COLUMNS]
    head = 0.16 + leading(_HEAD) * max(len(lines) for lines in heads)
    talls = [
        max(0.12 + _LINE * max(-(-len(_cell(row, c)) // fit) for c in COLUMNS), 0.4 + leading(BODY) * len(lines))
        for row, lines in zip(rows, labels, strict=True)
    ]
    tops = [head + sum(talls[:index]) for index in range(len(rows))]
    foot = head + sum(talls)
    legend = _legend(rows)
    places = flow([room + text_width(words, SMALL) for room, words in legend], MEASURE)
    key_top = foot + 0.42 + 0.3 * places[-1][1] + 0.22
    deep = -(-len(numbers) // _KEYS)
    with canvas(key_top + leading(SMALL) * deep + 0.02) as sheet:
        for index, (c, lines) in enumerate(zip(COLUMNS, heads, strict=True)):
            left = label + column * index + _PAD
            top = head - 0.16 - leading(_HEAD) * (len(lines) - 1)
            sheet.sign(DIRECTION_LOOK[c].shape, left + _SIGN / 2, top, _SIGN, colour=DIRECTION_LOOK[c].colour)
            sheet.lines(left + _SIGN + 0.06, top, lines, size=_HEAD, bold=True)
        for row, lines, top, tall in zip(rows, labels, tops, talls, strict=True):
            sheet.rule(top)
            sheet.lines(0, top + 0.2, lines, size=BODY, bold=True)
            sheet.text(0, top + 0.2 + leading(BODY) * len(lines), _count(row), size=SMALL, colour=MUTED)
            for index, c in enumerate(COLUMNS):
                x = label + column * index
                sheet.path([(x, top), (x, top + tall)], colour=RULE, width=0.3)
                _draw_cell(sheet, _cell(row, c), (x + _PAD, top), (fit, pitch), numbers)
        sheet.rule(foot)
        for (room, words), (left, line) in zip(legend, places, strict=True):
            _draw_sample(sheet, left, foot + 0.42 + 0.3 * line, words)
            sheet.text(left + room, foot + 0.36 + 0.3 * line, words, size=SMALL, colour=MUTED)
        for index, (study, value) in enumerate(numbers.items()):
            left, y = MEASURE / _KEYS * (index // deep), key_top + leading(SMALL) * (index % deep)
            room = text_width(str(len(numbers)), SMALL, True)
            sheet.text(left + room, y, str(value), size=SMALL, bold=True, across="right")
            sheet.text(left + room + 0.08, y, shorten(study, MEASURE / _KEYS - room - 0.2, SMALL), size=SMALL)
        return sheet.svg("harvest", name)


def _draw_cell(
    sheet: Canvas,
    bars: Sequence[HarvestBar],
    corner: tuple[float, float],
    grid: tuple[int, float],
    numbers: Mapping[str, int],
) -> None:
    (left, top), (fit, pitch) = corner, grid
    if not bars:
        sheet.text(left, top + 0.2, "none", size=SMALL, colour=MUTED)
    for index, bar in enumerate(bars):
        x, base = left + pitch * (index % fit + 0.5), top + 0.04 + _LINE * (index // fit) + _BASE
        _draw_bar(sheet, x, base, bar)
        quality = shorten(bar.quality, pitch - 0.02, SMALL)
        sheet.text(x, base - _HEIGHTS[bar.suitability] - 0.075, quality, size=SMALL, across="center")
        sheet.text(x, base + 0.09, str(numbers[clean(bar.study)]), size=SMALL, colour=MUTED, across="center")
    for line in range(-(-len(bars) // fit)):
        base = top + 0.04 + _LINE * line + _BASE
        sheet.path([(left, base), (left + pitch * min(fit, len(bars) - line * fit), base)], colour=MUTED, width=0.6)


def _draw_bar(sheet: Canvas, x: float, base: float, bar: HarvestBar) -> None:
    colour = DIRECTION_LOOK[bar.column].colour
    look = {"fill": colour} if bar.direct else {"fill": PAPER, "hatch": _HATCH}
    sheet.box(x - _BAR / 2, base - _HEIGHTS[bar.suitability], x + _BAR / 2, base, edge=colour, width=0.8, **look)


_DESIGN = "height: suitability of the design, 1 to 3"
_DIRECT, _INDIRECT = "tests the intervention itself", "does not test it directly"


def _legend(rows: Sequence[HarvestRow]) -> list[tuple[float, str]]:
    """The legend below the plot: the width of each sample, and its label."""
    bars = [bar for row in rows for bar in row.bars]
    items = [(0.56, _DESIGN)]
    items += [(0.22, _DIRECT)] if any(bar.direct for bar in bars) else []
    items += [(0.22, _INDIRECT)] if any(not bar.direct for bar in bars) else []
    used = dict.fromkeys(clean(bar.quality) for bar in bars)
    letters = [f"{letter} {_LETTERS[letter]}" for letter in _LETTERS if letter in used]
    said = f": {', '.join(letters)}" if letters else ""
    return [*items, (0.0, f"letter: quality{said}"), (0.0, "number: study in the key")]


def _draw_sample(sheet: Canvas, left: float, base: float, words: str) -> None:
    if words in (_DIRECT, _INDIRECT):
        colour = MUTED
        hatch = None if words == _DIRECT else _HATCH
        sheet.box(left, base - 0.14, left + _BAR, base, fill=PAPER if hatch else colour, edge=colour, hatch=hatch)
    elif words == _DESIGN:
        for index, tall in enumerate(_HEIGHTS.values()):
            x = left + 0.17 * index
            sheet.box(x, base - tall * 0.55, x + _BAR, base, fill=MUTED, edge=MUTED)


def _caption(rows: Sequence[HarvestRow], intervention: str) -> str:
    bars = [bar for row in rows for bar in row.bars]
    found = [sum(bar.column is column for bar in bars) for column in COLUMNS]
    sides = ("the comparator", "", intervention)
    says = [
        f"{count} {'favours' if count == 1 else 'favour'} {side}"
        if side
        else f"{count} {'shows' if count == 1 else 'show'} no clear direction"
        for count, side in zip(found, sides, strict=True)
    ]
    whole = f"{plural(len(bars), 'result')} on {plural(len(rows), 'topic')}"
    return f"Of {whole}, {listed(says)}; the taller the bar, the more suitable the study design."


def _alternative(rows: Sequence[HarvestRow], numbers: Mapping[str, int], intervention: str) -> str:
    sentences = []
    for row in rows:
        parts = []
        for column in COLUMNS:
            said = "; ".join(_bar_words(bar, numbers) for bar in _cell(row, column)) or "none"
            parts.append(f"{_head(column, intervention)}: {said}")
        sentences.append(f"{clean(row.label)}, {_count(row)}. {'. '.join(parts)}.")
    return " ".join(sentences)


def _bar_words(bar: HarvestBar, numbers: Mapping[str, int]) -> str:
    quality = clean(bar.quality)
    known = f" ({_LETTERS[quality]})" if quality in _LETTERS else ""
    fit = _DIRECT if bar.direct else _INDIRECT
    name = f"{numbers[clean(bar.study)]} {clean(bar.study)}"
    return f"{name}, design {bar.suitability} of 3, quality {quality or 'not stated'}{known}, {fit}"
