"""Draft a review folder from the text of a guideline."""
