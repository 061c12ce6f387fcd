"""Sound into subtitles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crossreel.app import pretrained_models
from crossreel.localize.speech.cues import document_of
from crossreel.localize.speech.guards import guarded
from crossreel.localize.speech.turns import speakers_of
from crossreel.localize.timedtext import Document, Span, fix
from crossreel.localize.timedtext.model import speakers
from crossreel.media.sound_reading import read_sound
from crossreel.models.registry import card
from crossreel.models.whisper import WhisperRecognizer
from crossreel.values.language import Language
from crossreel.values.sound import SPEECH_RATE, Sound
from crossreel.values.speech_roles import HeardSegment, Recognizer

__all__ = ["Transcript", "recognizer", "transcribe"]

_UNLIKELY = 0.1
"""Probability of the language that was told, below which that is said."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard in a file.

    Args:
        document: the cues, fixed by the language's profile where asked.
        segments: the believed segments with their words.
        language: told or detected.
        probability: of the language, 0 to 1.
        notes: what the guards and the fixer say.
    """

    document: Document
    segments: tuple[HeardSegment, ...]
    language: Language
    probability: float
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON; times in seconds."""
        return {
            "language": str(self.language),
            "language_probability": round(self.probability, 4),
            "cues": [
                {
                    "id": cue.id,
                    "start": float(cue.start),
                    "end": float(cue.end),
                    "text": cue.text,
                    "speaker": next(iter(speakers(cue.tree)), ""),
                }
                for cue in self.document.cues
            ],
            "words": [
                {
                    "text": word.text,
                    "start": float(word.start),
                    "end": float(word.end),
                    "probability": round(word.probability, 4),
                }
                for segment in self.segments
                for word in segment.words
            ],
            "notes": list(self.notes),
        }


def recognizer(home: Path | None, folder: Path | None) -> WhisperRecognizer:
    """Whisper from a named folder, else the pulled one.

    Raises:
        MissingModel: neither is there.
    """
    return WhisperRecognizer(folder or pretrained_models(home).locate(card("whisper-base")))


def transcribe(
    path: Path,
    listener: Recognizer,
    language: Language | None = None,
    *,
    profile: str | None = "netflix",
    turns: bool = False,
) -> Transcript:
    """Listens to a file's first audio stream; ``profile`` None leaves the cues as they came.

    With ``turns`` every cue names its speaker, "Speaker 1" and on, told apart by their voices.
    A file without speech gives no cue and says so.

    Raises:
        BadFile: no sound in it.
    """
    sound = read_sound(path, rate=SPEECH_RATE, layout="mono")
    heard = listener.recognize(sound, language)
    kept, notes = guarded(heard.segments)
    document = document_of(kept, heard.language)
    told = list(notes)
    if document.cues and language is not None and heard.language_probability < _UNLIKELY:
        share = heard.language_probability
        told.append(f"It hardly sounds like {language} ({share:.0%}): is that what is spoken?")
    if not document.cues:
        told.append("No speech was heard.")
    elif profile is not None:
        fixed = fix(document, heard.language, profile)
        document = fixed.document
        told += fixed.notes
        told += [f"Unsolved: {violation.message}" for violation in fixed.unsolved[:20]]
    if turns and document.cues:
        document = _with_speakers(document, sound)
    return Transcript(document, kept, heard.language, heard.language_probability, tuple(told))


def _with_speakers(document: Document, sound: Sound) -> Document:
    spans = [(float(cue.start), float(cue.end)) for cue in document.cues]
    numbers = speakers_of(sound.samples[0], sound.rate, spans)
    cues = (
        replace(cue, tree=(Span("v", cue.tree, value=f"Speaker {number + 1}"),), raw=None)
        for cue, number in zip(document.cues, numbers, strict=True)
    )
    return replace(document, cues=tuple(cues))
