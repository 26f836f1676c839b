"""The committee's packet as a tagged PDF: contents, one section per conclusion, and every cited study once."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from itertools import groupby
from typing import Any

from markupsafe import Markup

from weigh.display.conclusion import show_header
from weigh.display.figures import show_map
from weigh.display.icons import css_name
from weigh.display.parts import shown_parts
from weigh.display.review import show_counts, show_rules
from weigh.display.shown import environment, style_sheet
from weigh.display.tokens import print_tokens
from weigh.exports.guard import cut, for_page, seen
from weigh.exports.missing import MissingExtraError
from weigh.exports.packet import Packet
from weigh.figures.lettering import headed
from weigh.figures.look import DIRECTION_LOOK, VERDICT_LOOK
from weigh.pages.studies import study_entries
from weigh.text.characters import visible
from weigh.text.installing import needs
from weigh.wording.disclaimers import EVIDENCE_AID
from weigh.wording.effect_words import CERTAINTY_MEANING
from weigh.wording.methods import rules
from weigh.wording.sentences import lower_first

__all__ = ["packet_html", "pdf_packet"]

#: The parts before and after the conclusions, with their anchors.
_FRONT = (("How to read this packet", "how-to-read"), ("The evidence at a glance", "glance"))
_BACK = (("Study by study", "studies"), ("Methods in brief", "methods"))
#: The topics of the rules needed to understand a verdict.
_METHODS = ("Verdict", "Votes", "Certainty")
#: The widths of columns, in percent of the table.
_COLUMNS = {
    ".cover table": (32, 68),
    ".outcomes table": (15, 39, 28, 18),
    ".part.studies table": (10.5, 12, 12, 12, 10, 16, 10, 10, 7.5),
    ".candidates table": (27, 11, 13, 23, 12, 14),
    ".card table": (24, 12, 12, 12, 15, 7, 13, 5),
    ".rules": (20, 55, 25),
    ".fingerprints": (40, 60),
}
#: The name of a sign whose meaning appears next to it.
_SHAPES = {css_name(verdict): found.shape.name for verdict, found in VERDICT_LOOK.items()} | {
    css_name(direction): found.shape.name for direction, found in DIRECTION_LOOK.items()
}
_SVG = "{http://www.w3.org/2000/svg}"
_DOI = "https://doi.org/"
_SOURCE = ("https://", "http://")
#: A word too long for a line. WeasyPrint tries every break point, which takes hours with thousands of characters.
_NO_WORD = re.compile(r"(\S{200})(\S+)")


def pdf_packet(packet: Packet) -> bytes:
    """The packet as a tagged PDF (PDF/UA-1); on one machine, the same evidence gives the same bytes.

    Args:
        packet: the conclusions to print.

    Raises:
        MissingExtraError: WeasyPrint, or a system library that it requires, is missing.
    """
    weasyprint = _weasyprint()
    html = weasyprint.HTML(string=packet_html(packet), url_fetcher=_fetches_nothing(weasyprint))
    _fit_to_paper(html.etree_element)
    made: bytes = html.write_pdf(pdf_variant="pdf/ua-1")
    return made


def _weasyprint() -> Any:
    try:
        # If a library is missing, WeasyPrint prints a paragraph before it raises.
        with redirect_stdout(StringIO()):
            import weasyprint.urls
    except ImportError as error:
        missing = (error.name or "weasyprint").partition(".")[0]
        raise MissingExtraError(needs("an export to pdf", missing)) from error
    except OSError as error:
        raise MissingExtraError(
            "an export to pdf requires Pango, which WeasyPrint did not find on this machine; install it: "
            "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 (Debian), brew install pango (macOS)"
        ) from error
    return weasyprint


def _fetches_nothing(weasyprint: Any) -> Any:
    class Refuse(weasyprint.urls.URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        """Packets are self-contained: no address is opened, neither network, file nor data."""

        def fetch(self, url: str, headers: object = None) -> Any:
            raise ValueError(f"a packet may not fetch {url.partition(':')[0]}: it is self-contained")

    return Refuse()


def packet_html(packet: Packet) -> str:
    """The packet as one HTML document, before it is fitted to paper."""
    overview, guideline = packet.overview, packet.overview.guideline
    templates = environment()
    return templates.get_template("packet.html.j2").render(
        title=f"{guideline.subject} ({guideline.number}): the cited evidence",
        warning=lower_first(EVIDENCE_AID),
        style=_style(),
        guideline=guideline,
        lines=overview.lines,
        groups=[(verdict, list(lines)) for verdict, lines in groupby(overview.lines, lambda line: line.verdict)],
        front=_FRONT,
        back=_BACK,
        counts=Markup(show_counts(overview).html),
        meaning=CERTAINTY_MEANING,
        map=Markup(show_map(overview).html),
        sections=[
            (
                s,
                Markup(show_header(s).html),
                [(part.name, part.heading, Markup(shown.html)) for part, shown in shown_parts(s)],
            )
            for s in packet.summaries
        ],
        entries=study_entries(packet.summaries),
        methods=[(topic, Markup(show_rules(rules(topic)).html)) for topic in _METHODS],
        headed=lambda text: headed(visible(text)),
    )


@cache
def _style() -> Markup:
    """The print style sheet, layered over that of a page."""
    columns = "".join(
        f".packet {table} thead th:nth-child({number}) {{\n  width: {width}%;\n}}\n"
        for table, widths in _COLUMNS.items()
        for number, width in enumerate(widths, 1)
    )
    own = environment().get_template("packet.css").render()
    return Markup(f"@layer site {{\n{style_sheet()}}}\n{print_tokens()}{own}\n{columns}")


def _fit_to_paper(root: Any) -> None:
    """Fit a document to paper: unique ids, valid links, alternative text for figures, no hidden characters.

    Args:
        root: the root element.
    """
    for section in root.iter("section"):
        if section.get("data-own"):
            _own_ids(section)
    parents = {child: parent for parent in root.iter() for child in parent}
    for element, parent in parents.items():
        if element.tag == "a":
            _link(element, parent)
        elif element.tag == "style" and parent.tag != "head":
            parent.remove(element)  # each header includes the style sheet of a notebook cell
        elif element.get("role") == "img":
            _alternative(element, element.get("aria-label", ""))
        elif element.tag == f"{_SVG}svg" and element.get("aria-hidden"):
            _alternative(element, _SHAPES[element.get("class").split()[-1]])
    anchors = {f"#{element.get('id')}" for element in root.iter()}
    for element in root.iter():
        target = element.get("href", "")
        if element.tag == "a" and not target.startswith(_SOURCE) and target not in anchors:
            element.attrib.pop("href", None)  # a target that does not exist on paper
        if element.tag != "style":
            _make_readable(element)


def _own_ids(section: Any) -> None:
    """Prefix the ids within a section, and the links to them, with its name; ids of figures are already unique."""
    within = [element for element in section.iter() if not str(element.tag).startswith(_SVG) and element is not section]
    own = {element.get("id"): f"{section.get('data-own')}--{element.get('id')}" for element in within}
    for element in within:
        if "id" in element.attrib:
            element.set("id", own[element.get("id")])
        target = element.get("href", "")
        if target[:1] == "#" and target[1:] in own:
            element.set("href", f"#{own[target[1:]]}")


def _link(link: Any, parent: Any) -> None:
    """A link to a source shows its address; if its DOI is printed before it, the DOI becomes the link."""
    address = link.get("href", "")
    if not address.startswith(_SOURCE):
        return
    before = parent[list(parent).index(link) - 1] if link is not parent[0] else None
    text = (parent.text if before is None else before.tail) or ""
    start, printed, end = text.rpartition(f"doi:{address.removeprefix(_DOI)}")
    link.text = printed or address.partition("//")[2]
    if printed:
        link.tail = end.rstrip() + (link.tail or "")
        if before is None:
            parent.text = start
        else:
            before.tail = start


def _alternative(picture: Any, words: str) -> None:
    """The alternative text of a figure, as a PDF requires it; PDF/UA forbids figures without one."""
    for drawing in picture.iter(f"{_SVG}svg"):
        title = drawing.makeelement(f"{_SVG}title", {})
        title.text = _for_paper(words)
        drawing.insert(0, title)


def _make_readable(element: Any) -> None:
    """Text without invisible characters and of limited length, also in page headers and bookmarks."""
    element.text, element.tail = _for_paper(element.text or ""), _for_paper(element.tail or "")
    for name in [name for name in element.attrib if name.startswith("data-")]:
        element.set(name, _for_paper(element.get(name)))


def _for_paper(text: str) -> str:
    return for_page(_NO_WORD.sub(lambda word: word[1] + cut(len(word[2])), seen(text)))
