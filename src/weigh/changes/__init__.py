"""What changed between two states of a review: the states, the differences, why a conclusion moved, and the words for it."""
