"""Evidence: the files of a review folder to one immutable review whose records know their file, row and column."""
