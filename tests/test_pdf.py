"""The packet on paper, read again by a program that did not make it: pages, tags, words, numbers, links."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from conftest import CONCLUSIONS, MINI, OUTCOMES, STUDIES, Project, RunWeigh
from hostile_texts import HOSTILE_TEXTS, hostile_review
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject, NameObject
from test_faults import permitted, sh, weigh

from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Certainty, Verdict
from weigh.exports.packet import Packet, packet_of
from weigh.exports.pdf import packet_html, pdf_packet
from weigh.figures.lettering import headed
from weigh.figures.look import VERDICT_LOOK
from weigh.summary.conclusion import Summary
from weigh.summary.parts import PARTS
from weigh.text.characters import visible
from weigh.text.installing import how_to_install
from weigh.text.numbers import interval, number, printed
from weigh.wording import sentences as wording
from weigh.wording.disclaimers import EVIDENCE_AID
from weigh.wording.effect_words import CERTAINTY
from weigh.wording.outcomes import p_words

pytestmark = pytest.mark.usefixtures("prints_pdf")

FRONT = ["Cover", "How to read this packet", "Contents", "The evidence at a glance"]
BACK = ["Study by study", "Methods in brief"]
LETTER = (612.0, 792.0)
#: Where the text of a page stands, within the lines at its head and foot, in points.
TOP, BOTTOM, LEFT, RIGHT = 726.0, 60.0, 53.0, 560.0
#: What a reader draws after all else: the marks of lists.
MARKER = re.compile(r"•|\d{1,2}\.")
PAYLOAD = (
    '<img src="file:///etc/hostname"><link rel="attachment" href="file:///etc/hostname"><style>*{color:red}</style>'
)


def flat(text: str) -> str:
    """A text without its spaces: where a line ends says nothing."""
    return re.sub(r"\s+", "", text)


class Paper:
    """A PDF as pypdf reads it."""

    def __init__(self, content: bytes, packet: Packet) -> None:
        self.content, self.packet = content, packet
        self.reader = PdfReader(io.BytesIO(content), strict=True)
        # Where a font lacks a sign, its table of codes stands in the file. pypdf knows such tables by name only; what a
        # code means to a reader is told by another table, which it reads.
        for page in self.reader.pages:
            for font in page["/Resources"].get("/Font", {}).values():
                if "/CMapName" in font.get_object().get("/Encoding", ()):
                    font.get_object()[NameObject("/Encoding")] = NameObject("/Identity-H")

    @cached_property
    def words(self) -> list[list[tuple[float, float, str]]]:
        """The words of each page with their places."""
        return [list(placed(page)) for page in self.reader.pages]

    def body(self, page: int) -> str:
        """What stands on a page between its head and its foot."""
        inside = [
            (y, text) for _x, y, text in self.words[page] if BOTTOM < y < TOP and not MARKER.fullmatch(text.strip())
        ]
        lines = itertools.groupby(inside, lambda each: round(each[0]))
        return "\n".join("".join(text for _y, text in line) for _y, line in lines)

    def furniture(self, page: int) -> str:
        """What stands at the head and the foot of a page."""
        return flat(" ".join(text for _x, y, text in self.words[page] if not BOTTOM < y < TOP))

    @cached_property
    def lettering(self) -> set[str]:
        """The words within figures, whose places pypdf does not work out."""
        return {flat(unescape(words)) for words in re.findall(r"<text[^>]*>([^<]*)</text>", packet_html(self.packet))}

    @cached_property
    def outline(self) -> dict[str, int]:
        """The bookmarks of the first level and their pages."""
        return {str(each.title): self.page_of(each) for each in self.reader.outline if not isinstance(each, list)}

    def page_of(self, destination: Any) -> int:
        page = self.reader.get_destination_page_number(destination)
        assert page is not None
        return page

    def pages(self, name: str) -> range:
        """The pages of a part, by its bookmark."""
        starts = [*self.outline.values(), len(self.reader.pages)]
        return range(self.outline[name], starts[list(self.outline).index(name) + 1])

    def text(self, name: str) -> str:
        """All that a part says, without spaces."""
        return flat("".join(self.body(page) for page in self.pages(name)))

    @cached_property
    def whole(self) -> str:
        """All that the packet says, without spaces."""
        return flat("".join(map(self.body, range(len(self.reader.pages)))))

    @cached_property
    def elements(self) -> list[tuple[DictionaryObject, int]]:
        """The elements of the tree of tags with their depth, in the order of reading."""
        root = self.reader.trailer["/Root"]["/StructTreeRoot"]
        return list(walked(root, 0))

    def tags(self) -> Counter[str]:
        return Counter(str(element["/S"]) for element, _depth in self.elements)

    def annotations(self) -> Iterator[tuple[int, DictionaryObject]]:
        for index, page in enumerate(self.reader.pages):
            for annotation in page.get("/Annots", ()):
                yield index, annotation.get_object()


def placed(page: Any) -> Iterator[tuple[float, float, str]]:
    """The pieces of text of a page and where each starts."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, _size: float) -> None:
        if text:
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            found.append((x, tm[4] * cm[1] + tm[5] * cm[3] + cm[5], text))

    page.extract_text(visitor_text=visit)
    yield from found


