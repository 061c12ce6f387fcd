"""For tests only: in-memory twins of the stores, conformance suites, a tiny catalog."""
