"""What an object says of itself at a glance: one line on a terminal, HTML where a notebook asks for it."""

from __future__ import annotations

__all__ = ["Glance", "one_line"]

_LONGEST = 98  # characters; a list of such lines can still be read on a screen


class Glance:
    """An object with an HTML repr. `weigh.display`, which stands above all that it shows, makes it when it is asked for."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from weigh.display.reprs import html_of  # the only import that looks upwards; pyproject.toml names it

        return html_of(self)


def one_line(thing: object, words: str) -> str:
    r"""The class of a thing and a few words on it, on one line whatever the words hold.

    >>> one_line(1, "is a\nnumber")
    '<int is a number>'
    """
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(words.split()))
    said = f"{type(thing).__name__} {plain}"
    return f"<{said}>" if len(said) <= _LONGEST - 2 else f"<{said[: _LONGEST - 3]}…>"