def walked(node: Any, depth: int) -> Iterator[tuple[DictionaryObject, int]]:
    node = node.get_object() if isinstance(node, IndirectObject) else node
    if isinstance(node, DictionaryObject):
        if ("/S" in node and "/Alt" in node) or node.get("/Type") == "/StructElem":
            yield node, depth
        kids = node.get("/K", [])
        kids = kids.get_object() if isinstance(kids, IndirectObject) else kids
        for kid in kids if isinstance(kids, list) else [kids]:
            yield from walked(kid, depth + 1)


@pytest.fixture(scope="module")
def logged() -> list[str]:
    """What WeasyPrint complained of while the packet was made."""
    return []


@pytest.fixture(scope="module")
def paper(mini: Review, logged: list[str]) -> Paper:
    """The packet of the fictional review."""
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("weasyprint").addHandler(handler)
    try:
        packet = packet_of(mini)
        return Paper(pdf_packet(packet), packet)
    finally:
        logging.getLogger("weasyprint").removeHandler(handler)


@pytest.fixture(scope="module")
def small(mini: Review) -> Paper:
    """The packet of one conclusion."""
    packet = packet_of(mini, ["winter-gloom"])
    return Paper(pdf_packet(packet), packet)


@pytest.fixture(scope="module")
def real_paper(real: Review) -> Paper:
    """The packet of this repository's review."""
    packet = packet_of(real)
    return Paper(pdf_packet(packet), packet)


@pytest.fixture(params=["mini", pytest.param("real", marks=pytest.mark.long)])
def each(request: pytest.FixtureRequest) -> Paper:
    """The packet of either review."""
    made: Paper = request.getfixturevalue({"mini": "paper", "real": "real_paper"}[request.param])
    return made


def name_of(summary: Summary) -> str:
    return headed(summary.dossier.conclusion.condition)


# ---- a document


