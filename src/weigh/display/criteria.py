"""The criteria of medical necessity, and a request evaluated by them, as shown in a notebook and on the terminal."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from weigh.coverage import criteria_words as words
from weigh.coverage.checklist import Checklist
from weigh.coverage.criteria import Node
from weigh.coverage.decision import Concerned, Decision, Step
from weigh.display.shown import Shown, fragment
from weigh.text.characters import visible
from weigh.wording import sentences as wording
from weigh.wording.disclaimers import CRITERIA_AID

__all__ = ["show_checklist", "show_decision", "show_ways"]


def show_checklist(page: Checklist) -> Shown:
    """The criteria in words; each fact with the id by which a request documents it."""
    if not page.lines:
        return _nothing(words.NO_CRITERIA)
    rows = [(line, *nesting) for line, nesting in zip(page.lines, _nesting([n.node for n in page.lines]), strict=True)]
    lines = [CRITERIA_AID]
    for line in page.lines:
        node = line.node
        mark = f"[ ] {node.name}:" if node.is_fact else f"{words.KIND[node.criterion.kind]}:"
        lines.append(f"{'  ' * node.depth}{mark} {visible(node.criterion.label)}")
        if line.concerned:
            lines.append(f"{'  ' * node.depth}    {visible(_evidence(line.concerned))}")
    return Shown(fragment("criteria", rows=rows, words=words, page=page), "\n".join(lines))


def show_ways(page: Checklist) -> Shown:
    """All minimal sets of facts that meet the criteria, and all that rule them out."""
    if not page.lines:
        return _nothing(words.NO_CRITERIA)
    sides = (
        ("The criteria are met", "yes", page.met_by),
        ("The criteria are ruled out", "no", page.ruled_out_by),
    )
    lines = []
    for title, answer, sets in sides:
        lines.append(f"{title} if one of these is documented:")
        lines += [f"  {_way(way, answer)}" for way in sets] if sets is not None else [f"  {words.TOO_MANY}"]
    return Shown(fragment("criteria_ways", sides=sides, words=words), "\n".join(lines))


def show_decision(decision: Decision) -> Shown:
    """The result for a request, the path through the criteria, undocumented facts, and the evidence concerned."""
    nesting = _nesting([step.node for step in decision.path])
    rows = [(step, *where) for step, where in zip(decision.path, nesting, strict=True)]
    lines = [CRITERIA_AID, "", f"{words.RESULT[decision.result]}. {decision.reason}", *decision.beside]
    lines += _part(words.PATH, [_step_line(step) for step in decision.path])
    missing = [f"{step.node.name}: {step.node.criterion.label}" for step in decision.missing]
    lines += _part(words.MISSING, missing)
    lines += _part(words.CONCERNED, [line for c in decision.conclusions for line in _concerned_lines(c)])
    lines += _part("Notes", decision.notes)
    html = fragment("decision", d=decision, rows=rows, words=words)
    return Shown(html, visible("\n".join(lines)))


def _part(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


def _step_line(step: Step) -> str:
    node = step.node
    state = words.state_words(step.state, node.criterion.kind)
    name = f"{node.name}: " if node.is_fact else f"{words.KIND[node.criterion.kind]}: "
    mark = " (decides)" if step.decisive else " (missing)" if step.missing else ""
    return f"{'  ' * node.depth}[{state}]{mark} {name}{node.criterion.label}"


def _concerned_lines(concerned: Concerned) -> tuple[str, ...]:
    return _evidence(concerned), f"  {concerned.sentence}"


def _evidence(concerned: Concerned) -> str:
    conclusion = concerned.conclusion
    position = wording.POSITION[conclusion.position].lower()
    return f"{conclusion.condition} ({conclusion.conclusion_id}). Guideline: {position}. Evidence: {concerned.evidence}"


def _way(way: Sequence[Node], answer: str) -> str:
    return ", ".join(f"{node.name} = {answer}" for node in way)


def _nothing(sentence: str) -> Shown:
    return Shown(fragment("criteria_none", sentence=sentence), sentence)


def _nesting(nodes: Sequence[Node]) -> list[tuple[bool, int]]:
    """For each criterion of a tree, whether a nested list opens after it, and how many lists close.

    A recursive loop in a template would fail on a tree deeper than Python's recursion limit.
    """
    depths = [node.depth for node in nodes] + [0]
    return [(below > depth, max(0, depth - below)) for depth, below in itertools.pairwise(depths)]
