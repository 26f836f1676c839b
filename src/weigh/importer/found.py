"""The vocabulary of the importer: the parts of a guideline's text, each with its line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from weigh.audit.matching import MatchKind
from weigh.evidence.vocabulary import CriterionKind, Position, ReferenceList, Stance
from weigh.importer.entry import PrintedEntry

__all__ = [
    "CitationStyle",
    "Clause",
    "FoundGuideline",
    "Header",
    "ListedEntry",
    "Mention",
    "PrintedCode",
    "PrintedDevice",
    "PrintedHistory",
    "PrintedTerm",
    "Remark",
    "Section",
    "SectionKind",
    "Statement",
    "Use",
]


class SectionKind(StrEnum):
    """The kind of a section of a guideline, independent of its heading."""

    HEADER = "header"  # everything before the first heading
    DESCRIPTION = "description"
    POSITION = "position"  # the statements on medical necessity and their criteria
    CODING = "coding"
    DISCUSSION = "discussion"
    DEFINITIONS = "definitions"
    REFERENCES = "references"
    INDEX = "index"
    HISTORY = "history"
    OTHER = "other"  # a known heading whose section holds nothing for the tables


class Use(StrEnum):
    """How a line was used; every line of the file has exactly one use."""

    BLANK = "blank"
    FURNITURE = "furniture"  # page headers, footers and numbers; menus
    HEADER = "header"
    HEADING = "heading"
    POSITION = "position"
    CODE = "code"
    PROSE = "prose"  # searched for citations, conditions and devices
    TERM = "term"
    REFERENCE = "reference"
    INDEX = "index"
    HISTORY = "history"
    NOT_UNDERSTOOD = "not_understood"


class CitationStyle(StrEnum):
    """How the text cites its references."""

    AUTHOR_YEAR = "author_year"
    BRACKETS = "brackets"  # [1,3-5]
    PARENTHESES = "parentheses"  # (1,3-5)
    SUPERSCRIPT = "superscript"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark for a person to check: a guess, a defect or an omission. Line 0 refers to the whole text."""

    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of the guideline; fields that are not printed are empty."""

    number: str = ""
    subject: str = ""
    status: str = ""
    publish_date: date | None = None
    last_review_date: date | None = None
    publisher: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section, from its heading to the line before the next heading."""

    kind: SectionKind
    title: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A criterion of a statement, as printed; `label` is its position among the others, such as `B.2`."""

    label: str
    line: int
    kind: CriterionKind
    text: str = field(repr=False)
    children: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One coverage statement for one indication.

    `printed` is the word used in the text for the position, such as `investigational`; `condition` is empty for a
    statement about all indications not named (`catch_all`).
    """

    position: Position
    printed: str
    line: int
    condition: str = ""
    drug: str = ""
    catch_all: bool = False
    criteria: Clause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """An entry of a reference list; `number` is unique within its list, `printed_number` is as printed."""

    list: ReferenceList
    number: int
    printed_number: int | None
    first: int
    last: int
    entry: PrintedEntry
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place in the text that cites an entry of the lists: one work of one citation.

    `entries` are the (list, number) pairs it may refer to; `condition` is the indication for which it is cited, in the
    words of the text, or empty; `carried` means that the condition was taken from the previous citation, because none is
    named near this one.
    """

    cited_as: str
    line: int
    kind: MatchKind
    entries: tuple[tuple[ReferenceList, int], ...]
    difference: str = ""
    condition: str = ""
    drug: str = ""
    stance: Stance = Stance.BACKGROUND
    carried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCode:
    """A row of a code table.

    `first` is empty for a title without a code, `last` if there is no range; `position` is None if no heading gives the
    position of the table.
    """

    system: str
    printed_system: str
    first: str
    last: str
    title: str
    position: Position | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedHistory:
    """A row of the history; `action` quotes the text and is not copied into a table."""

    status: str
    date: date | None
    organization: str
    document: str
    line: int
    action: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintedTerm:
    """A term defined in the text."""

    term: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDevice:
    """A device named in the text with its manufacturer."""

    name: str
    maker: str
    location: str
    line: int


@dataclass(frozen=True, kw_only=True)
class FoundGuideline:
    """Everything found in a guideline's text; `uses[n - 1]` is the use of line n."""

    name: str
    sha256: str
    header: Header
    sections: tuple[Section, ...]
    statements: tuple[Statement, ...]
    entries: tuple[ListedEntry, ...]
    style: CitationStyle
    mentions: tuple[Mention, ...]
    codes: tuple[PrintedCode, ...]
    history: tuple[PrintedHistory, ...]
    terms: tuple[PrintedTerm, ...]
    devices: tuple[PrintedDevice, ...]
    index: tuple[str, ...]
    remarks: tuple[Remark, ...]
    uses: tuple[Use, ...]

    @property
    def never_cited(self) -> tuple[ListedEntry, ...]:
        """Entries to which no mention can refer, in the order of the lists."""
        cited = {entry for mention in self.mentions for entry in mention.entries}
        return tuple(entry for entry in self.entries if (entry.list, entry.number) not in cited)

    @property
    def cited_or_not(self) -> tuple[tuple[int, tuple[ListedEntry, ...]], ...]:
        """Entries to which only ambiguous mentions can refer: the least number left uncited, and the entries."""
        certain = {entry for mention in self.mentions if len(mention.entries) == 1 for entry in mention.entries}
        groups = Counter(mention.entries for mention in self.mentions if len(mention.entries) > 1)
        by_place = {(entry.list, entry.number): entry for entry in self.entries}
        found = []
        for entries, mentions in groups.items():
            open_ones = tuple(by_place[entry] for entry in entries if entry not in certain)
            if len(open_ones) > mentions:
                found.append((len(open_ones) - mentions, open_ones))
        return tuple(found)
