"""What voices have said, kept by content: the same words in the same voice are never made twice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from crossreel.media.sound_reading import read_sound
from crossreel.media.sound_writing import write_sound
from crossreel.values.sound import Sound
from crossreel.values.speech_roles import Voice

__all__ = ["Takes"]


class Takes:
    """A folder of takes.

    Args:
        folder: made when the first take is kept.
        voice: the back end that speaks what is not there.
    """

    def __init__(self, folder: Path, voice: Voice) -> None:
        self._folder = folder
        self._voice = voice
        self.made = 0

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        """The kept take, or a new one; errors as ``Voice.speak``."""
        path = self._folder / f"{self._key(text, voice, rate)}.flac"
        if path.is_file():
            return read_sound(path, layout="mono")
        said = self._voice.speak(text, voice, rate)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_sound(path, said)
        self.made += 1
        return said

    def _key(self, text: str, voice: str, rate: float) -> str:
        facts = json.dumps(
            [self._voice.name, voice, f"{rate:.3f}", " ".join(text.split())], ensure_ascii=False
        )
        return hashlib.sha256(facts.encode()).hexdigest()[:32]
