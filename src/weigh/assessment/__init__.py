"""Assessment: the studies of one conclusion to direction votes, risk of bias, certainty and a verdict."""
