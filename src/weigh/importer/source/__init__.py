"""The bytes of a file as the lines of a text, whatever its form."""
