"""Where a film speaks, as something that subtitles are brought in time with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from crossreel.errors import BadFile
from crossreel.localize.timedtext.syncing.evidence import Reference
from crossreel.media.sound_reading import sound_facts
from crossreel.studio.speech_activity import speech_in

__all__ = ["speech_reference"]


def speech_reference(
    path: Path,
    home: Path | None = None,
    *,
    stream: int = 0,
    progress: Callable[[int, int, str], None] = lambda _done, _of, _what: None,
) -> Reference:
    """The speech in an audio stream of a film, found by the voice activity model.

    A film without speech gives a reference that every file is refused by.

    Args:
        path: any media file.
        home: workspace whose settings may name a folder of models.
        stream: which audio stream, from 0.
        progress: called with seconds heard.

    Raises:
        BadFile: no sound, or no such stream.
        MissingModel, MissingExtra: the voice activity model is not there.
    """
    if not sound_facts(path):
        raise BadFile(
            path, "has no sound to be in time with", advice="Name a film with sound, or a subtitle file."
        )
    spans = speech_in(path, home, stream=stream, progress=progress)
    return Reference.of_intervals([(one.start, one.end) for one in spans])
