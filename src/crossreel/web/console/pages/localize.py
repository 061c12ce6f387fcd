"""Localize: translated files and their workbench."""

from __future__ import annotations

from crossreel.web.console.nouns import Noun
from crossreel.web.console.pages import consistency, memories, proof, proofs, translations, versions
from crossreel.web.console.phrases import M_

__all__ = ["NOUN"]

NOUN = Noun(
    key="localize",
    label=M_("Localize"),
    path="/localize",
    routes=[
        *proofs.ROUTES,
        *proof.ROUTES,
        *translations.ROUTES,
        *versions.ROUTES,
        *memories.ROUTES,
        *consistency.ROUTES,
    ],
    commands=[
        *proofs.COMMANDS,
        *translations.COMMANDS,
        *versions.COMMANDS,
        *memories.COMMANDS,
        *consistency.COMMANDS,
    ],
)
