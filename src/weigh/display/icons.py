"""The signs of verdicts and directions as inline SVG, which needs no script, font or file."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup, escape

from weigh.assessment.votes import Votes
from weigh.evidence.vocabulary import Direction, Verdict
from weigh.figures.look import DIRECTION_LOOK, VERDICT_LOOK
from weigh.figures.shapes import BOX, STROKE, svg_data
from weigh.wording.sentences import direction_words

__all__ = ["counted", "css_name", "icon"]


def css_name(key: Verdict | Direction) -> str:
    """The CSS class of a verdict or direction.

    >>> css_name(Verdict.NOT_TESTED), css_name(Direction.FAVOURS_COMPARATOR)
    ('v-not-tested', 'd-favours-comparator')
    """
    return f"{'v' if isinstance(key, Verdict) else 'd'}-{key.value.replace('_', '-')}"


@cache
def icon(key: Verdict | Direction, words: str = "") -> Markup:
    """The sign of a verdict or direction.

    Args:
        key: the verdict or the direction.
        words: the label for screen readers. Without one the sign is decorative, and its meaning must appear next to it.
    """
    look = VERDICT_LOOK[key] if isinstance(key, Verdict) else DIRECTION_LOOK[key]
    # The attribute `color` is for programs that apply no style sheet inside an SVG; the style sheet overrides it.
    says = Markup('role="img" aria-label="{}"').format(words) if words else Markup('aria-hidden="true"')
    shape = look.shape
    filled = f'<path fill="currentColor" d="{svg_data(shape.filled)}"/>' if shape.filled else ""
    drawn = (
        f'<path fill="none" stroke="currentColor" stroke-width="{STROKE:g}" d="{svg_data(shape.drawn)}"/>'
        if shape.drawn
        else ""
    )
    return Markup(
        f'<svg class="icon {css_name(key)}" viewBox="0 0 {BOX:g} {BOX:g}" width="1em" height="1em" '
        f'color="{escape(look.colour)}" {says}>{filled}{drawn}</svg>'
    )


def counted(votes: Votes, intervention: str) -> Markup:
    """The number of studies by direction: each count with its sign, labelled for screen readers."""
    return Markup(" ").join(
        Markup("{}{}").format(f"{count}\N{NO-BREAK SPACE}", icon(direction, direction_words(direction, intervention)))
        for direction, count in (
            (Direction.FAVOURS_INTERVENTION, votes.favours_intervention),
            (Direction.FAVOURS_COMPARATOR, votes.favours_comparator),
            (Direction.NO_CLEAR_DIRECTION, votes.no_clear_direction),
        )
    )
