"""Tables of ids that stay one and the same object while what is stored says the same.

Most changes of a catalog touch neither its ids nor how titles hang together; what was worked out
from such a table can then be kept by comparing objects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

__all__ = ["Unchanged"]

Made = TypeVar("Made")


class Unchanged(Generic[Made]):
    """Remembers the last table and the SHA-256 of the texts it was made from; for any thread."""

    def __init__(self) -> None:
        self._kept: tuple[bytes, Made] | None = None

    def get(self, texts: Iterable[str], make: Callable[[], Made], *, learn: bool = True) -> Made:
        """The remembered table if it was made from these very texts, else what ``make`` gives.

        Args:
            texts: ids, which hold no line break, in an order that does not depend on chance.
            make: makes the table.
            learn: False inside an open transaction, which may still be rolled back.
        """
        digest = hashlib.sha256("\n".join(texts).encode()).digest()
        kept = self._kept
        if kept is not None and kept[0] == digest:
            return kept[1]
        made = make()
        if learn:
            self._kept = (digest, made)
        return made
