"""Changes between two states of a review: the states, their differences, the reasons, and the report in words."""
