"""The tokens of `look` as custom properties of CSS, for screens and for print."""

from __future__ import annotations

from collections.abc import Mapping

from weigh.display.icons import css_name
from weigh.figures.look import (
    DIRECTION_LOOK,
    PRINT_SPACE,
    PRINT_TYPE,
    SANS,
    SERIF,
    SPACE,
    THEME,
    TYPE,
    VERDICT_LOOK,
)

__all__ = ["print_tokens", "screen_tokens"]

#: A dark screen inverts the lightness of a figure and keeps its hues.
_FIGURE = {"figure-filter": ("none", "invert(0.92) hue-rotate(180deg)"), "figure-blend": ("normal", "lighten")}


def screen_tokens() -> str:
    """Colours, type and space on a screen, the dark scheme if the reader or JupyterLab asks for it, and the classes."""
    light = _colours(0)
    dark = {name: colour for name, colour in _colours(1).items() if colour != light[name]}
    fixed = {
        "sans": SANS,
        "serif": SERIF,
        "hairline": "1px solid var(--rule)",
        **_scale("text", TYPE, "rem"),
        **_scale("space", SPACE, "rem"),
    }
    return "\n".join(
        (
            _rule(".weigh", light | fixed),
            _rule("body[data-jp-theme-light=false] .weigh", dark),
            "@media screen and (prefers-color-scheme: dark) {",
            _rule("body:not([data-jp-theme-light]) .weigh,\nbody.weigh", dark),
            "}",
            *(f".weigh .{name} {{\n  color: var(--{name});\n}}" for name in _signs(0)),
            "",
        )
    )


def print_tokens() -> str:
    """The same names with print sizes: type in points, space in millimetres."""
    sizes = {**_scale("text", PRINT_TYPE, "pt"), **_scale("space", PRINT_SPACE, "mm")}
    fixed = {"sans": SANS, "serif": SERIF, "hairline": "0.5pt solid var(--rule)"}
    return _rule(":root,\n.packet,\n.packet .weigh", _colours(0) | fixed | sizes) + "\n"


def _signs(scheme: int) -> dict[str, str]:
    verdicts = {css_name(verdict): (found.colour, found.dark) for verdict, found in VERDICT_LOOK.items()}
    directions = {css_name(direction): (found.colour, found.dark) for direction, found in DIRECTION_LOOK.items()}
    return {name: pair[scheme] for name, pair in (verdicts | directions).items()}


def _colours(scheme: int) -> dict[str, str]:
    return {name: pair[scheme] for name, pair in (THEME | _FIGURE).items()} | _signs(scheme)


def _scale(name: str, steps: Mapping[str, float], unit: str) -> dict[str, str]:
    return {f"{name}-{step}": f"{size:g}{unit}" for step, size in steps.items()}


def _rule(selector: str, properties: Mapping[str, str]) -> str:
    lines = "\n".join(f"  --{name}: {value};" for name, value in properties.items())
    return f"{selector} {{\n{lines}\n}}"
