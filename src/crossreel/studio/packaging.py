"""A film with more languages: tracks are added, the picture is copied bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crossreel.errors import BadFile, BadValue
from crossreel.localize.timedtext import read_file
from crossreel.localize.timedtext.model import FOREVER
from crossreel.media.muxing import SoundTrack, TextTrack, mux_film
from crossreel.studio.streaming import Track, hls_package
from crossreel.values.language import Language

__all__ = ["package_film", "package_for_streaming"]


def package_film(
    film: Path,
    out: Path,
    sounds: Sequence[str],
    texts: Sequence[str] = (),
    *,
    default: Language | None = None,
    keep_sound: bool = True,
) -> dict[str, Any]:
    """Writes ``film`` with the named tracks to ``out`` (.mp4, .mkv, .mov).

    Args:
        film: with a picture.
        out: not the film itself.
        sounds: LANGUAGE=FILE each.
        texts: LANGUAGE=FILE each, any subtitle format; ends in ``:forced`` for forced narratives.
        default: language of the sound that plays first.
        keep_sound: whether the film's own sound stays.

    Raises:
        BadFile, BadValue: see ``mux_film``; also a track that is not LANGUAGE=FILE.
    """
    if out.resolve() == film.resolve():
        raise BadFile(out, "is the film itself", advice="Name another file to write.")
    tracks = []
    for one in sounds:
        language, path = _named(one)
        tracks.append(SoundTrack(path, language, str(language), language == default))
    titles = [_text(one) for one in texts]
    return {
        "film": str(film),
        "output": str(out),
        **mux_film(film, out, tracks, titles, keep_sound=keep_sound),
    }


def package_for_streaming(
    film: Path,
    master: Path,
    sounds: Sequence[str],
    texts: Sequence[str] = (),
    *,
    own: Language | None = None,
    default: Language | None = None,
    keep_sound: bool = True,
) -> dict[str, Any]:
    """``hls_package`` from tracks named as in ``package_film``; ``own`` is the film's language."""
    tracks = [Track(path, language) for language, path in map(_named, sounds)]
    titles = []
    for one in texts:
        language, path = _named(one.removesuffix(":forced"))
        titles.append(Track(path, language, one.endswith(":forced")))
    return hls_package(film, master, tracks, titles, own=own, default=default, keep_sound=keep_sound)


def _named(text: str) -> tuple[Language, Path]:
    language, mark, path = text.partition("=")
    if not mark or not path:
        raise BadValue("track", text, "LANGUAGE=FILE, such as es=dub.m4a")
    return Language.parse(language), Path(path)


def _text(given: str) -> TextTrack:
    forced = given.endswith(":forced")
    language, path = _named(given.removesuffix(":forced"))
    cues = read_file(path, language=language).cues
    kept = sorted(
        (cue for cue in cues if cue.end > cue.start and cue.end < FOREVER), key=lambda cue: cue.start
    )
    shown = tuple(
        (round(cue.start * 1000), round(cue.end * 1000), cue.text) for cue in kept if cue.text.strip()
    )
    return TextTrack(shown, language, forced)
