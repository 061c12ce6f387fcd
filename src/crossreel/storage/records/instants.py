"""Instants as text that sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["from_text", "maybe_from_text", "to_text"]


def to_text(instant: datetime) -> str:
    """UTC with microseconds: ``2026-01-31T12:00:00.000000``."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def from_text(text: str) -> datetime:
    """The instant that ``to_text`` wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def maybe_from_text(text: str | None) -> datetime | None:
    """The instant, or None for NULL."""
    return None if text is None else from_text(text)
