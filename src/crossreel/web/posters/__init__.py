"""Posters for titles without artwork: drawn by ``crossreel.artwork``, plain where its fonts are missing."""
