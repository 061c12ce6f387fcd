"""What a job may cost at most, as forms say it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from crossreel.errors import BadValue

__all__ = ["budget_of"]


def budget_of(text: str) -> Decimal | None:
    """The budget, or None for an empty field. Raises ``BadValue`` for what is no number of 0 or more."""
    try:
        found = Decimal(text) if text.strip() else None
    except InvalidOperation as error:
        raise BadValue("budget", text, "a number") from error
    if found is not None and not (found.is_finite() and found >= 0):
        raise BadValue("budget", text, "a number of 0 or more")
    return found
