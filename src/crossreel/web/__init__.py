"""The web application: storefront pages over the same functions as the command line."""
