"""The guideline's criteria applied to a request: yes, no, or not enough information.

"Yes" requires documented facts that meet the criteria for the requested use. "No" requires documented facts that rule
out all criteria, and a conclusion of the guideline that denies the service. A code alone suffices for neither: it only
names a conclusion, and where codes and facts concern different indications the request is not decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weigh.assessment.dossier import gather
from weigh.assessment.verdict import judge
from weigh.coverage.criteria import Node, State, Tree, evaluate, open_facts, proof, tree_of
from weigh.coverage.criteria_words import (
    NO_CRITERIA,
    Result,
    beside,
    code_sentence,
    conflict,
    contradiction,
    denied,
    evidence_words,
    met,
    not_denied,
    open_words,
)
from weigh.coverage.request import Request, is_diagnosis, make_request, matches_row
from weigh.evidence.model import CodeRange, Conclusion, Guideline
from weigh.evidence.review import Review, load_review
from weigh.evidence.vocabulary import Basis, Certainty, Position, Verdict
from weigh.wording import sentences as wording
from weigh.wording.disclaimers import CRITERIA_AID

__all__ = ["CodeReading", "Concerned", "Decision", "Step", "apply", "concern", "decide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One criterion with its state.

    `decisive` marks the smallest set of facts that determines the result, `missing` the facts that could still change
    it.
    """

    node: Node
    state: State
    decisive: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReading:
    """A code of a request, the rows of the code table that contain it, and the conclusions that they name."""

    code: str
    rows: tuple[CodeRange, ...]
    conclusions: tuple[Conclusion, ...]

    @property
    def denied(self) -> bool:
        """Whether any row of the code table denies it."""
        return any(row.position is Position.NOT_MEDICALLY_NECESSARY for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A conclusion that a request concerns, with the verdict on the evidence cited for it."""

    conclusion: Conclusion
    verdict: Verdict
    certainty: Certainty | None
    evidence: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The guideline's criteria applied to a request: an aid to reading the guideline, never a coverage decision."""

    guideline: Guideline
    request: Request
    result: Result
    reason: str
    path: tuple[Step, ...]
    codes: tuple[CodeReading, ...]
    conclusions: tuple[Concerned, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Decision: {self.result.value}, {wording.plural(len(self.missing), 'fact')} missing>"

    @property
    def decisive(self) -> tuple[Step, ...]:
        """The smallest set of facts that determines the result."""
        return tuple(step for step in self.path if step.decisive)

    @property
    def missing(self) -> tuple[Step, ...]:
        """The undocumented facts that could still change the result."""
        return tuple(step for step in self.path if step.missing)

    @property
    def beside(self) -> tuple[str, ...]:
        """Notes on a "yes" or "no" where the cited evidence does not back the guideline's position."""
        if self.result is Result.NOT_ENOUGH_INFORMATION:
            return ()
        unlike = [c for c in self.conclusions if c.verdict is not Verdict.BACKED]
        return tuple(beside(c.conclusion, c.verdict) for c in unlike)

    def as_json(self) -> dict[str, Any]:
        """The decision as JSON data."""
        return {
            "guideline": self.guideline.number,
            "aid": CRITERIA_AID,
            "result": self.result.value,
            "reason": self.reason,
            "beside": list(self.beside),
            "request": {
                "codes": list(self.request.codes),
                "condition": self.request.condition,
                "facts": dict(sorted(self.request.facts.items())),
            },
            "path": [_step(step) for step in self.path],
            "decisive": [step.node.name for step in self.decisive],
            "missing": [step.node.name for step in self.missing],
            "codes": [
                {
                    "code": reading.code,
                    "rows": [row.row_id for row in reading.rows],
                    "denied": reading.denied,
                    "conclusions": [conclusion.conclusion_id for conclusion in reading.conclusions],
                }
                for reading in self.codes
            ],
            "conclusions": [_concerned(concerned) for concerned in self.conclusions],
            "notes": list(self.notes),
        }


def _step(step: Step) -> dict[str, Any]:
    return {
        "criterion_id": step.node.name,
        "depth": step.node.depth,
        "kind": step.node.criterion.kind.value,
        "label": step.node.criterion.label,
        "conclusion_id": step.node.conclusion_id,
        "state": step.state.value,
        "decisive": step.decisive,
        "missing": step.missing,
    }


def _concerned(concerned: Concerned) -> dict[str, Any]:
    return {
        "conclusion_id": concerned.conclusion.conclusion_id,
        "position": concerned.conclusion.position.value,
        "condition": concerned.conclusion.condition,
        "verdict": concerned.verdict.value,
        "certainty": concerned.certainty.value if concerned.certainty else None,
        "sentence": concerned.sentence,
    }


def apply(
    facts: Mapping[str, bool] | None = None,
    codes: Sequence[str] = (),
    condition: str | None = None,
    review: Review | None = None,
) -> Decision:
    """Apply the guideline's criteria to a request given as plain values.

    Args:
        facts: the documented facts, by id of the criterion; facts that are not documented are omitted.
        codes: the codes of the request.
        condition: the id of the conclusion that the service is for.
        review: the review whose criteria apply; by default that of the nearest review folder.

    Raises:
        NotFoundError: an id is unknown; the message suggests the nearest one.
        WeighError: a value has the wrong type.
        EvidenceError: the review folder violates its schema, or its criteria do not form a tree.
    """
    review = review or load_review()
    values: dict[str, Any] = {"facts": facts or {}, "codes": codes}
    return decide(make_request(values | ({"condition": condition} if condition is not None else {}), review), review)


def decide(request: Request, review: Review) -> Decision:
    """Apply the criteria of a review's guideline to a request.

    Raises:
        EvidenceError: the criteria do not form a tree.
    """
    tree = tree_of(review.criteria)
    codes = tuple(_reading(code, review) for code in request.codes)
    reading = _Reading(review, tree, request, codes)
    result, reason, concerned = reading.outcome()
    decisive = {node.name for node in reading.decisive(result)}
    missing = {node.name for node in reading.missing()}
    path = tuple(
        Step(node=node, state=state, decisive=node.name in decisive, missing=node.name in missing)
        for node, state in zip(tree.nodes, reading.states, strict=True)
    )
    return Decision(
        guideline=review.guideline,
        request=request,
        result=result,
        reason=reason,
        path=path,
        codes=codes,
        conclusions=tuple(concern(conclusion, review) for conclusion in concerned),
        notes=(
            *(code_sentence(found.code, found.rows, found.conclusions) for found in codes),
            *(_beside_a_no(codes) if result is Result.NOT_MEDICALLY_NECESSARY else ()),
        ),
    )


def concern(conclusion: Conclusion, review: Review) -> Concerned:
    """A conclusion with the verdict on the evidence that the guideline cites for it."""
    dossier = gather(review, conclusion.conclusion_id)
    judgement = judge(dossier)
    return Concerned(
        conclusion=conclusion,
        verdict=judgement.verdict,
        certainty=judgement.certainty,
        evidence=evidence_words(judgement.verdict, wording.certainty_words(judgement)),
        sentence=wording.verdict_sentence(dossier, judgement, review.guideline.intervention),
    )


def _beside_a_no(codes: Sequence[CodeReading]) -> Iterator[str]:
    """Notes on codes of covered conditions; the criteria do not state which fact a code would contradict."""
    for found in codes:
        covered = [c for c in found.conclusions if c.position is Position.MEDICALLY_NECESSARY]
        if covered:
            yield contradiction(found.code, covered)


def _reading(code: str, review: Review) -> CodeReading:
    rows = tuple(row for row in review.codes if matches_row(code, row))
    named = dict.fromkeys(row.conclusion_id for row in rows if row.conclusion_id is not None)
    return CodeReading(code=code, rows=rows, conclusions=tuple(review.conclusions[name] for name in named))


class _Reading:
    """One request evaluated against one tree.

    The tree is evaluated twice: as a whole, and for the requested use alone, in which facts on other indications cannot
    make it true. Only the latter can give "yes", and only the former "no".
    """

    def __init__(self, review: Review, tree: Tree, request: Request, codes: Sequence[CodeReading]) -> None:
        self._review, self._tree = review, tree
        self._named = request.condition is not None
        self._asked = _asked(review, request, codes)
        loose = [] if self._named else [reading for reading in codes if not _denies(reading.conclusions)]
        self._denied_codes = [reading.code for reading in loose if reading.denied]
        self._elsewhere = [reading.code for reading in loose if not reading.rows and is_diagnosis(reading.code)]
        self.states = evaluate(tree, request.facts)
        self._for_this = evaluate(tree, request.facts, self._excluded_facts())

    def outcome(self) -> tuple[Result, str, tuple[Conclusion, ...]]:
        """The result, its reason, and the conclusions concerned."""
        intervention = self._review.guideline.intervention
        unknown = Result.NOT_ENOUGH_INFORMATION
        if not self._tree.nodes:
            return unknown, NO_CRITERIA, self._asked
        whole = self.states[0]
        if self._yes_possible and self._for_this[0] is State.TRUE:
            fulfilled = self._conclusions(self.decisive(Result.MEDICALLY_NECESSARY))
            return Result.MEDICALLY_NECESSARY, met(self._asked or fulfilled), _distinct((*self._asked, *fulfilled))
        if whole is State.FALSE and self._denial:
            return Result.NOT_MEDICALLY_NECESSARY, denied(self._denial, intervention), self._denial
        if whole is State.FALSE:
            return unknown, not_denied(intervention), self._asked
        missing = self.missing()
        concerned = _distinct((*self._asked, *self._conclusions(missing)))
        if whole is State.UNKNOWN and missing:
            yes_possible = self._named or self._yes_possible
            return unknown, open_words(len(missing), yes_possible=yes_possible), concerned
        fulfilled = self._conclusions(proof(self._tree, self.states))
        reason = conflict(
            fulfilled,
            self._asked,
            denied_codes=self._denied_codes,
            elsewhere=self._elsewhere,
            named=self._named,
        )
        return unknown, reason, _distinct((*concerned, *fulfilled))

    def decisive(self, result: Result) -> tuple[Node, ...]:
        """The smallest set of facts that determines a result."""
        if result is Result.NOT_ENOUGH_INFORMATION:
            return ()
        return proof(self._tree, self._for_this if result is Result.MEDICALLY_NECESSARY else self.states)

    def missing(self) -> tuple[Node, ...]:
        """The undocumented facts that could still lead to "yes" or "no"."""
        for_yes = open_facts(self._tree, self._for_this) if self._yes_possible else ()
        for_no = open_facts(self._tree, self.states) if self._denial else ()
        wanted = {node.name for node in (*for_yes, *for_no)}
        return tuple(node for node in self._tree.facts if node.name in wanted)

    @property
    def _yes_possible(self) -> bool:
        """Whether the request names only one conclusion, which is covered, or none at all."""
        covered = [c.position is Position.MEDICALLY_NECESSARY for c in self._asked]
        return len(covered) <= 1 and all(covered) and not self._denied_codes and not self._elsewhere

    @property
    def _denial(self) -> tuple[Conclusion, ...]:
        """The conclusions that together deny everything the request may concern; empty where something is not denied."""
        everything_else = tuple(
            c for c in self._review.conclusions.values() if c.basis is Basis.CATCH_ALL and _denies((c,))
        )
        by_name = self._asked if _denies(self._asked) else ()
        if by_name and not self._denied_codes and not self._elsewhere:
            return by_name
        return _distinct((*by_name, *everything_else)) if everything_else else ()

    def _excluded_facts(self) -> set[str]:
        """Facts that cannot make the criteria true for the requested use, or for any covered use."""
        known = self._review.conclusions
        wanted = {name for c in self._asked for name in _with_wider(c, known)}
        return {
            node.name
            for node in self._tree.facts
            if node.conclusion_id is not None
            and (
                known[node.conclusion_id].position is not Position.MEDICALLY_NECESSARY
                or (self._asked and node.conclusion_id not in wanted)
            )
        }

    def _conclusions(self, nodes: Collection[Node]) -> tuple[Conclusion, ...]:
        found = (node.conclusion_id for node in nodes)
        return _distinct(self._review.conclusions[name] for name in found if name is not None)


def _asked(review: Review, request: Request, codes: Sequence[CodeReading]) -> tuple[Conclusion, ...]:
    """The conclusions that the request names: by its condition, else by its codes."""
    if request.condition is not None:
        return (review.conclusion(request.condition),)
    return _distinct(conclusion for reading in codes for conclusion in reading.conclusions)


def _denies(conclusions: Collection[Conclusion]) -> bool:
    """Whether there is at least one conclusion and all of them deny."""
    return bool(conclusions) and all(c.position is Position.NOT_MEDICALLY_NECESSARY for c in conclusions)


def _with_wider(conclusion: Conclusion, known: Mapping[str, Conclusion]) -> set[str]:
    """The ids of a conclusion and of those above it, whose criteria also apply to it."""
    names: set[str] = set()
    name: str | None = conclusion.conclusion_id
    while name is not None and name not in names:
        names.add(name)
        name = known[name].parent_id
    return names


def _distinct(conclusions: Any) -> tuple[Conclusion, ...]:
    return tuple({conclusion.conclusion_id: conclusion for conclusion in conclusions}.values())
