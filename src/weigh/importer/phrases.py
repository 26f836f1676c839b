"""Guess the condition and the drug that a phrase names, for a person to confirm."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Phrase", "is_catch_all", "join_of", "named_in", "phrase_of", "split_list"]

#: Words before a condition.
_FOR = re.compile(
    r"\b(?:(?:treatment|management|relief|prevention|diagnosis|evaluation|control|therapy|rehabilitation|reduction)\s+(?:of|for|in)\s+"
    r"|(?:treating|managing|preventing|diagnosing|to\s+(?:treat|manage|relieve|prevent|control))\s+|(?:administration|delivery)\s+of\s+)",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"\b(?:administration|delivery|application|use|injection|infusion)\s+of\s+", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?:individuals?|adults?|children|infants|patients?|persons?|people|women|men|members?|those|adolescents)\s+"
    r"(?:with|who\s+have|who\s+suffer\s+from|suffering\s+from|diagnosed\s+with|affected\s+by|undergoing)\s+",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\A(?:and|or|as|a|an|the|any|for|in|of|to|with|use|used|when|either|both|cases|case|symptomatic\s+relief\s+of)\s+",
    re.IGNORECASE,
)
#: Words at which a condition ends.
_CUT = re.compile(
    r"\s*(?:[:;]|\.(?=\s|\Z)|,?\s+(?:only|when|if|where|who|whose|that|which|unless|provided|as\s+documented|as\s+evidenced"
    r"|in\s+(?:individuals|adults|children|patients|persons|people|members|those)|for\s+(?:individuals|adults|patients|members|those)"
    r"|and\s+meets?|meeting|after\s+failure|because|since|due\s+to\s+(?:insufficient|inadequate|lack|limited)|is|are|was|were|has|have|had|may|should|must|at\s+\d|within|compared|versus"
    r"|with\s+(?:and|or)\s+without|with\s+an?|at\s+intermediate|at\s+short|at\s+long|following\s+failure)\b).*\Z",
    re.IGNORECASE | re.DOTALL,
)
_CATCH_ALL = re.compile(
    r"\b(?:all|any)\s+other\b|\bother\s+(?:indications?|uses?|conditions?)\b|\bcriteria\b[^.;]{0,40}\bnot\s+met\b|\bnot\s+met\b"
    r"|\ball\s+(?:indications?|uses|conditions)\b|\bany\s+(?:indications?|uses?|conditions?)\b|\bnot\s+(?:listed|described|addressed)\b",
    re.IGNORECASE,
)
_AND = re.compile(r",?\s*(?:;|,)\s*(?:and|or)?\s+", re.IGNORECASE)
_TAIL = re.compile(r"\s?[;,]?\s?\b(?:and|or)\Z")
_PART = re.compile(r"[,;(]|\s(?:before|after|prior\s+to|following|during|with|without|in|of)\s", re.IGNORECASE)
_LONGEST = 10  # words of a condition
_ANY = re.compile(
    r"\b(?:any\s+(?:\(?one\)?\s+)?(?:\(?or\s+more\)?\s+)?of|(?:at\s+least\s+)?one\s+(?:\(1\)\s+)?(?:or\s+more\s+)?of|either\s+(?:one\s+)?of|either\b|any\s+one\b|any\s+of)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all\s+(?:of\s+)?(?:the|these|following)|all\s+of|both\s+of|both\b|each\s+of|every\s+one\s+of)", re.IGNORECASE
)
_COUNT = re.compile(
    r"\b(?:at\s+least\s+|any\s+|minimum\s+of\s+)?(?:two|three|four|five|[2-9])\s*(?:\(\d\)\s*)?(?:or\s+more\s+)?of\s+(?:the|these)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A condition and the drug given for it; either may be empty."""

    condition: str
    drug: str = ""


def is_catch_all(text: str) -> bool:
    """Whether a statement covers all indications not named.

    >>> is_catch_all("for all other indications"), is_catch_all("for restless thumb")
    (True, False)
    """
    return _CATCH_ALL.search(text) is not None


def join_of(text: str) -> str:
    """Return how an announced list is combined: `any`, `all`, `count`, or empty if unstated."""
    if _COUNT.search(text):
        return "count"
    found = [(m.start(), word) for words, word in ((_ANY, "any"), (_ALL, "all")) for m in words.finditer(text)]
    return max(found)[1] if found else ""


def split_list(text: str) -> list[str]:
    """Split a list within a sentence at commas and semicolons outside parentheses."""
    parts, start, depth, place = [], 0, 0, 0
    while place < len(text):
        sign = text[place]
        depth = max(0, depth + (sign in "([") - (sign in ")]"))
        if not depth and sign in ",;" and (joint := _AND.match(text, place)) is not None:
            parts.append(text[start:place])
            start = place = joint.end()
        else:
            place += 1
    parts.append(text[start:])
    return [part for part in parts if part.strip(" .;,")]


def phrase_of(text: str) -> Phrase:
    """Return the condition named by a phrase, such as an item of a list of indications.

    >>> phrase_of("In the treatment of primary or secondary hyperhidrosis only for individuals who have tried it")
    Phrase(condition='primary or secondary hyperhidrosis', drug='')
    >>> phrase_of("as a technique for delivery of lamp oil as treatment for restless thumb.")
    Phrase(condition='restless thumb', drug='lamp oil')
    """
    flat = " ".join(text.replace("*", "").split())
    drug = ""
    starts = list(_FOR.finditer(flat))
    if starts:
        last = next((m for m in reversed(starts) if not _GIVEN.match(m.group())), starts[-1])
        given = list(_GIVEN.finditer(flat, 0, last.start()))
        if given:
            drug = _trimmed(
                re.sub(
                    r"\s*\b(?:as(?:\s+an?)?|for(?:\s+the)?|in(?:\s+the)?)\s*\Z",
                    "",
                    flat[given[-1].end() : last.start()],
                )
            )
        flat = flat[last.end() :]
    if (people := _PEOPLE.match(flat)) is not None:
        flat = flat[people.end() :]
    return Phrase(_trimmed(_CUT.sub("", flat)), drug)


def named_in(text: str) -> Phrase | None:
    """Return the condition that a sentence says people have or is treated; None if it names none."""
    people = _PEOPLE.search(text)
    treated = next((m for m in _FOR.finditer(text) if not _GIVEN.match(m.group())), None)
    for found in (treated, people):
        if found is not None:
            rest = text[found.end() :]
            if (who := _PEOPLE.match(rest)) is not None:
                rest = rest[who.end() :]
            condition = _trimmed(_CUT.sub("", re.split(r"\s*[,(]", rest, maxsplit=1)[0]))
            if condition:
                return Phrase(condition)
    return None


def _trimmed(text: str) -> str:
    """Trim introductory and trailing words; an overlong phrase is cut after its first part, or dropped."""
    text = " ".join(text.split()).strip(" .,;:")
    while (lead := _LEAD.match(text) or _PEOPLE.match(text)) is not None:
        text = text[lead.end() :]
    text = _TAIL.sub("", text).strip(" .,;:")
    if len(text.split()) > _LONGEST:
        text = _TAIL.sub("", _PART.split(text, maxsplit=1)[0]).strip(" .,;:")
    return text if 0 < len(text.split()) <= _LONGEST else ""
