"""Coverage: the criteria of medical necessity, and what the guideline says of one documented request."""
