"""Cursors: where a list goes on, as text that means nothing to whoever carries it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson

from crossreel.errors import BadValue

__all__ = ["read_cursor", "write_cursor"]


def write_cursor(listing: str, filters: Mapping[str, Any], place: Sequence[str | int]) -> str:
    """The cursor of a place in one listing with these filters."""
    return base64.urlsafe_b64encode(orjson.dumps([_mark(listing, filters), *place])).decode().rstrip("=")


def read_cursor(
    listing: str, filters: Mapping[str, Any], text: str, shape: Sequence[type]
) -> list[Any] | None:
    """The place that a cursor holds; None for an empty one.

    Args:
        listing: the name of the list.
        filters: those of this request; a cursor only goes on with the filters it was made with.
        text: the cursor.
        shape: the types of the place's parts.

    Raises:
        BadValue: it is not a cursor of this listing and these filters.
    """
    if not text:
        return None
    mark: Any = ""
    place: list[Any] = []
    with suppress(ValueError, TypeError, binascii.Error):  # what stays empty is refused below
        mark, *place = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    fits = len(place) == len(shape) and all(
        type(part) is type_ for part, type_ in zip(place, shape, strict=True)
    )
    if mark != _mark(listing, filters) or not fits or any(_is_huge(part) for part in place):
        raise BadValue(
            "cursor", text, "one that this list gave with the same filters", advice="Start without a cursor."
        )
    return place


def _is_huge(part: object) -> bool:
    return isinstance(part, int) and not 0 <= part < 1 << 62


def _mark(listing: str, filters: Mapping[str, Any]) -> str:
    asked = orjson.dumps([listing, dict(filters)], option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(asked).hexdigest()[:12]
