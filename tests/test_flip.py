"""The flip test lists exactly the single changes that alter a verdict or its certainty."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import BIBLIOGRAPHY, CITATIONS, OUTCOMES, ROOT, STUDIES, Project
from hypothesis import given
from hypothesis import strategies as st

from weigh.assessment.dossier import Dossier, StudyEvidence, gather
from weigh.assessment.flip import Badge, Change, FlipTest, flip_test
from weigh.assessment.verdict import Judgement, judge
from weigh.evidence.instruments import GRADE, ROB2
from weigh.evidence.model import Appraisal, CertaintyJudgement, Outcome, Place
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Certainty, Contrast, Direction, Domain, Fit, Position, Verdict
from weigh.wording.flip_words import BADGE, change_words, flip_summary

CERTAINTY = "evidence/certainty.csv"
FOR, AGAINST, UNCLEAR = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR, Direction.NO_CLEAR_DIRECTION
DENIED, COVERED = Position.NOT_MEDICALLY_NECESSARY, Position.MEDICALLY_NECESSARY
BARE: dict[str, Any] = {
    f"{arm}_{name}": None for arm in ("intervention", "comparator") for name in ("n", "mean", "sd", "events", "percent")
} | {"effect": None, "effect_measure": None, "ci_low": None, "ci_high": None, "p_value": None}

Trial = Callable[..., StudyEvidence]
Weighed = tuple[Verdict, Certainty | None]


@pytest.fixture(scope="session")
def trial(evidence: dict[str, StudyEvidence], outcome: Callable[..., Outcome]) -> Trial:
    """Make a randomised trial of the intervention itself, at low risk of bias unless a test specifies otherwise."""
    item = evidence["fernhollow-2017"]

    def make(
        name: str,
        direction: Direction,
        n: int = 500,
        *,
        domain: Domain = Domain.PAIN,
        risk: str = "low",
        fit: Fit = Fit.TESTS_INTERVENTION,
        **fields: Any,
    ) -> StudyEvidence:
        found = outcome(
            **(BARE | {"direction": direction, "domain": domain, "significant": direction is not UNCLEAR} | fields)
        )
        appraisal = Appraisal(
            place=Place("x"), study_id=name, tool=ROB2, domain="overall", judgement=risk, reason="r", source="s"
        )
        study = dataclasses.replace(item.study, study_id=name, n_enrolled=n, n_analysed=n, fit=fit)
        return dataclasses.replace(item, study=study, outcomes=(found,), appraisals=(appraisal,))

    return make


def made(mini: Review, *items: StudyEvidence, position: Position = DENIED) -> Dossier:
    empty = gather(mini, "humming-ear")
    conclusion = dataclasses.replace(empty.conclusion, position=position)
    return dataclasses.replace(empty, conclusion=conclusion, evidence=items, certainty=())


def flipped(dossier: Dossier) -> tuple[FlipTest, Judgement]:
    judgement = judge(dossier)
    return flip_test(dossier, judgement), judgement


def weighed(dossier: Dossier) -> Weighed:
    judgement = judge(dossier)
    return judgement.verdict, judgement.certainty


def listed(flip: FlipTest, kind: str) -> dict[tuple[str, str], Weighed]:
    return {(c.subject, c.detail): (c.verdict, c.certainty) for c in flip.changes if c.kind == kind}


def without(dossier: Dossier, study: str) -> Dossier:
    return dataclasses.replace(dossier, evidence=tuple(i for i in dossier.evidence if i.study.study_id != study))


def committee(dossier: Dossier, domain: str, judgement: str) -> Dossier:
    row = CertaintyJudgement(
        place=Place("x"),
        conclusion_id=dossier.conclusion.conclusion_id,
        domain=domain,
        judgement=judgement,
        reason="r",
        judged_by="committee",
        date=None,
    )
    return dataclasses.replace(dossier, certainty=(*(r for r in dossier.certainty if r.domain != domain), row))


# ---- single changes


def test_without_its_only_study_nothing_is_left(mini: Review, trial: Trial) -> None:
    """A verdict based on one study depends on it: without it there is no evidence, and the test says so."""
    dossier = made(mini, trial("lone-2001", FOR))
    flip, judgement = flipped(dossier)

    assert (Verdict.CONTESTED, Badge.FRAGILE) == (judgement.verdict, flip.badge)
    assert {("lone-2001", ""): (Verdict.NO_EVIDENCE, None)} == listed(flip, "drop_study")
    assert "The verdict rests on one study." == flip_summary(flip, dossier, judgement)


def test_a_verdict_of_many_is_robust(mini: Review, trial: Trial) -> None:
    """With three trials that agree, no single trial and no single judgement changes the verdict."""
    dossier = made(mini, *(trial(f"trial-{n}", FOR) for n in range(3)))
    flip, judgement = flipped(dossier)

    assert (Verdict.CONTESTED, Badge.ROBUST) == (judgement.verdict, flip.badge)
    assert ({}, {Verdict.CONTESTED}) == (listed(flip, "drop_study"), {change.verdict for change in flip.of_verdict})
    assert "remains “contested”" in flip_summary(flip, dossier, judgement)


def test_a_verdict_that_one_study_turns_is_fragile(mini: Review, trial: Trial) -> None:
    """Where one of three trials found benefit, only its omission changes the verdict."""
    dossier = made(mini, trial("for-2001", FOR), trial("unclear-2002", UNCLEAR), trial("unclear-2003", UNCLEAR))
    flip, judgement = flipped(dossier)
    turning = [change.subject for change in flip.of_verdict if change.verdict is not judgement.verdict]

    assert (Verdict.MIXED, Badge.FRAGILE, ["for-2001"]) == (judgement.verdict, flip.badge, turning)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (500, {"not_serious": None, "serious": (Verdict.BACKED, Certainty.MODERATE), "very_serious": None}),
        (300, {"not_serious": (Verdict.BACKED, Certainty.HIGH), "very_serious": (Verdict.UNCERTAIN, Certainty.LOW)}),
        (50, {"serious": (Verdict.BACKED, Certainty.MODERATE), "not_serious": None}),
    ],
)
def test_a_judgement_moves_by_one_step(
    mini: Review, trial: Trial, size: int, expected: dict[str, Weighed | None]
) -> None:
    """A judgement moves one step up and one down, never two."""
    flip, _judgement = flipped(made(mini, *(trial(f"trial-{n}", UNCLEAR, size // 2) for n in range(2))))
    found = listed(flip, "judgement")

    assert expected == {judgement: found.get(("imprecision", judgement)) for judgement in expected}


def test_a_judgement_alone_makes_a_verdict_fragile(mini: Review, trial: Trial) -> None:
    """Where one step in a judgement changes the verdict, the badge says fragile and the summary names the judgement."""
    dossier = made(mini, *(trial(f"trial-{n}", UNCLEAR, 100) for n in range(3)))
    flip, judgement = flipped(dossier)

    assert (Verdict.BACKED, Certainty.MODERATE) == (judgement.verdict, judgement.certainty)
    assert ({}, Badge.FRAGILE) == (listed(flip, "drop_study"), flip.badge)
    assert "one-step change in the judgement of" in flip_summary(flip, dossier, judgement)


def test_a_new_trial_bears_not_on_the_badge(mini: Review, trial: Trial) -> None:
    """Every verdict is open to new trials, so one that only a new trial would change is robust."""
    flip, judgement = flipped(made(mini, *(trial(f"trial-{n}", FOR) for n in range(3))))
    turning = [change for change in flip.changes if change.verdict is not judgement.verdict]

    assert (Badge.ROBUST, {"new_trial"}) == (flip.badge, {f"{change.kind}" for change in turning})


@pytest.mark.parametrize(
    ("old", "direction", "participants"),
    [
        (None, UNCLEAR, 50),
        (("low", 300), FOR, 50),
        (("low", 50), UNCLEAR, 50),
        (("low", 40), UNCLEAR, 100),
        (("some_concerns", 350), UNCLEAR, 100),
        (("some_concerns", 200), UNCLEAR, 401),
        (("low", 500), UNCLEAR, None),
        (("low", 500), AGAINST, None),
    ],
)
def test_a_new_trial_is_the_smallest_that_turns_the_verdict(
    mini: Review, trial: Trial, old: tuple[str, int] | None, direction: Direction, participants: int | None
) -> None:
    """The listed size is the smallest, among those tried, at which the verdict changes."""
    dossier = made(mini, *([trial("old-2001", UNCLEAR, old[1], risk=old[0])] if old else []))
    flip, judgement = flipped(dossier)
    found = next((c.participants for c in flip.changes if (c.kind, c.detail) == ("new_trial", direction)), None)

    def turned(people: int) -> bool:
        domain = Domain.PAIN if old else Domain.GLOBAL_IMPROVEMENT
        new = trial("a-new-trial", direction, people, domain=domain)
        return judge(dataclasses.replace(dossier, evidence=(*dossier.evidence, new))).verdict is not judgement.verdict

    assert participants == found
    assert [people for people in (50, 100, 401) if turned(people)][:1] == ([participants] if participants else [])


def test_nothing_cited_is_nothing_to_test(mini: Review) -> None:
    """Without a study there is nothing to omit and nothing to judge, only trials that could be done."""
    dossier = made(mini)
    flip, judgement = flipped(dossier)

    assert (Badge.NOTHING_TO_TEST, (), {"new_trial"}) == (
        flip.badge,
        flip.of_verdict,
        {f"{change.kind}" for change in flip.changes},
    )
    assert "there is none to omit" in flip_summary(flip, dossier, judgement)


# ---- all changes, and only those

STUDY = st.fixed_dictionaries(
    {
        "direction": st.sampled_from([FOR, AGAINST, UNCLEAR]),
        "n": st.sampled_from([40, 99, 250, 450]),
        "risk": st.sampled_from(["low", "some_concerns", "high"]),
        "domain": st.sampled_from([Domain.PAIN, Domain.FUNCTION, Domain.STRENGTH]),
        "fit": st.sampled_from([Fit.TESTS_INTERVENTION, Fit.INDIRECT, Fit.NOT_TESTED]),
        "contrast": st.sampled_from([Contrast.BETWEEN_ARMS, Contrast.BETWEEN_ARMS, Contrast.WITHIN_ARM]),
    }
)


def all_steps(dossier: Dossier, judgement: Judgement) -> Iterator[tuple[str, str, str, Weighed]]:
    """Every study omitted and every rating moved by one step, with the result."""
    for item in dossier.evidence:
        yield "drop_study", item.study.study_id, "", weighed(without(dossier, item.study.study_id))
    for rating in judgement.assessment.ratings:
        words = GRADE[rating.domain]
        place = words.index(rating.judgement)
        for word in words[max(0, place - 1) : place + 2]:
            if word != rating.judgement:
                yield "judgement", rating.domain, word, weighed(committee(dossier, rating.domain, word))


def compare(dossier: Dossier) -> None:
    before = repr(dossier)
    flip, judgement = flipped(dossier)
    moved = {
        (kind, subject, detail, after)
        for kind, subject, detail, after in all_steps(dossier, judgement)
        if after != (judgement.verdict, judgement.certainty)
    }
    found = [(f"{c.kind}", c.subject, c.detail, (c.verdict, c.certainty)) for c in flip.changes]
    turns = any(after[0] is not judgement.verdict for *_step, after in moved)

    assert moved == {each for each in found if "new_trial" != each[0]}
    assert len(found) == len(set(found))
    assert [] == [each for each in found if each[3] == (judgement.verdict, judgement.certainty)]
    assert [] == [each for each in found if "new_trial" == each[0] and each[3][0] is judgement.verdict]
    if dossier.evidence:
        assert (Badge.FRAGILE if turns else Badge.ROBUST) is flip.badge
    assert before == repr(dossier)


@given(studies=st.lists(STUDY, max_size=4), position=st.sampled_from([DENIED, COVERED]))
def test_every_step_that_moves_something_is_listed(
    mini: Review, trial: Trial, studies: list[dict[str, Any]], position: Position
) -> None:
    """Whatever the evidence, the list contains each change that alters verdict or certainty once, and no other."""
    compare(made(mini, *(trial(f"trial-{n}", **study) for n, study in enumerate(studies)), position=position))


@pytest.mark.parametrize("which", ["real", "mini"])
def test_every_step_on_the_reviews_is_listed(which: str, request: pytest.FixtureRequest) -> None:
    """The same holds for each conclusion of both reviews, where the committee has not judged the overall certainty."""
    review: Review = request.getfixturevalue(which)
    dossiers = [gather(review, name) for name in review.conclusions]
    for dossier in dossiers:
        compare(dataclasses.replace(dossier, certainty=()))

    assert len(dossiers) > 3


def test_a_judgement_of_the_whole_holds_against_its_parts(mini: Review, trial: Trial) -> None:
    """Where the committee judged the overall certainty, only a step in that judgement has an effect."""
    dossier = committee(made(mini, *(trial(f"trial-{n}", UNCLEAR, 30) for n in range(3))), "overall", "moderate")
    changes, _judgement = flipped(dossier)
    stepped = [(c.subject, c.detail) for c in changes.changes if "judgement" == c.kind.value]

    assert [("overall", "high"), ("overall", "low")] == sorted(stepped)


def test_or_more_means_or_more(mini: Review, real: Review, trial: Trial) -> None:
    """No sentence on a new trial “of 50 people or more” promises an effect that a trial of 500 lacks."""
    broken = []
    for review in (mini, real):
        for name in review.conclusions:
            dossier = gather(review, name)
            flip, judgement = flipped(dossier)
            for change in flip.changes:
                words = change_words(change, dossier, judgement, review.guideline.intervention)
                if "or more" in words:
                    new = trial("a-new-trial", Direction(change.detail), domain=Domain(change.subject))
                    after = weighed(dataclasses.replace(dossier, evidence=(*dossier.evidence, new)))
                    broken += [f"{name}: {words}"] if after != (change.verdict, change.certainty) else []

    assert [] == broken


# ---- changes made by hand in the tables of the real review


@pytest.fixture
def copied(tmp_path: Path) -> Project:
    """A copy of the review of this repository."""
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence")
    shutil.copy(ROOT / BIBLIOGRAPHY, tmp_path / BIBLIOGRAPHY)
    return Project(tmp_path)


def drop(project: Project, review: Review, name: str, study: str) -> None:
    """Remove the citations of a study from a conclusion and from the narrower ones."""
    covered = {name, *(conclusion.conclusion_id for conclusion in gather(review, name).narrower)}
    keys = review.studies[study].citation_keys
    header, *rows = project.rows(CITATIONS)
    place, key = header.index("conclusion_id"), header.index("citation_key")
    kept = [row for row in rows if not (row[place] in covered and row[key] in keys)]
    assert len(kept) < len(rows)
    project.write(CITATIONS, [header, *kept])


def judge_by_committee(project: Project, name: str, domain: str, judgement: str) -> None:
    """Replace the proposal for a domain by a row of the committee."""
    project.write(CERTAINTY, [row for row in project.rows(CERTAINTY) if row[:2] != [name, domain]])
    row = {"conclusion_id": name, "domain": domain, "judgement": judgement, "reason": "By hand."}
    project.add(CERTAINTY, **row, judged_by="committee")


def add_trial(project: Project, name: str, change: Change) -> None:
    """Write a new trial into every table that needs it."""
    path = project.path(BIBLIOGRAPHY)
    entry = "\n@misc{newtrial2030,\n  author = {Newtrial, A.},\n  title = {A new trial},\n  year = {2030},\n  record = {seen},\n}\n"
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    found = {"study_id": "newtrial-2030", "extraction": "verified", "source": "invented"}
    project.add(
        STUDIES,
        **found,
        citation_keys="newtrial2030",
        comparator_type="sham",
        design="randomised_trial",
        n_enrolled=f"{change.participants}",
        n_analysed=f"{change.participants}",
        fit="tests_intervention",
        fit_reason="It does.",
        author_view="not_applicable",
        finding="It was done.",
    )
    project.add(
        OUTCOMES,
        **found,
        outcome_id="newtrial-2030-01",
        domain=change.subject,
        measure="Some scale",
        direction=change.detail,
        contrast="between_arms",
        significant="false" if change.detail == UNCLEAR else "true",
    )
    cells = {"tool": "RoB2", "domain": "overall", "judgement": "low", "reason": "Well made.", "source": "invented"}
    project.add("evidence/appraisals.csv", study_id="newtrial-2030", **cells)
    project.add(
        CITATIONS,
        citation_id="new",
        conclusion_id=name,
        cited_as="Newtrial, 2030",
        citation_key="newtrial2030",
        stance="against",
        text_line="1",
    )


@pytest.mark.parametrize("name", ["epicondylitis", "foot-eczema", "central-pain"])
def test_what_is_promised_comes_by_hand(copied: Project, real: Review, name: str) -> None:
    """Each listed change, made in the tables by hand, gives the stated verdict and certainty."""
    dossier = gather(real, name)
    flip, _judgement = flipped(dossier)
    files = {file: copied.path(file).read_bytes() for file in (BIBLIOGRAPHY, CITATIONS, CERTAINTY, STUDIES, OUTCOMES)}
    files["evidence/appraisals.csv"] = copied.path("evidence/appraisals.csv").read_bytes()
    came: list[tuple[Change, Weighed]] = []
    for change in flip.changes:
        if change.kind == "drop_study":
            drop(copied, real, name, change.subject)
        elif change.kind == "judgement":
            judge_by_committee(copied, name, change.subject, change.detail)
        else:
            add_trial(copied, name, change)
        came.append((change, weighed(gather(copied.review(), name))))
        for file, content in files.items():
            copied.path(file).write_bytes(content)

    assert len(flip.changes) > 2
    assert [(change.verdict, change.certainty) for change in flip.changes] == [after for _change, after in came]


# ---- in words


def test_the_words_name_the_study_and_what_comes(real: Review) -> None:
    """A sentence states which study is omitted and the resulting verdict, and no more."""
    dossier = gather(real, "epicondylitis")
    flip, judgement = flipped(dossier)
    said = {c.subject: change_words(c, dossier, judgement, "iontophoresis") for c in flip.changes if not c.detail}

    assert "Without Nirschl 2003, the verdict would be “uncertain”." == said["nirschl-2003"]
    assert "Without Sayegh 2015, the certainty would be low." == said["sayegh-2015"]


def test_every_badge_has_a_word() -> None:
    """No badge is shown as its code."""
    assert set(Badge) == set(BADGE)
    assert [] == [word for word in BADGE.values() if "_" in word or not word[0].isupper()]
