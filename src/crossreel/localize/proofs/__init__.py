"""Proofs: translated subtitle files while people read and correct them, line by line."""
