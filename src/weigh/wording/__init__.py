"""Wording: numbers and judgements to the sentences that a reader meets, each written once."""
