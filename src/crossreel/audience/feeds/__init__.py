"""Readers of the audience's files: which file holds events, how, and who the viewers are."""
