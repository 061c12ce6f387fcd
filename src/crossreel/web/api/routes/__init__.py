"""One file a noun; each endpoint reads the request, calls one function and shows its result."""
