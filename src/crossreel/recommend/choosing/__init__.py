"""Choosing an algorithm: what the data are, which methods fit, which is best for each case."""
