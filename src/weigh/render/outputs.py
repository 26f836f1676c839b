"""The output files of one report: its executed notebook, its result in JSON and its page."""

from __future__ import annotations

import json

from weigh.render.plan import Plan
from weigh.render.sources import REVIEW_NOTEBOOKS

__all__ = ["files_of"]


def files_of(name: str, notebook: str, plan: Plan) -> dict[str, str]:
    """Return the files that a report adds to a build.

    Args:
        name: the conclusion, or the notebook about the whole review.
        notebook: the text of the executed notebook.
        plan: the plan of the run, which holds the review and the summaries.

    Returns:
        The text of each file, by its path in the build folder.

    Raises:
        WeighError: a sign-off cannot be read.
    """
    files = {f"notebooks/{name}.ipynb": notebook}
    return files | (_of_review if name in REVIEW_NOTEBOOKS else _of_conclusion)(name, notebook, plan)


def _of_review(name: str, notebook: str, plan: Plan) -> dict[str, str]:
    from weigh.pages.site import PAGE_TITLES, review_page

    return {f"site/{name}.html": review_page(name, notebook, plan.review.guideline)} if name in PAGE_TITLES else {}


def _of_conclusion(name: str, notebook: str, plan: Plan) -> dict[str, str]:
    from weigh.pages.signing import signatures
    from weigh.pages.site import conclusion_page

    summary = plan.summaries[name]
    result = json.dumps(summary.as_json(), indent=1, ensure_ascii=False)
    return {
        f"results/{name}.json": f"{result}\n",
        f"site/{name}.html": conclusion_page(notebook, summary, signatures(plan.review, name)),
    }
