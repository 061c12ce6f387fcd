"""Every model there is a card for; one small file each in ``crossreel.models.cards``, named as it likes.

A file of that folder holds ``CARD``, a ``ModelCard``, or ``CARDS``, several of one family.
"""

from __future__ import annotations

import importlib
import pkgutil
from difflib import get_close_matches
from functools import cache

from crossreel.errors import MissingModel
from crossreel.models import cards
from crossreel.models.card import ModelCard

__all__ = ["all_cards", "card"]


@cache
def all_cards() -> dict[str, ModelCard]:
    """The cards by name, in alphabetical order."""
    found: dict[str, ModelCard] = {}
    for module in pkgutil.iter_modules(cards.__path__):
        held = importlib.import_module(f"{cards.__name__}.{module.name}")
        for one in getattr(held, "CARDS", ()) or (held.CARD,):
            found[one.name] = one
    return dict(sorted(found.items()))


def card(name: str) -> ModelCard:
    """One card.

    Raises:
        MissingModel: there is no card of that name.
    """
    known = all_cards()
    if name not in known:
        near = get_close_matches(name, known, 3, 0.5)
        hint = f"Did you mean {', '.join(near)}? " if near else ""
        raise MissingModel(
            f"There is no pretrained model {name!r}.",
            advice=f"{hint}See: crossreel models list.",
            name=name,
            near=near,
        )
    return known[name]
