"""Dubbing: which voice says which line, when and how fast, and the mix; pure, no model needed."""
