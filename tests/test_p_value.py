"""p as a type: every printed form is read once, kept byte for byte, and never becomes a number that was not printed."""

from __future__ import annotations

import csv
import json
from decimal import Decimal

import pytest
from conftest import OUTCOMES, ROOT, Project
from hypothesis import given
from hypothesis import strategies as st

from weigh.errors import EvidenceError
from weigh.evidence.p_value import PValue, Relation
from weigh.evidence.review import Review
from weigh.wording.outcomes import p_words

ALPHA = Decimal("0.05")


def printed_forms() -> list[str]:
    """Every p of the real review, as the file has it."""
    with (ROOT / OUTCOMES).open(encoding="utf-8", newline="") as stream:
        return [row["p_value"] for row in csv.DictReader(stream)]


def test_the_review_keeps_each_p_as_printed(real: Review) -> None:
    """Each outcome of the real review has the p of its cell byte for byte, and none where the cell is empty."""
    cells = printed_forms()

    assert cells == [outcome.p_value.printed if outcome.p_value else "" for outcome in real.outcomes]
    assert len(set(cells)) > 25


@pytest.mark.parametrize("printed", sorted(set(printed_forms()) - {""}))
def test_a_printed_p_is_read(printed: str) -> None:
    """Each form in the real review gives the relation and the digits that it prints."""
    found = PValue.parse(printed)
    sign = printed[0] if printed[0] in "<>" else "="

    if printed == "NS":
        assert (Relation.NOT_SIGNIFICANT, None) == (found.relation, found.value)
    else:
        assert (Relation(sign), printed.lstrip("<>")) == (found.relation, str(found.value))


@pytest.mark.parametrize(
    ("printed", "relation", "value", "words"),
    [
        ("1", "=", "1", "p = 1"),
        ("1.0", "=", "1.0", "p = 1.0"),
        ("<.05", "<", "0.05", "p < 0.05"),
        ("P<0,05", "<", "0.05", "p < 0.05"),
        ("p = 0.03", "=", "0.03", "p = 0.03"),
        ("> 0.2", ">", "0.2", "p > 0.2"),
        (">0", ">", "0", "p > 0"),
        ("NS", "not significant", None, "not significant (p not printed)"),
        ("n.s.", "not significant", None, "not significant (p not printed)"),
        ("Not significant", "not significant", None, "not significant (p not printed)"),
        ("0.000", "<", "0.001", "p < 0.001"),
        ("<0.00", "<", "0.01", "p < 0.01"),
        ("1e-5", "=", "0.00001", "p = 0.00001"),
        ("2.5E-3", "=", "0.0025", "p = 0.0025"),
    ],
)
def test_another_spelling_of_p_is_read(printed: str, relation: str, value: str | None, words: str) -> None:
    """Spellings of journals are understood, a rounded zero is a bound, and the printed text stays as it is."""
    found = PValue.parse(printed)

    assert (printed, printed) == (found.printed, str(found))
    assert (relation, value) == (found.relation, None if found.value is None else str(found.value))
    assert words == p_words(found)


@pytest.mark.parametrize(
    "printed",
    [
        *("", "0.05-0.1", "0.05–0.1", "significant", "0", "<0", "1.5", "2", ">1", "-0.05", "<<0.05", "0.05*"),
        *("0.03 (t test)", "nan", "inf", "1e5", "1e-999", "\u0660.\u0660\u0665", "0.0.5", "<", "p", "0x1"),
    ],
)
def test_what_is_not_one_p_is_refused(printed: str) -> None:
    """A range, a word or a number outside 0 to 1 is no p value, and the message states what to write."""
    with pytest.raises(ValueError, match=r"^is not a p value[^;]*; write it as "):
        PValue.parse(printed)


@given(st.text(alphabet="0123456789.,<>=pPnNsS eE-", max_size=9))
def test_a_text_is_one_p_or_refused(printed: str) -> None:
    """Whatever a cell holds, the value lies between 0 and 1, the text is kept, and p is never both below and above."""
    try:
        found = PValue.parse(printed)
    except ValueError:
        return
    assert printed == found.printed
    assert found.value is None or 0 <= found.value <= 1
    assert (found.exact is None) is (found.relation is not Relation.EQUAL)
    assert not (found.is_below(ALPHA) and found.is_at_least(ALPHA))
    assert found == PValue.parse(printed)


@pytest.mark.parametrize(
    ("printed", "below", "at_least"),
    [
        ("0.049", True, False),
        ("0.05", False, True),
        ("<0.05", True, False),
        ("<0.051", False, False),
        (">0.05", False, True),
        (">0.049", False, False),
        ("NS", False, True),
    ],
)
def test_a_p_is_compared_only_as_far_as_it_is_printed(printed: str, below: bool, at_least: bool) -> None:
    """A bound that leaves both sides open decides neither."""
    found = PValue.parse(printed)

    assert (below, at_least) == (found.is_below(ALPHA), found.is_at_least(ALPHA))


def test_a_p_that_only_the_schema_permits_is_a_finding(project: Project) -> None:
    """A folder whose own schema permits any text in p_value gives a finding at the cell, not a crash."""
    descriptor = project.path("evidence/datapackage.json")
    package = json.loads(descriptor.read_bytes())
    (table,) = (each for each in package["resources"] if "outcomes" == each["name"])
    (field,) = (each for each in table["schema"]["fields"] if "p_value" == each["name"])
    del field["constraints"]["pattern"]
    descriptor.write_text(json.dumps(package), encoding="utf-8")
    project.change(OUTCOMES, 2, "p_value", "P<0,05")

    assert "P<0,05" == str(project.review().outcomes[0].p_value)

    project.change(OUTCOMES, 2, "p_value", "0.05-0.1")
    with pytest.raises(EvidenceError) as caught:
        project.review()

    assert [
        f"{OUTCOMES}:2:p_value: “0.05-0.1” is not a p value; write it as 0.03, <0.001, >0.05 or NS [cell-not-allowed]"
    ] == list(caught.value.problems)
