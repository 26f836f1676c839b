"""Executed notebooks and summaries made into the committee's site: self-contained pages without scripts."""
