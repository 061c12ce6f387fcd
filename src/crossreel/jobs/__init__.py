"""Work that happens beside requests; what is done are the domains' own functions."""
