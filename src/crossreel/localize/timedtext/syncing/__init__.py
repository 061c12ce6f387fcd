"""Bringing a subtitle file in time with a film's sound or with another subtitle file."""
