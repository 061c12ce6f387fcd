"""Whisper through faster-whisper (CTranslate2): words with times, speech found first, language detected."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossreel.errors import BadValue, MissingExtra, MissingModel
from crossreel.values.language import UNDETERMINED, Language
from crossreel.values.sound import SPEECH_RATE, Sound
from crossreel.values.speech_roles import Heard, HeardSegment, Word

__all__ = ["WhisperRecognizer"]


class WhisperRecognizer:
    """A CTranslate2 folder of any Whisper size.

    Args:
        folder: holds model.bin, config.json, tokenizer.json and the vocabulary.
        threads: of the CPU.

    Raises:
        MissingModel: the folder is not complete.
    """

    name = "whisper"
    license = "MIT"
    needs = "the extra speech"
    sends_data = False

    def __init__(self, folder: Path, threads: int = 1) -> None:
        for name in ("model.bin", "config.json", "tokenizer.json"):
            if not (folder / name).is_file():
                raise MissingModel(
                    f"The speech recognizer in {folder} has no {name}.",
                    advice="Fetch it with: crossreel models pull whisper-base.",
                    model="whisper-base",
                )
        self._folder = folder
        self._threads = threads

    def recognize(self, sound: Sound, language: Language | None = None) -> Heard:
        """See ``Recognizer.recognize``. Sound without speech gives no segments.

        Raises:
            BadValue: Whisper does not know the language.
        """
        samples = _listened(sound)
        code = None if language is None else self._code(language)
        if not len(samples):
            return Heard((), language or UNDETERMINED, 0.0)
        try:
            segments, facts = self._model.transcribe(
                samples,
                language=code,
                word_timestamps=True,
                vad_filter=True,
                beam_size=5,
                temperature=0.0,
                condition_on_previous_text=False,
            )
            heard = tuple(one for segment in segments if (one := _segment(segment)) is not None)
        except (ValueError, IndexError):  # nothing is left to listen to once silence is cut away
            if language is None or _loudest(samples) < 1e-4:
                return Heard((), language or UNDETERMINED, 0.0)
            raise
        found = language or Language.parse(facts.language)
        sure = float(facts.language_probability) if code is None else self._likelihood(samples, code)
        return Heard(heard, found, sure)

    def _likelihood(self, samples: NDArray[np.float32], code: str) -> float:
        """How likely the sound is the language that was told, by its first half minute of speech."""
        try:
            _, _, every = self._model.detect_language(samples, vad_filter=True)
        except (ValueError, IndexError):  # no speech is left
            return 0.0
        return float(dict(every).get(code, 0.0))

    def _code(self, language: Language) -> str:
        codes = self._model.supported_languages
        if language.primary not in codes:
            raise BadValue("spoken language", str(language), "one of " + ", ".join(sorted(codes)))
        return language.primary

    @cached_property
    def _model(self) -> Any:
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise MissingExtra("faster-whisper", "speech") from error
        return WhisperModel(
            str(self._folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=self._threads,
            local_files_only=True,
        )


def _listened(sound: Sound) -> NDArray[np.float32]:
    """Mono at the rate of recognizers."""
    mono = sound.samples.mean(axis=0)
    if sound.rate == SPEECH_RATE or not len(mono):
        return np.ascontiguousarray(mono, dtype=np.float32)
    from scipy.signal import resample_poly

    shared = gcd(sound.rate, SPEECH_RATE)
    return np.asarray(resample_poly(mono, SPEECH_RATE // shared, sound.rate // shared), dtype=np.float32)


def _loudest(samples: NDArray[np.float32]) -> float:
    return float(np.abs(samples).max(initial=0.0))


def _segment(segment: Any) -> HeardSegment | None:
    words = tuple(
        Word(
            word.word.strip(),
            _seconds(word.start),
            _seconds(max(word.start, word.end)),
            float(word.probability),
        )
        for word in segment.words or ()
        if word.word.strip()
    )
    if not words:
        return None
    return HeardSegment(
        words, float(segment.no_speech_prob), float(segment.avg_logprob), float(segment.compression_ratio)
    )


def _seconds(value: float) -> Fraction:
    return Fraction(round(float(value) * 1000), 1000)
