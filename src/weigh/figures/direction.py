"""The effect direction plot: the direction of each study in each outcome domain, in order of time point."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weigh.assessment.votes import NOT_BENEFIT, SEEN, agreed_direction
from weigh.evidence.model import Outcome
from weigh.evidence.vocabulary import Contrast, Design, Direction, Domain
from weigh.figures.drawing import WIDTH, Drawing, embeddable, style, svg_of
from weigh.figures.look import DIRECTION_LOOK, MUTED, RULE, SIZE_CLASSES
from weigh.summary.conclusion import StudyLine, Summary
from weigh.wording import sentences as wording

__all__ = ["effect_direction", "time_label"]

_LABELS = 2.35
_COLUMN = 0.92  # the narrowest that fits the longest word of a domain name
_ROW = 0.62
_HEAD = 0.62
_FOOT = 0.12
_WEEK, _MONTH, _YEAR = 7, 30.4, 365


@dataclass(frozen=True, slots=True)
class _Mark:
    """The result of one study in one domain at one time point."""

    direction: Direction
    solid: bool
    seen: bool
    days: int | None
    outcomes: tuple[Outcome, ...]


def effect_direction(summary: Summary) -> Drawing | None:
    """The effect direction plot: one row per study, one column per outcome domain, marks in order of time point.

    After Thomson and Thomas (2013) as revised by Boon and Thomson (2021): marks show the direction, whatever the p
    value; their size shows the number of participants. Hollow marks are changes within one arm, which do not vote.

    Returns:
        The drawing, or None if no cited study has an outcome to show.
    """
    lines = [line for line in summary.studies if _shown(line)]
    if not lines:
        return None
    domains = [d for d in Domain if any(d is o.domain for line in lines for o in _shown(line))]
    svg = _draw(lines, domains, summary)
    caption = "Direction of effect by study and outcome: studies in order of citation, time points from left to right."
    return Drawing(svg, caption, _alternative(lines, domains, summary.intervention))


def _shown(line: StudyLine) -> tuple[Outcome, ...]:
    return tuple(o for o in line.item.outcomes if o.domain not in NOT_BENEFIT)


def _marks(line: StudyLine, domain: Domain) -> list[_Mark]:
    """The marks of a study in a domain: one per time point if at least 70% of its outcomes agree, else one per direction."""
    groups: dict[tuple[float, bool, bool, bool], list[Outcome]] = {}
    for outcome in _shown(line):
        if outcome.domain is domain:
            days = float("inf") if outcome.timepoint_days is None else outcome.timepoint_days
            within, silent = outcome.contrast is Contrast.WITHIN_ARM, outcome.direction is Direction.NOT_COMPARATIVE
            groups.setdefault((days, silent, within and not silent, outcome.extraction not in SEEN), []).append(outcome)
    marks = []
    for (days, _silent, within, unseen), outcomes in sorted(groups.items(), key=lambda item: item[0]):
        directions = [agreed_direction([o.direction for o in outcomes])]
        if directions == [None]:  # they disagree: one mark per direction
            directions = [d for d in Direction if any(o.direction is d for o in outcomes)]
        for direction in directions:
            shown = outcomes if len(directions) == 1 else [o for o in outcomes if o.direction is direction]
            when = None if days == float("inf") else int(days)
            marks.append(_Mark(direction or Direction.NO_CLEAR_DIRECTION, not within, not unseen, when, tuple(shown)))
    return marks


def _participants(line: StudyLine) -> int | None:
    """The number analysed, else enrolled; None for a review, whose total includes trials of other interventions."""
    study = line.item.study
    if study.design is Design.SYSTEMATIC_REVIEW:
        return None
    return study.n_enrolled if study.n_analysed is None else study.n_analysed


def _area(line: StudyLine) -> float:
    n = _participants(line) or 0
    return next(area for limit, area in SIZE_CLASSES if limit is None or n < limit)


def time_label(days: int | None) -> str:
    """A time point in short form, for a figure.

    >>> [time_label(days) for days in (0, 2, 14, 30, 90, 730, None)]
    ['day 0', '2 d', '2 wk', '1 mo', '3 mo', '2 y', '']
    """
    if days is None:
        return ""
    if days == 0:
        return "day 0"
    if days % _WEEK == 0 and days < 3 * _MONTH:
        return f"{days // _WEEK} wk"
    if days < _MONTH - 3:
        return f"{days} d"
    return f"{round(days / _MONTH)} mo" if days < 2 * _YEAR else f"{round(days / _YEAR)} y"


def _draw(lines: Sequence[StudyLine], domains: Sequence[Domain], summary: Summary) -> str:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    height = _HEAD + _ROW * len(lines) + _FOOT
    column = max((WIDTH - _LABELS) / len(domains), _COLUMN)
    width = _LABELS + column * len(domains)
    with style():
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        for index, domain in enumerate(domains):
            x = _LABELS + column * (index + 0.5)
            words = textwrap.fill(wording.domain_words(domain), max(9, int(column * 12)), break_long_words=False)
            axes.text(x, height - _HEAD + 0.12, words, ha="center", va="bottom", fontweight="bold", fontsize=8.5)
        for row, line in enumerate(lines):
            y = height - _HEAD - _ROW * (row + 0.5)
            axes.plot([0, width], [y + _ROW / 2] * 2, color=RULE, linewidth=0.6)
            axes.text(0.02, y + 0.09, _fit_text(line.name, 34), va="center", fontweight="bold")
            axes.text(0.02, y - 0.12, _sub_label(line), va="center", fontsize=7.5, color=MUTED)
            for index, domain in enumerate(domains):
                _draw_cell(axes, (_LABELS + column * index, y), column, _marks(line, domain), _area(line))
        axes.plot([0, width], [_FOOT, _FOOT], color=RULE, linewidth=0.6)
        return embeddable(svg_of(figure), f"direction-{summary.conclusion_id}")


def _fit_text(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _sub_label(line: StudyLine) -> str:
    n = _participants(line)
    if line.item.study.design is Design.SYSTEMATIC_REVIEW:
        return f"{wording.FIT[line.item.study.fit]} · systematic review"
    return f"{wording.FIT[line.item.study.fit]}" + (f" · n = {n}" if n is not None else "")


def _draw_cell(axes: Any, corner: tuple[float, float], width: float, marks: Sequence[_Mark], area: float) -> None:
    left, y = corner
    step = width / max(len(marks), 1)
    for index, mark in enumerate(marks):
        x = left + step * (index + 0.5)
        look = DIRECTION_LOOK[mark.direction]
        if not mark.seen:
            axes.text(x, y + 0.05, "?", ha="center", va="center", fontsize=11, fontweight="bold", color=MUTED)
        else:
            spread = 0.055 * (area / 40.0) ** 0.5 if len(look.markers) > 1 else 0.0
            for marker, shift in zip(look.markers, (-spread, spread) if spread else (0.0,), strict=True):
                face = look.colour if mark.solid else "none"
                _draw_mark(axes, (x + shift, y + 0.05), marker, area * (0.45 if spread else 1.0), (look.colour, face))
        axes.text(x, y - 0.2, time_label(mark.days), ha="center", va="center", fontsize=7, color=MUTED)


def _draw_mark(axes: Any, place: tuple[float, float], marker: str, area: float, colours: tuple[str, str]) -> None:
    from matplotlib.lines import Line2D  # five times as fast as the collection that `scatter` creates

    x, y = place
    edge, face = colours
    size = area**0.5
    look = {"markersize": size, "markerfacecolor": face, "markeredgecolor": edge, "markeredgewidth": 1.1}
    axes.add_artist(Line2D([x], [y], linestyle="none", marker=marker, **look))


def _alternative(lines: Sequence[StudyLine], domains: Sequence[Domain], intervention: str) -> str:
    sentences = []
    for line in lines:
        parts = []
        for domain in domains:
            for mark in _marks(line, domain):
                when = mark.outcomes[0].timepoint or "time not stated"
                what = wording.direction_words(mark.direction, intervention) if mark.seen else "result not verified"
                note = "" if mark.solid or not mark.seen else ", without a comparison between arms"
                parts.append(f"{wording.domain_words(domain)} ({when}): {what}{note}")
        sentences.append(f"{line.name}: {'; '.join(parts)}.")
    return " ".join(sentences)
