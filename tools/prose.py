"""Find wording that docs/style.md rules out: `python tools/prose.py [--count] [PATH ...]`, or `make lint`.

Without a path it reads what `[tool.prose]` in pyproject.toml lists. It reads the text of Markdown files and notebooks
without their code; docstrings, comments and string literals of Python modules; the text of templates; all of other
files. Vale, proselint and codespell were tried first: Vale's package downloads its program when it is first run,
proselint and codespell know nothing of the words at issue here.
"""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["RULES", "Hit", "Rule", "hits_in", "hits_of"]

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Rule:
    """A wording that is ruled out, and what to write."""

    pattern: str
    better: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule is broken."""

    line: int
    words: str
    better: str


_BE = r"\b(?:is|are|was|were|be)\b"
_UNIT = "row|line|cell|page|sheet|section|file|folder|table|notebook|card|kernel|crew|module|family|sentence|figure"
RULES = (
    Rule(r"\bmend(?:s|ed|ing)?\b", "correct, fix"),
    Rule(r"\banew\b", "again"),
    Rule(r"\b(?:stands?|stood)\b(?! for\b| out\b| alone\b)", "is, appears, remains"),
    Rule(r"\b(?:hold|holds|held|holding)\b[^.;:]{0,60}\bagainst\b", "compare with, check against"),
    Rule(rf"{_BE} told\b(?! apart)", "receive, learn; or name who reports"),
    Rule(r"\btells? (?:what|of|where|whether|how)\b", "state, report, describe"),
    Rule(rf"{_BE} said\b", "is stated, is reported"),
    Rule(r"\b(?:says?|said) of\b", "say about"),
    Rule(rf"\ban? (?:{_UNIT}) an? \w+", "one ... per ..."),
    Rule(r"\bof (?:its|their|his|our) own\b", "its own ..., a separate ..."),
    Rule(r"\b(?:does|do|did) not fit\b", "is wrong, conflicts, is a problem"),
    Rule(r"\b(?:nobody|somebody|whoever)\b", "no one, someone, or the role: a reviewer, a member"),
    Rule(r"(?<!\bthere )\b(?:is|are) no (?!longer|more|less|fewer|evidence|difference|benefit)", "is not a"),
    Rule(r"\b(?:take|takes|took|taken|taking|gave|gives?) (?:in )?(?:its |the |their )?place of\b", "replace"),
    Rule(r"\bin the place of\b", "instead of"),
    Rule(r"\bas (?:it|they) (?:was|were|stands?|stood)\b", "unchanged"),
    Rule(r"\b(?:travel|travels|travelled) with\b", "is included in"),
    Rule(r"\bsettles nothing\b", "does not decide it"),
    Rule(r"\bof unseen\b", "of unknown"),
    Rule(r"\bby which way\b", "how, by which criteria"),
    Rule(r"\bwithout a word\b", "silently"),
    Rule(r"\bat the (?:most|least)\b", "at most, at least"),
    Rule(r"\b(?:which|that) there (?:is|are) not\b|\b(?:is|are) not there\b", "does not exist, is missing"),
    Rule(r"\bthe rights\b|\b(?:write|read) rights\b", "permissions"),
    Rule(r"\bnurser(?:y|ies)\b", "fork server"),
    Rule(r"\bwhat a (?:schedule|machine|reader|person) wants\b", "name the thing"),
)
_ANY = re.compile("|".join(f"(?P<r{number}>{rule.pattern})" for number, rule in enumerate(RULES)), re.IGNORECASE)

_CODE = re.compile(r"```.*?^ *```|`[^`\n]+`|<!--.*?-->|\]\([^)\n]*\)", re.DOTALL | re.MULTILINE)
_TEMPLATE = re.compile(r"\{[{%#].*?[}%#]\}|<[^>]*>", re.DOTALL)


def hits_of(text: str, first_line: int = 1) -> Iterator[Hit]:
    """Every wording in a text that a rule is about, also where a line break divides it."""
    folded = re.sub(r"\s", " ", text)
    for found in _ANY.finditer(folded):
        rule = RULES[int(str(found.lastgroup)[1:])]
        yield Hit(first_line + text.count("\n", 0, found.start()), found[0].strip(), rule.better)


def hits_in(path: Path) -> list[Hit]:
    """Every hit in a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        hits = _in_python(text, docstrings_only="tests" in path.parts)
    elif path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        hits = (hit for cell in cells for hit in hits_of(_without(_CODE, "".join(cell["source"]))))
    elif path.suffix == ".md":
        hits = hits_of(_without(_CODE, text))
    else:
        hits = hits_of(_without(_TEMPLATE, text) if path.suffix == ".j2" else text)
    return sorted(hits, key=lambda hit: hit.line)


def _without(pattern: re.Pattern[str], text: str) -> str:
    """A text with what matches blanked out, line by line as long as it was."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", "\N{MIDDLE DOT}", found[0]), text)


def _in_python(source: str, *, docstrings_only: bool) -> Iterator[Hit]:
    """Hits in comments, and in strings; the strings of a test are data."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and (id(node) in docstrings or not docstrings_only):
            yield from hits_of(_without(_CODE, node.value), node.lineno)
    comments: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            comments.append(token)
        elif token.type not in (tokenize.NL, tokenize.NEWLINE):
            yield from _in_comment(comments)
            comments.clear()
    yield from _in_comment(comments)


def _in_comment(comments: Sequence[tokenize.TokenInfo]) -> Iterator[Hit]:
    """Hits in comments that follow each other, read as one text."""
    if comments:
        text = "\n".join(comment.string.lstrip("#: ") for comment in comments)
        yield from hits_of(_without(_CODE, text), comments[0].start[0])


def _files(paths: Sequence[str]) -> list[Path]:
    """The files under some paths that git tracks or would add."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "-co", "--exclude-standard", "--", *paths],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8")
    kinds = {".py", ".md", ".ipynb", ".j2", ".toml", ".yml", ".yaml", ".cff"}
    return [ROOT / name for name in sorted({*filter(None, listed.split("\0"))}) if Path(name).suffix in kinds]


def main(arguments: Sequence[str]) -> int:
    """Print every hit, or with --count how many each file has; 1 where there is one."""
    paths = [argument for argument in arguments if argument != "--count"]
    if not paths:
        configured = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        paths = configured["tool"]["prose"]["paths"]
    counted: Counter[str] = Counter()
    for path in _files(paths):
        if not path.is_file():
            continue
        name = path.relative_to(ROOT).as_posix()
        for hit in hits_in(path):
            counted[name] += 1
            if "--count" not in arguments:
                print(f"{name}:{hit.line}: “{hit.words}”: write {hit.better}")
    if "--count" in arguments:
        for name, number in counted.most_common():
            print(f"{number:>5}  {name}")
        print(f"{counted.total():>5}  in all")
    return 1 if counted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
