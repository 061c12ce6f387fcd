"""Posters drawn by the program for titles without artwork: lettering, wrapping, designs."""
