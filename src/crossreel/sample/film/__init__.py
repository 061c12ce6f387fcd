"""The sample film: a countdown, moving shapes and quiet music, so that something plays."""
