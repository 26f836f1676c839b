"""Sentences about an effect, in the words that its certainty permits.

Source: GRADE guidelines 26 (Santesso et al., J Clin Epidemiol 2020;119:126), as tabled in the GRADE handbook of the
ACIP, chapter 11; the words for low and very low certainty from memory, not re-read. "No clear direction" describes what
was seen and never becomes "no effect": no sentence denies an effect when certainty is low.
"""

from __future__ import annotations

from weigh.evidence.vocabulary import Certainty, Direction, Domain

__all__ = ["CERTAINTY", "CERTAINTY_MEANING", "benefit_words", "effect_sentence"]

CERTAINTY = {
    Certainty.HIGH: "high",
    Certainty.MODERATE: "moderate",
    Certainty.LOW: "low",
    Certainty.VERY_LOW: "very low",
}
#: The meaning of each level (BMC Medicine 2012;10:33, table 1), paraphrased.
CERTAINTY_MEANING = {
    Certainty.HIGH: "the true effect is very probably close to what was found",
    Certainty.MODERATE: "the true effect is probably close to what was found, and may be substantially different",
    Certainty.LOW: "the true effect may be substantially different from what was found",
    Certainty.VERY_LOW: "the true effect is likely to be substantially different from what was found",
}
#: Benefit in each outcome domain: verb as an infinitive and in the third person, then the object.
_BENEFIT = {
    Domain.PAIN: ("reduce", "reduces", "pain"),
    Domain.SYMPTOMS: ("reduce", "reduces", "symptoms"),
    Domain.STIFFNESS: ("reduce", "reduces", "stiffness"),
    Domain.FUNCTION: ("improve", "improves", "function"),
    Domain.DISABILITY: ("reduce", "reduces", "disability"),
    Domain.QUALITY_OF_LIFE: ("improve", "improves", "quality of life"),
    Domain.GLOBAL_IMPROVEMENT: ("increase", "increases", "the share of people who improve"),
    Domain.MOTION: ("improve", "improves", "motion"),
    Domain.STRENGTH: ("improve", "improves", "strength"),
    Domain.NERVE_FUNCTION: ("improve", "improves", "nerve function"),
    Domain.VISION: ("improve", "improves", "vision"),
    Domain.DISEASE_ACTIVITY: ("reduce", "reduces", "disease activity"),
    Domain.FURTHER_TREATMENT: ("reduce", "reduces", "the need for further treatment"),
    Domain.SATISFACTION: ("increase", "increases", "satisfaction"),
    Domain.PROCEDURE_SUCCESS: ("increase", "increases", "the success of the procedure"),
    Domain.EVENTS: ("reduce", "reduces", "events"),
    Domain.MORTALITY: ("reduce", "reduces", "deaths"),
}


def benefit_words(domain: Domain) -> tuple[str, str, str]:
    """Benefit in an outcome domain: verb as an infinitive, verb in the third person, object.

    >>> benefit_words(Domain.PAIN)
    ('reduce', 'reduces', 'pain')
    """
    return _BENEFIT.get(domain, ("improve", "improves", domain.value.replace("_", " ")))


def effect_sentence(intervention: str, domain: Domain, direction: Direction | None, certainty: Certainty) -> str:
    """What happens to an outcome; `direction` is None if studies, or the results of one study, disagree in direction.

    >>> effect_sentence("massage", Domain.PAIN, Direction.FAVOURS_INTERVENTION, Certainty.LOW)
    'Massage may reduce pain.'
    >>> effect_sentence("massage", Domain.PAIN, Direction.NO_CLEAR_DIRECTION, Certainty.VERY_LOW)
    'The evidence is very uncertain about the effect of massage on pain.'
    """
    verb, verbs, what = benefit_words(domain)
    subject = intervention[:1].upper() + intervention[1:]
    if certainty is Certainty.VERY_LOW:
        return f"The evidence is very uncertain about the effect of {intervention} on {what}."
    if direction is None:
        return f"Whether {intervention} {verbs} {what} is unclear: the results point in different directions."
    if direction is Direction.FAVOURS_INTERVENTION:
        words = {Certainty.HIGH: verbs, Certainty.MODERATE: f"probably {verbs}", Certainty.LOW: f"may {verb}"}
        return f"{subject} {words[certainty]} {what}."
    if direction is Direction.FAVOURS_COMPARATOR:
        words = {
            Certainty.HIGH: "does less",
            Certainty.MODERATE: "probably does less",
            Certainty.LOW: "may do less",
        }
        return f"{subject} {words[certainty]} than the comparator to {verb} {what}."
    if certainty is Certainty.LOW:
        return f"It is unclear whether {intervention} {verbs} {what}: no clear difference was seen."
    hedge = "" if certainty is Certainty.HIGH else "probably "
    return f"{subject} {hedge}makes no clear difference to {what}."
