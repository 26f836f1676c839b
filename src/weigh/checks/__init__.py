"""Rules that look at a review and report findings, one module a family; `audit` runs them all."""
