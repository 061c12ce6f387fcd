"""Which language and territory a request gets: by choice, else by its headers and the settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from crossreel.errors import BadValue
from crossreel.values.language import Language, best_match

__all__ = ["accepted_languages", "interface_language", "prefers_json", "reading_order"]

_QUALITY = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")
_MOST = 10
"""Languages read from a header; browsers send two to five."""


@lru_cache(maxsize=1024)
def accepted_languages(header: str) -> tuple[Language, ...]:
    """The languages of an ``Accept-Language`` header, best first (RFC 9110, section 12.5.4).

    Unknown tags, ``*`` and languages of quality 0 are left out; a malformed quality counts as 0.
    """
    weighed: list[tuple[float, int, Language]] = []
    for place, (name, quality) in enumerate(_ranges(header)[:_MOST]):
        if quality <= 0 or name == "*":
            continue
        try:
            weighed.append((-quality, place, Language.parse(name)))
        except BadValue:
            continue
    return tuple(dict.fromkeys(language for _, _, language in sorted(weighed)))


def reading_order(chosen: Language | None, accepted: Sequence[Language]) -> tuple[Language, ...]:
    """The languages a visitor reads, best first: the chosen one, then those of the browser."""
    return tuple(dict.fromkeys([*([chosen] if chosen else []), *accepted]))


def interface_language(
    reading: Sequence[Language], offered: Sequence[Language], default: Language
) -> Language:
    """The offered language that serves the visitor, else ``default`` (else the first offered)."""
    found = best_match(reading, offered)
    return found or (default if default in offered else offered[0])


def prefers_json(accept: str) -> bool:
    """Whether an ``Accept`` header puts JSON before HTML; a browser's never does."""
    best = {"html": 0.0, "json": 0.0}
    for name, quality in _ranges(accept):
        if name in {"text/html", "application/xhtml+xml"}:
            best["html"] = max(best["html"], quality)
        elif name == "application/json" or name.endswith("+json"):
            best["json"] = max(best["json"], quality)
    return best["json"] > best["html"]


def _ranges(header: str) -> list[tuple[str, float]]:
    ranges = []
    for part in header[:2000].split(","):
        name, _, parameters = part.partition(";")
        quality = 1.0
        for parameter in parameters.split(";"):
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                quality = float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
        if name.strip():
            ranges.append((name.strip().lower(), quality))
    return ranges
