"""How good a subtitle file is beside a reference: words, breaks and times."""
