"""What the console says. Its messages pass through gettext, apart from those of the storefront."""

from __future__ import annotations

from typing import Any

from crossreel.values.language import ENGLISH
from crossreel.web.phrasebook import Phrasebook, phrasebook

__all__ = ["M_", "Phrases", "phrases"]


def M_(message: str) -> str:
    """Marks a message of the console for its catalogs where it is not yet translated."""
    return message


class Phrases:
    """The console in one language.

    Args:
        book: names of countries and languages, dates and numbers of that language.
    """

    def __init__(self, book: Phrasebook) -> None:
        self.book = book

    def tell(self, message: str, **values: Any) -> str:
        """A message, its ``%(name)s`` fields filled with ``values``."""
        return self.book.gettext(message, **values)

    def tell_n(self, one: str, many: str, count: int, **values: Any) -> str:
        """The plural form for ``count``, which fills ``%(num)s`` as a written number."""
        return self.book.ngettext(one, many, count, **values)


def phrases() -> Phrases:
    """The console in English, the one language it speaks so far."""
    return Phrases(phrasebook(ENGLISH))