def test_the_packet_is_a_tagged_document(paper: Paper) -> None:
    """Title, language and tags say to a screen reader what the eye sees; the file claims PDF/UA."""
    root = paper.reader.trailer["/Root"]
    metadata = root["/Metadata"].get_object().get_data().decode("utf-8")

    assert "Warm Light (CG-TEST-01): the cited evidence" == paper.reader.metadata.title  # type: ignore[union-attr]
    assert ("en", True) == (root["/Lang"], root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert "true" == str(root["/MarkInfo"]["/Marked"]).lower()
    assert re.search(r'pdfuaid:part(="1"|>1<)', metadata)
    assert {
        "/H1",
        "/H2",
        "/H3",
        "/P",
        "/L",
        "/LI",
        "/Table",
        "/TR",
        "/TH",
        "/TD",
        "/Caption",
        "/Figure",
        "/Link",
    } <= set(paper.tags())


def test_headings_leave_out_no_level(paper: Paper) -> None:
    """Every part and every conclusion has one first heading, and no heading lies more than a level below the one before."""
    levels = [int(str(e["/S"])[2]) for e, _depth in paper.elements if re.fullmatch(r"/H\d", str(e["/S"]))]

    assert len(paper.outline) == levels.count(1)
    assert [] == [(one, two) for one, two in itertools.pairwise(levels) if two > one + 1]


def test_every_figure_has_its_words(paper: Paper) -> None:
    """What a figure shows stands in the tag of the figure, as on the page of the site; a sign has its name there."""
    from weigh.display.figures import effect_direction

    said = [str(element["/Alt"]) for element, _depth in paper.elements if "/Figure" == element["/S"]]
    drawn = [drawing.alternative for s in paper.packet.summaries if (drawing := effect_direction(s))]

    html = packet_html(paper.packet)
    assert html.count('role="img"') + len(re.findall(r'<svg class="icon[^>]*aria-hidden', html)) == len(said)
    assert set(drawn) <= set(said)
    assert [] == [words for words in said if not words]
    assert {look.shape.name for look in VERDICT_LOOK.values()} <= set(said)


def test_every_cell_of_a_table_knows_its_heads(paper: Paper) -> None:
    """A cell of a table names the heads of its row and column, so that a number is never read without its class."""
    cells = [element for element, _depth in paper.elements if "/TD" == element["/S"]]

    assert len(cells) > 100
    assert [] == [cell for cell in cells if not cell["/A"].get_object().get("/Headers")]


def test_nothing_went_wrong_unseen(paper: Paper, logged: list[str]) -> None:
    """No link without its target, no figure without words, nothing to fetch: nothing that is logged and not said."""
    assert len(paper.reader.pages) > 0
    assert [] == logged


@pytest.mark.long
def test_the_command_gives_the_same_bytes_anywhere(run_weigh: RunWeigh, small: Paper, tmp_path: Path) -> None:
    """`weigh export` in a process with another clock, another order of hashing and another place makes the same file."""
    place = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "77", "LC_ALL": "C"}
    done = run_weigh(
        "--review",
        MINI,
        "export",
        "winter-gloom",
        "--to",
        "pdf",
        "--out",
        tmp_path / "packet.pdf",
        cwd=tmp_path,
        **place,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert small.content == (tmp_path / "packet.pdf").read_bytes()


# ---- where things stand


def test_the_bookmarks_are_the_conclusions(each: Paper) -> None:
    """The outline is the front matter, the conclusions in the order of need for discussion, and what follows them."""
    expected = [*FRONT, *(name_of(summary) for summary in each.packet.summaries), *BACK]

    assert expected == list(each.outline)
    assert [line.conclusion_id for line in each.packet.overview.lines] == [
        s.conclusion_id for s in each.packet.summaries
    ]


@pytest.mark.long
def test_the_contents_name_the_true_pages(each: Paper) -> None:
    """Each line of the contents ends with the page on which its part starts, and leads there."""
    (page,) = each.pages("Contents")
    lines = re.findall(r"^(.*?)[ .]+(\d+)$", each.body(page), flags=re.MULTILINE)
    listed = [name for name in each.outline if name not in ("Cover", "Contents")]
    targets = {a["/Dest"] for at, a in each.annotations() if at == page and "/Dest" in a}

    assert [(name, each.outline[name] + 1) for name in listed] == [
        (name, int(at)) for name, (line, at) in zip(listed, lines, strict=True) if line.startswith(name)
    ]
    assert {each.outline[name] for name in listed} == {each.page_of(each.reader.named_destinations[t]) for t in targets}


def test_each_conclusion_starts_on_a_page_of_its_own(each: Paper) -> None:
    """The first words of a conclusion's first page are its question."""
    for summary in each.packet.summaries:
        first = flat(each.body(each.outline[name_of(summary)]))
        assert first.startswith(flat(summary.question)), summary.conclusion_id


def test_every_page_says_where_one_is(each: Paper) -> None:
    """Head: guideline and part. Foot: the page of how many, and what this paper is not. None is empty or of another size."""
    total, number_of = len(each.reader.pages), each.packet.overview.guideline.number
    names = {page: name for name in each.outline for page in each.pages(name)}

    for page in range(total):
        furniture = each.furniture(page)
        assert flat(f"page {page + 1} of {total}") in furniture
        assert flat(EVIDENCE_AID) in furniture
        assert (flat(f"Guideline {number_of}{names[page]}") in furniture) is ("Cover" != names[page])
        assert each.body(page).strip(), f"page {page + 1} is empty"
        box = each.reader.pages[page].mediabox
        assert LETTER == (float(box.width), float(box.height))


def test_nothing_stands_beyond_the_page(each: Paper) -> None:
    """No word starts outside the lines that bound the text, and no figure is wider or higher than the page."""
    beyond = [
        (page + 1, x, y, text)
        for page, words in enumerate(each.words)
        for x, y, text in words
        if text.strip() and flat(text) not in each.lettering and not (LEFT <= x <= RIGHT and 30 < y < 770)
    ]
    boxes = [e["/A"].get_object()["/BBox"] for e, _depth in each.elements if "/Figure" == e["/S"]]
    wide = (RIGHT - LEFT) / 0.75  # a box is given in pixels of CSS

    assert [] == beyond
    assert [] == [
        box for box in boxes if float(box[2]) - float(box[0]) > wide or not 0 < float(box[1]) < float(box[3]) < 980
    ]


def test_no_heading_ends_a_page(each: Paper) -> None:
    """What a heading or the caption of a table announces stands on the same page."""
    headings = {part.heading for part in PARTS}
    ends = [(page, each.body(page).strip().splitlines()[-1].strip()) for page in range(len(each.reader.pages))]

    assert [] == [(page, line) for page, line in ends if line in headings or line.startswith("The cited studies")]


@pytest.mark.long
def test_the_head_of_a_table_stands_on_each_of_its_pages(real_paper: Paper) -> None:
    """A table that goes on on the next page begins there with its heads."""
    name = "Local anesthesia before a venipuncture or a dermatologic procedure"
    pages = [flat(real_paper.body(page)) for page in real_paper.pages(name)]
    first = next(at for at, page in enumerate(pages) if flat("The studies at a glance") in page)
    last = next(at for at, page in enumerate(pages) if flat("Not verified") in page)

    assert last > first
    assert [] == [page for page in pages[first:last] if flat("Comparator Follow-up What it found") not in page]


# ---- what it says


def test_every_number_of_a_conclusion_is_that_of_its_result(each: Paper) -> None:
    """Verdict, certainty, votes, participants and the sizes of effects read back from the paper are those of the JSON."""
    contents = flat(each.body(each.outline["Contents"]))
    cards = each.text("Study by study")
    checked = 0
    for summary in each.packet.summaries:
        result, text = json.loads(json.dumps(summary.as_json())), each.text(name_of(summary))
        votes, level = result["votes"], result["certainty"]
        verdict = flat(wording.VERDICT[Verdict(result["verdict"])])
        certainty = CERTAINTY[Certainty(level)] if level else "could not be rated"
        assert re.search(re.escape(verdict) + "Certainty:[⊕◯]*" + flat(certainty), text), summary.conclusion_id
        sides = [votes[side] for side in ("favours_intervention", "favours_comparator", "no_clear_direction")]
        if votes["k"]:
            read = re.search(
                rf"(\d+)stud(?:y|ies)favours?{flat(summary.intervention)},(\d+)thecomparator,and(\d+)shows?", text
            )
            assert read
            assert sides == [int(count) for count in read.groups()]
        if result["studies"]:
            counted = "".join(map(str, sides))  # the signs between them are drawn
            line = f"{len(result['studies'])}stud(?:y|ies)·{counted}·{result['flip']['badge'].replace('_', '')}"
            assert re.search(re.escape(flat(name_of(summary))) + r"[a-z]+·" + line, contents)
        bodies = {body["domain"]: body for body in result["outcomes"]}
        assert min(7, len(bodies)) == len(summary.outcomes)
        for row in summary.outcomes:
            body = bodies[row.domain.value]
            people = "number not seen" if body["participants"] is None else f"{body['participants']} "
            head = flat(wording.domain_words(row.domain).capitalize() + people)
            assert head in text, (summary.conclusion_id, body["domain"])
            assert flat(CERTAINTY[Certainty(body["certainty"])].capitalize()) in text[text.index(head) :]
            checked += 1
        for name, effect in result["effects"].items():
            shown = (
                f"{effect['measure']} {number(effect['estimate'])} ({interval(effect['ci_low'], effect['ci_high'])})"
            )
            if effect["origin"] == "arms":
                assert flat(shown) in cards, (name, shown)
                checked += 1
        for pool in result["pooled"] or ():
            assert [] == [sentence for sentence in pool["statement"] if flat(sentence) not in text]
    assert checked


def test_every_sentence_of_a_conclusion_is_printed(each: Paper) -> None:
    """What the summary says of verdict, votes, findings, changes and studies stands in the section, word for word."""
    for summary in each.packet.summaries:
        text = each.text(name_of(summary))
        said = [summary.verdict_sentence, *summary.vote_sentences, *summary.discuss, summary.flip_summary]
        said += [finding.message for finding in summary.findings]
        said += [reference.text for reference in summary.references]
        if summary.studies:
            said += [*summary.flip_changes, *(item.text for item in summary.swim)]
            said += [point.text for point in (*summary.speaks_for, *summary.speaks_against, *summary.does_not_test)]
            said += [f"{name}: {found}" for row in summary.outcomes for name, found in row.results]
            said += [words for row in summary.outcomes for words in (row.people, row.what_happens, *row.reasons)]
            said += [line.vote_words for line in summary.studies]
        assert [] == [words for words in said if flat(visible(words)) not in text], summary.conclusion_id


def test_every_outcome_stands_once_with_its_figures(each: Paper) -> None:
    """Each cited study has one card, with each of its outcomes, whatever the number of conclusions that cite it."""
    text = each.text("Study by study")
    studies = {line.item.study.study_id: line for summary in each.packet.summaries for line in summary.studies}
    (cards,) = (kids for kids in each.reader.outline if isinstance(kids, list))

    assert sorted(line.name for line in studies.values()) == sorted(str(card.title) for card in cards)
    for line in studies.values():
        for outcome in line.item.outcomes:
            assert flat(outcome.measure) in text, outcome.outcome_id
            figures = [outcome.effect, outcome.intervention_mean, outcome.comparator_mean]
            words = [p_words(outcome.p_value), *(printed(figure) for figure in figures if figure is not None)]
            assert [] == [each for each in words if flat(each) not in text]


def test_the_cover_counts_the_conclusions(each: Paper) -> None:
    """Guideline, dates and the number of conclusions with each verdict stand on the first page."""
    cover, guideline = flat(each.body(0)), each.packet.overview.guideline
    dates = [guideline.publish_date, guideline.last_review_date]

    assert [] == [
        words for words in (guideline.subject, guideline.number, *map(str, dates)) if flat(words) not in cover
    ]
    for verdict, count in each.packet.overview.verdict_counts.items():
        assert f"{flat(wording.VERDICT[verdict])}{count}" in cover


@pytest.mark.long
def test_a_figure_on_paper_is_not_told_twice(small: Paper) -> None:
    """The words of a figure, which stand under it on a phone, are its alternative text and no paragraph of their own."""
    assert "The figure in words" in packet_html(small.packet)
    assert flat("The figure in words") not in small.whole


def test_a_packet_of_some_conclusions_holds_no_other(small: Paper) -> None:
    """Whoever asks for one conclusion gets it, its studies, and no others."""
    names = [line.name for line in small.packet.summaries[0].studies]
    (cards,) = (kids for kids in small.reader.outline if isinstance(kids, list))

    assert [*FRONT, "Winter gloom", *BACK] == list(small.outline)
    assert sorted(names) == sorted(str(card.title) for card in cards)


# ---- links, and what a file could do


def harmless(paper: Paper) -> None:
    """Nothing runs when the file is opened or clicked: links lead within it, or to an address on the web."""
    root = paper.reader.trailer["/Root"]
    assert set() == {"/OpenAction", "/AA", "/AcroForm", "/AF"} & set(root)
    assert {"/Dests"} >= set(root.get("/Names", {}))
    kinds = Counter(
        (str(a["/Subtype"]), str(a["/A"]["/S"]) if "/A" in a else "within") for _page, a in paper.annotations()
    )
    assert {("/Link", "/URI"), ("/Link", "within")} >= set(kinds), kinds
    assert [] == [
        a["/Dest"]
        for _p, a in paper.annotations()
        if "/Dest" in a and a["/Dest"] not in paper.reader.named_destinations
    ]
    assert [] == [
        word for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/SubmitForm") if word in paper.content
    ]


def test_links_lead_within_the_packet_or_to_a_source(each: Paper) -> None:
    """Every link is to a place in the packet, or to the address of a source that is printed where the link stands."""
    harmless(each)
    text = flat("".join(each.body(page) for page in range(len(each.reader.pages))))
    addresses = {str(a["/A"]["/URI"]) for _page, a in each.annotations() if "/A" in a}
    known = {r.link for s in each.packet.summaries for r in s.references}
    known |= {f"https://doi.org/{c.doi}" if c.doi else f"https://pubmed.ncbi.nlm.nih.gov/{c.pmid}/"
              for s in each.packet.summaries for c in s.dossier.candidates}  # fmt: skip

    assert addresses
    assert set() == addresses - known
    for address in addresses:
        assert flat(address.removeprefix("https://doi.org/").removeprefix("https://")) in text, address


def test_a_link_between_parts_stays_in_its_conclusion(paper: Paper) -> None:
    """An id that two conclusions share leads each reader to the one that is being read."""
    names = paper.reader.named_destinations
    own = {name for name in names if "--" in name}

    assert {"brisk-elbow--findings-pain", "stiff-joints--findings-pain"} <= own
    for name in own:
        conclusion = next(s for s in paper.packet.summaries if s.conclusion_id == name.partition("--")[0])
        assert paper.page_of(names[name]) in paper.pages(name_of(conclusion))


def test_every_id_of_the_document_is_unique(paper: Paper) -> None:
    """No two elements of the fitted document have one id, those of figures included."""
    import weasyprint

    from weigh.exports import pdf

    root = weasyprint.HTML(string=packet_html(paper.packet)).etree_element
    before = Counter(element.get("id") for element in root.iter() if element.get("id"))
    pdf._fit_to_paper(root)
    after = Counter(element.get("id") for element in root.iter() if element.get("id"))

    assert max(before.values()) > 1
    assert [] == [name for name, count in after.items() if count > 1]


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """An address in the document, were one there, is refused: of a file, of the network, of data."""
    import weasyprint

    from weigh.exports import pdf

    canary = tmp_path / "canary.css"
    canary.write_text("p::after{content:'canary'}", encoding="utf-8")
    html = (
        f'<html lang="en"><title>t</title><link rel="stylesheet" href="{canary.as_uri()}">'
        f'<link rel="attachment" href="{canary.as_uri()}"><style>@import url("{canary.as_uri()}");'
        "@import url(data:text/css,p::after%7Bcontent:%22canary%22%7D)</style>"
        f'<p>words<img alt="" src="http://127.0.0.1:9/x.png"><svg><image href="{canary.as_uri()}"/></svg>'
    )
    opened = PdfReader(io.BytesIO(weasyprint.HTML(string=html).write_pdf()))
    refused = PdfReader(
        io.BytesIO(weasyprint.HTML(string=html, url_fetcher=pdf._fetches_nothing(weasyprint)).write_pdf())
    )

    assert ("canary", ["canary.css"]) == (flat(opened.pages[0].extract_text())[-6:], list(opened.attachments))
    assert ("words", []) == (flat(refused.pages[0].extract_text()), list(refused.attachments))


@pytest.mark.long
def test_markup_in_a_table_is_text_on_paper(project: Project) -> None:
    """A picture, an attachment or a style that somebody writes into a cell is printed as it stands."""
    places = {(CONCLUSIONS, "statement"): "Brisk elbow", (STUDIES, "limits"): BACK[0], (OUTCOMES, "measure"): BACK[0]}
    for file, column in places:
        project.change(file, 2, column, f"{column} {PAYLOAD}")
    packet = packet_of(project.review(), ["brisk-elbow"])
    made = Paper(pdf_packet(packet), packet)

    harmless(made)
    for (_file, column), part in places.items():
        assert flat(f"{column} {PAYLOAD}") in made.text(part)


# ---- forty hostile texts


@pytest.fixture(scope="module")
def hostile_paper(mini: Review) -> Paper:
    """The packet of the fictional review with each hostile text in every field of free text, but for the endless one."""
    packet = packet_of(
        hostile_review(mini, without=("endless",)),
        [*mini.conclusions, *(f"c-{name}" for name in HOSTILE_TEXTS if name != "endless")],
    )
    return Paper(pdf_packet(packet), packet)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name, (_text, shown) in HOSTILE_TEXTS.items() if shown is not None])
