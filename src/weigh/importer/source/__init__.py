"""Convert a file in any supported format to lines of text."""
