"""Markets: what is known of the countries that titles are taken to."""
