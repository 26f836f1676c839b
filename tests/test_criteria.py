"""The criteria as an aid to reading the guideline: yes or no only from documented facts, with the missing facts named."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from conftest import MINI, ROOT, Project, RunWeigh
from hypothesis import given
from hypothesis import strategies as st
from test_checks import HOSTILE
from test_display import Fragment, payload

from weigh.coverage.checklist import checklist
from weigh.coverage.criteria import State, Tree, check_criteria, evaluate, open_facts, proof, tree_of, ways
from weigh.coverage.criteria_words import NO_CRITERIA, Result
from weigh.coverage.decision import Decision, apply, decide
from weigh.coverage.request import make_request, matches_row, read_request
from weigh.display.criteria import show_checklist, show_decision, show_ways
from weigh.display.shown import Shown
from weigh.errors import EvidenceError, NotFoundError, WeighError
from weigh.evidence.model import CodeRange, Criterion, Place
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import CriterionKind, Position
from weigh.pages.site import review_page
from weigh.render.plan import make_plan
from weigh.render.task import How, Task
from weigh.summary.conclusion import Summary
from weigh.wording.disclaimers import CRITERIA_AID

CRITERIA = "evidence/criteria.csv"
CONCLUSIONS = "evidence/conclusions.csv"
EXAMPLE = ROOT / "docs" / "examples" / "request.toml"
YES, NO, OPEN = Result.MEDICALLY_NECESSARY, Result.NOT_MEDICALLY_NECESSARY, Result.NOT_ENOUGH_INFORMATION

ANESTHESIA = "mn-anesthesia"
DIAGNOSIS, TRIED = "mn-hyperhidrosis-diagnosis", "mn-hyperhidrosis-antiperspirant"
COMPLICATION, IMPAIRMENT = "mn-hyperhidrosis-complication", "mn-hyperhidrosis-impairment"
FACTS = (ANESTHESIA, DIAGNOSIS, TRIED, COMPLICATION, IMPAIRMENT)
#: The guideline's requirements, transcribed by hand from its text, for each of the two covered indications.
HELD = {
    "local-anesthesia": lambda f: f[ANESTHESIA],
    "hyperhidrosis": lambda f: f[DIAGNOSIS] and f[TRIED] and (f[COMPLICATION] or f[IMPAIRMENT]),
}
Told = dict[str, bool]


def assignments(names: Sequence[str]) -> Iterator[Told]:
    """Every way to document the facts: as true, as false, or not at all."""
    for values in itertools.product((True, False, None), repeat=len(names)):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


def completions(told: Mapping[str, bool], names: Sequence[str]) -> Iterator[Told]:
    """Every completion of the undocumented facts."""
    unknown = [name for name in names if name not in told]
    for values in itertools.product((True, False), repeat=len(unknown)):
        yield {**told, **dict(zip(unknown, values, strict=True))}


# ---- every path through the real tree


@dataclasses.dataclass(frozen=True)
class Context:
    """What a request names beside its facts, with the indications, listed by hand, that can give it “yes”."""

    codes: tuple[str, ...]
    condition: str | None
    yes_for: tuple[str, ...]


ANY = ("local-anesthesia", "hyperhidrosis")
CONTEXTS = {
    "nothing": Context((), None, ANY),
    "procedure": Context(("97033", "E1399"), None, ANY),
    "covered-diagnosis": Context(("L74.510",), None, ("hyperhidrosis",)),
    "covered-diagnoses-without-point": Context(("L74513", "r61"), None, ("hyperhidrosis",)),
    "denied-diagnosis": Context(("M26.621",), None, ()),
    "denied-diagnosis-without-point": Context(("S0301XD",), None, ()),
    "denied-category": Context(("M26", "97033"), None, ()),
    "covered-and-denied-diagnosis": Context(("L74.510", "G44.89"), None, ()),
    "diagnosis-that-stands-nowhere": Context(("G56.00", "97033"), None, ()),
    "covered-diagnosis-and-one-that-stands-nowhere": Context(("L74.510", "G56.00"), None, ()),
    "covered-condition": Context((), "hyperhidrosis", ("hyperhidrosis",)),
    "covered-condition-of-a-denied-code": Context(("M26.621",), "local-anesthesia", ("local-anesthesia",)),
    "denied-condition": Context(("L74.510",), "carpal-tunnel-syndrome", ()),
    "everything-else": Context((), "all-other-indications", ()),
}


def settled(facts: Told, context: Context) -> Result:
    """The result once every fact is documented, in two-valued logic."""
    if any(HELD[name](facts) for name in context.yes_for):
        return YES
    return OPEN if any(held(facts) for held in HELD.values()) else NO


def read(review: Review, told: Told, context: Context) -> Decision:
    return apply(told, context.codes, context.condition, review)


@pytest.mark.parametrize("name", CONTEXTS)
def test_every_path_of_the_tree(real: Review, name: str) -> None:
    """For each way to document the facts: yes or no where every completion agrees, and otherwise the missing facts."""
    context = CONTEXTS[name]
    counted = 0
    for told in assignments(FACTS):
        decision = read(real, told, context)
        ends = [(end, settled(end, context)) for end in completions(told, FACTS)]
        agreed = {result for _end, result in ends}
        matter = {
            fact
            for fact in FACTS
            if fact not in told
            for end, result in ends
            if result is not settled({**end, fact: not end[fact]}, context)
        }
        counted += 1

        assert (agreed.pop() if len(agreed) == 1 else OPEN) is decision.result, told
        assert matter == {step.node.name for step in decision.missing}, told
    assert 3 ** len(FACTS) == counted


def test_the_enumerated_facts_are_those_of_the_tree(real: Review) -> None:
    """The paths above include every fact of the guideline's tree."""
    assert set(FACTS) == {node.name for node in tree_of(real.criteria).facts}


