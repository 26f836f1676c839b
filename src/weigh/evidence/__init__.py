"""Evidence: reads a review folder into one immutable review whose records carry their file and row."""
