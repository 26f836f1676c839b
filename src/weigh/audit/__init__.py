"""Audit: a review to findings, one module per family of rules; `audit.audit` runs them all."""
