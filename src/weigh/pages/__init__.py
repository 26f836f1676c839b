"""The committee's site, built from executed notebooks and summaries: self-contained pages that need no script."""
