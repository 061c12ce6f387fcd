"""Numbers as people write them into forms."""

from __future__ import annotations

__all__ = ["number_in", "percent_in"]


def number_in(text: str) -> int | float | str | None:
    """A number as it is written (``1.5`` or ``1,5``), None for nothing, the text itself where it is none."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    for read in (int, float):
        try:
            return read(plain)
        except ValueError:
            continue
    return text.strip()


def percent_in(text: str) -> float | str | None:
    """A percentage as a share: ``30`` and ``30 %`` are 0.3; else as ``number_in``."""
    found = number_in(text.strip().removesuffix("%"))
    return found / 100 if isinstance(found, int | float) else found
