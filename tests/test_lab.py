"""JupyterLab as a committee member meets it: opened by `make lab`, run in a browser, without a network."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import ROOT, needs_chromium
from playwright.sync_api import Error
from test_engine import until

pytestmark = [pytest.mark.long, needs_chromium]
PATIENCE = 90_000  # milliseconds; a kernel that reads the whole review starts within them on a busy machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A JupyterLab at work, and the page of a browser on it."""

    address: str
    folder: Path
    home: Path
    page: Any
    asked: list[str] = field(default_factory=list)

    def open(self, notebook: str) -> None:
        """Open a notebook in a workspace in which no other is open."""
        self.page.goto(f"{self.address}/lab/workspaces/{notebook}/tree/{notebook}.ipynb")
        self.ready()

    def ready(self) -> None:
        """Wait until the notebook in front has its kernel."""
        self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=PATIENCE)

    def run_all(self, shown: Any) -> None:
        """Run all cells by the menu, and wait until something is shown; JupyterLab may lose a call while it still loads."""
        for tries_left in (2, 1, 0):
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            try:
                shown.wait_for(timeout=PATIENCE / 3)
            except Error:
                if not tries_left:
                    raise
            else:
                return


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Lab]:
    """JupyterLab as `make lab` starts it, on a copy of this repository, in an empty home, with no way to a network."""
    folder, home, port = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("home"), free_port()
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-reports.lock", "references.bib"):
        shutil.copy2(ROOT / name, folder / name)
    for name in ("evidence", "notebooks", "tools"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    options = f"--no-browser --port={port} --ServerApp.port_retries=0 --IdentityProvider.token="
    command = ["make", "lab", f"LAB={folder}/state", f"LAB_OPTIONS={options}"]
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON", "XDG", "MPL"))
    }
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    log = home.with_suffix(".log")
    with log.open("wb") as out:
        server = subprocess.Popen(
            command,
            cwd=folder,
            env={**kept, **nowhere, "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        assert until(lambda: answers(port) or server.poll() is not None, 120), log.read_text(encoding="utf-8")
        assert server.poll() is None, log.read_text(encoding="utf-8")
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        made = Lab(address=f"http://127.0.0.1:{port}", folder=folder, home=home, page=page)
        page.on("request", lambda request: made.asked.append(request.url))
        yield made
        page.close()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def test_it_opens_on_what_to_read_first(lab: Lab) -> None:
    """The page that opens names every notebook and leads to it; no dialogue and no notice stands before it."""
    lab.page.goto(f"{lab.address}/lab/workspaces/weigh")
    lab.page.get_by_role("heading", name="The notebooks of this review").wait_for()
    links = lab.page.locator(".jp-MarkdownViewer table a").all_inner_texts()

    assert {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} == set(links)
    assert 0 == lab.page.locator(".jp-Dialog, .jp-toast, .Toastify__toast").count()
    lab.page.get_by_role("link", name="explore.ipynb").first.click()
    lab.ready()
    assert "Which conclusion would you like to read?" in lab.page.locator(".jp-Notebook h1").first.inner_text()


def test_a_stored_notebook_is_read_and_not_believed(lab: Lab) -> None:
    """Its words stand there before anything runs, with code folded away; a script that somebody stored in it does nothing."""
    path = lab.folder / "notebooks" / "conclusion.ipynb"
    stored = nbformat.read(path, as_version=4)
    header = next(cell for cell in stored.cells if cell.source == 'show(summary, "header")')
    header.outputs[0].data["text/html"] += (
        "<script>window.believed = 1</script><img src=x onerror='window.believed = 2'><p>planted words</p>"
    )
    nbformat.write(stored, path.with_name("planted.ipynb"))
    lab.open("planted")
    lab.page.get_by_text("planted words").wait_for()

    assert lab.page.locator(".jp-OutputArea h1", has_text="Does iontophoresis help with epicondylitis").count() == 1
    assert lab.page.evaluate("window.believed") is None
    assert lab.page.locator(".jp-CodeCell .jp-Placeholder").count() > 1
    assert lab.page.locator(".jp-CodeCell .cm-content", has_text="conclusion_id").first.is_visible()


def test_another_conclusion_in_the_first_cell(lab: Lab) -> None:
    """A reader changes `conclusion_id`, runs all cells, and reads the other conclusion, its figure too."""
    lab.open("conclusion")
    cell = lab.page.locator(".jp-CodeCell .cm-content", has_text="conclusion_id").first
    cell.click()
    lab.page.keyboard.press("Control+A")
    lab.page.keyboard.type('conclusion_id = "plantar-fasciitis"')
    lab.run_all(lab.page.get_by_role("heading", name="Does iontophoresis help with plantar fasciitis?"))

    figure = lab.page.locator(".jp-OutputArea [role=img]").first
    figure.wait_for()
    assert "Osborne 2006" in figure.get_attribute("aria-label")


def test_a_conclusion_is_chosen_from_a_list(lab: Lab) -> None:
    """Run all, choose by keyboard, and what stands below is the conclusion that was chosen, with its figures."""
    lab.open("explore")
    chooser = lab.page.get_by_label("Conclusion", exact=True)
    lab.run_all(chooser)
    lab.page.get_by_role("heading", name="Does iontophoresis help with keratoconus?").wait_for()
    chooser.focus()
    lab.page.keyboard.type("epicondylitis")

    lab.page.get_by_role("heading", name="Does iontophoresis help with epicondylitis of the elbow?").wait_for()
    below = lab.page.locator(".widget-html")
    assert "Nirschl 2003" in below.locator("[role=img]").first.get_attribute("aria-label")
    assert 0 == below.get_by_role("heading", name="keratoconus").count()


def test_nothing_leaves_the_machine_or_lands_in_the_home(lab: Lab) -> None:
    """After all that no address but JupyterLab's own was asked for, and the home folder is as empty as before."""
    own = lab.address

    assert [url for url in lab.asked if not url.startswith((own, own.replace("http", "ws"), "data:", "blob:"))] == []
    assert len(lab.asked) > 20
    assert [str(path) for path in lab.home.rglob("*") if path.is_file()] == []
