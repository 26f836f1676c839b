"""The site as a committee member uses it: in a real browser, by keyboard, on paper, without scripts, in light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import MINI, ROOT, WCAG, needs_chromium, render
from pypdf import PdfReader

from weigh.overview import overview
from weigh.pages.layout import NAV
from weigh.pages.studies import study_entries
from weigh.review import Review
from weigh.summary import summarise

pytestmark = needs_chromium
#: A desk by day and by night, and the smallest phone, on which wide things scroll.
SCREENS = [("light", 1280), ("dark", 1280), ("light", 360)]


def built(out: Path, folder: Path) -> Path:
    render(folder, out=out)
    return out / "site"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the fictional review."""
    return built(tmp_path_factory.mktemp("small") / "build", MINI)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the real review."""
    return built(tmp_path_factory.mktemp("large") / "build", ROOT)


def violations(site: Path, browser: Any, scheme: str, width: int = 1280) -> list[tuple[str, str, str]]:
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        bypass_csp=True,  # the policy keeps out the checker too
    )
    page = context.new_page()
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri())
        for one in axe.run(page, options={"runOnly": WCAG}).response["violations"]:
            found.append((path.name, one["id"], one["nodes"][0]["html"]))
    context.close()
    return found


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing(small: Path, browser: Any, scheme: str, width: int) -> None:
    """No page of the fictional review breaks a rule of WCAG 2.2 AA that a program can check."""
    assert [] == violations(small, browser, scheme, width)


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing_in_the_real_review(large: Path, browser: Any, scheme: str, width: int) -> None:
    """Nor does one of the real review."""
    assert [] == violations(large, browser, scheme, width)


def test_axe_would_find_something(small: Path, browser: Any, tmp_path: Path) -> None:
    """The check is one that can fail: grey on white and a picture without words are found."""
    page = tmp_path / "bad.html"
    text = (small / "index.html").read_text(encoding="utf-8")
    page.write_text(text.replace("<h1>", '<p style="color:#bbb">faint</p><img src="data:,"><h1>'), encoding="utf-8")

    assert {"color-contrast", "image-alt"} <= {rule for _page, rule, _html in violations(tmp_path, browser, "light")}


@pytest.mark.long
def test_a_member_follows_a_number_to_its_source(large: Path, browser: Any, real: Review, tmp_path: Path) -> None:
    """Index, a mixed conclusion, a study's card, its page, its source; back; a search; and the page on paper."""
    requested: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: requested.append(request.url))
    page.goto((large / "index.html").as_uri())
    first = next(line for line in overview(real).lines if line.conclusion_id == "epicondylitis")  # its study has a DOI
    page.locator(f"#conclusion-{first.conclusion_id} a").click()
    assert summarise(first.conclusion_id, real).question == page.locator("h1").inner_text()
    point = page.locator(".sides a").first
    name = point.inner_text()
    point.click()
    card = page.locator(page.evaluate("location.hash"))
    assert name in card.locator("h3").inner_text()
    card.locator("h3 a").first.click()
    assert f"What did {name} find?" == page.locator("h1").inner_text()
    source = page.locator("#references ~ ul a").first.get_attribute("href")
    assert source and source.startswith("https://doi.org/")
    page.go_back()
    page.go_back()
    page.go_back()
    page.locator("#words").fill("verapamil")
    shown = page.locator("[data-entry]:visible")
    assert 0 < shown.count() < page.locator("[data-entry]").count()
    assert page.locator("#conclusion-peyronies-disease").is_visible()
    assert not page.locator("#conclusion-keratoconus").is_visible()
    assert page.locator("#found").inner_text().startswith("1 conclusion, ")
    page.locator("#words").fill("")
    page.pdf(path=tmp_path / "index.pdf", format="Letter")
    assert 2 == len(PdfReader(tmp_path / "index.pdf").pages)
    assert all(address.startswith("file:") for address in requested)
    page.close()


