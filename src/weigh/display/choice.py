"""A list in a notebook from which to choose a conclusion without editing code."""

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
    """The chosen conclusion, shown below a list of all conclusions.

    If the notebook is not running, or ipywidgets is missing, a table of the conclusions appears instead.
    """

    def __init__(self, conclusions: Overview, conclusion_id: str) -> None:
        self._conclusions = conclusions
        self.conclusion_id = conclusion_id
        self._box = self._widgets()

    def __repr__(self) -> str:
        return f"{len(self._conclusions.lines)} conclusions to choose from; chosen: {self.conclusion_id}"

    @property
    def summary(self) -> Summary:
        """The summary of the chosen conclusion, from the current tables."""
        return summarise(self.conclusion_id)

    def _html(self) -> str:
        """The report on the chosen conclusion, or the error message if its tables cannot be read."""
        try:
            return show_report(self.summary).html
        except WeighError as error:
            return f'<p role="alert">{escape(str(error))}</p>'

    def _widgets(self) -> Any:
        """The list and the chosen report as widgets; None if ipywidgets is missing."""
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
    """A list from which to choose a conclusion of the nearest review folder.

    Args:
        conclusion_id: the initial choice; by default the conclusion that most needs discussion.

    Raises:
        NotFoundError: the conclusion does not exist.
        EvidenceError: the review folder does not conform to its schema.
    """
    conclusions = overview()
    if not conclusions.lines:
        raise NotFoundError("the review has no conclusions; add a row to evidence/conclusions.csv")
    if conclusion_id is None:
        conclusion_id = conclusions.lines[0].conclusion_id
    else:
        summarise(conclusion_id)  # raises if the id is wrong
    return Choice(conclusions, conclusion_id)
