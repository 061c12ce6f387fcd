"""Evaluation one can trust: splits that never leak, metrics over the full ranking."""
