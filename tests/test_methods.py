"""The methods page holds every rule that decides something, each with its source and how well it is founded."""

from __future__ import annotations

import json
import re

import pytest
from conftest import ROOT

from weigh.assessment import grade, verdict
from weigh.assessment.votes import AGREEMENT, ENOUGH_STUDIES
from weigh.display.show import show
from weigh.errors import NotFoundError
from weigh.evidence.vocabulary import Verdict
from weigh.wording.methods import OWN, READ, RECALLED, MethodRule, method_rules
from weigh.wording.methods import rules as rules_on
from weigh.wording.sentences import VERDICT

NOTEBOOK = ROOT / "notebooks" / "methods.ipynb"


@pytest.fixture(scope="module")
def rules() -> tuple[MethodRule, ...]:
    """All rules."""
    return method_rules()


def topics_of_the_notebook() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return re.findall(r'rules\("([^"]+)"\)', "\n".join("".join(cell["source"]) for cell in cells))


def test_every_rule_of_the_verdict_is_printed(rules: tuple[MethodRule, ...]) -> None:
    """Each rule that can decide a verdict stands on the page with that verdict and in the words of the code, in its order."""
    expected = [(f"{VERDICT[decided]}: {name}", text) for name, (decided, text) in verdict.RULES.items()]

    assert expected == [(rule.name, rule.text) for rule in rules if "Verdict" == rule.topic]
    assert set(Verdict) == {decided for decided, _text in verdict.RULES.values()}


def test_every_rule_of_grade_is_printed(rules: tuple[MethodRule, ...]) -> None:
    """Each GRADE rule stands on the page with its source, and what makes the whole of them too."""
    printed = {rule.name: (rule.text, rule.source) for rule in rules if "Certainty" == rule.topic}
    expected = {name.replace("_", " "): rule for name, rule in grade.RULES.items()}

    assert expected == {name: printed[name] for name in expected}
    assert {"overall", "meaning of the levels", "who judges"} == printed.keys() - expected.keys()


def test_the_notebook_shows_every_topic_once(rules: tuple[MethodRule, ...]) -> None:
    """No topic is left out of the page and none is asked for that there is not."""
    topics = topics_of_the_notebook()

    assert len(topics) == len(set(topics))
    assert {rule.topic for rule in rules} == set(topics)


def test_every_rule_has_words_and_a_standing(rules: tuple[MethodRule, ...]) -> None:
    """A rule is sentences, under a name of its own, and says how well it is founded; what was read names what."""
    unfit = [rule.name for rule in rules if not (rule.text[0].isupper() and rule.text.endswith(".") and rule.name)]
    standing = [rule.name for rule in rules if rule.standing not in {READ, RECALLED, OWN}]
    sourceless = [rule.name for rule in rules if OWN != rule.standing and not rule.source]

    assert ([], [], []) == (unfit, standing, sourceless)
    assert len(rules) == len({(rule.topic, rule.name) for rule in rules})
    assert {READ, RECALLED, OWN} == {rule.standing for rule in rules}


def test_what_is_remembered_is_not_called_read(rules: tuple[MethodRule, ...]) -> None:
    """A rule whose source is cited from memory, or is weigh's own, is not presented as read."""
    said = {rule.name: rule.standing for rule in rules if re.search(r"from memory|weigh's", rule.source)}

    assert (RECALLED, OWN, OWN) == (said["large effect"], said["imprecision"], said["risk of bias"])
    assert [] == [name for name, standing in said.items() if READ == standing]


def test_the_numbers_of_the_rules_are_those_of_the_code(rules: tuple[MethodRule, ...]) -> None:
    """Thresholds in words are the thresholds in use."""
    text = {rule.name: rule.text for rule in rules}

    assert f"{AGREEMENT:.0%}" in text["one vote per study"]
    assert f"fewer than {ENOUGH_STUDIES} studies" in text["sign test"]
    assert f"with {grade.ENOUGH_PARTICIPANTS} participants or fewer" in text["imprecision"]
    assert f"fewer than {grade.SMALL} participants" in text["publication bias"]


@pytest.mark.parametrize("topic", topics_of_the_notebook())
def test_a_topic_is_shown_with_all_its_rules(topic: str, rules: tuple[MethodRule, ...]) -> None:
    """Names, words, sources and standings of a topic stand in the table and in the text beside it."""
    shown = show(rules_on(topic))
    own = [rule for rule in rules if rule.topic == topic]

    assert len(own) == shown.html.count('<th scope="row">') == len(shown.text.splitlines())
    for rule in own:
        assert f"{rule.name}: {rule.text} [{rule.standing}]" in shown.text.splitlines()
        assert rule.standing.replace("'", "&#39;") in shown.html


@pytest.mark.parametrize("topic", ["", "votes", "Astrology"])
def test_a_topic_that_there_is_not_is_refused(topic: str, rules: tuple[MethodRule, ...]) -> None:
    """A wrong topic is named, with all that there are."""
    with pytest.raises(NotFoundError, match=re.escape(repr(topic))) as error:
        rules_on(topic)

    assert [] == [rule.topic for rule in rules if rule.topic not in f"{error.value}".split("the topics are")[1]]
