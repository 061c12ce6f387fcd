"""Speech into timed text: what a recognizer heard, guarded and made into cues."""
