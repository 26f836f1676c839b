"""The tree of criteria for medical necessity as logic: its value given the documented facts, and the facts missing.

The logic has three values (Kleene): a fact is documented as true, documented as false, or not documented. A fact that is
not documented is never taken as true or false. This module is independent of wording, codes and evidence.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from weigh.errors import EvidenceError
from weigh.evidence.cells import shorten
from weigh.evidence.integrity import check_criteria
from weigh.evidence.model import Criterion
from weigh.evidence.vocabulary import CriterionKind

__all__ = ["Node", "State", "Tree", "evaluate", "open_facts", "proof", "tree_of", "ways"]


class State(StrEnum):
    """The state of a criterion: true, false or unknown."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Node:
    """One criterion in its tree; `parent` and `children` are indexes into `Tree.nodes`.

    `conclusion_id` is the criterion's own or else that of the nearest criterion above it.
    """

    criterion: Criterion
    depth: int
    parent: int | None
    children: tuple[int, ...]
    conclusion_id: str | None

    @property
    def name(self) -> str:
        """The id of the criterion."""
        return self.criterion.criterion_id

    @property
    def is_fact(self) -> bool:
        """Whether it is a yes-or-no question rather than a group."""
        return self.criterion.kind is CriterionKind.FACT


@dataclass(frozen=True)
class Tree:
    """Criteria in reading order, each before those below it; empty where there are none."""

    nodes: tuple[Node, ...]

    def __repr__(self) -> str:
        return f"<Tree of {len(self.nodes)} criteria, {len(self.facts)} of them facts>"

    @cached_property
    def facts(self) -> tuple[Node, ...]:
        """The facts, in reading order."""
        return tuple(node for node in self.nodes if node.is_fact)


def tree_of(criteria: Sequence[Criterion]) -> Tree:
    """The tree formed by the rows, with the criteria of each group ordered by position, then by id.

    Raises:
        EvidenceError: the rows do not form a tree with a truth value.
    """
    problems = [str(finding) for finding in check_criteria(criteria)]
    below: dict[str | None, list[Criterion]] = {}
    for row in sorted(criteria, key=lambda row: (row.position, row.criterion_id)):
        below.setdefault(row.parent_id, []).append(row)
    order: list[tuple[Criterion, int, int | None, str | None]] = []
    children: list[list[int]] = []
    waiting: list[tuple[Criterion, int, int | None, str | None]] = [(row, 0, None, None) for row in below.get(None, ())]
    while waiting and not problems:  # iterative, because a tree may exceed Python's recursion limit
        row, depth, parent, inherited = waiting.pop()
        conclusion_id = row.conclusion_id or inherited
        place = len(order)
        order.append((row, depth, parent, conclusion_id))
        children.append([])
        if parent is not None:
            children[parent].append(place)
        waiting += [(child, depth + 1, place, conclusion_id) for child in reversed(below.get(row.criterion_id, ()))]
    if not problems and len(order) != len(criteria):
        reached = {row.criterion_id for row, *_rest in order}
        lost = next(row for row in criteria if row.criterion_id not in reached)
        parent_id = shorten(lost.parent_id or "")
        problems = [
            f"{lost.at('parent_id')}: {lost.criterion_id} is not connected to a root through {parent_id}; correct its parent"
        ]
    if problems:
        raise EvidenceError(problems)
    return Tree(
        tuple(
            Node(row, depth, parent, tuple(below_it), conclusion_id)
            for (row, depth, parent, conclusion_id), below_it in zip(order, children, strict=True)
        )
    )


def evaluate(tree: Tree, facts: Mapping[str, bool], excluded: Collection[str] = ()) -> tuple[State, ...]:
    """The state of every criterion, in the order of `Tree.nodes`.

    Args:
        tree: the criteria.
        facts: the documented facts, by id.
        excluded: ids of facts treated as false, whatever is documented.
    """
    states = [State.UNKNOWN] * len(tree.nodes)
    for place in reversed(range(len(tree.nodes))):
        node = tree.nodes[place]
        if not node.is_fact:
            states[place] = _joined(node.criterion.kind, {states[child] for child in node.children})
        elif node.name in excluded:
            states[place] = State.FALSE
        elif node.name in facts:
            states[place] = State.TRUE if facts[node.name] else State.FALSE
    return tuple(states)


def _joined(kind: CriterionKind, states: set[State]) -> State:
    settles = State.FALSE if kind is CriterionKind.ALL_OF else State.TRUE
    if settles in states:
        return settles
    return states.pop() if len(states) == 1 else State.UNKNOWN


def open_facts(tree: Tree, states: Sequence[State]) -> tuple[Node, ...]:
    """The undocumented facts that could still change the root, because every criterion above them is unknown too.

    Each fact occurs once in the tree, so it cannot affect the root in any other way.
    """
    is_open: list[bool] = []
    for node, state in zip(tree.nodes, states, strict=True):
        is_open.append(state is State.UNKNOWN and (node.parent is None or is_open[node.parent]))
    return tuple(node for node, still in zip(tree.nodes, is_open, strict=True) if still and node.is_fact)


def proof(tree: Tree, states: Sequence[State]) -> tuple[Node, ...]:
    """The smallest set of documented facts that determines the root; empty where the root is unknown."""
    if not states or states[0] is State.UNKNOWN:
        return ()
    value = states[0]
    cost = [math.inf] * len(states)
    for place in reversed(range(len(states))):
        node = tree.nodes[place]
        if states[place] is value:
            below = [cost[child] for child in node.children]
            cost[place] = 1 if node.is_fact else sum(below) if _needs_all(node, value) else min(below)
    wanted = {0}
    for place, node in enumerate(tree.nodes):
        if place in wanted and node.children:
            cheapest = min(node.children, key=lambda child: cost[child])
            wanted.update(node.children if _needs_all(node, value) else (cheapest,))
    return tuple(node for place, node in enumerate(tree.nodes) if place in wanted and node.is_fact)


def _needs_all(node: Node, value: State) -> bool:
    """Whether a group has a value only if all criteria below it have it; otherwise one suffices."""
    return (node.criterion.kind is CriterionKind.ALL_OF) == (value is State.TRUE)


def ways(tree: Tree, value: State, at_most: int) -> tuple[tuple[Node, ...], ...] | None:
    """Every minimal set of facts that makes the root true (or false); None where there are more than `at_most`."""
    counts = [1] * len(tree.nodes)
    for place in reversed(range(len(tree.nodes))):
        node = tree.nodes[place]
        if node.children:
            below = [counts[child] for child in node.children]
            counts[place] = min(at_most + 1, math.prod(below) if _needs_all(node, value) else sum(below))
    if not tree.nodes or counts[0] > at_most:
        return () if not tree.nodes else None
    found: list[tuple[tuple[Node, ...], ...]] = [()] * len(tree.nodes)
    for place in reversed(range(len(tree.nodes))):
        node = tree.nodes[place]
        each = [found[child] for child in node.children]
        if node.is_fact:
            found[place] = ((node,),)
        elif _needs_all(node, value):
            found[place] = tuple(tuple(itertools.chain(*parts)) for parts in itertools.product(*each))
        else:
            found[place] = tuple(itertools.chain(*each))
    return found[0]
