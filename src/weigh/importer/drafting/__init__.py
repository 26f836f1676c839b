"""Write what was found in a text as the files of a review folder."""
