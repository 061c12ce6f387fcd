"""Extractive summaries: whole sentences of the source, chosen to a length in characters."""
