"""What an object says of itself at a glance: one line on a terminal, HTML where a notebook asks for it."""

from __future__ import annotations

from importlib import import_module

__all__ = ["Glance", "one_line", "shown_by"]

_registered: list[str] = []
_LONGEST = 98  # characters; a list of such lines can still be read on a screen


class Glance:
    """An object with an HTML representation, made by whichever module was registered for it with `shown_by`."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        if not _registered:
            return None
        html: str = import_module(_registered[-1]).html_of(self)
        return html


def shown_by(module: str) -> None:
    """Register the module whose `html_of` renders every `Glance` as HTML; it is imported at the first rendering."""
    _registered[:] = [module]


def one_line(thing: object, words: str) -> str:
    r"""The class of a thing and a few words on it, on one line whatever the words hold.

    >>> one_line(1, "is a\nnumber")
    '<int is a number>'
    """
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(words.split()))
    said = f"{type(thing).__name__} {plain}"
    return f"<{said}>" if len(said) <= _LONGEST - 2 else f"<{said[: _LONGEST - 3]}…>"