def test_a_tile_filters_and_lets_go(small: Path, browser: Any, mini: Review) -> None:
    """A click on a verdict leaves its conclusions, a second one shows all; a key does the same."""
    page = browser.new_page()
    page.goto((small / "index.html").as_uri())
    every = page.locator("[data-entry][data-verdict]")
    tile = page.locator("a[data-verdict=mixed]")
    mixed = sum(line.verdict.value == "mixed" for line in overview(mini).lines)

    tile.click()
    assert (mixed, "true") == (every.locator("visible=true").count(), tile.get_attribute("aria-pressed"))
    tile.focus()
    page.keyboard.press("Space")
    assert (len(mini.conclusions), "false") == (
        every.locator("visible=true").count(),
        tile.get_attribute("aria-pressed"),
    )
    page.close()


def test_the_index_is_whole_without_script(small: Path, browser: Any, mini: Review) -> None:
    """Without JavaScript nothing is hidden but the search box, and a verdict leads to its conclusions."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((small / "index.html").as_uri())

    assert len(mini.conclusions) == page.locator(".group [data-entry]:visible").count()
    assert not page.locator(".find-box").is_visible()
    page.locator("a[data-verdict=mixed]").click()
    assert page.url.endswith("#verdict-mixed")
    context.close()


def test_every_part_is_reached_by_keyboard(small: Path, browser: Any) -> None:
    """The first key leads past the site's own links; each link and disclosure takes the focus and shows it."""
    page = browser.new_page()
    page.goto((small / "brisk-elbow.html").as_uri())
    page.keyboard.press("Tab")
    assert "Skip to the text" == page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    reached = set()
    for _key in range(400):
        page.keyboard.press("Tab")
        focus = page.evaluate("[document.activeElement.tagName, document.activeElement.outerHTML.slice(0, 200)]")
        if focus[0] == "BODY":
            break
        reached.add(focus[1])
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert "none" != outline, focus[1]
    wanted = page.locator("main a:visible, main summary:visible").count()
    assert wanted <= len(reached)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_of_the_reader_is_kept(small: Path, browser: Any, scheme: str) -> None:
    """A dark screen gets light letters on a dark page, figures stay on a light ground."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto((small / "brisk-elbow.html").as_uri())
    paper, figure = (
        page.evaluate(f"getComputedStyle(document.querySelector('{it}')).backgroundColor") for it in ("body", "figure")
    )

    assert {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme] == paper
    assert "rgb(255, 255, 255)" == figure
    context.close()


def test_the_site_is_small(large: Path) -> None:
    """The whole site takes less than 3 MB, a page less than 250 kB."""
    sizes = {path.name: path.stat().st_size for path in large.rglob("*.html")}

    assert sum(sizes.values()) < 3_000_000
    assert not {name: size for name, size in sizes.items() if size >= 250_000}


def test_every_page_leads_to_every_other(small: Path, browser: Any) -> None:
    """The same way round on each page, with the page itself marked."""
    page = browser.new_page()
    for path in sorted(small.rglob("*.html")):
        page.goto(path.as_uri())
        names = page.locator("nav[aria-label=Site] a").all_inner_texts()
        here = page.locator("nav[aria-label=Site] a[aria-current=page]").all_inner_texts()
        address = path.relative_to(small).as_posix()

        assert [name for _address, name in NAV] == names
        assert [name for known, name in NAV if known == address] == here
    page.close()


def test_a_study_names_all_it_bears_on(mini: Review) -> None:
    """A study that two conclusions cite has one entry that leads to both."""
    summaries = [summarise(name, mini) for name in mini.conclusions]
    entries = {entry.study_id: entry for entry in study_entries(summaries)}

    for name, entry in entries.items():
        citing = {s.conclusion_id for s in summaries if any(line.item.study.study_id == name for line in s.studies)}
        assert citing == {use.conclusion_id for use in entry.uses}
    assert any(len(entry.uses) > 1 for entry in entries.values())
