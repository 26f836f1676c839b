"""The controlled vocabularies of the tables; each value is spelled as in a cell."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "UNREAD",
    "AuthorView",
    "Basis",
    "BiasDomain",
    "Certainty",
    "ComparatorType",
    "Contrast",
    "CriterionKind",
    "Design",
    "Direction",
    "Domain",
    "Extraction",
    "Fit",
    "Position",
    "ReferenceList",
    "Risk",
    "SignoffVote",
    "Stance",
    "Verdict",
]


#: The value of `record` for a reference not yet compared with the work itself; such a reference may lack a date.
UNREAD = "not read"


class Position(StrEnum):
    """What the guideline declares for an indication."""

    NOT_MEDICALLY_NECESSARY = "not_medically_necessary"
    MEDICALLY_NECESSARY = "medically_necessary"


class Basis(StrEnum):
    """Where in the guideline a conclusion comes from."""

    NAMED_IN_POSITION = "named_in_position"
    DISCUSSED = "discussed"
    CODE_ONLY = "code_only"
    CATCH_ALL = "catch_all"


class Stance(StrEnum):
    """How the guideline uses a citation: against the intervention, for it, or as background."""

    AGAINST = "against"
    FOR = "for"
    BACKGROUND = "background"


class ReferenceList(StrEnum):
    """The guideline's reference lists."""

    PEER_REVIEWED = "peer_reviewed"
    AUTHORITATIVE = "authoritative"
    WEBSITE = "website"


class CriterionKind(StrEnum):
    """The kind of a node in the tree of criteria for medical necessity."""

    ALL_OF = "all_of"
    ANY_OF = "any_of"
    FACT = "fact"


class Design(StrEnum):
    """Study designs, as far as the part read reveals them."""

    RANDOMISED_TRIAL = "randomised_trial"
    COMPARATIVE_UNCLEAR = "comparative_unclear"
    NON_RANDOMISED_COMPARISON = "non_randomised_comparison"
    BEFORE_AFTER = "before_after"
    SINGLE_ARM = "single_arm"
    SYSTEMATIC_REVIEW = "systematic_review"
    NARRATIVE_REVIEW = "narrative_review"
    LABORATORY = "laboratory"
    NOT_KNOWN = "not_known"


class ComparatorType(StrEnum):
    """What the intervention was compared with."""

    NO_TREATMENT = "no_treatment"
    SHAM = "sham"
    PLACEBO = "placebo"
    SAME_CARE_WITHOUT = "same_care_without"
    ACTIVE = "active"
    SETTING = "setting"
    VARIOUS = "various"
    NONE = "none"
    NOT_KNOWN = "not_known"


class Fit(StrEnum):
    """Whether a study tests the intervention of the conclusion."""

    TESTS_INTERVENTION = "tests_intervention"
    TESTS_DRUG_ONLY = "tests_drug_only"
    ADD_ON = "add_on"
    INDIRECT = "indirect"
    NOT_TESTED = "not_tested"


class AuthorView(StrEnum):
    """The authors' conclusion on the intervention, in the part read."""

    BENEFIT = "benefit"
    NO_BENEFIT = "no_benefit"
    COMPARATOR_BETTER = "comparator_better"
    MIXED = "mixed"
    UNCERTAIN = "uncertain"
    NOT_APPLICABLE = "not_applicable"
    NOT_SEEN = "not_seen"


class Extraction(StrEnum):
    """How far a fact was verified against its source record."""

    VERIFIED = "verified"
    PARTIAL = "partial"
    UNVERIFIED = "unverified"
    NOT_FOUND = "not_found"


class Direction(StrEnum):
    """The side that an effect favours, regardless of its p value."""

    FAVOURS_INTERVENTION = "favours_intervention"
    FAVOURS_COMPARATOR = "favours_comparator"
    NO_CLEAR_DIRECTION = "no_clear_direction"
    NOT_COMPARATIVE = "not_comparative"


class Contrast(StrEnum):
    """Whether a result compares arms or is a change within one arm."""

    BETWEEN_ARMS = "between_arms"
    WITHIN_ARM = "within_arm"


class Domain(StrEnum):
    """The domain of an outcome; only domains of benefit vote (see `weigh.assessment.votes`)."""

    PAIN = "pain"
    SYMPTOMS = "symptoms"
    STIFFNESS = "stiffness"
    FUNCTION = "function"
    DISABILITY = "disability"
    QUALITY_OF_LIFE = "quality_of_life"
    GLOBAL_IMPROVEMENT = "global_improvement"
    MOTION = "motion"
    STRENGTH = "strength"
    NERVE_FUNCTION = "nerve_function"
    VISION = "vision"
    DISEASE_ACTIVITY = "disease_activity"
    FURTHER_TREATMENT = "further_treatment"
    SATISFACTION = "satisfaction"
    PROCEDURE_SUCCESS = "procedure_success"
    EVENTS = "events"
    MORTALITY = "mortality"
    HARM = "harm"
    PROCESS = "process"
    LABORATORY = "laboratory"


class Risk(StrEnum):
    """Risk of bias on the scale common to all instruments (`weigh.assessment.appraisal` maps each to it)."""

    LOW = "low"
    SOME_CONCERNS = "some_concerns"
    HIGH = "high"
    NO_INFORMATION = "no_information"


class BiasDomain(StrEnum):
    """Sources of bias that the instruments share: the columns of the traffic-light plot."""

    ALLOCATION = "allocation"
    BLINDING = "blinding"
    MISSING_DATA = "missing_data"
    SELECTED_RESULT = "selected_result"
    UNIT_OF_ANALYSIS = "unit_of_analysis"


class Certainty(StrEnum):
    """The GRADE certainty of a body of evidence."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very_low"


class SignoffVote(StrEnum):
    """A committee member's vote on a conclusion, given its page."""

    AGREE = "agree"
    DISAGREE = "disagree"
    ABSTAIN = "abstain"


class Verdict(StrEnum):
    """How the cited evidence bears on a conclusion (rules in `weigh.assessment.verdict`)."""

    BACKED = "backed"
    UNCERTAIN = "uncertain"
    MIXED = "mixed"
    CONTESTED = "contested"
    NOT_TESTED = "not_tested"
    NO_EVIDENCE = "no_evidence"
