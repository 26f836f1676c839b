"""Rules on cited studies: whether they test the intervention, and whether they found what they are cited for."""

from __future__ import annotations

from collections.abc import Iterator

from weigh.assessment.dossier import StudyEvidence
from weigh.assessment.votes import voting_outcomes
from weigh.audit.rule import Context, Defect, Rule, rule
from weigh.evidence.vocabulary import AuthorView, Design, Direction, Extraction, Fit, Stance
from weigh.wording import sentences as wording

__all__ = ["RULES"]

_EVIDENCE = "a question to the committee"
_PARTS_OF_A_BODY = frozenset(
    [
        "ankles",
        "digits",
        "ears",
        "elbows",
        "eyes",
        "feet",
        "fingers",
        "hands",
        "hips",
        "joints",
        "knees",
        "legs",
        "limbs",
        "nails",
        "shoulders",
        "sites",
        "teeth",
        "toes",
        "wrists",
    ]
)


def _defect(context: Context, item: StudyEvidence, column: str, message: str) -> Defect:
    study = item.study
    users = context.conclusions_by_study.get(study.study_id, ())
    return Defect(subject=study.study_id, place=study.at(column), message=message, conclusions=users)


def _once(context: Context) -> Iterator[StudyEvidence]:
    """Each study cited for or against, once."""
    seen: set[str] = set()
    for _, item in context.cited:
        if item.study.study_id not in seen:
            seen.add(item.study.study_id)
            yield item


def _with_fit(context: Context, fit: Fit) -> Iterator[StudyEvidence]:
    return (item for item in _once(context) if item.study.fit is fit)


def _used(item: StudyEvidence, stance: Stance) -> bool:
    return any(citation.stance is stance for citation in item.citations)


@rule(
    "study-does-not-test",
    family="studies",
    severity="error",
    whose=_EVIDENCE,
    means="A study cited for or against the intervention, or listed as a study, does not test it.",
    settle="Exclude it, or state for what else it is cited.",
)
def does_not_test(context: Context) -> Iterator[Defect]:
    """Report studies of another route, laboratory studies, and publications that are not trials."""
    for item in _with_fit(context, Fit.NOT_TESTED):
        yield _defect(
            context, item, "fit", f"{item.name} does not test the intervention: {_clause(item.study.fit_reason)}"
        )
    for study in context.review.studies.values():
        if study.fit is Fit.NOT_TESTED and study.study_id not in context.conclusions_by_study:
            name = context.review.study_name(study.study_id)
            message = f"{name}, listed but never cited, does not test the intervention: {_clause(study.fit_reason)}"
            yield Defect(subject=study.study_id, place=study.at("fit"), message=message)


@rule(
    "study-tests-drug-only",
    family="studies",
    severity="note",
    whose=_EVIDENCE,
    means="Both arms received the procedure, so the study tests the drug, not the intervention itself.",
    settle="Compare the votes with and without it.",
)
def tests_drug_only(context: Context) -> Iterator[Defect]:
    """Report studies in which both arms received the procedure."""
    for item in _with_fit(context, Fit.TESTS_DRUG_ONLY):
        yield _defect(context, item, "fit", f"{item.name} tests the drug only: {_clause(item.study.fit_reason)}")


@rule(
    "study-add-on",
    family="studies",
    severity="note",
    whose=_EVIDENCE,
    means="The intervention was added to care that both arms received.",
    settle="Compare the votes with and without it.",
)
def add_on(context: Context) -> Iterator[Defect]:
    """Report studies of the intervention as an add-on."""
    for item in _with_fit(context, Fit.ADD_ON):
        yield _defect(
            context, item, "fit", f"{item.name} tests the intervention as an add-on: {_clause(item.study.fit_reason)}"
        )


@rule(
    "study-indirect",
    family="studies",
    severity="warning",
    whose=_EVIDENCE,
    means="The study bears on the question only indirectly: an active comparator, a passage in a review, a combination of treatments, or another indication.",
    settle="State what it can and cannot show; compare the votes with and without it.",
)
def indirect(context: Context) -> Iterator[Defect]:
    """Report indirect evidence."""
    for item in _with_fit(context, Fit.INDIRECT):
        yield _defect(
            context,
            item,
            "fit",
            f"{item.name} bears on the question only indirectly: {_clause(item.study.fit_reason)}",
        )


@rule(
    "study-counted-twice",
    family="studies",
    severity="warning",
    whose=_EVIDENCE,
    means="One trial is cited as if it were two: through two of its reports, or directly and through a review that includes it.",
    settle="Count it once.",
)
def counted_twice(context: Context) -> Iterator[Defect]:
    """Report two reports of one study, or a study and a review that includes it, cited for one conclusion."""
    for item in _once(context):
        cited = {citation.citation_key for citation in item.citations}
        if len(cited) > 1:
            yield _defect(context, item, "citation_keys", f"{item.name}: {len(cited)} cited reports describe one study")
    for study in context.review.studies.values():
        for review_id in study.included_in or ():
            both = [
                n
                for n in context.conclusions_by_study.get(study.study_id, ())
                if n in context.conclusions_by_study.get(review_id, ())
            ]
            if both:
                message = f"{context.review.study_name(study.study_id)} is by inference one of the trials in {context.review.study_name(review_id)}, and both are cited"
                yield Defect(
                    subject=study.study_id, place=study.at("included_in"), message=message, conclusions=tuple(both)
                )


