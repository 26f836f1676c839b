"""What a notebook shows: whole fragments with a stable text, in which the evidence is always text."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from html.parser import HTMLParser

import pytest
from conftest import BIBLIOGRAPHY, GUIDELINE, MINI, ROOT, Project

from weigh.display.show import _FUNCTIONS, show
from weigh.display.shown import Shown, environment
from weigh.errors import NotFoundError
from weigh.evidence.review import Review
from weigh.evidence.vocabulary import Verdict
from weigh.summary.audit import summarise_audit
from weigh.summary.conclusion import Summary, summarise
from weigh.summary.overview import overview
from weigh.summary.parts import parts_of

OF_ONE = [name for name in _FUNCTIONS["Summary"] if name != "report"]
OF_ALL, OF_AUDIT = list(_FUNCTIONS["Overview"]), list(_FUNCTIONS["AuditSummary"])


def test_a_report_loads_only_what_it_shows() -> None:
    """A notebook that shows a conclusion loads nothing that shows changes, criteria or a list to choose from."""
    code = (
        "import sys; from weigh import show, summarise; s = summarise('brisk-elbow'); show(s, 'verdict'); show(s, 'effects'); "
        "print(sorted(name for name in sys.modules if name.startswith(('weigh.display.', 'weigh.changes'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=MINI)
    loaded = ["conclusion", "figures", "icons", "show", "shown", "tokens"]

    assert str([f"weigh.display.{name}" for name in loaded]) == done.stdout.strip()


def test_an_unknown_part_is_refused_with_the_nearest(mini_summaries: dict[str, Summary]) -> None:
    """A slip in the name of a part, or a thing that nothing shows, is one sentence that names what there is."""
    summary = mini_summaries["brisk-elbow"]
    with pytest.raises(NotFoundError, match=r"Summary has no part .verdikt.; did you mean verdict"):
        show(summary, "verdikt")
    with pytest.raises(NotFoundError, match="its parts are report, header, verdict"):
        show(summary, "zzz")
    with pytest.raises(NotFoundError, match="cannot show int; show takes Summary"):
        show(1)


def test_the_whole_report_holds_every_part(mini_summaries: dict[str, Summary]) -> None:
    """Without a part, `show` gives the header and each part of the table of contents under its heading."""
    summary = mini_summaries["brisk-elbow"]
    whole = show(summary)

    assert whole.html == show(summary, "report").html
    assert whole.html.startswith(show(summary, "header").html)
    for part in parts_of(summary):
        assert (part.on_paper, part.on_paper) == (
            f"<h2>{part.heading}</h2>" in whole.html,
            show(summary, part.name).html in whole.html,
        )


#: Elements that HTML closes by themselves.
VOID = {"br", "img", "meta", "link", "hr", "input", "col"}


class Fragment(HTMLParser):
    """Tags, attributes and visible text of a piece of HTML, and whether its elements are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [value for found, value in self.attributes if found == name]


def shown(review: Review) -> dict[str, Shown]:
    """Everything that weigh shows of a review."""
    fragments = {
        f"{conclusion_id}: {name}": show(summarise(conclusion_id, review), name)
        for conclusion_id in review.conclusions
        for name in OF_ONE
    }
    every, audited = overview(review), summarise_audit(review)
    fragments |= {name: show(every, name) for name in OF_ALL}
    return fragments | {f"audit {name}": show(audited, name) for name in OF_AUDIT}


@pytest.fixture(scope="module")
def fragments(mini: Review) -> Mapping[str, Shown]:
    return shown(mini)


@pytest.fixture(scope="module", params=["mini", pytest.param("real", marks=pytest.mark.long)])
def either(request: pytest.FixtureRequest) -> Review:
    """The fictional review, then that of this repository."""
    review: Review = request.getfixturevalue(request.param)
    return review


@pytest.fixture(scope="module")
def either_fragments(either: Review) -> Mapping[str, Shown]:
    return shown(either)


