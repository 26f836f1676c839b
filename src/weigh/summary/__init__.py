"""Summary: everything that weigh reports on one conclusion, on all conclusions and on the audit."""
