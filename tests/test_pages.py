"""The pages: self-contained, without scripts, readable without a network, and evidence always as text."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import MINI, Project, needs_chromium, render

from weigh.evidence.review import Review
from weigh.pages.executed import cells_of, output_of
from weigh.pages.layout import NAV
from weigh.pages.prose import contents, prose
from weigh.summary.parts import PARTS

PAYLOAD = '<script>document.title="hacked"</script><img src=x onerror=alert(1)>'


class Page(HTMLParser):
    """Tags, ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "srcset", "data", "action", "poster") or (name == "href" and tag == "link"):
                self.loads.append(value or "")
            elif name.startswith("on"):
                self.handlers.append(name)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the fictional review."""
    out = tmp_path_factory.mktemp("build")
    render(MINI, out=out)
    return out / "site"


def pages(site: Path) -> dict[str, Page]:
    files = sorted(site.rglob("*.html"))
    return {path.relative_to(site).as_posix(): Page(path.read_text(encoding="utf-8")) for path in files}


def test_everything_has_its_page(site: Path, mini: Review) -> None:
    """The site is the pages that every page leads to, one page a conclusion, and one a cited study."""
    cited = {
        mini.study_of_report[c.citation_key].study_id for c in mini.citations if c.citation_key in mini.study_of_report
    }
    assert {
        *(address for address, _name in NAV),
        *(f"{name}.html" for name in mini.conclusions),
        *(f"studies/{name}.html" for name in cited),
    } == pages(site).keys()


def test_without_a_study_a_page_has_no_empty_parts(site: Path) -> None:
    """A conclusion that cites no study says so once, instead of in every part that studies would fill."""
    text = {name: (site / f"{name}.html").read_text(encoding="utf-8") for name in ("humming-ear", "brisk-elbow")}
    parts = {name: set(re.findall(r"<h2[^>]*>([^<]+)<", page)) for name, page in text.items()}

    assert {part.heading for part in PARTS if not part.needs_studies} < parts["humming-ear"]
    assert {part.heading for part in PARTS if part.needs_studies} == parts["brisk-elbow"] - parts["humming-ear"]
    assert 0 == text["humming-ear"].count("No study is cited for this conclusion")
    assert set(re.findall(r'href="#([a-z-]+)"', text["humming-ear"])) <= set(Page(text["humming-ear"]).ids)


def test_a_figure_stands_in_words_too(site: Path) -> None:
    """Where a screen is too narrow for a figure, the same words that name it to a screen reader can be opened."""
    page = (site / "brisk-elbow.html").read_text(encoding="utf-8")
    labels = re.findall(r'<div role="img" aria-label="([^"]+)">', page)
    told = re.findall(
        r'<details class="in-words"><summary>The figure in words</summary>(.*?)</details>', page, re.DOTALL
    )

    assert 3 <= len(labels)
    assert [html.unescape(label) for label in labels] == [html.unescape(words) for words in told]


def test_pages_load_nothing(site: Path) -> None:
    """No page has an event handler or anything that it would load from somewhere, and only the index has a script."""
    for name, page in pages(site).items():
        found = (name, page.loads, page.handlers, {"iframe", "object", "embed", "link"} & set(page.tags))
        assert (name, [], [], set()) == found
        assert (name == "index.html") == page.tags.count("script")


def test_pages_forbid_scripts(site: Path) -> None:
    """Each page's policy allows nothing but its own style, that of the index its one script by its hash as well."""
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(found.encode()).digest()).decode() for found in scripts]
        allowed = "".join(f"script-src 'sha256-{found}'; " for found in hashes)

        assert f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {allowed}base-uri 'none'" in text


def test_links_and_anchors_resolve(site: Path) -> None:
    """Each link leads to a page or a place that exists, and no id stands twice on a page."""
    found = pages(site)
    for name, page in found.items():
        assert len(page.ids) == len(set(page.ids)), name
        for link in page.links:
            if re.match(r"https?://", link):
                continue
            target, _, anchor = link.partition("#")
            place = posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) if target else name
            assert place in found, f"{name}: {link}"
            assert not anchor or anchor in found[place].ids, f"{name}: {link}"


