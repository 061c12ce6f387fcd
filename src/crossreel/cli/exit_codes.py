"""Which exit code each error ends a command with (DESIGN section 6)."""

from __future__ import annotations

from typing import Final

from crossreel.errors import BadInput, CrossreelError, Missing, NotAllowed, OutsideFailure, WrongUse

__all__ = ["EXIT_CODES", "exit_code"]

EXIT_CODES: Final[dict[type[CrossreelError], int]] = {
    WrongUse: 2,
    BadInput: 3,
    NotAllowed: 3,
    Missing: 4,
    OutsideFailure: 5,
    CrossreelError: 1,
}
"""The nearest ancestor of an error decides."""


def exit_code(error: CrossreelError) -> int:
    """The exit code for an error: that of its nearest ancestor in ``EXIT_CODES``."""
    return next(EXIT_CODES[cls] for cls in type(error).__mro__ if cls in EXIT_CODES)
