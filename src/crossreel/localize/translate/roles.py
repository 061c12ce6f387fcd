"""The role every translation engine plays, and what it is asked.

An engine answers requests by their ids, in any order; it may leave some out. Whoever asks compares the
ids, so that an engine that drops, repeats or reorders never shifts a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol, runtime_checkable

from crossreel.errors import OutsideFailure
from crossreel.values.language import Language
from crossreel.values.text_roles import Translator

__all__ = ["Answer", "EngineFacts", "FromTranslator", "Request", "TranslationEngine"]


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What a user should know before texts are given to an engine.

    Args:
        name: of the engine, with its model or mode.
        license: of the engine or its terms of use.
        needs: what has to be installed or given, in words.
        sends_away: texts leave this machine.
        cost_per_million: price of a million characters of source text; None where it has none (or the
            operator has not stated one).
        currency: ISO 4217 code of that price.
        uses_context: earlier lines and notes change its answers.
        rule_based: it reads plain grammar best, so contractions and the like are rewritten for it.
        characters_a_second: how fast it usually answers, for estimates.
    """

    name: str
    license: str
    needs: str
    sends_away: bool
    cost_per_million: Decimal | None = None
    currency: str = "USD"
    uses_context: bool = False
    rule_based: bool = False
    characters_a_second: float = 5000.0


@dataclass(frozen=True, slots=True)
class Request:
    """One sentence to translate.

    Args:
        id: unique in a call.
        text: plain words of one sentence or a short run of them, without line breaks.
        before: the sentences said before it, nearest last.
        after: the next sentence, or empty.
        speaker: who says it, where that is known.
        notes: what is known beyond the lines: title, synopsis, scene.
        terms: (source, target) wordings that must be used.
        most: characters the translation should not exceed; 0 for no wish.
        register: ``formal`` or ``informal`` where the one spoken to must be addressed so; else empty.
    """

    id: str
    text: str
    before: tuple[str, ...] = ()
    after: str = ""
    speaker: str = ""
    notes: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    most: int = field(default=0, compare=False)
    register: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A translation and the id of the request it answers."""

    id: str
    text: str


@runtime_checkable
class TranslationEngine(Protocol):
    """Translates sentences."""

    @property
    def facts(self) -> EngineFacts:
        """What it is."""
        ...

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        """The steps it takes, such as ("eng-spa", "es-pt") through Spanish; empty where it cannot."""
        ...

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        """Answers, by id.

        Raises:
            BadValue: the pair is not supported.
            MissingProgram, MissingModel, MissingExtra: what it needs is not there.
            OutsideFailure: it failed.
        """
        ...


class FromTranslator:
    """An engine made of any ``Translator``: a list in, a list of the same length out."""

    def __init__(self, translator: Translator, facts: EngineFacts) -> None:
        self._translator, self._facts = translator, facts

    @property
    def facts(self) -> EngineFacts:
        """As given."""
        return self._facts

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        """One step, where the translator supports the pair."""
        return (f"{source}-{target}",) if self._translator.supports(source, target) else ()

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        """Answers in order.

        Raises:
            OutsideFailure: the translator gave another number of texts than it got.
        """
        texts = self._translator.translate([request.text for request in requests], source, target)
        if len(texts) != len(requests):
            raise OutsideFailure(
                f"{self._facts.name} answered {len(texts)} texts to {len(requests)}.",
                advice="The lines are asked for one by one; if it goes on, choose another engine.",
                miscounted=True,
            )
        return [Answer(request.id, text) for request, text in zip(requests, texts, strict=True)]
