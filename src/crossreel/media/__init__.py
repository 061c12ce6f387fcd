"""Media files: what is in them, and their pictures with exact times; the one home of PyAV."""
