"""Text: numbers, names, characters and lean imports; nothing here knows of evidence."""
