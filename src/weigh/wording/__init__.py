"""Wording: the sentences that readers see, each written once and derived from numbers and judgements."""
