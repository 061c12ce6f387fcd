"""Understanding texts: language, sentiment, aspects, reports, summaries."""
