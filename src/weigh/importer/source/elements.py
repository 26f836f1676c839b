"""Classify HTML elements: blocks, headings, bold words, and content that is not part of a guideline."""

from __future__ import annotations

import re

from weigh.importer.source.tags import Tag, tokens

__all__ = [
    "BLOCKS",
    "FORMATTING",
    "HEADINGS",
    "SKIPPED",
    "VOID",
    "has_article",
    "is_bold",
    "is_italic",
    "is_outside",
    "item_counts",
]

HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: Elements whose start and end delimit a paragraph.
BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "noscript",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        *HEADINGS,
    }
)
#: Elements that may end before others opened inside them.
FORMATTING = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
    }
)
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
#: Code, which is not shown.
SKIPPED = frozenset({"script", "style"})
_OUTSIDE = frozenset(
    {
        "audio",
        "button",
        "canvas",
        "datalist",
        "iframe",
        "nav",
        "noscript",
        "object",
        "option",
        "select",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    }
)
_ROLES = frozenset({"alertdialog", "dialog", "menu", "menubar", "navigation", "search"})
_CLASSES = frozenset(
    {
        "breadcrumb",
        "breadcrumbs",
        "screen-reader-only",
        "screen-reader-text",
        "skip-link",
        "skip-nav",
        "sr-only",
        "visually-hidden",
    }
)
_HIDDEN = re.compile(r"(?:display\s?:\s?none|visibility\s?:\s?hidden)", re.IGNORECASE)
_BOLD = re.compile(r"font-weight\s?:\s?(?:bold|[6-9]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s?:\s?(?:italic|oblique)", re.IGNORECASE)
_RAISED = re.compile(r"vertical-align\s?:\s?super", re.IGNORECASE)
_ARTICLE = re.compile(r"<(?:main|article)[\s>]", re.IGNORECASE)


def has_article(text: str) -> bool:
    """Whether a page marks its main text, so that a header outside it belongs to the site."""
    return bool(_ARTICLE.search(text))


def is_bold(name: str, given: dict[str, str]) -> bool:
    """Whether an element makes its text bold."""
    return name in {"b", "strong"} or ("style" in given and bool(_BOLD.search(given["style"])))


def is_italic(name: str, given: dict[str, str]) -> bool:
    """Whether an element makes its text italic."""
    return name in {"i", "em", "cite"} or ("style" in given and bool(_ITALIC.search(given["style"])))


def is_raised(name: str, given: dict[str, str]) -> bool:
    """Whether an element makes its text superscript."""
    return name == "sup" or ("style" in given and bool(_RAISED.search(given["style"])))


def is_outside(name: str, given: dict[str, str], *, in_article: bool, has_article: bool) -> tuple[bool, bool]:
    """Return whether an element is not part of the guideline, and whether because it is hidden."""
    hidden = name != "body" and (
        "hidden" in given
        or given.get("aria-hidden", "").lower() == "true"
        or ("style" in given and bool(_HIDDEN.search(given["style"])))
        or (name == "dialog" and "open" not in given)
    )
    if hidden or name in _OUTSIDE:
        return True, hidden
    role = given.get("role", "").lower()
    if role in _ROLES or not _CLASSES.isdisjoint(given.get("class", "").lower().split()):
        return True, False
    if in_article:
        return False, False
    # If the page has no article element, its header may contain the title of the guideline.
    return name == "footer" or role == "contentinfo" or ((name == "header" or role == "banner") and has_article), False


def item_counts(text: str) -> list[int]:
    """Return the number of items of each numbered list of a page, in order."""
    counts: list[int] = []
    open_lists: list[int] = []
    for token in tokens(text):
        if not isinstance(token, Tag) or token.name not in {"ol", "ul", "li"}:
            continue
        if token.end:
            if token.name != "li" and open_lists:
                open_lists.pop()
        elif token.name == "li":
            if open_lists and open_lists[-1] >= 0:
                counts[open_lists[-1]] += 1
        else:
            open_lists.append(len(counts) if token.name == "ol" else -1)
            counts.extend([0] * (token.name == "ol"))
    return counts
