"""How Sphinx builds the documentation: `make docs`.

Sphinx was preferred to MkDocs (last release in August 2024; its successor drops plugins) and to Zensical (no stable
release yet): it is maintained, and it imports the modules it documents, so a docstring that cannot be read is an error.

The source folder is the repository, so that a relative link between two Markdown files works on a code host and is
checked here.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import version as version_of
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import papermill  # noqa: F401  (before weigh.render.engine, which it loads as an entry point)

import weigh

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "weigh"
author = project_copyright = "The weigh contributors"
version = release = version_of("weigh")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "benchmarks/*.md",
    "docs/*.md",
    "docs/api/*.md",
    "docs/schedule/*.md",
    "evidence/*.md",
    "notebooks/*.md",
    "validation/*.md",
]
exclude_patterns = [".*", "build", "docs/_build", "src", "tests"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
napoleon_numpy_docstring = False
# Annotations that only a type checker imports are short names, and some names exist in two modules.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = f"weigh {release}"
html_copy_source = False
html_show_sourcelink = False
templates_path = ["_templates"]
html_additional_pages = {"index": "redirect.html"}  # the first page of a site is expected at its root

API = Path(__file__).parent / "api"


def _packages(package: ModuleType) -> Iterator[ModuleType]:
    """A package and all packages in it."""
    yield package
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if found.ispkg:
            yield from _packages(importlib.import_module(found.name))


def _first_line(module: ModuleType) -> str:
    return (module.__doc__ or "").strip().partition("\n")[0]


def _automodule(name: str, *options: str) -> str:
    lines = (f".. automodule:: {name}", *(f"   :{option}:" for option in options))
    return "\n".join(["```{eval-rst}", *lines, "```"])


def _exports(package: ModuleType) -> str:
    """The names that a package offers, each with a link to the module that defines it."""
    links = []
    for name in getattr(package, "__all__", ()):
        home = getattr(getattr(package, name), "__module__", None)
        links.append(f"{{py:obj}}`{name} <{home}.{name}>`" if isinstance(home, str) else f"`{name}`")
    return f"Exports: {', '.join(links)}." if links else ""


def _page(package: ModuleType) -> str:
    """The reference of one package: its own names, then those of its modules."""
    at_root = package is weigh
    parts = [
        f"# {package.__name__}",
        _automodule(package.__name__, "members", "no-index" if at_root else "ignore-module-all"),
    ]
    if not at_root:
        parts.append(_exports(package))
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not found.ispkg and not found.name.rpartition(".")[2].startswith("_"):  # __main__ would run
            parts += [f"## {found.name}", _automodule(found.name, "members", "show-inheritance")]
    return "\n\n".join(filter(None, parts)) + "\n"


def _write_reference(_app: Sphinx) -> None:
    """Write a page for each package as it is installed, so that no list of modules can go stale."""
    shutil.rmtree(API, ignore_errors=True)
    API.mkdir()
    packages = list(_packages(weigh))
    for package in packages:
        (API / f"{package.__name__}.md").write_text(_page(package), encoding="utf-8")
    contents = "\n".join(f"- [{p.__name__}]({p.__name__}.md): {_first_line(p)}" for p in packages)
    names = "\n".join(package.__name__ for package in packages)
    (API / "index.md").write_text(
        f"# API reference\n\n{contents}\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n", encoding="utf-8"
    )


def _as_rst(_app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Prepare a docstring for napoleon, which reads reStructuredText.

    Code in single backticks, as in Markdown, gets two. A return value is a sentence: the colon put before it keeps
    napoleon from reading the words before the next colon as a type.
    """
    for number, line in enumerate(lines):
        lines[number] = re.sub(r"(?<![`:])`([^`]+)`(?!`)", lambda code: f"``{code[1].strip()}``", line)
        if number and lines[number - 1].strip() == "Returns:":
            lines[number] = re.sub(r"(?=\S)", ": ", lines[number], count=1)


def setup(app: Sphinx) -> None:
    """Write the API reference before Sphinx looks for pages, and prepare docstrings before napoleon reads them."""
    app.connect("builder-inited", _write_reference)
    app.connect("autodoc-process-docstring", _as_rst, priority=400)
