"""A conclusion chosen in a notebook without editing code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from weigh.display.parts import show_report
from weigh.display.shown import fragment, styled
from weigh.errors import NotFoundError, WeighError
from weigh.summary.conclusion import Summary, summarise
from weigh.summary.overview import Overview, overview
from weigh.text.installing import needs
from weigh.wording import sentences as wording

__all__ = ["Choice", "choose"]

_WITH_WIDGETS = "Run this cell to choose a conclusion from a list; its report appears below."
_WITHOUT_WIDGETS = '{needs}. Or name a conclusion by its id: choose("{id}").'


class Choice:
    """The conclusion that a reader chooses, shown as a list to choose from with the conclusion below it.

    Where a notebook is read and not run, or ipywidgets is missing, a table of the conclusions stands in its place.
    """

    def __init__(self, conclusions: Overview, conclusion_id: str) -> None:
        self._conclusions = conclusions
        self.conclusion_id = conclusion_id
        self._box = self._widgets()

    def __repr__(self) -> str:
        return f"{len(self._conclusions.lines)} conclusions to choose from; chosen: {self.conclusion_id}"

    @property
    def summary(self) -> Summary:
        """The summary of the chosen conclusion, from the tables as they stand now."""
        return summarise(self.conclusion_id)

    def _html(self) -> str:
        """The report on the chosen conclusion; where its tables cannot be read, the sentence that says why."""
        try:
            return show_report(self.summary).html
        except WeighError as error:
            return f'<p role="alert">{escape(str(error))}</p>'

    def _widgets(self) -> Any:
        """The list and what was chosen as widgets; None where ipywidgets is missing."""
        try:
            import ipywidgets
        except ImportError:
            return None
        lines = self._conclusions.lines
        chooser = ipywidgets.Dropdown(
            options=[(f"{line.condition} · {wording.VERDICT[line.verdict]}", line.conclusion_id) for line in lines],
            value=self.conclusion_id,
            description="Conclusion",
            layout=ipywidgets.Layout(width="min(100%, 44rem)"),
        )
        shown = ipywidgets.HTML(self._html())

        def show(change: Mapping[str, Any]) -> None:
            self.conclusion_id = change["new"]
            shown.value = self._html()

        chooser.observe(show, names="value")
        return ipywidgets.VBox([chooser, shown])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        missing = needs("The list", "ipywidgets", in_notebook=True)
        without = _WITHOUT_WIDGETS.format(id=self.conclusion_id, needs=missing)
        how = without if self._box is None else _WITH_WIDGETS
        table = styled(fragment("choice", o=self._conclusions, how=how))
        widget = {} if self._box is None else self._box._repr_mimebundle_()
        return {**widget, "text/html": table, "text/plain": repr(self)}


def choose(conclusion_id: str | None = None) -> Choice:
    """A list from which to choose one of the conclusions of the nearest review folder.

    Args:
        conclusion_id: which is chosen at first; by default the one that most needs discussion.

    Raises:
        NotFoundError: no such conclusion.
        EvidenceError: the review folder breaks its schema.
    """
    conclusions = overview()
    if not conclusions.lines:
        raise NotFoundError("no conclusion to choose; add a row to evidence/conclusions.csv")
    if conclusion_id is None:
        conclusion_id = conclusions.lines[0].conclusion_id
    else:
        summarise(conclusion_id)  # says what is wrong with an id
    return Choice(conclusions, conclusion_id)
