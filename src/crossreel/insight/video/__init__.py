"""What is in the pictures of a film: shots, key frames, signals, lists for editing, a report."""
