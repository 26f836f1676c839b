"""Text: numbers, names, characters and lean imports; nothing here depends on the evidence."""
