"""Rules of broadcast-quality subtitles: profiles with sources and dates, one rule a file."""
