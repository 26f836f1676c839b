"""What the guideline says of a request when its criteria are read for it: a yes, a no, or that too little is documented.

A yes needs documented facts that make the criteria true for what the request names. A no needs documented facts that
make the whole tree false, and a conclusion of the guideline that denies the service. A code alone gives neither: it names
the conclusion that it stands for, and where codes and facts speak of different indications, nothing is said.
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
from weigh.coverage.request import Request, is_diagnosis, make_request, stands_in
from weigh.evidence.model import CodeRange, Conclusion, Guideline
from weigh.evidence.review import Review, load_review
from weigh.evidence.vocabulary import Basis, Certainty, Position, Verdict
from weigh.wording import sentences as wording
from weigh.wording.disclaimers import CRITERIA_AID

__all__ = ["CodeReading", "Concerned", "Decision", "Step", "apply", "concern", "decide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One criterion on the way through the tree.

    `decisive` marks the fewest facts that made the result, `missing` facts that could still change it.
    """

    node: Node
    state: State
    decisive: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReading:
    """A code of a request, the rows of the code table that it stands in, and the conclusions that they name."""

    code: str
    rows: tuple[CodeRange, ...]
    conclusions: tuple[Conclusion, ...]

    @property
    def denied(self) -> bool:
        """Whether the code table denies it anywhere."""
        return any(row.position is Position.NOT_MEDICALLY_NECESSARY for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A conclusion that a request is about, and how the evidence that the guideline cites bears on it."""

    conclusion: Conclusion
    verdict: Verdict
    certainty: Certainty | None
    evidence: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A request read against the guideline's criteria: an aid to reading it, never a coverage decision."""

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
        """The fewest facts that made the result."""
        return tuple(step for step in self.path if step.decisive)

    @property
    def missing(self) -> tuple[Step, ...]:
        """The facts that are not documented and could still change the result."""
        return tuple(step for step in self.path if step.missing)

    @property
    def beside(self) -> tuple[str, ...]:
        """What must be read with a yes or a no: where the cited evidence does not back the guideline's position."""
        if self.result is Result.NOT_ENOUGH_INFORMATION:
            return ()
        unlike = [c for c in self.conclusions if c.verdict is not Verdict.BACKED]
        return tuple(beside(c.conclusion, c.verdict) for c in unlike)

    def as_json(self) -> dict[str, Any]:
        """The decision as plain data."""
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
    """Read the guideline for a request; by default that of the nearest review folder.

    Args:
        facts: what is documented, by the id of the criterion; what is not documented is left out.
        codes: the codes of the request.
        condition: the id of the conclusion on what the service is for.
        review: the review whose criteria are read.

    Raises:
        NotFoundError: an id is not known; the message names the nearest one.
        WeighError: a value is of a wrong kind.
        EvidenceError: the review folder breaks its schema, or its criteria make no tree.
    """
    review = review or load_review()
    values: dict[str, Any] = {"facts": facts or {}, "codes": codes}
    return decide(make_request(values | ({"condition": condition} if condition is not None else {}), review), review)


def decide(request: Request, review: Review) -> Decision:
    """Read the guideline of a review for a request.

    Raises:
        EvidenceError: the criteria make no tree.
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
    """A conclusion with how the evidence that the guideline cites bears on it."""
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
    """The codes that stand for what is covered: which fact a code contradicts, the criteria do not say."""
    for found in codes:
        covered = [c for c in found.conclusions if c.position is Position.MEDICALLY_NECESSARY]
        if covered:
            yield contradiction(found.code, covered)


def _reading(code: str, review: Review) -> CodeReading:
    rows = tuple(row for row in review.codes if stands_in(code, row))
    named = dict.fromkeys(row.conclusion_id for row in rows if row.conclusion_id is not None)
    return CodeReading(code=code, rows=rows, conclusions=tuple(review.conclusions[name] for name in named))


class _Reading:
    """One request held against one tree.

    The tree is read twice: as it is, and for what the request names alone, where facts on other indications cannot make
    it true. Only the second reading gives a yes, and only the first a no.
    """

    def __init__(self, review: Review, tree: Tree, request: Request, codes: Sequence[CodeReading]) -> None:
        self._review, self._tree = review, tree
        self._named = request.condition is not None
        self._asked = _asked(review, request, codes)
        loose = [] if self._named else [reading for reading in codes if not _denies(reading.conclusions)]
        self._denied_codes = [reading.code for reading in loose if reading.denied]
        self._elsewhere = [reading.code for reading in loose if not reading.rows and is_diagnosis(reading.code)]
        self.states = evaluate(tree, request.facts)
        self._for_this = evaluate(tree, request.facts, self._beside_the_point())

    def outcome(self) -> tuple[Result, str, tuple[Conclusion, ...]]:
        """The result, why, and the conclusions that it is about."""
        intervention = self._review.guideline.intervention
        unknown = Result.NOT_ENOUGH_INFORMATION
        if not self._tree.nodes:
            return unknown, NO_CRITERIA, self._asked
        whole = self.states[0]
        if self._yes_is_possible and self._for_this[0] is State.TRUE:
            fulfilled = self._conclusions(self.decisive(Result.MEDICALLY_NECESSARY))
            return Result.MEDICALLY_NECESSARY, met(self._asked or fulfilled), _distinct((*self._asked, *fulfilled))
        if whole is State.FALSE and self._denial:
            return Result.NOT_MEDICALLY_NECESSARY, denied(self._denial, intervention), self._denial
        if whole is State.FALSE:
            return unknown, not_denied(intervention), self._asked
        missing = self.missing()
        concerned = _distinct((*self._asked, *self._conclusions(missing)))
        if whole is State.UNKNOWN and missing:
            codes_tell = self._named or self._yes_is_possible
            return unknown, open_words(len(missing), codes_tell=codes_tell), concerned
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
        """The fewest facts that made a result."""
        if result is Result.NOT_ENOUGH_INFORMATION:
            return ()
        return proof(self._tree, self._for_this if result is Result.MEDICALLY_NECESSARY else self.states)

    def missing(self) -> tuple[Node, ...]:
        """The facts that could still make a yes or a no of what is documented."""
        for_yes = open_facts(self._tree, self._for_this) if self._yes_is_possible else ()
        for_no = open_facts(self._tree, self.states) if self._denial else ()
        wanted = {node.name for node in (*for_yes, *for_no)}
        return tuple(node for node in self._tree.facts if node.name in wanted)

    @property
    def _yes_is_possible(self) -> bool:
        """Whether the request names nothing but one conclusion that is covered, or nothing at all."""
        covered = [c.position is Position.MEDICALLY_NECESSARY for c in self._asked]
        return len(covered) <= 1 and all(covered) and not self._denied_codes and not self._elsewhere

    @property
    def _denial(self) -> tuple[Conclusion, ...]:
        """The conclusions that deny all that the request may be for; none where one of it is not denied."""
        everything_else = tuple(
            c for c in self._review.conclusions.values() if c.basis is Basis.CATCH_ALL and _denies((c,))
        )
        by_name = self._asked if _denies(self._asked) else ()
        if by_name and not self._denied_codes and not self._elsewhere:
            return by_name
        return _distinct((*by_name, *everything_else)) if everything_else else ()

    def _beside_the_point(self) -> set[str]:
        """Facts that cannot make the criteria true for what the request names, or for anything that is covered."""
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
    """What the request names: what it says that the service is for, else what its codes stand for."""
    if request.condition is not None:
        return (review.conclusion(request.condition),)
    return _distinct(conclusion for reading in codes for conclusion in reading.conclusions)


def _denies(conclusions: Collection[Conclusion]) -> bool:
    """Whether there are conclusions, and all of them deny."""
    return bool(conclusions) and all(c.position is Position.NOT_MEDICALLY_NECESSARY for c in conclusions)


def _with_wider(conclusion: Conclusion, known: Mapping[str, Conclusion]) -> set[str]:
    """The ids of a conclusion and of those above it: criteria of a wider one hold for the narrower too."""
    names: set[str] = set()
    name: str | None = conclusion.conclusion_id
    while name is not None and name not in names:
        names.add(name)
        name = known[name].parent_id
    return names


def _distinct(conclusions: Any) -> tuple[Conclusion, ...]:
    return tuple({conclusion.conclusion_id: conclusion for conclusion in conclusions}.values())