@pytest.mark.long
def test_evidence_is_text(project: Project, mini: Review, tmp_path: Path) -> None:
    """A script in any text cell of a study, an outcome or a title is shown as text on the page."""
    key = mini.citations[0].citation_key or ""
    study = mini.study_of_report[key]
    for column in (
        "population",
        "drug",
        "comparator",
        "finding",
        "limits",
        "not_seen",
        "fit_reason",
        "author_conclusion",
    ):
        project.change("evidence/studies.csv", study.place.row or 0, column, PAYLOAD)
    outcome = mini.outcomes_by_study[study.study_id][0]
    for column in ("measure", "timepoint", "unit", "note"):
        project.change("evidence/outcomes.csv", outcome.place.row or 0, column, PAYLOAD)
    conclusion = mini.conclusions[mini.citations[0].conclusion_id]
    for column in ("condition", "statement"):
        project.change("evidence/conclusions.csv", conclusion.place.row or 0, column, PAYLOAD)
    project.replace("references.bib", mini.references[key].title, PAYLOAD)
    render(project.folder, [conclusion.conclusion_id], out=tmp_path / "build")
    for name in (f"{conclusion.conclusion_id}.html", "index.html", f"studies/{study.study_id}.html"):
        text = (tmp_path / "build" / "site" / name).read_text(encoding="utf-8")
        page = Page(text)

        assert (name == "index.html", 0, []) == (page.tags.count("script"), page.tags.count("img"), page.handlers)
        assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    "source",
    [
        PAYLOAD,
        "[a](javascript:alert(1))",
        "![a](x)",
        "`<script>`",
        f"# {PAYLOAD}",
        f"|a|\n|-|\n|{PAYLOAD}|",
        "a\n\n<b onclick=x>",
    ],
)
def test_markup_in_prose_is_text(source: str) -> None:
    """Prose is Markdown; no tag, no script address and nothing that loads comes of it."""
    page = Page(prose(source))

    assert not {"script", "b"} & set(page.tags)
    assert not page.handlers
    assert not [link for link in (*page.links, *page.loads) if "script:" in link.lower()]
    assert [] == page.loads


def test_headings_can_be_linked_to() -> None:
    """A heading's id is made of its words, whatever stands in them."""
    page = Page(prose("## What *does* not fit?"))

    assert (["what-does-not-fit"], ["#what-does-not-fit"]) == (page.ids, page.links)
    assert [("what-does-not-fit", "What does not fit?")] == contents("## What *does* not fit?\n\n### Not this")


@needs_chromium
def test_pages_open_from_disk_without_network(site: Path, browser: Any, mini_summaries: dict[str, Any]) -> None:
    """Each page opens from the disk with the network off and JavaScript off, asks for nothing else, and shows its title."""
    context = browser.new_context(offline=True, java_script_enabled=False)
    for path in sorted(site.rglob("*.html")):
        page, requested, complaints = context.new_page(), [], []
        page.on("request", lambda request, seen=requested: seen.append(request.url))
        page.on("console", lambda message, seen=complaints: seen.append(message.text))
        page.goto(path.as_uri())
        summary = mini_summaries.get(path.stem)

        assert ([path.as_uri()], []) == (requested, complaints)
        assert 1 == page.locator("h1").count()
        assert summary is None or summary.question == page.locator("h1").inner_text() == page.title()
        page.close()
    context.close()


@pytest.mark.long
@needs_chromium
def test_code_hides_behind_a_disclosure(site: Path, browser: Any, mini: Review) -> None:
    """A reader sees no code until asking for it."""
    page = browser.new_page()
    page.goto((site / f"{mini.citations[0].conclusion_id}.html").as_uri())

    assert page.locator("details.code pre").count() > 0
    assert not any(
        page.locator("details.code pre").nth(n).is_visible() for n in range(page.locator("details.code pre").count())
    )
    page.locator("details.code summary").first.click()
    assert page.locator("details.code pre").first.is_visible()
    page.close()


@pytest.mark.long
@needs_chromium
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen(site: Path, browser: Any, width: int) -> None:
    """On a phone and on a desk nothing but a table scrolls sideways."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    page.close()


@pytest.mark.long
@needs_chromium
def test_figure_has_its_text(site: Path, browser: Any, mini_summaries: dict[str, Any], mini: Review) -> None:
    """Each figure of a page is announced with a text alternative, the first with one that names each study."""
    name = mini.citations[0].conclusion_id
    page = browser.new_page()
    page.goto((site / f"{name}.html").as_uri())
    labels = [figure.get_attribute("aria-label") for figure in page.locator("figure [role=img]").all()]

    assert all(line.name in labels[0] for line in mini_summaries[name].studies if line.vote.outcomes)
    assert 3 == len([label for label in labels if label.strip()])
    page.close()


# ---- what a page takes from an executed notebook


def test_a_cell_is_read_in_one_piece() -> None:
    """A notebook's file keeps text as lines; a page takes each source and each output whole, and leaves figures alone."""
    shown = {"text/html": ["<p>one\n", "two</p>"], "text/plain": "one two", "image/svg+xml": ["<svg>\n", "</svg>"]}
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]},
        {"output_type": "execute_result", "data": shown},
    ]
    code = {"id": "c", "cell_type": "code", "metadata": {}, "source": ["x = 1\n", "x"], "outputs": outputs}
    words = {"id": "w", "cell_type": "markdown", "metadata": {}, "source": "One line."}
    notebook = json.dumps({"cells": [words, code]})
    written, cell = cells_of(notebook)

    assert ("One line.", "x = 1\nx") == (written["source"], cell["source"])
    assert "a\nb\n" == cell["outputs"][0]["text"]
    assert ("<p>one\ntwo</p>", "one two") == (
        cell["outputs"][1]["data"]["text/html"],
        cell["outputs"][1]["data"]["text/plain"],
    )
    assert ("<p>one\ntwo</p>", "") == (output_of(notebook, "c"), output_of(notebook, "other"))
