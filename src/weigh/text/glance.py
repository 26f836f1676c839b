"""How an object presents itself: one line on a terminal, HTML in a notebook."""

from __future__ import annotations

from importlib import import_module

__all__ = ["Glance", "one_line", "shown_by"]

_registered: list[str] = []
_LONGEST = 98  # characters, so that a list of such lines stays readable on a screen


class Glance:
    """A base class whose HTML representation comes from the module registered with `shown_by`."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        if not _registered:
            return None
        html: str = import_module(_registered[-1]).html_of(self)
        return html


def shown_by(module: str) -> None:
    """Register the module whose function `html_of` renders every `Glance`; it is imported at the first rendering."""
    _registered[:] = [module]


def one_line(thing: object, words: str) -> str:
    r"""A representation on one line: the class name, then a description, with control characters replaced.

    >>> one_line(1, "is a\nnumber")
    '<int is a number>'
    """
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(words.split()))
    line = f"{type(thing).__name__} {plain}"
    return f"<{line}>" if len(line) <= _LONGEST - 2 else f"<{line[: _LONGEST - 3]}…>"
