"""Assessment: direction votes, risk of bias, certainty and a verdict from the studies of one conclusion."""
