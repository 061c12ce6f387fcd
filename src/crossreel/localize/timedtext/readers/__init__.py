"""Readers: one file per format family, each makes a ``Document``."""
