"""The left rail: which nouns there are, in their order. A page that is not here does not exist."""

from __future__ import annotations

from crossreel.web.console.nouns import Noun
from crossreel.web.console.pages import (
    audience,
    audit,
    catalog,
    insight,
    jobs,
    localize,
    models,
    overview,
    rights,
    settings,
)

__all__ = ["NOUNS"]

NOUNS: tuple[Noun, ...] = (
    overview.NOUN,
    catalog.NOUN,
    audience.NOUN,
    models.NOUN,
    insight.NOUN,
    localize.NOUN,
    rights.NOUN,
    jobs.NOUN,
    audit.NOUN,
    settings.NOUN,
)
