"""Summary: everything that is reported on one conclusion, on all conclusions, and on the audit."""
