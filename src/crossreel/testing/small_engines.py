"""A voice that hums and an engine that shouts, so that whole jobs on small films take a second."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from crossreel.localize.translate.roles import Answer, EngineFacts, Request
from crossreel.values.language import Language
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Spoken

__all__ = ["Humming", "Shouting"]


class Humming:
    """Hums 60 ms for each letter; counts what it was asked."""

    name, license, sends_data = "humming", "test", False

    def __init__(self) -> None:
        self.asked: list[str] = []

    def voices(self) -> tuple[Spoken, ...]:
        """Two each in English, Spanish and Portuguese."""
        return tuple(
            Spoken(f"{tag}-{one}", Language.parse(tag), one) for tag in ("en", "es", "pt") for one in "fm"
        )

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        """A tone."""
        self.asked.append(text)
        time = np.arange(round(0.06 * len(text) * 24_000)) / 24_000
        pitch = 240 if voice.endswith("f") else 120
        return Sound.mono(0.4 * np.sin(2 * np.pi * pitch * time), 24_000)


class Shouting:
    """Gives the text back in capitals; leaves out what it is told to."""

    def __init__(self, drops: str = "", name: str = "shouting") -> None:
        self.drops, self.asked = drops, 0
        self.facts = EngineFacts(name, "test", "nothing", False, characters_a_second=1000)

    def route(self, source: Language, target: Language) -> tuple[str, ...]:
        """Every pair."""
        return (f"{source}-{target}",)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterable[Answer]:
        """Capitals."""
        self.asked += len(requests)
        return [
            Answer(one.id, one.text.upper())
            for one in requests
            if not self.drops or self.drops not in one.text
        ]
