"""Writes into a template, when it is compiled, what can never be different in its language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jinja2.ext import Extension

__all__ = ["Constants"]

_CALL = re.compile(r"""\{\{ (\w+)\((["'])([^"'{}\\]*)\2\) \}\}""")
"""``{{ name("text") }}`` and nothing more."""


class Constants(Extension):
    """Replaces ``{{ _("text") }}``, ``{{ static("file") }}`` and ``{{ icon("name") }}`` by what they give.

    A page calls them some fifty times and gets the same each time. The renderer sets ``functions``:
    what each name gives, as HTML.
    """

    functions: Mapping[str, Callable[[str], str]] = {}

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with the calls filled in; a text that looks like template syntax stays a call."""

        def filled(found: re.Match[str]) -> str:
            function = self.functions.get(found[1])
            text = function(found[3]) if function else "{"
            return found[0] if "{" in text else text

        return _CALL.sub(filled, source)
