"""The criteria for medical necessity as a checklist, with their conclusions and the sets of facts that suffice."""

from __future__ import annotations

from dataclasses import dataclass

from weigh.coverage.criteria import Node, State, Tree, tree_of, ways
from weigh.coverage.decision import Concerned, concern
from weigh.evidence.model import Guideline
from weigh.evidence.review import Review, load_review

__all__ = ["Checklist", "ChecklistLine", "checklist"]

#: The largest number of ways to list; more would not be read.
_READABLE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistLine:
    """One criterion; `concerned` is set where a conclusion begins, and applies to all criteria below."""

    node: Node
    concerned: Concerned | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The criteria of a guideline in reading order.

    `met_by` and `ruled_out_by` are the minimal sets of facts that decide the criteria; None where there are too many to
    list.
    """

    guideline: Guideline
    tree: Tree
    lines: tuple[ChecklistLine, ...]
    met_by: tuple[tuple[Node, ...], ...] | None
    ruled_out_by: tuple[tuple[Node, ...], ...] | None

    def __repr__(self) -> str:
        return f"<Checklist of guideline {self.guideline.number}: {len(self.tree.facts)} facts>"


def checklist(review: Review | None = None) -> Checklist:
    """The checklist of a review; by default that of the nearest review folder.

    Raises:
        EvidenceError: the folder violates its schema, or its criteria do not form a tree.
    """
    review = review or load_review()
    tree = tree_of(review.criteria)
    named = dict.fromkeys(node.conclusion_id for node in tree.nodes if node.conclusion_id is not None)
    concerned: dict[str | None, Concerned] = {name: concern(review.conclusions[name], review) for name in named}
    return Checklist(
        guideline=review.guideline,
        tree=tree,
        lines=tuple(
            ChecklistLine(node=node, concerned=concerned[node.conclusion_id] if _begins(node, tree) else None)
            for node in tree.nodes
        ),
        met_by=ways(tree, State.TRUE, _READABLE),
        ruled_out_by=ways(tree, State.FALSE, _READABLE),
    )


def _begins(node: Node, tree: Tree) -> bool:
    """Whether a conclusion begins at a criterion, because the one above belongs to another conclusion or to none."""
    above = None if node.parent is None else tree.nodes[node.parent].conclusion_id
    return node.conclusion_id is not None and node.conclusion_id != above
