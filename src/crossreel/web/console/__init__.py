"""The operators' console: a well-lit editing desk over the same functions as the API.

A page is one file in ``pages`` that ends in a ``Noun``, and one entry in ``rail``.
"""
