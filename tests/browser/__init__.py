"""Pages in a real browser; a package, so that the browser is closed when its last test has run."""
