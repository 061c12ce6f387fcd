"""The studio: whole jobs on media files, wired from localize, media and models."""