def test_the_expected_paths_were_all_met(real: Review) -> None:
    """The paths of a request that names nothing include the numbers of yes, no and open ones counted by hand."""
    results = [read(real, told, CONTEXTS["nothing"]).result for told in assignments(FACTS)]
    ends = [tuple(settled(end, CONTEXTS["nothing"]) for end in completions(t, FACTS)) for t in assignments(FACTS)]

    assert {YES: ends_with(ends, YES), NO: ends_with(ends, NO)} == {r: results.count(r) for r in (YES, NO)}
    assert results.count(YES) > 0 < results.count(NO)
    assert results.count(OPEN) > results.count(YES)


def ends_with(ends: Sequence[Sequence[Result]], result: Result) -> int:
    return sum(set(each) == {result} for each in ends)


@pytest.mark.long
@pytest.mark.parametrize("name", CONTEXTS)
def test_a_documented_fact_never_turns_a_yes_into_a_no(real: Review, name: str) -> None:
    """A decided result does not change with further documentation."""
    context = CONTEXTS[name]
    results = {frozenset(told.items()): read(real, told, context).result for told in assignments(FACTS)}
    for told, result in results.items():
        known = {fact for fact, _value in told}
        for fact, value in itertools.product(set(FACTS) - known, (True, False)):
            if result is not OPEN:
                assert result is results[told | {(fact, value)}]


@pytest.mark.parametrize("name", CONTEXTS)
def test_codes_and_condition_alone_settle_nothing(real: Review, name: str) -> None:
    """Without a documented fact there is neither a yes nor a no, whatever the codes."""
    assert OPEN is read(real, {}, CONTEXTS[name]).result


@pytest.mark.long
@pytest.mark.parametrize("name", CONTEXTS)
def test_decisive_facts_decide_by_themselves(real: Review, name: str) -> None:
    """The decisive facts alone give the same result, and without any one of them they do not."""
    context = CONTEXTS[name]
    for told in assignments(FACTS):
        decision = read(real, told, context)
        decisive = {step.node.name: told[step.node.name] for step in decision.decisive}
        assert bool(decisive) == (decision.result is not OPEN)
        if decisive:
            assert decision.result is read(real, decisive, context).result
            for left_out in decisive:
                less = {fact: value for fact, value in decisive.items() if fact != left_out}
                assert OPEN is read(real, less, context).result


# ---- random trees

Rows = tuple[Criterion, ...]


def row(name: str, parent: str | None, kind: CriterionKind, position: int = 1) -> Criterion:
    return Criterion(
        place=Place(CRITERIA, 2),
        criterion_id=name,
        parent_id=parent,
        position=position,
        kind=kind,
        conclusion_id=None,
        label=name,
    )


@st.composite
def trees(draw: st.DrawFn) -> Rows:
    """Rows of a tree of one to seven facts, including single children and deep chains, in any order."""
    facts = draw(st.integers(1, 7))
    groups = st.sampled_from([CriterionKind.ALL_OF, CriterionKind.ANY_OF])
    loose = [row(f"f{number}", None, CriterionKind.FACT) for number in range(facts)]
    done: list[Criterion] = []
    for number in range(draw(st.integers(0, 8))):
        count = draw(st.integers(1, len(loose)))
        name = f"g{number}"
        done += [dataclasses.replace(child, parent_id=name) for child in loose[:count]]
        loose = [*loose[count:], row(name, None, draw(groups))]
    if len(loose) > 1:
        done += [dataclasses.replace(child, parent_id="top") for child in loose]
        loose = [row("top", None, draw(groups))]
    return tuple(draw(st.permutations([*done, *loose])))


