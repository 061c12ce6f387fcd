"""One file per page of the storefront: what it reads, what it shows, what it accepts."""
