"""Audit: checks a review and reports findings; one module per family of rules, run by `weigh.audit.audit`."""