def holds(rows: Rows, facts: Mapping[str, bool], name: str | None = None) -> bool:
    """Whether a criterion is met when every fact is known, evaluated directly from the rows."""
    own = next(r for r in rows if (r.parent_id is None if name is None else r.criterion_id == name))
    if own.kind is CriterionKind.FACT:
        return facts[own.criterion_id]
    below = [holds(rows, facts, r.criterion_id) for r in rows if r.parent_id == own.criterion_id]
    return all(below) if own.kind is CriterionKind.ALL_OF else any(below)


def names_of(rows: Rows) -> list[str]:
    return sorted(r.criterion_id for r in rows if r.kind is CriterionKind.FACT)


@st.composite
def documented(draw: st.DrawFn) -> tuple[Rows, Told]:
    rows = draw(trees())
    values = {name: draw(st.sampled_from([True, False, None])) for name in names_of(rows)}
    return rows, {name: value for name, value in values.items() if value is not None}


def root(tree: Tree, told: Told) -> State:
    return evaluate(tree, told)[0]


@given(documented())
def test_a_tree_is_known_where_all_completions_agree(case: tuple[Rows, Told]) -> None:
    """The root is true (or false) if and only if every completion makes it so."""
    rows, told = case
    ends = {holds(rows, end) for end in completions(told, names_of(rows))}
    expected = State.UNKNOWN if len(ends) > 1 else State.TRUE if ends == {True} else State.FALSE

    assert expected is root(tree_of(rows), told)


@given(documented())
def test_missing_facts_are_those_that_could_change_the_root(case: tuple[Rows, Told]) -> None:
    """A fact is missing if and only if some completion depends on it."""
    rows, told = case
    tree = tree_of(rows)
    matter = {
        name
        for name in names_of(rows)
        if name not in told
        for end in completions(told, names_of(rows))
        if holds(rows, end) != holds(rows, {**end, name: not end[name]})
    }

    assert matter == {node.name for node in open_facts(tree, evaluate(tree, told))}


@given(documented())
def test_no_smaller_set_of_facts_decides(case: tuple[Rows, Told]) -> None:
    """The decisive facts alone determine the root, and no smaller set of documented facts does."""
    rows, told = case
    tree = tree_of(rows)
    found = proof(tree, evaluate(tree, told))
    state = root(tree, told)
    settling = [
        size
        for size in range(len(told) + 1)
        for chosen in itertools.combinations(told.items(), size)
        if state is not State.UNKNOWN and root(tree, dict(chosen)) is state
    ]

    assert min(settling, default=0) == len(found)
    assert state is root(tree, {node.name: told[node.name] for node in found})


@given(trees(), st.booleans())
def test_ways_are_all_smallest_sets(rows: Rows, value: bool) -> None:
    """The ways to meet (or rule out) the criteria are exactly the minimal sets of facts."""
    tree, state = tree_of(rows), State.TRUE if value else State.FALSE
    names = names_of(rows)
    settling = [
        set(chosen)
        for size in range(len(names) + 1)
        for chosen in itertools.combinations(names, size)
        if root(tree, dict.fromkeys(chosen, value)) is state
    ]
    smallest = [chosen for chosen in settling if not any(other < chosen for other in settling)]
    found = ways(tree, state, 1000)

    assert found is not None
    assert sorted(map(sorted, smallest)) == sorted(sorted(node.name for node in way) for way in found)
    assert len(smallest) == 1 or ways(tree, state, len(smallest) - 1) is None


def test_a_tree_deeper_than_python_recurses() -> None:
    """A chain of thousands of groups is read and evaluated like any other tree."""
    deep = 3000
    groups = [row(f"g{i}", f"g{i - 1}" if i else None, CriterionKind.ALL_OF) for i in range(deep)]
    tree = tree_of((*groups, row("f", f"g{deep - 1}", CriterionKind.FACT)))

    assert (State.TRUE, State.FALSE, State.UNKNOWN) == (
        root(tree, {"f": True}),
        root(tree, {"f": False}),
        root(tree, {}),
    )
    assert ["f"] == [node.name for node in open_facts(tree, evaluate(tree, {}))]
    assert (("f",),) == tuple(tuple(node.name for node in way) for way in ways(tree, State.TRUE, 12) or ())


def test_a_tree_with_countless_ways_is_not_listed() -> None:
    """Where there are too many ways to list, they are counted without being generated."""
    rows = [row("top", None, CriterionKind.ALL_OF)]
    for number in range(200):
        rows += [row(f"g{number}", "top", CriterionKind.ANY_OF)]
        rows += [row(f"f{number}-{which}", f"g{number}", CriterionKind.FACT) for which in "ab"]
    tree = tree_of(rows)

    assert ways(tree, State.TRUE, 12) is None
    assert ways(tree, State.FALSE, 12) is None
    assert 200 == len(ways(tree, State.FALSE, 200) or ())


