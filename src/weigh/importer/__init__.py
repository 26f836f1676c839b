"""A guideline's text, read into a drafted review folder."""
