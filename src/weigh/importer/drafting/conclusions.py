"""Draft conclusions from the statements, the conditions of citations, and the codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from weigh.evidence.vocabulary import Basis, CriterionKind, Position, Stance
from weigh.importer.context import Conditions
from weigh.importer.found import Clause, FoundGuideline, Mention, PrintedCode, Remark, Statement
from weigh.importer.keys import Names, slug

__all__ = ["Conclusions", "Row", "draft_conclusions"]

#: A table row, by column; unknown values are empty.
Row = dict[str, str]

_OTHER = "all-other-indications"
_OTHER_CONDITION = "any indication not named"
#: The words at which a condition's place, cause or treatment begins; the id is made from the words before them.
_SHORT_NAME = re.compile(
    r"\s+(?:prior\s+to|before|after|following|due\s+to|secondary\s+to|associated\s+with|with|in|of\s+the)\b|[,;(\[]",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\A(?:(?:only|for|in|when|if|and|the|there\s+is|individuals?|patients?|adults?|children|members?|persons?|people|who|with|have|has|had|that)\b\s*)+",
    re.IGNORECASE,
)
_QUALIFIED = re.compile(
    r"\A(?:(?:primary|secondary|chronic|acute|intractable|severe|recurrent)\b[,\s]*(?:(?:and|or)\s+)?)+", re.IGNORECASE
)
_EXCERPT = 6  # words quoted in a label: less than a sentence, but enough to find the place


@dataclass(slots=True)
class Conclusions:
    """Rows of conclusions and criteria, and the conclusion assigned to each code and citation."""

    rows: list[Row] = field(default_factory=list)
    criteria: list[Row] = field(default_factory=list)
    of_code: dict[int, str] = field(default_factory=dict)
    of_mention: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def draft_conclusions(found: FoundGuideline) -> Conclusions:
    """Draft a conclusion for each statement, each condition of a citation, and each denied code.

    A condition named only in the discussion is denied if the statements deny everything they do not name; otherwise the
    stance of its citations gives its position, and a remark asks a person to confirm it.
    """
    draft = _Draft(found)
    draft.of_statements()
    draft.of_mentions()
    draft.of_codes()
    return draft.done


class _Draft:
    def __init__(self, found: FoundGuideline) -> None:
        self.found = found
        self.subject = found.header.subject or "The service"
        self.done = Conclusions()
        self.taken = Names()
        self.conditions = Conditions(())
        self.ids: dict[str, str] = {}
        self.positions: dict[str, Position] = {}
        self.other = ""

    def of_statements(self) -> None:
        criteria: dict[tuple[str, int], Statement] = {}
        for statement in self.found.statements:
            name = self._of_statement(statement)
            if statement.position is Position.MEDICALLY_NECESSARY and name != self.other:
                criteria.setdefault((name, statement.line), statement)
        if criteria:
            named = [(statement, name) for (name, _), statement in criteria.items()]
            self.done.criteria = list(_criteria(named, self.subject))

    def _of_statement(self, statement: Statement) -> str:
        if not statement.condition and statement.position is Position.NOT_MEDICALLY_NECESSARY:
            if not statement.catch_all:
                what = "names no indication; read as covering every indication not named elsewhere"
                self.done.remarks.append(Remark(statement.line, what))
            return self._everything_else()
        condition = statement.condition or "the condition described by the criteria"
        known = self.conditions.same(condition)
        if known is not None and self.positions[known] is statement.position:
            return self.ids[known]
        drug = statement.drug
        return self._add(
            condition, statement.position, Basis.NAMED_IN_POSITION, drug, has_criteria=bool(statement.criteria)
        )

    def _everything_else(self) -> str:
        if not self.other:
            self.other = self.taken.unique(_OTHER)
            words = f"{self.subject} for any indication not named as covered."
            self._row(
                self.other,
                position=Position.NOT_MEDICALLY_NECESSARY,
                condition=_OTHER_CONDITION,
                basis=Basis.CATCH_ALL,
                statement=words,
            )
        return self.other

    def _add(
        self, condition: str, position: Position, basis: Basis, drug: str = "", *, has_criteria: bool = False
    ) -> str:
        short = _SHORT_NAME.split(condition, maxsplit=1)[0].strip() or condition
        bare = short if basis is Basis.CODE_ONLY else _QUALIFIED.sub("", short)
        free = (
            bare
            and slug(bare, 50) not in self.taken
            and len(bare.split()) < len(short.split()) <= len(condition.split())
        )
        name = self.taken.unique(slug(bare if free else short, 50))
        own = self.conditions.add(condition)
        self.ids.setdefault(own, name)
        self.positions.setdefault(own, position)
        when = " when its criteria are met" if has_criteria else ""
        service = f"{self.subject} ({drug})" if drug else self.subject
        words = f"{service} for {condition}{when}."
        self._row(name, position=position, condition=condition, drug=drug, basis=basis, statement=words)
        return name

    def _row(
        self, name: str, *, position: Position, condition: str, drug: str = "", basis: Basis, statement: str
    ) -> None:
        self.done.rows.append(
            {
                "conclusion_id": name,
                "position": position.value,
                "condition": condition,
                "drug_class": drug,
                "basis": basis.value,
                "parent_id": "",
                "statement": statement,
            }
        )

    def of_mentions(self) -> None:
        for mention in self.found.mentions:
            name = self._of_mention(mention)
            self.done.of_mention.append(name)
            if mention.carried:
                what = f"the text near “{mention.cited_as}” names no condition; assigned to that of the previous citation, {name}"
                self.done.remarks.append(Remark(mention.line, what))

    def _of_mention(self, mention: Mention) -> str:
        if mention.condition:
            known = self.conditions.same(mention.condition)
            if known is not None:
                return self.ids[known]
            return self._add(mention.condition, self._position(mention), Basis.DISCUSSED, mention.drug)
        if self.other:
            return self.other
        if len(self.done.rows) == 1:
            return self.done.rows[0]["conclusion_id"]
        self.done.remarks.append(
            Remark(mention.line, f"the condition for which “{mention.cited_as}” is cited was not recognised")
        )
        return self._everything_else()

    def _position(self, mention: Mention) -> Position:
        if self.other or mention.stance is not Stance.FOR:
            position = Position.NOT_MEDICALLY_NECESSARY
        else:
            position = Position.MEDICALLY_NECESSARY
        if not self.other:
            what = f"“{mention.condition}” is discussed but named in no statement; its position is a guess"
            self.done.remarks.append(Remark(mention.line, what))
        return position

    def of_codes(self) -> None:
        for place, code in enumerate(self.found.codes):
            if code.system.startswith("ICD-10-CM") and code.title:
                self.done.of_code[place] = self._of_code(code)

    def _of_code(self, code: PrintedCode) -> str:
        condition = re.split(r"[,;(\[]", code.title, maxsplit=1)[0].strip()
        condition = condition[:1].lower() + condition[1:] if not condition[:2].isupper() else condition
        same = self.conditions.same(condition)
        if same is not None and code.position in (None, self.positions[same]):
            return self.ids[same]
        if not condition or not code.first or code.position is not Position.NOT_MEDICALLY_NECESSARY:
            return ""
        return self._add(condition, code.position, Basis.CODE_ONLY)


def _criteria(statements: list[tuple[Statement, str]], subject: str) -> Iterator[Row]:
    """Yield the criteria tree: any of the statements, each with its condition and its criteria."""
    taken = Names()
    root = taken.unique("mn")
    yield _criterion(
        root,
        "",
        1,
        CriterionKind.ANY_OF,
        conclusion="",
        label=f"{subject} is medically necessary when any of the following is met",
    )
    for place, (statement, name) in enumerate(statements, 1):
        own = taken.unique(f"mn-{name}"[:56])
        printed = statement.criteria
        if printed is None:
            label = f"{_capitalised(statement.condition)} (line {statement.line})"
            yield _criterion(own, root, place, CriterionKind.FACT, conclusion=name, label=label)
            continue
        yield _criterion(
            own,
            root,
            place,
            CriterionKind.ALL_OF,
            conclusion=name,
            label=f"{_capitalised(statement.condition)}, with all of the following",
        )
        has = taken.unique(f"{own}-condition"[:60])
        label = (
            f"The condition treated is {statement.condition or 'the one described in the text'} (line {statement.line})"
        )
        yield _criterion(has, own, 1, CriterionKind.FACT, conclusion=name, label=label)
        clauses = printed.children if printed.kind is CriterionKind.ALL_OF else (printed,)
        for number, clause in enumerate(clauses, 2):
            yield from _clause(clause, own, number, _Owner(name, statement.condition), taken)


def _capitalised(condition: str) -> str:
    words = condition or "The condition described in the text"
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class _Owner:
    """The conclusion of a criterion, and its condition, which is a separate criterion."""

    conclusion_id: str
    condition: str


def _excerpt(text: str, condition: str) -> str:
    """Return the first words of a criterion, after its condition and introductory words: less than a sentence."""
    rest = text.partition(condition)[2].strip(" ,;:.") if condition and condition in text else text
    words = _LEAD.sub("", rest or text).split()
    more = " …" if len(words) > _EXCERPT else ""
    return " ".join(words[:_EXCERPT]).strip(" ,;:.") + more


def _clause(clause: Clause, parent: str, position: int, owner: _Owner, taken: Names) -> Iterator[Row]:
    stem = slug(f"{parent.split('-condition', maxsplit=1)[0]}-{clause.label.rpartition('.')[2] or position}", 58)
    own = taken.unique(stem)
    where = f"criterion {clause.label}, line {clause.line}" if clause.label else f"line {clause.line}"
    if clause.kind is CriterionKind.FACT:
        label = f"“{_excerpt(clause.text, owner.condition)}” ({where})"
        yield _criterion(own, parent, position, clause.kind, conclusion=owner.conclusion_id, label=label)
        return
    words = "All of the following" if clause.kind is CriterionKind.ALL_OF else "At least one of the following"
    yield _criterion(own, parent, position, clause.kind, conclusion=owner.conclusion_id, label=f"{words} ({where})")
    for number, child in enumerate(clause.children, 1):
        yield from _clause(child, own, number, owner, taken)


def _criterion(own: str, parent: str, position: int, kind: CriterionKind, *, conclusion: str, label: str) -> Row:
    return {
        "criterion_id": own,
        "parent_id": parent,
        "position": str(position),
        "kind": kind.value,
        "conclusion_id": conclusion,
        "label": label,
    }
