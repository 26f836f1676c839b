"""Random fictional guidelines whose truth is known: they are put together from facts, printed, and then damaged.

Where a fact is printed, a sign of a private plane stands before it until the text is whole; so its line is counted and
not guessed, whatever was wrapped or moved.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

__all__ = ["Cited", "Code", "Guideline", "Revision", "Work", "damaged", "guidelines"]

_FIRST_SIGN = 0xF0000
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
#: No two of these are so near that one may be a misprint of the other.
FAMILIES = (
    "Ardenwood",
    "van der Birken",
    "de la Fern",
    "O'Cloud",
    "Maart-Holm",
    "Émilson",
    "Öståker",
    "Quillfeather",
    "Thistledown",
    "Saltmarsh",
    "Yarrowdale",
    "Li",
    "Ng",
    "Vetchling",
    "Underbough",
    "Rushcliffe",
    "Pinecroft",
    "Nettlefold",
    "Kestrelman",
    "Ivyscroft",
    "Galewright",
    "von Zwick",
    "Łomża",
    "DeCraw",
)
BODIES = ("Lamp Office (LO)", "Institute of Soft Bells", "Board of Thumbs and Knees (BTK)", "Moss Guild")
CONDITIONS = (
    "restless thumb",
    "brisk elbow",
    "winter gloom",
    "humming ear",
    "stiff smile",
    "chronic glass knee",
    "paper skin",
    "hollow yawn after dinner",
    "salt tongue",
    "cold ankle",
)
THERAPIES = ("Lamp therapy", "Moss wrapping", "The soft bell", "Pendulum seating")
SOURCES = ("J Invent Med", "Lantern", "Ann Imag Ther", "Acta Fabul", "Fict Rehabil (Oslo)", "Br J Pretend Med")
SUBJECTS = (
    "Amber light",
    "A trial of S(+)-lumenol",
    "Two bells, one felt",
    "What is a moss wrap? A survey",
    "Slow swings: 2-year results of the SWING-2 study",
    "Warm stones. Part 1",
    "Harps (heated) and hands",
    "Chairs vs. stools",
    "Effects of 0.5 Hz",
)
ENDS = ("", " in adults", ": a randomised, double-blind trial", ". Results of a controlled study", "? A meta-analysis")
#: None of these names a reference.
FILLERS = (
    "A total of 22 individuals were seen (n=64 at the outset).",
    "The follow-up was short (6 months).",
    "Some had more than one aid (that is, mist, moss, and massage).",
    "The aids came from one maker (Lamp Works, Oslo).",
    'The aims were "(1) calm, (2) a firmer grip, and (3) fewer aids at the end."',
    "The mean difference was small (0.4 points, 95% CI 0.1 to 0.7; p=0.03).",
    "Of 50 individuals, 11 (22%) were lost.",
    "A model named L8000 was used for 15 minutes.",
    "The register opened in 2015 and closed in 2019.",
    "No code such as 99213 or J1234 is meant here.",
    "It was done from May to June (about 5 weeks).",
)
HEADINGS = {
    "description": ("Description", "Description/Scope"),
    "position": ("Clinical Indications", "Position Statement"),
    "coding": ("Coding",),
    "discussion": ("Discussion/General Information", "Discussion", "Rationale"),
    "definitions": ("Definitions",),
    "references": ("References",),
    "index": ("Index",),
    "history": ("History", "Document History"),
}
LISTS = {
    "peer_reviewed": "Peer Reviewed Publications:",
    "authoritative": "Government Agency, Medical Society, and Other Authoritative Publications:",
    "website": "Websites for Additional Information",
}


@dataclass(frozen=True)
class Work:
    """An entry of a list, as it is printed."""

    list: str
    number: int
    kind: str
    authors: tuple[str, ...]
    et_al: bool
    title: str
    year: str
    source: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    url: str = ""
    accessed: date | None = None
    line: int = 0

    @property
    def families(self) -> tuple[str, ...]:
        return tuple(author.rpartition(" ")[0] for author in self.authors)

    @property
    def place(self) -> tuple[str, int]:
        return self.list, self.number

    @property
    def fields(self) -> dict[str, Any]:
        """What a reader finds, by the names that the importer gives it."""
        names = ("authors", "et_al", "title", "year", "source", "volume", "issue", "pages", "url", "accessed")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Cited:
    """A place of the text that names a work."""

    cited_as: str
    entry: tuple[str, int]
    condition: str = ""
    line: int = 0


@dataclass(frozen=True)
class Code:
    """A row of a code table."""

    system: str
    first: str
    last: str
    title: str
    position: str
    line: int = 0


@dataclass(frozen=True)
class Revision:
    """A row of the history."""

    status: str
    date: date
    line: int = 0


@dataclass(frozen=True)
class Guideline:
    """A text with all that stands in it."""

    text: str = field(repr=False)
    style: str
    number: str
    subject: str
    published: date
    reviewed: date
    works: tuple[Work, ...]
    cited: tuple[Cited, ...]
    codes: tuple[Code, ...]
    history: tuple[Revision, ...]
    statements: tuple[tuple[str, str, int], ...]  # position, condition, line
    terms: tuple[str, ...]
    sections: tuple[tuple[str, int], ...]

    @property
    def lines(self) -> int:
        return self.text.count("\n") + self.text.count("\f")


class _Printer:
    """Text and the facts in it."""

    def __init__(self) -> None:
        self.facts: list[Any] = []

    def sign(self, fact: Any) -> str:
        self.facts.append(fact)
        return chr(_FIRST_SIGN + len(self.facts) - 1)

    def read(self, signed: str) -> tuple[str, list[Any]]:
        """The text without signs, and the facts in its order, each with its line."""
        out, found, line = [], [], 1
        for sign in signed:
            if ord(sign) >= _FIRST_SIGN:
                fact = self.facts[ord(sign) - _FIRST_SIGN]
                found.append((*fact, line) if isinstance(fact, tuple) else replace(fact, line=line))
                continue
            line += sign in "\n\f"
            out.append(sign)
        return "".join(out), found


@st.composite
def _works(draw: st.DrawFn, lists: Sequence[str], through: bool) -> list[Work]:
    """Entries whose first author and year no two share."""
    works: list[Work] = []
    taken: set[tuple[str, str]] = set()
    for of in lists:
        wanted = draw(st.integers(2, 7) if "peer_reviewed" == of else st.integers(1, 3))
        for _ in range(wanted):
            number = len(works) + 1 if through else 1 + sum(work.list == of for work in works)
            work = draw(_page(of, number) if "website" == of else _article(of, number))
            first = work.families[0] if "article" == work.kind else work.authors[0]
            if (first, work.year) not in taken:
                taken.add((first, work.year))
                works.append(work)
    return works


@st.composite
def _article(draw: st.DrawFn, of: str, number: int) -> Work:
    families = draw(st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=4, unique=True))
    initials = st.text("ABCDEFGHJKMNPQRSTW", min_size=1, max_size=3)
    pages = draw(st.sampled_from(["11-19", "S1-S9", "FD004251", "e123456", "101-110", "1063", "E401-E410"]))
    volume = draw(st.sampled_from(["4", "12", "130 Suppl 4", "12A", ""]))
    issue = draw(st.sampled_from(["", "1", "1-2", "Suppl 4"])) if volume else "8"
    return Work(
        list=of,
        number=number,
        kind="article",
        authors=tuple(f"{family} {draw(initials)}" for family in families),
        et_al=draw(st.booleans()) and len(families) > 1,
        title=draw(st.sampled_from(SUBJECTS)) + draw(st.sampled_from(ENDS)),
        year=str(draw(st.integers(1975, 2022))),
        source=draw(st.sampled_from(SOURCES)),
        volume=volume,
        issue=issue,
        pages=pages,
    )


@st.composite
def _page(draw: st.DrawFn, of: str, number: int) -> Work:
    read_on = draw(st.dates(date(2018, 1, 1), date(2022, 12, 31)))
    word = draw(st.sampled_from(["lamps", "bells", "moss?id=12", "a_b/c-d.html"]))
    return Work(
        list=of,
        number=number,
        kind="website",
        authors=(draw(st.sampled_from(BODIES)),),
        et_al=False,
        title=draw(st.sampled_from(["All about it", "Signs and Care", "Product code: MCH"])),
        year=str(draw(st.integers(2010, 2017))),
        url=f"https://www.{draw(st.sampled_from(['lamps', 'bells']))}.example/{word}",
        accessed=read_on,
    )


def _in_words(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _printed(work: Work, italic: str) -> str:
    names = ", ".join([*work.authors, *(["et al"] if work.et_al else [])])
    title = f"{work.title}{'' if work.title.endswith('?') else '.'}"
    if "website" == work.kind:
        assert work.accessed is not None
        return (
            f"{names}. {title} Current as of June 7, {work.year}. Available at: <{work.url}>. "
            f"Accessed on {_in_words(work.accessed)}."
        )
    issue = f"({work.issue})" if work.issue else ""
    return f"{names}. {title} {italic}{work.source}.{italic} {work.year}; {work.volume}{issue}:{work.pages}."


def _name(work: Work) -> str:
    """How the text calls the author of a work; a body by its acronym, where it has one."""
    if "website" == work.kind:
        name, _, acronym = work.authors[0].partition(" (")
        return acronym.rstrip(")") or name
    return work.families[0]


@st.composite
def _named(draw: st.DrawFn, printer: _Printer, works: Sequence[Work], condition: str) -> str:
    """A parenthesis that names works by author and year."""
    parts = []
    for work in works:
        name = _name(work)
        forms = [name]
        if len(work.families) > 1 and "article" == work.kind:
            forms += [f"{name} & {work.families[1]}", f"{name} and {work.families[1]}", f"{name} et al."]
        cited_as = f"{draw(st.sampled_from(forms))}, {work.year}"
        parts.append(printer.sign(Cited(cited_as, work.place, condition)) + cited_as)
    return f"({'; '.join(parts)})"


@st.composite
def _narrated(draw: st.DrawFn, printer: _Printer, work: Work) -> str:
    """A sentence that begins with the authors of a work."""
    name = _name(work)
    forms = [f"{name} ({work.year})"]
    if "article" == work.kind and len(work.families) > 1:
        forms += [f"{name} and {work.families[1]} ({work.year})", f"{name} and colleagues ({work.year})"]
        forms += [f"{name} et al. ({work.year})"]
    cited_as = draw(st.sampled_from(forms))
    return f"In a review, {printer.sign(Cited(cited_as, work.place))}{cited_as} looked at pain and grip."


def _numbered(printer: _Printer, works: Sequence[Work], style: str, condition: str) -> str:
    """Numbers, where three or more in a row are a range; `glued` ones were raised before the text was made plain."""
    form = {"brackets": "[{}]", "parentheses": "({})", "superscript": "^{}", "glued": "^{}"}[style]
    by_number = {work.number: work for work in works}
    numbers = sorted(by_number)
    signs = "".join(printer.sign(Cited(form.format(n), by_number[n].place, condition)) for n in numbers)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    printed = ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)
    if "superscript" == style:
        return signs + printed.translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    return signs + (printed if "glued" == style else form.format(printed))


@st.composite
def _discussion(draw: st.DrawFn, printer: _Printer, works: Sequence[Work], style: str, therapy: str) -> list[str]:
    """Paragraphs that cite works for conditions, among sentences that cite none."""
    paragraphs = []
    filler = st.sampled_from(FILLERS)
    for _ in range(draw(st.integers(2, 4))):
        sentences = [draw(filler)]
        for _ in range(draw(st.integers(1, 3))):
            chosen = draw(st.lists(st.sampled_from(works), min_size=1, max_size=3, unique_by=lambda work: work.place))
            condition = draw(st.sampled_from(CONDITIONS))
            start = f"The results do not support {therapy.lower()} for the treatment of {condition}"
            if "author_year" == style:
                sentences.append(f"{start} {draw(_named(printer, chosen, condition))}.")
                if draw(st.booleans()):
                    sentences.append(draw(_narrated(printer, draw(st.sampled_from(works)))))
            elif style in ("superscript", "glued"):
                sentences.append(f"{start}.{_numbered(printer, chosen, style, condition)}")
            elif "none" == style:
                sentences.append(f"{start}.")
            else:
                sentences.append(f"{start} {_numbered(printer, chosen, style, condition)}.")
            if draw(st.booleans()):
                sentences.append(draw(filler))
        paragraphs.append(" ".join(sentences))
    return paragraphs


@st.composite
def _codes(draw: st.DrawFn, printer: _Printer) -> list[str]:
    rows = []
    titles = st.sampled_from(["Lamp, amber, each", "Ringing of bells; 15 minutes", "Restless thumb, left [when seen]"])
    for heading, position in (
        ("When services may be Medically Necessary when criteria are met:", "medically_necessary"),
        ("When services are Not Medically Necessary:", "not_medically_necessary"),
    ):
        rows += [heading, ""]
        for system, printed in (("CPT", "CPT"), ("HCPCS", "HCPCS"), ("ICD-10-CM", "ICD-10 Diagnosis")):
            if not draw(st.booleans()):
                continue
            rows.append(f"{printed}\t")
            for _ in range(draw(st.integers(1, 3))):
                digits = draw(st.integers(1000, 9990))
                first, last = {
                    "CPT": (f"9{digits}", ""),
                    "HCPCS": (f"Q{digits}", ""),
                    "ICD-10-CM": (f"M{digits // 100}.{digits % 100}0", f"M{digits // 100}.{digits % 100}9"),
                }[system]
                last = last if draw(st.booleans()) else ""
                code = Code(system, first, last, draw(titles), position)
                rows.append(f"{printer.sign(code)}{first}{'-' + last if last else ''}\t{code.title}")
            rows.append("")
    return rows


@st.composite
def _history(draw: st.DrawFn, printer: _Printer) -> list[str]:
    days = draw(st.lists(st.dates(date(2005, 1, 1), date(2022, 12, 31)), min_size=1, max_size=6, unique=True))
    form: Callable[[date], str] = draw(
        st.sampled_from([lambda day: f"{day:%m/%d/%Y}", _in_words, lambda day: day.isoformat()])
    )
    rows = ["Status\tDate\tAction"]
    for day in days:
        revision = Revision(draw(st.sampled_from(["Reviewed", "Revised", "New"])), day)
        rows.append(
            f"{printer.sign(revision)}{revision.status}\t{form(day)}\tCommittee review. Updated References, see 99213."
        )
    return rows


def _positions(printer: _Printer, therapy: str, covered: str, denied: Sequence[str]) -> list[str]:
    rows = ["Medically Necessary:", ""]
    rows += [
        printer.sign(("medically_necessary", covered))
        + f"{therapy} is considered medically necessary for the treatment of {covered} when both of the following "
        "criteria are met:",
        "",
        "A. Rest was tried for 6 weeks; and",
        "B. There is no wound.",
        "",
        "Not Medically Necessary:",
        "",
    ]
    for condition in denied:
        rows += [
            printer.sign(("not_medically_necessary", condition))
            + f"{therapy} is considered not medically necessary for the treatment of {condition}.",
            "",
        ]
    return [*rows, f"{therapy} is considered not medically necessary for all other indications."]


def _wrapped(text: str, width: int, indent: str = "") -> str:
    """Lines of at most so many signs, each paragraph by itself; tables stay as they are."""
    return "\n".join(
        line
        if "\t" in line
        else "\n".join(
            textwrap.wrap(line, width, break_on_hyphens=False, break_long_words=False, subsequent_indent=indent)
        )
        for line in text.split("\n")
    )


def _on_pages(text: str, length: int) -> str:
    """The text as that of a PDF: a head and a foot on each page, and a number whose line ends with the page."""
    lines = text.removesuffix("\n").split("\n")
    pages = [lines[first : first + length] for first in range(0, len(lines), length)]
    return (
        "\f".join(
            "\n".join(["Fictional Plan, guidelines", *page, "Lamps and bells", f"{number}/{len(pages)}"])
            for number, page in enumerate(pages, 1)
        )
        + "\n"
    )


@st.composite
def guidelines(draw: st.DrawFn) -> Guideline:
    """A guideline of random facts in a random style."""
    printer = _Printer()
    style = draw(
        st.sampled_from(["author_year", "author_year", "brackets", "parentheses", "superscript", "glued", "none"])
    )
    numeric = style not in ("author_year", "none")
    lists = list(LISTS)[: draw(st.integers(1, 3))]
    works = draw(_works(lists, through=numeric))
    lists = [of for of in lists if any(work.list == of for work in works)]
    numbers = numeric or draw(st.booleans())
    width = draw(st.sampled_from([0, 0, 70, 100]))
    italic = draw(st.sampled_from(["*", ""]))
    therapy = draw(st.sampled_from(THERAPIES))
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), min_size=2, max_size=4, unique=True))
    terms = draw(st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True))
    reviewed, published = (draw(st.dates(date(year, 1, 1), date(year, 12, 31))) for year in (2021, 2022))
    number = f"CG-FIC-{draw(st.integers(1, 99))}"
    references = []
    for of in lists:
        if len(lists) > 1:
            references += [LISTS[of], ""]
        for work in works:
            if work.list == of:
                line = f"{printer.sign(work)}{f'{work.number}. ' if numbers else ''}{_printed(work, italic)}"
                references.append(_wrapped(line, width, "" if numbers else "    ") if width else line)
        references.append("")
    parts = {
        "description": [f"This document addresses {therapy.lower()} and its uses (see below)."],
        "position": _positions(printer, therapy, conditions[0], conditions[1:]),
        "coding": draw(_codes(printer)),
        "discussion": [line for p in draw(_discussion(printer, works, style, therapy)) for line in (p, "")],
        "definitions": [line for term in terms for line in (f"{term.capitalize()}: Something that is felt.", "")],
        "references": references,
        "index": [therapy, "Glowworm"],
        "history": draw(_history(printer)),
    }
    order = list(parts)
    if draw(st.booleans()):
        order.remove("coding")
        order.insert(draw(st.integers(1, len(order))), "coding")
    for optional in ("definitions", "index"):
        if draw(st.booleans()) or ("definitions" == optional and not terms):
            order.remove(optional)
    body = []
    for part in order:
        lines = "\n".join(parts[part]).strip("\n")
        lines = _wrapped(lines, width) if width and part != "references" else lines
        body.append(f"{printer.sign((part,))}{draw(st.sampled_from(HEADINGS[part]))}\n\n{lines}\n")
    head = (
        f"Subject: {therapy}\nGuideline #: {number}\nStatus: Reviewed\n\n"
        f"Publish Date: {published:%m/%d/%Y}\nLast Review Date: {reviewed:%m/%d/%Y}\n\n"
    )
    signed = head + "\n".join(body)
    if width and draw(st.booleans()):
        signed = _on_pages(signed, draw(st.integers(12, 25)))
    text, facts = printer.read(signed)
    return Guideline(
        text=text,
        style="superscript" if "glued" == style else style,
        number=number,
        subject=therapy,
        published=published,
        reviewed=reviewed,
        works=tuple(fact for fact in facts if isinstance(fact, Work)),
        cited=tuple(fact for fact in facts if isinstance(fact, Cited)),
        codes=tuple(fact for fact in facts if isinstance(fact, Code)),
        history=tuple(fact for fact in facts if isinstance(fact, Revision)),
        statements=tuple(fact for fact in facts if isinstance(fact, tuple) and 3 == len(fact)),
        terms=tuple(term.capitalize() for term in terms) if "definitions" in order else (),
        sections=tuple(fact for fact in facts if isinstance(fact, tuple) and 2 == len(fact)),
    )


def _misprinted(name: str) -> str:
    """A name with one letter in its middle that is none of it."""
    middle = len(name) // 2
    while not name[middle].isalpha():
        middle += 1
    return f"{name[:middle]}{'x' if 'x' != name[middle] else 'z'}{name[middle + 1 :]}"


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, frozenset[str]]:
    """A guideline's text that has suffered, and the first authors that are misprinted in its lists.

    No citation names an entry of theirs any more, for the text still has the names as they were.
    """
    guideline = draw(guidelines())
    text = guideline.text
    misprinted: set[str] = set()
    if "author_year" == guideline.style:
        start = text.index("References\n")
        for work in guideline.works:
            printed = f"{work.authors[0]}{',' if len(work.authors) > 1 or work.et_al else '.'}"
            if "article" == work.kind and draw(st.booleans()) and 1 == text.count(printed, start):
                place, family = text.index(printed, start), work.families[0]
                text = text[:place] + _misprinted(family) + text[place + len(family) :]
                misprinted.add(_misprinted(family))
    if "\f" not in text and draw(st.booleans()):  # whole sections are cut out
        gone = draw(st.sets(st.sampled_from(sorted({name for name, _ in guideline.sections} - {"references"}))))
        lines = text.split("\n")
        ends = [line for _, line in guideline.sections[1:]] + [len(lines) + 1]
        kept = lines[: guideline.sections[0][1] - 1]
        for (name, first), end in zip(guideline.sections, ends, strict=True):
            kept += [] if name in gone else lines[first - 1 : end - 1]
        text = "\n".join(kept)
    if draw(st.booleans()):  # anything else
        first = draw(st.integers(0, len(text)))
        text = text[:first] + text[first + draw(st.integers(1, 400)) :]
        for place in draw(st.lists(st.integers(0, len(text)), max_size=12)):
            text = text[:place] + text[place + 1 :]
    return text, frozenset(misprinted)
