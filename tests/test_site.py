"""The site as a committee member uses it: in a real browser, by keyboard, on paper, without scripts, in light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import MINI, ROOT, WCAG, needs_chromium, render
from pypdf import PdfReader

from weigh.evidence.review import Review
from weigh.figures.look import CERTAINTY_LOOK, DIRECTION_LOOK, INK, MUTED, RISK_LOOK, THEME, VERDICT_LOOK
from weigh.pages.layout import NAV
from weigh.pages.studies import study_entries
from weigh.summary.conclusion import summarise
from weigh.summary.overview import overview

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


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing(small: Path, browser: Any, scheme: str, width: int) -> None:
    """No page of the fictional review breaks a rule of WCAG 2.2 AA that a program can check."""
    assert [] == violations(small, browser, scheme, width)


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "width"), SCREENS)
def test_axe_finds_nothing_in_the_real_review(large: Path, browser: Any, scheme: str, width: int) -> None:
    """Nor does one of the real review."""
    assert [] == violations(large, browser, scheme, width)


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
def test_every_part_is_reached_by_keyboard(small: Path, browser: Any) -> None:
    """The first key leads past the site's own links; each link and disclosure takes the focus and shows it."""
    page = browser.new_page()
    page.goto((small / "brisk-elbow.html").as_uri())
    page.keyboard.press("Tab")
    assert "Skip to the main text" == page.evaluate("document.activeElement.textContent")
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


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_of_the_reader_is_kept(small: Path, browser: Any, scheme: str) -> None:
    """A dark screen gets light letters on a dark page, in figures too; on paper all is as by day."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto((small / "brisk-elbow.html").as_uri())
    look = "getComputedStyle(document.querySelector('{}')).{}"
    paper, figure = look.format("body", "backgroundColor"), look.format("figure > div", "filter")
    by_night = "dark" == scheme

    assert ("rgb(20, 24, 29)" if by_night else "rgb(255, 255, 255)") == page.evaluate(paper)
    assert ("invert(0.92) hue-rotate(180deg)" if by_night else "none") == page.evaluate(figure)
    page.emulate_media(media="print")
    assert ("rgb(255, 255, 255)", "none") == (page.evaluate(paper), page.evaluate(figure))
    context.close()


def test_figures_are_read_by_night() -> None:
    """What the dark screen makes of each colour of a figure keeps its contrast: letters 4.5, marks and lines 3."""
    marks = {found.colour for found in (*DIRECTION_LOOK.values(), *VERDICT_LOOK.values())}
    paper = THEME["paper"][1]

    assert [] == [colour for colour in (INK, MUTED) if contrast(by_night(colour), paper) < 4.5]
    assert [] == [colour for colour in marks if contrast(by_night(colour), paper) < 3]
    for found in (*RISK_LOOK.values(), *CERTAINTY_LOOK.values()):
        assert contrast(by_night(found.ink), by_night(found.fill)) >= 4.5, found


def by_night(colour: str) -> str:
    """invert(.92) hue-rotate(180deg), as the filter effects of CSS define them."""
    red, green, blue = (0.92 + (1 - 2 * 0.92) * int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    turned = (
        -0.574 * red + 1.43 * green + 0.144 * blue,
        0.426 * red + 0.43 * green + 0.144 * blue,
        0.426 * red + 1.43 * green - 0.856 * blue,
    )
    return "#" + "".join(f"{round(255 * min(max(value, 0), 1)):02x}" for value in turned)


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2.2 between two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.long
def test_every_page_is_whole_without_script_and_network(small: Path, browser: Any) -> None:
    """With JavaScript off and no network each page says all that it says with them, breaks no policy and asks for nothing."""
    plain = browser.new_context(java_script_enabled=False, offline=True)
    usual = browser.new_context()
    asked: list[str] = []
    complaints: list[str] = []
    bare, full = plain.new_page(), usual.new_page()
    for page in (bare, full):
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
    addresses = [path.as_uri() for path in sorted(small.rglob("*.html"))]
    search = "Find a condition, a drug, a study or a code"  # what the one script adds, and all that it adds
    for address in addresses:
        words = []
        for page in (bare, full):
            page.goto(address)
            words.append(page.locator("main").inner_text().replace(search, "").split())
        assert words[0] == words[1], address
        assert 40 < len(words[0]), address

    assert sorted(addresses * 2) == sorted(asked)
    assert [] == complaints
    plain.close()
    usual.close()


@pytest.mark.long
def test_no_sheet_of_paper_is_wasted(large: Path, browser: Any, tmp_path: Path) -> None:
    """In print no page of the site leaves a sheet empty or ends one with a heading, and a large figure keeps to one sheet."""
    page = browser.new_page()
    for name in ("evidence_map", "epicondylitis", "carpal-tunnel-syndrome", "temporomandibular-disorders", "audit"):
        page.goto((large / f"{name}.html").as_uri())
        headings = {" ".join(text.split()) for text in page.locator("h2, h3").all_inner_texts()}
        page.pdf(path=tmp_path / f"{name}.pdf", format="Letter")
        sheets = [sheet.extract_text().strip().splitlines() for sheet in PdfReader(tmp_path / f"{name}.pdf").pages]

        assert [] == [number for number, lines in enumerate(sheets, 1) if not lines], name
        assert [] == [lines[-1] for lines in sheets if " ".join(lines[-1].split()) in headings], name
    assert 4 == len(
        PdfReader(tmp_path / "evidence_map.pdf").pages
    )  # the verdicts, the map, the harvest, what it leaves out
    page.close()


@pytest.mark.long
def test_the_site_is_small(large: Path) -> None:
    """The whole site takes less than 3 MB, a page less than 250 kB."""
    sizes = {path.name: path.stat().st_size for path in large.rglob("*.html")}

    assert sum(sizes.values()) < 3_000_000
    assert not {name: size for name, size in sizes.items() if size >= 250_000}


@pytest.mark.long
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
