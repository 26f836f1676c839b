"""What a guideline's text says, part by part, each part with its line: the words of the importer."""

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
    """What a section of a guideline is, whatever its heading calls it."""

    HEADER = "header"  # what stands before the first heading
    DESCRIPTION = "description"
    POSITION = "position"  # the statements on medical necessity and their criteria
    CODING = "coding"
    DISCUSSION = "discussion"
    DEFINITIONS = "definitions"
    REFERENCES = "references"
    INDEX = "index"
    HISTORY = "history"
    OTHER = "other"  # a heading that is known to hold nothing for the tables


class Use(StrEnum):
    """What became of a line; each line of the file has one."""

    BLANK = "blank"
    FURNITURE = "furniture"  # of a page: heads, feet, numbers of pages, menus
    HEADER = "header"
    HEADING = "heading"
    POSITION = "position"
    CODE = "code"
    PROSE = "prose"  # read for citations, conditions and devices
    TERM = "term"
    REFERENCE = "reference"
    INDEX = "index"
    HISTORY = "history"
    NOT_UNDERSTOOD = "not_understood"


class CitationStyle(StrEnum):
    """How the text names its references."""

    AUTHOR_YEAR = "author_year"
    BRACKETS = "brackets"  # [1,3-5]
    PARENTHESES = "parentheses"  # (1,3-5)
    SUPERSCRIPT = "superscript"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person is to look at: a guess, a defect of the text, a thing left out. `line` 0: the whole text."""

    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the head of the guideline prints; a field that it does not print is empty."""

    number: str = ""
    subject: str = ""
    status: str = ""
    publish_date: date | None = None
    last_review_date: date | None = None
    publisher: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section from its heading to the line before the next one."""

    kind: SectionKind
    title: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A criterion of a statement, as printed; `label` is its place among the others, such as `B.2`."""

    label: str
    line: int
    kind: CriterionKind
    text: str = field(repr=False)
    children: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One declaration for one indication.

    `printed` is the word of the text for the position, such as `investigational`; `condition` is empty for a
    declaration on whatever is not named (`catch_all`).
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
    """An entry of a reference list. `number` is unique in its list; `printed_number` is what stands before it."""

    list: ReferenceList
    number: int
    printed_number: int | None
    first: int
    last: int
    entry: PrintedEntry
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place in the text that names an entry of the lists: one work of one citation.

    `entries` are (list, number) of those that it may mean; `condition` is the indication that it is cited for, in the
    words of the text, or empty; `carried` says that it is only that of the citation before, for nothing beside this one
    names any.
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

    `first` is empty where a title stands without a code, `last` where there is no range; `position` is None where no
    heading says under which the table stands.
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
    """A row of the history. `action` is the text's own and does not go into a table."""

    status: str
    date: date | None
    organization: str
    document: str
    line: int
    action: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintedTerm:
    """A term that the text defines."""

    term: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDevice:
    """A device that the text names with its maker."""

    name: str
    maker: str
    location: str
    line: int


@dataclass(frozen=True, kw_only=True)
class FoundGuideline:
    """All that was read out of a guideline's text. `uses[n - 1]` is what became of line n."""

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
        """Entries that no mention may mean, in the order of the lists."""
        cited = {entry for mention in self.mentions for entry in mention.entries}
        return tuple(entry for entry in self.entries if (entry.list, entry.number) not in cited)

    @property
    def cited_or_not(self) -> tuple[tuple[int, tuple[ListedEntry, ...]], ...]:
        """Entries that only ambiguous mentions may mean: how many of them no mention can mean, and which they are."""
        certain = {entry for mention in self.mentions if len(mention.entries) == 1 for entry in mention.entries}
        groups = Counter(mention.entries for mention in self.mentions if len(mention.entries) > 1)
        by_place = {(entry.list, entry.number): entry for entry in self.entries}
        found = []
        for entries, mentions in groups.items():
            open_ones = tuple(by_place[entry] for entry in entries if entry not in certain)
            if len(open_ones) > mentions:
                found.append((len(open_ones) - mentions, open_ones))
        return tuple(found)
