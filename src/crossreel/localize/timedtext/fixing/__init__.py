"""Repair: better breaks and times for the same words."""
