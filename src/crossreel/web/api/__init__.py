"""The REST API: the nouns and verbs of the command line, over the same functions."""

from __future__ import annotations

from crossreel.web.api.assembly import api_mount, create_api
from crossreel.web.api.gate import ApiLimits
from crossreel.web.api.reference import api_page

__all__ = ["ApiLimits", "api_mount", "api_page", "create_api"]