def test_criteria_are_read_by_position() -> None:
    """Criteria in one group are ordered by position, then id, whatever the order of rows."""
    rows = [row("top", None, CriterionKind.ANY_OF)]
    rows += [row(name, "top", CriterionKind.FACT, position) for name, position in (("b", 2), ("c", 1), ("a", 2))]

    assert ["top", "c", "a", "b"] == [node.name for node in tree_of(rows).nodes]


# ---- rows that do not form a tree

GROUP, FACT = CriterionKind.ANY_OF, CriterionKind.FACT
BROKEN: dict[str, tuple[Rows, str]] = {
    "empty-group": (
        (row("top", None, GROUP), row("f", "top", FACT), row("g", "top", GROUP)),
        "g is a group with no criteria",
    ),
    "empty-root": ((row("top", None, GROUP),), "top is a group with no criteria"),
    "fact-above-a-fact": ((row("f", None, FACT), row("g", "f", FACT)), "f is a fact"),
    "two-roots": ((row("f", None, FACT), row("g", None, FACT)), "g is a second root, after f"),
    "unknown-parent": ((row("f", None, FACT), row("g", "h", FACT)), "g is not connected to a root through h"),
    "circle": ((row("a", "b", GROUP), row("b", "a", GROUP)), "a is not connected to a root through b"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_rows_that_make_no_tree_are_refused(name: str) -> None:
    """Rows without a truth value, such as an empty group, are refused in one sentence with their place."""
    rows, words = BROKEN[name]
    with pytest.raises(EvidenceError) as caught:
        tree_of(rows)

    assert 1 == len(caught.value.problems)
    assert caught.value.problems[0].startswith(f"{CRITERIA}:2:")
    assert words in caught.value.problems[0]


def test_rows_of_the_reviews_make_trees(real: Review, mini: Review) -> None:
    """The criteria of both review folders are free of such defects."""
    assert [] == [*check_criteria(real.criteria), *check_criteria(mini.criteria)]


def test_an_unknown_parent_in_the_folder_is_found(project: Project) -> None:
    """A missing parent is a defect of the folder, reported with its place before any request is evaluated."""
    project.change(CRITERIA, 3, "parent_id", "mnn")

    assert [f"{CRITERIA}:3:parent_id"] == [str(finding.place) for finding in project.findings()]


# ---- results of a request


def test_a_denied_code_does_not_overrule_what_the_service_is_for(real: Review) -> None:
    """Facts for one indication and a code of another decide nothing until the request states the condition."""
    silent = apply({ANESTHESIA: True}, ["M26.621"], review=real)
    said = apply({ANESTHESIA: True}, ["M26.621"], "local-anesthesia", real)

    assert (OPEN, YES) == (silent.result, said.result)
    assert "temporomandibular disorders: specify the condition" in silent.reason
    assert "denied, for temporomandibular disorders" in said.notes[0]


def test_facts_on_another_indication_give_no_yes(real: Review) -> None:
    """Meeting the criteria for one indication does not give “yes” for another."""
    met = {DIAGNOSIS: True, TRIED: True, IMPAIRMENT: True}

    assert YES is apply(met, review=real).result
    assert OPEN is apply(met, condition="epicondylitis", review=real).result
    assert OPEN is apply(met, condition="local-anesthesia", review=real).result


def test_criteria_of_a_wider_conclusion_hold_for_the_narrower(project: Project) -> None:
    """A condition is met by the criteria of a conclusion above it, not by those of one below it."""
    row_of = {cells[0]: number for number, cells in enumerate(project.rows(CONCLUSIONS), 1)}
    for name in ("brisk-elbow", "stiff-joints"):
        project.change(CONCLUSIONS, row_of[name], "position", "medically_necessary")
    for number in (2, 3, 4):
        project.change(CRITERIA, number, "conclusion_id", "stiff-joints")
    wider = project.review()
    for number in (2, 3, 4):
        project.change(CRITERIA, number, "conclusion_id", "brisk-elbow")
    narrower = project.review()
    met = {"mn-gloom": True, "mn-walk": True}

    assert YES is apply(met, condition="brisk-elbow", review=wider).result
    assert OPEN is apply(met, condition="stiff-joints", review=narrower).result


def test_criteria_of_a_denied_conclusion_give_no_yes(project: Project) -> None:
    """Where the tables contradict each other nothing follows, and the table is named."""
    for number in (2, 3, 4):
        project.change(CRITERIA, number, "conclusion_id", "humming-ear")
    decision = apply({"mn-gloom": True, "mn-walk": True}, review=project.review())

    assert OPEN is decision.result
    assert CRITERIA in decision.reason


def test_nothing_is_denied_that_no_conclusion_denies(mini: Review) -> None:
    """In a guideline without a catch-all, ruling out the criteria denies only what a conclusion denies."""
    out = {"mn-gloom": False}

    assert OPEN is apply(out, review=mini).result
    assert OPEN is apply(out, ["Q00.1"], review=mini).result
    assert OPEN is apply(out, ["Q01.10", "Q55.5"], review=mini).result
    assert "no conclusion that denies" in apply(out, review=mini).reason
    assert NO is apply(out, ["Q01.10", "00797"], review=mini).result
    assert NO is apply(out, condition="brisk-elbow", review=mini).result


def test_facts_that_can_change_nothing_are_not_missing(mini: Review) -> None:
    """Where codes of two indications permit neither yes nor no, the condition is requested rather than a fact."""
    decision = apply({}, ["Q00.1", "Q01.10"], review=mini)

    assert (OPEN, ()) == (decision.result, decision.missing)
    assert "specify the condition" in decision.reason


def test_codes_of_two_covered_indications_give_no_yes(project: Project) -> None:
    """The condition decides between two indications, even if both may be covered."""
    row_of = {cells[0]: number for number, cells in enumerate(project.rows(CONCLUSIONS), 1)}
    project.change(CONCLUSIONS, row_of["humming-ear"], "position", "medically_necessary")
    project.change("evidence/codes.csv", 4, "position", "medically_necessary")
    review, met = project.review(), {"mn-gloom": True, "mn-walk": True}

    assert YES is apply(met, ["Q00.1"], review=review).result
    assert OPEN is apply(met, ["Q00.1", "Q01.10"], review=review).result
    assert OPEN is apply(met, ["Q01.10"], review=review).result


def test_every_position_stands_beside_its_evidence(real: Review, summaries: dict[str, Summary]) -> None:
    """Verdict, certainty and sentence equal those of the conclusion's own page, and a difference is stated."""
    out = {ANESTHESIA: False, DIAGNOSIS: False}
    for name, summary in summaries.items():
        decision = apply(out, condition=name, review=real)
        shown = [c.conclusion.conclusion_id for c in decision.conclusions]
        expected = name if summary.dossier.conclusion.position is Position.NOT_MEDICALLY_NECESSARY else shown[0]
        told = next(c for c in decision.conclusions if c.conclusion.conclusion_id == expected)
        page = summaries[expected]

        assert (NO, [expected]) == (decision.result, shown)
        assert (page.verdict, page.judgement.certainty) == (told.verdict, told.certainty)
        assert page.verdict_sentence == told.sentence
        assert (page.verdict.value == "backed") == (() == decision.beside)


def test_mixed_evidence_stands_beside_a_no(real: Review) -> None:
    """Where the guideline denies but its evidence is mixed, both are shown together."""
    decision = apply({ANESTHESIA: False, DIAGNOSIS: False}, condition="epicondylitis", review=real)
    text = show_decision(decision).text

    assert NO is decision.result
    assert "Compare this position with the cited evidence on epicondylitis of the elbow: mixed" in text


# ---- codes


def code_row(first: str, last: str | None = None, system: str = "ICD-10-CM") -> CodeRange:
    return CodeRange(
        place=Place("x"),
        row_id="x",
        system=system,
        printed_system=system,
        first=first,
        last=last,
        printed_title=None,
        position=Position.NOT_MEDICALLY_NECESSARY,
        conclusion_id=None,
    )


@pytest.mark.parametrize(
    ("code", "first", "last", "expected"),
    [
        ("M26.601", "M26.601", "M26.69", True),
        ("M26.69", "M26.601", "M26.69", True),
        ("M26.60", "M26.601", "M26.69", True),  # above the first
        ("M26.59", "M26.601", "M26.69", False),
        ("M26.7", "M26.601", "M26.69", False),
        ("M27", "M26.601", "M26.69", False),
        ("S03.01XD", "S03.00XA", "S03.03XS", True),
        ("S0303XS", "S03.00XA", "S03.03XS", True),
        ("S03.04XA", "S03.00XA", "S03.03XS", False),
        ("M79.12", "M79.1", None, True),  # below a category
        ("R61", "R61", None, True),
        ("R6", "R61", None, False),  # no code
        ("R62", "R61", None, False),
    ],
)
def test_a_diagnosis_stands_in_a_range(code: str, first: str, last: str | None, expected: bool) -> None:
    """A range includes its ends and matches codes below or above them, with or without the decimal point."""
    assert expected is matches_row(code, code_row(first, last))


@pytest.mark.parametrize(
    ("code", "expected"), [("97033", True), ("97034", True), ("9703", False), ("970330", False), ("97037", False)]
)
def test_a_procedure_is_found_whole(code: str, expected: bool) -> None:
    """A procedure code matches a row only as a whole, and has no codes below it."""
    assert expected is matches_row(code, code_row("97033", "97036", "CPT"))


def test_every_code_of_the_table_is_found(real: Review) -> None:
    """Each end of each row of the guideline's code table, and each title of the code book in it, names its conclusion."""
    for printed in real.codes:
        for code in filter(None, (printed.first, printed.last)):
            (reading,) = apply(codes=[code], review=real).codes
            assert printed in reading.rows
    conclusions = {
        c for title in real.code_titles for r in apply(codes=[title.code], review=real).codes for c in r.rows
    }

    assert {printed for printed in real.codes if "ICD-10-CM" == printed.system and printed.first} == conclusions


def test_what_codes_stand_for_is_said(real: Review) -> None:
    """A code not in the table, one of no single indication and one of two are distinguished."""
    nowhere, single, two = apply(codes=["G56.00", "97033", "M26"], review=real).notes

    assert "G56.00 is not in the code table" in nowhere
    assert "for no single indication" in single
    assert "dentofacial functional abnormalities and temporomandibular disorders" in two
    assert "names no single conclusion" in two


def test_a_code_beside_facts_that_deny_it_is_noticed(real: Review) -> None:
    """A “no” with a code of a covered condition carries a note; a “no” without one, and a “yes”, do not."""
    none = dict.fromkeys(FACTS, False)
    told = "L74.510 denotes primary or secondary hyperhidrosis, which the guideline covers when criteria are met: check"

    assert NO is apply(none, ["L74.510"], review=real).result
    assert [told] == [note[: len(told)] for note in apply(none, ["L74.510", "97033"], review=real).notes[2:]]
    assert 1 == len(apply(none, ["M26.621"], review=real).notes)
    assert 1 == len(apply({DIAGNOSIS: True, TRIED: True, IMPAIRMENT: True}, ["L74.510"], review=real).notes)


# ---- invalid requests

REFUSED = {
    "not-toml": (b"codes = [", "not valid TOML"),
    "not-utf-8": (b'codes = ["L74.510"] # \xe9', "byte 22 is not UTF-8"),
    "byte-order-mark": (b"\xef\xbb\xbfcodes = []", "byte order mark"),
    "endless": (b"#" * 30_000, "20,000 bytes"),
    "nested-without-end": (b"codes = " + b"[" * 9_000, "not valid TOML"),
    "number-without-end": (b"facts = " + b"9" * 9_000, "not valid TOML"),
    "twice": (b"codes = []\ncodes = []", "not valid TOML"),
    "unknown-key": (b"code = []", "did you mean codes?"),
    "far-key": (b"zzz = 1", "use codes, condition, facts"),
    "codes-as-text": (b'codes = "97033"', "codes must be a list"),
    "codes-as-table": (b"[codes]\na = 1", "codes must be a list"),
    "code-as-number": (b"codes = [97033]", "codes must be strings; quote 97033"),
    "code-of-two": (b'codes = ["97033, E1399"]', "is not a code"),
    "code-empty": (b'codes = [""]', "is not a code"),
    "code-hostile": (b'codes = ["<script>"]', "is not a code"),
    "code-twice": (b'codes = ["M26.62", "M2662"]', "contains M26.62 twice"),
    "condition-as-list": (b"condition = []", "condition must be a string"),
    "condition-unknown": (b'condition = "hyperhydrosis"', "did you mean hyperhidrosis?"),
    "condition-empty": (b'condition = ""', "see the column conclusion_id"),
    "facts-as-list": (b"facts = []", "facts must be a table"),
    "fact-unknown": (b"[facts]\nmn-anaesthesia = true", "did you mean mn-anesthesia?"),
    "fact-far": (b"[facts]\nzzz = true", f"the facts are {', '.join(sorted(FACTS))}"),
    "fact-group": (b"[facts]\nmn-hyperhidrosis = true", "is a group of criteria"),
    "fact-as-text": (b'[facts]\nmn-anesthesia = "yes"', "write true or false"),
    "fact-unknown-as-text": (b'[facts]\nmn-anesthesia = "unknown"', "omit facts that are not documented"),
    "fact-as-number": (b"[facts]\nmn-anesthesia = 1", "write true or false"),
    "fact-nested": (b"[facts.mn-anesthesia]\nvalue = true", "write true or false"),
    "fact-bidi": ('[facts]\n"mn-\u202eanesthesia" = true'.encode(), "'mn-\\u202eanesthesia'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_request_is_refused(real: Review, tmp_path: Path, name: str) -> None:
    """Each is refused in one sentence that names the file and the correction, with exit code 2."""
    content, words = REFUSED[name]
    path = tmp_path / "request.toml"
    path.write_bytes(content)
    with pytest.raises(WeighError) as caught:
        read_request(path, real)
    message = str(caught.value)

    assert message.startswith(f"{path}: ")
    assert words in message
    assert 1 == len(message.splitlines())
    assert 400 > len(message) - len(str(path))
    assert 2 == caught.value.exit_code


def test_a_file_that_is_not_there_is_refused(real: Review, tmp_path: Path) -> None:
    """A missing file and a folder are refused by name."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(WeighError, match=str(path)):
            read_request(path, real)


def test_a_call_is_checked_like_a_file(real: Review) -> None:
    """A notebook cannot pass what a file cannot."""
    with pytest.raises(NotFoundError, match="did you mean mn-anesthesia"):
        apply({"mn-anestesia": True}, review=real)
    with pytest.raises(WeighError, match="true or false"):
        apply({ANESTHESIA: None}, review=real)  # type: ignore[dict-item]
    with pytest.raises(WeighError, match="must be a list"):
        apply(codes="97033", review=real)


def test_everything_may_be_left_out(real: Review) -> None:
    """An empty request is valid, with every fact missing."""
    decision = decide(make_request({}, real), real)

    assert (OPEN, set(FACTS)) == (decision.result, {step.node.name for step in decision.missing})


# ---- the terminal


def test_apply_tells_a_physician(run_weigh: RunWeigh) -> None:
    """The text gives result, path, missing facts and evidence, states that it is not a coverage decision, and exits with 0."""
    done = run_weigh("apply", "--facts", EXAMPLE)
    expected = [
        CRITERIA_AID,
        "Not enough information. 2 facts",
        "[documented: yes] mn-hyperhidrosis-diagnosis: The person has",
        "[not documented] (missing) mn-hyperhidrosis-impairment",
        "97033 is in the code table",
        "Guideline: medically necessary. Evidence: Uncertain",
    ]

    assert (0, "") == (done.returncode, done.stderr)
    assert [] == [words for words in expected if words not in done.stdout]


def test_apply_as_json(run_weigh: RunWeigh, real: Review) -> None:
    """The JSON output has the documented keys and the same decision."""
    done = run_weigh("apply", "--facts", EXAMPLE, "--format", "json")
    found = json.loads(done.stdout)
    keys = {"guideline", "aid", "result", "reason", "beside", "request", "path", "decisive", "missing", "codes"}
    keys |= {"conclusions", "notes"}

    assert 0 == done.returncode, done.stderr
    assert keys == found.keys()
    assert decide(read_request(EXAMPLE, real), real).as_json() == found
    assert (CRITERIA_AID, "not_enough_information", [COMPLICATION, IMPAIRMENT]) == (
        found["aid"],
        found["result"],
        found["missing"],
    )


def test_apply_refuses_in_one_sentence(run_weigh: RunWeigh, tmp_path: Path) -> None:
    """An invalid request gives exit code 2 and one sentence, and nothing that resembles a result."""
    path = tmp_path / "request.toml"
    path.write_text("[facts]\nmn-anesthesi = true\n", encoding="utf-8")
    done = run_weigh("apply", "--facts", path)

    assert (2, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert "did you mean mn-anesthesia?" in done.stderr


def test_the_example_is_for_this_review(real: Review) -> None:
    """The example in the documentation is valid as it is."""
    assert "hyperhidrosis" == read_request(EXAMPLE, real).condition


# ---- display

Show = Callable[[Review], Shown]
SHOWN: dict[str, Show] = {
    "checklist": lambda review: show_checklist(checklist(review)),
    "ways": lambda review: show_ways(checklist(review)),
    "empty": lambda review: show_decision(apply(review=review)),
    "denied": lambda review: show_decision(
        apply(
            dict.fromkeys([f.criterion_id for f in review.criteria if f.kind is FACT], False), ["Q01.10"], None, review
        )
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_fragments_are_whole_and_stable(mini: Review, real: Review, name: str) -> None:
    """Elements are closed in order, showing twice gives the same, and no internal value is visible."""
    for review in (mini, real):
        shown = SHOWN[name](review)
        page = Fragment(shown.html)

        assert [] == page.wrong + page.open
        assert (shown.html, shown.text) == (SHOWN[name](review).html, SHOWN[name](review).text)
        assert [] == [word for word in ("None", "any_of", "not_medically", "weigh.") if word in page.text + shown.text]


def test_the_checklist_holds_every_fact_with_its_id(real: Review) -> None:
    """Each criterion is shown in words, each fact with the id that a facts file needs, each conclusion with its verdict."""
    page = checklist(real)
    shown = show_checklist(page)
    text = Fragment(shown.html).text
    for node in page.tree.nodes:
        assert node.criterion.label in text
        assert node.criterion.label in shown.text
        assert not node.is_fact or node.name in text
    for name in ("local-anesthesia", "hyperhidrosis"):
        assert real.conclusions[name].condition in text
    assert 2 == text.count("Evidence:")
    assert CRITERIA_AID in text
    assert CRITERIA_AID in shown.text
    assert ("all of", "one of") == tuple(word for word in ("all of", "one of") if word in text)


def test_the_nesting_is_that_of_the_tree(real: Review) -> None:
    """A fact is nested in as many lists as there are criteria above it."""
    html = show_checklist(checklist(real)).html
    for node in checklist(real).tree.nodes:
        before = html[: html.index(f'id="criterion-{node.name}"')]
        assert node.depth + 1 == before.count("<ul") - before.count("</ul>"), node.name


def test_ways_name_what_suffices(real: Review) -> None:
    """Counted by hand, there are three ways to meet the criteria of this guideline and three to rule them out."""
    page = checklist(real)
    met = {frozenset(node.name for node in way) for way in page.met_by or ()}
    out = {frozenset(node.name for node in way) for way in page.ruled_out_by or ()}

    assert {
        frozenset({ANESTHESIA}),
        frozenset({DIAGNOSIS, TRIED, COMPLICATION}),
        frozenset({DIAGNOSIS, TRIED, IMPAIRMENT}),
    } == met
    assert {
        frozenset({ANESTHESIA, DIAGNOSIS}),
        frozenset({ANESTHESIA, TRIED}),
        frozenset({ANESTHESIA, COMPLICATION, IMPAIRMENT}),
    } == out


def without_criteria(project: Project) -> Review:
    project.write(CRITERIA, project.rows(CRITERIA)[:1])
    return project.review()


def test_a_guideline_without_criteria_says_so(project: Project, run_weigh: RunWeigh, tmp_path: Path) -> None:
    """Where the folder has no criteria every part says so, and a request gets neither a yes nor a no."""
    review = without_criteria(project)
    path = tmp_path / "request.toml"
    path.write_text('codes = ["Q01.10"]\n', encoding="utf-8")
    done = run_weigh("--review", project.folder, "apply", "--facts", path)

    assert [] == [name for name, show in SHOWN.items() if NO_CRITERIA not in show(review).text]
    assert OPEN is apply(codes=["Q01.10"], review=review).result
    assert 0 == done.returncode, done.stderr
    assert NO_CRITERIA in done.stdout


@pytest.mark.parametrize("name", ["bidi", "markup", "formula"])
def test_hostile_labels_are_text(project: Project, name: str) -> None:
    """Markup in a label or condition is shown as text, and a bidirectional control as its code point."""
    hostile = f"{HOSTILE[name][0]} {payload('label')}"
    for number in (2, 3, 4):
        project.change(CRITERIA, number, "label", hostile)
    for number in range(2, len(project.rows(CONCLUSIONS)) + 1):
        project.change(CONCLUSIONS, number, "condition", hostile)
    review = project.review()
    for show in SHOWN.values():
        shown = show(review)
        page = Fragment(shown.html)

        assert [] == [tag for tag in page.tags if tag in ("script", "img")]
        assert [] == [attribute for attribute, _value in page.attributes if attribute.startswith("on")]
        assert [] == page.wrong + page.open
        assert "\u202e" not in shown.html + shown.text
    assert '<script>alert("label")</script>' in Fragment(SHOWN["checklist"](review).html).text


# ---- the page


def test_the_page_says_what_it_is(real: Review) -> None:
    """The page says that it is only an aid to reading the guideline; trying requests is left to the notebook."""
    executed = (ROOT / "notebooks" / "criteria.ipynb").read_text(encoding="utf-8")
    page = Fragment(review_page("criteria", executed, real.guideline))

    assert "only an aid to reading the guideline" in page.text
    assert CRITERIA_AID in page.text
    assert "Not enough information" not in page.text
    assert "Not enough information" in json.dumps(executed)
    assert [] == page.wrong + page.open
    ids = page.values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("file", "row_number", "column", "value", "stale"),
    [
        (CRITERIA, 3, "label", "The person has winter gloom, or had it", True),
        ("evidence/codes.csv", 4, "first", "Q01.11", True),
        (CONCLUSIONS, 2, "position", "medically_necessary", True),
        ("evidence/studies.csv", 2, "protocol", "otherwise", False),
    ],
)
def test_the_page_is_stale_when_it_would_show_something_else(  # noqa: PLR0917  (a row of the table above)
    project: Project, tmp_path: Path, file: str, row_number: int, column: str, value: str, stale: bool
) -> None:
    """A change to what the page shows changes its stamp; other changes do not."""

    def stamp() -> str:
        return make_plan(Task(project.folder, tmp_path / "build", ()), How(jobs=1)).stamps["criteria"].evidence

    before = stamp()
    project.change(file, row_number, column, value)

    assert stale == (before != stamp())


def test_the_fictional_review_needs_no_code() -> None:
    """The wording serves any guideline: no id of this one occurs in the code."""
    sources = [
        ROOT / "src" / "weigh" / "coverage" / f"{name}.py"
        for name in ("criteria", "criteria_words", "decision", "checklist")
    ]
    words = ("iontophoresis", "hyperhidrosis", "anesthesia", "mn-")

    assert (MINI / CRITERIA).is_file()
    assert [] == [(path.name, word) for path in sources for word in words if word in path.read_text(encoding="utf-8")]
