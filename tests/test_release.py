"""One version everywhere, and metadata that other programs read."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import yaml
from conftest import ROOT
from packaging.version import Version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\S+)$", CHANGELOG, flags=re.MULTILINE)


def test_the_version_is_the_same_everywhere() -> None:
    """pyproject.toml, CITATION.cff and the latest release of the changelog name one version and one date."""
    version, day = RELEASES[0]

    assert (version, version) == (PROJECT["version"], CITATION["version"])
    assert day == CITATION["date-released"]


def test_the_changelog_lists_releases_newest_first() -> None:
    """Versions and dates descend, each heading is a release or Unreleased."""
    versions = [Version(version) for version, _ in RELEASES]
    days = [date.fromisoformat(day) for _, day in RELEASES]
    headings = re.findall(r"^## (.*)$", CHANGELOG, flags=re.MULTILINE)

    assert sorted(versions, reverse=True) == versions
    assert sorted(days, reverse=True) == days
    assert len(RELEASES) == len([heading for heading in headings if heading != "[Unreleased]"])


def test_a_release_groups_its_changes_under_known_headings() -> None:
    """The headings of a release are those of Keep a Changelog."""
    known = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

    assert set() == set(re.findall(r"^### (.*)$", CHANGELOG, flags=re.MULTILINE)) - known


def test_the_citation_file_has_what_its_format_requires() -> None:
    """CITATION.cff holds the keys that version 1.2.0 of the format requires, and no others than it knows."""
    required = {"authors", "cff-version", "message", "title"}
    known = required | {"abstract", "date-released", "keywords", "license", "type", "version"}

    assert required <= CITATION.keys() <= known
    assert ("1.2.0", "software") == (CITATION["cff-version"], CITATION["type"])
    assert all(isinstance(CITATION[key], str) for key in known - {"authors", "keywords"})
    assert PROJECT["license"] == CITATION["license"]
    assert [{"name": "The weigh contributors"}] == CITATION["authors"]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", CITATION["date-released"])


def test_the_workflow_runs_the_gate_on_each_declared_python() -> None:
    """Continuous integration calls .ci/run with every Python that the classifiers name."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["check"]
    declared = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.fullmatch(r"Programming .* :: 3\.\d+", c)]

    assert declared == job["strategy"]["matrix"]["python"]
    assert ".ci/run" in [step.get("run") for step in job["steps"]]


def test_issue_forms_are_complete() -> None:
    """Each issue form has a name, a description and fields with unique ids; GitHub refuses it otherwise."""
    forms = [p for p in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) if p.name != "config.yml"]
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        ids = [field["id"] for field in form["body"]]

        assert form["name"] and form["description"], path
        assert len(ids) == len(set(ids)), path
        assert {"input", "textarea", "dropdown", "checkboxes"} >= {field["type"] for field in form["body"]}, path
        assert all(field["attributes"]["label"] for field in form["body"] if field["type"] != "checkboxes"), path
    assert {"feature.yml", "new-guideline.yml", "wrong-evidence.yml", "wrong-number.yml"} == {p.name for p in forms}


def test_binder_finds_its_files() -> None:
    """Binder reads binder/ alone when it exists, so environment and hook are both there, and the hook can be run."""
    hook = ROOT / "binder" / "postBuild"
    environment = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text(encoding="utf-8"))
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]

    assert hook.stat().st_mode & 0o111
    assert hook.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    assert "-e .." in pip
