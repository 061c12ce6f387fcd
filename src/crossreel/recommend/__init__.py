"""Recommenders, and the steps around them: candidates, seen titles, rights, reasons."""
