"""Taking a title's words into other languages: timed text, translation, speech, versions."""
