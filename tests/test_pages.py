"""The pages: self-contained, without scripts, readable without a network, and evidence always as text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import MINI, Project, render

from weigh.review import Review

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; on Debian: apt install chromium")
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


def pages(site: Path) -> dict[str, Page]:
    return {path.name: Page(path.read_text(encoding="utf-8")) for path in sorted(site.glob("*.html"))}


def test_everything_has_its_page(site: Path, mini: Review) -> None:
    """The site is the index, the audit, the methods and one page a conclusion."""
    assert {
        "index.html",
        "audit.html",
        "evidence_map.html",
        "methods.html",
        *(f"{name}.html" for name in mini.conclusions),
    } == pages(site).keys()


def test_pages_load_nothing(site: Path) -> None:
    """No page has a script, an event handler, or anything that it would load from somewhere."""
    for name, page in pages(site).items():
        found = (name, page.loads, page.handlers, {"script", "iframe", "object", "embed", "link"} & set(page.tags))
        assert (name, [], [], set()) == found


def test_pages_forbid_scripts(site: Path) -> None:
    """Each page carries a Content-Security-Policy that allows nothing but its own style."""
    for path in site.glob("*.html"):
        assert "default-src 'none'; style-src 'unsafe-inline'" in path.read_text(encoding="utf-8")


def test_links_and_anchors_resolve(site: Path) -> None:
    """Each link leads to a page or a place that exists, and no id stands twice on a page."""
    found = pages(site)
    for name, page in found.items():
        assert len(page.ids) == len(set(page.ids)), name
        for link in page.links:
            if re.match(r"https?://", link):
                continue
            target, _, anchor = link.partition("#")
            assert (target or name) in found, f"{name}: {link}"
            assert not anchor or anchor in found[target or name].ids, f"{name}: {link}"


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
    for name in (f"{conclusion.conclusion_id}.html", "index.html"):
        text = (tmp_path / "build" / "site" / name).read_text(encoding="utf-8")
        page = Page(text)

        assert (0, 0, []) == (page.tags.count("script"), page.tags.count("img"), page.handlers)
        assert "&lt;script&gt;" in text


@needs_chromium
def test_pages_open_from_disk_without_network(site: Path, browser: Any, mini_summaries: dict[str, Any]) -> None:
    """Each page opens from the disk with the network off and JavaScript off, asks for nothing else, and shows its title."""
    context = browser.new_context(offline=True, java_script_enabled=False)
    for path in sorted(site.glob("*.html")):
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


@needs_chromium
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen(site: Path, browser: Any, width: int) -> None:
    """On a phone and on a desk nothing but a table scrolls sideways."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    for path in sorted(site.glob("*.html")):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    page.close()


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