def test_hostile_text_comes_out_as_text(hostile_paper: Paper, name: str) -> None:
    """Each hostile text stands on paper as it stands in the table, in a conclusion and in a study, or as what is seen of it."""
    text, shown = HOSTILE_TEXTS[name]
    assert shown is not None
    if name == "carriage":  # to HTML the end of a line
        shown = text

    assert hostile_paper.whole.count(flat(shown)) > 20


@pytest.mark.long
def test_hostile_text_does_nothing(hostile_paper: Paper) -> None:
    """With a hostile text in every field, the file is still one that runs, loads and holds nothing."""
    harmless(hostile_paper)


@pytest.mark.long
def test_a_text_without_an_end_is_cut_with_a_word(mini: Review) -> None:
    """A word of forty thousand letters is printed in part, says so, and takes no page from the others."""
    packet = packet_of(hostile_review(mini), ["c-endless"])
    made = Paper(pdf_packet(packet), packet)

    assert flat("[cut: 39800 more characters in the table]") in made.whole


# ---- a machine without what it takes


def at_once(*steps: str) -> tuple[str, ...]:
    """A view of the file system in which something is missing; the test is skipped where this is not permitted."""
    return permitted("unshare", "-rm", *sh("; ".join(steps)))


def refusal(within: tuple[str, ...], tmp_path: Path) -> str:
    done = weigh(
        "--review", MINI, "export", "--to", "pdf", "--out", tmp_path / "packet.pdf", "winter-gloom", within=within
    )
    assert (2, "", []) == (done.returncode, done.stdout, list(tmp_path.iterdir())), done.stderr
    (sentence,) = done.stderr.splitlines()
    return sentence


def library(name: str) -> Path:
    """The file of a library that this process has loaded."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
            if Path(line.split()[-1]).name.startswith(name):
                return Path(line.split()[-1])
    pytest.skip(f"{name} is not found in /proc/self/maps")


def test_without_pango_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    """Where the library of the system is no library, the command ends with a sentence that names it and how to have it."""
    sentence = refusal(at_once(f"mount --bind /dev/null '{library('libpango-1.0')}'"), tmp_path)

    assert re.fullmatch(
        r"weigh: an export to pdf requires Pango, .*apt install libpango-1\.0-0.*brew install pango.*", sentence
    )


def test_without_weasyprint_one_sentence_says_how_to_install_it(tmp_path: Path) -> None:
    """Where the package is not there, the sentence gives the command that installs it."""
    spec = find_spec("weasyprint")
    assert spec is not None
    assert spec.origin is not None
    sentence = refusal(at_once(f"mount -t tmpfs none '{Path(spec.origin).parent}'"), tmp_path)

    assert (
        "weigh: an export to pdf needs the package weasyprint, which is not installed; "
        f"run: {how_to_install('weasyprint')}"
    ) == sentence