def test_every_kind_of_thing_is_tried() -> None:
    """What shows something else than conclusions or the audit needs a test of its own."""
    elsewhere = {"Changes", "Checklist", "Decision", "Rules"}  # test_changes.py, test_criteria.py, test_methods.py

    assert {"Summary", "Overview", "AuditSummary"} | elsewhere == set(_FUNCTIONS)


def test_every_function_that_shows_something_has_a_part() -> None:
    """No function of the room is out of reach of `show`, and each part names a function that is there."""
    written = {
        f"{path.stem}:{name}"
        for path in (ROOT / "src" / "weigh" / "display").glob("*.py")
        for name in re.findall(r"^def (show_\w+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }

    assert written == {function for parts in _FUNCTIONS.values() for function in parts.values()}


# ---- fragments


def test_every_fragment_is_whole(either_fragments: Mapping[str, Shown]) -> None:
    """Each element that a fragment opens is closed in order, so that it cannot break the page around it."""
    broken = {
        name: found.wrong + found.open
        for name, s in either_fragments.items()
        if (found := Fragment(s.html)).wrong or found.open
    }

    assert {} == broken


def test_no_fragment_shows_a_gap(either_fragments: Mapping[str, Shown]) -> None:
    """No reader sees a word of the program for what is not there."""
    gap = re.compile(
        r"\bNone\b(?! (?:of|was|is)\b)|undefined|\bnan\b|<weigh\.|object at 0x|[{]{2}|[}]{2}|\b[a-z]+_[a-z]+\b"
    )
    texts = {
        name: re.sub(r"<style>.*?</style>", "", s.html, flags=re.DOTALL)
        for name, s in either_fragments.items()
        if not name.endswith(": result")
    }
    gaps = {name: found for name, text in texts.items() if (found := gap.findall(Fragment(text).text))}

    assert {} == gaps


def test_every_fragment_has_a_text(either_fragments: Mapping[str, Shown]) -> None:
    """A terminal and nbval see a text without markup beside the HTML, and a notebook sees the HTML."""
    assert [] == [
        name for name, s in either_fragments.items() if not s.text.strip() or re.search(r"</?[a-z]+[ >]", s.text)
    ]
    assert [] == [name for name, s in either_fragments.items() if repr(s) != s.text or s._repr_html_() != s.html]


def test_two_runs_show_the_same(mini: Review, fragments: Mapping[str, Shown]) -> None:
    """Shown twice, nothing differs: no address, no date and no random id."""
    assert dict(fragments) == shown(mini)


def test_ids_of_a_conclusion_are_unique_and_links_resolve(
    either: Review, either_fragments: Mapping[str, Shown]
) -> None:
    """In the page of a conclusion no id stands twice, and each link within the page has its target."""
    for conclusion_id in either.conclusions:
        page = Fragment(
            "".join(s.html for name, s in either_fragments.items() if name.startswith(f"{conclusion_id}: "))
        )
        ids = page.values("id")
        inner = {link[1:] for link in page.values("href") if link.startswith("#")}

        assert len(ids) == len(set(ids)), conclusion_id
        assert set() == inner - set(ids), conclusion_id


def test_links_lead_to_records_only(either_fragments: Mapping[str, Shown]) -> None:
    """What can be followed is a place in the page, a page of the site or an address of the web."""
    links = {link for s in either_fragments.values() for link in Fragment(s.html).values("href")}

    assert [] == [
        link for link in sorted(links) if not re.match(r"https?://|#|(studies/)?[a-z0-9-]+\.html(#[a-z0-9-]+)?$", link)
    ]


def test_every_study_is_shown_in_table_and_cards(
    mini_summaries: dict[str, Summary], fragments: Mapping[str, Shown]
) -> None:
    """No cited study is missing from the table or from the cards."""
    for conclusion_id, summary in mini_summaries.items():
        for part in ("studies", "cards"):
            text = Fragment(fragments[f"{conclusion_id}: {part}"].html).text
            assert [] == [line.name for line in summary.studies if line.name not in text]


def test_every_outcome_has_its_row(mini_summaries: dict[str, Summary], fragments: Mapping[str, Shown]) -> None:
    """Each outcome of a cited study has a row, and the row says whether it votes."""
    summary = mini_summaries["brisk-elbow"]
    cards = fragments["brisk-elbow: cards"].html
    votes = dict(
        re.findall(
            r'<tr id="outcome-([a-z0-9-]+)">.*?<td data-head="Votes">(yes|no)</td>\s*</tr>', cards, flags=re.DOTALL
        )
    )
    voting = {outcome.outcome_id for line in summary.studies for outcome in line.vote.outcomes}
    every = {outcome.outcome_id for line in summary.studies for outcome in line.item.outcomes}

    assert {outcome_id: "yes" if outcome_id in voting else "no" for outcome_id in every} == votes


def test_figures_of_an_outcome_stand_as_printed(fragments: Mapping[str, Shown]) -> None:
    """Numbers reach the reader with the digits of the table, and a negative number with a minus sign."""
    text = Fragment(fragments["winter-gloom: cards"].html).text + Fragment(fragments["brisk-elbow: cards"].html).text
    expected = [
        "30 of 45 (66.7%)",
        "RR 1.67 (95% CI 1.10 to 2.52)",
        "16 (SD 4.5, n = 45)",
        "30.5 mm (SD 9.25, n = 29)",
        "MD −9.0 mm (95% CI −13.6 to −4.4)",
    ]

    assert [] == [part for part in expected if part not in text]


def test_the_result_is_the_summary(mini_summaries: dict[str, Summary], fragments: Mapping[str, Shown]) -> None:
    """What nbval guards is the very JSON that other programs read."""
    for conclusion_id, summary in mini_summaries.items():
        assert summary.as_json() == json.loads(fragments[f"{conclusion_id}: result"].text)


def test_the_overview_names_every_conclusion(mini: Review) -> None:
    """No conclusion is missing from the list of all."""
    lines = show(overview(mini)).text.splitlines()

    assert set(mini.conclusions) == {line.split(":")[0] for line in lines}


def test_the_counts_name_every_verdict(mini: Review) -> None:
    """The counts hold each verdict, those that no conclusion has as well, and sum to all conclusions."""
    counts = dict(line.split(": ") for line in show(overview(mini), "counts").text.splitlines())

    assert {verdict.value for verdict in Verdict} == counts.keys()
    assert len(mini.conclusions) == sum(map(int, counts.values()))


def test_a_conclusion_without_evidence_says_so(fragments: Mapping[str, Shown]) -> None:
    """Where nothing is cited, each part says so instead of standing empty."""
    empty = [name for name, s in fragments.items() if name.startswith("humming-ear") and len(s.text.split()) < 3]

    assert [] == empty


# ---- evidence is text


def payload(marker: str) -> str:
    """What a browser would run if it were not escaped, with a word that says where it was planted."""
    return f'<script>alert("{marker}")</script><img src=x onerror=alert(1)> {marker}'


#: Cells that an instrument closes without the schema saying so.
CLOSED = {"appraisals.domain", "appraisals.judgement", "certainty.judgement"}


def plant_in_tables(project: Project) -> list[str]:
    """Plant a payload in every cell of every column of free text; the markers of what was planted."""
    package = json.loads(project.path("evidence/datapackage.json").read_text(encoding="utf-8"))
    markers = []
    for resource in package["resources"]:
        schema = resource["schema"]
        bound = {field for key in schema.get("foreignKeys", []) for field in key["fields"]} | {"included_in"}
        file = f"evidence/{resource['path']}"
        header, *rows = project.rows(file)
        for field in schema["fields"]:
            free = "string" == field["type"] and not {"enum", "pattern"} & field.get("constraints", {}).keys()
            marker = f"{resource['name']}.{field['name']}"
            if free and field["name"] not in bound and marker not in CLOSED and rows:
                markers.append(marker)
                index = header.index(field["name"])
                for row in rows:
                    row[index] = f"{row[index]} {payload(marker)}"
        project.write(file, [header, *rows])
    return markers


def plant_in_texts(project: Project) -> list[str]:
    """Plant a payload in each text of the guideline and each field of the bibliography that takes words."""
    markers = []
    toml = project.path(GUIDELINE).read_text(encoding="utf-8")
    for name in re.findall(r'^(\w+) = "', toml, flags=re.MULTILINE):
        markers.append(f"guideline.{name}")
        toml = re.sub(
            rf'^{name} = "(.*)"',
            lambda m, n=name: f"{n} = '{m[1]} {payload(f'guideline.{n}')}'",
            toml,
            flags=re.MULTILINE,
        )
    project.path(GUIDELINE).write_text(toml, encoding="utf-8")
    bib = project.path(BIBLIOGRAPHY).read_text(encoding="utf-8")
    for name in ("title", "journal", "shortjournal", "howpublished", "volume", "number", "pages", "note", "aslisted"):
        markers.append(f"bibliography.{name}")
        bib = re.sub(
            rf"^(  {name} = \{{.*)\}},$",
            lambda m, n=name: f"{m[1]} {payload(f'bibliography.{n}')}}},",
            bib,
            flags=re.MULTILINE,
        )
    for name in ("doi", "url"):
        bib = re.sub(
            rf"^(  {name} = \{{.*)\}},$", lambda m: f'{m[1]}"><script>alert(1)</script>}},', bib, flags=re.MULTILINE
        )
    bib = bib.replace("author = {Ardenwood", f"author = {{Ardenwood {payload('bibliography.author').replace(' ', '-')}")
    project.path(BIBLIOGRAPHY).write_text(bib, encoding="utf-8")
    return [*markers, "bibliography.author"]


@pytest.mark.long
def test_what_a_folder_holds_never_runs(project: Project) -> None:
    """A script planted in every text of every table, the guideline and the bibliography is shown and never run."""
    markers = [*plant_in_tables(project), *plant_in_texts(project)]
    seen = ""
    for name, s in shown(project.review()).items():
        page = Fragment(s.html)
        seen += page.text

        assert "<script" not in s.html, name
        assert [] == [tag for tag in page.tags if tag in ("script", "img", "iframe", "object")], name
        assert [] == [attribute for attribute, _ in page.attributes if attribute.startswith("on")], name
        assert [] == page.wrong + page.open, name

    must_be_seen = {
        "bibliography.author",
        "bibliography.title",
        "candidates.citation",
        "certainty.reason",
        "citations.cited_as",
        "codes.printed_title",
        "conclusions.condition",
        "conclusions.statement",
        "guideline.intervention",
        "outcomes.measure",
        "outcomes.note",
        "studies.drug",
        "studies.finding",
        "studies.limits",
    }
    assert set() == must_be_seen - set(markers), "not planted"
    assert [] == [marker for marker in sorted(must_be_seen) if marker not in seen], "planted and not shown"


def test_an_address_that_is_a_script_is_no_link(project: Project) -> None:
    """A reference whose address would run when it is clicked is refused, or shown without a link."""
    project.replace(BIBLIOGRAPHY, "https://lamps.example/home?size=50%25", "javascript:alert(1)")
    links = (
        []
        if project.findings()
        else [link for s in shown(project.review()).values() for link in Fragment(s.html).values("href")]
    )

    assert [] == [link for link in links if link.casefold().startswith("javascript")]


def test_templates_escape_by_themselves() -> None:
    """A template that forgets to escape is safe all the same, and one that misspells a name is an error."""
    templates = environment()

    assert "&lt;b&gt;" == templates.from_string("{{ text }}").render(text="<b>")
    with pytest.raises(Exception, match="undefined"):
        templates.from_string("{{ txt }}").render(text="<b>")
