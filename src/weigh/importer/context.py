"""Determine what a citation is cited for: the condition named in its context, and the stance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from weigh.evidence.vocabulary import Stance
from weigh.text.names import plain_words

__all__ = ["Conditions", "first_named", "key_words", "speaks_against", "stance_of"]

_NO = re.compile(
    r"\b(?:do|does|did)\s+not\s+(?:\w+\s+)?(?:support|show|demonstrate|differ|improve|establish|benefit)|\bnot\s+(?:been\s+)?(?:\w+\s+)?"
    r"(?:shown|demonstrated|established|proven|effective|superior|supported|better)\b|\bno\s+(?:\w+\s+){0,2}(?:differences?|benefits?|improvements?|evidence|effects?|advantage)\b"
    r"|\bno\s+(?:more|better)\b|\b(?:insufficient|inadequate|ineffective|unproven|inconclusive|unclear|limited)\b|\black(?:s|ed|ing)?\b|\bfail(?:s|ed|ure)?\s+to\b|\bcannot\s+be\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\b(?:effective\w*|efficac\w+|superior|benefi\w+|improv\w+|success\w*|relie(?:f|ved?s?)|safe|supports?|supported|recommend\w*|reduc\w+|better|fewer)\b",
    re.IGNORECASE,
)
#: Words that merely qualify a condition.
_QUALIFYING = frozenset(
    [
        "acute",
        "and",
        "any",
        "associated",
        "chronic",
        "due",
        "for",
        "from",
        "generalized",
        "idiopathic",
        "intractable",
        "mild",
        "moderate",
        "of",
        "or",
        "other",
        "primary",
        "recurrent",
        "refractory",
        "secondary",
        "severe",
        "the",
        "type",
        "with",
    ]
)
#: Words shared by many conditions, which identify none.
_GENERAL = frozenset(
    [
        "condition",
        "conditions",
        "disease",
        "diseases",
        "disorder",
        "disorders",
        "indications",
        "pain",
        "procedure",
        "procedures",
        "syndrome",
        "syndromes",
        "therapy",
        "treatment",
        "use",
    ]
)


def key_words(condition: str) -> frozenset[str]:
    """Return the words that identify a condition, in the singular; all of its words if they merely qualify.

    >>> sorted(key_words("primary or secondary hyperhidrosis")), sorted(key_words("chronic neck pain"))
    (['hyperhidrosis'], ['neck', 'pain'])
    """
    words = [word for word in plain_words(condition) if len(word) > 1]
    own = [word for word in words if word not in _QUALIFYING and len(word) > 2]
    return frozenset(_singular(word) for word in own or words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


class Conditions:
    """The conditions mentioned in a guideline, which can be recognised in any text."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: list[str] = []
        self._keys: dict[str, frozenset[str]] = {}
        self._owners: dict[str, list[str]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> str:
        """Add a condition, or find the known one it refers to; return the name under which it is known."""
        if (known := self.same(name)) is not None:
            return known
        self.names.append(name)
        self._keys[name] = key_words(name)
        for word in self._keys[name]:
            self._owners.setdefault(word, []).append(name)
        return name

    def same(self, name: str) -> str | None:
        """Return the condition that a name refers to: all identifying words of the condition are in the name."""
        keys = key_words(name)
        shared = Counter(owner for word in keys for owner in self._owners.get(word, ()))
        fits = [owner for owner, count in shared.items() if count == len(self._keys[owner])]
        equal = [owner for owner in fits if self._keys[owner] == keys]
        return (equal or fits)[0] if len(equal or fits) == 1 else None

    def named_in(self, text: str) -> str | None:
        """Return the condition with the most identifying words in a text; None if there is none or a tie."""
        words = frozenset(_singular(word) for word in plain_words(text) if word not in _GENERAL)
        shared = Counter(owner for word in words for owner in self._owners.get(word, ()))
        ranked = shared.most_common(2)
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return None
        return ranked[0][0]


def speaks_against(text: str) -> bool:
    """Whether a text says that something does not work, or was not shown to work."""
    return _NO.search(text) is not None


def stance_of(sentence: str, *, denies: bool) -> Stance:
    """Guess the stance of a citation from the words of its sentence.

    Args:
        sentence: the sentence.
        denies: whether its paragraph argues against the service, which counts if the sentence takes no side.

    >>> stance_of("The studies do not support it (Ardenwood, 2019).", denies=False)
    <Stance.AGAINST: 'against'>
    """
    if speaks_against(sentence):
        return Stance.AGAINST
    if _YES.search(sentence):
        return Stance.FOR
    return Stance.AGAINST if denies else Stance.BACKGROUND


def first_named(conditions: Conditions, texts: Sequence[str]) -> str:
    """Return the condition named in the first text that names one, or an empty string."""
    return next((name for text in texts if text and (name := conditions.named_in(text)) is not None), "")