@rule(
    "study-unit-of-analysis",
    family="studies",
    severity="warning",
    whose=_EVIDENCE,
    means="Body parts (eyes, hands, feet, joints) were analysed as if they were people, so the results are not independent and appear more precise than they are.",
    settle="Ask for an analysis by person, or widen the intervals.",
)
def unit_of_analysis(context: Context) -> Iterator[Defect]:
    """Report unit-of-analysis errors."""
    for item in _once(context):
        unit = item.study.analysis_unit
        if unit in _PARTS_OF_A_BODY:
            yield _defect(context, item, "analysis_unit", f"{item.name} counts {unit}, not people")


@rule(
    "study-finding-differs",
    family="studies",
    severity="error",
    whose=_EVIDENCE,
    means="A study is cited for one side, but its authors or its results favour the other, wholly or in part.",
    settle="State in the text what the study found and why it is discounted.",
)
def finding_differs(context: Context) -> Iterator[Defect]:
    """Report studies whose conclusions or results contradict the side for which they are cited."""
    for item in _once(context):
        difference = _difference(item)
        if difference:
            yield _defect(context, item, "author_view", f"{item.name} is cited {difference}")


def _difference(item: StudyEvidence) -> str:
    view = item.study.author_view
    if _used(item, Stance.AGAINST):
        side, other, views = (
            "against",
            Direction.FAVOURS_INTERVENTION,
            {AuthorView.BENEFIT: "report benefit", AuthorView.MIXED: "report benefit on some outcomes"},
        )
    elif _used(item, Stance.FOR):
        side, other, views = (
            "for",
            Direction.FAVOURS_COMPARATOR,
            {AuthorView.NO_BENEFIT: "report no benefit", AuthorView.COMPARATOR_BETTER: "find the comparator better"},
        )
    else:
        return ""
    results = (
        [o for o in voting_outcomes(item.outcomes) if o.direction is other]
        if item.study.fit is not Fit.NOT_TESTED
        else []
    )
    parts = [f"its authors {views[view]}"] if view in views else []
    if results:
        parts.append(
            f"its results on {wording.outcome_words(results)} favour {'it' if side == 'against' else 'the comparator'}"
        )
    return f"{side} the intervention, but {' and '.join(parts)}" if parts else ""


@rule(
    "study-narrative-review",
    family="studies",
    severity="warning",
    whose=_EVIDENCE,
    means="A narrative review or an opinion is used as if it were a study.",
    settle="Cite the underlying studies.",
)
def narrative_review(context: Context) -> Iterator[Defect]:
    """Report narrative reviews used as evidence."""
    for item in _once(context):
        if item.study.design is Design.NARRATIVE_REVIEW:
            yield _defect(context, item, "design", f"{item.name} is a narrative review without original data")


@rule(
    "study-outside-definition",
    family="studies",
    severity="warning",
    whose=_EVIDENCE,
    means="The study lies outside the guideline's own definition of the intervention, or outside the indication for which it is cited.",
    settle="State why it is cited, or exclude it.",
)
def outside_definition(context: Context) -> Iterator[Defect]:
    """Report studies outside the guideline's definition or indication."""
    for item in _once(context):
        if item.study.outside_definition:
            yield _defect(
                context,
                item,
                "outside_definition",
                f"{item.name} lies outside the guideline's own definition: {_clause(item.study.outside_definition)}",
            )


@rule(
    "extraction-not-verified",
    family="studies",
    severity="warning",
    whose="our tables",
    means="The record of a cited study was not found, or its data in the tables were not verified; such data do not vote.",
    settle="Obtain the record and extract the study from it.",
)
def not_verified(context: Context) -> Iterator[Defect]:
    """Report studies and outcomes that were not verified."""
    for item in _once(context):
        state = item.study.extraction
        unseen = [o for o in item.outcomes if o.extraction in (Extraction.UNVERIFIED, Extraction.NOT_FOUND)]
        if state in (Extraction.UNVERIFIED, Extraction.NOT_FOUND):
            yield _defect(context, item, "extraction", f"{item.name}: {wording.EXTRACTION[state]}")
        elif unseen:
            yield _defect(
                context,
                item,
                "extraction",
                f"{item.name}: {len(unseen)} of {len(item.outcomes)} outcomes not verified",
            )


def _clause(sentence: str) -> str:
    """A sentence without its initial capital and final period."""
    return wording.lower_first(sentence).rstrip(".")


RULES: tuple[Rule, ...] = (
    does_not_test,
    finding_differs,
    counted_twice,
    indirect,
    narrative_review,
    outside_definition,
    unit_of_analysis,
    tests_drug_only,
    add_on,
    not_verified,
)
