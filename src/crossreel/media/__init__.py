"""Media files: what is in them, their pictures with exact times, their sound; the one home of PyAV."""
