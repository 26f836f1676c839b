"""Coverage: the criteria for medical necessity, and how the guideline applies to one documented request."""
