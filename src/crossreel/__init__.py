"""Crossreel takes a film and TV catalog across borders.

The names below are the public door; each is loaded when first used, so that ``import crossreel``
costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "App": "crossreel.app",
    "open_app": "crossreel.app",
    "Title": "crossreel.catalog.title",
    "TitleKind": "crossreel.catalog.title",
    "Event": "crossreel.audience.event",
    "EventKind": "crossreel.audience.event",
    "Viewer": "crossreel.audience.event",
    "License": "crossreel.rights.license",
    "Mode": "crossreel.rights.license",
    "TitleId": "crossreel.values.ids",
    "ViewerId": "crossreel.values.ids",
    "Language": "crossreel.values.language",
    "Territory": "crossreel.values.territory",
    "Money": "crossreel.values.money",
    "Window": "crossreel.values.window",
    "Timecode": "crossreel.values.timing",
    "Measured": "crossreel.values.measured",
    "CrossreelError": "crossreel.errors",
}

__all__ = ["__version__", *_WHERE]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'crossreel' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
