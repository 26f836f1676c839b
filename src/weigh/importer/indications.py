"""Read the statements on medical necessity, one per indication, with their criteria as trees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from weigh.evidence.vocabulary import CriterionKind, Position
from weigh.importer.found import Clause, Remark, Statement
from weigh.importer.phrases import Phrase, is_catch_all, join_of, phrase_of, split_list
from weigh.importer.positions import position_in, printed_position
from weigh.importer.source.lines import Line

__all__ = ["FoundStatements", "read_statements"]

_ITEM = re.compile(
    r"(?P<indent>\s*)(?P<bullet>[-•▪◦–]\s+)?(?:\(?(?P<label>[A-Z]|\d{1,2}|[a-z]|[ivx]{1,5}|[IVX]{1,5})[.)]\s+)?(?=\S)"
)
#: Words that announce a list of indications rather than criteria.
_INDICATIONS = re.compile(
    r"\b(?:following|these|below)\b[^.:]{0,40}\b(?:indications?|conditions?|uses?|diagnos[ie]s|procedures?|situations?|disorders?)\b",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(
    r"[,;]?\s*(?:\b(?:and|when|if|who|with|that|has|have|there\s+is|in\s+whom|where)\s+)*(?:\b(?:meets?|has|have|had|are|is|satisf(?:y|ies))\s+)?"
    r"(?:\b(?:any|all|either|both|each|one|at\s+least|either)\b[^.:]{0,30})?\b(?:the\s+)?following\b[^.:]{0,80}[:.]?\s*\Z",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*[;,.]?\s*\b(?P<word>and|or|and/or)\s*[;,.]?\s*\Z", re.IGNORECASE)
_INCLUDING = re.compile(
    r"\b(?:including(?:,?\s+but\s+not\s+limited\s+to)?|such\s+as|e\.g\.,?|for\s+example)\s*[,:]?\s*", re.IGNORECASE
)
_ONE = re.compile(r"\b(?:for|in)\b", re.IGNORECASE)
_DEEPEST = 12


@dataclass(slots=True)
class _Item:
    """A paragraph, or a list item with its sub-items."""

    line: int
    text: str
    kind: str = ""  # the sort of label, with the indent of a bullet; empty for a paragraph
    label: str = ""
    indent: int = 0
    children: list[_Item] = field(default_factory=list)
    join: str = ""  # the conjunction between its children, if it has a separate line


@dataclass(slots=True)
class FoundStatements:
    """The statements, the numbers of the lines understood, and remarks for a person to check."""

    statements: list[Statement] = field(default_factory=list)
    headings: set[int] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)


def read_statements(lines: Sequence[Line]) -> FoundStatements:
    """Read the section on medical necessity."""
    found = FoundStatements()
    position: Position | None = None
    printed = ""
    paragraphs: list[tuple[_Item, Position | None, str, list[int]]] = []
    stack: list[_Item] = []
    after_blank = True
    for line in lines:
        text = line.text.strip()
        if not text:
            after_blank = True
            continue
        if _is_heading(line):
            position, printed = position_in(text), printed_position(text)
            found.headings.add(line.number)
            stack = []
        elif paragraphs and _continues(line, stack, after_blank):
            _continue(text, stack)
            paragraphs[-1][3].append(line.number)
        else:
            item = _item(line)
            above = _parent(item, stack)
            if above is None:
                stack = [item]
                paragraphs.append((item, position, printed, [line.number]))
            else:
                above.children.append(item)
                paragraphs[-1][3].append(line.number)
        after_blank = False
    for item, under, word, numbers in paragraphs:
        if _declare(item, under, word, found):
            found.used.update(numbers)
    return found


def _is_heading(line: Line) -> bool:
    """Whether a line only gives the position of the paragraphs below it."""
    text = line.text.strip().strip("*")
    declares = position_in(text) is not None
    return (
        declares
        and len(text.split()) <= 10
        and (bool(line.level) or text.endswith(":") or text.istitle())
        and not _FOLLOWING.search(text)
    )


def _item(line: Line) -> _Item:
    start = _ITEM.match(line.text)
    text = line.text[start.end() :].strip() if start else line.text.strip()
    if start is None or not (start["bullet"] or start["label"]):
        return _Item(line.number, line.text.strip(), indent=len(line.text) - len(line.text.lstrip()))
    indent, label = len(start["indent"].expandtabs(4)), start["label"] or ""
    if not label:
        return _Item(line.number, text, f"bullet{indent}", "", indent)
    kind = "digit" if label.isdigit() else "upper" if label.isupper() else "lower"
    return _Item(line.number, text, kind, label, indent)


def _continues(line: Line, stack: list[_Item], after_blank: bool) -> bool:
    """Whether a line continues the text above it: a wrapped line, or a conjunction between two items."""
    if not stack:
        return False
    text = line.text.strip()
    if text.strip("*;,. ").lower() in ("or", "and", "and/or"):
        return True
    start = _ITEM.match(line.text)
    if start is not None and (start["bullet"] or start["label"]):
        return False
    last = stack[-1].text
    open_end = not re.search(r"[.:;?!]\s*\Z|[;,]?\s*\b(?:and|or)\Z", last)
    if after_blank:
        return open_end and text[0].islower()
    return text[0].islower() or (open_end and len(last) > 30) or last.endswith(("-", ","))


def _continue(text: str, stack: list[_Item]) -> None:
    last = stack[-1]
    word = text.strip("*;,. ").lower()
    if word in ("or", "and", "and/or") and len(stack) > 1:
        stack[-2].join = stack[-2].join or ("all" if word == "and" else "any")
    else:
        last.text = (
            f"{last.text[:-1]}{text}" if last.text.endswith("-") and text[0].islower() else f"{last.text} {text}"
        )


def _parent(item: _Item, stack: list[_Item]) -> _Item | None:
    """Return the parent of an item; the stack is cut back to the parent and the item pushed."""
    if not item.kind:
        return None
    if not stack:
        return None
    for test in (_follows, _siblings):  # a following letter or number is stronger evidence than the indent
        for place in range(len(stack) - 1, 0, -1):
            if test(stack[place], item):
                del stack[place:]
                stack.append(item)
                return stack[-2]
    if len(stack) > _DEEPEST:
        del stack[_DEEPEST:]
    stack.append(item)
    return stack[-2]


_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def _follows(one: _Item, other: _Item) -> bool:
    """Whether the label of an item directly follows that of another."""
    if not one.label or not other.label:
        return False
    if one.label.isdigit() or other.label.isdigit():
        return one.label.isdigit() and other.label.isdigit() and int(other.label) == int(one.label) + 1
    if one.label.isupper() != other.label.isupper():
        return False
    before, after = one.label.lower(), other.label.lower()
    if before in _ROMAN and after in _ROMAN and _ROMAN.index(after) == _ROMAN.index(before) + 1:
        return True
    return len(before) == len(after) == 1 and ord(after) == ord(before) + 1


def _siblings(one: _Item, other: _Item) -> bool:
    """Whether two items are on one level: the same sort of label, and the later one not indented further."""
    if one.kind != other.kind:
        return False
    if one.kind == "lower":
        return one.indent == other.indent and other.label not in ("i", "a")
    if one.kind.startswith("bullet"):
        return True
    return other.indent <= one.indent or other.label not in ("A", "1", "I")


def _declare(item: _Item, under: Position | None, word: str, found: FoundStatements) -> bool:
    """Make statements from a paragraph and its sub-items; return whether it declares anything."""
    own = position_in(item.text)
    position = own or under
    if position is None or (own is None and not item.children and not _ONE.search(item.text) and not item.kind):
        if position is not None or item.children:
            found.remarks.append(Remark(item.line, "no statement was recognised in this paragraph"))
        return False
    printed = printed_position(item.text) or word
    if item.kind:  # an item directly below a heading: a separate indication
        found.statements.extend(_of_item(item, position, printed, "", found))
        return True
    if item.children and (_INDICATIONS.search(item.text) or _lists_conditions(item)):
        if is_catch_all(item.text):
            found.statements.append(Statement(position=position, printed=printed, line=item.line, catch_all=True))
        for child in item.children:
            found.statements.extend(_of_item(child, position, printed, "", found))
        return True
    criteria = _group(item, "", found) if item.children else None
    for phrase, catch_all in _scope(item.text):
        found.statements.append(
            Statement(
                position=position,
                printed=printed,
                line=item.line,
                condition=phrase.condition,
                drug=phrase.drug,
                catch_all=catch_all,
                criteria=criteria,
            )
        )
    return True


def _lists_conditions(item: _Item) -> bool:
    """Whether the items below a paragraph are indications, though not announced: short, with no mention of criteria."""
    if re.search(r"\bcriteria\b|\bwhen\b|\bif\b|\bmeets?\b|\ball\s+of\b", item.text, re.IGNORECASE):
        return bool(_INCLUDING.search(item.text))
    return True


def _of_item(item: _Item, position: Position, printed: str, prefix: str, found: FoundStatements) -> Iterator[Statement]:
    """Yield the statement made by one item of a list of indications."""
    phrase = phrase_of(_JOINT.sub("", item.text))
    label = f"{prefix}{item.label}" if item.label else ""
    criteria = _clause(item, label, found) if item.children and position is Position.MEDICALLY_NECESSARY else None
    catch_all = is_catch_all(item.text) and not _INCLUDING.search(item.text)
    if not phrase.condition and not catch_all:
        found.remarks.append(Remark(item.line, "no condition was recognised in this indication"))
    yield Statement(
        position=position,
        printed=printed,
        line=item.line,
        condition="" if catch_all else phrase.condition,
        drug=phrase.drug,
        catch_all=catch_all,
        criteria=criteria,
    )


def _scope(text: str) -> Iterator[tuple[Phrase, bool]]:
    """Yield the scope of a statement, in order: each condition, or all indications not named."""
    flat = " ".join(text.replace("*", "").split())
    declared = printed_position(flat)
    at = flat.lower().find(declared) if declared else -1
    before, after = (flat[:at], flat[at + len(declared) :]) if at >= 0 else ("", flat)
    including = _INCLUDING.search(after)
    head = after[: including.start()] if including else after
    if re.search(r"\bnot\s+met\b", head):
        yield Phrase(""), True
        rest = re.split(r"\bnot\s+met\b", head, maxsplit=1)[1]
        if is_catch_all(rest):
            yield Phrase(""), True
    elif is_catch_all(head):
        yield Phrase(""), True
    named = after[including.end() :] if including else "" if is_catch_all(head) else _FOLLOWING.sub("", head)
    about = re.search(r"\b(?:for|in)\s+(?!the\s+following)", named) if not including else None
    if not including and about is None:
        named = ""
    parts = [phrase_of(part) for part in split_list(named)] if named else []
    parts = [part for part in parts if part.condition]
    if not parts and not is_catch_all(head):
        about = re.search(r"\bfor\s+(?:the\s+)?|\b(?:treatment|management)\s+of\s+", before)
        parts = (
            [phrase_of(re.sub(r"\s*\b(?:is|are)\b(?:\s+considered)?\s*\Z", "", before[about.start() :]))]
            if about
            else [Phrase("")]
        )
    for part in parts:
        yield part, False


def _group(item: _Item, prefix: str, found: FoundStatements) -> Clause:
    """Return the sub-items as a group, combined as the text says."""
    kind = _joined(item, found)
    children = tuple(
        _clause(child, f"{prefix}{child.label or place}", found) for place, child in enumerate(item.children, 1)
    )
    return Clause(label=prefix.rstrip("."), line=item.line, kind=kind, text=item.text, children=children)


def _clause(item: _Item, label: str, found: FoundStatements) -> Clause:
    """Return one criterion: a fact, a group, or a fact that must be met together with a group."""
    text = _JOINT.sub("", item.text)
    if not item.children:
        return Clause(label=label, line=item.line, kind=CriterionKind.FACT, text=text)
    if join_of(item.text) == "count":
        found.remarks.append(
            Remark(
                item.line, "requires a number of items from a list, which the tables cannot express; kept as one fact"
            )
        )
        return Clause(label=label, line=item.line, kind=CriterionKind.FACT, text=text)
    group = _group(item, f"{label}." if label else "", found)
    own = _FOLLOWING.sub("", text).strip(" ,;:.")
    if len(own.split()) <= 3:
        return group
    fact = Clause(label=label, line=item.line, kind=CriterionKind.FACT, text=own)
    if group.kind is CriterionKind.ALL_OF:
        return Clause(
            label=label, line=item.line, kind=CriterionKind.ALL_OF, text=text, children=(fact, *group.children)
        )
    return Clause(label=label, line=item.line, kind=CriterionKind.ALL_OF, text=text, children=(fact, group))


def _joined(item: _Item, found: FoundStatements) -> CriterionKind:
    """Decide whether any or all of the sub-items must be met: by its words, else by the conjunctions between them."""
    stated = join_of(item.text) or item.join
    if stated == "count":
        found.remarks.append(
            Remark(item.line, "requires a number of items from a list, which the tables cannot express; read as all")
        )
        return CriterionKind.ALL_OF
    words = {m["word"].lower() for child in item.children[:-1] if (m := _JOINT.search(child.text))}
    between = "any" if words & {"or", "and/or"} and "and" not in words else "all" if words == {"and"} else ""
    if stated and between and stated != between:
        found.remarks.append(
            Remark(item.line, f"the text requires {stated} of the list, but its items are joined as {between}")
        )
    if not stated and not between and len(item.children) > 1:
        found.remarks.append(Remark(item.line, "does not say whether any or all of the list is required; read as all"))
    return CriterionKind.ANY_OF if (stated or between) == "any" else CriterionKind.ALL_OF
